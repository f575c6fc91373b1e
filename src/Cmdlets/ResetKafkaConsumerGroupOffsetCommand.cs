using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Puts consumer groups without members to other offsets.</summary>
[Cmdlet(VerbsCommon.Reset, "KafkaConsumerGroupOffset", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(KafkaConsumerGroup), typeof(PlanStep))]
public sealed class ResetKafkaConsumerGroupOffsetCommand : KafkaTopicCmdlet
{
    /// <summary>Names of the groups.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ConsumerGroupCompleter))]
    [ValidateNotNullOrEmpty]
    [TopicName(Of = nameof(KafkaConsumerGroup))]
    public string[] Name { get; set; } = [];

    /// <summary>Topics; without them all that the group has committed offsets of.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TopicCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Topic { get; set; } = [];

    /// <summary>Only these partitions.</summary>
    [Parameter]
    [FreeText]
    public int[] Partition { get; set; } = [];

    /// <summary>To the first message that is kept.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ToEarliest")]
    public SwitchParameter ToEarliest { get; set; }

    /// <summary>To the end: what is there now is skipped.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ToLatest")]
    public SwitchParameter ToLatest { get; set; }

    /// <summary>To the first message of this time or later.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ToTimestamp")]
    [FreeText]
    public DateTimeOffset ToTimestamp { get; set; }

    /// <summary>To the first message of so long ago.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Back")]
    [FreeText]
    public TimeSpan Back { get; set; }

    /// <summary>To this offset.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ToOffset")]
    [FreeText]
    public long ToOffset { get; set; }

    /// <summary>By so many messages in each partition; negative: back.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ShiftBy")]
    [FreeText]
    public long ShiftBy { get; set; }

    /// <summary>To these offsets: objects with Topic, Partition and Offset (or Committed), as PartitionDetail of a group has
    /// them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ToPosition")]
    [FreeText]
    [ValidateNotNullOrEmpty]
    public PSObject[] ToPosition { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        CheckCells();
        var positions = ParameterSetName == "ToPosition" ? GroupPositions.Read(ToPosition) : null;
        string cluster = ClusterName();
        With(Connect(cluster), cluster, admin =>
        {
            foreach (string name in NamesOf(Name, nameof(KafkaConsumerGroup)))
            {
                Guarded(() =>
                {
                    var request = new ResetRequest(name)
                    {
                        Topics = Topic,
                        Partitions = Partition,
                        ToEarliest = ToEarliest,
                        ToLatest = ToLatest,
                        ToTimestamp = ParameterSetName == "ToTimestamp" ? ToTimestamp
                            : ParameterSetName == "Back" ? DateTimeOffset.UtcNow - Back : null,
                        ToOffset = ParameterSetName == "ToOffset" ? ToOffset : null,
                        ShiftBy = ParameterSetName == "ShiftBy" ? ShiftBy : null,
                        ToPosition = positions,
                    };
                    var plan = Await(name, cancel => ResetOffsets.PlanAsync(admin, request, cancel));
                    int moving = plan.Count(s => s.Action != ChangeAction.None);
                    if (Agreed($"Reset the offsets of {Words.Count(moving, "partition")}", Target(admin, name), plan))
                        Run<KafkaConsumerGroup>(cancel => ResetOffsets.RunAsync(admin, name, plan, cancel), $"Resetting offsets of {name}",
                            WriteObject);
                });
            }
        });
    }
}
