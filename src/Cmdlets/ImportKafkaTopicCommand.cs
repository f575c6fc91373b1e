using System.Collections;
using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Makes the topics of a list in a cluster, and changes those that stand.</summary>
[Cmdlet(VerbsData.Import, "KafkaTopic", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(PlanStep))]
public sealed class ImportKafkaTopicCommand : KafkaDataCmdlet
{
    private readonly List<TopicRequest> topics = [];
    private readonly List<string> lines = [];

    /// <summary>File that Export-KafkaTopic wrote.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The text of Export-KafkaTopic, or topics of Get-KafkaTopic.</summary>
    [Parameter(Position = 2, ValueFromPipeline = true)]
    [FreeText]
    public override PSObject? InputObject { get; set; }

    /// <summary>Copies of each partition of the new topics, in place of those of the list.</summary>
    [Parameter]
    [FreeText]
    public int ReplicationFactor { get; set; }

    /// <summary>Collects only: all topics are checked before the first is changed.</summary>
    protected override void ProcessItem()
    {
        if (InputObject?.BaseObject is string text)
            lines.Add(text); // Get-Content gives the lines of a file one by one
        else if (InputObject is not null)
            topics.Add(TopicOf(InputObject));
    }

    /// <inheritdoc/>
    protected override void ProcessEnd()
    {
        if (Path is not null)
            topics.AddRange(TopicFile.Read(TextFile.Read(GetUnresolvedProviderPathFromPSPath(Path)), Path));
        if (lines.Count > 0)
            topics.AddRange(TopicFile.Read(string.Join('\n', lines), "the text in the pipeline"));
        if (Path is null && !MyInvocation.ExpectingInput && InputObject is null)
            throw TopicFile.Invalid("There are no topics to import: give -Path, or pipe topics.");
        if (topics.Count > 0)
            With(Connect(Cluster), Cluster, Import);
    }

    /// <inheritdoc/>
    private protected override Core.ClusterException? Expected(Exception failure)
    {
        // What is no topic spoils the list, and half a list is not what was asked for.
        if (base.Expected(failure) is { Id: "InvalidTopicList" } unfit)
            ThrowTerminatingError(ErrorTable.ToRecord(unfit, this));
        return base.Expected(failure);
    }

    private void Import(KafkaAdmin admin)
    {
        if (GivenForAll(nameof(ReplicationFactor)))
            TopicConfig.CheckCount(nameof(ReplicationFactor), ReplicationFactor, short.MaxValue);
        var plan = Await(Cluster,
            cancel => ImportTopics.PlanAsync(admin, topics, GivenForAll(nameof(ReplicationFactor)) ? ReplicationFactor : null, cancel));
        foreach (string warning in plan.Warnings)
            WriteWarning(warning);
        foreach (var failure in plan.Failures)
            Report(failure);
        if (plan.Failures.Count > 0)
        {
            WriteWarning($"Nothing was changed: {Words.Count(plan.Failures.Count, "topic")} of {topics.Count} cannot be imported.");
            return;
        }

        int CountOf(string action) => plan.Steps.Count(s => s.Action == action);
        if (plan.Steps.Count == CountOf(ChangeAction.None))
        {
            WriteVerbose($"All {Words.Count(plan.Steps.Count, "topic")} are as the list has them: nothing is changed.");
            WriteObject(PlanView.Of(plan.Steps), enumerateCollection: true);
            return;
        }

        string action =
            $"Import topics ({CountOf(ChangeAction.Create)} to make, {CountOf(ChangeAction.Update)} to change, "
                + $"{CountOf(ChangeAction.None)} as they are)";
        if (Agreed(action, Target(admin, Words.Count(plan.Steps.Count, "topic")), plan.Steps, disturbs: plan.MovesKeys))
            Run<IReadOnlyList<PlanStep>>(cancel => ImportTopics.RunAsync(admin, plan, cancel), "Importing topics",
                steps => WriteObject(PlanView.Of(steps), enumerateCollection: true));
    }

    private static TopicRequest TopicOf(PSObject input)
    {
        if (ModuleObjects.TypeOf(input) != nameof(KafkaTopic) || ModuleObjects.NameOf(nameof(KafkaTopic), input) is not string name)
            throw TopicFile.Invalid(
                $"A {ModuleObjects.TypeOf(input) ?? input.BaseObject.GetType().Name} is no topic. Pipe topics of Get-KafkaTopic, or the "
                    + $"text of Export-KafkaTopic.");
        return new TopicRequest(name)
        {
            Partitions = Number(nameof(KafkaTopic.Partitions)),
            ReplicationFactor = Number(nameof(KafkaTopic.ReplicationFactor)),
            Config = SpecTable.Read(nameof(KafkaTopic.Config), Value(nameof(KafkaTopic.Config)) as IDictionary)
                ?? new Dictionary<string, string?>(),
        };

        object? Value(string property) => input.Properties[property]?.Value is { } value ? PSObject.AsPSObject(value).BaseObject : null;
        int? Number(string property) => LanguagePrimitives.TryConvertTo(Value(property), out int n) && n > 0 ? n : null;
    }
}
