using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Rolling;
using KafkaK8s.Core.Running;
using KafkaK8s.Core.Security;

namespace KafkaK8s.Core.Operations;

/// <summary>What Remove-KafkaCluster was asked for.</summary>
/// <param name="Cluster">Name of the cluster.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="DeleteData">Delete the volumes too.</param>
/// <param name="NoWait">Return once the deletions are under way.</param>
/// <param name="Timeout">Limit for the whole operation.</param>
internal sealed record RemoveRequest(string Cluster, string Namespace, bool DeleteData, bool NoWait, TimeSpan Timeout)
{
    /// <summary>The sets of manifests that it may come from.</summary>
    public IReadOnlyList<ManifestSet> Known { get; init; } = ManifestSets.All;
}

/// <summary>What a removal takes away.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Names">Names of the cluster.</param>
/// <param name="Objects">The objects to delete, volume claims left out.</param>
/// <param name="Claims">The volume claims.</param>
/// <param name="Topics">Topics with their sizes, where a broker could be asked.</param>
internal sealed record RemovePlan(
    RemoveRequest Request, ClusterNames Names, IReadOnlyList<(ResourceKind Kind, JsonObject Tree)> Objects,
    IReadOnlyList<JsonObject> Claims,
    IReadOnlyList<TopicSize> Topics)
{
    /// <summary>The Secrets of the certificate authorities and of users, which stay with the volumes.</summary>
    public IReadOnlyList<JsonObject> Authorities { get; init; } = [];

    /// <summary>One step an object, in the order of the run: ZooKeeper after the brokers, in each of the two the set first.</summary>
    public IReadOnlyList<PlanStep> Changes => PlanSteps.Numbered(
    [
        .. Objects.OrderBy(o => o.Tree.Label(ClusterNames.NameLabel) == ClusterNames.ZooKeeperApp)
            .ThenBy(o => o.Kind != ResourceKind.StatefulSet)
            .Select(o => Line(o.Kind.Kind, o.Tree.Name(), ChangeAction.Delete, "")),
        .. Authorities.Select(a => Line(ResourceKind.Secret.Kind, a.Name(), ChangeAction.Keep, "")),
        .. Claims.Select(c => Line("PersistentVolumeClaim", c.Name(), Request.DeleteData ? ChangeAction.Delete : ChangeAction.Keep,
            (string?)c["status"]?["capacity"]?["storage"] ?? "")),
        .. Topics.Select(
            t => Line("Topic", t.Name, Request.DeleteData || Claims.Count == 0 ? ChangeAction.Delete : ChangeAction.Keep, t.ToString())),
    ]);

    private PlanStep Line(string kind, string name, string action, string note) =>
        new() { Cluster = Request.Cluster, Namespace = Request.Namespace, Kind = kind, Name = name, Action = action, Note = note };
}

/// <summary>Removes what belongs to a cluster and nothing else: the pools that start last go first, as brokers without ZooKeeper spend
/// their whole grace period.</summary>
internal static class RemoveCluster
{
    private static readonly ResourceKind[] Kinds = [ResourceKind.StatefulSet, ResourceKind.Service, ResourceKind.ConfigMap,
        ResourceKind.Secret];

