using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.ZooKeeper;

namespace KafkaK8s.Cmdlets;

/// <summary>Shows the ZooKeeper servers of a cluster: role, place in the configuration, how far each one is behind.</summary>
[Cmdlet(VerbsCommon.Get, "ZooKeeperNode")]
[OutputType(typeof(ZooKeeperNode))]
public sealed class GetZooKeeperNodeCommand : KafkaCmdlet
{
    /// <summary>Names of the clusters.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Cluster")]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [ClusterName(Standing = true, Several = true)]
    public string[] Name { get; set; } = [ClusterSpec.DefaultName];

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        CheckRow();
        var connection = Connect();
        string ns = NamespaceOf(connection);
        foreach (string name in Name)
        {
            try
            {
                SpecChecks.CheckName(name);
                WriteObject(Await(name, cancel => EnsembleReader.NodesAsync(connection, ns, name, cancel)), enumerateCollection: true);
            }
            catch (Core.ClusterException e)
            {
                WriteError(ErrorTable.ToRecord(e, this));
            }
        }
    }
}
