using System.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace KafkaK8s.Tests.Fakes;

/// <summary>What the manifests of a cluster say of its brokers, without the cluster's prefix.</summary>
/// <param name="Set">Name of their StatefulSet.</param>
/// <param name="Headless">Name of the Service that names each pod.</param>
/// <param name="FirstId">Id of the broker whose pod has the ordinal 0.</param>
public sealed record FakeBrokers(string Set, string Headless, int FirstId);

/// <summary>A Kafka cluster on a fake API server: its objects, its pods under the controllers, its ensemble and its brokers behind their
/// ports.</summary>
public sealed class FakeCluster
{
    private readonly string prefix;
    private readonly FakeBrokers brokers;

    /// <summary>Connects the names of a cluster with an ensemble and brokers; its objects may come later, by the product itself.</summary>
    public FakeCluster(FakeApiServer server, string ns = "shop", string name = "demo", FakeBrokers? brokers = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        (Server, Namespace, Name) = (server, ns, name);
        this.brokers = brokers ?? new FakeBrokers("kafka", "kafka-headless", 0);
        prefix = name == "kafka" ? "" : $"{name}-"; // the plain manifests' cluster has none
        Ensemble = new FakeEnsemble(server.Store, ns, ZooKeeperSet, $"{prefix}zk-headless", $"{prefix}zk-reconfig");
        int first = this.brokers.FirstId;
        Kafka = new FakeKafka(ns, BrokerSet, first, id => $"{BrokerSet}-{id - first}.{prefix}{this.brokers.Headless}.{ns}.svc")
        {
            IsTls = () => IsTls,
        };
        server.Store.PodChanged += Ensemble.PodChanged;
        server.Store.PodChanged += Kafka.PodChanged;
        server.Pods.Started += Ensemble.Started;
        var others = server.Ports;
        server.Ports = (within, pod, port) => Port(within, pod, port) ?? others?.Invoke(within, pod, port);
        server.Pods.MayBeReady = Also(server.Pods.MayBeReady, IsWell);
    }

    public FakeApiServer Server { get; }

    public string Namespace { get; }

    public string Name { get; }

    public string ZooKeeperSet => $"{prefix}zk";

    public string BrokerSet => $"{prefix}{brokers.Set}";

    /// <summary>Whether the template of the brokers says that they want TLS.</summary>
    public bool IsTls => Server.Store.Find("apps/v1", "statefulsets", Namespace, BrokerSet) is { } set
        && set["spec"]!["template"]!["spec"]!["containers"]!.AsArray().SelectMany(c => c!["env"]?.AsArray() ?? [])
            .Any(e => (string?)e!["name"] == "SECURITY" && (string?)e["value"] == "tls");

    public FakeEnsemble Ensemble { get; }

    public FakeKafka Kafka { get; }

    /// <summary>A server with a cluster whose pods are all ready.</summary>
    public static async Task<FakeCluster> StartAsync(int servers = 3, int brokers = 3, string ns = "shop", string name = "demo",
        Version? version = null)
    {
        var cluster = new FakeCluster(new FakeApiServer(version), ns, name);
        await cluster.CreateAsync(servers, brokers);
        return cluster;
    }

    /// <summary>Puts the cluster's objects in and waits until all of its pods are ready.</summary>
    public async Task CreateAsync(int servers, int brokers)
    {
        var store = Server.Store;
        Server.Pods.Start();
        Ensemble.Bootstrap(servers);
        store.Put("v1", "namespaces", null, FakeObjects.Namespace(Namespace));
        store.Put("v1", "secrets", Namespace, Credential("secret"));
        store.Put("v1", "configmaps", Namespace, FakeObjects.Plain("v1", "ConfigMap", $"{prefix}zk-config", Labels("zookeeper")));
        foreach (var (app, set, count) in new[] { ("zookeeper", ZooKeeperSet, servers), ("kafka", BrokerSet, brokers) })
        {
            var service = FakeObjects.Plain("v1", "Service", $"{set}-headless", Labels(app));
            service["spec"] = new JsonObject { ["clusterIP"] = "None", ["selector"] = Selector(app) };
            store.Put("v1", "services", Namespace, service);
            store.Put("apps/v1", "statefulsets", Namespace, Set(set, app, count, brokers));
        }

        await ReadyAsync();
    }

    /// <summary>Waits until every pod of both sets is there and ready, of the present template where <paramref name="updated"/>.</summary>
    public Task ReadyAsync(bool updated = false) => Server.Pods.UntilAsync(store => new[] { ZooKeeperSet, BrokerSet }.All(name =>
        store.Find("apps/v1", "statefulsets", Namespace, name) is { } set && set["status"] is JsonObject status
        && (long?)status["observedGeneration"] == (long?)set["metadata"]!["generation"]
        && (int?)status["readyReplicas"] == (int)set["spec"]!["replicas"]!
        && (int?)status["replicas"] == (int)set["spec"]!["replicas"]!
        && (!updated || (int?)status["updatedReplicas"] == (int)set["spec"]!["replicas"]!)));

