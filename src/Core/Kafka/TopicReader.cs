using Confluent.Kafka;

namespace KafkaK8s.Core.Kafka;

/// <summary>The settings of a topic.</summary>
/// <param name="Own">Those that it has of its own.</param>
/// <param name="All">All that are in force; secret ones have no value.</param>
internal sealed record TopicSettings(IReadOnlyDictionary<string, string> Own, IReadOnlyDictionary<string, string?> All)
{
    /// <summary>Bytes of the largest batch that the topic takes.</summary>
    public const string LargestBatchKey = "max.message.bytes";

    /// <summary>Copies that must be in sync for a write with acks=all.</summary>
    public int? MinInSync => All.GetValueOrDefault("min.insync.replicas") is string text && int.TryParse(text, out int n) ? n : null;
}

/// <summary>What the brokers say of topics. What one of them does not say is missing and holds nobody up.</summary>
internal static class TopicReader
{
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(5);

    /// <summary>The partitions of all topics, each as the worst of the brokers' views has it.</summary>
    /// <exception cref="ClusterException"><c>KafkaSilent</c>: no broker answers.</exception>
    public static async Task<IReadOnlyList<PartitionView>> PartitionsAsync(BrokerSetView brokers, CancellationToken cancel)
    {
        var probes = await BrokerProbes.TakeAsync(brokers.Door, brokers.Brokers, LookLimit, cancel).ConfigureAwait(false);
        var views = probes.Select(p => p.Answer?.View).OfType<BrokerView>().ToList();
        return views.Count > 0 ? PartitionHealth.Worst(views) : throw new ClusterException(
            "KafkaSilent", FailureKind.Unavailable, brokers.Names.Cluster,
            $"No broker of {brokers.Names.Cluster} answers: {(probes.Count > 0 ? probes[0].Failure : "there is none.")} "
            + $"Get-KafkaCluster {brokers.Names.Cluster} says what is wrong.");
    }

    /// <summary>The settings of topics; those that are gone meanwhile have none.</summary>
    /// <exception cref="ClusterException"><c>KafkaSilent</c>, or with the broker's own words an id of
    /// <see cref="KafkaErrors.OfRefusal"/>.</exception>
    public static async Task<IReadOnlyDictionary<string, TopicSettings>> SettingsAsync(
        KafkaAdmin admin, IReadOnlyCollection<string> topics, CancellationToken cancel)
    {
        var all = new Dictionary<string, TopicSettings>();
        foreach (var answer in await AnswersAsync(admin, topics, cancel).ConfigureAwait(false))
        {
            var code = (ErrorCode)answer.Error;
            if (code is not (ErrorCode.NoError or ErrorCode.UnknownTopicOrPart))
            {
                var (id, kind) = KafkaErrors.OfRefusal(code);
                throw new ClusterException(id, kind, answer.Name,
                    $"Kafka refuses it for {answer.Name}: {answer.Message ?? KafkaErrors.Words(answer.Error)} ({code}).");
            }

            if (code == ErrorCode.NoError)
                all[answer.Name] = new TopicSettings(answer.Own.ToDictionary(k => k, k => answer.Values[k] ?? ""), answer.Values);
        }

        return all;
    }

    // Any broker knows them: the first one that answers.
    private static async Task<IReadOnlyList<ConfigAnswer>> AnswersAsync(KafkaAdmin admin, IReadOnlyCollection<string> topics,
        CancellationToken cancel)
    {
        ClusterException? last = null;
        foreach (var broker in admin.Brokers.Brokers)
        {
            try
            {
                return await BrokerConfigs.OfTopicsAsync(admin.Brokers.Door, broker.Pod, topics, null, cancel)
                    .ConfigureAwait(false);
            }
            catch (ClusterException e) when (e.Id is "BrokerSilent" or "PortForwardFailed" or "TlsFailed")
            {
                last = e;
            }
        }

        string cluster = admin.Brokers.Names.Cluster;
        throw new ClusterException("KafkaSilent", FailureKind.Unavailable, cluster,
            $"No broker of {cluster} gives the settings of its topics: {last?.Message ?? "there is none."} Get-KafkaCluster {cluster} says "
                + "what is wrong.", last);
    }

    /// <summary>Bytes of each partition, all copies together; null where a broker with copies does not say it.</summary>
    public static async Task<Func<PartitionView, long?>> SizesAsync(KafkaAdmin admin, CancellationToken cancel)
    {
        var answers = await Task.WhenAll(admin.Brokers.Brokers.Select(async n => (n.NodeId, Sizes: await DescribeLogDirs.TryReadAsync(
            admin.Brokers.Door, n.Pod, LookLimit, cancel).ConfigureAwait(false)))).ConfigureAwait(false);
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
