using System.Collections.Concurrent;
using System.Diagnostics;
using Confluent.Kafka;
using KafkaK8s.Core.Kafka;

namespace KafkaK8s.Core.Verification;

/// <summary>Sends a verification's messages and reads them back, and keeps the books. Each direction runs once.</summary>
internal sealed class VerificationTraffic
{
    /// <summary>Longest silence before a reader gives up; longer than a failover with a lost ZooKeeper leader.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(40);

    private readonly string topic;
    private readonly long count;
    private readonly ulong run;
    private readonly TopicPartition[] partitions;
    private readonly LatencyHistogram[] latencies;
    private readonly ConcurrentDictionary<string, long> sendErrors = new();
    private readonly ConcurrentDictionary<string, long> readErrors = new();
    private long clock;
    private long untimed;
    private long sent;
    private long reported;
    private volatile bool failed;

    public VerificationTraffic(string topic, int partitionCount, long count, bool exclusive, ulong run)
    {
        this.topic = topic;
        this.count = count;
        this.run = run;
        partitions = [.. Enumerable.Range(0, partitionCount).Select(p => new TopicPartition(topic, p))];
        latencies = [.. partitions.Select(_ => new LatencyHistogram())];
        Ledger = new VerificationLedger(count, partitionCount, exclusive);
    }

    /// <summary>The books.</summary>
    public VerificationLedger Ledger { get; }

    /// <summary>Messages that the producer has an answer for.</summary>
    public long Reported => Volatile.Read(ref reported);

    /// <summary>What the producer complained of, with how often.</summary>
    public IReadOnlyDictionary<string, long> SendErrors => sendErrors;

    /// <summary>What the consumer complained of, with how often.</summary>
    public IReadOnlyDictionary<string, long> ReadErrors => readErrors;

    /// <summary>Messages that the time of the sending is for.</summary>
    public long Timed => Math.Max(0, Ledger.AckedSoFar - untimed);

    /// <summary>
    /// Time of the sending. Without the first message of each partition, unless there are no others: the followers of a new
    /// partition may take a second until they fetch, which has nothing to do with a rate.
    /// </summary>
    public TimeSpan ProduceTime { get; private set; }

    /// <summary>Time from assigning the partitions to the last record.</summary>
    public TimeSpan ConsumeTime { get; private set; }

    /// <summary>Latencies of some partitions' messages.</summary>
    public LatencyHistogram Latency(IEnumerable<int> of)
    {
        var sum = new LatencyHistogram();
        foreach (int p in of)
            sum.Add(latencies[p]);
        return sum;
    }

    /// <summary>Sends all messages, in turn over the partitions, and waits for the answers; stops early at the first failed
    /// message.</summary>
    public async Task ProduceAsync(IProducer<byte[], byte[]> producer, int size, CancellationToken limit)
    {
        clock = Stopwatch.GetTimestamp();
        await Task.Factory.StartNew(() => Send(producer, size, limit), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default).ConfigureAwait(false);
        while (Reported < sent && !limit.IsCancellationRequested)
            await Task.Delay(1, CancellationToken.None).ConfigureAwait(false);
        ProduceTime = Stopwatch.GetElapsedTime(clock);
        if (sent - Reported is > 0 and long silent)
            sendErrors["no acknowledgement within the time given"] = silent;
    }

