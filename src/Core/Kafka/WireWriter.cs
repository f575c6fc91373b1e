using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace KafkaK8s.Core.Kafka;

/// <summary>Writes the basic types of Kafka's protocol. Pure.</summary>
/// <param name="flexible">Whether lengths are compact, as in the flexible versions of a message (KIP-482).</param>
internal sealed class WireWriter(bool flexible = false)
{
    private readonly ArrayBufferWriter<byte> bytes = new();

    /// <summary>A request in its frame: length, header (version 1), body.</summary>
    public static byte[] Request(short apiKey, short version, int correlation, Action<WireWriter> body)
    {
        var writer = new WireWriter();
        writer.Int32(0);
        writer.Int16(apiKey);
        writer.Int16(version);
        writer.Int32(correlation);
        writer.Text("kafkak8s");
        body(writer);
        return writer.Frame();
    }

    public void Int8(sbyte value) => bytes.Write([(byte)value]);

    public void Int16(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(bytes.GetSpan(2), value);
        bytes.Advance(2);
    }

    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(bytes.GetSpan(4), value);
        bytes.Advance(4);
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(bytes.GetSpan(8), value);
        bytes.Advance(8);
    }

    public void Text(string? value)
    {
        byte[] text = Encoding.UTF8.GetBytes(value ?? "");
        if (flexible)
            UnsignedVarInt(value is null ? 0 : text.Length + 1);
        else
            Int16((short)(value is null ? -1 : text.Length));
        bytes.Write(text);
    }

    /// <summary>Length of a list; -1 for none.</summary>
    public void Count(int count)
    {
        if (flexible)
            UnsignedVarInt(count + 1);
        else
            Int32(count);
    }

    /// <summary>No tagged fields, where the version has them.</summary>
    public void Tags()
    {
        if (flexible)
            Int8(0);
    }

    public void Bytes(ReadOnlySpan<byte> value) => bytes.Write(value);

    /// <summary>All that was written.</summary>
    public byte[] Written() => bytes.WrittenSpan.ToArray();

    /// <summary>All that was written, of which the first four bytes become the length of the rest.</summary>
    public byte[] Frame()
    {
        byte[] frame = Written();
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
        return frame;
    }

    private void UnsignedVarInt(int value)
    {
        uint rest = (uint)value;
        for (; rest >= 0x80; rest >>= 7)
            Int8((sbyte)(rest | 0x80));
        Int8((sbyte)rest);
    }
}
