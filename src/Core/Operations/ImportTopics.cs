using System.Globalization;
using System.Runtime.CompilerServices;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Running;

namespace KafkaK8s.Core.Operations;

/// <summary>What an import would do.</summary>
/// <param name="Topics">What it would do about each topic.</param>
/// <param name="Failures">What cannot be; while there is one, nothing is done.</param>
/// <param name="Warnings">What it brings about, or leaves as it is.</param>
internal sealed record ImportPlan(IReadOnlyList<TopicPlan> Topics, IReadOnlyList<ClusterException> Failures, IReadOnlyList<string> Warnings)
{
    /// <summary>The lines of the plan.</summary>
    public IReadOnlyList<PlanStep> Steps { get; } = PlanSteps.Numbered(Topics.Select(t => t.Step));

    /// <summary>Whether partitions are added to a topic, which moves keys.</summary>
    public bool MovesKeys => Topics.Any(t => t.Step.Action == ChangeAction.Update && t.Step.Fields.Any(f => f.Path == "partitions"));
}

/// <summary>Makes a cluster's topics as a list has them. It adds and changes, and never takes anything away.</summary>
internal static class ImportTopics
{
    /// <summary>Requests at a time: the controller works one after the other anyway.</summary>
    private const int AtOnce = 16;

    /// <summary>The plan: the topics are read once, and the brokers judge every change before the first is made.</summary>
    /// <param name="admin">Client of the cluster.</param>
    /// <param name="asked">The topics.</param>
    /// <param name="replicationFactor">Copies of each partition of new topics, in place of those of the list.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="ClusterException"><c>KafkaSilent</c>, or a name is there twice.</exception>
    public static async Task<ImportPlan> PlanAsync(KafkaAdmin admin, IReadOnlyList<TopicRequest> asked, int? replicationFactor,
        CancellationToken cancel)
    {
        if (asked.GroupBy(t => t.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw TopicFile.Invalid($"The topic {twice.Key} is there {twice.Count()} times.");
        var warnings = asked.Where(t => TopicState.IsInternal(t.Name))
            .Select(t => $"{t.Name} is one of Kafka's own topics, and is left out.").ToList();
        var topics = asked.Where(t => !TopicState.IsInternal(t.Name)).OrderBy(t => t.Name, StringComparer.Ordinal).ToList();
        var names = topics.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        var standing = (await TopicReader.PartitionsAsync(admin.Brokers, cancel).ConfigureAwait(false))
            .Where(p => names.Contains(p.Topic)).GroupBy(p => p.Topic).ToDictionary(g => g.Key, g => g.ToList());
        var settings = await TopicReader.SettingsAsync(admin, standing.Keys, cancel).ConfigureAwait(false);

        var plans = new TopicPlan?[topics.Count];
        var failures = new ClusterException?[topics.Count];
        await Parallel.ForAsync(0, topics.Count, Limit(cancel), async (i, token) =>
        {
            try
            {
                plans[i] = await PlanOneAsync(topics[i], token).ConfigureAwait(false);
            }
            catch (ClusterException e)
            {
                failures[i] = e;
            }
        }).ConfigureAwait(false);
        return new ImportPlan([.. plans.OfType<TopicPlan>()], [.. failures.OfType<ClusterException>()],
            [.. warnings, .. plans.OfType<TopicPlan>().SelectMany(p => p.Warnings)]);

        async Task<TopicPlan> PlanOneAsync(TopicRequest topic, CancellationToken token)
        {
            if (standing.TryGetValue(topic.Name, out var partitions))
            {
                var own = settings.GetValueOrDefault(topic.Name) ?? throw TopicName.NotFound(topic.Name, admin.Brokers.Names.Cluster, []);
                var set = await ChangeTopic.PlanSetAsync(admin, topic, partitions.Count, own, token).ConfigureAwait(false);
                int copies = partitions.Min(p => p.Replicas.Count);
                if (topic.ReplicationFactor is int wanted && wanted != copies)
                    set = set with
                    {
                        Warnings = [.. set.Warnings, string.Create(CultureInfo.InvariantCulture,
                        $"{topic.Name} stays at a replication factor of {copies}; the list has {wanted}. An import moves no copies.")]
                    };
                return set.Step.Action == ChangeAction.None ? set with { Step = set.Step with { Note = "is as the list has it" } } : set;
            }

            var request = topic with { ReplicationFactor = replicationFactor ?? topic.ReplicationFactor };
            if (request.ReplicationFactor > admin.Brokers.Count)
                throw TooFewBrokers(request, admin);
            var made = await ChangeTopic.PlanNewAsync(admin, request, token).ConfigureAwait(false);
            return made.Request.Config.GetValueOrDefault("min.insync.replicas") is string text
                && int.TryParse(text, CultureInfo.InvariantCulture, out int least) && least > request.ReplicationFactor
                ? made with
                {
                    Warnings =
                    [
                    $"{topic.Name}: min.insync.replicas is {least}, more than its {request.ReplicationFactor} copies: writes with "
                        + $"acks=all will be refused."]
                }
                : made;
        }
    }

    /// <summary>Carries a plan out; a topic that fails does not stop the others.</summary>
    public static async IAsyncEnumerable<OperationEvent> RunAsync(KafkaAdmin admin, ImportPlan plan,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var todo = plan.Topics.Where(t => t.Step.Action != ChangeAction.None).ToList();
        var failed = new HashSet<string>();
        int done = 0;
        foreach (var some in todo.Chunk(AtOnce))
        {
            yield return new Waiting("Topics", $"{done} of {todo.Count}", 100 * done / todo.Count);
            var failures = await Task.WhenAll(some.Select(ApplyAsync)).ConfigureAwait(false);
            done += some.Length;
            foreach (var (topic, failure) in some.Zip(failures))
            {
                yield return failure is null ? new Applied(topic.Step) : new Failed(failure);
                if (failure is not null)
                    failed.Add(topic.Request.Name);
            }
        }

        var known = todo.Where(t => !failed.Contains(t.Request.Name)).ToDictionary(t => t.Request.Name, t => t.Request.Partitions ?? 1);
        if (known.Count > 0)
        {
            await foreach (var e in ChangeTopic.KnownAsync(admin, known, cancel).ConfigureAwait(false))
                yield return e;
        }

        yield return new Completed<IReadOnlyList<PlanStep>>([.. plan.Steps.Where(s => !failed.Contains(s.Name))]);

        async Task<ClusterException?> ApplyAsync(TopicPlan topic)
        {
            try
            {
                await ChangeTopic.ApplyAsync(admin, topic, cancel).ConfigureAwait(false);
                return null;
            }
            catch (ClusterException e)
            {
                return e;
            }
        }
    }

    private static ClusterException TooFewBrokers(TopicRequest topic, KafkaAdmin admin)
    {
        var (cluster, brokers) = (admin.Brokers.Names.Cluster, admin.Brokers.Count);
        return new ClusterException("TooFewBrokers", FailureKind.InvalidInput, topic.Name, string.Create(CultureInfo.InvariantCulture,
            $"{topic.Name} has a replication factor of {topic.ReplicationFactor}, and {cluster} has {brokers} "
                + $"broker{(brokers == 1 ? "" : "s")}. ")
            + $"-ReplicationFactor {brokers} makes the new topics with fewer copies; New-KafkaCluster {cluster} -BrokerCount adds "
            + $"brokers.");
    }

    private static ParallelOptions Limit(CancellationToken cancel) => new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel };
}
