using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Authentication;

namespace KafkaK8s.Core.Kubernetes;

/// <summary>TLS to a port of a pod, over a port-forward.</summary>
internal sealed class TlsChannel : PodChannel
{
    private const int BufferSize = 128 * 1024;

    private readonly SslStream tls;
    private readonly string target;
    private readonly byte[] outgoing = new byte[BufferSize];
    private readonly byte[] received = new byte[BufferSize];

    private TlsChannel(SslStream tls, string target)
    {
        this.tls = tls;
        this.target = target;
    }

    /// <inheritdoc/>
    public override Memory<byte> Outgoing => outgoing;

    /// <summary>Shakes hands over a connection, which it takes over.</summary>
    /// <exception cref="ClusterException"><c>TlsFailed</c>: the server's certificate is not the one that is meant, or it refuses
    /// ours.</exception>
    public static async Task<TlsChannel> OpenAsync(PodStream way, SslClientAuthenticationOptions options, CancellationToken cancel)
    {
        string target = $"{way.Target} ({options.TargetHost})";
        var tls = new SslStream(new Way(way));
        try
        {
            await tls.AuthenticateAsClientAsync(options, cancel).ConfigureAwait(false);
            return new TlsChannel(tls, target);
        }
        catch (Exception e)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            if (e is AuthenticationException or IOException)
                throw Failed(target, e);
            throw;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask SendAsync(int count, CancellationToken cancel)
    {
        try
        {
            await tls.WriteAsync(outgoing.AsMemory(0, count), cancel).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw Failed(target, e);
        }
    }

    /// <inheritdoc/>
    /// <remarks>With TLS 1.3 a server that refuses our certificate says so only after the handshake, when something is read (RFC 8446,
    /// 4.4.2.4).</remarks>
    public override async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancel)
    {
        try
        {
            return received.AsMemory(0, await tls.ReadAsync(received, cancel).ConfigureAwait(false));
        }
        catch (IOException e)
        {
            throw Failed(target, e);
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => tls.DisposeAsync();

    private static ClusterException Failed(string target, Exception e) => new("TlsFailed", FailureKind.Authentication, target,
        $"TLS with {target} failed: {e.GetBaseException().Message.TrimEnd('.')}. Look whether the certificates of the cluster are "
            + "valid, and of one authority.", e);

    // A port-forward as SslStream wants it.
    private sealed class Way(PodStream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            buffer.IsEmpty ? ValueTask.FromResult(0) : inner.ReadAsync(buffer, cancellationToken);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (WebSocketException e)
            {
                throw new IOException(e.Message, e);
            }
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync().ConfigureAwait(false);
            await base.DisposeAsync().ConfigureAwait(false);
        }
    }
}
