namespace KafkaK8s;

/// <summary>How a topic or a partition is.</summary>
/// <remarks>Words and no enumeration: JSON, CSV and a comparison in a script then show the same word.</remarks>
public static class TopicStatus
{
    /// <summary>Every partition has a leader, and all copies are in sync.</summary>
    public const string Healthy = nameof(Healthy);

    /// <summary>Copies are out of sync; writes with acks=all are taken.</summary>
    public const string UnderReplicated = nameof(UnderReplicated);

    /// <summary>Fewer copies are in sync than min.insync.replicas asks for: writes with acks=all are refused.</summary>
    public const string UnderMinIsr = nameof(UnderMinIsr);

    /// <summary>There is no leader: nobody can read or write.</summary>
    public const string Unavailable = nameof(Unavailable);
}

/// <summary>A topic of a cluster: its shape, its own settings, what it holds, and how its partitions are.</summary>
public sealed record KafkaTopic
{
    /// <summary>Name of the topic.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>Namespace of the cluster.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Number of partitions.</summary>
    public int Partitions { get; init; }

    /// <summary>Copies of each partition; of several numbers the smallest.</summary>
    public int ReplicationFactor { get; init; }

    /// <summary>Copies that must be in sync for a write with acks=all; null where no broker said it.</summary>
    public int? MinInSyncReplicas { get; init; }

    /// <summary><see cref="ReplicationFactor"/>, as a column.</summary>
    public int Copies => ReplicationFactor;

    /// <summary><see cref="MinInSyncReplicas"/>, as a column.</summary>
    public int? MinIsr => MinInSyncReplicas;

    /// <summary>Bytes on the brokers' disks, all copies together; null where a broker did not say it.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>The same as people read it: 1.5 GiB.</summary>
    public string Size => SizeBytes is long bytes ? Sizes.Text(bytes) : "";

    /// <summary>
    /// Messages between the first and the last offset of all partitions; null where a leader did not say it. Compaction and transactions
    /// leave gaps: then it is the largest number that there can be.
    /// </summary>
    public long? Messages { get; init; }

    /// <summary>State in one word, of <see cref="TopicStatus"/>: that of the worst partition.</summary>
    public string Status { get; init; } = TopicStatus.Healthy;

    /// <summary>Why it is not healthy; empty when it is.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Whether it is one of Kafka's own, such as __consumer_offsets.</summary>
    public bool Internal { get; init; }

    /// <summary>The settings that the topic has of its own, under Kafka's names; all others are the brokers'.</summary>
    public IReadOnlyDictionary<string, string> Config { get; init; } = new Dictionary<string, string>();

    /// <summary>The partitions, one object each.</summary>
    public IReadOnlyList<KafkaPartition> PartitionDetail { get; init; } = [];

    /// <summary>Context of the kubeconfig through which it was read, null for EKS; cmdlets down the pipeline use the same.</summary>
    public string? Context { get; init; }

    /// <summary>Path of that kubeconfig; null for the default one.</summary>
    public string? KubeConfig { get; init; }

    /// <summary>Connection to the EKS cluster through which it was read; null where that was a kubeconfig.</summary>
    public EksConnection? Connection { get; init; }
}

/// <summary>A partition of a topic.</summary>
public sealed record KafkaPartition
{
    /// <summary>Name of the topic.</summary>
    public required string Topic { get; init; }

    /// <summary>Number of the partition, from 0.</summary>
    public int Partition { get; init; }

    /// <summary>Id of the broker that leads it; null for none.</summary>
    public int? Leader { get; init; }

    /// <summary>Ids of the brokers that have copies, the preferred leader first.</summary>
    public IReadOnlyList<int> Replicas { get; init; } = [];

    /// <summary>Ids of the brokers whose copies are in sync.</summary>
    public IReadOnlyList<int> InSync { get; init; } = [];

    /// <summary>Offset of the first message that is kept; null where the leader did not say it.</summary>
    public long? Start { get; init; }

    /// <summary>Offset that the next message will get; null where the leader did not say it.</summary>
    public long? End { get; init; }

    /// <summary>Messages between them.</summary>
    public long? Messages => End - Start;

    /// <summary>Bytes on the brokers' disks, all copies together; null where a broker did not say it.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>State in one word, of <see cref="TopicStatus"/>.</summary>
    public string Status { get; init; } = TopicStatus.Healthy;
}
