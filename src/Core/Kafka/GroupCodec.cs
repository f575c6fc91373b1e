namespace KafkaK8s.Core.Kafka;

/// <summary>The requests of Kafka's protocol that give a consumer group its start: FindCoordinator, OffsetCommit. Pure: bytes in, bytes
/// out.</summary>
/// <remarks>Source: https://kafka.apache.org/protocol.html#protocol_messages.</remarks>
internal static class GroupCodec
{
    private const short OffsetCommit = 8;
    private const short FindCoordinator = 10;

    /// <summary>Asks any broker who keeps the offsets of a group. Version 0: Kafka 0.9 to today.</summary>
    public static byte[] CoordinatorRequest(string group) =>
        WireWriter.Request(FindCoordinator, 0, BrokerRequest.Correlation, body => body.Text(group));

    /// <summary>Id of that broker, or Kafka's error code.</summary>
    /// <exception cref="FormatException">It is no such response.</exception>
    public static (short Error, int Broker) Coordinator(ReadOnlySpan<byte> bytes)
    {
        var reader = BrokerRequest.Answer(bytes);
        return (reader.Int16(), reader.Int32());
    }

    /// <summary>Gives a group without members its offsets, for some time. Version 2: Kafka 0.9 to today.</summary>
    public static byte[] CommitRequest(string group, string topic, IReadOnlyCollection<(int Partition, long Offset)> offsets,
        TimeSpan keep) =>
        WireWriter.Request(OffsetCommit, 2, BrokerRequest.Correlation, body =>
        {
            body.Text(group);
            body.Int32(-1); // no generation
            body.Text(""); // no member
            body.Int64((long)keep.TotalMilliseconds);
            body.Count(1);
            body.Text(topic);
            body.Count(offsets.Count);
            foreach (var (partition, offset) in offsets)
            {
                body.Int32(partition);
                body.Int64(offset);
                body.Text("");
            }
        });

    /// <summary>Kafka's error code for each partition, 0 for none.</summary>
    /// <exception cref="FormatException">It is no such response.</exception>
    public static IReadOnlyList<(int Partition, short Error)> Committed(ReadOnlySpan<byte> bytes)
    {
        var reader = BrokerRequest.Answer(bytes);
        var errors = new List<(int Partition, short Error)>();
        for (int topics = reader.Count(); topics > 0; topics--)
        {
            reader.Text();
            for (int n = reader.Count(); n > 0; n--)
                errors.Add((reader.Int32(), reader.Int16()));
        }

        return errors;
    }
}
