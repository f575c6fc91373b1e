using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Shows Kafka clusters with their state.</summary>
[Cmdlet(VerbsCommon.Get, "KafkaCluster")]
[OutputType(typeof(KafkaCluster))]
public sealed class GetKafkaClusterCommand : KafkaCmdlet
{
    /// <summary>Names of clusters.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [NotAConnection]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Look in all namespaces.</summary>
    [Parameter]
    public SwitchParameter AllNamespaces { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        var connection = Connect();
        string? ns = AllNamespaces ? null : NamespaceOf(connection);
        var clusters = Await(string.Join(", ", Name), cancel => ListClusters.RunAsync(connection, ns, cancel));
        foreach (string name in Name)
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            var found = clusters.Where(c => pattern.IsMatch(c.Name)).ToList();
            WriteObject(found, enumerateCollection: true);
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
                WriteError(ErrorTable.ToRecord(ListClusters.NotFound(name, ns ?? "*", connection.Context), this));
        }
    }
}
