using System.Collections;
using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;

namespace KafkaK8s.Cmdlets;

/// <summary>The parameters that say what a cluster should be.</summary>
public abstract class ClusterSpecCmdlet : KafkaCmdlet
{
    /// <summary>Name of the cluster, the prefix of the names of its objects: at most 40 lower-case letters, digits and '-'.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [ClusterName]
    public string Name { get; set; } = ClusterSpec.DefaultName;

    /// <summary>Number of ZooKeeper servers, odd: 3 tolerate the failure of one, 5 of two.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [FreeText]
    [NotBlank]
    public int ZooKeeperCount { get; set; }

    /// <summary>Number of brokers.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [FreeText]
    [NotBlank]
    public int BrokerCount { get; set; }

    /// <summary>Size of each broker's volume, as a quantity of Kubernetes such as 100Gi.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [FreeText]
    public string? StorageSize { get; set; }

    /// <summary>Size of each ZooKeeper server's volume.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [FreeText]
    public string? ZooKeeperStorageSize { get; set; }

    /// <summary>Storage class of all volumes.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(StorageClassCompleter))]
    public string? StorageClass { get; set; }

    /// <summary>No volumes: a pod that goes takes its data along, and with the last one everything is lost.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Flag]
    public SwitchParameter Ephemeral { get; set; }

    /// <summary>No TLS, and no rights: whoever reaches a port may do everything. -Plaintext:$false makes a cluster with TLS.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Flag]
    public SwitchParameter Plaintext { get; set; }

    /// <summary>Image of the brokers: one that can still keep its metadata in ZooKeeper, that is Kafka 3.9 or older.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ImageCompleter))]
    public string? KafkaImage { get; set; }

    /// <summary>Image of the ZooKeeper servers.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ImageCompleter))]
    public string? ZooKeeperImage { get; set; }

    /// <summary>Memory of each broker, request and limit alike.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [FreeText]
    public string? BrokerMemory { get; set; }

    /// <summary>Memory of each ZooKeeper server, request and limit alike.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [FreeText]
    public string? ZooKeeperMemory { get; set; }

    /// <summary>CPU requested for each broker, such as 500m or 2.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [FreeText]
    public string? BrokerCpu { get; set; }

    /// <summary>CPU requested for each ZooKeeper server, without a limit.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [FreeText]
    public string? ZooKeeperCpu { get; set; }

    /// <summary>CPU limit of each broker, where a quota or a policy asks for one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [FreeText]
    public string? BrokerCpuLimit { get; set; }

    /// <summary>CPU limit of each ZooKeeper server, where a quota or a policy asks for one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [FreeText]
    public string? ZooKeeperCpuLimit { get; set; }

    /// <summary>Default number of copies of a new partition, and of Kafka's internal topics.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [FreeText]
    [NotBlank]
    public int ReplicationFactor { get; set; }

    /// <summary>Copies that must hold a message before a producer with acks=all gets its acknowledgement.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [FreeText]
    [NotBlank]
    public int MinInSyncReplicas { get; set; }

    /// <summary>Further broker properties by their names in Kafka's documentation, such as @{ 'log.retention.hours' = 72 }.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(BrokerConfigCompleter))]
    [NotBlank]
    [ConfigTable]
    public IDictionary? Config { get; set; }

    /// <summary>Labels that a node must carry to take brokers and ZooKeeper servers.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [FreeText]
    [NotBlank]
    public IDictionary? NodeSelector { get; set; }

    /// <summary>Tolerations of the broker and ZooKeeper pods, as key=value:effect.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(TolerationCompleter))]
    [NotBlank]
    public string[]? Toleration { get; set; }

    /// <summary>The spec: what was not given stays null.</summary>
    private protected ClusterSpec ReadSpec() => new()
    {
        Name = Name,
        ZooKeeperCount = Asked(nameof(ZooKeeperCount)) ? ZooKeeperCount : null,
        BrokerCount = Asked(nameof(BrokerCount)) ? BrokerCount : null,
        StorageSize = Asked(nameof(StorageSize)) ? StorageSize : null,
        ZooKeeperStorageSize = Asked(nameof(ZooKeeperStorageSize)) ? ZooKeeperStorageSize : null,
        StorageClass = Asked(nameof(StorageClass)) ? StorageClass : null,
        Ephemeral = Asked(nameof(Ephemeral)) ? Ephemeral.ToBool() : null,
        Plaintext = Asked(nameof(Plaintext)) ? Plaintext.ToBool() : null,
        KafkaImage = Asked(nameof(KafkaImage)) ? KafkaImage : null,
        ZooKeeperImage = Asked(nameof(ZooKeeperImage)) ? ZooKeeperImage : null,
        BrokerMemory = Asked(nameof(BrokerMemory)) ? BrokerMemory : null,
        ZooKeeperMemory = Asked(nameof(ZooKeeperMemory)) ? ZooKeeperMemory : null,
        BrokerCpu = Asked(nameof(BrokerCpu)) ? BrokerCpu : null,
        ZooKeeperCpu = Asked(nameof(ZooKeeperCpu)) ? ZooKeeperCpu : null,
        BrokerCpuLimit = Asked(nameof(BrokerCpuLimit)) ? BrokerCpuLimit : null,
        ZooKeeperCpuLimit = Asked(nameof(ZooKeeperCpuLimit)) ? ZooKeeperCpuLimit : null,
        ReplicationFactor = Asked(nameof(ReplicationFactor)) ? ReplicationFactor : null,
        MinInSyncReplicas = Asked(nameof(MinInSyncReplicas)) ? MinInSyncReplicas : null,
        Config = Asked(nameof(Config)) ? SpecTable.Read(nameof(Config), Config) : null,
        NodeSelector = Asked(nameof(NodeSelector)) ? SpecTable.Read(nameof(NodeSelector), NodeSelector) : null,
        Toleration = Asked(nameof(Toleration)) ? Toleration : null,
    };

    // Of an object that identifies a cluster only the identity is taken: what it shows of the cluster was not asked for. Of the row of a
    // table every cell that is not empty.
    private bool Asked(string parameter) => GivenForAll(parameter)
        || (Given(parameter) && InputObject is not null && ModuleObjects.TypeOf(InputObject) is null or nameof(ClusterSpec)
            && !IsBlank(InputObject.Properties[parameter]?.Value));
}
