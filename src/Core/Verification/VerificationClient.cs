using Confluent.Kafka;
using Confluent.Kafka.Admin;
using KafkaK8s.Core.Kafka;

namespace KafkaK8s.Core.Verification;

/// <summary>The native Kafka client of one verification: a producer, an admin client on the same handle, and later a consumer.</summary>
internal sealed class VerificationClient : IDisposable
{
    private readonly TunnelEntry entry;
    private readonly IProducer<byte[], byte[]> producer;
    private readonly IAdminClient admin;
    private volatile string? lastWord;
    private long throttled;

    public VerificationClient(TunnelEntry entry, TimeSpan messageTimeout, int messageSize, int? largestBatch)
    {
        this.entry = entry;
        // Without a handler the library writes to the process's standard error.
        producer = new ProducerBuilder<byte[], byte[]>(KafkaClientSettings.Producer(entry, messageTimeout, messageSize, largestBatch))
            .SetLogHandler((_, line) => Hear(line.Message)).SetErrorHandler((_, error) => Hear(error.Reason))
            .SetStatisticsHandler((_, text) => Measure(text)).Build();
        admin = new DependentAdminClientBuilder(producer.Handle).Build();
    }

    /// <summary>The client library with its version.</summary>
    public static string Version => $"librdkafka {Library.VersionString}";

    /// <summary>Makes a topic.</summary>
    /// <returns>Why it was not made; null when it was.</returns>
    public async Task<string?> CreateTopicAsync(string topic, int partitions, int replicationFactor, TimeSpan limit)
    {
        try
        {
            var wanted = new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = (short)replicationFactor };
            await admin.CreateTopicsAsync([wanted], new CreateTopicsOptions { RequestTimeout = limit, OperationTimeout = limit })
                .ConfigureAwait(false);
            return null;
        }
        catch (CreateTopicsException e)
        {
            return e.Results.FirstOrDefault()?.Error.Reason ?? e.Error.Reason;
        }
        catch (KafkaException e)
        {
            return lastWord is string word ? $"{e.Error.Reason} ({word})" : e.Error.Reason;
        }
    }

    /// <summary>The partitions of a topic, once each has a leader, or as they are when half a minute or the time is over.</summary>
    public async Task<IReadOnlyList<PartitionView>> PartitionsAsync(string topic, CancellationToken limit)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(limit);
        wait.CancelAfter(TimeSpan.FromSeconds(30));
        IReadOnlyList<PartitionView> partitions = [];
        while (true)
        {
            try
            {
                var metadata = await Task.Run(() => admin.GetMetadata(topic, TimeSpan.FromSeconds(2)), CancellationToken.None)
                    .ConfigureAwait(false);
                partitions = [.. metadata.Topics.Where(t => t.Topic == topic).SelectMany(t => t.Partitions)
                    .Select(p => new PartitionView(topic, p.PartitionId, p.Leader, p.Replicas, p.InSyncReplicas))
                    .OrderBy(p => p.Partition)];
            }
            catch (KafkaException)
            {
                // No broker to ask for the moment.
            }

            if (wait.IsCancellationRequested || (partitions.Count > 0 && partitions.All(p => p.Leader >= 0)))
                return partitions;
            await Task.Delay(20, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Sends the messages and reads them back.</summary>
    /// <param name="facts">What is known so far.</param>
    /// <param name="count">Messages to send.</param>
    /// <param name="size">Size of each.</param>
    /// <param name="produceLimit">Time for the sending.</param>
    /// <param name="ends">Reads where the partitions of a topic that others use too end.</param>
    /// <param name="progress">Awaits a piece of work and tells how far it is: work, phase, verb, figure.</param>
    /// <param name="limit">End of the time: both directions stop and the books say what is missing.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task<VerificationFacts> ExchangeAsync(
        VerificationFacts facts, long count, int size, TimeSpan produceLimit, Func<Task<IReadOnlyList<long>>> ends,
        Func<Task, string, string, Func<long>, Task> progress, CancellationToken limit, CancellationToken cancel)
    {
        ulong run = BitConverter.ToUInt64(Guid.NewGuid().ToByteArray());
        var traffic = new VerificationTraffic(facts.Topic, facts.Partitions.Count, count, facts.OwnTopic, run);
        var starts = facts.OwnTopic ? new long[facts.Partitions.Count] : await ends().ConfigureAwait(false);

        using (var sending = CancellationTokenSource.CreateLinkedTokenSource(limit))
        {
            sending.CancelAfter(produceLimit);
            await progress(traffic.ProduceAsync(producer, size, sending.Token), "Produce", "acknowledged", () => traffic.Ledger.AckedSoFar)
                .ConfigureAwait(false);
        }

        cancel.ThrowIfCancellationRequested();
        var stops = facts.OwnTopic ? null : await ends().ConfigureAwait(false);
        // Made now, not earlier: a consumer that has idled waits a second before its first fetch.
        using var consumer = new ConsumerBuilder<Ignore, ReadRecord>(KafkaClientSettings.Consumer(entry))
            .SetValueDeserializer(traffic.Deserializer()).SetLogHandler((_, line) => Hear(line.Message))
            .SetErrorHandler((_, error) => Hear(error.Reason))
            .SetStatisticsHandler((_, text) => Measure(text)).Build();
        await progress(traffic.ConsumeAsync(consumer, starts, stops, limit), "Consume", "read back", () => traffic.Ledger.ReceivedSoFar)
            .ConfigureAwait(false);
        return facts with
        {
            Books = [.. Enumerable.Range(0, facts.Partitions.Count).Select(traffic.Ledger.Of)],
            // as they are now: ending the client fails what is still on its way
            SendErrors = new Dictionary<string, long>(traffic.SendErrors),
            ReadErrors = traffic.ReadErrors,
            Latency = traffic.Latency,
            Timed = traffic.Timed,
            ProduceTime = traffic.ProduceTime,
            ConsumeTime = traffic.ConsumeTime,
            Throttled = TimeSpan.FromMilliseconds(Volatile.Read(ref throttled)),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        admin.Dispose();
        producer.Dispose();
    }

    private void Hear(string text) => lastWord = text;

    private void Measure(string statistics) =>
        Volatile.Write(ref throttled, Math.Max(Volatile.Read(ref throttled), ClientStatistics.Throttled(statistics)));
}
