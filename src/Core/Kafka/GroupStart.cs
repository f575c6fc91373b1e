using System.Diagnostics;

namespace KafkaK8s.Core.Kafka;

/// <summary>
/// Lets a consumer group begin where a topic ends now: the console consumer cannot be told offsets of several partitions, and to read
/// a topic of a gigabyte from its beginning takes minutes.
/// </summary>
internal static class GroupStart
{
    /// <summary>How long the brokers keep the group's offsets: the longest check, and no week.</summary>
    private static readonly TimeSpan Keep = TimeSpan.FromHours(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Commits the ends of all partitions for a group that nobody is in.</summary>
    /// <param name="ask">Sends a request to a broker; null: it closed the connection.</param>
    /// <param name="old">Whether the brokers are older than Kafka 0.11.</param>
    /// <param name="topic">Topic.</param>
    /// <param name="partitions">Gives its partitions with their leaders of now.</param>
    /// <param name="group">The group.</param>
    /// <param name="limit">Ends the asking.</param>
    /// <exception cref="ClusterException"><c>PartitionUnreadable</c>: an error that does not pass, or did not in time.</exception>
    public static async Task AtEndsAsync(
        Func<int, byte[], Task<byte[]?>> ask, bool old, string topic, Func<Task<IReadOnlyList<PartitionView>>> partitions, string group,
        CancellationToken limit)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            string why;
            bool passes = true;
            try
            {
                (why, passes) = await OnceAsync(ask, old, topic, await partitions().ConfigureAwait(false), group).ConfigureAwait(false);
                if (why.Length == 0)
                    return;
            }
            catch (Exception e) when (e is ClusterException or FormatException or IOException)
            {
                why = e.Message;
            }

            if (!passes || clock.Elapsed > Patience || limit.IsCancellationRequested)
            {
                limit.ThrowIfCancellationRequested();
                throw new ClusterException("PartitionUnreadable", FailureKind.Unavailable, topic,
                    $"The ends of the partitions of {topic} cannot be noted, from which the console consumer is to read ({why}). "
                    + "Nothing was sent. Leave -Topic out to check with a topic made for it.");
            }

            await Task.Delay(Pause, limit).ConfigureAwait(false);
        }
    }

    /// <summary>A way to ask the brokers' pods.</summary>
    public static Func<int, byte[], Task<byte[]?>> Pods(BrokerSetView brokers, CancellationToken limit) =>
        (broker, request) => BrokerRequest.SendAsync(brokers.Door, brokers.Broker(broker).Pod, request, limit);

    /// <returns>What went wrong, empty when nothing did; and whether it may pass.</returns>
    private static async Task<(string Why, bool Passes)> OnceAsync(
        Func<int, byte[], Task<byte[]?>> ask, bool old, string topic, IReadOnlyList<PartitionView> partitions, string group)
    {
        var leaderless = partitions.FirstOrDefault(p => p.Leader < 0);
        if (partitions.Count == 0 || leaderless is not null)
            return (leaderless is null ? "no broker gives them" : $"partition {leaderless.Partition} has no leader", true);

        short version = (short)(old ? 0 : 1);
        var ends = await Task.WhenAll(partitions.GroupBy(p => p.Leader).Select(async led =>
        {
            byte[]? answer = await ask(led.Key, PartitionOffsets.Request(version, led, PartitionOffsets.Latest))
                .ConfigureAwait(false);
            return answer is null ? throw Closed(led.Key) : PartitionOffsets.Response(version, answer);
        })).ConfigureAwait(false);
        var all = ends.SelectMany(e => e).ToList();
        if (all.FirstOrDefault(e => e.Error != 0) is { Error: not 0 } unknown)
            return ($"partition {unknown.Partition}: {KafkaErrors.Words(unknown.Error)}", KafkaErrors.Passes(unknown.Error));

        byte[]? found = await ask(partitions[0].Leader, GroupCodec.CoordinatorRequest(group)).ConfigureAwait(false);
        var (error, coordinator) = found is null ? throw Closed(partitions[0].Leader) : GroupCodec.Coordinator(found);
        if (error != 0)
            return ($"no coordinator of the group: {KafkaErrors.Words(error)}", KafkaErrors.Passes(error));

        byte[] commit = GroupCodec.CommitRequest(group, topic, [.. all.Select(e => (e.Partition, e.Offset))], Keep);
        byte[] committed = await ask(coordinator, commit).ConfigureAwait(false) ?? throw Closed(coordinator);
        var refused = GroupCodec.Committed(committed).FirstOrDefault(c => c.Error != 0);
        return refused.Error == 0
            ? ("", true)
            : ($"partition {refused.Partition}: {KafkaErrors.Words(refused.Error)}", KafkaErrors.Passes(refused.Error));
    }

    private static FormatException Closed(int broker) => new($"broker {broker} closes the connection");
}
