using System.Diagnostics;

namespace KafkaK8s.Core.Kafka;

/// <summary>What a leader says of an offset.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Partition">Number of the partition.</param>
/// <param name="Error">Kafka's error code, 0 for none.</param>
/// <param name="Offset">The offset; -1 where there is none.</param>
internal readonly record struct OffsetAnswer(string Topic, int Partition, short Error, long Offset);

/// <summary>Asks each leader where its partitions begin, end, or are at a time: one request a leader, however many partitions it has. The
/// native client takes seconds for ten thousand of them.</summary>
/// <remarks>Source: https://kafka.apache.org/protocol.html#The_Messages_ListOffsets. Version 1: Kafka 0.10.1 to today; 0: before, and up
/// to 3.9.</remarks>
internal static class PartitionOffsets
{
    /// <summary>In place of a time: the first message that is kept.</summary>
    public const long Earliest = -2;

    /// <summary>In place of a time: where the next message goes.</summary>
    public const long Latest = -1;

    /// <summary>How long a leader may take to come to know its end.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private const short ApiKey = 2;
    private const short Version = 1;

    // A leader that has just changed is known a moment later.
    private const int Tries = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(10);

    /// <summary>Where partitions begin and where they end; those whose leader does not say it are missing.</summary>
    /// <param name="brokers">The brokers.</param>
    /// <param name="partitions">The partitions, with their leaders.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="ClusterException"><c>KafkaSilent</c>: no broker answers any more.</exception>
    public static async Task<(IReadOnlyDictionary<(string Topic, int Partition), long> Starts,
        IReadOnlyDictionary<(string Topic, int Partition), long> Ends)> RangesAsync(
        BrokerSetView brokers, IReadOnlyCollection<PartitionView> partitions, CancellationToken cancel)
    {
        var both = await Task.WhenAll(ReadAsync(brokers, partitions, Earliest, cancel),
            ReadAsync(brokers, partitions, Latest, cancel)).ConfigureAwait(false);
        return (both[0], both[1]);
    }

