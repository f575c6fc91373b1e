using Confluent.Kafka;
using Confluent.Kafka.Admin;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Core.Kafka;

/// <summary>The settings of a topic.</summary>
/// <param name="Own">Those that it has of its own.</param>
/// <param name="All">All that are in force; secret ones have no value.</param>
internal sealed record TopicSettings(IReadOnlyDictionary<string, string> Own, IReadOnlyDictionary<string, string?> All)
{
    /// <summary>Bytes of the largest batch that the topic takes.</summary>
    public int? LargestBatch => All.GetValueOrDefault("max.message.bytes") is string text && int.TryParse(text, out int n) ? n : null;

    /// <summary>Copies that must be in sync for a write with acks=all.</summary>
    public int? MinInSync => All.GetValueOrDefault("min.insync.replicas") is string text && int.TryParse(text, out int n) ? n : null;
}

/// <summary>What the brokers say of topics. What one of them does not say is missing and holds nobody up.</summary>
internal static class TopicReader
{
    /// <summary>Topics of one DescribeConfigs request: an answer of some megabytes.</summary>
    private const int Batch = 500;

    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(5);

    /// <summary>The partitions of all topics, each as the worst of the brokers' views has it.</summary>
    /// <exception cref="ClusterException"><c>KafkaSilent</c>: no broker answers.</exception>
    public static async Task<IReadOnlyList<PartitionView>> PartitionsAsync(KubeConnection connection, BrokerSetView brokers,
        CancellationToken cancel)
    {
        var probes = await BrokerProbes.TakeAsync(connection, brokers.Namespace, brokers.Brokers, LookLimit, cancel).ConfigureAwait(false);
        var views = probes.Select(p => p.Answer?.View).OfType<BrokerView>().ToList();
        return views.Count > 0 ? PartitionHealth.Worst(views) : throw new ClusterException(
            "KafkaSilent", FailureKind.Unavailable, brokers.Names.Cluster,
            $"No broker of {brokers.Names.Cluster} answers: {(probes.Count > 0 ? probes[0].Failure : "there is none.")} "
            + $"Get-KafkaCluster {brokers.Names.Cluster} says what is wrong.");
    }

    /// <summary>The settings of topics; those that are gone meanwhile have none.</summary>
    public static async Task<IReadOnlyDictionary<string, TopicSettings>> SettingsAsync(
        KafkaAdmin admin, IReadOnlyCollection<string> topics, CancellationToken cancel)
    {
        var options = new DescribeConfigsOptions { RequestTimeout = KafkaAdmin.RequestLimit };
        var all = new Dictionary<string, TopicSettings>();
        foreach (string[] batch in topics.Chunk(Batch))
        {
            var asked = batch.Select(t => new ConfigResource { Type = ResourceType.Topic, Name = t });
            foreach (var (topic,
                entries) in await admin.AskAsync(batch.Length == 1 ? batch[0] : "topics", SettingsOf, cancel).ConfigureAwait(false))
            {
                all[topic] = new TopicSettings(
                    entries.Where(e => e.Source == ConfigSource.DynamicTopicConfig).ToDictionary(e => e.Name, e => e.Value ?? ""),
                    entries.ToDictionary(e => e.Name, e => (string?)e.Value));
            }

            async Task<IReadOnlyList<(string Topic, IReadOnlyCollection<ConfigEntryResult> Entries)>> SettingsOf(IAdminClient client)
            {
                try
                {
                    var results = await client.DescribeConfigsAsync(asked, options).ConfigureAwait(false);
                    return [.. results.Select(r => (r.ConfigResource.Name, (IReadOnlyCollection<ConfigEntryResult>)r.Entries.Values))];
                }
                catch (DescribeConfigsException e)
                    when (e.Results.All(r => r.Error.Code is ErrorCode.NoError or ErrorCode.UnknownTopicOrPart))
                {
                    return [.. e.Results.Where(r => !r.Error.IsError)
                        .Select(r => (r.ConfigResource.Name, (IReadOnlyCollection<ConfigEntryResult>)r.Entries.Values))];
                }
            }
        }

        return all;
    }

    /// <summary>Where partitions begin or end; those whose leader does not say it are missing.</summary>
    /// <exception cref="ClusterException"><c>KafkaSilent</c>.</exception>
    public static async Task<IReadOnlyDictionary<(string Topic, int Partition), long>> OffsetsAsync(
        KafkaAdmin admin, IEnumerable<PartitionView> partitions, OffsetSpec spec, CancellationToken cancel)
    {
        var asked = partitions.Where(p => p.Leader >= 0)
            .Select(p => new TopicPartitionOffsetSpec { TopicPartition = new TopicPartition(p.Topic, p.Partition), OffsetSpec = spec })
            .ToList();
        if (asked.Count == 0)
            return new Dictionary<(string Topic, int Partition), long>();
        var options = new ListOffsetsOptions { RequestTimeout = KafkaAdmin.RequestLimit };
        var answers = await admin.AskAsync("offsets", async client =>
        {
            try
            {
                return (await client.ListOffsetsAsync(asked, options).ConfigureAwait(false)).ResultInfos;
            }
            catch (ListOffsetsException e)
            {
                return e.Result.ResultInfos;
            }
        }, cancel).ConfigureAwait(false);
        return answers.Select(a => a.TopicPartitionOffsetError).Where(o => !o.Error.IsError && o.Offset.Value >= 0)
            .ToDictionary(o => (o.Topic, o.Partition.Value), o => o.Offset.Value);
    }

    /// <summary>Bytes of each partition, all copies together; null where a broker with copies does not say it.</summary>
    public static async Task<Func<PartitionView, long?>> SizesAsync(KafkaAdmin admin, CancellationToken cancel)
    {
        var answers = await Task.WhenAll(admin.Brokers.Brokers.Select(async n => (n.NodeId, Sizes: await DescribeLogDirs.TryReadAsync(
            admin.Connection, admin.Brokers.Namespace, n.Pod, LookLimit, cancel).ConfigureAwait(false)))).ConfigureAwait(false);
        var disks = answers.ToDictionary(a => a.NodeId, a => a.Sizes);
        return p =>
        {
            long sum = 0;
            foreach (int broker in p.Replicas)
            {
                if (disks.GetValueOrDefault(broker) is not { } sizes)
                    return null;
                sum += sizes.GetValueOrDefault((p.Topic, p.Partition));
            }

            return sum;
        };
    }
}
