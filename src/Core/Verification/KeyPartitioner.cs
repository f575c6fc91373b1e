using System.Buffers.Binary;

namespace KafkaK8s.Core.Verification;

/// <summary>
/// Where Kafka's Java producer sends a key: the console producer cannot be told a partition, but its hash of a key (murmur2, in every
/// version since 0.9) is known. Pure.
/// </summary>
internal static class KeyPartitioner
{
    /// <summary>The partition of a key.</summary>
    public static int Partition(ReadOnlySpan<byte> key, int partitions) => (Murmur2(key) & int.MaxValue) % partitions;

    /// <summary>Kafka's variant of the murmur2 hash.</summary>
    public static int Murmur2(ReadOnlySpan<byte> data)
    {
        const uint m = 0x5bd1e995;
        uint h = 0x9747b28c ^ (uint)data.Length;
        for (; data.Length >= 4; data = data[4..])
        {
            uint k = BinaryPrimitives.ReadUInt32LittleEndian(data);
            k *= m;
            k ^= k >> 24;
            k *= m;
            h = (h * m) ^ k;
        }

        if (data.Length >= 3)
            h ^= (uint)data[2] << 16;
        if (data.Length >= 2)
            h ^= (uint)data[1] << 8;
        if (data.Length >= 1)
            h = (h ^ data[0]) * m;
        h ^= h >> 13;
        h *= m;
        h ^= h >> 15;
        return (int)h;
    }
}
