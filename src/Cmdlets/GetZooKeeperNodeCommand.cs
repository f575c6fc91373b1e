using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>
/// <para type="synopsis">Shows the ZooKeeper servers of a cluster: role, place in the configuration, how far each one is behind.</para>
/// <para type="description">One object for each pod and for each member of the committed configuration. A member without a pod, and a pod that is in no configuration, are both shown, with the reason and the way out. Every server is asked itself, all at once, through the Kubernetes API server; nothing is run in a pod.</para>
/// <para type="description">Membership comes from the committed configuration, never from the mode: a server that was only started shows as follower and has no vote.</para>
/// <para type="link">Add-ZooKeeperNode</para>
/// <para type="link">Remove-ZooKeeperNode</para>
/// <para type="link">Restart-ZooKeeperNode</para>
/// <para type="link">Get-KafkaCluster</para>
/// </summary>
/// <example>
///   <summary>The ensemble of one cluster.</summary>
///   <code>Get-ZooKeeperNode demo</code>
/// </example>
/// <example>
///   <summary>What is not as it should be, in all clusters.</summary>
///   <code>Get-KafkaCluster -AllNamespaces | Get-ZooKeeperNode | Where-Object Reason | Format-List Cluster, Node, Mode, InConfig, Reason</code>
/// </example>
/// <example>
///   <summary>Restart the followers, one at a time.</summary>
///   <code>Get-ZooKeeperNode demo | Where-Object Mode -eq follower | Restart-ZooKeeperNode</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "ZooKeeperNode")]
[OutputType(typeof(ZooKeeperNode))]
public sealed class GetZooKeeperNodeCommand : KafkaCmdlet
{
    /// <summary>
    /// <para type="description">Names of the clusters. Without it: kafka.</para>
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Cluster")]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [NotAConnection]
    public string[] Name { get; set; } = [ClusterSpec.DefaultName];

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        var connection = Connect();
        string ns = NamespaceOf(connection);
        foreach (string name in Name)
        {
            try
            {
                WriteObject(Await(name, cancel => EnsembleLook.NodesAsync(connection, ns, name, cancel)), enumerateCollection: true);
            }
            catch (Core.ClusterException e)
            {
                WriteError(ErrorTable.ToRecord(e, this));
            }
        }
    }
}
