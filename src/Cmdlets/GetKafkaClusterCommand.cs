using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
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
    [ClusterName(Standing = true, Several = true)]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Look in all namespaces.</summary>
    [Parameter]
    public SwitchParameter AllNamespaces { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        var connection = Connect();
        bool several = AllNamespaces || WildcardPattern.ContainsWildcardCharacters(Namespace ?? "");
        string? ns = several ? null : NamespaceOf(connection);
        bool Named(string cluster) => !several && Name.Contains(cluster, StringComparer.Ordinal);
        var clusters = Await(string.Join(", ", Name), cancel => ListClusters.RunAsync(connection, ns, Named, cancel));
        if (several && !AllNamespaces)
            clusters = [.. clusters.Where(c => WildcardPattern.Get(Namespace, WildcardOptions.IgnoreCase).IsMatch(c.Namespace))];
        if (clusters.Count == 0 && ns is not null && Await(ns, cancel => ListClusters.IsMissingAsync(connection, ns, cancel)))
            throw ApiFailure.NamespaceNotFound(ns, connection.Context);
        foreach (string name in Name)
        {
            bool isPattern = WildcardPattern.ContainsWildcardCharacters(name);
            var found = clusters.Where(c => isPattern ? WildcardPattern.Get(name, WildcardOptions.IgnoreCase).IsMatch(c.Name)
                : c.Name == name).ToList();
            WriteObject(found.Select(Advised), enumerateCollection: true);
            if (found.Count == 0 && !isPattern)
                WriteError(ErrorTable.ToRecord(ClusterNames.NotFound(name, ns ?? Namespace ?? "*", connection.Context), this));
        }
    }
}
