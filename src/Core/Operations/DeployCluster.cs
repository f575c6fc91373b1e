using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Rolling;
using KafkaK8s.Core.Running;
using KafkaK8s.Core.ZooKeeper;

namespace KafkaK8s.Core.Operations;

/// <summary>Carries a plan out: applies, waits until the cluster serves, restarts pods of an older template in turn.</summary>
internal static class DeployCluster
{
    /// <summary>Runs the plan. If it is interrupted, objects that were created remain; the same plan, made again, continues.</summary>
    public static IAsyncEnumerable<OperationEvent> RunAsync(KubeConnection connection, DeployPlan plan, CancellationToken cancel)
    {
        var wait = new ClusterWait(connection, plan.Names, plan.Request.Namespace);
        var begun = new StrongBox<bool>();
        return Limits.WithinAsync(plan.Request.Timeout, token => StepsAsync(connection, plan, wait, begun, token), () => Late(plan, wait, begun.Value), cancel);
    }

    private static async IAsyncEnumerable<OperationEvent> StepsAsync(
        KubeConnection connection, DeployPlan plan, ClusterWait wait, StrongBox<bool> begun, [EnumeratorCancellation] CancellationToken cancel)
    {
        string ns = plan.Request.Namespace;
        var clock = new PhaseClock();
        var changes = new List<ClusterChange>();
        await foreach (var e in PrepareAsync(connection, plan, wait, cancel).ConfigureAwait(false))
        {
            begun.Value |= e is Applied;
            yield return Remember(e, changes);
        }

        clock.End("Prepare", onlyIfLong: true);
        begun.Value = true;
        foreach (var change in await ApplyAsync(connection, plan, plan.Objects.Except(plan.Late), cancel).ConfigureAwait(false))
            yield return Remember(new Applied(change), changes);
        clock.End("Apply");

        if (!plan.Request.NoWait)
        {
            await foreach (var e in WaitReadyAsync(connection, plan, wait, clock, cancel).ConfigureAwait(false))
                yield return Remember(e, changes);
            var roll = new RollPods(connection, plan.Names, ns, wait);
            await foreach (var e in roll.RunAsync(cancel).ConfigureAwait(false))
                yield return Remember(e, changes);
            foreach (var change in await ApplyAsync(connection, plan, plan.Late, cancel).ConfigureAwait(false))
                yield return Remember(new Applied(change), changes);
            if (changes.Exists(c => c.Action == ChangeAction.Restart))
                clock.End("Restart");
            await foreach (var e in InSync.WaitAsync(connection, ns, plan.Names.Brokers(plan.BrokerCount), wait, cancel).ConfigureAwait(false))
                yield return e;
            clock.End("InSync");
        }

        var cluster = await ListClusters.FindAsync(connection, ns, plan.Names.Cluster, cancel).ConfigureAwait(false)
            ?? throw ClusterNames.NotFound(plan.Names.Cluster, ns, connection.Context);
        yield return new Completed<KafkaCluster>(cluster with { Kafka = plan.Request.NoWait ? KafkaAnswer.NotAsked : KafkaAnswer.Healthy, Timings = clock.Timings, Changes = changes });
    }

