using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace KafkaK8s.Tests.Unit.Fakes;

/// <summary>A proxy on the loopback, by CONNECT (with TLS or without) or SOCKS 5, that leads every name to 127.0.0.1 and writes down what
/// it was asked.</summary>
internal sealed class RecordingProxy : IAsyncDisposable
{
    private readonly LoopbackListener listener;
    private readonly string kind;
    private readonly TestCertificate? certificate;

    /// <param name="kind">http, https or socks5.</param>
    /// <param name="certificate">For https.</param>
    public RecordingProxy(string kind, TestCertificate? certificate = null)
    {
        this.kind = kind;
        this.certificate = certificate;
        listener = new LoopbackListener(ServeAsync);
    }

    public ConcurrentQueue<string> Asked { get; } = new();

    public int Port => listener.Port;

    public ValueTask DisposeAsync() => listener.DisposeAsync();

    private async Task ServeAsync(TcpClient client)
    {
        using var ended = client;
        try
        {
            Stream stream = client.GetStream();
            if (certificate is not null)
            {
                var secure = new SslStream(stream);
                await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate.Certificate },
                    listener.Ending);
                stream = secure;
            }

            int port = kind == "socks5" ? await SocksAsync(stream) : await ConnectAsync(stream);
            using var upstream = new TcpClient();
            await upstream.ConnectAsync(IPAddress.Loopback, port, listener.Ending);
            var to = stream.CopyToAsync(upstream.GetStream(), listener.Ending);
            await Task.WhenAny(to, upstream.GetStream().CopyToAsync(stream, listener.Ending));
        }
        catch (Exception)
        {
            client.Close();
        }
    }

    private async Task<int> ConnectAsync(Stream stream)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, listener.Ending);
            head.Append((char)one[0]);
        }

        string target = head.ToString().Split(' ')[1];
        Note(target.Split(':')[0]);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), listener.Ending);
        return int.Parse(target.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task<int> SocksAsync(Stream stream)
    {
        byte[] buffer = new byte[256];
        await stream.ReadExactlyAsync(buffer.AsMemory(0, 2), listener.Ending);
        await stream.ReadExactlyAsync(buffer.AsMemory(0, buffer[1]), listener.Ending);
        await stream.WriteAsync(new byte[] { 5, 0 }, listener.Ending);
        await stream.ReadExactlyAsync(buffer.AsMemory(0, 4), listener.Ending);
        int length = buffer[3] == 1 ? 4 : 0;
        if (buffer[3] == 3)
        {
            await stream.ReadExactlyAsync(buffer.AsMemory(0, 1), listener.Ending);
            length = buffer[0];
        }

        await stream.ReadExactlyAsync(buffer.AsMemory(0, length), listener.Ending);
        Note(length == 4 ? new IPAddress(buffer.AsSpan(0, 4)).ToString() : Encoding.ASCII.GetString(buffer, 0, length));
        await stream.ReadExactlyAsync(buffer.AsMemory(0, 2), listener.Ending);
        await stream.WriteAsync(new byte[] { 5, 0, 0, 1, 127, 0, 0, 1, 0, 0 }, listener.Ending);
        return (buffer[0] << 8) | buffer[1];
    }

    private void Note(string host) => Asked.Enqueue($"{kind} proxy to {host}");
}
