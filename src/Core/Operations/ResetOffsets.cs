using System.Globalization;
using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Running;

namespace KafkaK8s.Core.Operations;

/// <summary>Where a group is put to.</summary>
/// <param name="Group">Name of the group.</param>
internal sealed record ResetRequest(string Group)
{
    /// <summary>Topics; none for all that the group has committed offsets of.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>Partitions of them; none for all.</summary>
    public IReadOnlyList<int> Partitions { get; init; } = [];

    /// <summary>To the first message that is kept.</summary>
    public bool ToEarliest { get; init; }

    /// <summary>To the end.</summary>
    public bool ToLatest { get; init; }

    /// <summary>To the first message of this time or later.</summary>
    public DateTimeOffset? ToTimestamp { get; init; }

    /// <summary>To this offset.</summary>
    public long? ToOffset { get; init; }

    /// <summary>By so many messages; negative: back.</summary>
    public long? ShiftBy { get; init; }

    /// <summary>To these offsets, and no other partition.</summary>
    public IReadOnlyDictionary<(string Topic, int Partition), long>? ToPosition { get; init; }
}

/// <summary>Puts a consumer group without members to other offsets.</summary>
internal static class ResetOffsets
{
    /// <summary>The plan: from where to where, for each partition.</summary>
    /// <exception cref="ClusterException"><c>GroupNotFound</c>, <c>GroupInUse</c>, <c>TopicNotFound</c>, <c>PartitionNotFound</c>,
    /// <c>KafkaSilent</c>.</exception>
    public static async Task<IReadOnlyList<PlanStep>> PlanAsync(KafkaAdmin admin, ResetRequest request, CancellationToken cancel)
    {
        var found = await ConsumerGroups.RunAsync(admin, g => g == request.Group, cancel).ConfigureAwait(false);
        if (found.Count == 0)
        {
            throw ConsumerGroups.NotFound(request.Group, admin.Brokers.Names.Cluster,
                await ConsumerGroups.ListAsync(admin, cancel).ConfigureAwait(false));
        }

        var group = found[0];
        if (group.Members > 0)
        {
            string who = string.Join(", ", group.PartitionDetail.Select(p => p.ClientId).Where(c => c.Length > 0).Distinct().Take(5));
            throw new ClusterException("GroupInUse", FailureKind.Conflict, request.Group,
                $"{request.Group} has {group.Members} members{(who.Length == 0 ? "" : $" ({who})")}, which would go on from where they "
                    + $"are. Stop them first.");
        }

        var all = await TopicReader.PartitionsAsync(admin.Brokers, cancel).ConfigureAwait(false);
        if (request.Topics.Concat(request.ToPosition?.Keys.Select(k => k.Topic) ?? []).FirstOrDefault(t => all.All(p => p.Topic != t))
            is string unknown)
        {
            throw TopicName.NotFound(unknown, admin.Brokers.Names.Cluster, all.Select(p => p.Topic));
        }

        var own = group.PartitionDetail.ToDictionary(p => (p.Topic, p.Partition), p => p.Committed);
        var partitions = all.Where(p => (request.Topics.Count == 0 || request.Topics.Contains(p.Topic))
            && (request.ToPosition is { } positions ? positions.ContainsKey((p.Topic, p.Partition))
                : request.Topics.Count > 0 || own.ContainsKey((p.Topic, p.Partition)))).ToList();
        CheckPartitions(request, admin.Brokers.Names.Cluster, all, partitions);
        if (request.Partitions.Count > 0)
            partitions.RemoveAll(p => !request.Partitions.Contains(p.Partition));
        var (firsts, ends) = await PartitionOffsets.RangesAsync(admin.Brokers, partitions, cancel)
            .ConfigureAwait(false);
        var timed = request.ToTimestamp is { } time
            ? await PartitionOffsets.ReadAsync(admin.Brokers, partitions, time.ToUnixTimeMilliseconds(), cancel)
                .ConfigureAwait(false) : null;
        var steps = new List<PlanStep>();
        foreach (var p in partitions)
        {
            var key = (p.Topic, p.Partition);
            if (!firsts.TryGetValue(key, out long first) || !ends.TryGetValue(key, out long end))
            {
                throw new ClusterException("KafkaSilent", FailureKind.Unavailable, request.Group,
                    $"Nobody says where partition {p.Partition} of {p.Topic} ends. Get-KafkaTopic {admin.Brokers.Names.Cluster} {p.Topic} "
                        + $"shows its state.");
            }

            long? from = own.GetValueOrDefault(key);
            long to = Math.Clamp(
                request.ToEarliest ? first
                : request.ToLatest ? end
                : request.ToOffset is long offset ? offset
                : request.ToPosition is { } positions ? positions[key]
                : timed is not null ? timed.GetValueOrDefault(key, end)
                : (from ?? end) + (request.ShiftBy ?? 0),
                first, end);
            steps.Add(Step(admin, steps.Count + 1, p, from, to, end));
        }

        return steps;
    }

