using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Security;

namespace KafkaK8s.Core.Kafka;

/// <summary>
/// A short-lived pod of the brokers' image for Kafka's JVM tools. Never a broker's own pod: a tool's heap there got the broker
/// killed for its memory (measured).
/// </summary>
internal sealed class ConsolePod : IAsyncDisposable
{
    /// <summary>Name of the container, and the value of the pod's name label.</summary>
    public const string App = "console-tools";

    private const int OwnerAndGroup = 288; // octal 0440
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(5);

    private readonly KubeConnection connection;
    private readonly string ns;
    private readonly string name;

    private ConsolePod(KubeConnection connection, string ns, string name)
    {
        this.connection = connection;
        this.ns = ns;
        this.name = name;
    }

    /// <summary>The node that it runs on.</summary>
    public string Node { get; private set; } = "";

    /// <summary>Why the pod could not be removed; null when it is gone, or never was.</summary>
    public string? RemovalFailure { get; private set; }

    /// <summary>Makes the pod and waits until commands can be run in it.</summary>
    /// <param name="connection">Connection to the API server.</param>
    /// <param name="brokers">The brokers, whose image and place it takes.</param>
    /// <param name="life">Longest life of the pod, should nobody be left to remove it.</param>
    /// <param name="waiting">Told what it waits for.</param>
    /// <param name="limit">Ends the wait.</param>
    /// <exception cref="ClusterException"><c>ConsolePodFailed</c>: it does not start.</exception>
    public static async Task<ConsolePod> StartAsync(KubeConnection connection, BrokerSetView brokers, TimeSpan life, Action<string> waiting,
        CancellationToken limit)
    {
        await SweepAsync(connection, brokers, limit).ConfigureAwait(false);
        string name = $"{brokers.Names.Cluster}-{App}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}";
        var pod = new ConsolePod(connection, brokers.Namespace, name);
        string state = "it was not made yet";
        try
        {
            await connection.CreateAsync(Tree(name, brokers, life), brokers.Namespace, limit).ConfigureAwait(false);
            while (true)
            {
                var tree = await connection.TryGetAsync(ResourceKind.Pod, brokers.Namespace, name, limit).ConfigureAwait(false);
                string phase = (string?)tree?["status"]?["phase"] ?? "gone";
                var own = tree is null ? null : Readiness.OwnStatus(tree)?["state"]; // a sidecar may run before, and after, our container
                if (phase == "Running" && own?["running"] is not null)
                {
                    pod.Node = (string?)tree!["spec"]?["nodeName"] ?? "";
                    return pod;
                }

                state = State(tree);
                if (phase is "Failed" or "Succeeded" or "gone" || own?["terminated"] is not null)
                    throw Failed(name, state, null);
                waiting(state);
                await Task.Delay(Pause, limit).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException e)
        {
            await pod.DisposeAsync().ConfigureAwait(false);
            throw Failed(name, $"it did not start in time; {state}", e);
        }
        catch
        {
            await pod.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs a command in the pod; no shell sees its arguments.</summary>
    public Task<ExecResult> RunAsync(
        IReadOnlyList<string> command, TimeSpan limit, Action<ReadOnlyMemory<byte>>? output, Action<ReadOnlyMemory<byte>>? error,
        IEnumerable<ReadOnlyMemory<byte>>? stdin, CancellationToken cancel) =>
        PodExec.RunAsync(connection, ns, name, App, command, limit, output, error, stdin, cancel);

    /// <summary>Runs a bash script in the pod.</summary>
    public Task<ExecResult> RunAsync(
        string script, TimeSpan limit, Action<ReadOnlyMemory<byte>>? output, Action<ReadOnlyMemory<byte>>? error,
        IEnumerable<ReadOnlyMemory<byte>>? stdin, CancellationToken cancel) =>
        RunAsync(["bash", "-c", script], limit, output, error, stdin, cancel);

    /// <summary>Runs a bash script that says little.</summary>
    public Task<ExecText> CaptureAsync(string script, TimeSpan limit, CancellationToken cancel, string? stdin = null) =>
        PodExec.CaptureAsync(connection, ns, name, App, ["bash", "-c", script], limit, cancel, stdin);

    /// <summary>Removes the pod, with whatever still runs in it.</summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(RemovalLimit);
        try
        {
            await connection.DeleteAsync(ResourceKind.Pod, ns, name, null, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ClusterException or OperationCanceledException)
        {
            RemovalFailure = $"The pod {name} in the namespace {ns} could not be removed ({e.Message}); it ends by itself.";
        }
    }

    /// <summary>The pod: as restricted as a broker; on a broker's node where there is room, because the image is there, and rather not on
    /// the node of another such pod, so that two of them see two nodes.</summary>
    internal static JsonObject Tree(string name, BrokerSetView brokers, TimeSpan life)
    {
        int seconds = Math.Max(60, (int)life.TotalSeconds);
        var template = brokers.Tree["spec"]?["template"]?["spec"] as JsonObject ?? [];
        var security = template["securityContext"]?.DeepClone() as JsonObject
            ?? new JsonObject
            {
                ["runAsNonRoot"] = true,
                ["runAsUser"] = 1000,
                ["runAsGroup"] = 1000,
                ["seccompProfile"] = new JsonObject { ["type"] = "RuntimeDefault" }
            };
        if (!brokers.Model.IsSecure)
            security.Remove("fsGroup"); // it lets the pod read its certificate
        security.Remove("fsGroupChangePolicy");
        var labels = new JsonObject
        {
            [ClusterNames.PartOfLabel] = ClusterNames.PartOf,
            [ClusterNames.InstanceLabel] = brokers.Names.Cluster,
            [ClusterNames.NameLabel] = App
        };
        var spec = new JsonObject
        {
            ["restartPolicy"] = "Never",
            ["activeDeadlineSeconds"] = seconds,
            ["terminationGracePeriodSeconds"] = 0,
            ["enableServiceLinks"] = false,
            ["automountServiceAccountToken"] = false,
            ["securityContext"] = security,
            ["affinity"] = Affinity(brokers.Names.Cluster),
            ["containers"] = new JsonArray(Container(brokers, seconds)),
            ["volumes"] = new JsonArray(new JsonObject { ["name"] = "tmp", ["emptyDir"] = new JsonObject() }),
        };
        if (brokers.Model.IsSecure)
        {
            spec["volumes"]!.AsArray().Add(new JsonObject
            {
                ["name"] = "tls",
                ["secret"] = new JsonObject
                {
                    ["secretName"] = brokers.Names.Prefixed(ClusterCertificates.Operator),
                    ["defaultMode"] = OwnerAndGroup,
                },
            });
            spec["containers"]![0]!["volumeMounts"]!.AsArray().Add(
                new JsonObject { ["name"] = "tls", ["mountPath"] = ClusterCertificates.Folder, ["readOnly"] = true });
        }

        foreach (string field in (string[])["imagePullSecrets", "nodeSelector", "tolerations", "dnsConfig"])
        {
            if (template[field] is JsonNode value)
                spec[field] = value.DeepClone();
        }

        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = brokers.Namespace, ["labels"] = labels },
            ["spec"] = spec,
        };
    }

    private static JsonObject Container(BrokerSetView brokers, int seconds)
    {
        static JsonObject Env(string key, string value) => new() { ["name"] = key, ["value"] = value };
        return new JsonObject
        {
            ["name"] = App,
            ["image"] = brokers.Image,
            ["imagePullPolicy"] = (string?)brokers.Container["imagePullPolicy"] ?? "IfNotPresent",
            ["command"] = new JsonArray("sleep", seconds.ToString(CultureInfo.InvariantCulture)),
            ["env"] = new JsonArray(
                Env("LOG_DIR", "/tmp"),
                Env("KAFKA_HEAP_OPTS", "-Xms32m -Xmx128m"),
                // collector flags must not stand in the heap options
                Env("KAFKA_JVM_PERFORMANCE_OPTS", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"),
                Env("KAFKA_GC_LOG_OPTS", " "),
                Env("KAFKA_JMX_OPTS", " ")),
            ["resources"] = new JsonObject
            {
                ["requests"] = new JsonObject { ["cpu"] = "100m", ["memory"] = "384Mi" },
                ["limits"] = Readiness.Limits("384Mi", brokers.Container),
            },
            ["securityContext"] = new JsonObject
            {
                ["allowPrivilegeEscalation"] = false,
                ["readOnlyRootFilesystem"] = true,
                ["capabilities"] = new JsonObject { ["drop"] = new JsonArray("ALL") },
            },
            ["volumeMounts"] = new JsonArray(new JsonObject { ["name"] = "tmp", ["mountPath"] = "/tmp" }),
        };
    }

    private static JsonObject Affinity(string cluster) => new()
    {
        ["podAffinity"] = new JsonObject
        {
            ["preferredDuringSchedulingIgnoredDuringExecution"] = new JsonArray(Term(cluster, ClusterNames.KafkaApp, 10)),
        },
        ["podAntiAffinity"] = new JsonObject
        {
            ["preferredDuringSchedulingIgnoredDuringExecution"] = new JsonArray(Term(cluster, App, 100)),
        },
    };

    private static JsonObject Term(string cluster, string app, int weight) => new()
    {
        ["weight"] = weight,
        ["podAffinityTerm"] = new JsonObject
        {
            ["topologyKey"] = "kubernetes.io/hostname",
            ["labelSelector"] = new JsonObject
            {
                ["matchLabels"] = new JsonObject { [ClusterNames.NameLabel] = app, [ClusterNames.InstanceLabel] = cluster },
            },
        },
    };

    /// <summary>Removes the pods of earlier checks that were cut off: those whose own limit has ended them. A running one may be a
    /// colleague's.</summary>
    private static async Task SweepAsync(KubeConnection connection, BrokerSetView brokers, CancellationToken cancel)
    {
        var pods = await connection.ListAsync(ResourceKind.Pod, brokers.Namespace,
            $"{brokers.Names.Selector},{ClusterNames.NameLabel}={App}", cancel).ConfigureAwait(false);
        foreach (var pod in pods.Where(p => (string?)p["status"]?["phase"] is "Failed" or "Succeeded"))
            await connection.DeleteAsync(ResourceKind.Pod, brokers.Namespace, (string)pod["metadata"]!["name"]!,
                (string?)pod["metadata"]!["uid"], cancel).ConfigureAwait(false);
    }

    private static string State(JsonObject? pod)
    {
        var unscheduled = (pod?["status"]?["conditions"] as JsonArray ?? []).OfType<JsonObject>()
            .FirstOrDefault(c => (string?)c["type"] == "PodScheduled" && (string?)c["status"] == "False");
        return unscheduled is null ? PodHandshake.Describe(pod) : $"no node takes it ({(string?)unscheduled["message"]})";
    }

    private static ClusterException Failed(string name, string state, Exception? inner) =>
        new("ConsolePodFailed", FailureKind.Unavailable, name, $"The pod {name} for the console tools does not run: {state}.", inner);
}
