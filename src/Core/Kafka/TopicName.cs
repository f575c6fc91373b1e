using System.Globalization;
using System.Security.Cryptography;

namespace KafkaK8s.Core.Kafka;

/// <summary>Names of the topics that a check makes. Unique ones: a name used again is refused for seconds after a broker's
/// restart.</summary>
internal static class TopicName
{
    /// <summary>Start of every such name.</summary>
    public const string Prefix = "kafkak8s-verify-";

    /// <summary>A new name.</summary>
    public static string Make(DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture,
            $"{Prefix}{now.UtcDateTime:yyyyMMddHHmmss}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}");

    /// <summary>The failure of a topic that is not there.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="cluster">Name of the cluster.</param>
    /// <param name="known">Topics that are there; some of them are named, Kafka's own left out.</param>
    /// <param name="instead">What else can be done; may be empty.</param>
    public static ClusterException NotFound(string topic, string cluster, IEnumerable<string> known, string instead = "")
    {
        string[] some =
            [.. known.Distinct().Where(t => !t.StartsWith("__", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Take(10)];
        string has = some.Length == 0 ? "It has none yet." : $"It has: {string.Join(", ", some)}.";
        string message = $"The cluster {cluster} has no topic '{topic}'. {has}{(instead.Length == 0 ? "" : $" {instead}")}";
        return new ClusterException("TopicNotFound", FailureKind.NotFound, topic, message);
    }
}