    /// <summary>Changes the template of a set, so that its pods become outdated, and waits until the controller has seen it.</summary>
    public Task OutdateAsync(string set)
    {
        Server.Store.Change("apps/v1", "statefulsets", Namespace, set, tree =>
            tree["spec"]!["template"]!["metadata"]!["annotations"] = new JsonObject { ["changed"] = Guid.NewGuid().ToString() });
        return Server.Pods.UntilAsync(store => store.Find("apps/v1", "statefulsets", Namespace, set) is { } tree
            && (long?)tree["status"]?["observedGeneration"] == (long?)tree["metadata"]!["generation"]);
    }

    /// <summary>The Secret with the credential that changes the membership.</summary>
    public JsonObject Credential(string password)
    {
        static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
#pragma warning disable CA5350 // ZooKeeper's digest scheme is SHA-1.
        string digest = $"super:{Convert.ToBase64String(SHA1.HashData(Encoding.UTF8.GetBytes($"super:{password}")))}";
#pragma warning restore CA5350
        var tree = FakeObjects.Plain("v1", "Secret", $"{prefix}zk-reconfig", Labels("zookeeper"));
        tree["data"] = new JsonObject { ["password"] = Base64(password), ["superDigest"] = Base64(digest) };
        return tree;
    }

    private static Func<JsonObject, bool> Also(Func<JsonObject, bool> first, Func<JsonObject, bool> second) =>
        pod => first(pod) && second(pod);

    private JsonObject Labels(string app)
    {
        var labels = FakeObjects.Labels(Name, app);
        labels["kafkak8s.io/cluster"] = Name;
        return labels;
    }

    private JsonObject Selector(string app) => new() { ["app.kubernetes.io/name"] = app, ["app.kubernetes.io/instance"] = Name };

    private JsonObject Set(string name, string app, int replicas, int brokers)
    {
        static JsonObject Env(string key, string value) => new() { ["name"] = key, ["value"] = value };
        var set = FakeObjects.Plain("apps/v1", "StatefulSet", name, Labels(app));
        string image = app == "kafka" ? "docker.io/apache/kafka:3.9.2" : "docker.io/library/zookeeper:3.8.6";
        set["spec"] = new JsonObject
        {
            ["replicas"] = replicas,
            ["podManagementPolicy"] = "Parallel",
            ["updateStrategy"] = new JsonObject { ["type"] = "OnDelete" },
            ["serviceName"] = $"{name}-headless",
            ["selector"] = new JsonObject { ["matchLabels"] = Selector(app) },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = Labels(app) },
                ["spec"] = new JsonObject
                {
                    ["containers"] = new JsonArray(new JsonObject
                    {
                        ["name"] = app,
                        ["image"] = image,
                        ["env"] = app == "kafka"
                            ? new JsonArray(Env("DEFAULT_REPLICATION_FACTOR", $"{Math.Min(3, brokers)}"),
                                Env("MIN_INSYNC_REPLICAS", $"{Math.Min(2, brokers)}"), Env("ZK_SERVERS", "3"))
                            : new JsonArray(Env("ZK_BOOTSTRAP_SERVERS", $"{replicas}")),
                    }),
                },
            },
            ["volumeClaimTemplates"] =
                new JsonArray(new JsonObject { ["metadata"] = new JsonObject { ["name"] = "data" }, ["spec"] = new JsonObject() }),
        };
        return set;
    }

    // What a broker with TLS mounts; without it the start script gives up.
    private JsonObject? Certificates => Server.Store.Find("v1", "secrets", Namespace, $"{prefix}kafka-tls");

    // What the readiness probes ask for.
    private bool IsWell(JsonObject pod) => (!IsTls || Certificates is not null) && IsServing(pod);

    private bool IsServing(JsonObject pod) =>
        Id(pod, ZooKeeperSet) is { } ordinal ? Ensemble.Serves(ordinal + 1)
        : Id(pod, BrokerSet) is not { } broker || Kafka.IsAlive(broker + brokers.FirstId);

    private int? Id(JsonObject pod, string set) =>
        (string?)pod["metadata"]!["namespace"] == Namespace ? Ordinal((string)pod["metadata"]!["name"]!, set) : null;

    private static int? Ordinal(string pod, string set) =>
        pod.StartsWith($"{set}-", StringComparison.Ordinal) && int.TryParse(pod[(set.Length + 1)..], out int n) ? n : null;

    private Func<Stream, CancellationToken, Task>? Port(string ns, string pod, int port)
    {
        if (ns != Namespace)
            return null;
        if (port == 2181 && Ordinal(pod, ZooKeeperSet) is { } ordinal && Ensemble.IsAlive(ordinal + 1))
            return (stream, cancel) => Ensemble.ServeAsync(ordinal + 1, stream, cancel);
        if (Ordinal(pod, BrokerSet) + brokers.FirstId is { } broker && Kafka.IsAlive(broker)
            && Kafka.Listeners(broker).Any(l => l.Port == port))
            return (stream, cancel) => ServeAsync(broker, port, stream, cancel);
        return null;
    }

    private async Task ServeAsync(int broker, int port, Stream stream, CancellationToken cancel)
    {
        if (!Kafka.Listeners(broker).Any(l => l.Port == port && l.Protocol == "SSL"))
        {
            await Kafka.ServeAsync(broker, port, stream, cancel);
        }
        else if (Certificates is { } secret && await FakeTls.AcceptAsync(stream, secret, cancel) is { } tls)
        {
            await using (tls)
                await Kafka.ServeAsync(broker, port, tls, cancel, isTls: true);
        }
    }
}
