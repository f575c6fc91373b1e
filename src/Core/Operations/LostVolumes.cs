using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Operations;

/// <summary>Kept volumes that no pod will ever get: the volume is gone, or it is on a node that is gone.</summary>
internal static class LostVolumes
{
    private const string HostName = "kubernetes.io/hostname";

    /// <summary>Refuses at once: a pod would wait for such a volume for ever, and nothing would say why.</summary>
    /// <exception cref="ClusterException"><c>Stalled</c>, with claim, node and the way out.</exception>
    public static async Task CheckAsync(KubeConnection connection, IReadOnlyList<JsonObject> claims, ClusterNames names, string ns,
        CancellationToken cancel)
    {
        var lost = (await Task.WhenAll(claims.Select(c => WhyLostAsync(connection, c, cancel))).ConfigureAwait(false)).OfType<string>()
            .ToList();
        if (lost.Count == 0)
            return;
        string all = string.Join(' ',
            claims.Where(c => lost.Exists(l => l.StartsWith(c.Name() + ' ', StringComparison.Ordinal))).Select(c => c.Name()));
        throw new ClusterException("Stalled", FailureKind.Stalled, names.Cluster,
            $"Volumes of an earlier cluster '{names.Cluster}' cannot be used: {string.Join("; ", lost)}. Nothing was changed. Bring the "
            + $"node or the volume back and run the command again. "
            + $"If it is lost for good, so is the data on it: delete the claim ('kubectl delete pvc -n {ns} {all}') and run the command "
            + $"again, which then says whether the other volumes suffice.");
    }

    private static async Task<string?> WhyLostAsync(KubeConnection connection, JsonObject claim, CancellationToken cancel)
    {
        string name = claim.Name();
        if ((string?)claim["status"]?["phase"] == "Lost")
            return $"{name} is Lost, its volume {(string?)claim["spec"]?["volumeName"]} does not exist any more";
        if ((string?)claim["spec"]?["volumeName"] is not { Length: > 0 } volumeName)
            return null;
        try
        {
            var volume = await connection.TryGetAsync(ResourceKind.Volume, null, volumeName, cancel).ConfigureAwait(false);
            if (volume is null)
                return $"{name} is bound to the volume {volumeName}, which does not exist any more";
            var hosts = Hosts(volume);
            if (hosts.Count == 0)
                return null;
            string selector = $"{HostName} in ({string.Join(',', hosts)})";
            return (await connection.ListAsync(ResourceKind.Node, null, selector, cancel).ConfigureAwait(false)).Count > 0 ? null
                : $"{name} (volume {volumeName}) is on the node {string.Join(", ", hosts)}, which does not exist any more";
        }
        catch (ClusterException e) when (e.Kind is FailureKind.Permission)
        {
            return null; // rights in a namespace do not reach volumes and nodes: the scheduler will tell
        }
    }

    /// <summary>The nodes that alone can reach a volume, by the label of their host name; none where it can move. Pure.</summary>
    public static IReadOnlyList<string> Hosts(JsonObject volume) =>
        [.. KubeObjects.Items(volume["spec"]?["nodeAffinity"]?["required"]?["nodeSelectorTerms"])
            .SelectMany(t => KubeObjects.Items(t["matchExpressions"]))
            .Where(m => (string?)m["key"] == HostName && (string?)m["operator"] == "In")
            .SelectMany(m => (m["values"] as JsonArray ?? []).Select(v => (string?)v).OfType<string>())];
}
