using System.Net.WebSockets;
using System.Text;

namespace KafkaK8s.Core.Kubernetes;

/// <summary>One connection to a port of a pod, through the API server's port-forward, on a raw WebSocket.</summary>
internal sealed class PodStream : PodChannel
{
    private const int DataChannel = 0;
    private const int BufferSize = 128 * 1024;
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(1);

    private readonly WebSocket socket;
    private readonly ChannelFrames frames = new(portBytes: 2);
    private readonly byte[] received = new byte[BufferSize];
    private readonly byte[] outgoing = new byte[BufferSize];

    /// <param name="socket">The port-forward, open.</param>
    /// <param name="target">What it leads to, for errors.</param>
    internal PodStream(WebSocket socket, string target)
    {
        this.socket = socket;
        Target = target;
        outgoing[0] = DataChannel;
    }

    /// <summary>What it leads to, for errors.</summary>
    public string Target { get; }

    /// <inheritdoc/>
    public override Memory<byte> Outgoing => outgoing.AsMemory(1);

    /// <summary>Connects to a port of a pod. That nobody listens there shows only when something is read.</summary>
    /// <exception cref="ClusterException">The pod or the right to reach it is missing, or the API server.</exception>
    public static async Task<PodStream> OpenAsync(KubeConnection connection, string ns, string pod, int port, CancellationToken cancel)
    {
        var socket = await PodHandshake.OpenAsync(connection, ns, pod, $"portforward?ports={port}", "PortForwardFailed", "reach a port of",
            cancel).ConfigureAwait(false);
        return new PodStream(socket, $"port {port} of the pod {pod}");
    }

    /// <inheritdoc/>
    public override ValueTask SendAsync(int count, CancellationToken cancel) =>
        socket.SendAsync(outgoing.AsMemory(0, count + 1), WebSocketMessageType.Binary, true, cancel);

    /// <inheritdoc/>
    public override async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancel)
    {
        while (true)
        {
            ValueWebSocketReceiveResult result;
            try
            {
                result = await socket.ReceiveAsync(received.AsMemory(), cancel).ConfigureAwait(false);
            }
            catch (WebSocketException e)
            {
                // A socket that was cancelled once says "aborted" when it is read again.
                throw cancel.IsCancellationRequested ? (Exception)new OperationCanceledException(e.Message, e, cancel)
                    : Failed($"the connection broke: {e.GetBaseException().Message}", e);
            }

            if (result.MessageType == WebSocketMessageType.Close)
                return ReadOnlyMemory<byte>.Empty;
            var slice = frames.Take(received.AsSpan(0, result.Count), result.EndOfMessage);
            if (slice.Count == 0)
                continue;
            if (slice.Channel == DataChannel)
                return received.AsMemory(slice.Offset, slice.Count);
            throw Failed(Plain(Encoding.UTF8.GetString(received, slice.Offset, slice.Count)), null);
        }
    }

    /// <summary>Says goodbye, for a moment at most, and ends the connection.</summary>
    public override async ValueTask DisposeAsync()
    {
        // Where the server has said goodbye already an answer would wait a whole second for it to end the connection (.NET's
        // ManagedWebSocket): every four-letter word would cost that.
        if (socket.State is WebSocketState.Open)
        {
            using var limit = new CancellationTokenSource(CloseLimit);
            try
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
            {
                // It is gone already.
            }
        }

        socket.Dispose();
    }

    private ClusterException Failed(string why, Exception? inner) =>
        new("PortForwardFailed", FailureKind.Unavailable, Target, $"Cannot talk to {Target}: {why}", inner);

    // The kubelet's own words name sandboxes and namespaces of Linux, and what counts stands in their midst.
    private static string Plain(string words) => words.Contains("connection refused", StringComparison.OrdinalIgnoreCase)
        ? "connection refused, as nothing listens there" : words.Trim();
}
