using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Operations;

/// <summary>Finds clusters from live objects: two list calls, however many clusters there are.</summary>
internal static class ListClusters
{
    /// <summary>
    /// All clusters of a namespace, or (null) of all namespaces, by namespace and name. Of those that are meant by name Kafka itself is
    /// asked, all at once.
    /// </summary>
    public static async Task<IReadOnlyList<KafkaCluster>> RunAsync(
        KubeConnection connection, string? ns, Func<string, bool> asked, CancellationToken cancel)
    {
        var sets = connection.ListAsync(ResourceKind.StatefulSet, ns, ClusterNames.AllSelector, cancel);
        var pods = connection.ListAsync(ResourceKind.Pod, ns, ClusterNames.AllSelector, cancel);
        await Task.WhenAll(sets, pods).ConfigureAwait(false);
        var podsOf = (await pods.ConfigureAwait(false)).ToLookup(OwnerOf);
        var groups = (await sets.ConfigureAwait(false)).GroupBy(s => (Namespace: s.Namespace(), Cluster: Ownership.ClusterOf(s)))
            .Where(g => g.Key.Cluster is not null);
        var clusters = await Task.WhenAll(groups.Select(g =>
        {
            var model = ClusterModel.Of(g.Key.Cluster!, g.Key.Namespace, [.. g], ManifestSets.All);
            var own = model.Sets.Values.SelectMany(s => podsOf[s.Uid()]).ToList();
            var cluster = View(model, own, connection);
            return asked(cluster.Name) ? KafkaProbe.AddAsync(connection, cluster, model, own, cancel) : Task.FromResult(cluster);
        })).ConfigureAwait(false);
        return [.. clusters.OrderBy(c => c.Namespace, StringComparer.Ordinal).ThenBy(c => c.Name, StringComparer.Ordinal)];
    }

    /// <summary>One cluster; null where there is none of that name.</summary>
    public static async Task<KafkaCluster?> FindAsync(
        KubeConnection connection, string ns, string cluster, IReadOnlyList<ManifestSet> known, CancellationToken cancel)
    {
        var model = ClusterModel.FindAsync(connection, ns, cluster, NodeRoles.All, known, cancel);
        var pods = connection.ListAsync(ResourceKind.Pod, ns, new ClusterNames(cluster).Selector, cancel);
        await Task.WhenAll(model, pods).ConfigureAwait(false);
        var found = await model.ConfigureAwait(false);
        return found.Sets.Count == 0 ? null : View(found, await pods.ConfigureAwait(false), connection);
    }

    /// <summary>Whether a namespace does not exist; false where the credentials do not allow to look.</summary>
    public static async Task<bool> IsMissingAsync(KubeConnection connection, string ns, CancellationToken cancel)
    {
        try
        {
            return await connection.TryGetAsync(ResourceKind.Namespace, null, ns, cancel).ConfigureAwait(false) is null;
        }
        catch (ClusterException e) when (e.Kind == FailureKind.Permission)
        {
            return false;
        }
    }

    private static string OwnerOf(JsonObject pod) =>
        KubeObjects.Items(pod["metadata"]!["ownerReferences"]).Select(o => (string?)o["uid"]).FirstOrDefault(u => u is not null) ?? "";

    private static KafkaCluster View(ClusterModel model, IReadOnlyCollection<JsonObject> pods, KubeConnection connection) =>
        ClusterView.Build(model, pods) with
        {
            Context = connection.Origin.Context,
            KubeConfig = connection.Origin.KubeConfig,
            Connection = connection.Origin.Connection,
        };
}
