using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Eks;

namespace KafkaK8s.Cmdlets;

/// <summary>Shows the node groups of an EKS cluster that are kept for Kafka.</summary>
[Cmdlet(VerbsCommon.Get, "KafkaNodeGroup")]
[OutputType(typeof(KafkaNodeGroup))]
public sealed class GetKafkaNodeGroupCommand : EksCmdlet
{
    /// <summary>Name of the EKS cluster.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Cluster", "ClusterName")]
    [ArgumentCompleter(typeof(EksClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [ClusterName(Eks = true)]
    public string Name { get; set; } = "";

    /// <summary>Names of node groups, with wildcards.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(NodeGroupCompleter))]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? NodeGroup { get; set; }

    /// <summary>All groups of the cluster, kept for Kafka or not.</summary>
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
