using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Net.WebSockets;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Spec;

namespace KafkaK8s.Core.Kafka;

/// <summary>One listening port of a tunnel: each connection that it accepts gets a port-forward of its own.</summary>
internal sealed class TunnelPort : IAsyncDisposable
{
    /// <summary>A client whose way is blocked tries again at once: each try would cost the API server a TLS handshake.</summary>
    private static readonly TimeSpan FailurePause = TimeSpan.FromMilliseconds(200);

    private readonly KubeConnection connection;
    private readonly string ns;
    private readonly string pod;
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly HashSet<Task> open = [];
    private readonly Task accepting;
    private int disposed;

    /// <summary>Starts to accept on a listener that is bound already.</summary>
    public TunnelPort(KubeConnection connection, string ns, string pod, TcpListener listener)
    {
        this.connection = connection;
        this.ns = ns;
        this.pod = pod;
        this.listener = listener;
        accepting = Task.Run(AcceptAsync);
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
        lock (open)
            rest = [.. open];
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
            lock (open)
                open.Add(task);
            _ = task.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private void Forget(Task task)
    {
        lock (open)
            open.Remove(task);
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        {
            client.NoDelay = true;
            try
            {
                var stream = await PodStream.OpenAsync(connection, ns, pod, ClusterNames.TunnelPort, stop.Token).ConfigureAwait(false);
                await using (stream.ConfigureAwait(false))
                    await PumpAsync(client, stream).ConfigureAwait(false);
            }
            catch (ClusterException)
            {
                // The broker or the way to it is gone; the looks at the brokers say why.
                await Task.Delay(FailurePause, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or WebSocketException or IOException or ObjectDisposedException)
            {
                // One side went away; the client sees its connection closed and makes a new one.
            }
        }
    }

    /// <summary>Copies both ways until one way ends, then ends the other.</summary>
    private async Task PumpAsync(Socket client, PodStream stream)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var up = UpAsync(client, stream, end.Token);
        var down = DownAsync(client, stream, end.Token);
        await Task.WhenAny(up, down).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(up, down).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (down.IsFaulted)
            await down.ConfigureAwait(false); // its error says why the pod's end is gone
    }

    private static async Task UpAsync(Socket client, PodStream stream, CancellationToken cancel)
    {
        while (await client.ReceiveAsync(stream.Outgoing, cancel).ConfigureAwait(false) is > 0 and int count)
            await stream.SendAsync(count, cancel).ConfigureAwait(false);
    }

    private static async Task DownAsync(Socket client, PodStream stream, CancellationToken cancel)
    {
        while (await stream.ReceiveAsync(cancel).ConfigureAwait(false) is { Length: > 0 } piece)
        {
            while (piece.Length > 0)
                piece = piece[await client.SendAsync(piece, cancel).ConfigureAwait(false)..];
        }
    }
}
