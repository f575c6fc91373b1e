using System.Globalization;

namespace KafkaK8s.Core.Kafka;

/// <summary>A topic and how large it is.</summary>
/// <param name="Name">Topic.</param>
/// <param name="Partitions">Number of its partitions.</param>
/// <param name="Bytes">Bytes on the brokers' disks, all copies together; -1 when it could not be read.</param>
internal sealed record TopicSize(string Name, int Partitions, long Bytes)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Partitions} partitions{(Bytes < 0 ? "" : $", {Bytes / 1048576.0:0.0} MiB on disk")}");
}

/// <summary>Asks brokers how large their topics are.</summary>
internal static class TopicSizes
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Topics by name, Kafka's own included; none where no broker answers. Each pod is asked for its own disk.</summary>
    public static async Task<IReadOnlyList<TopicSize>> TryReadAsync(BrokerDoor door, IReadOnlyList<string> pods, CancellationToken cancel)
    {
        if (pods.Count == 0)
            return [];
        try
        {
            var view = await BrokerMetadata.ReadAsync(door, pods[0], Timeout, cancel).ConfigureAwait(false);
            var disks = await Task.WhenAll(pods.Select(p => DescribeLogDirs.TryReadAsync(door, p, Timeout, cancel)))
                .ConfigureAwait(false);
            bool whole = disks.All(d => d is not null);
            var bytes = disks.SelectMany(d => d ?? new Dictionary<(string Topic, int Partition), long>()).ToLookup(d => d.Key.Topic,
                d => d.Value);
            return [.. view.Partitions.GroupBy(p => p.Topic).OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => new TopicSize(g.Key, g.Count(), whole ? bytes[g.Key].Sum() : -1))];
        }
        catch (ClusterException)
        {
            return [];
        }
    }
}
