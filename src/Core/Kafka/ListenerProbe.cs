using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.RegularExpressions;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Core.Kafka;

/// <summary>How far a connection to a listener came.</summary>
internal enum Reach
{
    /// <summary>A broker answered.</summary>
    Answered,

    /// <summary>The name has no address.</summary>
    NameUnresolved,

    /// <summary>Nobody took the connection.</summary>
    NobodyAnswers,

    /// <summary>It was closed without an answer.</summary>
    Closed,

    /// <summary>It stayed open without an answer.</summary>
    Silent,

    /// <summary>What came is no answer of Kafka's protocol.</summary>
    NotKafka,
}

/// <summary>What answers at a listener's address.</summary>
/// <param name="ClusterId">Id of its Kafka cluster.</param>
/// <param name="Addresses">Addresses of the brokers that clients are told there, by id.</param>
/// <param name="IsAsked">Whether it is the broker that was meant; null where it does not say who it is.</param>
/// <param name="Words">Its words where it is not.</param>
internal sealed record ListenerAnswer(string? ClusterId, IReadOnlyDictionary<int, BrokerAddress> Addresses, bool? IsAsked, string? Words);

/// <summary>One attempt to reach a listener.</summary>
/// <param name="Reach">How far it came.</param>
/// <param name="Resolved">IP addresses of the host.</param>
/// <param name="Detail">Why it came no further.</param>
/// <param name="Answer">What answered.</param>
internal sealed record ListenerTry(Reach Reach, IReadOnlyList<string> Resolved, string Detail, ListenerAnswer? Answer = null);

/// <summary>Connects to a listener and asks what answers for its cluster, its addresses, and whether it is the broker that is
/// meant.</summary>
internal static partial class ListenerProbe
{
    /// <summary>Seconds that one attempt in a pod may take.</summary>
    public const int PodSeconds = 4;

    private const short ConfigVersion = 1; // of Kafka 1.1 to 4
    private const short InvalidRequest = 42;

    // For each line of input (host, port, request): the addresses, how far it came, and the answers. Kafka's tools are not asked: a JVM for
    // each address would take seconds. dd reads byte by byte, so that nothing of the next answer is lost.
    private const string One = """
        a=$({ getent ahosts "$1" || getent hosts "$1"; } 2>/dev/null | while read -r x _; do echo "$x"; done | sort -u | tr '\n' ' ')
        echo "addresses $a"
        exec 3<>"/dev/tcp/$1/$2" || exit
        echo open
        for r in "$3" "$4"; do
          printf "$r" >&3
          set -- $(dd bs=1 count=4 <&3 2>/dev/null | od -An -tu1)
          [ $# -eq 4 ] || { echo closed; exit; }
          n=$(( ($1 << 24) | ($2 << 16) | ($3 << 8) | $4 ))
          { [ $n -ge 4 ] && [ $n -le 1048576 ]; } || { echo garbage; exit; }
          echo "answer $(dd bs=1 count=$n <&3 2>/dev/null | base64 | tr -d '\n')"
        done
        """;

    private static readonly byte[] WhoIsThere = MetadataCodec.Request(MetadataCodec.Newest, topics: false);

    /// <summary>Tries a port of a broker's pod, through the API server.</summary>
    /// <exception cref="ClusterException">The API server cannot be asked.</exception>
    public static Task<ListenerTry> ThroughTunnelAsync(KubeConnection connection, string ns, string pod, int port, int broker,
        TimeSpan limit, CancellationToken cancel) => WithinAsync(limit, [], async token =>
        {
            try
            {
                var stream = await PodStream.OpenAsync(connection, ns, pod, port, token).ConfigureAwait(false);
                await using (stream.ConfigureAwait(false))
                    return await AskAsync(stream.WriteAsync, stream.ReadExactlyAsync, broker, [], token).ConfigureAwait(false);
            }
            catch (ClusterException e) when (e.Id == "PortForwardFailed")
            {
                return new ListenerTry(Reach.NobodyAnswers, [], e.Message.TrimEnd('.'));
            }
            catch (WebSocketException e)
            {
                return new ListenerTry(Reach.Closed, [], e.Message.TrimEnd('.'));
            }
        }, cancel);

