namespace KafkaK8s.Core.Reports;

/// <summary>What a report shows. A section without objects is left out.</summary>
public sealed record ReportContent
{
    /// <summary>Title of the page; null for one that names the clusters.</summary>
    public string? Title { get; init; }

    /// <summary>When the report is written.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Version of this module.</summary>
    public required string ModuleVersion { get; init; }

    /// <summary>Clusters.</summary>
    public IReadOnlyList<KafkaCluster> Clusters { get; init; } = [];

    /// <summary>Brokers.</summary>
    public IReadOnlyList<KafkaBroker> Brokers { get; init; } = [];

    /// <summary>ZooKeeper servers.</summary>
    public IReadOnlyList<ZooKeeperNode> Servers { get; init; } = [];

    /// <summary>Checks of Kafka clusters.</summary>
    public IReadOnlyList<KafkaClusterCheck> Checks { get; init; } = [];

    /// <summary>Checks of EKS clusters.</summary>
    public IReadOnlyList<EksCheck> EksChecks { get; init; } = [];

    /// <summary>Results of messages sent and read back.</summary>
    public IReadOnlyList<TopicVerification> Verifications { get; init; } = [];

    /// <summary>Topics.</summary>
    public IReadOnlyList<KafkaTopic> Topics { get; init; } = [];

    /// <summary>Consumer groups.</summary>
    public IReadOnlyList<KafkaConsumerGroup> Groups { get; init; } = [];

    /// <summary>Steps of plans and of what was carried out.</summary>
    public IReadOnlyList<PlanStep> Steps { get; init; } = [];

    /// <summary>Records of logs.</summary>
    public IReadOnlyList<KafkaLogRecord> Logs { get; init; } = [];

    /// <summary>Objects that have no section of their own.</summary>
    public IReadOnlyList<OtherObject> Others { get; init; } = [];
}

/// <summary>An object of this module as names and values.</summary>
/// <param name="Type">Name of its type.</param>
/// <param name="Values">Its properties in their order, as text.</param>
public sealed record OtherObject(string Type, IReadOnlyList<KeyValuePair<string, string>> Values);
