using System.Buffers.Binary;
using System.Text;

namespace KafkaK8s.Core.Kafka;

/// <summary>A broker's answer to a Metadata request.</summary>
/// <param name="Version">Version of the request that it answered.</param>
/// <param name="ClusterId">Id of the Kafka cluster; null where that version has none.</param>
/// <param name="View">What it says of the cluster.</param>
internal sealed record BrokerAnswer(int Version, string? ClusterId, BrokerView View);

/// <summary>The Kafka protocol's Metadata request and response. Pure: bytes in, bytes out.</summary>
internal static class MetadataCodec
{
    /// <summary>Kafka 0.11 and newer. Who answers it can also be driven by the native client with idempotence.</summary>
    public const int Newest = 4;

    /// <summary>The versions to try, best first: 0.11, 0.10 (controller id), 0.9.</summary>
    public static readonly IReadOnlyList<int> Versions = [Newest, 1, 0];

    private const short ApiKey = 3;
    private const string ClientId = "kafkak8s";

    /// <summary>A request for all topics, with its length in front.</summary>
    public static byte[] Request(int version, int correlation)
    {
        int topics = 4;
        int flag = version >= 4 ? 1 : 0;
        byte[] bytes = new byte[4 + 2 + 2 + 4 + 2 + ClientId.Length + topics + flag];
        var span = bytes.AsSpan();
        BinaryPrimitives.WriteInt32BigEndian(span, bytes.Length - 4);
        BinaryPrimitives.WriteInt16BigEndian(span[4..], ApiKey);
        BinaryPrimitives.WriteInt16BigEndian(span[6..], (short)version);
        BinaryPrimitives.WriteInt32BigEndian(span[8..], correlation);
        BinaryPrimitives.WriteInt16BigEndian(span[12..], (short)ClientId.Length);
        Encoding.ASCII.GetBytes(ClientId, span[14..]);
        // "All topics" is an empty list in version 0 and no list at all since. The last byte, "create topics", stays 0.
        BinaryPrimitives.WriteInt32BigEndian(span[(14 + ClientId.Length)..], version == 0 ? 0 : -1);
        return bytes;
    }

    /// <summary>Reads a response, without its length.</summary>
    /// <exception cref="FormatException">It is none, or one to another request.</exception>
    public static BrokerAnswer Response(int version, int correlation, ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        if (reader.Int32() != correlation)
            throw new FormatException("the answer belongs to another request");
        if (version >= 3)
            reader.Int32(); // throttle time
        var brokers = new List<int>();
        for (int n = reader.Count(); n > 0; n--)
        {
            brokers.Add(reader.Int32());
            reader.Text();
            reader.Int32();
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

        return new BrokerAnswer(version, clusterId, new BrokerView(controller, brokers, partitions));
    }
}
