using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Shows the consumer groups of a cluster: state, members, and how far each one is behind.</summary>
[Cmdlet(VerbsCommon.Get, "KafkaConsumerGroup")]
[OutputType(typeof(KafkaConsumerGroup))]
public sealed class GetKafkaConsumerGroupCommand : KafkaTopicCmdlet
{
    /// <summary>Names of groups; wildcards are allowed.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ConsumerGroupCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [TopicName(Of = nameof(KafkaConsumerGroup))]
    public string[]? Name { get; set; }

    /// <summary>Only groups that have messages to read.</summary>
    [Parameter]
    public SwitchParameter OnlyWithLag { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        CheckCells();
        string cluster = ClusterName();
        var names = NamesOf(Name, nameof(KafkaConsumerGroup));
        With(Connect(cluster), cluster, admin =>
        {
            var found = Await(cluster, cancel => ConsumerGroups.RunAsync(admin, Matcher(names), cancel));
            WriteObject(found.Where(g => !OnlyWithLag || g.Lag > 0).ToList(), enumerateCollection: true);
            foreach (string missing in Exact(names).Where(n => found.All(g => g.Name != n)))
                Report(ConsumerGroups.NotFound(missing, cluster, Await(cluster, cancel => ConsumerGroups.ListAsync(admin, cancel))));
        });
    }
}