    /// <summary>Finds what would go. Changes nothing.</summary>
    /// <exception cref="ClusterException">There is no such cluster.</exception>
    public static async Task<RemovePlan> PlanAsync(KubeConnection connection, RemoveRequest request, CancellationToken cancel)
    {
        var model = await ClusterModel.FindAsync(
            connection, request.Namespace, request.Cluster, NodeRoles.All, request.Known, cancel).ConfigureAwait(false);
        var names = model.Names;
        var version = await connection.ServerVersionAsync(cancel).ConfigureAwait(false);
        var budget = ResourceKind.DisruptionBudget with { ApiVersion = ServerAdaptation.BudgetVersion(version) };
        await ClusterLease.RefuseIfHeldAsync(connection, request.Namespace, names, cancel).ConfigureAwait(false);
        var lists = await Task.WhenAll(Kinds.Append(budget).Select(async kind =>
            (Kind: kind, Items: await connection.ListAsync(kind, request.Namespace, ClusterNames.AllSelector, cancel)
                .ConfigureAwait(false)))).ConfigureAwait(false);
        var pods = await connection.ListAsync(ResourceKind.Pod, request.Namespace, names.Selector, cancel).ConfigureAwait(false);
        // The sets take their pods along; those that a killed command left for its tools or for kept volumes belong to nobody.
        var helpers = pods.Where(p => p.Label(ClusterNames.NameLabel) is ConsolePod.App or KeptVolumes.App)
            .Select(p => (Kind: ResourceKind.Pod, Tree: p));
        var objects = lists.SelectMany(l => l.Items.Where(i => Ownership.ClusterOf(i) == names.Cluster).Select(i => (l.Kind, Tree: i)))
            .Concat(helpers).ToList();
        var claims = (await connection.ListAsync(ResourceKind.VolumeClaim, request.Namespace,
            $"{ClusterNames.InstanceLabel}={names.Cluster}", cancel).ConfigureAwait(false))
            .Where(names.OwnsClaim).ToList();
        // Users have certificates that these have signed, and their passwords and grants are in ZooKeeper's: they stay with the volumes.
        bool keepsData = claims.Count > 0 && !request.DeleteData;
        var authorities = objects.Where(o => keepsData && o.Kind == ResourceKind.Secret
            && (ClusterCertificates.Kept.Select(names.Prefixed).Contains(o.Tree.Name())
                || o.Tree.Label(ClusterNames.UserLabel) is not null)).ToList();
        objects = [.. objects.Except(authorities)];
        if (objects.Count == 0 && (claims.Count == 0 || !request.DeleteData))
            throw ClusterNames.NotFound(request.Cluster, request.Namespace, connection.Context);
        var ready = pods.Where(p => names.NodeOfPod(p.Name())?.Pool.Has(NodeRoles.Broker) == true && Readiness.IsPodReady(p))
            .Select(p => p.Name()).ToList();
        var topics = await TopicsAsync(connection, model, ready, cancel).ConfigureAwait(false);
        return new RemovePlan(request, names, objects, claims, topics) { Authorities = [.. authorities.Select(a => a.Tree)] };
    }

    // A removal is no matter of who may talk to the brokers.
    private static async Task<IReadOnlyList<TopicSize>> TopicsAsync(
        KubeConnection connection, ClusterModel model, IReadOnlyList<string> ready, CancellationToken cancel)
    {
        try
        {
            var door = await BrokerDoor.OfAsync(connection, model, cancel).ConfigureAwait(false);
            return await TopicSizes.TryReadAsync(door, ready, cancel).ConfigureAwait(false);
        }
        catch (ClusterException e) when (e.Kind is not FailureKind.Connection)
        {
            return [];
        }
    }

    /// <summary>Carries the plan out.</summary>
    public static IAsyncEnumerable<OperationEvent> RunAsync(KubeConnection connection, RemovePlan plan, CancellationToken cancel)
    {
        var wait = new ClusterWait(connection, plan.Names, plan.Request.Namespace);
        var purpose = new LeasePurpose("Remove-KafkaCluster") { Removes = true };
        return Limits.WithinAsync(
            plan.Request.Timeout,
            token => ClusterLease.UnderAsync(
                connection, plan.Request.Namespace, plan.Names, purpose, lease => DeleteAsync(connection, plan, wait, lease, token), token),
            () => Late(plan, wait), cancel);
    }

