using System.Buffers.Binary;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Kafka;

/// <summary>Asks a broker for the size of each partition on its disk: DescribeLogDirs, which the native client does not offer.</summary>
/// <remarks>Source: https://kafka.apache.org/protocol.html#The_Messages_DescribeLogDirs (version 1, Kafka 2.0 to today).</remarks>
internal static class DescribeLogDirs
{
    private const short ApiKey = 35;
    private const short Version = 1;
    private const int Correlation = 0x6b386b39;
    private const int LongestAnswer = 64 * 1024 * 1024;

    /// <summary>Bytes by partition; null where the broker does not answer or is too old.</summary>
    public static async Task<IReadOnlyDictionary<(string Topic, int Partition), long>?> TryReadAsync(KubeConnection connection, string ns, string pod, TimeSpan timeout, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(timeout);
        try
        {
            var stream = await PodStream.OpenAsync(connection, ns, pod, ClusterNames.InternalPort, limit.Token).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                await stream.WriteAsync(Request(), limit.Token).ConfigureAwait(false);
                byte[] head = new byte[4];
                if (!await stream.ReadExactlyAsync(head, limit.Token).ConfigureAwait(false))
                    return null;
                int length = BinaryPrimitives.ReadInt32BigEndian(head);
                if (length is < 8 or > LongestAnswer)
                    return null;
                byte[] body = new byte[length];
                return await stream.ReadExactlyAsync(body, limit.Token).ConfigureAwait(false) ? Response(body) : null;
            }
        }
        catch (Exception e) when (e is ClusterException or FormatException || e is OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>A request for all topics, with its length in front.</summary>
    public static byte[] Request()
    {
        byte[] bytes = new byte[4 + 2 + 2 + 4 + 2 + 4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length - 4);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(4), ApiKey);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(6), Version);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), Correlation);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(12), -1); // no client id
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(14), -1); // no list: all topics
        return bytes;
    }

    /// <summary>Reads a response, without its length.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static IReadOnlyDictionary<(string Topic, int Partition), long> Response(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        if (reader.Int32() != Correlation)
            throw new FormatException("the answer belongs to another request");
        reader.Int32(); // throttle time
        var sizes = new Dictionary<(string Topic, int Partition), long>();
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
                }
            }
        }

        return sizes;
    }
}
