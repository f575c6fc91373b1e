using System.Buffers.Binary;

namespace KafkaK8s.Core.Kafka;

/// <summary>
/// Puts ports of this machine in place of the brokers' addresses in what a broker answers, so that a client of the tunnel finds every
/// broker whatever it advertises. Pure: a frame in, a frame out.
/// </summary>
/// <remarks>
/// Source: https://github.com/apache/kafka/tree/trunk/clients/src/main/resources/common/message. Versions that a client and a broker
/// may agree on are held down to those whose addresses are known here: a client then gets no address that leads past the tunnel.
/// </remarks>
internal static class AddressRewrite
{
    private const short Produce = 0;
    private const short Fetch = 1;
    private const short Metadata = 3;
    private const short FindCoordinator = 10;
    private const short ApiVersions = 18;
    private const short DescribeCluster = 60;
    private const short UnsupportedVersion = 35;

    /// <summary>The newest version of each request whose answer has no address, or one that is known here.</summary>
    private static readonly Dictionary<short, short> Newest = new()
    {
        [Produce] = 9, // from 10 on it names new leaders (KIP-951)
        [Fetch] = 15, // from 16 on it does
        [Metadata] = 12,
        [FindCoordinator] = 6,
        [ApiVersions] = 4,
        [DescribeCluster] = 2,
    };

    /// <summary>Whether the answer to a request has to pass through <see cref="Answer"/>.</summary>
    public static bool Concerns(short apiKey) => apiKey is Metadata or FindCoordinator or ApiVersions or DescribeCluster;

    /// <summary>An answer with the addresses of this machine.</summary>
    /// <param name="apiKey">Which request it answers.</param>
    /// <param name="version">Version of the request.</param>
    /// <param name="frame">The answer with its length in front.</param>
    /// <param name="portOf">The port of this machine for a broker's id.</param>
    /// <exception cref="FormatException">It is no such answer.</exception>
    public static byte[] Answer(short apiKey, short version, byte[] frame, Func<int, int> portOf)
    {
        if (version > Newest[apiKey] && apiKey != ApiVersions)
            throw new FormatException($"the client uses version {version} of request {apiKey}, which the tunnel does not know");
        switch (apiKey)
        {
            case Metadata:
                return MetadataAnswer(version, frame, portOf);
            case FindCoordinator:
                return CoordinatorAnswer(version, frame, portOf);
            case DescribeCluster:
                return ClusterAnswer(version, frame, portOf);
            default:
                HoldDown(version, frame);
                return frame;
        }
    }

    private static byte[] MetadataAnswer(short version, byte[] frame, Func<int, int> portOf)
    {
        var edit = new Edit(frame, version >= 9, portOf);
        if (version >= 3)
            edit.Reader.Int32(); // throttle time
        for (int n = edit.Reader.Count(); n > 0; n--)
        {
            edit.Address(edit.Reader.Int32());
            if (version >= 1)
                edit.Reader.Text(); // rack
            edit.Reader.Tags();
        }

        return edit.Done();
    }

    private static byte[] CoordinatorAnswer(short version, byte[] frame, Func<int, int> portOf)
    {
        var edit = new Edit(frame, version >= 3, portOf);
        if (version >= 1)
            edit.Reader.Int32(); // throttle time
        if (version < 4)
        {
            edit.Reader.Int16(); // error
            if (version >= 1)
                edit.Reader.Text(); // and its words
            edit.Address(edit.Reader.Int32());
            return edit.Done();
        }

        for (int n = edit.Reader.Count(); n > 0; n--)
        {
            edit.Reader.Text(); // key
            edit.Address(edit.Reader.Int32());
            edit.Reader.Int16(); // error
            edit.Reader.Text(); // and its words
            edit.Reader.Tags();
        }

        return edit.Done();
    }

    private static byte[] ClusterAnswer(short version, byte[] frame, Func<int, int> portOf)
    {
        var edit = new Edit(frame, true, portOf);
        edit.Reader.Int32(); // throttle time
        edit.Reader.Int16(); // error
        edit.Reader.Text(); // and its words
        if (version >= 1)
            edit.Reader.Int8(); // brokers or controllers
        edit.Reader.Text(); // id of the cluster
        edit.Reader.Int32(); // controller
        for (int n = edit.Reader.Count(); n > 0; n--)
        {
            edit.Address(edit.Reader.Int32());
            edit.Reader.Text(); // rack
            if (version >= 2)
                edit.Reader.Int8(); // fenced
            edit.Reader.Tags();
        }

        return edit.Done();
    }

    /// <summary>Lowers, in place, the newest versions that the broker offers. The header of this answer is never flexible
    /// (KIP-511).</summary>
    private static void HoldDown(short version, byte[] frame)
    {
        short error = new WireReader(frame.AsSpan(8)).Int16();
        bool flexible = version >= 3 && error != UnsupportedVersion; // a broker too old for the request answers it in version 0
        var reader = new WireReader(frame, flexible);
        reader.Skip(4 + 4 + 2);
        for (int n = reader.Count(); n > 0; n--)
        {
            short apiKey = reader.Int16();
            reader.Int16(); // oldest
            int at = reader.Position;
            short newest = reader.Int16();
            if (Newest.TryGetValue(apiKey, out short known) && newest > known)
                BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(at), known);
            reader.Tags();
        }
    }

    /// <summary>A copy of a frame in the making: what was read is copied, but for the addresses.</summary>
    private ref struct Edit
    {
        public WireReader Reader;
        private readonly ReadOnlySpan<byte> frame;
        private readonly Func<int, int> portOf;
        private readonly WireWriter writer;
        private int copied;

        public Edit(byte[] frame, bool flexible, Func<int, int> portOf)
        {
            this.frame = frame;
            this.portOf = portOf;
            writer = new WireWriter(flexible);
            Reader = new WireReader(frame, flexible);
            Reader.Skip(4 + 4); // length, correlation
            Reader.Tags();
        }

        /// <summary>The reader stands at a broker's host and port. Id -1 stands for no broker.</summary>
        public void Address(int broker)
        {
            int start = Reader.Position;
            Reader.Text();
            Reader.Int32();
            if (broker < 0)
                return;
            writer.Bytes(frame[copied..start]);
            writer.Text("127.0.0.1");
            writer.Int32(portOf(broker));
            copied = Reader.Position;
        }

        public readonly byte[] Done()
        {
            writer.Bytes(frame[copied..]);
            return writer.Frame();
        }
    }
}
