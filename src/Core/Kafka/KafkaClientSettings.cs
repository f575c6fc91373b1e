using Confluent.Kafka;

namespace KafkaK8s.Core.Kafka;

/// <summary>
/// Settings of the native client for a short test on a long-lived machine: without them a message waits for half a second here and
/// there (measured; see the guide for contributors). Each call gives a new object: the library's configuration classes share, not
/// copy, what they are made from.
/// </summary>
internal static class KafkaClientSettings
{
    /// <summary>Messages that may be on their way at once: enough to fill every broker's pipe, few enough that a latency means
    /// something.</summary>
    public const int Window = 20_000;

    private const int FullBatch = 1_000_000;

    /// <summary>The brokers have the last word; this is where the library stops to try.</summary>
    private const int LargestMessage = 100_000_000;

    /// <summary>A producer that loses and doubles nothing by itself.</summary>
    /// <param name="entry">Where the brokers are, and what to show there.</param>
    /// <param name="messageTimeout">Longest time for one message.</param>
    /// <param name="messageSize">Size of each.</param>
    /// <param name="largestBatch">Bytes of the largest batch that the topic takes; null where that is unknown.</param>
    public static ProducerConfig Producer(TunnelEntry entry, TimeSpan messageTimeout, int messageSize, int? largestBatch = null) =>
        Fast(new ProducerConfig
        {
            Acks = Acks.All,
            EnableIdempotence = true,
            // The library spins at full speed while messages wait that have lingered enough and five batches of their partition are on
            // their way: on a cluster that is slow because this machine is busy it then starves it. Few, full batches, and 100,000
            // messages take a quarter less.
            LingerMs = 20,
            MessageTimeoutMs = (int)messageTimeout.TotalMilliseconds,
            RequestTimeoutMs = (int)Math.Min(messageTimeout.TotalMilliseconds, 10_000),
            RetryBackoffMs = 20,
            RetryBackoffMaxMs = 200,
            BatchSize = Math.Min(FullBatch, largestBatch ?? FullBatch),
            MessageMaxBytes = Math.Max(FullBatch, messageSize + 4096),
            QueueBufferingMaxMessages = Window + 1000,
            QueueBufferingMaxKbytes = 64 * 1024,
            DeliveryReportFields = "status",
        }, entry);

    /// <summary>A consumer that reads assigned partitions from given offsets, belongs to no group and commits nothing.</summary>
    public static ConsumerConfig Consumer(TunnelEntry entry) => Fast(new ConsumerConfig
    {
        GroupId = "kafkak8s-verify", // demanded by the library; never used without a subscription or a commit
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        EnablePartitionEof = true,
        IsolationLevel = IsolationLevel.ReadUncommitted,
        AutoOffsetReset = AutoOffsetReset.Error,
        FetchWaitMaxMs = 10,
        FetchErrorBackoffMs = 20,
        FetchQueueBackoffMs = 10, // a full queue would not be filled again for a second
        QueuedMaxMessagesKbytes = 16 * 1024,
        ConsumeResultFields = "none",
    }, entry);

    /// <summary>A producer of what people send. Keys go where Java's clients send them.</summary>
    /// <param name="entry">Where the brokers are, and what to show there.</param>
    /// <param name="messageTimeout">Longest time for one message.</param>
    /// <param name="largestBatch">Bytes of the largest batch that the topic takes: a broker refuses a larger one with all of its
    /// messages.</param>
    /// <param name="reportAll">Whether the report of a message has the message in it, and not only what became of it.</param>
    public static ProducerConfig Sender(TunnelEntry entry, TimeSpan messageTimeout, int? largestBatch, bool reportAll)
    {
        var config = Producer(entry, messageTimeout, LargestMessage, largestBatch);
        config.Partitioner = Partitioner.Murmur2Random;
        // What people send compresses well, and the way through the API server is the cost. Brokers before 2.1 know no zstd (KIP-110):
        // to these the library sends as it is.
        config.CompressionType = CompressionType.Zstd;
        config.CompressionLevel = 1;
        config.DeliveryReportFields = reportAll ? "all" : "none";
        config.StatisticsIntervalMs = 0;
        return config;
    }

    /// <summary>A consumer of what people read: assigned partitions, no group, no commits; where retention has taken the start, the first
    /// that is left.</summary>
    public static ConsumerConfig Reader(TunnelEntry entry)
    {
        var config = Consumer(entry);
        config.ConsumeResultFields = "all";
        config.AutoOffsetReset = AutoOffsetReset.Earliest;
        config.StatisticsIntervalMs = 0;
        return config;
    }

    /// <summary>An admin client.</summary>
    public static AdminClientConfig Admin(TunnelEntry entry) => Fast(new AdminClientConfig(), entry);

    private static T Fast<T>(T config, TunnelEntry entry)
        where T : ClientConfig
    {
        config.BootstrapServers = entry.Bootstrap;
        if (entry.Login is { } login)
        {
            config.SecurityProtocol = SecurityProtocol.SaslPlaintext; // to a port of this machine; from there on it is TLS
            config.SaslMechanism = SaslMechanism.Plain;
            config.SaslUsername = TunnelLogin.User;
            config.SaslPassword = login.Password;
        }

        config.ClientId = "kafkak8s";
        config.SocketNagleDisable = true;
        config.StatisticsIntervalMs = 1000; // they alone tell that brokers throttle
        config.SocketTimeoutMs = 15_000; // a broker that hangs keeps its connections; its partitions' next leader is there after 9 to 18 s
        config.ReconnectBackoffMs = 10;
        config.ReconnectBackoffMaxMs = 200;
        config.TopicMetadataRefreshFastIntervalMs = 20;
        config.AllowAutoCreateTopics = false;
        config.BrokerAddressFamily = BrokerAddressFamily.V4;
        return config;
    }
}
