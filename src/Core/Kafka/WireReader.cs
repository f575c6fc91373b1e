using System.Buffers.Binary;
using System.Text;

namespace KafkaK8s.Core.Kafka;

/// <summary>
/// Reads the basic types of Kafka's protocol. Pure; what does not fit is a <see cref="FormatException"/>. In the flexible versions of
/// a message (KIP-482) lengths are compact and each structure ends with tagged fields.
/// </summary>
/// <remarks>Source: https://kafka.apache.org/protocol.html#protocol_types.</remarks>
internal ref struct WireReader(ReadOnlySpan<byte> bytes, bool flexible = false)
{
    private readonly int length = bytes.Length;
    private ReadOnlySpan<byte> rest = bytes;

    /// <summary>Bytes that were read.</summary>
    public readonly int Position => length - rest.Length;

    public sbyte Int8() => (sbyte)Take(1)[0];

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public void Skip(int count) => Take(count);

    public string? Text()
    {
        int size = flexible ? UnsignedVarInt() - 1 : Int16();
        return size < 0 ? null : Encoding.UTF8.GetString(Take(size));
    }

    /// <summary>Bytes with their length in front.</summary>
    public ReadOnlySpan<byte> Bytes() => Take(flexible ? UnsignedVarInt() - 1 : Int32());

    /// <summary>Length of a list. An element has a byte at least, so that a length of garbage is seen before it costs memory.</summary>
    public int Count()
    {
        int count = flexible ? UnsignedVarInt() - 1 : Int32();
        return count <= rest.Length ? Math.Max(count, 0) : throw new FormatException("the answer is cut short");
    }

    public int[] Ints()
    {
        int[] numbers = new int[Count()];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = Int32();
        return numbers;
    }

    /// <summary>Passes over the tagged fields at the end of a structure, where the version has them.</summary>
    public void Tags()
    {
        if (!flexible)
            return;
        for (int n = UnsignedVarInt(); n > 0; n--)
        {
            UnsignedVarInt(); // tag
            Skip(UnsignedVarInt());
        }
    }

    private int UnsignedVarInt()
    {
        uint value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            byte next = Take(1)[0];
            value |= (uint)(next & 0x7f) << shift;
            if (next < 0x80)
                return value <= int.MaxValue ? (int)value : throw new FormatException("the answer has a length of garbage");
        }

        throw new FormatException("the answer has a length of garbage");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > rest.Length)
            throw new FormatException("the answer is cut short");
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
