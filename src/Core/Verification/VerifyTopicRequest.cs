namespace KafkaK8s.Core.Verification;

/// <summary>What to verify, and how.</summary>
/// <param name="ClusterName">Cluster to test.</param>
internal sealed record VerifyTopicRequest(string ClusterName)
{
    /// <summary>Least size of a message.</summary>
    public const int SmallestMessage = 64;

    /// <summary>A topic that exists; null for one made for the check and removed after it.</summary>
    public string? Topic { get; init; }

    /// <summary>Messages to send.</summary>
    public long MessageCount { get; init; } = 1000;

    /// <summary>Size of each, in bytes.</summary>
    public int MessageSize { get; init; } = 100;

    /// <summary>Partitions of the topic made for the check; null for two for each broker. Never fewer than brokers.</summary>
    public int? Partitions { get; init; }

    /// <summary>Whether the topic made for the check stays.</summary>
    public bool KeepTopic { get; init; }

    /// <summary>Whether Kafka's console tools in a pod carry the messages, in place of the native client here.</summary>
    public bool ConsoleTools { get; init; }

    /// <summary>Longest time of the whole check; what is known by then is the result.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);
}
