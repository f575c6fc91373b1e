using System.Globalization;
using System.Runtime.CompilerServices;
using Confluent.Kafka.Admin;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Running;

namespace KafkaK8s.Core.Operations;

/// <summary>Removes topics, and waits until no broker lists them any more.</summary>
internal static class RemoveTopics
{
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>The plan: what goes, how large it is, and which groups have read it.</summary>
    /// <exception cref="ClusterException"><c>TopicNotFound</c>, <c>InternalTopic</c>, <c>KafkaSilent</c>.</exception>
    public static async Task<IReadOnlyList<PlanStep>> PlanAsync(KafkaAdmin admin, IReadOnlyCollection<string> topics,
        CancellationToken cancel)
    {
        if (topics.FirstOrDefault(TopicState.IsInternal) is string own)
            throw ChangeTopic.OfKafka(own, "could not go on without it");
        var grouping = ConsumerGroups.ReadersAsync(admin, cancel);
        var found = await ListTopics.RunAsync(admin, topics.Contains, cancel).ConfigureAwait(false);
        var groups = await grouping.ConfigureAwait(false);
        if (topics.FirstOrDefault(t => found.All(f => f.Name != t)) is string unknown)
            throw TopicName.NotFound(unknown, admin.Brokers.Names.Cluster,
                await ListTopics.NamesAsync(admin, cancel).ConfigureAwait(false));
        return PlanSteps.Numbered(found.Select(t =>
            PlanSteps.Of(admin.Brokers.Names, admin.Brokers.Namespace, "Topic", t.Name, ChangeAction.Delete, Note(t, groups))));
    }

    /// <summary>Removes them.</summary>
    /// <exception cref="ClusterException"><c>KafkaRefused</c>, <c>TopicStands</c>.</exception>
    public static async IAsyncEnumerable<OperationEvent> RunAsync(
        KafkaAdmin admin, IReadOnlyList<PlanStep> plan, TimeSpan timeout, [EnumeratorCancellation] CancellationToken cancel)
    {
        List<string> names = [.. plan.Select(c => c.Name)];
        yield return new Waiting("Removal", names.Count == 1 ? $"removing {names[0]}" : $"removing {names.Count} topics");
        var options = new DeleteTopicsOptions { RequestTimeout = KafkaAdmin.RequestLimit, OperationTimeout = KafkaAdmin.RequestLimit };
        await admin.AskAsync(string.Join(", ", names.Take(5)), c => c.DeleteTopicsAsync(names, options), cancel).ConfigureAwait(false);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(timeout);
        while (true)
        {
            var probes = await BrokerProbes.TakeAsync(admin.Brokers.Door, admin.Brokers.Brokers, AskLimit, cancel)
                .ConfigureAwait(false);
            var left = probes.SelectMany(p => p.Answer?.View.Partitions ?? []).Select(p => p.Topic).Where(names.Contains).ToHashSet();
            foreach (var gone in plan.Where(c => names.Contains(c.Name) && !left.Contains(c.Name)).ToList())
            {
                names.Remove(gone.Name);
                yield return new Applied(gone);
            }

            if (names.Count == 0)
                break;
            if (limit.IsCancellationRequested)
            {
                throw new ClusterException("TopicStands", FailureKind.Timeout, names[0],
                    $"{string.Join(", ", names)} is marked for removal and goes when all brokers with copies of it are there. "
                        + $"Get-KafkaCluster shows who is missing.");
            }

            yield return new Waiting("Removal", $"waiting until no broker lists {string.Join(", ", names.Take(3))}");
            await Task.Delay(Pause, cancel).ConfigureAwait(false);
        }

        yield return new Completed<IReadOnlyList<PlanStep>>(plan);
    }

    private static string Note(KafkaTopic topic, ILookup<string, string> groups)
    {
        string held = topic.Messages is long n ? string.Create(CultureInfo.InvariantCulture, $"{n:N0} messages")
            : "messages of unknown number";
        string size = topic.SizeBytes is null ? "" : $", {topic.Size} on disk";
        var readers = groups[topic.Name].Order(StringComparer.Ordinal).ToList();
        string read = readers.Count == 0 ? "" : $"; read by {string.Join(", ", readers.Take(5))}{(readers.Count > 5 ? ", …" : "")}";
        return held + size + read;
    }
}
