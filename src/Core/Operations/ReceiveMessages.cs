using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Confluent.Kafka;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Running;

namespace KafkaK8s.Core.Operations;

/// <summary>What Receive-KafkaMessage was asked for.</summary>
/// <param name="Topic">Topic.</param>
internal sealed record ReceiveRequest(string Topic)
{
    /// <summary>Partitions; empty for all.</summary>
    public IReadOnlyList<int> Partitions { get; init; } = [];

    /// <summary>From the first message on.</summary>
    public bool FromBeginning { get; init; }

    /// <summary>From this time on.</summary>
    public DateTimeOffset? FromTimestamp { get; init; }

    /// <summary>From this offset on.</summary>
    public long? FromOffset { get; init; }

    /// <summary>The last messages before the end, of all partitions together.</summary>
    public int? Tail { get; init; }

    /// <summary>Go on at the end and wait for more.</summary>
    public bool Follow { get; init; }

    /// <summary>How many messages at most.</summary>
    public long? Count { get; init; }

    /// <summary>For how long to follow; null without a limit.</summary>
    public TimeSpan? FollowLimit { get; init; }
}

/// <summary>Reads messages. It belongs to no group and commits nothing: nobody else notices.</summary>
internal static class ReceiveMessages
{
    /// <summary>What is read and not taken yet: enough to keep the pipe full, little enough for any memory.</summary>
    private const int Ahead = 2000;

    /// <summary>How much of that changes threads together: one by one costs more than the message itself.</summary>
    private const int Together = 100;

    /// <summary>Where brokers say nothing for so long, what is missing is missing; the wait of a lost broker is shorter (20 s).</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    /// <summary>Reads; each message is a <see cref="Completed{T}"/>.</summary>
    /// <exception cref="ClusterException"><c>TopicNotFound</c>, <c>PartitionNotFound</c>, <c>KafkaSilent</c>.</exception>
    public static async IAsyncEnumerable<OperationEvent> RunAsync(
        KafkaAdmin admin, ReceiveRequest request, [EnumeratorCancellation] CancellationToken cancel)
    {
        var partitions = (await ListTopics.PartitionsAsync(admin, request.Topic, cancel).ConfigureAwait(false)).ToList();
        if (request.Partitions.Where(n => partitions.TrueForAll(p => p.Partition != n)).Cast<int?>().FirstOrDefault() is int unknown)
            throw NoPartition(request.Topic, unknown, partitions.Count);
        if (request.Count < 1)
            throw new ClusterException("InvalidCount", FailureKind.InvalidInput, request.Count,
                $"-Count {request.Count}: it is at least 1.");
        if (request.Partitions.Count > 0)
            partitions.RemoveAll(p => !request.Partitions.Contains(p.Partition));
        var (starts, ends) = await RangeAsync(admin, request, partitions, cancel).ConfigureAwait(false);
        await foreach (var e in ReadAsync(admin, request, starts, ends, cancel).ConfigureAwait(false))
            yield return e;
    }

    /// <summary>The failure of a partition that is not there.</summary>
    public static ClusterException NoPartition(string topic, int partition, int count) => new(
        "PartitionNotFound", FailureKind.NotFound, partition, $"{topic} has no partition {partition}: it has 0 to {count - 1}.");

    private static async Task<(Dictionary<int, long> Starts, Dictionary<int, long> Ends)> RangeAsync(
        KafkaAdmin admin, ReceiveRequest request, List<PartitionView> partitions, CancellationToken cancel)
    {
        var ranging = PartitionOffsets.RangesAsync(admin.Brokers, partitions, cancel);
        var timing = request.FromTimestamp is { } time
            ? PartitionOffsets.ReadAsync(admin.Brokers, partitions, time.ToUnixTimeMilliseconds(), cancel) : null;
        var (firsts, lasts) = await ranging.ConfigureAwait(false);
        var timed = timing is null ? null : await timing.ConfigureAwait(false);
        if (partitions.Find(p => !firsts.ContainsKey((p.Topic, p.Partition)) || !lasts.ContainsKey((p.Topic, p.Partition))) is { } dumb)
        {
            throw new ClusterException("KafkaSilent", FailureKind.Unavailable, request.Topic,
                $"Nobody says where partition {dumb.Partition} of {request.Topic} ends: "
                + $"{(dumb.Leader < 0 ? "it has no leader" : $"its leader is broker {dumb.Leader}")}. Get-KafkaTopic shows its state; "
                + $"-Partition reads the others.");
        }

        var (starts, ends) = (new Dictionary<int, long>(), new Dictionary<int, long>());
        foreach (var p in partitions)
        {
            var (first, end) = (firsts[(p.Topic, p.Partition)], lasts[(p.Topic, p.Partition)]);
            long start = request.FromBeginning ? first
                : request.FromOffset is long offset ? Math.Clamp(offset, first, end)
                : timed is not null ? timed.GetValueOrDefault((p.Topic, p.Partition), end)
                : request.Tail is int tail ? Math.Max(first, end - tail)
                : end;
            (starts[p.Partition], ends[p.Partition]) = (start, end);
        }

        return (starts, ends);
    }

