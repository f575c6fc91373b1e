using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Running;

/// <summary>How far a wait is.</summary>
/// <param name="Done">Whether it is over.</param>
/// <param name="Text">What is still waited for.</param>
/// <param name="Percent">0 to 100, or -1.</param>
internal readonly record struct Progress(bool Done, string Text, int Percent = -1);

/// <summary>Waits on the live objects of one cluster, and tells of stalls as they show.</summary>
/// <param name="connection">Connection to the API server.</param>
/// <param name="names">Names of the cluster.</param>
/// <param name="ns">Its namespace.</param>
/// <param name="time">The clock that patience goes by; null for this machine's.</param>
internal sealed class ClusterWait(KubeConnection connection, ClusterNames names, string ns, TimeProvider? time = null)
{
    private const string RetryAnnotation = "kafkak8s.io/retry";

    // Some stalls belong to an ordinary start for a moment: a pod is unschedulable until its volume is made, refused until its service
    // account is.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);
    private static readonly HashSet<string> NeedsPatience = ["Unschedulable", "ProvisioningFailed", "Exited", "FailedCreate"];
    private static readonly TimeSpan SlowPatience = TimeSpan.FromSeconds(15); // a cloud makes a disk in a few seconds; a node may come back
    private static readonly HashSet<string> SlowReasons = ["VolumePending", "FailedAttachVolume", "NodeLost", "NodeNotReady"];
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(30); // beyond the grace period
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(30);

    // All by the clock of this process: the server's may differ.
    private readonly TimeProvider clock = time ?? TimeProvider.System;
    private readonly Dictionary<(string, string), long> firstSeen = [];
    private readonly Dictionary<(string, string), Stall> told = [];
    private readonly Dictionary<string, long> endingSince = [];
    private readonly Dictionary<string, long> retried = [];
    private HashSet<(string, string)>? former; // events that were there before this wait

    /// <summary>Stalls of the last look.</summary>
    public IReadOnlyList<Stall> Current { get; private set; } = [];

    /// <summary>What still holds the cluster up, for the message of a wait that ran out of time.</summary>
    public IReadOnlyList<Stall> Unmended { get; private set; } = [];

    /// <summary>What is waited for at the moment.</summary>
    public string Doing { get; set; } = "";

    /// <summary>Waits until <paramref name="look"/> says that it is done; yields progress and stalls.</summary>
    /// <param name="phase">Name of the phase.</param>
    /// <param name="look">Looks at the objects after each change. It may start work of its own; it runs once at a time.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="ClusterException"><c>RefusedByPolicy</c>: the server refuses pods, and will refuse them again.</exception>
    public IAsyncEnumerable<OperationEvent> UntilAsync(string phase, Func<LiveObjects, Task<Progress>> look, CancellationToken cancel) =>
        WaitAsync(phase, look, ending: false, cancel);

    /// <summary>The same for objects that are on their way out: only what keeps them from going is a stall.</summary>
    public IAsyncEnumerable<OperationEvent> UntilGoneAsync(string phase, Func<LiveObjects, Progress> look, CancellationToken cancel) =>
        WaitAsync(phase, live => Task.FromResult(look(live)), ending: true, cancel);

    private async IAsyncEnumerable<OperationEvent> WaitAsync(
        string phase, Func<LiveObjects, Task<Progress>> look, bool ending, [EnumeratorCancellation] CancellationToken cancel)
    {
        WatchTarget[] targets =
        [
            new(ResourceKind.StatefulSet, ClusterNames.AllSelector), new(ResourceKind.Pod, names.Selector),
            new(ResourceKind.VolumeClaim, $"{ClusterNames.InstanceLabel}={names.Cluster}"),
            new(ResourceKind.Event, FieldSelector: "type=Warning", Optional: true),
        ];
        string last = "";
        await foreach (var live in TickedAsync(targets, cancel).ConfigureAwait(false))
        {
            foreach (var stall in NewStalls(live, ending))
                yield return new Warned(stall.ToString());
            var progress = await look(live).ConfigureAwait(false);
            Doing = progress.Done ? "" : progress.Text;
            if (!progress.Done && progress.Text != last)
                yield return new Waiting(phase, progress.Text, progress.Percent);
            last = progress.Text;
            if (!progress.Done)
            {
                if (Refusal(live) is { } refused)
                    throw refused;
                continue;
            }

            Unmended = []; // what is waited for next has nothing to do with it
            yield break;
        }
    }

