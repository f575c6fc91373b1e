using System.Globalization;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Core.Model;

/// <summary>Every name, label and address of a cluster, in this one place.</summary>
/// <param name="cluster">Name of the cluster.</param>
/// <param name="manifests">The set of manifests that its objects come from; null for the one with ZooKeeper.</param>
internal sealed class ClusterNames(string cluster, ManifestSet? manifests = null)
{
    public const string PartOfLabel = "app.kubernetes.io/part-of";
    public const string PartOf = "kafkak8s";
    public const string InstanceLabel = "app.kubernetes.io/instance";
    public const string NameLabel = KubeObjects.NameLabel;
    public const string KafkaApp = "kafka";
    public const string ZooKeeperApp = "zookeeper";

    /// <summary>Label with the name of the cluster, which no other tool writes.</summary>
    public const string ClusterLabel = "kafkak8s.io/cluster";

    /// <summary>Label of the Secret with a user's credential: the name of the user.</summary>
    public const string UserLabel = "kafkak8s.io/user";

    /// <summary>Annotation of the brokers' StatefulSet: the parameters given so far, as JSON.</summary>
    public const string SpecAnnotation = "kafkak8s.io/spec";

    /// <summary>Annotation of the brokers' StatefulSet: the version of the manifests that the cluster was made from.</summary>
    public const string ManifestsAnnotation = "kafkak8s.io/manifests";

    /// <summary>Annotation of StatefulSets: the name of the set of manifests that they come from.</summary>
    public const string SetAnnotation = "kafkak8s.io/manifest-set";

    /// <summary>Annotation of the StatefulSet that starts first: who is changing the cluster, or what change of the ensemble was not
    /// finished.</summary>
    public const string ChangeAnnotation = "kafkak8s.io/ensemble-change";

    /// <summary>Annotation of the pods: a checksum of the settings that they read at their start.</summary>
    public const string SettingsAnnotation = "kafkak8s.io/settings-checksum";

    /// <summary>Port that clients inside the Kubernetes cluster use.</summary>
    public const int InternalPort = 9092;

    /// <summary>Port for clients with a certificate, in a cluster with TLS.</summary>
    public const int CertificatePort = 9093;

    /// <summary>Port on each broker pod's loopback that only a port-forward reaches.</summary>
    public const int TunnelPort = 9095;

    /// <summary>Port of ZooKeeper's clients; with TLS on each pod's loopback alone.</summary>
    public const int ZooKeeperPort = 2181;

    /// <summary>The same with TLS.</summary>
    public const int SecureZooKeeperPort = 2281;

    /// <summary>Longest name of a cluster: a pod's name with the longest suffix is a DNS label of at most 63 characters, and
    /// so is the hash label that Kubernetes 1.20 puts on the pods of a StatefulSet.</summary>
    public const int LongestCluster = 40;

    /// <summary>Selects the objects of all clusters.</summary>
    public const string AllSelector = $"{PartOfLabel}={PartOf}";

    /// <summary>Name of the cluster.</summary>
    public string Cluster { get; } = cluster;

    /// <summary>The set of manifests that its objects come from.</summary>
    public ManifestSet ManifestSet { get; } = manifests ?? ManifestSets.ZooKeeper;

    /// <summary>Selects the pods of this cluster: a pod without these labels is none of its sets' pods. Other objects are told apart by
    /// <see cref="Ownership"/>, because other tools write into their labels.</summary>
    public string Selector => $"{AllSelector},{InstanceLabel}={Cluster}";

    /// <summary>The labels of an object of this cluster.</summary>
    /// <param name="app">Value of its name label.</param>
    public JsonObject Labels(string app) => new()
    {
        [NameLabel] = app,
        [InstanceLabel] = Cluster,
        [ClusterLabel] = Cluster,
        [PartOfLabel] = PartOf,
    };

    /// <summary>The brokers' StatefulSet.</summary>
    public string BrokerSet => Prefixed(ManifestSet.Carrier.Name);

    /// <summary>The ZooKeeper servers' StatefulSet.</summary>
    public string ZooKeeperSet => Prefixed(Ensemble.Name);

    /// <summary>The StatefulSet that starts first.</summary>
    public string FirstSet => Prefixed(ManifestSet.Pools[0].Name);

    /// <summary>The Secret that is made once, before all else.</summary>
    public string FirstSecret => Prefixed(ManifestSet.FirstSecret);

    /// <summary>The Service that clients start from.</summary>
    public string BootstrapService => Prefixed(ManifestSet.Bootstrap);

    /// <summary>The Service that names each broker pod.</summary>
    public string BrokerHeadless => Prefixed(ManifestSet.Carrier.Headless);

