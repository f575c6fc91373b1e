using KafkaK8s.Core.Kafka;

namespace KafkaK8s.Core.Operations;

/// <summary>Reads the topics of a cluster.</summary>
internal static class ListTopics
{
    /// <summary>Reads the topics that are wanted, with their settings, offsets and sizes; all requests at the same time.</summary>
    /// <param name="admin">Client of the cluster.</param>
    /// <param name="wanted">Whether a topic is wanted, by its partitions.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="ClusterException"><c>KafkaSilent</c>, <c>KafkaRefused</c>.</exception>
    public static async Task<IReadOnlyList<KafkaTopic>> RunAsync(KafkaAdmin admin, Func<string, bool> wanted, CancellationToken cancel)
    {
        var sizing = TopicReader.SizesAsync(admin, cancel); // needs to know of no topic
        var all = await TopicReader.PartitionsAsync(admin.Brokers, cancel).ConfigureAwait(false);
        var topics = all.GroupBy(p => p.Topic).Where(g => wanted(g.Key)).ToList();
        if (topics.Count == 0)
        {
            await sizing.ConfigureAwait(false);
            return [];
        }

        var partitions = topics.SelectMany(g => g).ToList();
        var ranging = PartitionOffsets.RangesAsync(admin.Brokers, partitions, cancel);
        var settling = TopicReader.SettingsAsync(admin, [.. topics.Select(g => g.Key)], cancel);
        await Task.WhenAll(sizing, ranging, settling).ConfigureAwait(false);
        var (starts, ends) = await ranging.ConfigureAwait(false);
        var (size, settings) = (await sizing.ConfigureAwait(false), await settling.ConfigureAwait(false));
        var origin = admin.Connection.Origin;
        return [.. topics.Select(
            g => TopicState.Compose([.. g], settings.GetValueOrDefault(g.Key), p => At(starts, p), p => At(ends, p), size) with
        {
            Cluster = admin.Brokers.Names.Cluster,
            Namespace = admin.Brokers.Namespace,
            Context = origin.Context,
            KubeConfig = origin.KubeConfig,
            Connection = origin.Connection,
        })];
    }

    /// <summary>The partitions of one topic.</summary>
    /// <exception cref="ClusterException"><c>TopicNotFound</c>, <c>KafkaSilent</c>.</exception>
    public static async Task<IReadOnlyList<PartitionView>> PartitionsAsync(KafkaAdmin admin, string topic, CancellationToken cancel)
    {
        var all = await TopicReader.PartitionsAsync(admin.Brokers, cancel).ConfigureAwait(false);
        var own = all.Where(p => p.Topic == topic).ToList();
        return own.Count > 0 ? own : throw TopicName.NotFound(topic, admin.Brokers.Names.Cluster, all.Select(p => p.Topic));
    }

    /// <summary>What a sender needs to know of a topic: its partitions, and the bytes of the largest batch that it takes, null where nobody
    /// says it.</summary>
    /// <exception cref="ClusterException"><c>TopicNotFound</c>, <c>KafkaSilent</c>, <c>BrokerSilent</c>.</exception>
    public static async Task<(IReadOnlyList<PartitionView> Partitions, int? LargestBatch)> ForSendingAsync(KafkaAdmin admin, string topic,
        CancellationToken cancel)
    {
        var own = await PartitionsAsync(admin, topic, cancel).ConfigureAwait(false);
        if (admin.Brokers.Brokers.FirstOrDefault(b => own.Any(p => p.Leader == b.NodeId)) is not { } leader)
            return (own, null);
        var settings = await BrokerConfigs.OfTopicsAsync(admin.Brokers.Door, leader.Pod, [topic],
            [TopicSettings.LargestBatchKey], cancel).ConfigureAwait(false);
        return (own, int.TryParse(settings[0].Values.GetValueOrDefault(TopicSettings.LargestBatchKey), out int bytes) ? bytes : null);
    }

    /// <summary>Names of all topics.</summary>
    /// <exception cref="ClusterException"><c>KafkaSilent</c>.</exception>
    public static async Task<IReadOnlyList<string>> NamesAsync(KafkaAdmin admin, CancellationToken cancel) =>
        [.. (await TopicReader.PartitionsAsync(admin.Brokers, cancel).ConfigureAwait(false)).Select(p => p.Topic)
            .Distinct()];

    private static long? At(IReadOnlyDictionary<(string Topic, int Partition), long> offsets, PartitionView p) =>
        offsets.TryGetValue((p.Topic, p.Partition), out long offset) ? offset : null;
}
