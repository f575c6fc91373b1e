using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Security;

/// <summary>
/// The Secrets with the certificates of a cluster. Two authorities: one signs the cluster's own servers and the operator, the other signs
/// users, so that no user's certificate can be that of a broker, whatever name it has. Pure.
/// </summary>
internal static class ClusterCertificates
{
    /// <summary>The authority of the servers and the operator. No pod mounts it.</summary>
    public const string Authority = "kafka-ca";

    /// <summary>The authority of the users. No pod mounts it.</summary>
    public const string ClientsAuthority = "kafka-clients-ca";

    /// <summary>What the brokers mount.</summary>
    public const string Brokers = "kafka-tls";

    /// <summary>What the ZooKeeper servers mount.</summary>
    public const string Servers = "zk-tls";

    /// <summary>What the operator's commands read, and the pods of their tools mount.</summary>
    public const string Operator = "kafka-admin";

    /// <summary>Key and certificate in one file: Kafka and ZooKeeper take no two.</summary>
    public const string KeyStore = "keystore.pem";

    /// <summary>The authority of the servers, in a file whose name ends as ZooKeeper wants it.</summary>
    public const string Trust = "ca.pem";

    /// <summary>The authority of the users.</summary>
    public const string ClientsTrust = "clients-ca.pem";

    /// <summary>Settings of Kafka's own tools.</summary>
    public const string ToolSettings = "client.properties";

    /// <summary>Settings of Kafka's tools that ask ZooKeeper.</summary>
    public const string ZooKeeperToolSettings = "zookeeper.properties";

    /// <summary>Where pods have them.</summary>
    public const string Folder = "/tls";

    /// <summary>How long an authority is valid: it is renewed on purpose, and users have what it signed.</summary>
    public static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(3650);

    /// <summary>How long a certificate is valid: the longest that all platforms take from a server.</summary>
    /// <remarks>Source: https://support.apple.com/103769.</remarks>
    public static readonly TimeSpan LeafLife = TimeSpan.FromDays(825);

    private const string ForTools = $"""
        security.protocol=SSL
        ssl.keystore.type=PEM
        ssl.keystore.location={Folder}/{KeyStore}
        ssl.truststore.type=PEM
        ssl.truststore.location={Folder}/{Trust}

        """;

    private const string ForZooKeeper = $"""
        zookeeper.ssl.client.enable=true
        zookeeper.clientCnxnSocket=org.apache.zookeeper.ClientCnxnSocketNetty
        zookeeper.ssl.keystore.type=PEM
        zookeeper.ssl.keystore.location={Folder}/{KeyStore}
        zookeeper.ssl.truststore.type=PEM
        zookeeper.ssl.truststore.location={Folder}/{Trust}

        """;

    private const string KeyEntry = "ca.key";
    private const string CertificateEntry = "ca.crt";

    /// <summary>All of them, authorities first.</summary>
    public static IReadOnlyList<string> All { get; } = [Authority, ClientsAuthority, Brokers, Servers, Operator];

    /// <summary>Those that outlive a cluster whose volumes are kept: users hold certificates that they have signed.</summary>
    public static IReadOnlyList<string> Kept { get; } = [Authority, ClientsAuthority];

