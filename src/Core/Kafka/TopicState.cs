using System.Globalization;

namespace KafkaK8s.Core.Kafka;

/// <summary>From what the brokers say to the topics that a user sees. Pure.</summary>
internal static class TopicState
{
    private static readonly string[] FromBadToGood = [TopicStatus.Unavailable, TopicStatus.UnderMinIsr, TopicStatus.UnderReplicated,
        TopicStatus.Healthy];

    /// <summary>Whether a topic is one of Kafka's own.</summary>
    /// <remarks>Source: org.apache.kafka.common.internals.Topic; the share group's topic came with 4.0.</remarks>
    public static bool IsInternal(string topic) =>
        topic is "__consumer_offsets" or "__transaction_state" or "__share_group_state" or "__cluster_metadata" or "__remote_log_metadata";

    /// <summary>How a partition is.</summary>
    public static string StatusOf(PartitionView p, int? minInSync) =>
        p.Leader < 0 ? TopicStatus.Unavailable
        : p.InSync.Count < minInSync ? TopicStatus.UnderMinIsr
        : p.UnderReplicated ? TopicStatus.UnderReplicated
        : TopicStatus.Healthy;

    /// <summary>A topic.</summary>
    /// <param name="partitions">Its partitions.</param>
    /// <param name="settings">Its settings; null where nobody gave them.</param>
    /// <param name="start">Where a partition begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="size">Its bytes.</param>
    public static KafkaTopic Compose(
        IReadOnlyCollection<PartitionView> partitions, TopicSettings? settings,
        Func<PartitionView, long?> start, Func<PartitionView, long?> end, Func<PartitionView, long?> size)
    {
        var rows = partitions.OrderBy(p => p.Partition).Select(p => new KafkaPartition
        {
            Topic = p.Topic,
            Partition = p.Partition,
            Leader = p.Leader < 0 ? null : p.Leader,
            Replicas = p.Replicas,
            InSync = p.InSync,
            Start = start(p),
            End = end(p),
            SizeBytes = size(p),
            Status = StatusOf(p, settings?.MinInSync),
        }).ToList();
        string name = partitions.First().Topic;
        return new KafkaTopic
        {
            Name = name,
            Cluster = "",
            Partitions = rows.Count,
            ReplicationFactor = rows.Min(r => r.Replicas.Count),
            MinInSyncReplicas = settings?.MinInSync,
            SizeBytes = Sum(rows, r => r.SizeBytes),
            Messages = Sum(rows, r => r.Messages),
            Status = FromBadToGood.First(s => rows.Exists(r => r.Status == s) || s == TopicStatus.Healthy),
            Reason = ReasonOf(rows, settings?.MinInSync),
            Internal = IsInternal(name),
            Config = settings?.Own ?? new Dictionary<string, string>(),
            PartitionDetail = rows,
        };
    }

    // One clause for each state, the worst first, with the brokers whose copies are missing.
    private static string ReasonOf(List<KafkaPartition> rows, int? minInSync)
    {
        IEnumerable<string> Clauses()
        {
            foreach (string status in FromBadToGood[..^1])
            {
                var bad = rows.Where(r => r.Status == status).ToList();
                if (bad.Count == 0)
                    continue;
                string missing = string.Join(", ", bad.SelectMany(r => r.Replicas.Except(r.InSync)).Distinct().Order());
                string what = status switch
                {
                    TopicStatus.Unavailable => "no leader",
                    TopicStatus.UnderMinIsr =>
                        $"fewer than {minInSync} copies in sync: writes with acks=all are refused; missing on broker {missing}",
                    _ => $"copies out of sync on broker {missing}",
                };
                yield return string.Create(CultureInfo.InvariantCulture, $"{bad.Count} of {rows.Count} partitions: {what}");
            }
        }

        return string.Join("; ", Clauses());
    }

    private static long? Sum(List<KafkaPartition> rows, Func<KafkaPartition, long?> of) =>
        rows.Exists(r => of(r) is null) ? null : rows.Sum(r => of(r)!.Value);
}
