using Confluent.Kafka;

namespace KafkaK8s.Core.Kafka;

/// <summary>Kafka's error codes in its own words.</summary>
internal static class KafkaErrors
{
    /// <summary>A code in words. Loads the native library, so only where something failed.</summary>
    public static string Words(short code) => new Error((ErrorCode)code).Reason;
}
