using System.Buffers.Binary;
using System.Numerics;

namespace KafkaK8s.Core.Verification;

/// <summary>What a received record turned out to be.</summary>
internal enum RecordKind
{
    /// <summary>A sound message of this run.</summary>
    Ours,

    /// <summary>It claims to be a message of this run, but its checksum does not fit.</summary>
    Corrupt,

    /// <summary>Somebody else's.</summary>
    Foreign,
}

/// <summary>A received record as it was read.</summary>
/// <param name="Kind">What it turned out to be.</param>
/// <param name="Partition">Partition that it was sent to, by its own word; -1 when it has none to give.</param>
/// <param name="Sequence">Its number within that partition.</param>
internal readonly record struct ReadRecord(RecordKind Kind, int Partition, long Sequence);

/// <summary>
/// The numbered, checksummed messages of a verification. Pure. Layout, little-endian: magic (4 bytes), CRC-32C of all that follows
/// (4), id of the run (8), partition (4), number within the partition (8), padding.
/// </summary>
internal static class VerificationMessage
{
    /// <summary>Size of the header: no message is smaller.</summary>
    public const int SmallestSize = 28;

    /// <summary>What a broker takes by default (1 MiB), less room for the record's own framing.</summary>
    public const int LargestSize = (1024 * 1024) - 1024;

    /// <summary>Size of a key.</summary>
    public const int KeySize = 20;

    private const uint Magic = 0x38734b4b; // "KKs8"
    private const int CoveredFrom = 8;

    /// <summary>A buffer for messages of one run. Its padding is noise, so that a disk or a network that compresses is tested as
    /// well.</summary>
    public static byte[] Buffer(ulong run, int size)
    {
        byte[] buffer = new byte[Math.Max(size, SmallestSize)];
#pragma warning disable CA5394 // noise, not a secret
        new Random((int)run).NextBytes(buffer.AsSpan(SmallestSize));
#pragma warning restore CA5394
        BinaryPrimitives.WriteUInt32LittleEndian(buffer, Magic);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer.AsSpan(8), run);
        return buffer;
    }

    /// <summary>Makes the buffer the message of that number.</summary>
    public static void Number(Span<byte> buffer, int partition, long sequence)
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer[16..], partition);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[20..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[4..], Checksum(buffer[CoveredFrom..]));
    }

    /// <summary>The key of a message: no other has it, so that a topic that is compacted keeps them all.</summary>
    public static ReadOnlySpan<byte> Key(ReadOnlySpan<byte> message) => message.Slice(8, KeySize);

    /// <summary>Reads a record.</summary>
    public static ReadRecord Read(ReadOnlySpan<byte> record, ulong run)
    {
        if (record.Length < SmallestSize || BinaryPrimitives.ReadUInt32LittleEndian(record) != Magic
            || BinaryPrimitives.ReadUInt64LittleEndian(record[8..]) != run)
            return new(RecordKind.Foreign, -1, -1);
        if (BinaryPrimitives.ReadUInt32LittleEndian(record[4..]) != Checksum(record[CoveredFrom..]))
            return new(RecordKind.Corrupt, -1, -1);
        return new(RecordKind.Ours, BinaryPrimitives.ReadInt32LittleEndian(record[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(record[20..]));
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
