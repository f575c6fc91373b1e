using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>
/// <para type="synopsis">Shows Kafka clusters with their state.</para>
/// <para type="description">Reads live objects only, by two list requests however many clusters there are. The status is Ready, Progressing, Degraded or Removing; the property Reasons says why.</para>
/// <para type="link">New-KafkaCluster</para>
/// <para type="link">Test-KafkaTopic</para>
/// <para type="link">Remove-KafkaCluster</para>
/// </summary>
/// <example>
///   <summary>All clusters of all namespaces.</summary>
///   <code>Get-KafkaCluster -AllNamespaces</code>
/// </example>
/// <example>
///   <summary>What is wrong with those that are not well.</summary>
///   <code>Get-KafkaCluster -AllNamespaces | Where-Object Status -ne Ready | Format-List Name, Status, Reasons</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "KafkaCluster")]
[OutputType(typeof(KafkaCluster))]
public sealed class GetKafkaClusterCommand : KafkaCmdlet
{
    /// <summary>
    /// <para type="description">Names of clusters; wildcards are allowed. Without it: all.</para>
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [NotAConnection]
    public string[] Name { get; set; } = ["*"];

    /// <summary>
    /// <para type="description">Look in all namespaces.</para>
    /// </summary>
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
