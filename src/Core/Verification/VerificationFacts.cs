using KafkaK8s.Core.Kafka;

namespace KafkaK8s.Core.Verification;

/// <summary>All that a verification saw; the checks are drawn from it.</summary>
internal sealed record VerificationFacts
{
    public required string Cluster { get; init; }

    public required string Namespace { get; init; }

    public required string Topic { get; init; }

    /// <summary>Whether the topic was made for the check.</summary>
    public required bool OwnTopic { get; init; }

    /// <summary>Messages that were asked for.</summary>
    public required long Wanted { get; init; }

    public required string Path { get; init; }

    public required string Client { get; init; }

    /// <summary>The node of the pod that sends; null for this machine.</summary>
    public string? SentFrom { get; init; }

    /// <summary>The node of the pod that reads; null for this machine.</summary>
    public string? ReadFrom { get; init; }

    /// <summary>The node of each broker, by its id.</summary>
    public IReadOnlyDictionary<int, string> Nodes { get; init; } = new Dictionary<int, string>();

    /// <summary>The zone of each node; empty where the nodes may not be read.</summary>
    public IReadOnlyDictionary<string, string> Zones { get; init; } = new Dictionary<string, string>();

    /// <summary>The brokers before the first message.</summary>
    public required IReadOnlyList<BrokerProbe> Before { get; init; }

    /// <summary>What the brokers said before the first message.</summary>
    public IEnumerable<BrokerAnswer> Answers => Before.Select(b => b.Answer).OfType<BrokerAnswer>();

    /// <summary>The brokers after the last one; empty when it did not come to that.</summary>
    public IReadOnlyList<BrokerProbe> After { get; init; } = [];

    /// <summary>Why there was no topic to use; null when there was.</summary>
    public string? TopicFailure { get; init; }

    /// <summary>The topic's partitions at the start.</summary>
    public IReadOnlyList<PartitionView> Partitions { get; init; } = [];

    /// <summary>The books of each partition; empty when no message was sent.</summary>
    public IReadOnlyList<LedgerCounts> Books { get; init; } = [];

    /// <summary>What the producer complained of, with how often.</summary>
    public IReadOnlyDictionary<string, long> SendErrors { get; init; } = new Dictionary<string, long>();

    /// <summary>What the consumer complained of, with how often.</summary>
    public IReadOnlyDictionary<string, long> ReadErrors { get; init; } = new Dictionary<string, long>();

    /// <summary>Latencies of a set of partitions; null where none were measured.</summary>
    public Func<IEnumerable<int>, LatencyHistogram>? Latency { get; init; }

    /// <summary>Acknowledged messages that <see cref="ProduceTime"/> is for; null for all.</summary>
    public long? Timed { get; init; }

    public TimeSpan ProduceTime { get; init; }

    public TimeSpan ConsumeTime { get; init; }

    public TimeSpan Duration { get; init; }

    /// <summary>How the order was checked, where that is not message by message.</summary>
    public string? OrderNote { get; init; }

    /// <summary>The longest time for which a broker throttled a request, by a quota.</summary>
    public TimeSpan Throttled { get; init; }

    /// <summary>Quotas that hold for the client, where it does not say itself that it is throttled.</summary>
    public IReadOnlyList<string> Quotas { get; init; } = [];

    /// <summary>Bytes of the largest batch that the topic takes; null where the brokers do not say.</summary>
    public int? LargestBatch { get; init; }

    /// <summary>Time that was given, when it ran out.</summary>
    public TimeSpan? TimeOut { get; init; }

    /// <summary>Whether the topic is to stay.</summary>
    public bool KeepTopic { get; init; }

    /// <summary>Why the topic could not be removed; null when it is gone.</summary>
    public string? RemovalFailure { get; init; }
}
