using System.Collections.Concurrent;
using Confluent.Kafka;

namespace KafkaK8s.Core.Kafka;

/// <summary>
/// Sends messages to one topic, as many as come. The library's queue is bounded: who sends faster than the brokers take waits.
/// </summary>
internal sealed class MessageProducer : IDisposable
{
    private readonly IProducer<byte[], byte[]> producer;
    private readonly ConcurrentDictionary<string, long> failures = new();
    private readonly Action<Message<byte[], byte[]>, TopicPartitionOffset>? acknowledged;
    private long reported;

    /// <param name="entry">Where the brokers are, and what to show there.</param>
    /// <param name="topic">Topic.</param>
    /// <param name="timeout">Longest time for one message.</param>
    /// <param name="largestBatch">Bytes of the largest batch that the topic takes; null where that is unknown.</param>
    /// <param name="acknowledged">Hears of each message that all in-sync copies have, on another thread; null where nobody wants
    /// to.</param>
    public MessageProducer(TunnelEntry entry, string topic, TimeSpan timeout, int? largestBatch,
        Action<Message<byte[], byte[]>, TopicPartitionOffset>? acknowledged)
    {
        Topic = topic;
        this.acknowledged = acknowledged;
        producer = new ProducerBuilder<byte[], byte[]>(
            KafkaClientSettings.Sender(entry, timeout, largestBatch, reportAll: acknowledged is not null))
            .SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
    }

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>Messages that were handed over.</summary>
    public long Sent { get; private set; }

    /// <summary>Messages of which it is known what became of them.</summary>
    public long Reported => Volatile.Read(ref reported);

    /// <summary>Messages that were not acknowledged, by the reason.</summary>
    public IReadOnlyDictionary<string, long> Failures => failures;

    /// <summary>Hands a message over.</summary>
    /// <param name="partition">Partition; null where the key, or chance, decides.</param>
    /// <param name="message">The message; it belongs to the library until it is reported.</param>
    /// <returns>False when the queue is full for the moment.</returns>
    public bool TrySend(int? partition, Message<byte[], byte[]> message)
    {
        try
        {
            producer.Produce(new TopicPartition(Topic, partition ?? Partition.Any), message, Answered);
        }
        catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
        {
            return false;
        }
        catch (KafkaException e)
        {
            Fail(e.Error.Reason);
        }

        Sent++;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => producer.Dispose();

    private void Answered(DeliveryReport<byte[], byte[]> report)
    {
        if (report.Error.IsError)
        {
            Fail(report.Error.Reason);
            return;
        }

        acknowledged?.Invoke(report.Message, report.TopicPartitionOffset);
        Interlocked.Increment(ref reported);
    }

    private void Fail(string reason)
    {
        failures.AddOrUpdate(reason, 1, static (_, n) => n + 1);
        Interlocked.Increment(ref reported);
    }
}
