using System.Globalization;
using System.Security.Cryptography;

namespace KafkaK8s.Core.Kafka;

/// <summary>Names of the topics that a check makes. Unique ones: a name used again is refused for seconds after a broker's restart.</summary>
internal static class TopicName
{
    /// <summary>Start of every such name.</summary>
    public const string Prefix = "kafkak8s-verify-";

    /// <summary>A new name.</summary>
    public static string Make(DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{now.UtcDateTime:yyyyMMddHHmmss}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}");

    /// <summary>The failure of a topic that is not there.</summary>
    public static ClusterException NotFound(string topic, string cluster, IEnumerable<BrokerAnswer> answers)
    {
        string[] known = [.. answers.SelectMany(a => a.View.Partitions).Select(p => p.Topic).Distinct().Where(t => !t.StartsWith("__", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Take(10)];
        string has = known.Length == 0 ? "It has none yet." : $"It has: {string.Join(", ", known)}.";
        return new ClusterException("TopicNotFound", FailureKind.NotFound, topic, $"The cluster {cluster} has no topic '{topic}'. {has} Without -Topic the check makes one of its own and removes it.");
    }
}
