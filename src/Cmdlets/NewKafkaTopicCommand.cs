using System.Collections;
using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Makes topics.</summary>
[Cmdlet(VerbsCommon.New, "KafkaTopic", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(KafkaTopic), typeof(PlanStep))]
public sealed class NewKafkaTopicCommand : KafkaTopicCmdlet
{
    /// <summary>Names of the topics.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(TopicCompleter))]
    [ValidateNotNullOrEmpty]
    [TopicName]
    public string[] Name { get; set; } = [];

    /// <summary>Number of partitions; the brokers' default where it is not given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Partitions")]
    [FreeText]
    [NotBlank]
    public int Partition { get; set; }

    /// <summary>Copies of each partition; the brokers' default where it is not given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [FreeText]
    [NotBlank]
    public int ReplicationFactor { get; set; }

    /// <summary>Settings by their names in Kafka's documentation, such as @{ 'cleanup.policy' = 'compact' }.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(TopicConfigCompleter))]
    [NotBlank]
    [ConfigTable]
    public IDictionary? Config { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        CheckCells();
        string cluster = ClusterName();
        With(Connect(cluster), cluster, admin =>
        {
            foreach (string name in Topics(Name))
            {
                Guarded(() =>
                {
                    var request = new TopicRequest(name)
                    {
                        Partitions = Asked(nameof(Partition)) ? Partition : null,
                        ReplicationFactor = Asked(nameof(ReplicationFactor)) ? ReplicationFactor : null,
                        Config = (Asked(nameof(Config)) ? SpecTable.Read(nameof(Config), Config) : null)
                            ?? new Dictionary<string, string?>(),
                    };
                    var plan = Await(name, cancel => ChangeTopic.PlanNewAsync(admin, request, cancel));
                    if (Agreed("Make topic", Target(admin, name), [plan.Step]))
                        Run<KafkaTopic>(cancel => ChangeTopic.NewAsync(admin, plan, cancel), $"Making topic {name}", WriteObject);
                });
            }
        });
    }
}
