using System.Runtime.CompilerServices;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Spec;

namespace KafkaK8s.Core.Operations;

/// <summary>How far a wait is.</summary>
/// <param name="Done">Whether it is over.</param>
/// <param name="Text">What is still waited for.</param>
/// <param name="Percent">0 to 100, or -1.</param>
internal readonly record struct Progress(bool Done, string Text, int Percent = -1);

/// <summary>Waits on the live objects of one cluster, and tells of stalls as they show.</summary>
internal sealed class ClusterWait(KubeConnection connection, ClusterNames names, string ns)
{
    // Some stalls belong to an ordinary start for a moment: a pod is unschedulable until its volume is made.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);
    private static readonly HashSet<string> NeedsPatience = ["Unschedulable", "ProvisioningFailed", "Exited"];
    private static readonly TimeSpan VolumePatience = TimeSpan.FromSeconds(15); // a cloud makes a disk in a few seconds
    private static readonly TimeSpan NodePatience = TimeSpan.FromSeconds(10); // a busy node fails at the first try, and tries again
    private static readonly HashSet<string> NodeReasons = ["FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox"];

    private readonly DateTimeOffset since = DateTimeOffset.UtcNow.AddSeconds(-1);
    private readonly Dictionary<Stall, DateTimeOffset> firstSeen = [];
    private readonly HashSet<Stall> told = [];

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
    public async IAsyncEnumerable<OperationEvent> UntilAsync(
        string phase, Func<LiveObjects, Task<Progress>> look, [EnumeratorCancellation] CancellationToken cancel)
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
            foreach (var stall in NewStalls(live))
                yield return new Warned(stall.ToString());
            var progress = await look(live).ConfigureAwait(false);
            Doing = progress.Done ? "" : progress.Text;
            if (!progress.Done && progress.Text != last)
                yield return new Waiting(phase, progress.Text, progress.Percent);
            last = progress.Text;
            if (!progress.Done)
                continue;
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
                if (live is not null && firstSeen.Keys.Any(s => !told.Contains(s)))
                    await Task.WhenAny(next, Task.Delay(TimeSpan.FromSeconds(1), cancel)).ConfigureAwait(false);
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

    private List<Stall> NewStalls(LiveObjects live)
    {
        var now = DateTimeOffset.UtcNow;
        var pods = live.Of(ResourceKind.Pod).ToList();
        var ready = pods.Where(Readiness.IsPodReady).Select(p => p.Name()).ToHashSet();
        // Such an event is about the way to the first container: once one runs, it is over.
        var running = pods.Where(p => Trees.Items(p["status"]?["containerStatuses"]).Any(c => c["state"]?["running"] is not null)).Select(p => p.Name()).ToHashSet();
        // And that a pod could not be made is over once all are there.
        var complete = live.Of(ResourceKind.StatefulSet).Where(set => Readiness.PodsOf(set, pods).Count >= Readiness.Wanted(set)).Select(set => set.Name()).ToHashSet();
        bool Counts(string name) => !ready.Contains(name) && !running.Contains(name) && !complete.Contains(name) && (name.StartsWith(names.BrokerSet + "-", StringComparison.Ordinal) || name.StartsWith(names.ZooKeeperSet + "-", StringComparison.Ordinal)
            || name == names.BrokerSet || name == names.ZooKeeperSet || live.Find(ResourceKind.VolumeClaim, name) is { } claim && (string?)claim["status"]?["phase"] != "Bound");
        // An event stays for an hour: it counts only while its object is not well.
        bool unwell = ready.Count < live.Of(ResourceKind.StatefulSet).Sum(Readiness.Wanted);
        Current = [.. pods.SelectMany(Stalls.OfPod), .. live.Of(ResourceKind.VolumeClaim).SelectMany(Stalls.OfClaim), .. unwell ? Stalls.OfEvents(live.Of(ResourceKind.Event), Counts, since) : []];
        foreach (var gone in firstSeen.Keys.Except(Current).ToList())
            firstSeen.Remove(gone);
        foreach (var stall in Current)
            firstSeen.TryAdd(stall, now);
        var due = Current.Distinct().Where(s => !told.Contains(s) && now - firstSeen[s] >= PatienceFor(s)).ToList();
        // A crash or a failed pull changes its wording with each try: each object is told once for each reason.
        var fresh = due.Where(s => !told.Any(t => t.Subject == s.Subject && Family(t.Reason) == Family(s.Reason))).DistinctBy(s => (s.Subject, Family(s.Reason))).ToList();
        told.UnionWith(due);
        // Between two crashes a container runs for a moment: what was told of it still holds.
        var crashing = pods.Where(p => !ready.Contains(p.Name()) && Trees.Items(p["status"]?["containerStatuses"]).Any(c => (int?)c["restartCount"] > 0)).Select(p => $"pod {p.Name()}").ToHashSet();
        Unmended = Current.Count > 0 ? Current : [.. told.Where(s => Family(s.Reason) == "Crash" && crashing.Contains(s.Subject)).DistinctBy(s => s.Subject)];
        return fresh;
    }

    private static TimeSpan PatienceFor(Stall stall) =>
        stall.Reason == "VolumePending" ? VolumePatience : NodeReasons.Contains(stall.Reason) ? NodePatience : NeedsPatience.Contains(stall.Reason) ? Patience : TimeSpan.Zero;

    private static string Family(string reason) => reason is "ErrImagePull" or "ImagePullBackOff" ? "ImagePull" : reason is "Exited" or "CrashLoopBackOff" ? "Crash" : reason;
}