    private static async IAsyncEnumerable<OperationEvent> DeleteAsync(
        KubeConnection connection, RemovePlan plan, ClusterWait wait, ClusterLease lease, [EnumeratorCancellation] CancellationToken cancel)
    {
        var names = plan.Names;
        string ns = plan.Request.Namespace;
        var lines = plan.Changes.ToDictionary(c => (c.Kind, c.Name));

        // A wave for each pool, the one that starts first last; in each the set first, so that it does not replace what goes. ZooKeeper,
        // Services and the rest stay until the brokers have ended: they hand over, and find each other by name.
        var pools = names.ManifestSet.Pools.Reverse().ToList();
        var waves = plan.Objects.GroupBy(o => PoolOf(o.Kind, o.Tree, names) ?? pools[0]).OrderBy(g => pools.IndexOf(g.Key)).ToList();
        for (int n = 0; n < waves.Count; n++)
        {
            var wave = waves[n];
            bool isLast = n == waves.Count - 1;
            var going = waves.Take(n + 1).Select(w => w.Key).ToHashSet();
            foreach (bool sets in new[] { true, false })
            {
                await lease.HoldAsync(cancel).ConfigureAwait(false);
                foreach (var (kind, tree) in wave.Where(o => o.Kind == ResourceKind.StatefulSet == sets))
                {
                    await connection.DeleteAsync(kind, ns, tree.Name(), tree.Uid(), cancel).ConfigureAwait(false);
                    yield return new Applied(lines[(kind.Kind, tree.Name())]);
                }

                if (!sets || plan.Request.NoWait)
                    continue;
                await foreach (var e
                    in wait.UntilGoneAsync("Remove", live => Gone(live, names, going, isLast), cancel).ConfigureAwait(false))
                    yield return e;
            }
        }

        foreach (var line in plan.Changes.Where(c => c.Action == ChangeAction.Keep && c.Kind != "Topic"))
            yield return new Applied(line);
        if (!plan.Request.DeleteData)
            yield break;
        foreach (var claim in plan.Claims)
        {
            await connection.DeleteAsync(ResourceKind.VolumeClaim, ns, claim.Name(), claim.Uid(), cancel).ConfigureAwait(false);
            yield return new Applied(lines[("PersistentVolumeClaim", claim.Name())]);
        }

        if (plan.Request.NoWait)
            yield break;
        var uids = plan.Claims.Select(c => c.Uid()).ToHashSet();
        await foreach (var e in wait.UntilGoneAsync("Remove", live =>
        {
            var left = live.Of(ResourceKind.VolumeClaim).Where(c => uids.Contains(c.Uid())).Select(c => c.Name()).Order().ToList();
            return new Progress(left.Count == 0, $"volumes still going: {string.Join(", ", left)}");
        }, cancel).ConfigureAwait(false))
            yield return e;
    }

    // The pool that an object goes with: a set by its name, the rest by its label, which others may overwrite.
    private static PoolTemplate? PoolOf(ResourceKind kind, JsonObject tree, ClusterNames names) => kind == ResourceKind.StatefulSet
        ? names.PoolOfSet(tree.Name())
        : names.ManifestSet.Pools.FirstOrDefault(p => p.App == tree.Label(ClusterNames.NameLabel));

    // Of those that go before others only that they have ended; the last wave waits until all pods are gone.
    private static Progress Gone(LiveObjects live, ClusterNames names, HashSet<PoolTemplate> going, bool isLast)
    {
        var left = live.Of(ResourceKind.StatefulSet).Where(s => names.PoolOfSet(s.Name()) is { } pool && going.Contains(pool))
            .Concat(live.Of(ResourceKind.Pod).Where(p => names.NodeOfPod(p.Name())?.Pool.Template is { } pool && going.Contains(pool)
                && (isLast || !Readiness.HasEnded(p)))).Select(o => o.Name()).Order().ToList();
        return new Progress(left.Count == 0, $"still going: {string.Join(", ", left)}");
    }

    private static ClusterException Late(RemovePlan plan, ClusterWait wait)
    {
        string late = $"The cluster {plan.Request.Cluster} is not gone after {plan.Request.Timeout.TotalSeconds:0} s";
        const string Stands = "What was deleted stays deleted; the same command goes on from there";
        return wait.Unmended.Count > 0
            ? new ClusterException("Stalled", FailureKind.Stalled, plan.Request.Cluster,
                $"{late}: {string.Join("; ", wait.Unmended.Distinct().Take(4))}. {Stands} once that is mended.")
            : new ClusterException("Timeout", FailureKind.Timeout, plan.Request.Cluster,
                $"{late}{(wait.Doing.Length == 0 ? "" : $": {wait.Doing}")}. {Stands}.");
    }
}
