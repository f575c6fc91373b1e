using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Rolling;
using KafkaK8s.Core.Running;

namespace KafkaK8s.Core.Operations;

/// <summary>Carries a plan out: applies, waits until the cluster serves, restarts pods of an older template in turn.</summary>
internal static class DeployCluster
{
    /// <summary>Runs the plan. If it is interrupted, objects that were created remain; the same plan, made again, continues.</summary>
    public static IAsyncEnumerable<OperationEvent> RunAsync(KubeConnection connection, DeployPlan plan, CancellationToken cancel) =>
        RunAsync(connection, plan, TimeProvider.System, cancel);

    /// <summary>The same by another clock, that of the lease left out.</summary>
    public static IAsyncEnumerable<OperationEvent> RunAsync(KubeConnection connection, DeployPlan plan, TimeProvider time,
        CancellationToken cancel)
    {
        var wait = new ClusterWait(connection, plan.Names, plan.Request.Namespace, time);
        var begun = new StrongBox<bool>();
        return Limits.WithinAsync(
            plan.Request.Timeout, token => StepsAsync(connection, plan, wait, time, begun, token), () => Late(plan, wait, begun.Value),
            time, cancel);
    }

    private static async IAsyncEnumerable<OperationEvent> StepsAsync(
        KubeConnection connection, DeployPlan plan, ClusterWait wait, TimeProvider time, StrongBox<bool> begun,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var (ns, names) = (plan.Request.Namespace, plan.Names);
        var changes = new List<PlanStep>();
        if (plan.NamespaceMissing && await TryMakeNamespaceAsync(connection, names, ns, cancel).ConfigureAwait(false) is { } made)
            yield return Remember(made, changes, begun);

        var clock = new PhaseClock();
        if (plan.IsIdle)
        {
            // Nothing is written, not even a lease: who makes the same request every hour changes nothing.
            foreach (var row in plan.Changes)
                yield return Remember(new Applied(row), changes, begun);
            await foreach (var e in ServeAsync(connection, plan, wait, time, null, clock, changes, cancel).ConfigureAwait(false))
                yield return Remember(e, changes, begun);
            yield break;
        }

        // A first creation looks at what an earlier cluster left before it makes anything, its lease included.
        if (plan.IsFirstStart)
        {
            await foreach (var e in PrepareAsync(connection, plan, wait, cancel).ConfigureAwait(false))
                yield return Remember(e, changes, begun);
        }

        var purpose = new LeasePurpose(plan.Request.Command) { Creates = true };
        await foreach (var e in ClusterLease.UnderAsync(connection, ns, names, purpose, WorkAsync, cancel).ConfigureAwait(false))
            yield return Remember(e, changes, begun);

        async IAsyncEnumerable<OperationEvent> WorkAsync(ClusterLease lease)
        {
            if (!plan.Live.Model.IsStill(await plan.Live.Model.ReadAgainAsync(connection, cancel).ConfigureAwait(false)))
                throw Changed(names);

            if (lease.MadeSecret)
                yield return new Applied(PlanSteps.Of(names, ns, "Secret", names.FirstSecret, ChangeAction.Create, ""));
            await foreach (var e in MakeCertificates.RunAsync(connection, plan.Model, cancel).ConfigureAwait(false))
                yield return e;
            if (!plan.IsFirstStart)
            {
                await foreach (var e in PrepareAsync(connection, plan, wait, cancel).ConfigureAwait(false))
                    yield return e;
            }

            clock.End("Prepare", onlyIfLong: true);
            begun.Value = true;
            await foreach (var e in ServeAsync(connection, plan, wait, time, lease, clock, changes, cancel).ConfigureAwait(false))
                yield return e;
        }
    }

    private static ClusterException Changed(ClusterNames names) => new("ClusterChanged", FailureKind.Conflict, names.Cluster,
        $"Somebody changed the cluster {names.Cluster} after this command had looked at it, so nothing was done. Run the same command "
            + $"again: it looks anew.");