    // A stall that is being borne with must be told in time, though nothing changes any more: hence a beat besides the changes.
    private async IAsyncEnumerable<LiveObjects> TickedAsync(WatchTarget[] targets, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var changes = LiveWatch.FollowAsync(connection, ns, targets, stop.Token).GetAsyncEnumerator(stop.Token);
        var next = changes.MoveNextAsync().AsTask();
        LiveObjects? live = null;
        try
        {
            while (true)
            {
                if (live is not null && (endingSince.Count > 0 || firstSeen.Keys.Any(s => !told.ContainsKey(s))))
                    await Task.WhenAny(next, Task.Delay(TimeSpan.FromSeconds(1), clock, cancel)).ConfigureAwait(false);
                else
                    await Task.WhenAny(next).ConfigureAwait(false);
                cancel.ThrowIfCancellationRequested();
                if (next.IsCompleted)
                {
                    if (!await next.ConfigureAwait(false))
                        yield break;
                    live = changes.Current.Copy(); // the watch changes its own while we look by the beat
                    foreach (var other in live.Of(ResourceKind.StatefulSet).Where(s => Ownership.ClusterOf(s) != names.Cluster).ToList())
                        live.Set(ResourceKind.StatefulSet, other.Name(), null);
                    yield return live;
                    next = changes.MoveNextAsync().AsTask();
                }
                else
                {
                    yield return live!;
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await changes.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Has refused pods tried again. A controller that is refused waits longer and longer, up to a quarter of an hour, though a quota was
    /// raised long ago; any change of its set ends that. The annotation is gone again at once.
    /// </summary>
    public async Task RetryRefusedAsync(LiveObjects live, CancellationToken cancel)
    {
        foreach (var set in live.Of(ResourceKind.StatefulSet).Where(s => LacksPods(s, live)).ToList())
        {
            var refusals = live.Of(ResourceKind.Event).Where(e => IsRefusalOf(e, set)).ToList();
            if (refusals.Count == 0)
                continue;
            bool first = !retried.TryGetValue(set.Uid(), out long last);
            if (!first && clock.GetElapsedTime(last) < RetryPause)
                continue;
            retried[set.Uid()] = clock.GetTimestamp();
            if (first && !refusals.Exists(IsFormer))
                continue; // it was refused just now
            try
            {
                foreach (string? value in new[] { "now", null })
                {
                    var annotations = new JsonObject { [RetryAnnotation] = value };
                    await connection.MergeAsync(ResourceKind.StatefulSet, ns, set.Name(),
                        new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } }, cancel).ConfigureAwait(false);
                }
            }
            catch (ClusterException)
            {
                // It only spares time.
            }
        }
    }

    private static bool LacksPods(JsonObject set, LiveObjects live) =>
        !set.IsTerminating() && Readiness.PodsOf(set, live.Of(ResourceKind.Pod)).Count < Readiness.Wanted(set);

    private static bool IsRefusalOf(JsonObject e, JsonObject set) =>
        (string?)e["reason"] == "FailedCreate" && (string?)e["involvedObject"]?["name"] == set.Name()
        && ((string?)e["involvedObject"]?["uid"] ?? set.Uid()) == set.Uid();

    private bool IsFormer(JsonObject e) => former?.Contains(Version(e)) == true;

    private static (string, string) Version(JsonObject e) => (e.Name(), (string?)e["metadata"]!["resourceVersion"] ?? "");

    // Only one that was told during this wait: what was refused before may be allowed by now.
    private ClusterException? Refusal(LiveObjects live)
    {
        var stall = Current.FirstOrDefault(s => Stalls.IsRefusal(s) && IsDue(s)
            && live.Of(ResourceKind.StatefulSet).Any(set => s.Subject.EndsWith($" {set.Name()}", StringComparison.Ordinal)
                && live.Of(ResourceKind.Event).Any(e => IsRefusalOf(e, set) && !IsFormer(e))));
        return stall is null ? null : new ClusterException("RefusedByPolicy", FailureKind.Permission, names.Cluster,
            $"The server refuses pods of {stall.Subject}: {stall.Message}. {ApiFailure.PolicyAdvice(stall.Message)} What was made stands; "
                + $"the same command goes on from there.");
    }

    // Whether the object of an event still lacks what the event is about. Of an object of the same name that is gone it tells nothing.
    private static bool Holds(JsonObject about, LiveObjects live)
    {
        string name = (string?)about["name"] ?? "";
        var found = (string?)about["kind"] switch
        {
            "StatefulSet" => live.Find(ResourceKind.StatefulSet, name) is { } set && LacksPods(set, live) ? set : null,
            "Pod" => live.Find(ResourceKind.Pod, name) is { } pod && !pod.IsTerminating() && !Stalls.IsPrepared(pod)
                && !Readiness.IsPodReady(pod) ? pod : null,
            _ => live.Find(ResourceKind.VolumeClaim, name) is { } claim && (string?)claim["status"]?["phase"] != "Bound" ? claim : null,
        };
        return found is not null && ((string?)about["uid"] ?? found.Uid()) == found.Uid();
    }

    // Pods that are deleted and do not go, though the control plane may not know yet that their node is lost.
    private List<Stall> LateEnds(List<JsonObject> pods)
    {
        var ending = pods.Where(p => p.IsTerminating()).ToList();
        foreach (string gone in endingSince.Keys.Except(ending.Select(p => p.Uid())).ToList())
            endingSince.Remove(gone);
        foreach (var pod in ending)
            endingSince.TryAdd(pod.Uid(), clock.GetTimestamp());
        return [.. ending.Where(p => !Stalls.IsNodeLost(p)
            && clock.GetElapsedTime(endingSince[p.Uid()]) > EndPatience
                + TimeSpan.FromSeconds((int?)p["metadata"]!["deletionGracePeriodSeconds"] ?? 0)).Select(Stalls.Ending)];
    }

    private List<Stall> NewStalls(LiveObjects live, bool ending)
    {
        former ??= live.Of(ResourceKind.Event).Select(Version).ToHashSet();
        var pods = live.Of(ResourceKind.Pod).ToList();
        List<Stall> stalls = [.. pods.SelectMany(Stalls.OfPod), .. LateEnds(pods),
            .. live.Of(ResourceKind.VolumeClaim).SelectMany(Stalls.OfClaim),
            .. Stalls.OfEvents(live.Of(ResourceKind.Event), about => Holds(about, live))];
        Current = ending ? [.. stalls.Where(s => s.Reason == "NodeLost")] : stalls;
        foreach (var gone in firstSeen.Keys.Except(Current.Select(Key)).ToList())
            firstSeen.Remove(gone);
        foreach (var stall in Current)
            firstSeen.TryAdd(Key(stall), clock.GetTimestamp());
        // A crash or a failed pull changes its wording with each try: each object is told once for each reason.
        var fresh = Current.Where(s => !told.ContainsKey(Key(s)) && IsDue(s)).DistinctBy(Key).ToList();
        foreach (var stall in fresh)
            told.Add(Key(stall), stall);
        // Between two crashes a container runs for a moment: what was told of it still holds.
        var crashing = pods.Where(p => !Readiness.IsPodReady(p) && KubeObjects.Items(p["status"]?["containerStatuses"])
            .Any(c => (int?)c["restartCount"] > 0)).Select(p => $"pod {p.Name()}").ToHashSet();
        Unmended = Current.Count > 0 ? Current
            : [.. told.Values.Where(s => Family(s.Reason) == "Crash" && crashing.Contains(s.Subject)).DistinctBy(s => s.Subject)];
        return fresh;
    }

    /// <summary>Whether a stall of an object was told during this wait.</summary>
    /// <param name="subject">Kind and name of the object.</param>
    public bool WasTold(string subject) => told.Keys.Any(k => k.Item1 == subject);

    private bool IsDue(Stall stall) => clock.GetElapsedTime(firstSeen[Key(stall)]) >= PatienceFor(stall);

    private static TimeSpan PatienceFor(Stall stall) =>
        SlowReasons.Contains(stall.Reason) ? SlowPatience : NeedsPatience.Contains(stall.Reason) ? Patience : TimeSpan.Zero;

    private static (string Subject, string Family) Key(Stall stall) => (stall.Subject, Family(stall.Reason));

    private static string Family(string reason) =>
        reason is "ErrImagePull" or "ImagePullBackOff" ? "ImagePull" : reason is "Exited" or "CrashLoopBackOff" ? "Crash" : reason;
}