    /// <summary>Reads every partition from its start to the end, each from its leader.</summary>
    /// <param name="consumer">A consumer without an assignment.</param>
    /// <param name="starts">First offset of each partition.</param>
    /// <param name="ends">Offsets to stop at; null to read to the end, where the topic has no other writers.</param>
    /// <param name="limit">Ends the reading.</param>
    public async Task ConsumeAsync(IConsumer<Ignore, ReadRecord> consumer, IReadOnlyList<long> starts, IReadOnlyList<long>? ends,
        CancellationToken limit)
    {
        long start = Stopwatch.GetTimestamp();
        consumer.Assign(partitions.Select((p, i) => new TopicPartitionOffset(p, new Offset(starts[i]))));
        await Task.Factory.StartNew(() => Receive(consumer, starts, ends, limit), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default).ConfigureAwait(false);
        ConsumeTime = Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Reads the run's records where they lie, without a copy.</summary>
    public IDeserializer<ReadRecord> Deserializer() => new RecordReader(run);

    private void Send(IProducer<byte[], byte[]> producer, int size, CancellationToken limit)
    {
        byte[] buffer = VerificationMessage.Buffer(run, size);
        // the library copies the bytes within Produce
        var message = new Message<byte[], byte[]> { Key = new byte[VerificationMessage.KeySize], Value = buffer };
        for (long i = 0; i < count && !failed; i++)
        {
            int partition = (int)(i % partitions.Length);
            long sequence = i / partitions.Length;
            VerificationMessage.Number(buffer, partition, sequence);
            VerificationMessage.Key(buffer).CopyTo(message.Key);
            // The first message of each partition goes alone: it opens the connections, which would count in every other latency.
            while (i - Reported >= (i == partitions.Length ? 1 : KafkaClientSettings.Window) && !failed && !limit.IsCancellationRequested)
                Thread.Sleep(1);
            if (limit.IsCancellationRequested)
                return;
            if (i == partitions.Length)
            {
                clock = Stopwatch.GetTimestamp();
                untimed = partitions.Length;
            }

            while (!TryProduce(producer, message, partition, sequence))
                Thread.Sleep(1);
        }
    }

    /// <returns>False when the client's queue is full for the moment.</returns>
    private bool TryProduce(IProducer<byte[], byte[]> producer, Message<byte[], byte[]> message, int partition, long sequence)
    {
        long at = Stopwatch.GetTimestamp();
        try
        {
            producer.Produce(partitions[partition], message, report => Answered(partition, sequence, at, report));
        }
        catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
        {
            return false;
        }
        catch (KafkaException e)
        {
            failed = true; // it went nowhere, so no answer will come
            Count(sendErrors, e.Error.Reason);
            return true;
        }

        sent++;
        Ledger.Sent(partition);
        return true;
    }

    private void Answered(int partition, long sequence, long at, DeliveryReport<byte[], byte[]> report)
    {
        if (report.Error.IsError)
        {
            failed = true;
            Count(sendErrors, report.Error.Reason);
        }
        else
        {
            latencies[partition].Add(Stopwatch.GetElapsedTime(at));
            Ledger.Acked(partition, sequence, report.Offset.Value);
        }

        Volatile.Write(ref reported, reported + 1); // one thread only: the producer's
    }

    private void Receive(IConsumer<Ignore, ReadRecord> consumer, IReadOnlyList<long> starts, IReadOnlyList<long>? ends,
        CancellationToken limit)
    {
        bool[] done = [.. partitions.Select((_, p) => ends is not null && ends[p] <= starts[p])];
        int open = done.Count(d => !d);
        long lastSign = Stopwatch.GetTimestamp();
        while (open > 0 && !limit.IsCancellationRequested && Stopwatch.GetElapsedTime(lastSign) < LongestSilence)
        {
            ConsumeResult<Ignore, ReadRecord>? result;
            try
            {
                result = consumer.Consume(100);
            }
            catch (ConsumeException e)
            {
                Count(readErrors, e.Error.Reason);
                continue;
            }

            if (result is null)
                continue;
            int p = result.Partition.Value;
            if (done[p])
                continue;
            long next = result.Offset.Value;
            if (!result.IsPartitionEOF)
            {
                Ledger.Received(p, result.Message.Value);
                next++;
                lastSign = Stopwatch.GetTimestamp();
            }

            // A new leader may not know yet that the last messages are committed: its end is not the end before all that was
            // acknowledged has come.
            if (next > Ledger.LastAckedOffset(p) && (result.IsPartitionEOF || (ends is not null && next >= ends[p])))
            {
                done[p] = true;
                open--;
            }
        }

        for (int p = 0; p < done.Length && open > 0; p++)
        {
            if (!done[p])
                Ledger.BreakOff(p);
        }
    }

    private static void Count(ConcurrentDictionary<string, long> errors, string words) => errors.AddOrUpdate(words, 1, (_, n) => n + 1);

    private sealed class RecordReader(ulong run) : IDeserializer<ReadRecord>
    {
        public ReadRecord Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) =>
            VerificationMessage.Read(data, run);
    }
}
