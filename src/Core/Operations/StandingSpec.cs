using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Operations;

/// <summary>
/// What a standing cluster was given before: the annotation of its brokers' StatefulSet, or, where that is lost, what the live objects
/// tell. It is never taken for "nothing was given": the next command would put defaults in place of what an operator chose. Pure.
/// </summary>
internal static class StandingSpec
{
    // kubectl and Add-ZooKeeperNode change these without the annotation; the server may fill in a storage class.
    private static readonly HashSet<string> ChangedElsewhere =
        [nameof(ClusterSpec.BrokerCount), nameof(ClusterSpec.ZooKeeperCount), nameof(ClusterSpec.StorageClass)];

    /// <summary>Reads the annotation.</summary>
    /// <param name="catalog">The manifests that the cluster was made of.</param>
    /// <param name="cluster">Name of the cluster.</param>
    /// <param name="brokers">The brokers' set, which has the annotation, also while it goes; null where there is none.</param>
    /// <param name="servers">The ZooKeeper servers' set; null where there is none.</param>
    /// <param name="takeDefaults">Take an annotation that is not there for "nothing was given".</param>
    /// <exception cref="ClusterException"><c>SpecUnreadable</c> or <c>SpecLost</c>.</exception>
    public static ClusterSpec? Read(ManifestCatalog catalog, string cluster, JsonObject? brokers, JsonObject? servers, bool takeDefaults)
    {
        if (brokers?.Annotation(ClusterNames.SpecAnnotation) is string text)
        {
            return SpecStore.TryRead(text, cluster, out var spec, out string why) ? spec : throw new ClusterException(
                "SpecUnreadable", FailureKind.InvalidData, cluster,
                $"What the cluster {cluster} was given cannot be read: the annotation {ClusterNames.SpecAnnotation} of "
                    + $"StatefulSet/{brokers.Name()} is damaged ({why}). Nothing was changed. {Rescue(cluster)}");
        }

        if (takeDefaults || brokers is null || brokers.IsTerminating())
            return null;
        var lost = Differences(catalog, cluster, servers, brokers).Select(d => d.Parameter).Except(ChangedElsewhere).Distinct().ToList();
        return lost.Count == 0 ? null : throw new ClusterException(
            "SpecLost", FailureKind.InvalidData, cluster,
            $"StatefulSet/{brokers.Name()} has no annotation {ClusterNames.SpecAnnotation} any more, and the cluster {cluster} differs "
                + $"from the defaults in {string.Join(", ", lost)}. Nothing was changed. {Rescue(cluster)}");
    }

    /// <summary>What was given, as the live objects tell: each value that differs from the manifests.</summary>
    public static ClusterSpec Rebuild(ManifestCatalog catalog, string cluster, JsonObject? servers, JsonObject? brokers) =>
        SpecStore.Of(cluster, Differences(catalog, cluster, servers, brokers).DistinctBy(d => d.Parameter)
            .Select(d => KeyValuePair.Create(d.Parameter, (JsonNode?)d.Value)));

    private static string Rescue(string cluster) =>
        $"Set-KafkaCluster {cluster} -RebuildSpec takes what stands for what was given; -WhatIf shows it first.";

    // Only what this module set: a field of another owner is a conflict, and told as one.
    private static IEnumerable<(string Parameter, JsonNode Value)> Differences(ManifestCatalog catalog, string cluster, JsonObject? servers,
        JsonObject? brokers)
    {
        var names = new ClusterNames(cluster);
        foreach (var live in new[] { servers, brokers }.OfType<JsonObject>())
        {
            bool volumes = KubeObjects.Items(live["spec"]?["volumeClaimTemplates"]).Any();
            if (!volumes)
                yield return (nameof(ClusterSpec.Ephemeral), JsonValue.Create(true));
            foreach (var field in ManifestFields.All.Where(f => f.Kind == (string?)live["kind"] && names.Prefixed(f.Name) == live.Name()))
            {
                var stands = TreePath.TryGet(live, field.Path);
                var made = TreePath.TryGet(catalog.Find(field.Kind, field.Name), field.Path);
                if (stands is not null && (made is not null || field.MayAdd) && !Same(stands, made)
                    && FieldOwners.IsOurs(live, field.Path))
                    yield return (field.Parameter, field.Read(stands));
            }
        }
    }

    private static bool Same(JsonNode a, JsonNode? b) => JsonNode.DeepEquals(a, b)
        || b is not null && a is JsonValue && b is JsonValue && Quantity.TryParse(a.ToString(), out decimal x)
            && Quantity.TryParse(b.ToString(), out decimal y) && x == y;
}
