using System.Buffers.Binary;
using System.Text;

namespace KafkaK8s.Core.Kafka;

/// <summary>Reads the basic types of Kafka's protocol. Pure; what does not fit is a <see cref="FormatException"/>.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public void Skip(int count) => Take(count);

    public string? Text()
    {
        short length = Int16();
        return length < 0 ? null : Encoding.UTF8.GetString(Take(length));
    }

    /// <summary>Length of a list. An element has a byte at least, so that a length of garbage is seen before it costs memory.</summary>
    public int Count()
    {
        int count = Int32();
        return count <= rest.Length ? Math.Max(count, 0) : throw new FormatException("the answer is cut short");
    }

    public int[] Ints()
    {
        int[] numbers = new int[Count()];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = Int32();
        return numbers;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > rest.Length)
            throw new FormatException("the answer is cut short");
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