    // What must be so before the first object is applied.
    private static async IAsyncEnumerable<OperationEvent> PrepareAsync(
        KubeConnection connection, DeployPlan plan, ClusterWait wait, [EnumeratorCancellation] CancellationToken cancel)
    {
        string ns = plan.Request.Namespace;
        if (plan.NamespaceMissing)
        {
            await connection.CreateAsync(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = ns } }, ns, cancel).ConfigureAwait(false);
            yield return new Applied(new ClusterChange { Cluster = plan.Names.Cluster, Namespace = ns, Kind = "Namespace", Name = ns, Action = ChangeAction.Create });
        }

        if (plan.ZooKeeperIsNew || plan.KeptClaims.Count > 0 || plan.ClaimsGoing)
        {
            await foreach (var e in wait.UntilGoneAsync("Prepare", FormerLife, cancel).ConfigureAwait(false))
                yield return e;
        }

        var kept = plan.KeptClaims.Where(c => !c.IsTerminating()).ToList();
        if (kept.Count > 0)
        {
            await foreach (var e in KeptVolumes.AdoptAsync(connection, plan with { KeptClaims = kept }, wait, cancel).ConfigureAwait(false))
                yield return e;
        }

        if (plan.ZooKeeperIsNew && await connection.TryGetAsync(ResourceKind.Secret, ns, plan.Names.ReconfigSecret, cancel).ConfigureAwait(false) is null)
        {
            // Made once and never applied again: a fresh random value at each run would be a change at each run.
            await connection.CreateAsync(ReconfigCredential.NewSecret(plan.Names), ns, cancel).ConfigureAwait(false);
            yield return new Applied(new ClusterChange { Cluster = plan.Names.Cluster, Namespace = ns, Kind = "Secret", Name = plan.Names.ReconfigSecret, Action = ChangeAction.Create });
        }
    }

    // New right after Remove: sets, volumes and pods that are still going would take the new ones along.
    private static Progress FormerLife(LiveObjects live)
    {
        // A volume that is deleted under a pod that runs goes with the pod, and whoever did it knows why.
        bool InUse(JsonObject claim) => live.Find(ResourceKind.Pod, claim.Name()[ClusterNames.Claim("").Length..]) is { } pod && !pod.IsTerminating();
        var going = live.Of(ResourceKind.StatefulSet).Concat(live.Of(ResourceKind.VolumeClaim).Where(c => !InUse(c)))
            .Where(o => o.IsTerminating()).Select(o => o.Name()).Order().ToList();
        return new Progress(going.Count == 0, $"an earlier life of the cluster still goes: {string.Join(", ", going)}");
    }

    private static async Task<IReadOnlyList<ClusterChange>> ApplyAsync(
        KubeConnection connection, DeployPlan plan, IEnumerable<JsonObject> objects, CancellationToken cancel) =>
        await Task.WhenAll(objects.Select(async tree =>
        {
            var before = await connection.TryGetAsync(ResourceKind.Of(tree), plan.Request.Namespace, tree.Name(), cancel).ConfigureAwait(false);
            var (after, _) = await connection.ApplyAsync(tree, plan.Request.Namespace, plan.Request.Force, dryRun: false, cancel).ConfigureAwait(false);
            return DeployPlanner.Change(plan.Names, plan.Request.Namespace, tree, before, after);
        })).ConfigureAwait(false);

    private static async IAsyncEnumerable<OperationEvent> WaitReadyAsync(
        KubeConnection connection, DeployPlan plan, ClusterWait wait, PhaseClock clock, [EnumeratorCancellation] CancellationToken cancel)
    {
        var restarted = new List<ClusterChange>();
        bool zooKeeperReady = false;
        await foreach (var e in wait.UntilAsync("Start", async live =>
        {
            await wait.RetryRefusedAsync(live, cancel).ConfigureAwait(false);
            restarted.AddRange(await RollPods.ReplaceUnreadyAsync(connection, plan.Names, plan.Request.Namespace, live, cancel).ConfigureAwait(false));
            var servers = Ready(live, plan.Names.ZooKeeperSet);
            var brokers = Ready(live, plan.Names.BrokerSet);
            if (servers.Done && !zooKeeperReady)
                clock.End("ZooKeeper");
            zooKeeperReady |= servers.Done;
            int all = servers.Wanted + brokers.Wanted;
            return new Progress(servers.Done && brokers.Done, $"ZooKeeper {servers.Ready}/{servers.Wanted}, brokers {brokers.Ready}/{brokers.Wanted}", all == 0 ? 0 : 100 * (servers.Ready + brokers.Ready) / all);
        }, cancel).ConfigureAwait(false))
        {
            foreach (var change in restarted)
                yield return new Applied(change);
            restarted.Clear();
            yield return e;
        }

        clock.End("Brokers");
    }

    /// <summary>Whether all pods of a set are ready, with their numbers. Pure.</summary>
    public static (bool Done, int Ready, int Wanted) Ready(LiveObjects live, string name)
    {
        if (live.Find(ResourceKind.StatefulSet, name) is not JsonObject set)
            return (false, 0, 0);
        int ready = Readiness.PodsOf(set, live.Of(ResourceKind.Pod)).Count(Readiness.IsPodReady);
        return (Readiness.IsReady(set) && ready == Readiness.Wanted(set), ready, Readiness.Wanted(set));
    }

    private static ClusterException Late(DeployPlan plan, ClusterWait wait, bool begun)
    {
        var (name, ns) = (plan.Names.Cluster, plan.Request.Namespace);
        string stands = begun
            ? $"What was created remains (Get-KafkaCluster {name} -Namespace {ns} shows it); run the same command again to continue"
            : "Nothing was created yet; run the same command again";
        string late = $"The cluster {name} is not ready after {plan.Request.Timeout.TotalSeconds:0} s";
        return wait.Unmended.Count > 0
            ? new ClusterException("Stalled", FailureKind.Stalled, name, $"{late}: {string.Join("; ", wait.Unmended.Distinct().Take(4))}. {stands} once that is fixed.")
            : new ClusterException("Timeout", FailureKind.Timeout, name, $"{late}{(wait.Doing.Length == 0 ? "" : $": {wait.Doing}")}. {stands}, with a longer -TimeoutSeconds if need be.");
    }

    private static OperationEvent Remember(OperationEvent e, List<ClusterChange> changes)
    {
        if (e is Applied applied)
            changes.Add(applied.Change);
        return e;
    }

    // Wall-clock time of phases one behind the other.
    private sealed class PhaseClock
    {
        private readonly List<PhaseTiming> timings = [];
        private long start = Stopwatch.GetTimestamp();

        public IReadOnlyList<PhaseTiming> Timings => timings;

        public void End(string phase, bool onlyIfLong = false)
        {
            var took = Stopwatch.GetElapsedTime(start);
            if (onlyIfLong && took < TimeSpan.FromMilliseconds(100))
                return;
            timings.Add(new PhaseTiming(phase, took.TotalSeconds));
            start = Stopwatch.GetTimestamp();
        }
    }
}
