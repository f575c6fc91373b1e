using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Core.Model;

/// <summary>Where a cluster keeps its metadata.</summary>
internal enum ClusterMode
{
    /// <summary>In ZooKeeper.</summary>
    ZooKeeper,

    /// <summary>In controllers of its own.</summary>
    KRaft,
}

/// <summary>What who comes to a listener has to show.</summary>
internal enum ListenerAuthentication
{
    /// <summary>Nothing: whoever reaches it is anonymous.</summary>
    None,

    /// <summary>A certificate of the cluster's own servers or of its operator.</summary>
    OwnCertificate,

    /// <summary>A certificate of a user.</summary>
    UserCertificate,

    /// <summary>Name and password of a user, by SCRAM.</summary>
    Password,
}

/// <summary>A listener of the brokers.</summary>
/// <param name="Name">Its name in Kafka's configuration.</param>
/// <param name="Port">Port on the pod.</param>
/// <param name="OnLoopback">Whether it listens on the pod's loopback alone, so that only a port-forward or a probe reaches it.</param>
/// <param name="Authentication">What who comes has to show; more than nothing needs TLS.</param>
internal sealed record Listener(string Name, int Port, bool OnLoopback,
    ListenerAuthentication Authentication = ListenerAuthentication.None)
{
    /// <summary>Kafka's name of what is spoken there.</summary>
    public string Protocol => Authentication switch
    {
        ListenerAuthentication.None => "PLAINTEXT",
        ListenerAuthentication.Password => "SASL_SSL",
        _ => "SSL",
    };
}

/// <summary>
/// What the product must know of a set of manifests that the files don't say by themselves. All of the product asks it instead of
/// spelling names: another set is another value of this record, with its own files.
/// </summary>
/// <remarks>
/// A record in code and no file beside the manifests: names are needed where no folder is at hand (who owns an object), a compiler checks
/// it, and roles mean policies, which are code in any case.
/// </remarks>
internal sealed record ManifestSet
{
    /// <summary>Name of the set, which its files write on their StatefulSets; those of the oldest set, with ZooKeeper, need not.</summary>
    public required string Name { get; init; }

    /// <summary>Where a cluster of this set keeps its metadata.</summary>
    public required ClusterMode Mode { get; init; }

    /// <summary>Names of the files, in the order in which <c>kubectl apply -f</c> takes them.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>The pools, those that start and restart first in front.</summary>
    public required IReadOnlyList<PoolTemplate> Pools { get; init; }

    /// <summary>Names of all objects, without the cluster's prefix; those that are made beside the files included.</summary>
    public required IReadOnlyList<string> Bases { get; init; }

    /// <summary>Name of the Secret that is made once, before all else, and never applied.</summary>
    public required string FirstSecret { get; init; }

    /// <summary>Environment variables of the containers whose values are names of objects.</summary>
    public required IReadOnlyList<string> NameVariables { get; init; }

    /// <summary>The brokers' listeners without TLS.</summary>
    public required IReadOnlyList<Listener> Listeners { get; init; }

    /// <summary>Those with TLS; none where the set has no TLS.</summary>
    public IReadOnlyList<Listener> SecureListeners { get; init; } = [];

    /// <summary>Name of the Service that clients start from.</summary>
    public required string Bootstrap { get; init; }

    /// <summary>The pool whose set carries the annotations of the whole cluster: every cluster has brokers.</summary>
    public PoolTemplate Carrier => Pool(NodeRoles.Broker)!;

    /// <summary>All that the nodes of its pools do.</summary>
    public NodeRoles Roles => Pools.Aggregate(NodeRoles.None, (all, p) => all | p.Roles);

    /// <summary>The first pool with a role; null where the set has none.</summary>
    public PoolTemplate? Pool(NodeRoles role) => Pools.FirstOrDefault(p => p.Has(role));
}

/// <summary>The sets of manifests that this module brings.</summary>
internal static class ManifestSets
{
    /// <summary>Brokers with a ZooKeeper ensemble: broker N is the pod with the ordinal N, server N the one with the ordinal N -
    /// 1.</summary>
    public static readonly ManifestSet ZooKeeper = new()
    {
        Name = "zookeeper",
        Mode = ClusterMode.ZooKeeper,
        Files = ["kafka_deploy.yaml", "kafka_service.yaml", "zk_set.yaml"],
        Pools =
        [
            new("zk", NodeRoles.ZooKeeper, FirstNodeId: 1, App: "zookeeper", Headless: "zk-headless"),
            new("kafka", NodeRoles.Broker, FirstNodeId: 0, App: "kafka", Headless: "kafka-headless"),
        ],
        Bases = ["kafka", "kafka-service", "kafka-headless", "kafka-config", "zk", "zk-headless", "zk-cluster", "zk-config", "zk-reconfig",
            "zk-tls", "kafka-tls", "kafka-admin", "kafka-ca", "kafka-clients-ca"],
        FirstSecret = "zk-reconfig",
        NameVariables = ["HEADLESS_SERVICE", "ZK_SET", "ZK_SERVICE"],
        Listeners = [new("INTERNAL", 9092, OnLoopback: false), new("TUNNEL", 9095, OnLoopback: true)],
        SecureListeners =
        [
            new("INTERNAL", 9092, OnLoopback: false, ListenerAuthentication.OwnCertificate),
            new("CERTIFICATE", 9093, OnLoopback: false, ListenerAuthentication.UserCertificate),
            new("PASSWORD", 9094, OnLoopback: false, ListenerAuthentication.Password),
            new("TUNNEL", 9095, OnLoopback: true, ListenerAuthentication.OwnCertificate),
            new("PROBE", 9096, OnLoopback: true),
        ],
        Bootstrap = "kafka-service",
    };

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<ManifestSet> All = [ZooKeeper];

    /// <summary>The one that a cluster's StatefulSets come from: by its name on them, the one with ZooKeeper where none is.</summary>
    /// <param name="sets">The StatefulSets.</param>
    /// <param name="known">The sets of manifests to choose from.</param>
    public static ManifestSet Of(IEnumerable<JsonObject> sets, IReadOnlyList<ManifestSet> known) =>
        sets.Select(s => s.Annotation(ClusterNames.SetAnnotation)).FirstOrDefault(n => n is not null) is string name
            ? known.FirstOrDefault(k => k.Name == name) ?? ZooKeeper
            : ZooKeeper;
}
