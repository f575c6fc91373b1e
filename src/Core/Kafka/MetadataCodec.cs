namespace KafkaK8s.Core.Kafka;

/// <summary>A broker's answer to a Metadata request.</summary>
/// <param name="Version">Version of the request that it answered.</param>
/// <param name="ClusterId">Id of the Kafka cluster; null where that version has none.</param>
/// <param name="View">What it says of the cluster.</param>
internal sealed record BrokerAnswer(int Version, string? ClusterId, BrokerView View)
{
    /// <summary>Addresses of the brokers by id, on the listener that was asked.</summary>
    public IReadOnlyDictionary<int, BrokerAddress> Addresses { get; init; } = new Dictionary<int, BrokerAddress>();
}

/// <summary>The Kafka protocol's Metadata request and response. Pure: bytes in, bytes out.</summary>
internal static class MetadataCodec
{
    /// <summary>Kafka 0.11 and newer. Who answers it can also be driven by the native client with idempotence.</summary>
    public const int Newest = 4;

    /// <summary>The versions to try, best first: 0.11, 0.10 (controller id), 0.9.</summary>
    public static readonly IReadOnlyList<int> Versions = [Newest, 1, 0];

    private const short ApiKey = 3;

    /// <summary>A request for all topics or, from version 1 on, for none, with its length in front.</summary>
    public static byte[] Request(int version, bool topics = true) => WireWriter.Request(ApiKey, (short)version, BrokerRequest.Correlation,
        body =>
    {
        body.Count(version == 0 || !topics ? 0 : -1); // "all topics" is an empty list in version 0 and no list at all since
        if (version >= 4)
            body.Int8(0); // make no topics
    });

    /// <summary>Reads a response, without its length.</summary>
    /// <exception cref="FormatException">It is none, or one to another request.</exception>
    public static BrokerAnswer Response(int version, ReadOnlySpan<byte> bytes)
    {
        var reader = BrokerRequest.Answer(bytes);
        if (version >= 3)
            reader.Int32(); // throttle time
        var brokers = new List<int>();
        var addresses = new Dictionary<int, BrokerAddress>();
        for (int n = reader.Count(); n > 0; n--)
        {
            int id = reader.Int32();
            brokers.Add(id);
            addresses[id] = new BrokerAddress(reader.Text() ?? "", reader.Int32());
            if (version >= 1)
                reader.Text(); // rack
        }

        string? clusterId = version >= 2 ? reader.Text() : null;
        int controller = version >= 1 ? reader.Int32() : -1;
        var partitions = new List<PartitionView>();
        for (int n = reader.Count(); n > 0; n--)
        {
            reader.Int16(); // a topic without a leader says so again at each partition
            string topic = reader.Text() ?? "";
            if (version >= 1)
                reader.Skip(1); // internal
            for (int p = reader.Count(); p > 0; p--)
            {
                reader.Int16();
                partitions.Add(new PartitionView(topic, reader.Int32(), reader.Int32(), reader.Ints(), reader.Ints()));
            }
        }

        return new BrokerAnswer(version, clusterId, new BrokerView(controller, brokers, partitions)) { Addresses = addresses };
    }
}
