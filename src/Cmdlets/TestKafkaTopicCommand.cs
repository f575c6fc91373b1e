using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Verification;

namespace KafkaK8s.Cmdlets;

/// <summary>Sends numbered messages through every broker, reads them back, and says whether all of them came.</summary>
[Cmdlet(VerbsDiagnostic.Test, "KafkaTopic", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(TopicVerification), typeof(bool), typeof(Job))]
public sealed class TestKafkaTopicCommand : KafkaCmdlet, IRunAsJob
{
    /// <summary>Name of the cluster.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [ClusterName(Standing = true)]
    public string Name { get; set; } = ClusterSpec.DefaultName;

    /// <summary>Use this topic, which must exist, instead of making one.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TopicCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Topic { get; set; }

    /// <summary>Number of messages, over all partitions.</summary>
    [Parameter]
    [FreeText]
    [ValidateRange(1, 100_000_000)]
    public int MessageCount { get; set; } = 1000;

    /// <summary>Bytes of each message.</summary>
    [Parameter]
    [FreeText]
    [ValidateRange(64, 1_000_000)]
    public int MessageSize { get; set; } = 100;

    /// <summary>Keep the topic that was made for the test.</summary>
    [Parameter]
    public SwitchParameter KeepTopic { get; set; }

    /// <summary>Use Kafka's console tools in a short-lived pod of the brokers' image instead of the native client.</summary>
    [Parameter]
    public SwitchParameter ConsoleTools { get; set; }

    /// <summary>Give only true or false.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <summary>Run in the background and give a job at once, for Get-Job, Receive-Job, Wait-Job and Stop-Job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        CheckRow();
        var connection = Connect(Name);
        var request = new VerifyTopicRequest(Name)
        {
            Topic = Topic,
            MessageCount = MessageCount,
            MessageSize = MessageSize,
            KeepTopic = KeepTopic,
            ConsoleTools = ConsoleTools,
            Timeout = Timeout
        };
        string ns = NamespaceOf(connection);
        string messages = Words.Count(MessageCount, "message") + $" of {MessageSize} bytes";
        string action = Topic is not null ? $"Write {messages} into the topic {Topic}, where they stay and its consumers read them"
            : KeepTopic ? $"Make a topic, write {messages} into it and keep it" : $"Make a topic, write {messages} into it and remove it";
        if (!Agreed(action, $"{ns}/{Name} on context {connection.Context}", [], disturbs: Topic is not null))
            return;
        Run<TopicVerification>(cancel => VerifyTopic.RunAsync(connection, ns, request, cancel), $"Testing Kafka cluster {Name}", result =>
        {
            if (Quiet)
                WriteObject(result.Passed);
            else
                WriteObject(result);
        });
    }
}