    // Applies under the lease, or nothing where there is none, and waits until the cluster serves.
    private static async IAsyncEnumerable<OperationEvent> ServeAsync(
        KubeConnection connection, DeployPlan plan, ClusterWait wait, TimeProvider time, ClusterLease? lease, PhaseClock clock,
        List<PlanStep> changes,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        string ns = plan.Request.Namespace;
        var former = plan.Request.NoWait || plan.Live.Model.Carrier is null ? new HashSet<(string Topic, int Partition)>()
            : plan.IsIdle ? InSync.AsFound
            : await InSync.LaggingAsync(await BrokerDoor.OfAsync(connection, plan.Live.Model, cancel).ConfigureAwait(false),
                plan.Live.Model.Brokers, cancel).ConfigureAwait(false);
        Task HoldAsync(CancellationToken token) => lease?.HoldAsync(token) ?? throw Changed(plan.Names);
        if (lease is not null)
        {
            await HoldAsync(cancel).ConfigureAwait(false);
            foreach (var change in await ApplyAsync(connection, plan, plan.Objects.Except(plan.Late), lease, cancel).ConfigureAwait(false))
                yield return new Applied(change);
        }

        clock.End("Apply");

        string left = "";
        var lost = new HashSet<string>();
        if (!plan.Request.NoWait)
        {
            var roller = new Roller(connection, plan.Names, ns, wait, HoldAsync, plan.Request.Force, time);
            await foreach (var e in WaitReadyAsync(plan, wait, roller, clock, lost, cancel).ConfigureAwait(false))
                yield return e;
            foreach (var (set, policy) in Policies(connection, plan.Names, ns, former, time))
            {
                await foreach (var e in roller.RollAsync(set, policy, cancel).ConfigureAwait(false))
                    yield return e;
            }

            if (plan.Late.Count > 0)
            {
                await HoldAsync(cancel).ConfigureAwait(false);
                foreach (var change in await ApplyAsync(connection, plan, plan.Late, null, cancel).ConfigureAwait(false))
                    yield return new Applied(change);
            }

            if (changes.Exists(c => c.Action == ChangeAction.Restart))
                clock.End("Restart");
            var reached = plan.Model.Brokers.Where(b => !lost.Contains(b.Pod)).ToList();
            var door = await BrokerDoor.OfAsync(connection, plan.Model, cancel).ConfigureAwait(false);
            var last = InSync.WaitAsync(door, reached, wait, former, text => left = text, time, cancel);
            await foreach (var e in last.ConfigureAwait(false))
                yield return e;
            if (left.Length == 0 && lost.Count > 0)
                left = $"{string.Join(", ", lost.Order(StringComparer.Ordinal))} is on a node that does not answer";
            clock.End("InSync");
        }

        var cluster = await ListClusters.FindAsync(connection, ns, plan.Names.Cluster, [plan.Names.ManifestSet], cancel)
            .ConfigureAwait(false)
            ?? throw ClusterNames.NotFound(plan.Names.Cluster, ns, connection.Context);
        cluster = cluster with
        {
            Kafka = plan.Request.NoWait ? KafkaAnswer.NotAsked : KafkaAnswer.Healthy,
            Timings = clock.Timings,
            Changes = changes
        };
        yield return new Completed<KafkaCluster>(left.Length == 0 ? cluster
            : cluster with
            {
                Kafka = KafkaAnswer.Unhealthy,
                Status = ClusterStatus.Degraded,
                Reasons = [.. cluster.Reasons, $"Kafka: {left}"]
            });
    }

    /// <summary>The sets of a cluster in the order in which they roll: ZooKeeper first, brokers last.</summary>
    /// <param name="connection">Connection to the API server.</param>
    /// <param name="names">Names of the cluster.</param>
    /// <param name="ns">Its namespace.</param>
    /// <param name="former">Partitions that were out of sync before; null where nobody has looked.</param>
    /// <param name="time">The clock; null for this machine's.</param>
    public static IReadOnlyList<(string Set, IRollPolicy Policy)> Policies(
        KubeConnection connection, ClusterNames names, string ns, IReadOnlySet<(string Topic, int Partition)>? former,
        TimeProvider? time = null) =>
    [.. names.ManifestSet.Pools.Select(p => (names.Prefixed(p.Name), p.Has(NodeRoles.ZooKeeper)
        ? (IRollPolicy)new ZooKeeperRollPolicy(connection, names, ns, bearNoQuorum: true)
        : new BrokerRollPolicy(connection, names, ns, former, time ?? TimeProvider.System)))];

