using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace KafkaK8s.Tests.Fakes;

/// <summary>
/// The controller of StatefulSets and the kubelet. Pods come by ordinal (one after the other, or all at once by podManagementPolicy
/// Parallel), go from the highest, and with OnDelete are replaced only after somebody deleted them. Each step takes some milliseconds.
/// </summary>
public sealed class FakePods : IAsyncDisposable
{
    private const string RevisionLabel = "controller-revision-hash";
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(5);

    private readonly FakeStore store;
    private readonly CancellationTokenSource stop = new();
    private readonly Dictionary<string, long> since = []; // by the pod's uid and phase
    private readonly Dictionary<string, string> refused = []; // by the set's uid: what it was when a pod was refused
    private readonly List<string> ended = [];
    private readonly ConcurrentDictionary<string, bool> lost = []; // uids of the pods on lost nodes
    private Task running = Task.CompletedTask;

    internal FakePods(FakeStore store) => this.store = store;

    /// <summary>From a pod's creation until its container runs.</summary>
    public TimeSpan StartTime { get; set; } = TimeSpan.Zero;

    /// <summary>From a pod's deletion until it is gone.</summary>
    public TimeSpan EndTime { get; set; } = TimeSpan.Zero;

    /// <summary>Whether a pod that was created may start: a node has room for it, its image is there.</summary>
    public Func<JsonObject, bool> MayStart { get; set; } = static _ => true;

    /// <summary>Whether a pod that runs passes its readiness probe.</summary>
    public Func<JsonObject, bool> MayBeReady { get; set; } = static _ => true;

    /// <summary>Whether a pod that was deleted ends.</summary>
    public Func<JsonObject, bool> MayEnd { get; set; } = static _ => true;

    /// <summary>Why the server refuses to take a pod (a quota, a policy); null where it takes it. The controller then waits until its set
    /// is touched.</summary>
    public Func<string, string?> Refusal { get; set; } = static _ => null;

    /// <summary>Called when a pod's container begins to run, before anybody can see it.</summary>
    public Action<JsonObject>? Started { get; set; }

    /// <summary>Names of the pods that ended, in order: what a roll did.</summary>
    public IReadOnlyList<string> Ended
    {
        get
        {
            lock (ended)
                return [.. ended];
        }
    }

    /// <summary>Starts the controllers.</summary>
    public void Start()
    {
        store.HasControllers = true;
        running = Task.Run(RunAsync);
    }

