using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KafkaK8s.Tests.Unit.Fakes;

/// <summary>One request as it arrived.</summary>
internal sealed record Arrival(string Server, string Method, string Target, IReadOnlyList<KeyValuePair<string, string>> Headers,
    string? Sni, string? Certificate)
{
    public string? Header(string name) => Headers.FirstOrDefault(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    public bool IsUpgrade => Header("Upgrade") is not null;

    /// <summary>What a comparison goes by, in one line.</summary>
    public override string ToString()
    {
        var said = Headers.Where(h => h.Key.StartsWith("impersonate-", StringComparison.OrdinalIgnoreCase))
            .Select(h => $"{h.Key.ToLowerInvariant()["impersonate-".Length..]}={h.Value}").Order(StringComparer.Ordinal).ToList();
        var parts = new List<string> { Server, Target.Split('?')[0] };
        if (Sni is not null)
            parts.Add($"sni={Sni}");
        if (Header("Authorization") is { } authorization)
            parts.Add($"[{authorization}]");
        if (said.Count > 0)
            parts.Add($"as({string.Join(' ', said)})");
        if (Certificate is not null)
            parts.Add($"cert={Certificate}");
        if (Header("Accept-Encoding") is null && !IsUpgrade)
            parts.Add("uncompressed");
        return string.Join(' ', parts);
    }
}

/// <summary>
/// An API server on the loopback that writes down what arrives: with TLS or without. Answers 200 with a version to everything, with
/// a pod to a pod, and 403 to a WebSocket, unless told otherwise.
/// </summary>
internal sealed class RecordingServer : IAsyncDisposable
{
    private readonly LoopbackListener listener;
    private readonly string name;
    private readonly SslServerAuthenticationOptions? tls;
    private int connections;

    /// <param name="name">What its arrivals are called.</param>
    /// <param name="certificate">Its certificate; null for plain http.</param>
    /// <param name="withIntermediates">Whether it sends the intermediates too.</param>
    public RecordingServer(string name, TestCertificate? certificate, bool withIntermediates = true)
    {
        this.name = name;
        if (certificate is not null)
        {
            var above = new X509Certificate2Collection();
            if (withIntermediates && certificate.Issuer?.Issuer is not null)
                above.Add(certificate.Issuer.Certificate);
            tls = new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(certificate.Certificate, above, offline: true),
                ClientCertificateRequired = true, // asked for; a connection without one is served too
            };
        }

        listener = new LoopbackListener(ServeAsync);
    }

    public ConcurrentQueue<Arrival> Arrivals { get; } = new();

    /// <summary>Connections that were made, with or without a request.</summary>
    public int Connections => Volatile.Read(ref connections);

    public int Port => listener.Port;

    /// <summary>Answers a request, as the head and the body of HTTP; null for the usual.</summary>
    public Func<Arrival, string?> Answer { get; set; } = _ => null;

    public static string Reply(int status, string body, string headers = "", string type = "application/json") =>
        $"HTTP/1.1 {status} X\r\nContent-Type: {type}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{headers}\r\n{body}";

    public ValueTask DisposeAsync() => listener.DisposeAsync();

    [SuppressMessage("Security", "CA5359:Do Not Disable Certificate Validation",
        Justification = "It writes down who came, and lets everybody in.")]
    private async Task ServeAsync(TcpClient client)
    {
        Interlocked.Increment(ref connections);
        using var ended = client;
        try
        {
            Stream stream = client.GetStream();
            string? sni = null, certificate = null;
            if (tls is not null)
            {
                var secure = new SslStream(stream);
                await secure.AuthenticateAsServerAsync((_, hello, _, _) =>
                {
                    sni = hello.ServerName.Length > 0 ? hello.ServerName : null;
                    return ValueTask.FromResult(new SslServerAuthenticationOptions
                    {
                        ServerCertificateContext = tls.ServerCertificateContext,
                        ClientCertificateRequired = true,
                        RemoteCertificateValidationCallback = (_, peer, chain, _) =>
                        {
                            certificate = peer is null ? null
                                : $"{new X509Certificate2(peer).GetNameInfo(X509NameType.SimpleName, false)}+{chain!.ChainPolicy.ExtraStore.Count}";
                            return true;
                        },
                    });
                }, null, listener.Ending);
                stream = secure;
            }

            await using var open = stream;
            while (await ReadAsync(stream, sni, certificate) is { } arrival)
            {
                Arrivals.Enqueue(arrival);
                await stream.WriteAsync(Encoding.UTF8.GetBytes(Answer(arrival) ?? Usual(arrival)), listener.Ending);
                await stream.FlushAsync(listener.Ending);
            }
        }
        catch (Exception)
        {
            client.Close(); // a client that hangs up, or trusts us not
        }
    }

    private static string Usual(Arrival a) => a switch
    {
        { IsUpgrade: true } => Reply(403,
            """{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","message":"not here","code":403}""",
            "Connection: close\r\n"),
        { Target: var t } when t.Split('?')[0].EndsWith("/api", StringComparison.Ordinal) =>
            Reply(200, """{"kind":"APIVersions","versions":["v1"]}"""),
        { Target: var t } when t.Split('?')[0].EndsWith("/apis", StringComparison.Ordinal) =>
            Reply(200, """{"kind":"APIGroupList","apiVersion":"v1","groups":[]}"""),
        { Target: var t } when t.Split('?')[0].EndsWith("/api/v1", StringComparison.Ordinal) => Reply(200, """
            {"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"pods","singularName":"pod","namespaced":true,"kind":"Pod","verbs":["get","list"]}]}
            """),
        { Target: var t } when t.Split('?')[0].EndsWith("/pods/x", StringComparison.Ordinal) => Reply(200, """
            {"kind":"Pod","apiVersion":"v1","metadata":{"name":"x","namespace":"default"},"spec":{"containers":[{"name":"c","image":"i"}]},"status":{"phase":"Running"}}
            """),
        _ => Reply(200, """{"major":"1","minor":"36","gitVersion":"v1.36.0"}"""),
    };

    private async Task<Arrival?> ReadAsync(Stream stream, string? sni, string? certificate)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, listener.Ending) == 0)
                return null;
            head.Append((char)one[0]);
        }

        string[] lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        string[] first = lines[0].Split(' ');
        var headers = lines.Skip(1).Select(l => l.Split(':', 2)).Select(p => KeyValuePair.Create(p[0], p[1].Trim())).ToList();
        string? length = headers.FirstOrDefault(h => h.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Value;
        await stream.ReadExactlyAsync(new byte[length is null ? 0 : int.Parse(length, CultureInfo.InvariantCulture)], listener.Ending);
        return new Arrival(name, first[0], first[1], headers, sni, certificate);
    }
}
