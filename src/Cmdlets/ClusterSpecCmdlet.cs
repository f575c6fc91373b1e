using System.Collections;
using System.Globalization;
using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;

namespace KafkaK8s.Cmdlets;

/// <summary>The parameters that say what a cluster should be.</summary>
public abstract class ClusterSpecCmdlet : KafkaCmdlet
{
    /// <summary>
    /// <para type="description">Name of the cluster, the prefix of the names of its objects: at most 40 lower-case letters, digits and '-'. Without it: kafka, whose objects carry no prefix, as when the files of manifests/ are applied by hand.</para>
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [NotAConnection]
    public string Name { get; set; } = ClusterSpec.DefaultName;

    /// <summary>
    /// <para type="description">Number of ZooKeeper servers, odd: 3 bear the loss of one, 5 of two. Default 3. It cannot be changed on a cluster that stands.</para>
    /// </summary>
    [Parameter]
    public int ZooKeeperCount { get; set; }

    /// <summary>
    /// <para type="description">Number of brokers. Default 3. It can be raised later, by the same command with another number; it cannot be lowered.</para>
    /// </summary>
    [Parameter]
    public int BrokerCount { get; set; }

    /// <summary>
    /// <para type="description">Size of each broker's volume, as a quantity of Kubernetes such as 100Gi. Default 20Gi. It cannot be changed on a cluster that stands.</para>
    /// </summary>
    [Parameter]
    public string? StorageSize { get; set; }

    /// <summary>
    /// <para type="description">Size of each ZooKeeper server's volume. Default 5Gi. It cannot be changed on a cluster that stands.</para>
    /// </summary>
    [Parameter]
    public string? ZooKeeperStorageSize { get; set; }

    /// <summary>
    /// <para type="description">Storage class of all volumes. Without it: the default class of the Kubernetes cluster.</para>
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(StorageClassCompleter))]
    public string? StorageClass { get; set; }

    /// <summary>
    /// <para type="description">No volumes: a pod that goes takes its data along, and with the last one everything is lost. For trials only; not together with -StorageSize, -ZooKeeperStorageSize or -StorageClass.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter Ephemeral { get; set; }

    /// <summary>
    /// <para type="description">Image of the brokers: one that can still keep its metadata in ZooKeeper, that is Kafka 3.9 or older. Default docker.io/apache/kafka:3.9.2. Another version is rolled out one broker at a time.</para>
    /// </summary>
    [Parameter]
    public string? KafkaImage { get; set; }

    /// <summary>
    /// <para type="description">Image of the ZooKeeper servers. Default docker.io/library/zookeeper:3.8.6.</para>
    /// </summary>
    [Parameter]
    public string? ZooKeeperImage { get; set; }

    /// <summary>
    /// <para type="description">Memory of each broker, request and limit alike. Half of it, at most 5 GiB, is the heap; the rest is left to the page cache. Default 1Gi.</para>
    /// </summary>
    [Parameter]
    public string? BrokerMemory { get; set; }

    /// <summary>
    /// <para type="description">Memory of each ZooKeeper server, request and limit alike. Default 512Mi.</para>
    /// </summary>
    [Parameter]
    public string? ZooKeeperMemory { get; set; }

    /// <summary>
    /// <para type="description">CPU requested for each broker, such as 500m or 2. There is no limit: it would only slow brokers down. Default 250m.</para>
    /// </summary>
    [Parameter]
    public string? BrokerCpu { get; set; }

    /// <summary>
    /// <para type="description">CPU requested for each ZooKeeper server, without a limit. Default 100m.</para>
    /// </summary>
    [Parameter]
    public string? ZooKeeperCpu { get; set; }

    /// <summary>
    /// <para type="description">Default number of copies of a new partition, and of Kafka's internal topics. Default 3, or the number of brokers where it is smaller.</para>
    /// </summary>
    [Parameter]
    public int ReplicationFactor { get; set; }

    /// <summary>
    /// <para type="description">Copies that must hold a message before a producer with acks=all gets its acknowledgement. Default 2, or one fewer than there are copies.</para>
    /// </summary>
    [Parameter]
    public int MinInSyncReplicas { get; set; }

    /// <summary>
    /// <para type="description">Further broker properties by their names in Kafka's documentation, such as @{ 'log.retention.hours' = 72 }. Properties that this module sets itself are refused. An empty table takes back what was given before.</para>
    /// </summary>
    [Parameter]
    public IDictionary? Config { get; set; }

    /// <summary>
    /// <para type="description">Labels that a node must carry to take brokers and ZooKeeper servers, such as @{ dedicated = 'kafka' } for the nodes of New-KafkaNodeGroup. A change restarts the pods one at a time. Volumes stay in their zone: there must be such a node in it. An empty table takes back what was given before.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? NodeSelector { get; set; }

    /// <summary>
    /// <para type="description">Taints of nodes that brokers and ZooKeeper servers bear, as key=value:effect, such as dedicated=kafka:NoSchedule for the nodes of New-KafkaNodeGroup; without a value: any value, without an effect: all effects. An empty list, @(), takes back what was given before.</para>
    /// </summary>
    [Parameter]
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
        ReplicationFactor = Given(nameof(ReplicationFactor)) ? ReplicationFactor : null,
        MinInSyncReplicas = Given(nameof(MinInSyncReplicas)) ? MinInSyncReplicas : null,
        Config = Table(Config),
        NodeSelector = Table(NodeSelector),
        Toleration = Toleration,
    };

    private bool Given(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private static Dictionary<string, string>? Table(IDictionary? table) => table?.Cast<DictionaryEntry>().ToDictionary(e => Text(e.Key), e => Text(e.Value));

    // As Kafka writes values: true, 0.5, whatever the operator's culture.
    private static string Text(object? value) => value switch
    {
        PSObject wrapped => Text(wrapped.BaseObject),
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
