using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Security;
using KafkaK8s.Core.Yaml;

namespace KafkaK8s.Core.Operations;

/// <summary>What a client is told to reach a cluster, in its own form. Pure.</summary>
internal static class ClientConfig
{
    /// <summary>For a client on this machine, through a tunnel that is held open.</summary>
    /// <param name="format">Java, Librdkafka, Spring or DotNet.</param>
    /// <param name="tunnel">The tunnel.</param>
    public static IReadOnlyList<string> Of(string format, KafkaTunnel tunnel)
    {
        var settings = new List<Setting>
        {
            new("bootstrap.servers", tunnel.Bootstrap),
            new("security.protocol", tunnel.Password is null ? "PLAINTEXT" : "SASL_PLAINTEXT"),
        };
        if (tunnel.Password is { } password)
        {
            settings.AddRange(Login("PLAIN", "plain.PlainLoginModule", TunnelLogin.User, password));
        }

        return Lines(format, settings);
    }

    /// <summary>For a client in the Kubernetes cluster. With TLS it is the operator, and needs the operator's Secret at
    /// <see cref="ClusterCertificates.Folder"/>.</summary>
    /// <param name="format">Java, Librdkafka, Spring or DotNet.</param>
    /// <param name="brokers">The brokers.</param>
    public static IReadOnlyList<string> Of(string format, BrokerSetView brokers)
    {
        bool tls = brokers.Model.IsSecure;
        var settings = new List<Setting>
        {
            new("bootstrap.servers", brokers.Bootstrap),
            new("security.protocol", tls ? "SSL" : "PLAINTEXT"),
        };
        if (tls)
        {
            settings.AddRange([.. OwnCertificate, .. Authority]);
        }

        return Lines(format, settings);
    }

    /// <summary>For a client in the Kubernetes cluster that is a user. It needs the files of the user's Secret at
    /// <see cref="ClusterCertificates.Folder"/>; a password is in the configuration itself.</summary>
    /// <param name="format">Java, Librdkafka, Spring or DotNet; or Secret: the manifest of a Secret for the namespace of the
    /// client.</param>
    /// <param name="brokers">The brokers.</param>
    /// <param name="user">The user's Secret.</param>
    /// <exception cref="ClusterException"><c>UserSecretUnusable</c>.</exception>
    public static IReadOnlyList<string> Of(string format, BrokerSetView brokers, UserSecret user)
    {
        bool isCertificate = user.Authentication == UserSecret.Certificate;
        var listener = brokers.Model.Listeners.First(l => l.Authentication
            == (isCertificate ? ListenerAuthentication.UserCertificate : ListenerAuthentication.Password));
        string credential = user.Text(isCertificate ? ClusterCertificates.KeyStore : UserSecret.PasswordEntry);
        var settings = new List<Setting>
        {
            new("bootstrap.servers", brokers.BootstrapAt(listener.Port)),
            new("security.protocol", listener.Protocol),
        };
        settings.AddRange(
            [.. Authority, .. isCertificate ? OwnCertificate : Login("SCRAM-SHA-512", "scram.ScramLoginModule", user.User!, credential)]);

        return format == "Secret" ? Manifest(brokers, user, isCertificate ? ClusterCertificates.KeyStore : UserSecret.PasswordEntry,
            credential, Lines("Java", settings)) : Lines(format, settings);
    }

    private static string[] Manifest(BrokerSetView brokers, UserSecret user, string entry, string credential,
        IReadOnlyList<string> properties)
    {
        var tree = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = ResourceKind.Secret.Kind,
            // Not the name of the Secret that this module keeps: this one may be applied in the same namespace.
            ["metadata"] = new JsonObject { ["name"] = $"{brokers.Names.Cluster}-{user.User}-client" },
            ["stringData"] = new JsonObject
            {
                [ClusterCertificates.ToolSettings] = string.Join('\n', properties) + "\n",
                [ClusterCertificates.Trust] = user.Text(ClusterCertificates.Trust),
                [entry] = credential,
            },
            ["type"] = "Opaque", // at the end, so that no text is: whoever joins the lines takes its last line break
        };
        return YamlWriter.Write([tree]).TrimEnd('\n').Split('\n');
    }

    private static IReadOnlyList<string> Lines(string format, IEnumerable<Setting> all)
    {
        bool java = format is "Java" or "Spring";
        var settings = all.Where(s => s.OfJava is null || s.OfJava == java).Select(s => (s.Key, s.Value)).ToList();
        return format switch
        {
            "Librdkafka" => [.. settings.Select(s => $"{s.Key}={(s.Key == Protocol ? Lower(s.Value) : s.Value)}")],
            "Spring" =>
            [
                "spring:", "  kafka:", $"    bootstrap-servers: {settings[0].Value}", "    security:",
                $"      protocol: {settings[1].Value}",
                .. settings.Count > 2 ? ["    properties:"] : (string[])[],
                .. settings.Skip(2).Select(s => $"      {s.Key}: {Quoted(s.Value)}"),
            ],
            "DotNet" =>
            [
                .. JsonSerializer.Serialize(
                    new { Kafka = settings.ToDictionary(s => Pascal(s.Key), s => s.Key == Protocol ? OfDotNet(s.Value)
                    : s.Key == "sasl.mechanism" ? Mechanism(s.Value) : s.Value) }, JsonText.Indented).Split('\n'),
            ],
            _ => [.. settings.Select(s => $"{s.Key}={s.Value}")],
        };
    }

    private const string Protocol = "security.protocol";
    private const string Store = $"{ClusterCertificates.Folder}/{ClusterCertificates.KeyStore}";
    private const string Trust = $"{ClusterCertificates.Folder}/{ClusterCertificates.Trust}";

    // By whom the brokers are signed.
    private static IReadOnlyList<Setting> Authority =>
        [new("ssl.truststore.type", "PEM", OfJava: true), new("ssl.truststore.location", Trust, OfJava: true),
        new("ssl.ca.location", Trust, OfJava: false)];

    private static IReadOnlyList<Setting> OwnCertificate =>
        [new("ssl.keystore.type", "PEM", OfJava: true), new("ssl.keystore.location", Store, OfJava: true),
        new("ssl.key.location", Store, OfJava: false), new("ssl.certificate.location", Store, OfJava: false)];

    private static IReadOnlyList<Setting> Login(string mechanism, string module, string user, string password) =>
        [new("sasl.mechanism", mechanism), new("sasl.jaas.config", $"org.apache.kafka.common.security.{module} required "
            + $"username=\"{user}\" password=\"{password}\";", OfJava: true),
        new("sasl.username", user, OfJava: false), new("sasl.password", password, OfJava: false)];

    private static string Lower(string protocol) => protocol.ToLowerInvariant();

    // The names of Confluent.Kafka's enumeration: SaslPlaintext.
    private static string OfDotNet(string protocol) => Pascal(Lower(protocol).Replace('_', '.'));

    // The names of its other enumeration: Plain, ScramSha512.
    private static string Mechanism(string name) => Pascal(Lower(name).Replace('-', '.'));

    private static string Pascal(string key) => string.Concat(key.Split('.').Select(p =>
        $"{char.ToUpper(p[0], CultureInfo.InvariantCulture)}{p[1..]}"));

    private static string Quoted(string value) =>
        value.Contains(' ', StringComparison.Ordinal) || value.Contains('"', StringComparison.Ordinal)
        ? $"'{value}'" : value;

    // A setting of all clients, or of those on Java or on librdkafka alone.
    private sealed record Setting(string Key, string Value, bool? OfJava = null);
}
