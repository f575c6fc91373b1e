using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace KafkaK8s.Tests.Fakes;

/// <summary>A command that is run in a pod.</summary>
public sealed class FakeExec
{
    private readonly WebSocket socket;
    private readonly SemaphoreSlim turn;

    internal FakeExec(WebSocket socket, SemaphoreSlim turn, string pod, string container, IReadOnlyList<string> command, Stream input,
        CancellationToken gone)
    {
        (this.socket, this.turn) = (socket, turn);
        (Pod, Container, Command, Input, Gone) = (pod, container, command, input, gone);
    }

    public string Pod { get; }

    public string Container { get; }

    /// <summary>The command with its arguments.</summary>
    public IReadOnlyList<string> Command { get; }

    /// <summary>Standard input; it has no end but the client's.</summary>
    public Stream Input { get; }

    /// <summary>Ends with the client's connection.</summary>
    public CancellationToken Gone { get; }

    public Task OutAsync(string text) => SendAsync(1, Encoding.UTF8.GetBytes(text));

    public Task ErrorAsync(string text) => SendAsync(2, Encoding.UTF8.GetBytes(text));

    internal async Task SendAsync(byte channel, byte[] bytes)
    {
        await turn.WaitAsync(Gone);
        try
        {
            await socket.SendAsync(new byte[] { channel }.Concat(bytes).ToArray(), WebSocketMessageType.Binary, true, Gone);
        }
        finally
        {
            turn.Release();
        }
    }
}

/// <summary>Thrown by what serves a port: the connection breaks in the middle, without a goodbye.</summary>
public sealed class ConnectionCutException : Exception;

/// <summary>The server's end of exec and port-forward: v4.channel.k8s.io, in which the first byte of a message names its channel.</summary>
internal static class PodSockets
{
    private const string Protocol = "v4.channel.k8s.io";

    /// <summary>Answers the handshake; null where the client speaks another protocol.</summary>
    public static async Task<WebSocket?> AcceptAsync(NetworkStream stream, FakeRequest request, FakeResponse to)
    {
        if (!request.Headers["sec-websocket-protocol"].Split(',', StringSplitOptions.TrimEntries).Contains(Protocol))
        {
            await to.RefuseAsync(403, "unable to upgrade: unsupported protocol");
            return null;
        }

#pragma warning disable CA5350 // The handshake of WebSockets is made so (RFC 6455).
        byte[] hash = SHA1.HashData(Encoding.ASCII.GetBytes(request.Headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
#pragma warning restore CA5350
        await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + $"Sec-WebSocket-Accept: {Convert.ToBase64String(hash)}\r\nSec-WebSocket-Protocol: {Protocol}\r\n\r\n"));
        return WebSocket.CreateFromStream(stream, isServer: true, Protocol, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Forwards a port: channel 0 carries its bytes, channel 1 an error; each begins with the number of the port.</summary>
    public static async Task ForwardAsync(WebSocket socket, int port, Func<Stream, CancellationToken, Task>? serve, CancellationToken stop)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(stop);
        foreach (byte channel in new byte[] { 0, 1 })
            await socket.SendAsync(new[] { channel, (byte)port, (byte)(port >> 8) }, WebSocketMessageType.Binary, true, stop);
        if (serve is null)
        {
            await socket.SendAsync(new byte[] { 1 }.Concat(Encoding.UTF8.GetBytes(
                $"failed to connect to localhost:{port}: connection refused")).ToArray(), WebSocketMessageType.Binary, true, stop);
            await CloseAsync(socket, stop);
            return;
        }

        var (near, far) = Duplex.Pair();
        var up = UpAsync(socket, near, gone);
        var down = DownAsync(socket, near, stop);
        try
        {
            await serve(far, gone.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // One side went away.
        }
        catch (ConnectionCutException)
        {
            socket.Abort();
        }

        await far.DisposeAsync();
        await down;
        await gone.CancelAsync();
        await up;
    }

    /// <summary>Runs a command: what it reads is channel 0, what it writes 1 and 2, how it ended 3.</summary>
    public static async Task ExecAsync(WebSocket socket, FakeRequest request, string pod, Func<FakeExec, Task<int>> run,
        CancellationToken stop)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var (near, far) = Duplex.Pair();
        using var turn = new SemaphoreSlim(1);
        var exec = new FakeExec(socket, turn, pod, request.Parameter("container") ?? "", [.. request.Parameters("command")], far,
            gone.Token);
        var input = UpAsync(socket, near, gone);
        int code = await run(exec);
        var status = new JsonObject { ["status"] = code == 0 ? "Success" : "Failure" };
        if (code != 0)
        {
            status["reason"] = "NonZeroExitCode";
            status["message"] = $"command terminated with non-zero exit code: exit status {code}";
            status["details"] =
                new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ExitCode", ["message"] = $"{code}" }) };
        }

        await exec.SendAsync(3, Encoding.UTF8.GetBytes(status.ToJsonString()));
        await CloseAsync(socket, stop);
        await input;
    }

    // What the client sends on channel 0, until it goes.
    private static async Task UpAsync(WebSocket socket, Stream to, CancellationTokenSource gone)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            for (bool start = true; await socket.ReceiveAsync(buffer.AsMemory(),
                gone.Token) is { MessageType: not WebSocketMessageType.Close } result; start = result.EndOfMessage)
                await to.WriteAsync(buffer.AsMemory(start ? 1 : 0, result.Count - (start ? 1 : 0)), gone.Token);
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException
            or InvalidOperationException)
        {
            // It is gone.
        }

        await gone.CancelAsync();
    }

    private static async Task DownAsync(WebSocket socket, Stream from, CancellationToken stop)
    {
        byte[] buffer = new byte[32 * 1024];
        try
        {
            while (await from.ReadAsync(buffer.AsMemory(1), stop) is > 0 and int count)
                await socket.SendAsync(buffer.AsMemory(0, count + 1), WebSocketMessageType.Binary, true, stop);
            await CloseAsync(socket, stop);
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException
            or InvalidOperationException)
        {
            // It is gone.
        }
    }

    private static async Task CloseAsync(WebSocket socket, CancellationToken stop)
    {
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, stop);
    }
}
