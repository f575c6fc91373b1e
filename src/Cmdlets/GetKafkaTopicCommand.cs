using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Shows the topics of a cluster: partitions, copies, size, messages, and what is wrong.</summary>
[Cmdlet(VerbsCommon.Get, "KafkaTopic")]
[OutputType(typeof(KafkaTopic))]
public sealed class GetKafkaTopicCommand : KafkaTopicCmdlet
{
    /// <summary>Names of topics; wildcards are allowed.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(TopicCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [TopicName]
    public string[]? Name { get; set; }

    /// <summary>Only topics with copies that are not in sync.</summary>
    [Parameter]
    public SwitchParameter UnderReplicated { get; set; }

    /// <summary>Only topics to which nobody can write with acks=all, as too few copies are in sync.</summary>
    [Parameter]
    public SwitchParameter UnderMinIsr { get; set; }

    /// <summary>Only topics with a partition without a leader.</summary>
    [Parameter]
    public SwitchParameter Unavailable { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        CheckCells();
        string cluster = ClusterName();
        var names = Topics(Name);
        With(Connect(cluster), cluster, admin =>
        {
            var found = Await(cluster, cancel => ListTopics.RunAsync(admin, Matcher(names), cancel));
            WriteObject(found.Where(IsAsked).ToList(), enumerateCollection: true);
            foreach (string missing in Exact(names).Where(n => found.All(t => t.Name != n)))
            {
                var all = Await(cluster, cancel => ListTopics.NamesAsync(admin, cancel));
                Report(TopicName.NotFound(missing, cluster, all));
            }
        });
    }

    // A partition without a leader has copies out of sync too: each filter shows what is at least so bad.
    private bool IsAsked(KafkaTopic topic) =>
        (!UnderReplicated && !UnderMinIsr && !Unavailable)
        || (UnderReplicated && topic.Status != TopicStatus.Healthy)
        || (UnderMinIsr && topic.Status is TopicStatus.UnderMinIsr or TopicStatus.Unavailable)
        || (Unavailable && topic.Status == TopicStatus.Unavailable);
}