    /// <summary>The Secret with the credential for changes of the ensemble.</summary>
    public string ReconfigSecret => Prefixed(ManifestSets.ZooKeeper.FirstSecret);

    /// <summary>The Secret with the credential of a user.</summary>
    public string UserSecret(string user) => Prefixed($"kafka-user-{user}");

    /// <summary>Name of an object of the manifests in this cluster: with a prefix, except for the cluster of the plain manifests.</summary>
    public string Prefixed(string name) => Cluster == ClusterSpec.DefaultName ? name : $"{Cluster}-{name}";

    private static PoolTemplate Ensemble => ManifestSets.ZooKeeper.Pool(NodeRoles.ZooKeeper)!;

    /// <summary>A pool of the cluster's manifests, with its name in this cluster.</summary>
    /// <param name="template">The pool.</param>
    /// <param name="count">Pods of it.</param>
    public NodePool Pool(PoolTemplate template, int count) => new(template, Prefixed(template.Name), count);

    /// <summary>The pool whose StatefulSet has this name; null where none has.</summary>
    public PoolTemplate? PoolOfSet(string set) => ManifestSet.Pools.FirstOrDefault(p => Prefixed(p.Name) == set);

    /// <summary>The node of a pod of this name; null where it is of none of this cluster's pools.</summary>
    public NodeRef? NodeOfPod(string pod) =>
        ManifestSet.Pools.Select(p => Pool(p, 0).OfPod(pod)).FirstOrDefault(n => n is not null);

    /// <summary>Brokers of the cluster, as many as said.</summary>
    public IReadOnlyList<NodeRef> Brokers(int count) => Pool(ManifestSet.Carrier, count).Nodes;

    /// <summary>The first servers of the ensemble, as many as said.</summary>
    public IReadOnlyList<NodeRef> Servers(int count) => Pool(Ensemble, count).Nodes;

    /// <summary>A ZooKeeper server by its pod's ordinal, there or not.</summary>
    public NodeRef Server(int ordinal) => Pool(Ensemble, 0).Node(ordinal);

    /// <summary>A ZooKeeper server by its id in the ensemble, there or not.</summary>
    public NodeRef ServerOfId(int id) => Pool(Ensemble, 0).OfId(id);

    /// <summary>The ZooKeeper server of a pod; null where the pod is none.</summary>
    public NodeRef? ServerOfPod(string pod) => Pool(Ensemble, 0).OfPod(pod);

    /// <summary>Pod of a broker.</summary>
    public string BrokerPod(int ordinal) => $"{BrokerSet}-{ordinal}";

    /// <summary>Pod of a ZooKeeper server.</summary>
    public string ZooKeeperPod(int ordinal) => $"{ZooKeeperSet}-{ordinal}";

    /// <summary>The Service that names each ZooKeeper pod.</summary>
    public string ZooKeeperHeadless => Prefixed(Ensemble.Headless);

    /// <summary>The ConfigMap with the ZooKeeper servers' start script.</summary>
    public string ZooKeeperConfig => Prefixed("zk-config");

    /// <summary>Volume claim of a pod of one of the sets.</summary>
    public static string Claim(string pod) => $"data-{pod}";

    /// <summary>Whether a volume claim is, by its name, one of this cluster's sets.</summary>
    public bool OwnsClaim(JsonObject claim) => NodeOfClaim(claim.Name()) is not null;

    /// <summary>The node whose pod uses a volume claim of this name; null where it is none of this cluster's.</summary>
    public NodeRef? NodeOfClaim(string claim) => claim.StartsWith(Claim(""), StringComparison.Ordinal)
        ? NodeOfPod(claim[Claim("").Length..])
        : null;

    /// <summary>Address of the bootstrap service inside the Kubernetes cluster.</summary>
    public string Bootstrap(string ns, int port = InternalPort) =>
        string.Create(CultureInfo.InvariantCulture, $"{BootstrapService}.{ns}.svc:{port}");

    /// <summary>Host name of a broker inside the Kubernetes cluster.</summary>
    public string BrokerHost(int ordinal, string ns) => $"{BrokerPod(ordinal)}.{BrokerHeadless}.{ns}.svc";

    /// <summary>The failure of a cluster that is not there.</summary>
    public static ClusterException NotFound(string cluster, string ns, string context) =>
        new("ClusterNotFound", FailureKind.NotFound, cluster,
        $"There is no cluster '{cluster}' in the namespace {ns} of the context {context}. Get-KafkaCluster -AllNamespaces shows those "
            + $"that are there.");

    /// <summary>The ordinal at the end of a pod's name; -1 where there is none.</summary>
    public static int Ordinal(string pod) => KubeObjects.Ordinal(pod);
}
