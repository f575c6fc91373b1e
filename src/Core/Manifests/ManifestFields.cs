using System.Collections.Concurrent;
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
    string Parameter, string Kind, string Name, string Path, Func<ClusterSpec, JsonNode?> Value, bool MayAdd = false,
    Func<JsonNode, JsonNode>? Back = null)
{
    /// <summary>The parameter's value, of what stands in the place.</summary>
    public JsonNode Read(JsonNode stands) => Back?.Invoke(stands) ?? stands;
}

/// <summary>The table of fields: which field a parameter changes. Nothing else in the product changes a manifest for a parameter,
/// save <c>-Ephemeral</c>, which exchanges volumes for empty folders.</summary>
internal static class ManifestFields
{
    private const NodeRoles ZooKeeper = NodeRoles.ZooKeeper;
    private const NodeRoles Broker = NodeRoles.Broker;
    private const NodeRoles Every = NodeRoles.All;

    private const string Pod = "spec.template.spec";
    private const string Own = $"{Pod}.containers[name={AppMark}]";
    private const string Claim = "spec.volumeClaimTemplates[metadata.name=data].spec";
    private const string AppMark = "(app)"; // stands for the name of the pool's own container

    private static readonly IReadOnlyList<Rule> Rules =
    [
        new(nameof(ClusterSpec.ZooKeeperCount), ZooKeeper, "spec.replicas", s => s.ZooKeeperCount),
        new(nameof(ClusterSpec.ZooKeeperCount), ZooKeeper, Variable("ZK_BOOTSTRAP_SERVERS"), s => Text(s.ZooKeeperCount)),
        new(nameof(ClusterSpec.ZooKeeperCount), Broker, Variable("ZK_SERVERS"), s => Text(s.ZooKeeperCount), Beside: ZooKeeper),
        new(nameof(ClusterSpec.ZooKeeperImage), ZooKeeper, $"{Own}.image", s => s.ZooKeeperImage),
        new(nameof(ClusterSpec.ZooKeeperMemory), ZooKeeper, $"{Own}.resources.requests.memory", s => s.ZooKeeperMemory),
        new(nameof(ClusterSpec.ZooKeeperMemory), ZooKeeper, $"{Own}.resources.limits.memory", s => s.ZooKeeperMemory),
        new(nameof(ClusterSpec.ZooKeeperCpu), ZooKeeper, $"{Own}.resources.requests.cpu", s => s.ZooKeeperCpu),
        new(nameof(ClusterSpec.ZooKeeperCpuLimit), ZooKeeper, $"{Own}.resources.limits.cpu", s => s.ZooKeeperCpuLimit, MayAdd: true),
        new(nameof(ClusterSpec.ZooKeeperStorageSize), ZooKeeper, $"{Claim}.resources.requests.storage", s => s.ZooKeeperStorageSize),
        new(nameof(ClusterSpec.BrokerCount), Broker, "spec.replicas", s => s.BrokerCount),
        new(nameof(ClusterSpec.KafkaImage), Broker | NodeRoles.Controller, $"{Own}.image", s => s.KafkaImage),
        new(nameof(ClusterSpec.BrokerMemory), Broker, $"{Own}.resources.requests.memory", s => s.BrokerMemory),
        new(nameof(ClusterSpec.BrokerMemory), Broker, $"{Own}.resources.limits.memory", s => s.BrokerMemory),
        new(nameof(ClusterSpec.BrokerCpu), Broker, $"{Own}.resources.requests.cpu", s => s.BrokerCpu),
        new(nameof(ClusterSpec.BrokerCpuLimit), Broker, $"{Own}.resources.limits.cpu", s => s.BrokerCpuLimit, MayAdd: true),
        new(nameof(ClusterSpec.StorageSize), Broker, $"{Claim}.resources.requests.storage", s => s.StorageSize),
        new(nameof(ClusterSpec.StorageClass), Every, $"{Claim}.storageClassName", s => s.StorageClass, MayAdd: true),
        new(nameof(ClusterSpec.ReplicationFactor), Broker, Variable("DEFAULT_REPLICATION_FACTOR"), s => Text(s.ReplicationFactor)),
        new(nameof(ClusterSpec.MinInSyncReplicas), Broker, Variable("MIN_INSYNC_REPLICAS"), s => Text(s.MinInSyncReplicas)),
        new(nameof(ClusterSpec.Config), Broker, Variable(BrokerConfig.Variable), s => Properties(s.Config), Back: Config),
        new(nameof(ClusterSpec.Plaintext), Every, Variable(ClusterSecurity.Variable), s => ClusterSecurity.Of(s.Plaintext),
            Back: Plaintext),
        new(nameof(ClusterSpec.NodeSelector), Every, $"{Pod}.nodeSelector", s => Table(s.NodeSelector), MayAdd: true),
        new(nameof(ClusterSpec.Toleration), Every, $"{Pod}.tolerations", s => Tolerations(s.Toleration), MayAdd: true,
            Back: TolerationTexts),
    ];

