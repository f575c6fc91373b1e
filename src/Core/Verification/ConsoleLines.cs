using System.Buffers;
using System.Buffers.Text;

namespace KafkaK8s.Core.Verification;

/// <summary>
/// A verification's messages as lines of text for the console tools: "key:value", where the value is the message in base64. Pure.
/// </summary>
internal static class ConsoleLines
{
    private const int PieceSize = 32 * 1024;
    private const int LongestKey = 8 + 19;
    private const byte Separator = (byte)':';

    /// <summary>Bytes of message that fit a line's value of that size.</summary>
    public static int MessageSize(int valueSize) => Math.Max(valueSize / 4 * 3, VerificationMessage.SmallestSize);

    /// <summary>All lines, in pieces of some kilobytes; each piece is valid until the next is asked for.</summary>
    /// <param name="run">Id of the run.</param>
    /// <param name="count">Messages over all partitions, in turn.</param>
    /// <param name="partitions">Number of partitions.</param>
    /// <param name="valueSize">Size of a line's value.</param>
    /// <param name="written">Called with the partition of each line that was given out.</param>
    /// <remarks>
    /// Each message has a key of its own, so that a topic that is compacted keeps them all. Where a key leads decides which partition
    /// has its turn; one that leads to a partition that has got its share is left out.
    /// </remarks>
    public static IEnumerable<ReadOnlyMemory<byte>> Write(ulong run, long count, int partitions, int valueSize, Action<int> written)
    {
        byte[] message = VerificationMessage.Buffer(run, MessageSize(valueSize));
        byte[] key = new byte[LongestKey];
        Utf8Formatter.TryFormat((uint)run, key, out int head, new StandardFormat('x', 8));
        int longest = LongestKey + 1 + Base64.GetMaxEncodedToUtf8Length(message.Length) + 1;
        byte[] piece = new byte[Math.Max(PieceSize, longest)];
        int used = 0;
        long[] given = new long[partitions];
        for (long n = 0, left = count; left > 0; n++)
        {
            Utf8Formatter.TryFormat(n, key.AsSpan(head), out int digits);
            int partition = KeyPartitioner.Partition(key.AsSpan(0, head + digits), partitions);
            if (given[partition] == VerificationLedger.Share(count, partitions, partition))
                continue;
            if (used + longest > piece.Length)
            {
                yield return piece.AsMemory(0, used);
                used = 0;
            }

            VerificationMessage.Number(message, partition, given[partition]++);
            key.AsSpan(0, head + digits).CopyTo(piece.AsSpan(used));
            used += head + digits;
            piece[used++] = Separator;
            Base64.EncodeToUtf8(message, piece.AsSpan(used), out _, out int encoded);
            used += encoded;
            piece[used++] = (byte)'\n';
            written(partition);
            left--;
        }

        yield return piece.AsMemory(0, used);
    }

    /// <summary>Reads a line of the consumer: the value, after "Partition:N" and a tabulator where it prints that.</summary>
    /// <returns>The partition that the consumer named, or else the message itself; -1 where neither says; and the message.</returns>
    public static (int Partition, ReadRecord Record) Read(ReadOnlySpan<byte> line, ulong run)
    {
        int partition = -1;
        var prefix = "Partition:"u8;
        if (line.StartsWith(prefix) && line.IndexOf((byte)'\t') is > 0 and int tab
            && Utf8Parser.TryParse(line[prefix.Length..tab], out int named, out _))
        {
            partition = named;
            line = line[(tab + 1)..];
        }

        Span<byte> message = line.Length <= 2048 ? stackalloc byte[2048] : new byte[line.Length];
        bool decoded = Base64.DecodeFromUtf8(line, message, out _, out int count) == OperationStatus.Done;
        var record = decoded ? VerificationMessage.Read(message[..count], run) : new ReadRecord(RecordKind.Foreign, -1, -1);
        return (partition >= 0 ? partition : record.Partition, record);
    }
}

/// <summary>Cuts a stream of bytes into lines.</summary>
/// <param name="take">Called with each line, without its end.</param>
internal sealed class LineCutter(LineCutter.Taker take)
{
    private readonly ArrayBufferWriter<byte> rest = new();

    /// <summary>Takes one line.</summary>
    public delegate void Taker(ReadOnlySpan<byte> line);

    /// <summary>Adds bytes as they come.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        for (int end = bytes.IndexOf((byte)'\n'); end >= 0; end = bytes.IndexOf((byte)'\n'))
        {
            if (rest.WrittenCount == 0)
            {
                take(bytes[..end]);
            }
            else
            {
                rest.Write(bytes[..end]);
                take(rest.WrittenSpan);
                rest.ResetWrittenCount();
            }

            bytes = bytes[(end + 1)..];
        }

        rest.Write(bytes);
    }

    /// <summary>Takes what is left at the end, a line without its end.</summary>
    public void End()
    {
        if (rest.WrittenCount > 0)
            take(rest.WrittenSpan);
        rest.ResetWrittenCount();
    }
}