    /// <summary>The ends of all partitions of a topic: asks until every leader knows its own.</summary>
    /// <param name="brokers">The brokers.</param>
    /// <param name="partitions">The partitions of the topic, with their leaders.</param>
    /// <param name="patience">Time in which to ask again.</param>
    /// <param name="limit">Ends the asking earlier.</param>
    /// <param name="cancel">Cancels.</param>
    /// <returns>The end of each partition, in the order of their numbers.</returns>
    /// <exception cref="ClusterException"><c>PartitionUnreadable</c>: an error that does not pass, or did not pass in time;
    /// <c>KafkaSilent</c>.</exception>
    public static async Task<IReadOnlyList<long>> EndsAsync(BrokerSetView brokers,
        IReadOnlyList<PartitionView> partitions, TimeSpan patience, CancellationToken limit, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        var found = new Dictionary<int, long>();
        var open = partitions;
        while (true)
        {
            var answers = await AskAllAsync(brokers, open, Latest, cancel).ConfigureAwait(false);
            foreach (var answer in answers.Where(a => a.Error == 0))
                found[answer.Partition] = answer.Offset;
            var missing = partitions.Where(p => !found.ContainsKey(p.Partition)).OrderBy(p => p.Partition).ToList();
            if (missing.Count == 0)
                return [.. found.OrderBy(f => f.Key).Select(f => f.Value)];
            var refused = answers.Where(a => a.Error != 0).ToDictionary(a => a.Partition, a => a.Error);
            if (!refused.Values.All(KafkaErrors.Passes) || clock.Elapsed > patience || limit.IsCancellationRequested)
            {
                var (topic, partition) = (missing[0].Topic, missing[0].Partition);
                string word = refused.TryGetValue(partition, out short error) ? KafkaErrors.Words(error) : "no leader answers for it";
                throw new ClusterException("PartitionUnreadable", FailureKind.Unavailable, topic,
                    $"The ends of the partitions of {topic} cannot be read (partition {partition}: {word}). Leave -Topic out to check with "
                        + "a topic made for it.");
            }

            await Task.Delay(Pause, cancel).ConfigureAwait(false);
            open = await LedNowAsync(brokers, missing, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The offsets; those whose leader does not say it are missing.</summary>
    /// <param name="brokers">The brokers.</param>
    /// <param name="partitions">The partitions, with their leaders.</param>
    /// <param name="time">Milliseconds since 1970, <see cref="Earliest"/> or <see cref="Latest"/>: the first message of this time or
    /// later.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="ClusterException"><c>KafkaSilent</c>: no broker answers any more.</exception>
    public static async Task<IReadOnlyDictionary<(string Topic, int Partition), long>> ReadAsync(BrokerSetView brokers,
        IEnumerable<PartitionView> partitions, long time, CancellationToken cancel)
    {
        var found = new Dictionary<(string Topic, int Partition), long>();
        IReadOnlyCollection<PartitionView> open = [.. partitions];
        for (int tries = 1; open.Count > 0; tries++)
        {
            var again = new HashSet<(string Topic, int Partition)>();
            foreach (var answer in await AskAllAsync(brokers, open, time, cancel).ConfigureAwait(false))
            {
                if (answer.Error == 0 && answer.Offset >= 0)
                    found[(answer.Topic, answer.Partition)] = answer.Offset;
                else if (answer.Error != 0 && KafkaErrors.Passes(answer.Error))
                    again.Add((answer.Topic, answer.Partition));
            }

            if (again.Count == 0 || tries == Tries)
                break;
            await Task.Delay(Pause, cancel).ConfigureAwait(false);
            open = await LedNowAsync(brokers, open.Where(p => again.Contains((p.Topic, p.Partition))), cancel)
                .ConfigureAwait(false);
        }

        return found;
    }

    /// <summary>A request, with its length in front.</summary>
    public static byte[] Request(short version, IEnumerable<PartitionView> partitions, long time) =>
        WireWriter.Request(ApiKey, version, BrokerRequest.Correlation, body =>
        {
            body.Int32(-1); // a client
            var topics = partitions.GroupBy(p => p.Topic).ToList();
            body.Count(topics.Count);
            foreach (var topic in topics)
            {
                body.Text(topic.Key);
                body.Count(topic.Count());
                foreach (var partition in topic)
                {
                    body.Int32(partition.Partition);
                    body.Int64(time);
                    if (version == 0)
                        body.Int32(1); // offsets wanted
                }
            }
        });

    /// <summary>Reads a response, without its length.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static IReadOnlyList<OffsetAnswer> Response(short version, ReadOnlySpan<byte> bytes)
    {
        var reader = BrokerRequest.Answer(bytes);
        var answers = new List<OffsetAnswer>();
        for (int topics = reader.Count(); topics > 0; topics--)
        {
            string topic = reader.Text() ?? "";
            for (int n = reader.Count(); n > 0; n--)
            {
                int partition = reader.Int32();
                short error = reader.Int16();
                long offset = -1;
                if (version >= 1)
                {
                    reader.Int64(); // time
                    offset = reader.Int64();
                }
                else
                {
                    for (int offsets = reader.Count(); offsets > 0; offsets--)
                        offset = reader.Int64();
                }

                answers.Add(new OffsetAnswer(topic, partition, error, offset));
            }
        }

        return answers;
    }

    // The same partitions with the leaders that they have by now.
    private static async Task<IReadOnlyList<PartitionView>> LedNowAsync(BrokerSetView brokers,
        IEnumerable<PartitionView> partitions, CancellationToken cancel)
    {
        var wanted = partitions.Select(p => (p.Topic, p.Partition)).ToHashSet();
        var now = await TopicReader.PartitionsAsync(brokers, cancel).ConfigureAwait(false);
        return [.. now.Where(p => wanted.Contains((p.Topic, p.Partition)))];
    }

    private static async Task<IReadOnlyList<OffsetAnswer>> AskAllAsync(BrokerSetView brokers,
        IEnumerable<PartitionView> partitions, long time, CancellationToken cancel)
    {
        var asked = await Task.WhenAll(partitions.Where(p => p.Leader >= 0).GroupBy(p => p.Leader)
            .Select(led => AskAsync(brokers, led, time, cancel))).ConfigureAwait(false);
        return [.. asked.SelectMany(a => a)];
    }

    // A leader that does not answer has nothing to say of its partitions, and holds the others up no longer than its limit.
    private static async Task<IReadOnlyList<OffsetAnswer>> AskAsync(BrokerSetView brokers,
        IGrouping<int, PartitionView> led, long time, CancellationToken cancel)
    {
        if (brokers.Brokers.FirstOrDefault(b => b.NodeId == led.Key) is not { } leader)
            return [];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(AskLimit);
        try
        {
            byte[]? answer =
                await BrokerRequest.SendAsync(brokers.Door, leader.Pod, Request(Version, led, time), limit.Token)
                .ConfigureAwait(false);
            return answer is null ? [] : Response(Version, answer);
        }
        catch (Exception e) when (e is ClusterException or IOException or FormatException
            || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return [];
        }
    }
}
