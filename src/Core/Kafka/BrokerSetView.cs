using System.Globalization;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Kafka;

/// <summary>The brokers of a cluster with the settings that their StatefulSet gives them.</summary>
/// <param name="Model">The cluster.</param>
internal sealed record BrokerSetView(ClusterModel Model)
{
    /// <summary>Names of the cluster.</summary>
    public ClusterNames Names => Model.Names;

    /// <summary>Its namespace.</summary>
    public string Namespace => Model.Namespace;

    /// <summary>The brokers.</summary>
    public IReadOnlyList<NodeRef> Brokers { get; } = Model.Brokers;

    /// <summary>Number of brokers.</summary>
    public int Count => Brokers.Count;

    /// <summary>The StatefulSet.</summary>
    public JsonObject Tree => Model.Carrier ?? [];

    /// <summary>The brokers' container.</summary>
    public JsonObject Container =>
        Containers.FirstOrDefault(c => (string?)c["name"] == Model.ManifestSet.Carrier.App) ?? Containers.FirstOrDefault() ?? [];

    /// <summary>Image of the brokers.</summary>
    public string Image => (string?)Container["image"] ?? "";

    /// <summary>Copies of a topic that does not say otherwise.</summary>
    public int DefaultReplicationFactor => EnvNumber("DEFAULT_REPLICATION_FACTOR") ?? 3;

    /// <summary>Copies that must hold a message with acks=all.</summary>
    public int MinInSyncReplicas => EnvNumber("MIN_INSYNC_REPLICAS") ?? 1;

    /// <summary>Addresses of the brokers for a client inside the Kubernetes cluster.</summary>
    public string Bootstrap => BootstrapAt(ClusterNames.InternalPort);

    /// <summary>The same at the port of another listener.</summary>
    public string BootstrapAt(int port) => string.Join(',',
        Brokers.Take(5).Select(n => string.Create(CultureInfo.InvariantCulture, $"{n.Host(Names, Namespace)}:{port}")));

    /// <summary>Addresses of the ZooKeeper servers, with the brokers' folder, for tools of old versions.</summary>
    public string ZooKeeper
    {
        get
        {
            string headless = EnvText("ZK_SERVICE") ?? Names.ZooKeeperHeadless;
            int port = Model.IsSecure ? ClusterNames.SecureZooKeeperPort : ClusterNames.ZooKeeperPort;
            var servers = Names.Servers(EnvNumber("ZK_SERVERS") ?? 1);
            return $"{string.Join(',', servers.Select(n => $"{n.Pod}.{headless}.{Namespace}.svc:{port}"))}/kafka";
        }
    }

    private IEnumerable<JsonObject> Containers => KubeObjects.Items(Tree["spec"]?["template"]?["spec"]?["containers"]);

    /// <summary>The way to them; of a view that was found.</summary>
    public BrokerDoor Door { get; private init; } = null!;

    /// <summary>Finds the brokers of a cluster, and the way to them.</summary>
    /// <exception cref="ClusterException"><c>ClusterNotFound</c>; as <see cref="BrokerDoor.OfAsync"/>.</exception>
    public static Task<BrokerSetView> FindAsync(KubeConnection connection, string ns, string cluster, CancellationToken cancel) =>
        FindAsync(connection, ns, cluster, ManifestSets.All, cancel);

    /// <summary>The same for a cluster of one of these sets of manifests.</summary>
    /// <param name="connection">Connection to the API server.</param>
    /// <param name="ns">Namespace.</param>
    /// <param name="cluster">Name of the cluster.</param>
    /// <param name="known">The sets of manifests that there may be.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <param name="door">The way to its brokers where that is known.</param>
    /// <exception cref="ClusterException"><c>ClusterNotFound</c>; as <see cref="BrokerDoor.OfAsync"/>.</exception>
    public static async Task<BrokerSetView> FindAsync(
        KubeConnection connection, string ns, string cluster, IReadOnlyList<ManifestSet> known, CancellationToken cancel,
        BrokerDoor? door = null)
    {
        var model = await ClusterModel.FindAsync(connection, ns, cluster, NodeRoles.Broker, known, cancel).ConfigureAwait(false);
        return model.Carrier is null ? throw ClusterNames.NotFound(cluster, ns, connection.Context) : new BrokerSetView(model)
        {
            Door = door ?? await BrokerDoor.OfAsync(connection, model, cancel).ConfigureAwait(false),
        };
    }

    /// <summary>The broker of an id, also of one that has just joined.</summary>
    public NodeRef Broker(int id) => Brokers.FirstOrDefault(n => n.NodeId == id) ?? Names.Pool(Model.ManifestSet.Carrier, 0).OfId(id);

    private string? EnvText(string name) =>
        (string?)KubeObjects.Items(Container["env"]).FirstOrDefault(e => (string?)e["name"] == name)?["value"];

    private int? EnvNumber(string name) =>
        int.TryParse(EnvText(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out int n) ? n : null;
}
