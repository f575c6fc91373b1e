namespace KafkaK8s;

/// <summary>A consumer group: its state, its members, and how far it is behind.</summary>
public sealed record KafkaConsumerGroup
{
    /// <summary>Name of the group.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>Namespace of the cluster.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>State in Kafka's own word: Stable, Empty, PreparingRebalance, CompletingRebalance, Dead; empty where nobody said
    /// it.</summary>
    public string State { get; init; } = "";

    /// <summary>Number of members.</summary>
    public int Members { get; init; }

    /// <summary>Topics that it reads, or has committed offsets of.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>Messages that it has not read yet, of all partitions together; null where that cannot be told of any partition.</summary>
    public long? Lag { get; init; }

    /// <summary>Id of the broker that keeps it; null where nobody said it.</summary>
    public int? Coordinator { get; init; }

    /// <summary>How its members share the partitions, such as range or cooperative-sticky; empty for a group without members.</summary>
    public string Assignor { get; init; } = "";

    /// <summary>The partitions, one object each.</summary>
    public IReadOnlyList<KafkaGroupPartition> PartitionDetail { get; init; } = [];

    /// <summary>Context of the kubeconfig through which it was read, null for EKS; cmdlets down the pipeline use the same.</summary>
    public string? Context { get; init; }

    /// <summary>Path of that kubeconfig; null for the default one.</summary>
    public string? KubeConfig { get; init; }

    /// <summary>Connection to the EKS cluster through which it was read; null where that was a kubeconfig.</summary>
    public EksConnection? Connection { get; init; }
}

/// <summary>How far a consumer group is in a partition.</summary>
public sealed record KafkaGroupPartition
{
    /// <summary>Name of the group.</summary>
    public required string Group { get; init; }

    /// <summary>Name of the topic.</summary>
    public required string Topic { get; init; }

    /// <summary>Number of the partition.</summary>
    public int Partition { get; init; }

    /// <summary>Offset that it has committed: that of the next message that it reads; null where it has committed none.</summary>
    public long? Committed { get; init; }

    /// <summary>Offset that the next message will get; null where the leader did not say it.</summary>
    public long? End { get; init; }

    /// <summary>Messages between them.</summary>
    public long? Lag => End is long end && Committed is long committed ? Math.Max(0, end - committed) : null;

    /// <summary>Client that has the partition now; empty for none.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>Address of that client; empty for none.</summary>
    public string ClientHost { get; init; } = "";
}
