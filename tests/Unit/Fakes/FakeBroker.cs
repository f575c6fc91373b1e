using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace KafkaK8s.Tests.Unit.Fakes;

/// <summary>A broker in this process: a function answers each request, given key, version and the answer's body.</summary>
internal sealed class FakeBroker : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Func<short, short, int, byte[]?> answer;
    private readonly Task accepting;

    /// <param name="answer">Key, version and correlation id of a request to the whole frame of its answer; null cuts the connection.</param>
    public FakeBroker(Func<short, short, int, byte[]?> answer)
    {
        this.answer = answer;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // the end
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                byte[] length = new byte[4];
                while (await stream.ReadAtLeastAsync(length, 4, throwOnEndOfStream: false) == 4)
                {
                    byte[] request = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
                    await stream.ReadExactlyAsync(request);
                    if (answer(BinaryPrimitives.ReadInt16BigEndian(request), BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(2)), BinaryPrimitives.ReadInt32BigEndian(request.AsSpan(4))) is not { } frame)
                        return;
                    await stream.WriteAsync(frame);
                }
            }
            catch (IOException)
            {
                // the client hung up
            }
        }
    }
}
