using System.Globalization;
using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Reads the logs of brokers and ZooKeeper servers as records.</summary>
[Cmdlet(VerbsCommon.Get, "KafkaLog")]
[OutputType(typeof(KafkaLogRecord))]
public sealed class GetKafkaLogCommand : KafkaTopicCmdlet
{
    /// <summary>Names of pods, with wildcards, or ids of brokers.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(KafkaPodCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [PodName]
    public string[] Pod { get; set; } = [];

    /// <summary>Only what is not older: 10m, 2h, or a TimeSpan.</summary>
    [Parameter]
    [FreeText]
    [ValidateNotNullOrEmpty]
    public string? Since { get; set; }

    /// <summary>Only so many last lines of each pod.</summary>
    [Parameter]
    [FreeText]
    [ValidateRange(0, int.MaxValue)]
    public int Tail { get; set; }

    /// <summary>Go on with what comes, until Ctrl+C or -TimeoutSeconds.</summary>
    [Parameter]
    public SwitchParameter Follow { get; set; }

    /// <summary>The log of each container's life before.</summary>
    [Parameter]
    public SwitchParameter Previous { get; set; }

    /// <summary>Only records of this level and above.</summary>
    [Parameter]
    [ValidateSet("Trace", "Debug", "Info", "Warn", "Error", "Fatal")]
    public string? Level { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        CheckCells();
        string cluster = ClusterName();
        string[] pods = Pods();
        bool IsWanted(NodeRef node) => pods.Length == 0 || Array.Exists(pods, p => Names(p, node));
        var request = new LogRequest(IsWanted)
        {
            Since = Since is null ? null : TopicConfig.Span(Since) ?? throw new ClusterException("InvalidDuration",
                FailureKind.InvalidInput, Since, $"-Since '{Since}' is no duration: 45s, 10m, 2h, 7d, or 00:10:00."),
            Tail = Given(nameof(Tail)) ? Tail : null,
            Follow = Follow && !Previous,
            Previous = Previous,
            Level = Level,
            Limit = !Follow || Given(nameof(TimeoutSeconds)) ? Timeout : null,
        };
        var connection = Connect(cluster);
        string ns = NamespaceOf(connection);
        var nodes = Await(cluster, cancel => ReadLogs.NodesAsync(connection, ns, cluster, cancel));
        foreach (string missing in pods.Where(p => !WildcardPattern.ContainsWildcardCharacters(p) && !nodes.Any(n => Names(p, n))))
            Report(new ClusterException("PodNotFound", FailureKind.NotFound, missing,
                $"{cluster} has no pod and no broker '{missing}'. It has: {string.Join(", ", nodes)}."));
        var wanted = nodes.Where(IsWanted).ToList();
        if (wanted.Count > 0)
            Run<KafkaLogRecord>(cancel => ReadLogs.RunAsync(connection, ns, cluster, wanted, request, cancel), $"Reading logs of {cluster}",
                WriteObject);
    }

    private string[] Pods() =>
        Pod.Length == 0 && InputObject is not null && ModuleObjects.TypeOf(InputObject) == nameof(ZooKeeperNode)
        && InputObject.Properties["Node"]?.Value is string server ? [server] : Pod;

    // A number is the id of a broker, as Kafka's own messages have it.
    private static bool Names(string pod, NodeRef node) =>
        int.TryParse(pod, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            ? node.Pool.Has(NodeRoles.Broker) && node.NodeId == id
            : new WildcardPattern(pod, WildcardOptions.CultureInvariant).IsMatch(node.Pod);
}
