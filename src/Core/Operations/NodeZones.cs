using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Core.Operations;

/// <summary>Reads the zones of the nodes.</summary>
internal static class NodeZones
{
    /// <summary>The zone of each node, empty where it has none; and why they are not known, as a right for one namespace does not reach
    /// nodes.</summary>
    public static async Task<(IReadOnlyDictionary<string, string> Zones, string? Unread)> ReadAsync(KubeConnection connection,
        CancellationToken cancel)
    {
        try
        {
            var nodes = await connection.ListAsync(ResourceKind.Node, null, "", cancel).ConfigureAwait(false);
            return (nodes.ToDictionary(n => n.Name(), n => n.Zone() ?? ""), null);
        }
        catch (ClusterException e) when (e.Kind is FailureKind.Permission)
        {
            return (new Dictionary<string, string>(), $"The zones are not known: {e.Message}");
        }
    }
}
