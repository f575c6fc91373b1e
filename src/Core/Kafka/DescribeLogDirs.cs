
namespace KafkaK8s.Core.Kafka;

/// <summary>What a broker says of its disk.</summary>
/// <param name="Sizes">Bytes by partition.</param>
/// <param name="TotalBytes">Bytes of the file systems with its data; null where it does not say it, as before Kafka 3.3 (KIP-827).</param>
/// <param name="UsableBytes">Bytes of them that it can still use; null where it does not say it.</param>
internal sealed record BrokerDisk(IReadOnlyDictionary<(string Topic, int Partition), long> Sizes, long? TotalBytes, long? UsableBytes);

/// <summary>Asks a broker for the size of each partition on its disk: DescribeLogDirs, which the native client does not offer.</summary>
/// <remarks>Source: https://kafka.apache.org/protocol.html#The_Messages_DescribeLogDirs (version 1: Kafka 2.0 to today; version 4: since
/// 3.3).</remarks>
internal static class DescribeLogDirs
{
    /// <summary>Sizes of partitions alone.</summary>
    public const short WithSizes = 1;

    /// <summary>Those of the file systems, too.</summary>
    public const short WithVolume = 4;

    private const short ApiKey = 35;

    /// <summary>Bytes by partition; null where the broker does not answer or is too old.</summary>
    public static async Task<IReadOnlyDictionary<(string Topic, int Partition), long>?> TryReadAsync(
        BrokerDoor door, string pod, TimeSpan timeout, CancellationToken cancel) =>
        (await TryReadAsync(door, pod, [WithSizes], timeout, cancel).ConfigureAwait(false))?.Sizes;

    /// <summary>The same with the size of the file system, where the broker says it.</summary>
    public static Task<BrokerDisk?> TryReadDiskAsync(BrokerDoor door, string pod, TimeSpan timeout,
        CancellationToken cancel) =>
        TryReadAsync(door, pod, [WithVolume, WithSizes], timeout, cancel);

    /// <summary>A request for all topics, with its length in front.</summary>
    public static byte[] Request(short version = WithSizes)
    {
        var writer = new WireWriter(IsFlexible(version));
        writer.Int32(0);
        writer.Int16(ApiKey);
        writer.Int16(version);
        writer.Int32(BrokerRequest.Correlation);
        writer.Int16(-1); // no client id, which is never compact
        writer.Tags();
        writer.Count(-1); // no list: all topics
        writer.Tags();
        return writer.Frame();
    }

    /// <summary>Reads a response, without its length.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static BrokerDisk Response(ReadOnlySpan<byte> bytes, short version = WithSizes)
    {
        var reader = new WireReader(bytes, IsFlexible(version));
        if (reader.Int32() != BrokerRequest.Correlation)
            throw new FormatException("the answer belongs to another request");
        reader.Tags();
        reader.Int32(); // throttle time
        if (version >= 3)
            reader.Int16(); // that of the whole answer; without rights there are no folders
        var sizes = new Dictionary<(string Topic, int Partition), long>();
        (long? Total, long? Usable) volume = (null, null);
        for (int dirs = reader.Count(); dirs > 0; dirs--)
        {
            reader.Int16();
            reader.Text();
            for (int topics = reader.Count(); topics > 0; topics--)
            {
                string topic = reader.Text() ?? "";
                for (int partitions = reader.Count(); partitions > 0; partitions--)
                {
                    var key = (topic, reader.Int32());
                    sizes[key] = sizes.GetValueOrDefault(key) + reader.Int64();
                    reader.Skip(8 + 1); // lag, and whether it is a copy in the making
                    reader.Tags();
                }

                reader.Tags();
            }

            if (version >= WithVolume)
                volume = (Sum(volume.Total, reader.Int64()), Sum(volume.Usable, reader.Int64()));
            reader.Tags();
        }

        return new BrokerDisk(sizes, volume.Total, volume.Usable);
    }

    // A broker says -1 for a folder that it cannot ask for.
    private static long? Sum(long? before, long bytes) => bytes < 0 ? before : (before ?? 0) + bytes;

    private static bool IsFlexible(short version) => version >= 2;

    private static async Task<BrokerDisk?> TryReadAsync(
        BrokerDoor door, string pod, IReadOnlyList<short> versions, TimeSpan timeout, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(timeout);
        try
        {
            foreach (short version in versions)
            {
                // One that does not know the version closes the connection.
                if (await BrokerRequest.SendAsync(door, pod, Request(version), limit.Token).ConfigureAwait(false) is { } answer)
                    return Response(answer, version);
            }

            return null;
        }
        catch (Exception e)
            when (e is ClusterException or FormatException || e is OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return null;
        }
    }
}
