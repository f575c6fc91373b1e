using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Waits until Kafka clusters serve, as New-KafkaCluster does.</summary>
[Cmdlet(VerbsLifecycle.Wait, "KafkaCluster")]
[OutputType(typeof(KafkaCluster))]
public sealed class WaitKafkaClusterCommand : KafkaCmdlet
{
    private readonly List<AwaitedCluster> awaited = [];

    /// <summary>Names of the clusters.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [ClusterName(Standing = true, Several = true)]
    public string[] Name { get; set; } = [ClusterSpec.DefaultName];

    /// <summary>Collects only: all are waited for at once.</summary>
    protected override void ProcessItem()
    {
        CheckRow();
        foreach (string name in Name)
        {
            var connection = Connect(name);
            awaited.Add(new AwaitedCluster(connection, NamespaceOf(connection), name));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessEnd()
    {
        if (awaited.Count > 0)
            Run<KafkaCluster>(cancel => WaitForClusters.RunAsync([.. awaited.Distinct()], Timeout, cancel), awaited.Count == 1
                ? $"Kafka cluster {awaited[0].Cluster}" : $"{awaited.Count} Kafka clusters", cluster => WriteObject(Advised(cluster)));
    }
}
