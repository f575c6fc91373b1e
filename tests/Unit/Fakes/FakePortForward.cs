using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Tests.Unit.Fakes;

/// <summary>A port-forward as the API server gives it (v4.channel.k8s.io), to a port of this machine instead of a pod's.</summary>
internal static class FakePortForward
{
    public static async Task<PodStream> OpenAsync(int port, CancellationToken cancel)
    {
        var broker = new TcpClient { NoDelay = true };
        await broker.ConnectAsync(IPAddress.Loopback, port, cancel);
        var (up, down) = (new Pipe(), new Pipe());
        var server = WebSocket.CreateFromStream(new Duplex(up.Reader.AsStream(), down.Writer.AsStream()), isServer: true, null, Timeout.InfiniteTimeSpan);
        var client = WebSocket.CreateFromStream(new Duplex(down.Reader.AsStream(), up.Writer.AsStream()), isServer: false, null, Timeout.InfiniteTimeSpan);
        _ = ServeAsync(server, broker);
        return new PodStream(client, $"port {port}");
    }

    private static async Task ServeAsync(WebSocket socket, TcpClient broker)
    {
        using (broker)
        using (socket)
        {
            var stream = broker.GetStream();
            await socket.SendAsync(new byte[] { 0, 0x87, 0x23 }, WebSocketMessageType.Binary, true, default); // the port, once
            var down = Task.Run(async () =>
            {
                byte[] bytes = new byte[32 * 1024];
                while (await stream.ReadAsync(bytes.AsMemory(1)) is > 0 and int count)
                    await socket.SendAsync(bytes.AsMemory(0, count + 1), WebSocketMessageType.Binary, true, default);
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
            });
            byte[] buffer = new byte[256 * 1024];
            try
            {
                for (bool start = true; await socket.ReceiveAsync(buffer.AsMemory(), default) is { MessageType: not WebSocketMessageType.Close } result; start = result.EndOfMessage)
                    await stream.WriteAsync(buffer.AsMemory(start ? 1 : 0, result.Count - (start ? 1 : 0)));
                broker.Close();
                await down;
            }
            catch (Exception e) when (e is WebSocketException or IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // one side went away
            }
        }
    }

    /// <summary>One stream of two.</summary>
    private sealed class Duplex(Stream read, Stream write) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() => write.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => write.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => read.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => read.ReadAsync(buffer, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => write.Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => write.WriteAsync(buffer, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            read.Dispose();
            write.Dispose();
            base.Dispose(disposing);
        }
    }
}
