using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Gives what a client needs to connect to a cluster, in the client's own form.</summary>
[Cmdlet(VerbsCommon.Get, "KafkaClientConfig")]
[OutputType(typeof(string))]
public sealed class GetKafkaClientConfigCommand : KafkaCmdlet
{
    /// <summary>A minute: a healthy API server answers in a second.</summary>
    public GetKafkaClientConfigCommand() => TimeoutSeconds = 60;

    /// <summary>Name of the cluster.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Cluster")]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [ClusterName(Standing = true)]
    public string Name { get; set; } = ClusterSpec.DefaultName;

    /// <summary>The form.</summary>
    [Parameter(Position = 1)]
    [ValidateSet("Java", "Librdkafka", "Spring", "DotNet")]
    public string Format { get; set; } = "Java";

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        CheckRow();
        WriteObject(InputObject?.BaseObject is KafkaTunnel tunnel ? ClientConfig.Of(Format, tunnel)
            : ClientConfig.Of(Format, Brokers()), enumerateCollection: true);
    }

    private BrokerSetView Brokers()
    {
        var connection = Connect(Name);
        return Await(Name, cancel => BrokerSetView.FindAsync(connection, NamespaceOf(connection), Name, cancel));
    }
}
