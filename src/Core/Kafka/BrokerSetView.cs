using System.Globalization;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Kafka;

/// <summary>The brokers of a cluster as their StatefulSet describes them.</summary>
/// <param name="Names">Names of the cluster.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Tree">The StatefulSet.</param>
internal sealed record BrokerSetView(ClusterNames Names, string Namespace, JsonObject Tree)
{
    /// <summary>Number of brokers; their ids are 0 to one less.</summary>
    public int Count => (int?)Tree["spec"]?["replicas"] ?? 1;

    /// <summary>Ids of the brokers.</summary>
    public IReadOnlyList<int> Ids => [.. Enumerable.Range(0, Count)];

    /// <summary>The brokers' container.</summary>
    public JsonObject Container =>
        Containers.FirstOrDefault(c => (string?)c["name"] == ClusterNames.KafkaApp) ?? Containers.FirstOrDefault() ?? [];

    /// <summary>Image of the brokers.</summary>
    public string Image => (string?)Container["image"] ?? "";

    /// <summary>Copies of a topic that does not say otherwise.</summary>
    public int DefaultReplicationFactor => EnvNumber("DEFAULT_REPLICATION_FACTOR") ?? 3;

    /// <summary>Copies that must hold a message with acks=all.</summary>
    public int MinInSyncReplicas => EnvNumber("MIN_INSYNC_REPLICAS") ?? 1;

    /// <summary>Addresses of the brokers for a client inside the Kubernetes cluster.</summary>
    public string Bootstrap => string.Join(',', Ids.Take(5).Select(n => $"{Names.BrokerHost(n, Namespace)}:{ClusterNames.InternalPort}"));

    /// <summary>Addresses of the ZooKeeper servers, with the brokers' folder, for tools of old versions.</summary>
    public string ZooKeeper
    {
        get
        {
            string headless = EnvText("ZK_SERVICE") ?? Names.Prefixed("zk-headless");
            var hosts = Enumerable.Range(0, EnvNumber("ZK_SERVERS") ?? 1).Select(n => $"{Names.ZooKeeperPod(n)}.{headless}.{Namespace}.svc:{ClusterNames.ZooKeeperPort}");
            return $"{string.Join(',', hosts)}/kafka";
        }
    }

    private IEnumerable<JsonObject> Containers => (Tree["spec"]?["template"]?["spec"]?["containers"] as JsonArray ?? []).OfType<JsonObject>();

    /// <summary>Finds the brokers of a cluster.</summary>
    /// <exception cref="ClusterException"><c>ClusterNotFound</c>.</exception>
    public static async Task<BrokerSetView> FindAsync(KubeConnection connection, string ns, string cluster, CancellationToken cancel)
    {
        var names = new ClusterNames(cluster);
        var tree = await connection.TryGetAsync(ResourceKind.StatefulSet, ns, names.BrokerSet, cancel).ConfigureAwait(false)
            ?? throw ClusterNames.NotFound(cluster, ns, connection.Context);
        return new BrokerSetView(names, ns, tree);
    }

    private string? EnvText(string name) => (string?)(Container["env"] as JsonArray ?? []).FirstOrDefault(e => (string?)e?["name"] == name)?["value"];

    private int? EnvNumber(string name) => int.TryParse(EnvText(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out int n) ? n : null;
}
