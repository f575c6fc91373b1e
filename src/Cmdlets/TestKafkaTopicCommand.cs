using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>
/// <para type="synopsis">Sends numbered messages through every broker, reads them back, and says whether all of them came.</para>
/// <para type="description">Makes a topic of its own with partitions on every broker, produces with acks=all, reads every partition from its leader from the beginning, and reports messages sent, acknowledged, received, lost, duplicated, out of order and corrupt, with rates and latencies, for each broker and in total. The topic is removed afterwards.</para>
/// <para type="description">The messages travel through the Kubernetes API server to a listener on each broker pod's loopback; nothing has to be exposed. With -ConsoleTools Kafka's own tools do the same in a short-lived pod.</para>
/// <para type="link">New-KafkaCluster</para>
/// <para type="link">Get-KafkaCluster</para>
/// </summary>
/// <example>
///   <summary>Make a cluster and prove that it works.</summary>
///   <code>New-KafkaCluster demo | Test-KafkaTopic</code>
/// </example>
/// <example>
///   <summary>A gate in a runbook: true or false.</summary>
///   <code>if (-not (Test-KafkaTopic demo -Quiet)) { throw 'demo does not work' }</code>
/// </example>
/// <example>
///   <summary>More messages, and what each broker did.</summary>
///   <code>(Test-KafkaTopic demo -MessageCount 100000).Brokers</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "KafkaTopic")]
[OutputType(typeof(TopicVerification), typeof(bool))]
public sealed class TestKafkaTopicCommand : KafkaCmdlet
{
    /// <summary>
    /// <para type="description">Name of the cluster. Without it: kafka.</para>
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [NotAConnection]
    public string Name { get; set; } = ClusterSpec.DefaultName;

    /// <summary>
    /// <para type="description">Use this topic, which must exist, instead of making one. Messages of others in it are left alone and do not count.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Topic { get; set; }

    /// <summary>
    /// <para type="description">Number of messages, over all partitions.</para>
    /// </summary>
    [Parameter]
    [ValidateRange(1, 100_000_000)]
    public int MessageCount { get; set; } = 1000;

    /// <summary>
    /// <para type="description">Bytes of each message.</para>
    /// </summary>
    [Parameter]
    [ValidateRange(64, 1_000_000)]
    public int MessageSize { get; set; } = 100;

    /// <summary>
    /// <para type="description">Keep the topic that was made for the test.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter KeepTopic { get; set; }

    /// <summary>
    /// <para type="description">Use Kafka's console tools in a short-lived pod of the brokers' image instead of the native client.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter ConsoleTools { get; set; }

    /// <summary>
    /// <para type="description">Give only true or false.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        var connection = Connect();
        var request = new VerifyTopicRequest(Name) { Topic = Topic, MessageCount = MessageCount, MessageSize = MessageSize, KeepTopic = KeepTopic, ConsoleTools = ConsoleTools, Timeout = Timeout };
        Run<TopicVerification>(cancel => VerifyTopic.RunAsync(connection, NamespaceOf(connection), request, cancel), $"Testing Kafka cluster {Name}", result =>
        {
            if (Quiet)
                WriteObject(result.Passed);
            else
                WriteObject(result);
        });
    }
}
