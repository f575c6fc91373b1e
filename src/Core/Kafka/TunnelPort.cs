using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Core.Kafka;

/// <summary>What goes through a tunnel.</summary>
/// <param name="Connections">Connections that are open.</param>
/// <param name="Sent">Bytes that clients sent so far.</param>
/// <param name="Received">Bytes that clients received so far.</param>
internal readonly record struct TunnelTraffic(int Connections, long Sent, long Received)
{
    /// <summary>Both together.</summary>
    public static TunnelTraffic operator +(TunnelTraffic a, TunnelTraffic b) =>
        new(a.Connections + b.Connections, a.Sent + b.Sent, a.Received + b.Received);
}

/// <summary>One listening port of a tunnel, any that is free: each connection that it accepts gets a port-forward of its own.</summary>
internal sealed class TunnelPort : IAsyncDisposable
{
    /// <summary>A client whose way is blocked tries again at once: each try would cost the API server a TLS handshake.</summary>
    private static readonly TimeSpan FailurePause = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LoginLimit = TimeSpan.FromSeconds(10);

    private readonly Func<CancellationToken, Task<PodChannel>> open;
    private readonly Func<int, int> portOf;
    private readonly TunnelLogin? login;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly HashSet<Task> connections = [];
    private readonly Task accepting;
    private long sent;
    private long received;
    private int disposed;

    /// <param name="cluster">The cluster, for errors.</param>
    /// <param name="open">Opens a way to the broker.</param>
    /// <param name="portOf">The port of this machine for any broker's id.</param>
    /// <param name="login">What a client has to show; null for nothing.</param>
    /// <exception cref="ClusterException"><c>NoLocalPort</c>.</exception>
    public TunnelPort(string cluster, Func<CancellationToken, Task<PodChannel>> open, Func<int, int> portOf, TunnelLogin? login)
    {
        this.open = open;
        this.portOf = portOf;
        this.login = login;
        try
        {
            listener.Start();
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new ClusterException("NoLocalPort", FailureKind.Unavailable, cluster,
                $"This machine gives no local port for the tunnel to {cluster}: {e.Message}. Free ports or file handles, or check with "
                    + $"-ConsoleTools, which needs no port.", e);
        }

        Number = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Number of the port.</summary>
    public int Number { get; }

    /// <summary>Connections that are open, and bytes that clients sent and received so far.</summary>
    public TunnelTraffic Traffic
    {
        get
        {
            lock (connections)
                return new TunnelTraffic(connections.Count, Volatile.Read(ref sent), Volatile.Read(ref received));
        }
    }

    /// <summary>Closes the port and ends its connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        await stop.CancelAsync().ConfigureAwait(false);
        listener.Dispose();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task[] rest;
        lock (connections)
            rest = [.. connections];
        await Task.WhenAll(rest).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The connection disposes its socket.")]
    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await listener.AcceptSocketAsync(stop.Token).ConfigureAwait(false);
            }
            catch (SocketException)
            {
                // The client gave up between knocking and being let in, or this process has no file handle to spare for a moment.
                await Task.Delay(FailurePause, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }

            var task = Task.Run(() => ServeAsync(client));
            lock (connections)
                connections.Add(task);
            _ = task.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private void Forget(Task task)
    {
        lock (connections)
            connections.Remove(task);
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        {
            client.NoDelay = true;
            try
            {
                var stream = await open(stop.Token).ConfigureAwait(false);
                await using (stream.ConfigureAwait(false))
                {
                    if (login is null || await LetInAsync(login, client, stream).ConfigureAwait(false))
                        await PumpAsync(client, stream).ConfigureAwait(false);
                }
            }
            catch (ClusterException)
            {
                // The broker or the way to it is gone; the looks at the brokers say why.
                await Task.Delay(FailurePause, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or WebSocketException or IOException
                or ObjectDisposedException or FormatException)
            {
                // One side went away, or does not speak Kafka's protocol; the client sees its connection closed and makes a new one.
            }
        }
    }

    private async Task<bool> LetInAsync(TunnelLogin wanted, Socket client, PodChannel stream)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        limit.CancelAfter(LoginLimit);
        return await wanted.LetInAsync(ReadAsync, WriteAsync, AskAsync, limit.Token).ConfigureAwait(false);

        async Task<bool> ReadAsync(Memory<byte> bytes, CancellationToken cancel)
        {
            for (int count; bytes.Length > 0; bytes = bytes[count..])
            {
                if ((count = await client.ReceiveAsync(bytes, cancel).ConfigureAwait(false)) == 0)
                    return false;
            }

            return true;
        }

        async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
        {
            while (bytes.Length > 0)
                bytes = bytes[await client.SendAsync(bytes, cancel).ConfigureAwait(false)..];
        }

        // The same path as later, so that versions are held down to those that the tunnel knows.
        async Task<byte[]?> AskAsync(byte[] request, CancellationToken cancel)
        {
            await stream.WriteAsync(request, cancel).ConfigureAwait(false);
            byte[] head = new byte[4];
            if (!await stream.ReadExactlyAsync(head, cancel).ConfigureAwait(false))
                return null;
            byte[] frame = TunnelFrames.NewAnswer(head);
            if (!await stream.ReadExactlyAsync(frame.AsMemory(4), cancel).ConfigureAwait(false))
                return null;
            return AddressRewrite.Answer(BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(4)),
                BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(6)), frame, portOf);
        }
    }

    /// <summary>Copies both ways until one way ends, then ends the other.</summary>
    private async Task PumpAsync(Socket client, PodChannel stream)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var frames = new TunnelFrames(portOf);
        var up = UpAsync(client, stream, frames, end.Token);
        var down = DownAsync(client, stream, frames, end.Token);
        await Task.WhenAny(up, down).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(up, down).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (down.IsFaulted)
            await down.ConfigureAwait(false); // its error says why the pod's end is gone
    }

    private async Task UpAsync(Socket client, PodChannel stream, TunnelFrames frames, CancellationToken cancel)
    {
        while (await client.ReceiveAsync(stream.Outgoing, cancel).ConfigureAwait(false) is > 0 and int count)
        {
            Interlocked.Add(ref sent, count);
            frames.Requests(stream.Outgoing.Span[..count]);
            await stream.SendAsync(count, cancel).ConfigureAwait(false);
        }
    }

    private async Task DownAsync(Socket client, PodChannel stream, TunnelFrames frames, CancellationToken cancel)
    {
        var pass = new List<ReadOnlyMemory<byte>>();
        while (await stream.ReceiveAsync(cancel).ConfigureAwait(false) is { Length: > 0 } answer)
        {
            Interlocked.Add(ref received, answer.Length);
            frames.Answers(answer, pass);
            foreach (var part in pass)
            {
                for (var piece = part; piece.Length > 0;)
                    piece = piece[await client.SendAsync(piece, cancel).ConfigureAwait(false)..];
            }

            pass.Clear();
        }
    }
}