    /// <summary>Puts the group there.</summary>
    public static async IAsyncEnumerable<OperationEvent> RunAsync(
        KafkaAdmin admin, string group, IReadOnlyList<PlanStep> plan, [EnumeratorCancellation] CancellationToken cancel)
    {
        var offsets = plan.Where(s => s.Action != ChangeAction.None)
            .Select(s => new TopicPartitionOffset(TopicOf(s), PartitionOf(s), Number(s.Fields[0].To))).ToList();
        if (offsets.Count > 0)
        {
            var options = new AlterConsumerGroupOffsetsOptions { RequestTimeout = KafkaAdmin.RequestLimit };
            await admin.AskAsync(group, c => c.AlterConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitionOffsets(group, offsets)],
                options), cancel).ConfigureAwait(false);
        }

        foreach (var step in plan)
            yield return new Applied(step);
        var after = await ConsumerGroups.RunAsync(admin, g => g == group, cancel).ConfigureAwait(false);
        yield return new Completed<KafkaConsumerGroup>(after[0]);
    }

    private static void CheckPartitions(ResetRequest request, string cluster, IReadOnlyList<PartitionView> all,
        List<PartitionView> chosen)
    {
        var missing = request.ToPosition?.Keys.Where(k => all.All(p => (p.Topic, p.Partition) != k)).Order()
            .Select(k => string.Create(CultureInfo.InvariantCulture, $"{k.Topic}-{k.Partition}")).FirstOrDefault()
            ?? request.Partitions.Where(n => chosen.TrueForAll(p => p.Partition != n)).Order()
                .Select(n => string.Create(CultureInfo.InvariantCulture, $"{n}")).FirstOrDefault();
        if (missing is null)
            return;
        string topics = string.Join(", ", chosen.Select(p => p.Topic).Distinct().Take(5));
        throw new ClusterException("PartitionNotFound", FailureKind.NotFound, missing,
            $"There is no partition {missing}{(topics.Length == 0 ? "" : $" of {topics}")}. (Get-KafkaTopic {cluster}).PartitionDetail "
                + "shows those that there are.");
    }

    private static PlanStep Step(KafkaAdmin admin, int number, PartitionView p, long? from, long to, long end)
    {
        long again = from is long was ? was - to : 0;
        string note = from is null ? "committed for the first time"
            : again > 0 ? string.Create(CultureInfo.InvariantCulture, $"reads {again:N0} again, {end - to:N0} in all")
            : again < 0 ? string.Create(CultureInfo.InvariantCulture, $"skips {-again:N0}, reads {end - to:N0}")
            : "";
        string name = string.Create(CultureInfo.InvariantCulture, $"{p.Topic}-{p.Partition}");
        return PlanSteps.Of(admin.Brokers.Names, admin.Brokers.Namespace, "Offset", name,
            from == to ? ChangeAction.None : ChangeAction.Update, note) with
        {
            Step = number,
            Fields = from == to ? []
                : [new FieldChange("offset", from?.ToString(CultureInfo.InvariantCulture), to.ToString(CultureInfo.InvariantCulture))],
        };
    }

    private static string TopicOf(PlanStep step) => step.Name[..step.Name.LastIndexOf('-')];

    private static int PartitionOf(PlanStep step) => (int)Number(step.Name[(step.Name.LastIndexOf('-') + 1)..]);

    private static long Number(string? text) => long.Parse(text!, CultureInfo.InvariantCulture);
}
