using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>
/// <para type="synopsis">Shows the node groups of an EKS cluster that are kept for Kafka.</para>
/// <para type="description">One object for each managed node group whose nodes carry the label dedicated=kafka: state, zone, sizes, instance types, image, version, and the health issues in EKS's own words. Nothing is asked of Kubernetes.</para>
/// <para type="link">New-KafkaNodeGroup</para>
/// <para type="link">Remove-KafkaNodeGroup</para>
/// <para type="link">Test-KafkaEksCluster</para>
/// </summary>
/// <example>
///   <summary>The groups for Kafka.</summary>
///   <code>Get-KafkaNodeGroup prod -Region eu-central-1</code>
/// </example>
/// <example>
///   <summary>What is amiss, in all groups of the cluster.</summary>
///   <code>Get-KafkaNodeGroup prod -All | Where-Object Issues | Select-Object NodeGroup, Status, Issues</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "KafkaNodeGroup")]
[OutputType(typeof(KafkaNodeGroup))]
public sealed class GetKafkaNodeGroupCommand : EksCmdlet
{
    /// <summary>
    /// <para type="description">Name of the EKS cluster.</para>
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Cluster", "ClusterName")]
    [ArgumentCompleter(typeof(EksClusterCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>
    /// <para type="description">Names of node groups, with wildcards. Without it: all that are kept for Kafka.</para>
    /// </summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(NodeGroupCompleter))]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? NodeGroup { get; set; }

    /// <summary>
    /// <para type="description">All groups of the cluster, kept for Kafka or not.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <inheritdoc/>
    private protected override string? EksClusterName => Name;

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        var aws = Aws();
        var groups = Await(Name, cancel => ListNodeGroups.RunAsync(aws, Name, All || NodeGroup is not null, cancel));
        if (NodeGroup is null)
        {
            WriteObject(groups, enumerateCollection: true);
            return;
        }

        foreach (string wanted in NodeGroup)
        {
            var pattern = WildcardPattern.Get(wanted, WildcardOptions.IgnoreCase);
            var found = groups.Where(g => pattern.IsMatch(g.NodeGroup)).ToList();
            WriteObject(found, enumerateCollection: true);
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(wanted))
                WriteError(ErrorTable.ToRecord(RemoveNodeGroups.NotFound(Name, [wanted], groups.Select(g => g.NodeGroup)), this));
        }
    }
}
