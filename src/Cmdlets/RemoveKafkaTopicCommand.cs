using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Removes topics with all their messages.</summary>
[Cmdlet(VerbsCommon.Remove, "KafkaTopic", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(PlanStep))]
public sealed class RemoveKafkaTopicCommand : KafkaTopicCmdlet
{
    private readonly Dictionary<(EksConnection? Connection, string? KubeConfig, string? Context, string? Namespace,
        string Cluster), List<string>> wanted = [];

    /// <summary>Names of the topics; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(TopicCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [TopicName]
    public string[] Name { get; set; } = [];

    /// <summary>Collects only: one question, and one request, for all topics of a cluster.</summary>
    protected override void ProcessItem()
    {
        CheckCells();
        var key = (Connection, KubeConfig, Context, Namespace, ClusterName());
        if (!wanted.TryGetValue(key, out var names))
            wanted.Add(key, names = []);
        names.AddRange(Topics(Name));
    }

    /// <inheritdoc/>
    protected override void ProcessEnd()
    {
        foreach (var (key, patterns) in wanted)
        {
            (Connection, KubeConfig, Context, Namespace, string cluster) = key;
            Guarded(() => With(Connect(cluster), cluster, admin => RemoveFrom(admin, cluster, patterns)));
        }
    }

    private void RemoveFrom(KafkaAdmin admin, string cluster, List<string> patterns)
    {
        var names = Exact(patterns).ToHashSet(StringComparer.Ordinal);
        if (names.Count < patterns.Count)
        {
            // A pattern means what people made, not what Kafka needs.
            names.UnionWith(Await(cluster, cancel => ListTopics.NamesAsync(admin, cancel)).Where(n => !TopicState.IsInternal(n))
                .Where(Matcher(patterns)));
        }

        if (names.Count == 0)
            return;
        var plan = Await(cluster, cancel => RemoveTopics.PlanAsync(admin, names, cancel));
        string what = plan.Count == 1 ? $"topic {plan[0].Name} ({plan[0].Note})"
            : $"{Words.Count(plan.Count, "topic")} ({string.Join(", ", plan.Take(10).Select(p => p.Name))}"
                + $"{(plan.Count > 10 ? ", …" : "")})";
        if (Agreed($"Remove {what} for good", Target(admin, Words.Count(plan.Count, "topic")), plan))
            Run<IReadOnlyList<PlanStep>>(cancel => RemoveTopics.RunAsync(admin, plan, Timeout, cancel), "Removing topics", static _ => { });
    }
}