    /// <summary>Tries an address from this machine.</summary>
    public static async Task<ListenerTry> FromHereAsync(BrokerAddress address, int broker, TimeSpan limit, CancellationToken cancel)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timer.CancelAfter(limit);
        IPAddress[] found;
        try
        {
            found = await Dns.GetHostAddressesAsync(address.Host, timer.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ArgumentException
            || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return new ListenerTry(Reach.NameUnresolved, [],
                e is OperationCanceledException ? $"no answer of a name server within {limit.TotalSeconds:0.#} s" : "no such name");
        }

        string[] resolved = [.. found.Select(a => a.ToString()).Order(StringComparer.Ordinal)];
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(found, address.Port, timer.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return new ListenerTry(Reach.NobodyAnswers, resolved, (e as SocketException)?.SocketErrorCode switch
            {
                null => $"no answer within {limit.TotalSeconds:0.#} s",
                SocketError.ConnectionRefused => "the connection is refused",
                SocketError.HostUnreachable or SocketError.NetworkUnreachable => "no way leads there",
                var other => $"{other}",
            });
        }

        var stream = client.GetStream();
        return await WithinAsync(limit, resolved, token => AskAsync(
            (bytes, t) => stream.WriteAsync(bytes, t).AsTask(),
            async (bytes, t) =>
                await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, t).ConfigureAwait(false) == bytes.Length,
            broker, resolved, token), cancel).ConfigureAwait(false);
    }

    /// <summary>A bash script that tries addresses, all at once; <see cref="Input"/> is what it reads.</summary>
    public static string Script(int count) =>
        $$"""
        t='{{One.Replace("'", "'\\''", StringComparison.Ordinal)}}'
        d=$(mktemp -d)
        for i in $(seq 0 {{count - 1}}); do
          read -r host port meta config
          timeout {{PodSeconds}} bash -c "$t" bash "$host" "$port" "$meta" "$config" </dev/null >"$d/$i" 2>&1 &
        done
        wait
        for i in $(seq 0 {{count - 1}}); do echo "try $i"; cat "$d/$i"; done
        """;

    /// <summary>The input of <see cref="Script"/>: what is data there is never read as a script.</summary>
    public static string Input(IEnumerable<(BrokerAddress Address, int Broker)> tries) => string.Concat(tries.Select(t => string.Create(
        CultureInfo.InvariantCulture, $"{t.Address.Host} {t.Address.Port} {Escaped(WhoIsThere)} {Escaped(WhoAreYou(t.Broker))}\n")));

    /// <summary>What <see cref="Script"/> found. Pure.</summary>
    public static IReadOnlyList<ListenerTry> FromScript(string output, IReadOnlyList<(BrokerAddress Address, int Broker)> tries)
    {
        var parts = Part().Split(output).Skip(1).ToList();
        var found = parts.Chunk(2).Where(p => p.Length == 2)
            .ToDictionary(p => int.Parse(p[0], CultureInfo.InvariantCulture), p => p[1].Split('\n', StringSplitOptions.RemoveEmptyEntries));
        return [.. tries.Select((t, i) => FromLines(found.GetValueOrDefault(i, []), t.Address, t.Broker))];
    }

    private static ListenerTry FromLines(string[] lines, BrokerAddress address, int broker)
    {
        const string Addresses = "addresses ";
        const string AnswerLine = "answer ";
        string[] resolved = [.. lines.Where(l => l.StartsWith(Addresses, StringComparison.Ordinal))
            .SelectMany(l => l[Addresses.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        if (resolved.Length == 0 && IPAddress.TryParse(address.Host, out _))
            resolved = [address.Host];
        string text = string.Join(' ', lines);
        if (lines.Length == 0)
            return new ListenerTry(Reach.NameUnresolved, resolved, $"no answer of a name server within {PodSeconds} s");
        if (!lines.Contains("open"))
        {
            // An image without getent tells no addresses: then bash's own words tell a name from a connection.
            return resolved.Length == 0 && !text.Contains("connect:", StringComparison.Ordinal)
                ? new ListenerTry(Reach.NameUnresolved, [], "no such name")
                : new ListenerTry(Reach.NobodyAnswers, resolved,
                    text.Contains("refused", StringComparison.OrdinalIgnoreCase) ? "the connection is refused"
                    : text.Contains("unreachable", StringComparison.OrdinalIgnoreCase) ? "no way leads there"
                    : $"no answer within {PodSeconds} s");
        }

        byte[][] answers =
            [.. lines.Where(l => l.StartsWith(AnswerLine, StringComparison.Ordinal)).Select(l => Bytes(l[AnswerLine.Length..]))];
        return answers.Length > 0 ? Read(broker, answers[0], answers.ElementAtOrDefault(1), resolved)
            : lines.Contains("garbage") ? NoKafka(resolved)
            : lines.Contains("closed") ? Closed(resolved)
            : Silent(resolved, TimeSpan.FromSeconds(PodSeconds));
    }

    private static byte[] Bytes(string base64)
    {
        byte[] bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out int count) ? bytes[..count] : [];
    }

    private static async Task<ListenerTry> WithinAsync(TimeSpan limit, IReadOnlyList<string> resolved,
        Func<CancellationToken, Task<ListenerTry>> ask, CancellationToken cancel)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timer.CancelAfter(limit);
        try
        {
            return await ask(timer.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Silent(resolved, limit);
        }
        catch (IOException)
        {
            return Closed(resolved);
        }
        catch (FormatException)
        {
            return NoKafka(resolved);
        }
    }

    private static async Task<ListenerTry> AskAsync(Func<ReadOnlyMemory<byte>, CancellationToken, Task> write,
        Func<Memory<byte>, CancellationToken, Task<bool>> read, int broker, IReadOnlyList<string> resolved, CancellationToken cancel)
    {
        byte[]? metadata = await BrokerRequest.ExchangeAsync(write, read, WhoIsThere, cancel).ConfigureAwait(false);
        if (metadata is null)
            return Closed(resolved);
        byte[]? config = null;
        try
        {
            config = await BrokerRequest.ExchangeAsync(write, read, WhoAreYou(broker), cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or FormatException or ClusterException)
        {
            // A broker before Kafka 1.1 does not say who it is, and closes the connection.
        }

        return Read(broker, metadata, config, resolved);
    }

    // A broker gives its settings by its own id alone, and refuses any other: that tells who answers, whatever the addresses say.
    private static ListenerTry Read(int broker, byte[] metadata, byte[]? config, IReadOnlyList<string> resolved)
    {
        try
        {
            var answer = MetadataCodec.Response(MetadataCodec.Newest, metadata);
            var own = config is not null && ConfigCodec.Response(ConfigVersion, config) is { Count: > 0 } told ? told[0] : null;
            return new ListenerTry(Reach.Answered, resolved, "", new ListenerAnswer(answer.ClusterId, answer.Addresses,
                own?.Error switch { 0 => true, InvalidRequest => false, _ => null }, own?.Message));
        }
        catch (FormatException)
        {
            return NoKafka(resolved);
        }
    }

    private static byte[] WhoAreYou(int broker) => ConfigCodec.Request(ConfigVersion, ConfigOf.Broker,
        [broker.ToString(CultureInfo.InvariantCulture)], ["broker.id"]);

    private static string Escaped(byte[] bytes) => string.Concat(bytes.Select(b => $@"\x{b:x2}"));

    private static ListenerTry Closed(IReadOnlyList<string> resolved) =>
        new(Reach.Closed, resolved, "the connection is closed without an answer");

    private static ListenerTry Silent(IReadOnlyList<string> resolved, TimeSpan limit) =>
        new(Reach.Silent, resolved, $"a connection opens, and no answer comes within {limit.TotalSeconds:0.#} s");

    private static ListenerTry NoKafka(IReadOnlyList<string> resolved) =>
        new(Reach.NotKafka, resolved, "what answers does not speak Kafka's protocol");

    [GeneratedRegex(@"^try ([0-9]{1,6})$", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Part();
}
