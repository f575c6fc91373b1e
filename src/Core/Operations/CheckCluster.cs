using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Core.Operations;

/// <summary>Checks the health and the risks of a cluster; nothing is changed.</summary>
internal static class CheckCluster
{
    /// <summary>The checks that are wanted, the worst first.</summary>
    /// <param name="connection">Connection to the API server.</param>
    /// <param name="ns">Namespace of the cluster.</param>
    /// <param name="cluster">Its name.</param>
    /// <param name="manifests">Version of the manifests of this module.</param>
    /// <param name="wanted">Whether a check is wanted, by its name.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="ClusterException"><c>ClusterNotFound</c>, or Kubernetes cannot be asked.</exception>
    public static async Task<IReadOnlyList<KafkaClusterCheck>> RunAsync(
        KubeConnection connection, string ns, string cluster, int manifests, Func<string, bool> wanted, CancellationToken cancel)
    {
        var facts = await HealthFacts.ReadAsync(connection, ns, cluster, manifests, cancel).ConfigureAwait(false);
        var origin = connection.Origin;
        return [.. HealthChecks.Judge(facts, wanted)
            .Select(c => c with { Context = origin.Context, KubeConfig = origin.KubeConfig, Connection = origin.Connection })];
    }
}
