using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Amazon.EKS.Model;
using KafkaK8s.Core;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Rolling;
using KafkaK8s.Core.Running;

namespace KafkaK8s.Eks;

/// <summary>What Remove-KafkaNodeGroup was asked for.</summary>
/// <param name="Cluster">Name of the EKS cluster.</param>
/// <param name="Groups">Names of groups; empty: all that New-KafkaNodeGroup made.</param>
/// <param name="Force">Remove even where partitions fall below the copies in sync that they need meanwhile, or where Kubernetes knows no
/// nodes of a group.</param>
/// <param name="Timeout">Limit for the whole operation.</param>
internal sealed record RemoveGroupsRequest(string Cluster, IReadOnlyList<string> Groups, bool Force, TimeSpan Timeout)
{
    /// <summary>Return once the last group is being deleted.</summary>
    public bool NoWait { get; init; }
}

/// <summary>What a removal takes away.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Groups">The groups with their zones, in the order of removal.</param>
/// <param name="Changes">One line a group, a node and a pod that is moved.</param>
internal sealed record RemoveGroupsPlan(RemoveGroupsRequest Request, IReadOnlyList<(GroupFact Group, string Zone)> Groups,
    IReadOnlyList<PlanStep> Changes);

/// <summary>
/// Removes node groups, one after the other: nodes take no more pods, pods go one at a time as disruption budgets allow, brokers only while
/// all copies are in sync, and an empty group is deleted.
/// </summary>
internal static class RemoveNodeGroups
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Finds what would go, and whether it may. Changes nothing.</summary>
    /// <exception cref="ClusterException"><c>NodeGroupNotFound</c>, <c>NodeGroupInUse</c>, <c>NodesNotFound</c>,
    /// <c>WouldBreakMinInSync</c>.</exception>
    public static async Task<RemoveGroupsPlan> PlanAsync(AwsSession aws, KubeConnection connection, RemoveGroupsRequest request,
        CancellationToken cancel)
    {
        var cluster = EksReads.Fact(await EksReads.ClusterAsync(aws, request.Cluster, cancel).ConfigureAwait(false));
        var all = await EksReads.GroupsAsync(aws, request.Cluster, cancel).ConfigureAwait(false);
        var chosen = Choose(request, all);
        var zones = GroupView.Zones(await EksReads.SubnetsAsync(aws, cluster.VpcId, cancel).ConfigureAwait(false));
        var groups = chosen.Select(g => (Group: g, Zone: string.Join(", ",
            g.Subnets.Select(s => zones.GetValueOrDefault(s, s)).Distinct()))).OrderBy(g => g.Zone, StringComparer.Ordinal).ToList();

        var tenants = await TenantsAsync(connection, [.. chosen.Select(g => g.Name)], cancel).ConfigureAwait(false);
        CheckNodes(request, connection, chosen, tenants);
        if (tenants.Obstacles() is { Count: > 0 } obstacles)
        {
            throw new ClusterException("NodeGroupInUse", FailureKind.Conflict, request.Cluster,
                $"Nothing was removed: "
                    + $"{string.Join("; ", obstacles.Take(6))}{(obstacles.Count > 6 ? $"; {obstacles.Count - 6} more" : "")}. Make other "
                    + $"groups in these zones first (New-KafkaNodeGroup {request.Cluster} -Prefix …), or remove the Kafka cluster with "
                    + $"its data (Remove-KafkaCluster -DeleteData).");
        }

        if (!request.Force)
            await CheckInSyncAsync(connection, tenants, chosen, cancel).ConfigureAwait(false);
        return new RemoveGroupsPlan(request, groups, PlanSteps.Numbered(groups.SelectMany(g => Steps(request, tenants, g.Group, g.Zone))));
    }

    // In the order of the run: no node of a group takes pods when the first one of them moves.
    private static IEnumerable<PlanStep> Steps(RemoveGroupsRequest request, DrainCheck tenants, GroupFact group, string zone)
    {
        var nodes = tenants.NodesOf(group.Name);
        return
        [
            .. nodes.Select(n => Cordon(request, n, zone)),
            .. nodes.SelectMany(n => tenants.Evicted(n.Name()).Select(p => Move(request, p, zone) with { Note = $"moves off {n.Name()}" })),
            Removal(request, group, zone),
        ];
    }

    private static PlanStep Cordon(RemoveGroupsRequest request, JsonObject node, string zone) =>
        Line(request, "Node", node.Name(), zone, ChangeAction.Update, "takes no more pods, and is drained");

    private static PlanStep Move(RemoveGroupsRequest request, JsonObject pod, string zone) =>
        Line(request, "Pod", $"{pod.Namespace()}/{pod.Name()}", zone, ChangeAction.Restart, "moves to another node") with
        {
            Reason = "drain",
            WaitsFor = DrainCheck.IsBroker(pod) && !request.Force ? "all copies in sync before; the broker back in sync afterwards"
                : DrainCheck.IsOurs(pod) ? "the pod is ready on another node" : "",
            Risk = DrainCheck.IsOurs(pod) ? "one server fewer meanwhile" : "",
        };

    private static PlanStep Removal(RemoveGroupsRequest request, GroupFact group, string zone) =>
        Line(request, "NodeGroup", group.Name, zone, ChangeAction.Delete, group.Status == "DELETING" ? "is going already" : "") with
        {
            WaitsFor = request.NoWait ? "" : "the group is gone",
        };

    /// <summary>Carries the plan out. Interrupted, it leaves nodes that take no new pods; the same command goes on from there.</summary>
    public static IAsyncEnumerable<OperationEvent> RunAsync(AwsSession aws, KubeConnection connection, RemoveGroupsPlan plan,
        CancellationToken cancel)
    {
        var gone = new List<string>();
        string[] doing = ["it has just begun"];
        return Limits.WithinAsync(plan.Request.Timeout, token => StepsAsync(aws, connection, plan, gone, doing, token),
            () => new ClusterException("Timeout", FailureKind.Timeout, plan.Request.Cluster,
            $"Not all node groups are gone after {plan.Request.Timeout.TotalSeconds:0} s: {doing[0]}. "
                + $"{(gone.Count == 0 ? "None is gone yet." : $"Gone: {string.Join(", ", gone)}.")} The same command goes on from there; "
                + $"'kubectl uncordon' takes back that a node takes no pods."), cancel);
    }

    /// <summary>The failure of node groups that are not there.</summary>
    public static ClusterException NotFound(string cluster, IReadOnlyList<string> unknown, IEnumerable<string> known) =>
        new("NodeGroupNotFound", FailureKind.NotFound, unknown[0],
        $"The EKS cluster {cluster} has no node group {string.Join(", ", unknown)}. It has: "
            + $"{string.Join(", ", known.DefaultIfEmpty("none"))}.");

    private static async IAsyncEnumerable<OperationEvent> StepsAsync(
        AwsSession aws, KubeConnection connection, RemoveGroupsPlan plan, List<string> gone, string[] doing,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        string eviction = ServerAdaptation.EvictionVersion(await connection.ServerVersionAsync(cancel).ConfigureAwait(false));
        foreach (var (group, zone) in plan.Groups)
        {
            await foreach (var e in DrainAsync(connection, eviction, plan, group, zone, cancel).ConfigureAwait(false))
                yield return Remember(e, doing);
            await foreach (var e in DeleteAsync(aws, plan, group, zone, cancel).ConfigureAwait(false))
                yield return Remember(e, doing);
            gone.Add(group.Name);
        }
    }

    private static OperationEvent Remember(OperationEvent e, string[] doing)
    {
        if (e is Waiting waiting)
            doing[0] = waiting.Text;
        return e;
    }

    private static async IAsyncEnumerable<OperationEvent> DrainAsync(KubeConnection connection, string eviction, RemoveGroupsPlan plan,
        GroupFact group, string zone, [EnumeratorCancellation] CancellationToken cancel)
    {
        var tenants = await TenantsAsync(connection, [group.Name], cancel).ConfigureAwait(false);
        foreach (var node in tenants.NodesOf(group.Name).Where(n => (bool?)n["spec"]?["unschedulable"] != true))
        {
            await connection.MergeAsync(ResourceKind.Node, "", node.Name(),
                new JsonObject { ["spec"] = new JsonObject { ["unschedulable"] = true } }, cancel).ConfigureAwait(false);
            yield return new Applied(Cordon(plan.Request, node, zone));
        }

        foreach (var node in tenants.NodesOf(group.Name))
        {
            foreach (var pod in tenants.Evicted(node.Name()))
            {
                await foreach (var e in EvictAsync(connection, eviction, plan, pod, zone, cancel).ConfigureAwait(false))
                    yield return e;
            }
        }
    }

    private static async IAsyncEnumerable<OperationEvent> EvictAsync(KubeConnection connection, string eviction, RemoveGroupsPlan plan,
        JsonObject pod, string zone, [EnumeratorCancellation] CancellationToken cancel)
    {
        // A broker that moves is a broker that restarts, and whoever changes a cluster holds its lease.
        if (!DrainCheck.IsOurs(pod) || Ownership.ClusterOf(pod) is not string cluster)
        {
            await foreach (var e in MoveAsync(connection, eviction, plan, pod, zone, cancel).ConfigureAwait(false))
                yield return e;
            yield break;
        }

        var (names, ns) = (new ClusterNames(cluster), pod.Namespace());
        var purpose = new LeasePurpose("Remove-KafkaNodeGroup");
        await foreach (var e in ClusterLease.UnderAsync(connection, ns, names, purpose, WorkAsync, cancel).ConfigureAwait(false))
            yield return e;

        async IAsyncEnumerable<OperationEvent> WorkAsync(ClusterLease lease)
        {
            var roller = new Roller(connection, names, ns, new ClusterWait(connection, names, ns), lease.HoldAsync, force: false,
                TimeProvider.System);
            var policy = new BrokerRollPolicy(connection, names, ns, null, TimeProvider.System);
            bool waits = DrainCheck.IsBroker(pod) && !plan.Request.Force;
            if (waits)
            {
                await foreach (var e in roller.ClearAsync(policy, pod, cancel).ConfigureAwait(false))
                    yield return e;
            }

            await lease.HoldAsync(cancel).ConfigureAwait(false);
            await foreach (var e in MoveAsync(connection, eviction, plan, pod, zone, cancel).ConfigureAwait(false))
                yield return e;
            if (waits)
            {
                await foreach (var e in roller.BackAsync(policy, pod, cancel).ConfigureAwait(false))
                    yield return e;
            }
        }
    }

    private static async IAsyncEnumerable<OperationEvent> MoveAsync(KubeConnection connection, string eviction, RemoveGroupsPlan plan,
        JsonObject pod, string zone, [EnumeratorCancellation] CancellationToken cancel)
    {
        string what = $"{pod.Namespace()}/{pod.Name()}";
        string last = "";
        while (await connection.TryEvictAsync(eviction, pod.Namespace(), pod.Name(), pod.Uid(), cancel)
            .ConfigureAwait(false) is string refusal)
        {
            if (refusal != last)
                yield return new Waiting("Drain", $"{what} may not go yet: {refusal}");
            last = refusal;
            await Task.Delay(Pause, cancel).ConfigureAwait(false);
        }

        yield return new Applied(Move(plan.Request, pod, zone));
        yield return new Waiting("Drain", $"{what} is moving");
        bool ours = DrainCheck.IsOurs(pod);
        while (await connection.TryGetAsync(ResourceKind.Pod, pod.Namespace(), pod.Name(), cancel).ConfigureAwait(false) is { } now
            ? now.Uid() == pod.Uid() || (ours && !Readiness.IsPodReady(now))
            : ours)
            await Task.Delay(Pause, cancel).ConfigureAwait(false);
    }

    private static async IAsyncEnumerable<OperationEvent> DeleteAsync(AwsSession aws, RemoveGroupsPlan plan, GroupFact group, string zone,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        if (group.Status != "DELETING")
        {
            try
            {
                await aws.Eks.DeleteNodegroupAsync(new DeleteNodegroupRequest
                {
                    ClusterName = plan.Request.Cluster,
                    NodegroupName = group.Name
                }, cancel).ConfigureAwait(false);
            }
            catch (ResourceNotFoundException)
            {
                // Somebody else was quicker.
            }

            yield return new Applied(Removal(plan.Request, group, zone));
        }

        // One group after the other, as without -NoWait: brokers that move next find the nodes as the plan has seen them.
        if (plan.Request.NoWait && group.Name == plan.Groups[^1].Group.Name)
            yield break;
        var pause = new PollPause();
        while (await EksReads.TryGroupAsync(aws, plan.Request.Cluster, group.Name, cancel).ConfigureAwait(false) is { } now)
        {
            if (now.Status == "DELETE_FAILED")
            {
                throw new ClusterException("NodeGroupFailed", FailureKind.Stalled, group.Name,
                    $"EKS could not delete {group.Name}: {string.Join("; ", now.Issues.DefaultIfEmpty("it gives no reason"))}. Its nodes "
                        + $"are drained. Mend the cause, then run the same command again.");
            }

            yield return new Waiting("Delete",
                $"{group.Name} is {now.Status}{(now.Issues.Count > 0 ? $" ({string.Join("; ", now.Issues)})" : "")}");
            await pause.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    private static List<GroupFact> Choose(RemoveGroupsRequest request, IReadOnlyList<GroupFact> all)
    {
        var unknown = request.Groups.Except(all.Select(g => g.Name)).ToList();
        if (unknown.Count > 0)
            throw NotFound(request.Cluster, unknown, all.Select(g => g.Name));

        var chosen = all.Where(g => request.Groups.Count > 0 ? request.Groups.Contains(g.Name) : g.Tags.ContainsKey(GroupNames.PrefixTag))
            .ToList();
        return chosen.Count > 0 ? chosen : throw new ClusterException("NodeGroupNotFound", FailureKind.NotFound, request.Cluster,
            $"The EKS cluster {request.Cluster} has no node groups that New-KafkaNodeGroup made. It has: "
                + $"{string.Join(", ", all.Select(g => g.Name).DefaultIfEmpty("none"))}. Name those that you mean with -NodeGroup.");
    }

    // Asked at the wrong API server, everything looks empty.
    private static void CheckNodes(RemoveGroupsRequest request, KubeConnection connection, List<GroupFact> chosen, DrainCheck tenants)
    {
        var unseen = chosen.Where(g => g is { Desired: > 0, Status: "ACTIVE" or "UPDATING" or "DEGRADED" }
            && tenants.NodesOf(g.Name).Count == 0).Select(g => g.Name).ToList();
        if (unseen.Count > 0 && !request.Force)
        {
            throw new ClusterException("NodesNotFound", FailureKind.NotFound, unseen[0],
                $"The API server {connection.Server} knows no nodes of {string.Join(", ", unseen)}, so what runs there is unknown. Does "
                    + $"it belong to the EKS cluster {request.Cluster}? If it does, and the nodes never joined, use -Force.");
        }
    }

    private static async Task CheckInSyncAsync(KubeConnection connection, DrainCheck tenants, List<GroupFact> chosen,
        CancellationToken cancel)
    {
        var pods = chosen.SelectMany(g => tenants.NodesOf(g.Name)).SelectMany(n => tenants.Evicted(n.Name())).Where(DrainCheck.IsBroker);
        foreach (var cluster in pods.GroupBy(p => (Namespace: p.Namespace(), Cluster: Ownership.ClusterOf(p)!)))
        {
            var set = await BrokerSetView.FindAsync(connection, cluster.Key.Namespace, cluster.Key.Cluster, cancel).ConfigureAwait(false);
            var views = await InSync.ReadAsync(set.Door, set.Brokers, cancel).ConfigureAwait(false);
            if (InSync.Describe(views) is { Length: > 0 } amiss)
            {
                throw new ClusterException("WouldBreakMinInSync", FailureKind.Unavailable, cluster.Key.Cluster,
                    $"Nothing was removed: brokers of {cluster.Key.Namespace}/{cluster.Key.Cluster} move only while all copies are in "
                        + $"sync, and {amiss}. Wait until that is over (Get-KafkaCluster {cluster.Key.Cluster}), or bear it with -Force.");
            }

            var partitions = PartitionHealth.Worst(views.Values.Select(v => v!));
            var own = await BrokerRollPolicy.MinInSyncAsync(set.Door, set.Brokers[0].Pod,
                [.. partitions.Select(p => p.Topic).Distinct()], cancel).ConfigureAwait(false);
            foreach (int broker in set.Brokers.Where(n => cluster.Any(p => p.Name() == n.Pod)).Select(n => n.NodeId))
            {
                if (DrainCheck.BelowMinInSync(partitions, broker,
                    topic => own.GetValueOrDefault(topic, set.MinInSyncReplicas)) is { Count: > 0 } below)
                {
                    throw new ClusterException("WouldBreakMinInSync", FailureKind.Unavailable, cluster.Key.Cluster,
                        $"Nothing was removed: while broker {broker} of {cluster.Key.Namespace}/{cluster.Key.Cluster} moves, "
                            + $"{below.Count} partitions, such as {below[0].Topic}-{below[0].Partition} ({below[0].InSync.Count} of "
                            + $"{below[0].Replicas.Count} copies in sync), would take no messages. Give their topics more copies, wait "
                            + $"until all are in sync, or bear it with -Force.");
                }
            }
        }
    }

    private static async Task<DrainCheck> TenantsAsync(KubeConnection connection, IReadOnlyList<string> leaving, CancellationToken cancel)
    {
        async Task<IReadOnlyList<JsonObject>> List(string path) =>
            [.. KubeObjects.Items((await connection.GetAsync(path, cancel).ConfigureAwait(false))["items"])];
        var nodes = await List(ResourceKind.Node.Path(null)).ConfigureAwait(false);
        var pods = Task.WhenAll(nodes.Where(n => n.Label(GroupNames.GroupLabel) is string g && leaving.Contains(g))
            .Select(n => List($"{ResourceKind.Pod.Path(null)}?fieldSelector=spec.nodeName%3D{n.Name()}")));
        var ours = connection.ListAsync(ResourceKind.Pod, null, ClusterNames.AllSelector, cancel);
        var volumes = List(ResourceKind.Volume.Path(null));
        var claims = List(ResourceKind.VolumeClaim.Path(null));
        await Task.WhenAll(pods, ours, volumes, claims).ConfigureAwait(false);
        var found = (await pods.ConfigureAwait(false)).SelectMany(p => p).Concat(await ours.ConfigureAwait(false)).DistinctBy(p => p.Uid())
            .ToList();
        return new DrainCheck([.. leaving], nodes, found, await volumes.ConfigureAwait(false), await claims.ConfigureAwait(false));
    }

    private static PlanStep Line(RemoveGroupsRequest request, string kind, string name, string zone, string action, string note) =>
        new() { Cluster = request.Cluster, Kind = kind, Name = name, Zone = zone, Action = action, Note = note };
}
