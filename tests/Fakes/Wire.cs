using System.Buffers.Binary;
using System.Text;

namespace KafkaK8s.Tests.Fakes;

/// <summary>Writes big-endian numbers, texts and lists, as the protocols of Kafka and of ZooKeeper both have them.</summary>
/// <param name="flexible">Whether lengths of Kafka's texts and lists are compact, and structures end with tagged fields (KIP-482).</param>
internal sealed class Writer(bool flexible = false)
{
    private readonly List<byte> bytes = [];

    public Writer Bool(bool value) => Raw(value ? (byte)1 : (byte)0);

    public Writer Short(int value) => Raw((byte)(value >> 8), (byte)value);

    public Writer Int(int value)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(four, value);
        bytes.AddRange(four);
        return this;
    }

    public Writer Long(long value) => Int((int)(value >> 32)).Int((int)value);

    /// <summary>A text of Kafka: two bytes of length, or a compact one.</summary>
    public Writer Text(string? value)
    {
        byte[] text = Encoding.UTF8.GetBytes(value ?? "");
        int length = value is null ? -1 : text.Length;
        return (flexible ? Compact(length + 1) : Short(length)).Raw(text);
    }

    /// <summary>No tagged fields, where there may be any.</summary>
    public Writer Tags() => flexible ? Raw(0) : this;

    /// <summary>A text or bytes of ZooKeeper: four bytes of length.</summary>
    public Writer Buffer(byte[] value) => Int(value.Length).Raw(value);

    public Writer Ints(IReadOnlyCollection<int> values)
    {
        Count(values.Count);
        foreach (int value in values)
            Int(value);
        return this;
    }

    public Writer Each<T>(IReadOnlyCollection<T> items, Action<T> write)
    {
        Count(items.Count);
        foreach (var item in items)
            write(item);
        return this;
    }

    public Writer Raw(params byte[] value)
    {
        bytes.AddRange(value);
        return this;
    }

    /// <summary>What was written, behind its length.</summary>
    public byte[] Frame()
    {
        byte[] frame = new byte[4 + bytes.Count];
        BinaryPrimitives.WriteInt32BigEndian(frame, bytes.Count);
        bytes.CopyTo(frame, 4);
        return frame;
    }

    private Writer Count(int count) => flexible ? Compact(count + 1) : Int(count);

    private Writer Compact(int value)
    {
        for (; value >= 0x80; value >>= 7)
            Raw((byte)(value | 0x80));
        return Raw((byte)value);
    }
}

/// <summary>Reads them.</summary>
internal sealed class Reader(byte[] bytes)
{
    private int at;

    /// <summary>Whether lengths of Kafka's texts, bytes and lists are compact, and structures end with tagged fields (KIP-482).</summary>
    public bool Flexible { get; set; }

    public byte Byte() => bytes[at++];

    public short Short() => (short)((Byte() << 8) | Byte());

    public int Int() => (Short() << 16) | (ushort)Short();

    public long Long() => ((long)Int() << 32) | (uint)Int();

    public string? Text() => (Flexible ? Compact() : Short()) is >= 0 and var length ? Encoding.UTF8.GetString(Take(length)) : null;

    public byte[]? Buffer() => (Flexible ? Compact() : Int()) is >= 0 and var length ? Take(length).ToArray() : null;

    public string? LongText() => Buffer() is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    public List<T> Each<T>(Func<T> read) => Maybe(read) ?? [];

    /// <summary>A list; null where there is none, which is not the same as an empty one.</summary>
    public List<T>? Maybe<T>(Func<T> read) => (Flexible ? Compact() : Int()) is >= 0 and var count
        ? [.. Enumerable.Range(0, count).Select(_ => read())] : null;

    /// <summary>Passes over tagged fields, where there may be any.</summary>
    public Reader Tags()
    {
        for (int n = Flexible ? Varint() : 0; n > 0; n--)
        {
            Varint();
            Take(Varint());
        }

        return this;
    }

    private int Compact() => Varint() - 1;

    private int Varint()
    {
        int value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = Byte();
            value |= (next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        at += count;
        return bytes.AsSpan(at - count, count);
    }
}

internal static class Frames
{
    /// <summary>The body of the next frame; null at the end.</summary>
    public static async Task<byte[]?> ReadAsync(Stream stream, CancellationToken cancel, byte[]? head = null)
    {
        head ??= await HeadAsync(stream, cancel);
        if (head is null)
            return null;
        byte[] body = new byte[BinaryPrimitives.ReadInt32BigEndian(head)];
        await stream.ReadExactlyAsync(body, cancel);
        return body;
    }

    /// <summary>The next four bytes; null at the end.</summary>
    public static async Task<byte[]?> HeadAsync(Stream stream, CancellationToken cancel)
    {
        byte[] head = new byte[4];
        return await stream.ReadAtLeastAsync(head, 4, throwOnEndOfStream: false, cancel) == 4 ? head : null;
    }
}