    /// <summary>Waits until a condition holds.</summary>
    public async Task UntilAsync(Func<FakeStore, bool> condition, TimeSpan? limit = null)
    {
        using var timer = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(20));
        while (!condition(store))
            await Task.WhenAny(store.NextChange, Task.Delay(Beat, timer.Token)).Unwrap().WaitAsync(timer.Token);
    }

    /// <summary>Whether a pod is ready.</summary>
    public static bool IsReady(JsonObject pod) => Conditions(pod).Any(c => (string?)c["type"] == "Ready" && (string?)c["status"] == "True");

    /// <summary>The node of a pod is lost: its kubelet says nothing any more, and ends nothing; the control plane takes Ready back, and
    /// leaves all else as it was said last.</summary>
    public void LoseNodeOf(string ns, string name) => store.Change("v1", "pods", ns, name, pod =>
    {
        lost[Uid(pod)] = true;
        foreach (var ready in Conditions(pod).Where(c => (string?)c["type"] == "Ready"))
            ready["status"] = "False";
        pod["status"]!["conditions"]!.AsArray().Add(new JsonObject { ["type"] = "ContainersReady", ["status"] = "True" });
    });

    /// <summary>Whether a pod's process lives.</summary>
    public static bool IsRunning(JsonObject? pod) =>
        pod is not null && (string?)pod["status"]?["phase"] == "Running" && pod["metadata"]!["deletionTimestamp"] is null;

    /// <summary>The revision of a template, as the controller calls it.</summary>
    public static string Revision(JsonObject set)
    {
        ArgumentNullException.ThrowIfNull(set);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(set["spec"]!["template"]!.ToJsonString())))[..10];
        return $"{Name(set)}-{hash}";
    }

    internal void Stop() => stop.Cancel();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private static IEnumerable<JsonObject> Conditions(JsonObject pod) =>
        (pod["status"]?["conditions"] as JsonArray ?? []).OfType<JsonObject>();

    private static string Name(JsonObject tree) => (string)tree["metadata"]!["name"]!;

    private static string Namespace(JsonObject tree) => (string)tree["metadata"]!["namespace"]!;

    private static string Uid(JsonObject tree) => (string)tree["metadata"]!["uid"]!;

    private static bool IsEnding(JsonObject tree) => tree["metadata"]!["deletionTimestamp"] is not null;

    private async Task RunAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            var next = store.NextChange;
            bool waiting = false;
            foreach (var pod in store.All("v1", "pods"))
                waiting |= Live(pod);
            foreach (var set in store.All("apps/v1", "statefulsets"))
                Reconcile(set);
            try
            {
                await (waiting ? Task.WhenAny(next, Task.Delay(Beat, stop.Token)) : next).WaitAsync(stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    // The kubelet's part. True while the pod is not where it wants to be.
    private bool Live(JsonObject pod)
    {
        string ns = Namespace(pod);
        if (lost.ContainsKey(Uid(pod)))
            return false;
        if (IsEnding(pod))
        {
            if (!Elapsed(pod, "end", EndTime) || !MayEnd(pod))
                return true;
            lock (ended)
                ended.Add(Name(pod));
            store.Remove("v1", "pods", ns, Name(pod));
            return false;
        }

        if ((string?)pod["status"]?["phase"] is null or "Pending")
        {
            if (!Elapsed(pod, "start", StartTime) || !MayStart(pod))
                return true;
            Started?.Invoke(pod);
            Set(pod, "Running", ready: false);
            return true;
        }

        if ((string?)pod["status"]?["phase"] != "Running")
            return false;
        bool ready = MayBeReady(pod);
        if (ready != IsReady(pod))
            Set(pod, "Running", ready);
        return true; // a probe goes on for ever
    }

    private bool Elapsed(JsonObject pod, string phase, TimeSpan time)
    {
        string key = $"{Uid(pod)} {phase}";
        since.TryAdd(key, Environment.TickCount64);
        return Environment.TickCount64 - since[key] >= time.TotalMilliseconds;
    }

    private bool Set(JsonObject pod, string phase, bool ready) => store.Change("v1", "pods", Namespace(pod), Name(pod), tree =>
    {
        if (Uid(tree) != Uid(pod) || lost.ContainsKey(Uid(pod))) // its node may have been lost since we looked
            return;
        string container = (string?)tree["spec"]?["containers"]?[0]?["name"] ?? "main";
        tree["status"] = new JsonObject
        {
            ["phase"] = phase,
            ["conditions"] = new JsonArray(
                new JsonObject { ["type"] = "PodScheduled", ["status"] = "True" },
                new JsonObject { ["type"] = "Ready", ["status"] = ready ? "True" : "False" }),
            ["containerStatuses"] = new JsonArray(new JsonObject
            {
                ["name"] = container,
                ["ready"] = ready,
                ["restartCount"] = 0,
                ["state"] = new JsonObject { ["running"] = new JsonObject() },
            }),
        };
    });

    private void Reconcile(JsonObject set)
    {
        string ns = Namespace(set);
        int wanted = (int?)set["spec"]!["replicas"] ?? 1;
        string revision = Revision(set);
        var pods = store.All("v1", "pods", ns).Where(p => (string?)p["metadata"]!["ownerReferences"]?[0]?["uid"] == Uid(set))
            .ToDictionary(Ordinal);
        bool parallel = (string?)set["spec"]!["podManagementPolicy"] == "Parallel";
        bool steady = true;
        for (int n = 0; n < wanted && (parallel || steady); n++)
        {
            if (!pods.TryGetValue(n, out var pod))
            {
                steady = false;
                if (!Create(set, n, revision))
                    break;
            }
            else
            {
                steady &= IsReady(pod) && !IsEnding(pod);
            }
        }

        var beyond = pods.Keys.Where(n => n >= wanted).OrderDescending().ToList();
        foreach (int n in parallel ? beyond : beyond.Take(1))
            Delete(pods[n]);
        if ((string?)set["spec"]!["updateStrategy"]?["type"] == "RollingUpdate" && steady && beyond.Count == 0
            && pods.Values.Where(p => Of(p) != revision).MaxBy(Ordinal) is { } outdated)
            Delete(outdated);
        WriteStatus(set, ns, revision);
    }

    private static string? Of(JsonObject pod) => (string?)pod["metadata"]!["labels"]?[RevisionLabel];

    private static int Ordinal(JsonObject pod) => int.Parse(Name(pod)[(Name(pod).LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture);

    private void Delete(JsonObject pod)
    {
        if (!IsEnding(pod))
            store.Delete(new FakePath("v1", "pods", Namespace(pod), Name(pod), null));
    }

    private bool Create(JsonObject set, int ordinal, string revision)
    {
        string ns = Namespace(set);
        string name = $"{Name(set)}-{ordinal}";
        string touched = (string)set["metadata"]!["resourceVersion"]!;
        if (refused.TryGetValue(Uid(set), out string? then) && then == touched)
            return false;
        if (Refusal(name) is { } why)
        {
            string message = $"create Pod {name} in StatefulSet {Name(set)} failed error: pods \"{name}\" is forbidden: {why}";
            store.Put("v1", "events", ns, Event(set, "FailedCreate", message));
            WriteStatus(set, ns, revision);
            refused[Uid(set)] = (string)store.Find("apps/v1", "statefulsets", ns, Name(set))!["metadata"]!["resourceVersion"]!;
            return false;
        }

        var template = (JsonObject)set["spec"]!["template"]!;
        var metadata = (JsonObject)(template["metadata"]?.DeepClone() ?? new JsonObject());
        metadata["name"] = name;
        var labels = metadata["labels"] as JsonObject ?? (JsonObject)(metadata["labels"] = new JsonObject())!;
        labels[RevisionLabel] = revision;
        labels["statefulset.kubernetes.io/pod-name"] = name;
        metadata["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "StatefulSet",
            ["name"] = Name(set),
            ["uid"] = Uid(set),
            ["controller"] = true
        });
        foreach (var claim in (set["spec"]!["volumeClaimTemplates"] as JsonArray ?? []).OfType<JsonObject>())
            Claim(set, ns, $"{(string)claim["metadata"]!["name"]!}-{name}", claim);
        store.Put("v1", "pods", ns, new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = metadata,
            ["spec"] = template["spec"]!.DeepClone(),
            ["status"] = new JsonObject { ["phase"] = "Pending" },
        });
        return true;
    }

    private void Claim(JsonObject set, string ns, string name, JsonObject template)
    {
        if (store.Find("v1", "persistentvolumeclaims", ns, name) is not null)
            return;
        store.Put("v1", "persistentvolumeclaims", ns, new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "PersistentVolumeClaim",
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = set["spec"]!["selector"]?["matchLabels"]?.DeepClone() },
            ["spec"] = template["spec"]?.DeepClone(),
            ["status"] = new JsonObject { ["phase"] = "Bound" },
        });
    }

    private JsonObject Event(JsonObject set, string reason, string message)
    {
        string now = store.Clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Event",
            ["metadata"] = new JsonObject { ["name"] = $"{Name(set)}.{Guid.NewGuid():n}" },
            ["type"] = "Warning",
            ["reason"] = reason,
            ["message"] = message,
            ["firstTimestamp"] = now,
            ["lastTimestamp"] = now,
            ["involvedObject"] = new JsonObject { ["kind"] = "StatefulSet", ["name"] = Name(set), ["uid"] = Uid(set) },
        };
    }

    private void WriteStatus(JsonObject set, string ns, string revision) => store.Change("apps/v1", "statefulsets", ns, Name(set), tree =>
    {
        if (Uid(tree) != Uid(set))
            return;
        var pods = store.All("v1", "pods", ns).Where(p => (string?)p["metadata"]!["ownerReferences"]?[0]?["uid"] == Uid(set)).ToList();
        int updated = pods.Count(p => Of(p) == revision);
        string current = (string?)tree["status"]?["currentRevision"] is string known && updated < pods.Count ? known : revision;
        tree["status"] = new JsonObject
        {
            ["observedGeneration"] = (long?)set["metadata"]!["generation"] ?? 1,
            ["replicas"] = pods.Count,
            ["readyReplicas"] = pods.Count(IsReady),
            ["updatedReplicas"] = updated,
            ["currentRevision"] = current,
            ["updateRevision"] = revision,
        };
    });
}