    // Null where somebody else was quicker.
    private static async Task<Applied?> TryMakeNamespaceAsync(KubeConnection connection, ClusterNames names, string ns,
        CancellationToken cancel)
    {
        var tree = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = ns } };
        try
        {
            await connection.CreateAsync(tree, ns, cancel).ConfigureAwait(false);
            return new Applied(PlanSteps.Of(names, ns, "Namespace", ns, ChangeAction.Create, ""));
        }
        catch (ClusterException e) when (e.Id == "Conflict")
        {
            return null;
        }
    }

    // What must be so before the first object is applied.
    private static async IAsyncEnumerable<OperationEvent> PrepareAsync(
        KubeConnection connection, DeployPlan plan, ClusterWait wait, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (plan.IsFirstStart || plan.KeptClaims.Count > 0 || plan.ClaimsGoing)
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
    }

    // New right after Remove: sets, volumes and pods that are still going would take the new ones along.
    private static Progress FormerLife(LiveObjects live)
    {
        // A volume that is deleted under a pod that runs goes with the pod, and whoever did it knows why.
        bool InUse(JsonObject claim) =>
            live.Find(ResourceKind.Pod, claim.Name()[ClusterNames.Claim("").Length..]) is { } pod && !pod.IsTerminating();
        var going = live.Of(ResourceKind.StatefulSet).Concat(live.Of(ResourceKind.VolumeClaim).Where(c => !InUse(c)))
            .Where(o => o.IsTerminating()).Select(o => o.Name()).Order().ToList();
        return new Progress(going.Count == 0, $"an earlier life of the cluster still goes: {string.Join(", ", going)}");
    }

    private static async Task<IReadOnlyList<PlanStep>> ApplyAsync(
        KubeConnection connection, DeployPlan plan, IEnumerable<JsonObject> objects, ClusterLease? lease, CancellationToken cancel) =>
        await Task.WhenAll(objects.Select(async tree =>
        {
            var (ns, force) = (plan.Request.Namespace, plan.Request.Force);
            var wanted = plan.Live.Find(tree) is null && lease is not null ? lease.Bearing(tree) : tree;
            var (after, created) = await connection.ApplyAsync(wanted, ns, force, dryRun: false, cancel).ConfigureAwait(false);
            if (wanted != tree)
                await lease!.BornAsync(after, cancel).ConfigureAwait(false);
            return DeployPlanner.Change(plan.Names, ns, tree, created ? null : plan.Live.Find(tree) ?? after, after);
        })).ConfigureAwait(false);

    private static async IAsyncEnumerable<OperationEvent> WaitReadyAsync(
        DeployPlan plan, ClusterWait wait, Roller roller, PhaseClock clock, HashSet<string> lost,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var restarted = new List<PlanStep>();
        var timed = new HashSet<string>();
        await foreach (var e in wait.UntilAsync("Start", async live =>
        {
            await wait.RetryRefusedAsync(live, cancel).ConfigureAwait(false);
            restarted.AddRange(await roller.ReplaceUnreadyAsync(live, cancel).ConfigureAwait(false));
            var pods = PodsReady.Look(live, plan.Names);
            foreach (var pool in pods.Pools.TakeWhile(p => p.Done).Where(p => timed.Add(p.Phase)))
                clock.End(pool.Phase);
            if (!pods.Done && plan.Request.Force)
                lost.UnionWith(Lost(live, plan.Names, wait));
            return pods.Progress with { Done = pods.Done || lost.Count > 0 };
        }, cancel).ConfigureAwait(false))
        {
            foreach (var change in restarted)
                yield return new Applied(change);
            restarted.Clear();
            yield return e;
        }

        foreach (var change in restarted)
            yield return new Applied(change); // after the last word of the wait
        if (lost.Count > 0)
        {
            string pods = string.Join(", ", lost.Order(StringComparer.Ordinal));
            yield return new Warned($"{pods} is on a node that does not answer; the others are brought to what was asked for all the same. "
                + $"Once the node is back, or the pod is gone from it, the same command does the rest");
        }
    }

    // What keeps the cluster from being ready, where that is nothing but pods on lost nodes, and they were told of: nobody can wait for
    // these.
    private static List<string> Lost(LiveObjects live, ClusterNames names, ClusterWait wait)
    {
        var lost = new List<string>();
        foreach (var pool in names.ManifestSet.Pools)
        {
            if (live.Find(ResourceKind.StatefulSet, names.Prefixed(pool.Name)) is not { } set || !Readiness.IsSettled(set))
                return [];
            var pods = Readiness.PodsOf(set, live.Of(ResourceKind.Pod));
            var unready = pods.Where(p => !Readiness.IsPodReady(p)).ToList();
            if (pods.Count != Readiness.Wanted(set) || !unready.TrueForAll(p => Stalls.IsNodeLost(p) && wait.WasTold($"pod {p.Name()}")))
                return [];
            lost.AddRange(unready.Select(p => p.Name()));
        }

        return lost;
    }

    private static ClusterException Late(DeployPlan plan, ClusterWait wait, bool begun)
    {
        var (name, ns) = (plan.Names.Cluster, plan.Request.Namespace);
        string stands = begun
            ? $"What was created remains (Get-KafkaCluster {name} -Namespace {ns} shows it); run the same command again to continue"
            : "Nothing was created yet; run the same command again";
        string late = $"The cluster {name} is not ready after {plan.Request.Timeout.TotalSeconds:0} s";
        return wait.Unmended.Count > 0
            ? new ClusterException("Stalled", FailureKind.Stalled, name,
                $"{late}: {string.Join("; ", wait.Unmended.Distinct().Take(4))}. {stands} once that is fixed.")
            : new ClusterException("Timeout", FailureKind.Timeout, name,
                $"{late}{(wait.Doing.Length == 0 ? "" : $": {wait.Doing}")}. {stands}, with a longer -TimeoutSeconds if need be.");
    }

    private static OperationEvent Remember(OperationEvent e, List<PlanStep> changes, StrongBox<bool> begun)
    {
        if (e is Applied applied)
        {
            begun.Value = true;
            changes.Add(applied.Step with { Step = changes.Count + 1 });
        }

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
