using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Operations;

/// <summary>
/// What a cluster that an older module made keeps, because nobody asked for the change: another pod template would restart every pod, and
/// a selector cannot be changed. Removed and made anew over its volumes, it gets all of it. Pure.
/// </summary>
internal static class StandingTemplates
{
    /// <summary>Takes out of the objects what is newer than the sets that stand: the mark in labels and selectors, the pods' DNS options.</summary>
    public static void Keep(IReadOnlyList<JsonObject> objects, JsonObject? servers, JsonObject? brokers, ClusterNames names)
    {
        foreach (var (live, name, app) in new[]
        {
            (servers, names.ZooKeeperSet, ClusterNames.ZooKeeperApp),
            (brokers, names.BrokerSet, ClusterNames.KafkaApp),
        })
        {
            if (live is null)
                continue;
            if (live["spec"]?["selector"]?["matchLabels"]?[ClusterNames.ClusterLabel] is null)
            {
                foreach (var tree in objects.Where(o => o.Label(ClusterNames.NameLabel) == app))
                    Unmark(tree);
            }

            if (live["spec"]?["template"]?["spec"]?["dnsConfig"] is null)
                Set(objects, name)?["spec"]?["template"]?["spec"]?.AsObject().Remove("dnsConfig");
        }
    }

    /// <summary>Leaves the brokers' properties as an older module wrote them.</summary>
    public static void KeepConfig(
        IReadOnlyList<JsonObject> objects, IReadOnlyDictionary<string, string?> config, JsonObject? brokers, ClusterNames names)
    {
        if (Variable(brokers) is { } live && Variable(Set(objects, names.BrokerSet)) is { } wanted
            && (string?)live["value"] == BrokerConfig.FormerLines(config))
            wanted["value"] = (string?)live["value"];
    }

    private static JsonObject? Set(IReadOnlyList<JsonObject> objects, string name) =>
        objects.FirstOrDefault(o => (string?)o["kind"] == "StatefulSet" && o.Name() == name);

    private static JsonObject? Variable(JsonObject? set) => KubeObjects.Items(set?["spec"]?["template"]?["spec"]?["containers"])
        .SelectMany(c => KubeObjects.Items(c["env"])).FirstOrDefault(e => (string?)e["name"] == BrokerConfig.Variable);

    private static void Unmark(JsonNode? node)
    {
        if (node is JsonObject map)
        {
            map.Remove(ClusterNames.ClusterLabel);
            foreach (var (_, child) in map)
                Unmark(child);
        }
        else if (node is JsonArray array)
        {
            foreach (var child in array)
                Unmark(child);
        }
    }
}
