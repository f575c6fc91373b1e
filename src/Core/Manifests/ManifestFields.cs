using System.Globalization;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Manifests;

/// <summary>One place in the manifests that a parameter sets.</summary>
/// <param name="Parameter">Property of <see cref="ClusterSpec"/>.</param>
/// <param name="Kind">Kind of the object.</param>
/// <param name="Name">Name of the object in the manifests.</param>
/// <param name="Path">Path of the value.</param>
/// <param name="Value">The value; null leaves the place alone.</param>
/// <param name="MayAdd">Whether the manifests leave the place out, as they do with a storage class.</param>
/// <param name="Back">From what stands in the place back to the parameter's value; null where it is the same.</param>
internal sealed record ManifestField(
    string Parameter, string Kind, string Name, string Path, Func<ClusterSpec, JsonNode?> Value, bool MayAdd = false, Func<JsonNode, JsonNode>? Back = null)
{
    /// <summary>The parameter's value, of what stands in the place.</summary>
    public JsonNode Read(JsonNode stands) => Back?.Invoke(stands) ?? stands;
}

/// <summary>The table of slots: which field a parameter changes. Nothing else in the product changes a manifest for a parameter,
/// save <c>-Ephemeral</c>, which exchanges volumes for empty folders.</summary>
internal static class ManifestFields
{
    private const string Pod = "spec.template.spec";
    private const string Kafka = $"{Pod}.containers[name=kafka]";
    private const string ZooKeeper = $"{Pod}.containers[name=zookeeper]";
    private const string Claim = "spec.volumeClaimTemplates[metadata.name=data].spec";

