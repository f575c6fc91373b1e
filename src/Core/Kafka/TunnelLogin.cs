using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace KafkaK8s.Core.Kafka;

/// <summary>How a client comes into a tunnel.</summary>
/// <param name="Bootstrap">The brokers' addresses on this machine.</param>
/// <param name="Login">What it has to show; null for nothing.</param>
internal sealed record TunnelEntry(string Bootstrap, TunnelLogin? Login = null);

/// <summary>
/// What a client shows at this machine's end of a tunnel that leads to the brokers as the operator: without it every user of the machine
/// would be the operator. SASL PLAIN with a password of this one tunnel, which any Kafka client knows; it is answered here and reaches no
/// broker.
/// </summary>
/// <remarks>Source: https://kafka.apache.org/protocol.html#sasl_handshake, KIP-152.</remarks>
/// <param name="Password">The password.</param>
internal sealed record TunnelLogin(string Password)
{
    /// <summary>Name of the user.</summary>
    public const string User = "operator";

    private const short ApiVersions = 18;
    private const short SaslHandshake = 17;
    private const short SaslAuthenticate = 36;
    private const short UnsupportedMechanism = 33;
    private const short AuthenticationFailed = 58;
    private const int LongestRequest = 64 * 1024; // no login is longer

    /// <summary>A login with a fresh password.</summary>
    public static TunnelLogin New() => new(RandomNumberGenerator.GetHexString(32, lowercase: true));

    // A record's own text has all members in it.
    /// <inheritdoc/>
    public override string ToString() => nameof(TunnelLogin);

    /// <summary>Lets a client in, or not.</summary>
    /// <param name="read">Reads as many bytes of the client as fit; false at its end.</param>
    /// <param name="write">Sends bytes to the client.</param>
    /// <param name="ask">Asks the broker, and gives its answer with the length in front: what versions there are, it alone knows.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <returns>Whether the client may go on.</returns>
    /// <exception cref="FormatException">The client does not speak Kafka's protocol.</exception>
    public async Task<bool> LetInAsync(Func<Memory<byte>, CancellationToken, Task<bool>> read,
        Func<ReadOnlyMemory<byte>, CancellationToken, Task> write,
        Func<byte[], CancellationToken, Task<byte[]?>> ask, CancellationToken cancel)
    {
        while (await RequestAsync(read, cancel).ConfigureAwait(false) is { } request)
        {
            short apiKey = BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(4));
            short version = BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(6));
            if (apiKey == ApiVersions)
            {
                if (await ask(request, cancel).ConfigureAwait(false) is not { } answer)
                    return false;
                await write(answer, cancel).ConfigureAwait(false);
                continue;
            }

            if (apiKey is not (SaslHandshake or SaslAuthenticate))
                return false; // who asks for anything else has not been let in
            bool isIn = false;
            await write(apiKey == SaslHandshake ? Handshake(request) : Authenticate(request, version, out isIn), cancel)
                .ConfigureAwait(false);
            if (apiKey == SaslAuthenticate)
                return isIn;
        }

        return false;
    }

    private static async Task<byte[]?> RequestAsync(Func<Memory<byte>, CancellationToken, Task<bool>> read, CancellationToken cancel)
    {
        byte[] head = new byte[4];
        if (!await read(head, cancel).ConfigureAwait(false))
            return null;
        int length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length is < 10 or > LongestRequest)
            throw new FormatException("what connects to the tunnel does not speak Kafka's protocol");
        byte[] request = new byte[4 + length];
        head.CopyTo(request, 0);
        return await read(request.AsMemory(4), cancel).ConfigureAwait(false) ? request : null;
    }

    private static byte[] Handshake(byte[] request)
    {
        var reader = Body(request, flexible: false);
        bool isPlain = reader.Text() == "PLAIN";
        var writer = Answer(request, flexible: false);
        writer.Int16(isPlain ? (short)0 : UnsupportedMechanism);
        writer.Count(1);
        writer.Text("PLAIN");
        return writer.Frame();
    }

    private byte[] Authenticate(byte[] request, short version, out bool isIn)
    {
        bool flexible = version >= 2;
        var reader = Body(request, flexible);
        isIn = CryptographicOperations.FixedTimeEquals(reader.Bytes(), Encoding.UTF8.GetBytes($"\0{User}\0{Password}"));
        var writer = Answer(request, flexible);
        writer.Int16(isIn ? (short)0 : AuthenticationFailed);
        writer.Text(isIn ? null : "this tunnel has a login of its own: Get-KafkaClientConfig of the tunnel gives it");
        writer.Count(0); // no bytes for the client
        if (version >= 1)
            writer.Int64(0); // no end of the session
        writer.Tags();
        return writer.Frame();
    }

    // Behind the length, key, version and correlation come the client's id, which is never compact, and tags.
    private static WireReader Body(byte[] request, bool flexible)
    {
        var head = new WireReader(request);
        head.Skip(4 + 2 + 2 + 4);
        head.Text();
        var body = new WireReader(request, flexible);
        body.Skip(head.Position);
        body.Tags();
        return body;
    }

    private static WireWriter Answer(byte[] request, bool flexible)
    {
        var writer = new WireWriter(flexible);
        writer.Int32(0);
        writer.Bytes(request.AsSpan(8, 4)); // the correlation
        writer.Tags();
        return writer;
    }
}
