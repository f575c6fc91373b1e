using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace KafkaK8s.Core.ZooKeeper;

/// <summary>Writes ZooKeeper's serialization, jute: big-endian numbers; texts and bytes behind their length, -1 for none.</summary>
internal sealed class JuteWriter
{
    private readonly ArrayBufferWriter<byte> bytes = new();

    public JuteWriter Int(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(bytes.GetSpan(4), value);
        bytes.Advance(4);
        return this;
    }

    public JuteWriter Long(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(bytes.GetSpan(8), value);
        bytes.Advance(8);
        return this;
    }

    public JuteWriter Bool(bool value)
    {
        bytes.Write([value ? (byte)1 : (byte)0]);
        return this;
    }

    public JuteWriter Buffer(byte[]? value)
    {
        Int(value?.Length ?? -1);
        bytes.Write(value ?? []);
        return this;
    }

    public JuteWriter Text(string? value) => Buffer(value is null ? null : Encoding.UTF8.GetBytes(value));

    /// <summary>What was written, behind its length: a frame of the protocol.</summary>
    public byte[] Frame()
    {
        byte[] frame = new byte[4 + bytes.WrittenCount];
        BinaryPrimitives.WriteInt32BigEndian(frame, bytes.WrittenCount);
        bytes.WrittenSpan.CopyTo(frame.AsSpan(4));
        return frame;
    }
}

/// <summary>Reads jute.</summary>
/// <param name="bytes">The body of a frame.</param>
internal sealed class JuteReader(ReadOnlyMemory<byte> bytes)
{
    private int at;

    public int Int() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public long Long() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public byte[] Buffer()
    {
        int length = Int();
        return length <= 0 ? [] : Take(length).ToArray();
    }

    public string Text() => Encoding.UTF8.GetString(Buffer());

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > bytes.Length - at)
            throw new FormatException("an answer of ZooKeeper is cut off");
        at += count;
        return bytes.Span.Slice(at - count, count);
    }
}