    /// <summary>All slots.</summary>
    public static readonly IReadOnlyList<ManifestField> All =
    [
        new(nameof(ClusterSpec.ZooKeeperCount), "StatefulSet", "zk", "spec.replicas", s => s.ZooKeeperCount),
        new(nameof(ClusterSpec.ZooKeeperCount), "StatefulSet", "zk", $"{ZooKeeper}.env[name=ZK_BOOTSTRAP_SERVERS].value", s => Text(s.ZooKeeperCount)),
        new(nameof(ClusterSpec.ZooKeeperCount), "StatefulSet", "kafka", $"{Kafka}.env[name=ZK_SERVERS].value", s => Text(s.ZooKeeperCount)),
        new(nameof(ClusterSpec.ZooKeeperImage), "StatefulSet", "zk", $"{ZooKeeper}.image", s => s.ZooKeeperImage),
        new(nameof(ClusterSpec.ZooKeeperMemory), "StatefulSet", "zk", $"{ZooKeeper}.resources.requests.memory", s => s.ZooKeeperMemory),
        new(nameof(ClusterSpec.ZooKeeperMemory), "StatefulSet", "zk", $"{ZooKeeper}.resources.limits.memory", s => s.ZooKeeperMemory),
        new(nameof(ClusterSpec.ZooKeeperCpu), "StatefulSet", "zk", $"{ZooKeeper}.resources.requests.cpu", s => s.ZooKeeperCpu),
        new(nameof(ClusterSpec.ZooKeeperCpuLimit), "StatefulSet", "zk", $"{ZooKeeper}.resources.limits.cpu", s => s.ZooKeeperCpuLimit, MayAdd: true),
        new(nameof(ClusterSpec.ZooKeeperStorageSize), "StatefulSet", "zk", $"{Claim}.resources.requests.storage", s => s.ZooKeeperStorageSize),
        new(nameof(ClusterSpec.StorageClass), "StatefulSet", "zk", $"{Claim}.storageClassName", s => s.StorageClass, MayAdd: true),
        new(nameof(ClusterSpec.BrokerCount), "StatefulSet", "kafka", "spec.replicas", s => s.BrokerCount),
        new(nameof(ClusterSpec.KafkaImage), "StatefulSet", "kafka", $"{Kafka}.image", s => s.KafkaImage),
        new(nameof(ClusterSpec.BrokerMemory), "StatefulSet", "kafka", $"{Kafka}.resources.requests.memory", s => s.BrokerMemory),
        new(nameof(ClusterSpec.BrokerMemory), "StatefulSet", "kafka", $"{Kafka}.resources.limits.memory", s => s.BrokerMemory),
        new(nameof(ClusterSpec.BrokerCpu), "StatefulSet", "kafka", $"{Kafka}.resources.requests.cpu", s => s.BrokerCpu),
        new(nameof(ClusterSpec.BrokerCpuLimit), "StatefulSet", "kafka", $"{Kafka}.resources.limits.cpu", s => s.BrokerCpuLimit, MayAdd: true),
        new(nameof(ClusterSpec.StorageSize), "StatefulSet", "kafka", $"{Claim}.resources.requests.storage", s => s.StorageSize),
        new(nameof(ClusterSpec.StorageClass), "StatefulSet", "kafka", $"{Claim}.storageClassName", s => s.StorageClass, MayAdd: true),
        new(nameof(ClusterSpec.ReplicationFactor), "StatefulSet", "kafka", $"{Kafka}.env[name=DEFAULT_REPLICATION_FACTOR].value", s => Text(s.ReplicationFactor)),
        new(nameof(ClusterSpec.MinInSyncReplicas), "StatefulSet", "kafka", $"{Kafka}.env[name=MIN_INSYNC_REPLICAS].value", s => Text(s.MinInSyncReplicas)),
        new(nameof(ClusterSpec.Config), "StatefulSet", "kafka", $"{Kafka}.env[name={BrokerConfig.Variable}].value", s => Properties(s.Config), Back: n => Table(BrokerConfig.Read((string?)n ?? "")) ?? []),
        new(nameof(ClusterSpec.NodeSelector), "StatefulSet", "zk", $"{Pod}.nodeSelector", s => Table(s.NodeSelector), MayAdd: true),
        new(nameof(ClusterSpec.NodeSelector), "StatefulSet", "kafka", $"{Pod}.nodeSelector", s => Table(s.NodeSelector), MayAdd: true),
        new(nameof(ClusterSpec.Toleration), "StatefulSet", "zk", $"{Pod}.tolerations", s => Tolerations(s.Toleration), MayAdd: true, Back: TolerationTexts),
        new(nameof(ClusterSpec.Toleration), "StatefulSet", "kafka", $"{Pod}.tolerations", s => Tolerations(s.Toleration), MayAdd: true, Back: TolerationTexts),
    ];

    private static JsonNode? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static JsonNode? Properties(IReadOnlyDictionary<string, string?>? config) => config is null ? null : BrokerConfig.Lines(config);

    // Left out where it is empty: an apply without the field takes back what an earlier one set.
    private static JsonObject? Table(IReadOnlyDictionary<string, string?>? labels) =>
        labels is { Count: > 0 } ? new(labels.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))) : null;

    private static JsonArray TolerationTexts(JsonNode stands) => [.. KubeObjects.Items(stands).Select(t => (JsonNode)Untolerate(t))];

    private static string Untolerate(JsonObject t) =>
        $"{(string?)t["key"]}{((string?)t["value"] is string value ? $"={value}" : "")}{((string?)t["effect"] is string effect ? $":{effect}" : "")}";

    private static JsonArray? Tolerations(IReadOnlyList<string>? texts) => texts is { Count: > 0 } ? [.. texts.Order(StringComparer.Ordinal).Select(Tolerate)] : null;

    private static JsonObject Tolerate(string text)
    {
        var (key, value, effect) = Toleration.TryParse(text)!; // SpecChecks let it through
        var tree = new JsonObject { ["key"] = key, ["operator"] = value is null ? "Exists" : "Equal" };
        if (value is not null)
            tree["value"] = value;
        if (effect is not null)
            tree["effect"] = effect;
        return tree;
    }
}