    private static readonly ConcurrentDictionary<ManifestSet, IReadOnlyList<ManifestField>> Known = new();

    /// <summary>The fields of the manifests with ZooKeeper.</summary>
    public static IReadOnlyList<ManifestField> All => Of(ManifestSets.ZooKeeper);

    /// <summary>The fields of a set of manifests: each rule at each pool that has its role.</summary>
    public static IReadOnlyList<ManifestField> Of(ManifestSet set) => Known.GetOrAdd(set, s =>
        [.. Rules.Where(r => Applies(r, s)).SelectMany(r => s.Pools.Where(p => p.Has(r.On)).Select(p => new ManifestField(
            r.Parameter, "StatefulSet", p.Name, r.Path.Replace(AppMark, p.App, StringComparison.Ordinal), r.Value, r.MayAdd, r.Back)))]);

    /// <summary>Refuses a parameter that has no field in a set of manifests: it would be written down and do nothing.</summary>
    /// <exception cref="ClusterException"><c>ParameterUnfit</c>.</exception>
    public static void CheckFit(ManifestSet set, ClusterSpec spec)
    {
        var fields = Of(set).Select(f => f.Parameter).ToHashSet();
        if (Rules.FirstOrDefault(r => !fields.Contains(r.Parameter) && r.Value(spec) is not null) is { } unfit)
        {
            throw new ClusterException("ParameterUnfit", FailureKind.InvalidInput, unfit.Parameter,
                $"-{unfit.Parameter}: the cluster {spec.Name} keeps its metadata in {set.Mode}, and has nothing that this could set. "
                + "Leave it out.");
        }
    }

    private static bool Applies(Rule rule, ManifestSet set) => rule.Beside == NodeRoles.None || set.Pool(rule.Beside) is not null;

    private static string Variable(string name) => $"{Own}.env[name={name}].value";

    private static JsonNode? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static JsonNode? Properties(IReadOnlyDictionary<string, string?>? config) => config is null ? null : BrokerConfig.Lines(config);

    // Left out where it is empty: an apply without the field takes back what an earlier one set.
    private static JsonObject? Table(IReadOnlyDictionary<string, string?>? labels) => labels is { Count: > 0 }
        ? new(labels.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value)))
        : null;

    private static JsonValue Plaintext(JsonNode stands) => JsonValue.Create((string?)stands != ClusterSecurity.Tls);

    private static JsonObject Config(JsonNode stands) => Table(BrokerConfig.Read((string?)stands ?? "")) ?? [];

    private static JsonArray TolerationTexts(JsonNode stands) => [.. KubeObjects.Items(stands).Select(t => (JsonNode)Untolerate(t))];

    private static string Untolerate(JsonObject t)
    {
        string value = (string?)t["value"] is string given ? $"={given}" : "";
        return (string?)t["effect"] is string effect ? $"{(string?)t["key"]}{value}:{effect}" : $"{(string?)t["key"]}{value}";
    }

    private static JsonArray? Tolerations(IReadOnlyList<string>? texts) =>
        texts is { Count: > 0 } ? [.. texts.Order(StringComparer.Ordinal).Select(Tolerate)] : null;

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

    /// <summary>A field of the pools with a role, whatever they are called.</summary>
    /// <param name="Parameter">Property of <see cref="ClusterSpec"/>.</param>
    /// <param name="On">Role of the pools; one of them is enough.</param>
    /// <param name="Path">Path in the StatefulSet.</param>
    /// <param name="Value">The value.</param>
    /// <param name="MayAdd">Whether the manifests leave the place out.</param>
    /// <param name="Back">From what stands in the place back to the parameter's value.</param>
    /// <param name="Beside">Role that a pool of the set must have for it, be it another one.</param>
    private sealed record Rule(
        string Parameter, NodeRoles On, string Path, Func<ClusterSpec, JsonNode?> Value, bool MayAdd = false,
        Func<JsonNode, JsonNode>? Back = null, NodeRoles Beside = NodeRoles.None);
}
