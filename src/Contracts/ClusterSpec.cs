namespace KafkaK8s;

/// <summary>
/// What an operator asks of a cluster. A null property means "as it stands": the value of the manifests for a new cluster,
/// the value given earlier for one that exists.
/// </summary>
/// <remarks>Quantities are Kubernetes quantities, such as <c>10Gi</c> or <c>500m</c>.</remarks>
public sealed record ClusterSpec
{
    /// <summary>The name of the cluster of the plain manifests, whose objects carry no prefix.</summary>
    public const string DefaultName = "kafka";

    /// <summary>Name of the cluster: a DNS label; the prefix of the name of every object, except for <see cref="DefaultName"/>.</summary>
    public string Name { get; init; } = DefaultName;

    /// <summary>Number of ZooKeeper servers, 1 to 255; odd unless forced.</summary>
    public int? ZooKeeperCount { get; init; }

    /// <summary>Number of brokers, 1 or more.</summary>
    public int? BrokerCount { get; init; }

    /// <summary>Size of each broker's volume.</summary>
    public string? StorageSize { get; init; }

    /// <summary>Size of each ZooKeeper server's volume.</summary>
    public string? ZooKeeperStorageSize { get; init; }

    /// <summary>Storage class of all volumes.</summary>
    public string? StorageClass { get; init; }

    /// <summary>True: no volumes; all data is lost when a pod goes.</summary>
    public bool? Ephemeral { get; init; }

    /// <summary>True: no TLS, and whoever reaches a port may do everything. False: TLS, and nothing is allowed that was not
    /// granted.</summary>
    public bool? Plaintext { get; init; }

    /// <summary>Image of the brokers.</summary>
    public string? KafkaImage { get; init; }

    /// <summary>Image of the ZooKeeper servers.</summary>
    public string? ZooKeeperImage { get; init; }

    /// <summary>Memory of each broker, request and limit alike; the heap is half of it, at most 5 GiB.</summary>
    public string? BrokerMemory { get; init; }

    /// <summary>Memory of each ZooKeeper server, request and limit alike.</summary>
    public string? ZooKeeperMemory { get; init; }

    /// <summary>CPU requested for each broker.</summary>
    public string? BrokerCpu { get; init; }

    /// <summary>CPU requested for each ZooKeeper server.</summary>
    public string? ZooKeeperCpu { get; init; }

    /// <summary>CPU limit of each broker; none by default.</summary>
    public string? BrokerCpuLimit { get; init; }

    /// <summary>CPU limit of each ZooKeeper server; none by default.</summary>
    public string? ZooKeeperCpuLimit { get; init; }

    /// <summary>Default number of copies of a new partition, also of Kafka's internal topics.</summary>
    public int? ReplicationFactor { get; init; }

    /// <summary>Copies that must hold a message before it is acknowledged to a producer with acks=all.</summary>
    public int? MinInSyncReplicas { get; init; }

    /// <summary>Further broker properties, by their names in Kafka's documentation. Given anew they are merged; null takes one
    /// away.</summary>
    public IReadOnlyDictionary<string, string?>? Config { get; init; }

    /// <summary>Labels that a node must carry to take the pods of brokers and of ZooKeeper servers. Given anew they are
    /// merged; null takes one away.</summary>
    public IReadOnlyDictionary<string, string?>? NodeSelector { get; init; }

    /// <summary>Tolerations of these pods, as <c>key[=value][:effect]</c>.</summary>
    public IReadOnlyList<string>? Toleration { get; init; }
}
