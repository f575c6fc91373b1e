using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Core.Model;

/// <summary>Whether the servers of a cluster want TLS and know who comes. Pure.</summary>
internal static class ClusterSecurity
{
    /// <summary>Environment variable of the servers' containers that says it.</summary>
    public const string Variable = "SECURITY";

    /// <summary>Its value with TLS.</summary>
    public const string Tls = "tls";

    /// <summary>Its value without.</summary>
    public const string Plaintext = "plaintext";

    /// <summary>The oldest Kafka that reads a certificate and its key from one file without a password.</summary>
    /// <remarks>Source: DefaultSslEngineFactory, which demands a password of the key up to Kafka 3.2.</remarks>
    public static readonly Version OldestKafka = new(3, 3);

    /// <summary>The oldest ZooKeeper with TLS between its servers that reads such files and takes a loopback address for
    /// plaintext.</summary>
    public static readonly Version OldestZooKeeper = new(3, 8);

    /// <summary>The value for a parameter; null where it was not given.</summary>
    public static string? Of(bool? plaintext) => plaintext is null ? null : plaintext.Value ? Plaintext : Tls;

    /// <summary>Whether the servers of a StatefulSet want TLS. Those that older manifests made do not know it.</summary>
    public static bool IsTls(JsonObject? set) => Value(set) == Tls;

    /// <summary>Whether a StatefulSet can be told at all.</summary>
    public static bool Knows(JsonObject set) => Value(set) is not null;

    private static string? Value(JsonObject? set) => KubeObjects.Items(set?["spec"]?["template"]?["spec"]?["containers"])
        .Where(c => (string?)c["name"] == set!.Label(KubeObjects.NameLabel)).SelectMany(c => KubeObjects.Items(c["env"]))
        .Where(e => (string?)e["name"] == Variable).Select(e => (string?)e["value"]).FirstOrDefault();
}
