using System.Buffers.Binary;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Kafka;

/// <summary>Sends one request of Kafka's protocol to a broker's pod, over a connection of its own: neither a JVM nor the native client is
/// needed.</summary>
internal static class BrokerRequest
{
    /// <summary>Correlation id of every request: there is one for each connection.</summary>
    public const int Correlation = 0x6b386b38;

    private const int LongestAnswer = 256 * 1024 * 1024;

    /// <summary>Asks the broker in a pod.</summary>
    /// <param name="door">The way to the brokers.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="request">The request, with its length in front.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>The answer without its length; null when the broker closed the connection: it does not know the request in that
    /// version.</returns>
    /// <exception cref="ClusterException"><c>PortForwardFailed</c>: nobody listens there, or the API server cannot be asked;
    /// <c>TlsFailed</c>.</exception>
    /// <exception cref="FormatException">What came is no answer.</exception>
    public static async Task<byte[]?> SendAsync(BrokerDoor door, string pod, byte[] request, CancellationToken cancel)
    {
        var stream = await door.OpenAsync(pod, ClusterNames.InternalPort, cancel).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            return await ExchangeAsync(stream.WriteAsync, stream.ReadExactlyAsync, request, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Asks over whatever connection.</summary>
    /// <param name="write">Sends bytes.</param>
    /// <param name="read">Reads as many bytes as fit; false where the connection ends before.</param>
    /// <param name="request">The request, with its length in front.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>The answer without its length; null when the connection was closed.</returns>
    /// <exception cref="FormatException">What came is no answer.</exception>
    public static async Task<byte[]?> ExchangeAsync(Func<ReadOnlyMemory<byte>, CancellationToken, Task> write,
        Func<Memory<byte>, CancellationToken, Task<bool>> read, byte[] request, CancellationToken cancel)
    {
        await write(request, cancel).ConfigureAwait(false);
        byte[] head = new byte[4];
        if (!await read(head, cancel).ConfigureAwait(false))
            return null;
        int length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length is < 4 or > LongestAnswer)
            throw new FormatException("what answers there does not speak Kafka's protocol");
        byte[] body = new byte[length];
        return await read(body, cancel).ConfigureAwait(false) ? body : null;
    }

    /// <summary>A reader of an answer, behind its correlation id.</summary>
    /// <exception cref="FormatException">The answer belongs to another request.</exception>
    public static WireReader Answer(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        return reader.Int32() == Correlation ? reader : throw new FormatException("the answer belongs to another request");
    }
}