    /// <summary>The Secrets that are not there, in the order of their making. What is there stays, whoever made it.</summary>
    /// <param name="names">Names of the cluster.</param>
    /// <param name="ns">Its namespace.</param>
    /// <param name="standing">Those that are there, by their names.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ClusterException"><c>AuthorityMissing</c>: some are there, and the authority that has to sign the others is not.
    /// <c>AuthorityUnusable</c>: it cannot sign.</exception>
    public static IReadOnlyList<JsonObject> Missing(ClusterNames names, string ns, IReadOnlyDictionary<string, JsonObject> standing,
        DateTimeOffset now)
    {
        bool IsMissing(string name) => !standing.ContainsKey(names.Prefixed(name));
        var leafs = new[] { Brokers, Servers, Operator };
        if (!leafs.Any(IsMissing))
            return []; // an authority that somebody keeps elsewhere is not needed
        foreach (string authority in Kept.Where(IsMissing))
        {
            if (leafs.Where(l => !IsMissing(l)).Select(names.Prefixed).ToList() is { Count: > 0 } there)
            {
                throw new ClusterException("AuthorityMissing", FailureKind.Conflict, names.Prefixed(authority),
                    $"The Secret {names.Prefixed(authority)} is not there, and {string.Join(", ", there)} in the namespace {ns} were "
                    + $"signed "
                    + "with it, or by somebody else. Nothing was changed. Put it back from your backup; or delete these too, and the whole "
                    + "set is made anew.");
            }
        }

        var made = new List<JsonObject>();
        using var own = Get(Authority);
        using var clients = Get(ClientsAuthority);
        if (IsMissing(Brokers))
        {
            made.Add(Secret(Brokers, ClusterNames.KafkaApp, Entries(Issue("kafka", CertificateUse.Server,
                ServiceNames(names.BootstrapService, names.BrokerHeadless)), (ClientsTrust, clients.Trust()))));
        }

        if (IsMissing(Servers))
        {
            made.Add(Secret(Servers, ClusterNames.ZooKeeperApp, Entries(Issue("zookeeper", CertificateUse.Server,
                ServiceNames(names.Prefixed("zk-cluster"), names.ZooKeeperHeadless)))));
        }

        if (IsMissing(Operator))
            made.Add(Secret(Operator, ClusterNames.KafkaApp, Entries(Issue("admin", CertificateUse.Client, []), (ToolSettings, ForTools),
                (ZooKeeperToolSettings, ForZooKeeper))));
        return made;

        CertificateAuthority Get(string name)
        {
            if (standing.TryGetValue(names.Prefixed(name), out var secret))
                return Read(secret);
            var authority = CertificateAuthority.Create($"{names.Cluster} {name}", AuthorityLife, now);
            var pair = authority.Export();
            made.Add(Secret(name, ClusterNames.KafkaApp, [(CertificateEntry, pair.Certificate), (KeyEntry, pair.Key)]));
            return authority;
        }

        PemPair Issue(string who, CertificateUse use, IReadOnlyCollection<string> hosts) =>
            own.Issue($"CN={who},O=kafkak8s", hosts, use, LeafLife, now);

        IReadOnlyList<(string, string)> Entries(PemPair pair, params (string, string)[] more) =>
            [(KeyStore, pair.Key + pair.Certificate), (Trust, own.Trust()), .. more];

        JsonObject Secret(string name, string app, IReadOnlyList<(string Key, string Text)> entries) => new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = ResourceKind.Secret.Kind,
            ["metadata"] = new JsonObject { ["name"] = names.Prefixed(name), ["labels"] = names.Labels(app) },
            ["type"] = "Opaque",
            ["data"] = new JsonObject(entries.Select(e =>
                KeyValuePair.Create(e.Key, (JsonNode?)Convert.ToBase64String(Encoding.UTF8.GetBytes(e.Text))))),
        };

        IReadOnlyCollection<string> ServiceNames(string service, string headless) =>
            [$"*.{headless}.{ns}.svc", $"{headless}.{ns}.svc", $"{service}.{ns}.svc", $"{service}.{ns}", service, "localhost", "127.0.0.1"];
    }

    /// <summary>Reads an authority from its Secret.</summary>
    /// <exception cref="ClusterException"><c>AuthorityUnusable</c>.</exception>
    public static CertificateAuthority Read(JsonObject secret)
    {
        try
        {
            return CertificateAuthority.Read(new PemPair(Text(CertificateEntry), Text(KeyEntry)));
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            throw new ClusterException("AuthorityUnusable", FailureKind.InvalidData, secret.Name(),
                $"The Secret {secret.Name()} cannot sign certificates: {e.Message.TrimEnd('.')}. Nothing was changed. Put it back from "
                + $"your "
                + "backup.", e);
        }

        string Text(string key) => Encoding.UTF8.GetString(Convert.FromBase64String(
            (string?)secret["data"]?[key] ?? throw new FormatException($"it has no {key}")));
    }
}
