using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace KafkaK8s.Tests.Unit.Fakes;

/// <summary>A proxy on the loopback, by CONNECT (with TLS or without) or SOCKS 5, that leads every name to 127.0.0.1 and writes down what it was asked.</summary>
internal sealed class RecordingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly string kind;
    private readonly TestCertificate? certificate;
    private readonly Task accepting;

    /// <param name="kind">http, https or socks5.</param>
    /// <param name="certificate">For https.</param>
    public RecordingProxy(string kind, TestCertificate? certificate = null)
    {
        this.kind = kind;
        this.certificate = certificate;
        listener.Start();
        accepting = AcceptAsync();
    }

    public ConcurrentQueue<string> Asked { get; } = new();

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
                serving.Add(ServeAsync(await listener.AcceptTcpClientAsync(stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var ended = client;
        try
        {
            Stream stream = client.GetStream();
            if (certificate is not null)
            {
                var secure = new SslStream(stream);
                await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate.Certificate }, stop.Token);
                stream = secure;
            }

            int port = kind == "socks5" ? await SocksAsync(stream) : await ConnectAsync(stream);
            using var upstream = new TcpClient();
            await upstream.ConnectAsync(IPAddress.Loopback, port, stop.Token);
            var to = stream.CopyToAsync(upstream.GetStream(), stop.Token);
            await Task.WhenAny(to, upstream.GetStream().CopyToAsync(stream, stop.Token));
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
            await stream.ReadExactlyAsync(one, stop.Token);
            head.Append((char)one[0]);
        }

        string target = head.ToString().Split(' ')[1];
        Note(target.Split(':')[0]);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), stop.Token);
        return int.Parse(target.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task<int> SocksAsync(Stream stream)
    {
        byte[] buffer = new byte[256];
        await stream.ReadExactlyAsync(buffer.AsMemory(0, 2), stop.Token);
        await stream.ReadExactlyAsync(buffer.AsMemory(0, buffer[1]), stop.Token);
        await stream.WriteAsync(new byte[] { 5, 0 }, stop.Token);
        await stream.ReadExactlyAsync(buffer.AsMemory(0, 4), stop.Token);
        int length = buffer[3] == 1 ? 4 : 0;
        if (buffer[3] == 3)
        {
            await stream.ReadExactlyAsync(buffer.AsMemory(0, 1), stop.Token);
            length = buffer[0];
        }

        await stream.ReadExactlyAsync(buffer.AsMemory(0, length), stop.Token);
        Note(length == 4 ? new IPAddress(buffer.AsSpan(0, 4)).ToString() : Encoding.ASCII.GetString(buffer, 0, length));
        await stream.ReadExactlyAsync(buffer.AsMemory(0, 2), stop.Token);
        await stream.WriteAsync(new byte[] { 5, 0, 0, 1, 127, 0, 0, 1, 0, 0 }, stop.Token);
        return (buffer[0] << 8) | buffer[1];
    }

    private void Note(string host) => Asked.Enqueue($"{kind} proxy to {host}");
}
