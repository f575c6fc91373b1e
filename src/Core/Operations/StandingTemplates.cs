using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Operations;

/// <summary>What the sets of a standing cluster keep, because it cannot be changed or nobody asked for the change. Pure.</summary>
internal static class StandingTemplates
{
    // Kubernetes lets nobody change these in a StatefulSet that stands.
    private static readonly string[] Fixed = ["selector", "serviceName", "podManagementPolicy"];

    /// <summary>Leaves a set what it cannot lose; a cluster gets these anew when it is removed and made again over its volumes.</summary>
    /// <param name="objects">The objects to apply.</param>
    /// <param name="live">The set as it stands.</param>
    /// <param name="sameManifests">Whether it is composed of the manifests that it was made of.</param>
    public static void Keep(IReadOnlyList<JsonObject> objects, JsonObject live, bool sameManifests)
    {
        if (Set(objects, live.Name()) is not JsonObject wanted)
            return;
        // Sets made before the version was written down are not changed for it.
        if (sameManifests && live.Annotation(ClusterNames.ManifestsAnnotation) is null
            && wanted["metadata"]!["annotations"] is JsonObject annotations)
        {
            annotations.Remove(ClusterNames.ManifestsAnnotation);
            if (annotations.Count == 0)
                wanted["metadata"]!.AsObject().Remove("annotations");
        }

        foreach (string field in Fixed.Where(f => live["spec"]?[f] is not null))
            Take(wanted["spec"]!.AsObject(), field, live["spec"]![field]!);
        foreach (var claim in KubeObjects.Items(wanted["spec"]!["volumeClaimTemplates"]))
        {
            var labels = KubeObjects.Items(live["spec"]?["volumeClaimTemplates"])
                .FirstOrDefault(c => c.Name() == claim.Name())?["metadata"]?["labels"];
            if (labels is not null)
                Take(claim["metadata"]!.AsObject(), "labels", labels);
        }
    }

    // What is the same already stays in the order of the manifests: the server sorts names.
    private static void Take(JsonObject into, string field, JsonNode live)
    {
        if (!JsonNode.DeepEquals(into[field], live))
            into[field] = live.DeepClone();
    }

    /// <summary>Leaves the brokers' properties as an older module wrote them.</summary>
    public static void KeepConfig(
        IReadOnlyList<JsonObject> objects, IReadOnlyDictionary<string, string?> config, JsonObject? brokers, ClusterNames names)
    {
        if (Variable(brokers) is { } live && Variable(Set(objects, names.BrokerSet)) is { } wanted
            && (string?)live["value"] == BrokerConfig.FormerLines(config))
            wanted["value"] = (string?)live["value"];
    }

    /// <summary>The set of a name among composed objects; null where there is none.</summary>
    public static JsonObject? Set(IReadOnlyList<JsonObject> objects, string name) =>
        objects.FirstOrDefault(o => (string?)o["kind"] == "StatefulSet" && o.Name() == name);

    private static JsonObject? Variable(JsonObject? set) => KubeObjects.Items(set?["spec"]?["template"]?["spec"]?["containers"])
        .SelectMany(c => KubeObjects.Items(c["env"])).FirstOrDefault(e => (string?)e["name"] == BrokerConfig.Variable);
}
