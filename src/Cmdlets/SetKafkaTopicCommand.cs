using System.Collections;
using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Changes topics: more partitions, other settings.</summary>
[Cmdlet(VerbsCommon.Set, "KafkaTopic", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(KafkaTopic), typeof(PlanStep))]
public sealed class SetKafkaTopicCommand : KafkaTopicCmdlet
{
    /// <summary>Names of the topics.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(TopicCompleter))]
    [ValidateNotNullOrEmpty]
    [TopicName]
    public string[] Name { get; set; } = [];

    /// <summary>Number of partitions: Kafka can add some, and take none away.</summary>
    [Parameter]
    [FreeText]
    public int Partition { get; set; }

    /// <summary>Settings by their names in Kafka's documentation; $null takes one away, and the brokers' value is in force again.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TopicConfigCompleter))]
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
                        Partitions = GivenForAll(nameof(Partition)) ? Partition : null,
                        Config = SpecTable.Read(nameof(Config), Config) ?? new Dictionary<string, string?>(),
                    };
                    var plan = Await(name, cancel => ChangeTopic.PlanSetAsync(admin, request, cancel));
                    foreach (string warning in plan.Warnings)
                        WriteWarning(warning);
                    if (Agreed($"Change topic ({Summary(plan)})", Target(admin, name), [plan.Step], disturbs: plan.Warnings.Count > 0))
                        Run<KafkaTopic>(cancel => ChangeTopic.SetAsync(admin, plan, cancel), $"Changing topic {name}", WriteObject);
                });
            }
        });
    }

    private static string Summary(TopicPlan plan) =>
        plan.Step.Fields.Count == 0 ? "nothing to change" : string.Join("; ", plan.Step.Fields);
}
