using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Operations;

/// <summary>Finds clusters from live objects: two list calls, however many clusters there are.</summary>
internal static class ListClusters
{
    /// <summary>All clusters of a namespace, or (null) of all namespaces, by namespace and name. Of those that are meant by name Kafka itself is asked, all at once.</summary>
    public static async Task<IReadOnlyList<KafkaCluster>> RunAsync(KubeConnection connection, string? ns, Func<string, bool> asked, CancellationToken cancel)
    {
        var sets = connection.ListAsync(ResourceKind.StatefulSet, ns, ClusterNames.AllSelector, cancel);
        var pods = connection.ListAsync(ResourceKind.Pod, ns, ClusterNames.AllSelector, cancel);
        await Task.WhenAll(sets, pods).ConfigureAwait(false);
        var podsOf = (await pods.ConfigureAwait(false)).ToLookup(OwnerOf);
        var clusters = await Task.WhenAll((await sets.ConfigureAwait(false)).GroupBy(s => (Namespace: s.Namespace(), Cluster: Ownership.ClusterOf(s))).Where(g => g.Key.Cluster is not null).Select(g =>
        {
            var own = g.SelectMany(s => podsOf[s.Uid()]).ToList();
            var cluster = Build(g.Key.Namespace, g.Key.Cluster!, [.. g], own, connection);
            return asked(cluster.Name) ? KafkaProbe.AddAsync(connection, cluster, g.FirstOrDefault(s => s.Label(ClusterNames.NameLabel) == ClusterNames.KafkaApp), own, cancel) : Task.FromResult(cluster);
        })).ConfigureAwait(false);
        return [.. clusters.OrderBy(c => c.Namespace, StringComparer.Ordinal).ThenBy(c => c.Name, StringComparer.Ordinal)];
    }

    /// <summary>One cluster; null where there is none of that name.</summary>
    public static async Task<KafkaCluster?> FindAsync(KubeConnection connection, string ns, string cluster, CancellationToken cancel)
    {
        var names = new ClusterNames(cluster);
        var sets = Task.WhenAll(new[] { names.ZooKeeperSet, names.BrokerSet }.Select(s => connection.TryGetAsync(ResourceKind.StatefulSet, ns, s, cancel)));
        var pods = connection.ListAsync(ResourceKind.Pod, ns, names.Selector, cancel);
        await Task.WhenAll(sets, pods).ConfigureAwait(false);
        var found = (await sets.ConfigureAwait(false)).OfType<JsonObject>().Where(s => Ownership.ClusterOf(s) == cluster).ToList();
        return found.Count == 0 ? null : Build(ns, cluster, found, await pods.ConfigureAwait(false), connection);
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

    private static KafkaCluster Build(string ns, string cluster, List<JsonObject> sets, IReadOnlyCollection<JsonObject> pods, KubeConnection connection)
    {
        JsonObject? Set(string app) => sets.Find(s => s.Label(ClusterNames.NameLabel) == app);
        var view = ClusterView.Build(cluster, ns, Set(ClusterNames.ZooKeeperApp), Set(ClusterNames.KafkaApp), pods);
        return view with { Context = connection.Origin.Context, KubeConfig = connection.Origin.KubeConfig, Connection = connection.Origin.Connection };
    }
}
