using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Holds a way to the brokers of a cluster open for any Kafka client on this machine.</summary>
[Cmdlet(VerbsCommunications.Connect, "KafkaCluster")]
[OutputType(typeof(KafkaTunnel))]
public sealed class ConnectKafkaClusterCommand : KafkaCmdlet
{
    /// <summary>A minute: a healthy cluster answers in a second.</summary>
    public ConnectKafkaClusterCommand() => TimeoutSeconds = 60;

    /// <summary>Name of the cluster.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [ClusterName(Standing = true)]
    public string Name { get; set; } = ClusterSpec.DefaultName;

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        CheckRow();
        var connection = Connect(Name);
        WriteObject(Await(Name, cancel => HeldTunnels.OpenAsync(connection, NamespaceOf(connection), Name, cancel)));
    }
}
