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
    [NotAConnection]
    public string Name { get; set; } = ClusterSpec.DefaultName;

    /// <summary>Number of ZooKeeper servers, odd: 3 tolerate the failure of one, 5 of two.</summary>
    [Parameter]
    [FreeText]
    public int ZooKeeperCount { get; set; }

    /// <summary>Number of brokers.</summary>
    [Parameter]
    [FreeText]
    public int BrokerCount { get; set; }

    /// <summary>Size of each broker's volume, as a quantity of Kubernetes such as 100Gi.</summary>
    [Parameter]
    [FreeText]
    public string? StorageSize { get; set; }

    /// <summary>Size of each ZooKeeper server's volume.</summary>
    [Parameter]
    [FreeText]
    public string? ZooKeeperStorageSize { get; set; }

    /// <summary>Storage class of all volumes.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(StorageClassCompleter))]
    public string? StorageClass { get; set; }

    /// <summary>No volumes: a pod that goes takes its data along, and with the last one everything is lost.</summary>
    [Parameter]
    public SwitchParameter Ephemeral { get; set; }

    /// <summary>Image of the brokers: one that can still keep its metadata in ZooKeeper, that is Kafka 3.9 or older.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ImageCompleter))]
    public string? KafkaImage { get; set; }

    /// <summary>Image of the ZooKeeper servers.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ImageCompleter))]
    public string? ZooKeeperImage { get; set; }

    /// <summary>Memory of each broker, request and limit alike.</summary>
    [Parameter]
    [FreeText]
    public string? BrokerMemory { get; set; }

    /// <summary>Memory of each ZooKeeper server, request and limit alike.</summary>
    [Parameter]
    [FreeText]
    public string? ZooKeeperMemory { get; set; }

    /// <summary>CPU requested for each broker, such as 500m or 2.</summary>
    [Parameter]
    [FreeText]
    public string? BrokerCpu { get; set; }

    /// <summary>CPU requested for each ZooKeeper server, without a limit.</summary>
    [Parameter]
    [FreeText]
    public string? ZooKeeperCpu { get; set; }

    /// <summary>CPU limit of each broker, where a quota or a policy asks for one.</summary>
    [Parameter]
    [FreeText]
    public string? BrokerCpuLimit { get; set; }

    /// <summary>CPU limit of each ZooKeeper server, where a quota or a policy asks for one.</summary>
    [Parameter]
    [FreeText]
    public string? ZooKeeperCpuLimit { get; set; }

    /// <summary>Default number of copies of a new partition, and of Kafka's internal topics.</summary>
    [Parameter]
    [FreeText]
    public int ReplicationFactor { get; set; }

    /// <summary>Copies that must hold a message before a producer with acks=all gets its acknowledgement.</summary>
    [Parameter]
    [FreeText]
    public int MinInSyncReplicas { get; set; }

    /// <summary>Further broker properties by their names in Kafka's documentation, such as @{ 'log.retention.hours' = 72 }.</summary>
    [Parameter]
    [FreeText]
    public IDictionary? Config { get; set; }

    /// <summary>Labels that a node must carry to take brokers and ZooKeeper servers.</summary>
    [Parameter]
    [FreeText]
    [ValidateNotNull]
    public IDictionary? NodeSelector { get; set; }

    /// <summary>Tolerations of the broker and ZooKeeper pods, as key=value:effect.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TolerationCompleter))]
    [ValidateNotNull]
    public string[]? Toleration { get; set; }

    /// <summary>The spec: what was not given stays null.</summary>
    private protected ClusterSpec ReadSpec() => new()
    {
        Name = Name,
        ZooKeeperCount = Given(nameof(ZooKeeperCount)) ? ZooKeeperCount : null,
        BrokerCount = Given(nameof(BrokerCount)) ? BrokerCount : null,
        StorageSize = StorageSize,
        ZooKeeperStorageSize = ZooKeeperStorageSize,
        StorageClass = StorageClass,
        Ephemeral = Given(nameof(Ephemeral)) ? Ephemeral.ToBool() : null,
        KafkaImage = KafkaImage,
        ZooKeeperImage = ZooKeeperImage,
        BrokerMemory = BrokerMemory,
        ZooKeeperMemory = ZooKeeperMemory,
        BrokerCpu = BrokerCpu,
        ZooKeeperCpu = ZooKeeperCpu,
        BrokerCpuLimit = BrokerCpuLimit,
        ZooKeeperCpuLimit = ZooKeeperCpuLimit,
        ReplicationFactor = Given(nameof(ReplicationFactor)) ? ReplicationFactor : null,
        MinInSyncReplicas = Given(nameof(MinInSyncReplicas)) ? MinInSyncReplicas : null,
        Config = SpecTable.Read(nameof(Config), Config),
        NodeSelector = SpecTable.Read(nameof(NodeSelector), NodeSelector),
        Toleration = Toleration,
    };

    private bool Given(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);
}