    private static async IAsyncEnumerable<OperationEvent> ReadAsync(
        KafkaAdmin admin, ReceiveRequest request, Dictionary<int, long> starts, Dictionary<int, long> ends,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        long wanted = request.Count ?? long.MaxValue, given = 0, total = starts.Sum(s => ends[s.Key] - s.Value);
        var last = request.Tail is null ? null : new List<KafkaMessage>(); // held back until all partitions have theirs
        var open = starts.Where(s => s.Value < ends[s.Key]).Select(s => s.Key).ToHashSet();
        if (open.Count == 0 && !request.Follow)
            yield break;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (request.Follow && request.FollowLimit is { } limit)
            stop.CancelAfter(limit);
        var read = Channel.CreateBounded<IReadOnlyList<ConsumeResult<byte[], byte[]>>>(
            new BoundedChannelOptions(Ahead / Together) { SingleReader = true, SingleWriter = true });
        var work = Task.Factory.StartNew(() => Pump(admin.Entry, request.Topic, starts, read.Writer, stop.Token),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            long heard = Stopwatch.GetTimestamp();
            while (given < wanted && (request.Follow || open.Count > 0))
            {
                var waiting = read.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
                if (!waiting.IsCompleted
                    && await Task.WhenAny(waiting, Task.Delay(Tick, CancellationToken.None)).ConfigureAwait(false) != waiting)
                {
                    cancel.ThrowIfCancellationRequested();
                    if (open.Count > 0 && Stopwatch.GetElapsedTime(heard) > LongestSilence)
                        throw Silent(request.Topic, open);
                    yield return new Waiting("Receive", string.Create(CultureInfo.InvariantCulture, $"{given:N0} messages"),
                        request.Follow || total == 0 ? -1 : (int)(100 * given / total));
                    continue;
                }

                if (!await waiting.ConfigureAwait(false))
                    break; // the time to follow is over
                heard = Stopwatch.GetTimestamp();
                while (given < wanted && read.Reader.TryRead(out var batch))
                {
                    foreach (var result in batch.TakeWhile(_ => given < wanted))
                    {
                        int p = result.Partition.Value;
                        bool before = open.Contains(p);
                        if (!result.IsPartitionEOF && (request.Follow || result.Offset.Value < ends[p]))
                        {
                            if (before && last is not null && result.Offset.Value < ends[p])
                            {
                                last.Add(Of(result));
                            }
                            else
                            {
                                given++;
                                yield return new Completed<KafkaMessage>(Of(result));
                            }
                        }

                        // An end that is told, too: compaction and transactions leave offsets without a message.
                        if (before && (result.IsPartitionEOF ? result.Offset.Value >= ends[p] : result.Offset.Value + 1 >= ends[p]))
                            open.Remove(p);
                        if (open.Count > 0 || last is null)
                            continue;
                        foreach (var message in last.OrderBy(m => m.Timestamp).ThenBy(m => m.Partition).ThenBy(m => m.Offset)
                            .TakeLast(request.Tail!.Value).Take((int)Math.Min(wanted - given, int.MaxValue)))
                        {
                            given++;
                            yield return new Completed<KafkaMessage>(message);
                        }

                        last = null;
                    }
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await work.ConfigureAwait(false);
        }
    }

    // On a thread of its own: the library's Consume blocks. Whoever takes slowly holds it up.
    private static void Pump(
        TunnelEntry entry, string topic, Dictionary<int, long> starts,
        ChannelWriter<IReadOnlyList<ConsumeResult<byte[], byte[]>>> to, CancellationToken cancel)
    {
        Exception? failure = null;
        try
        {
            using var consumer = new ConsumerBuilder<byte[], byte[]>(KafkaClientSettings.Reader(entry))
                .SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
            consumer.Assign(starts.Select(s => new TopicPartitionOffset(topic, s.Key, s.Value)));
            var batch = new List<ConsumeResult<byte[], byte[]>>();
            while (!cancel.IsCancellationRequested)
            {
                try
                {
                    for (int wait = 100; batch.Count < Together && consumer.Consume(wait) is { } result; wait = 0)
                        batch.Add(result);
                }
                catch (ConsumeException e) when (!e.Error.IsFatal)
                {
                    // It asks again by itself; who waits in vain says so.
                }

                if (batch.Count == 0)
                    continue;
                if (!to.TryWrite(batch))
                    to.WriteAsync(batch, cancel).AsTask().GetAwaiter().GetResult();
                batch = [];
            }
        }
        catch (OperationCanceledException)
        {
            // That is what was asked for.
        }
        catch (KafkaException e)
        {
            failure = new ClusterException("KafkaSilent", FailureKind.Unavailable, topic, $"{topic} cannot be read: {e.Error.Reason}.", e);
        }
        finally
        {
            to.TryComplete(failure);
        }
    }

    private static KafkaMessage Of(ConsumeResult<byte[], byte[]> result) => new()
    {
        Topic = result.Topic,
        Partition = result.Partition.Value,
        Offset = result.Offset.Value,
        Timestamp = result.Message.Timestamp.Type == TimestampType.NotAvailable ? default
            : DateTimeOffset.FromUnixTimeMilliseconds(result.Message.Timestamp.UnixTimestampMs).ToLocalTime(),
        KeyBytes = result.Message.Key,
        ValueBytes = result.Message.Value,
        Headers = HeadersOf(result.Message.Headers),
    };

    private static Dictionary<string, object?> HeadersOf(Headers? headers)
    {
        var all = new Dictionary<string, object?>();
        foreach (var header in headers ?? [])
            all[header.Key] = header.GetValueBytes();
        return all;
    }

    private static ClusterException Silent(string topic, HashSet<int> open) => new(
        "KafkaSilent", FailureKind.Unavailable, topic,
        $"The brokers gave nothing more of {topic} for {LongestSilence.TotalSeconds:0} s; partitions "
            + $"{string.Join(", ", open.Order().Take(10))} are not read to their end. Get-KafkaTopic shows their state.");
}
