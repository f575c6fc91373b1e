using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KafkaK8s.Core.Kubernetes;

/// <summary>How a command in a pod ended.</summary>
/// <param name="ExitCode">Its exit code; null when it did not start, or its end was not reported.</param>
/// <param name="Failure">The server's words when the exit code is not 0.</param>
internal sealed record ExecResult(int? ExitCode, string? Failure);

/// <summary>How a command in a pod ended, and what it wrote.</summary>
/// <param name="ExitCode">Its exit code; null when it did not start, or its end was not reported.</param>
/// <param name="Failure">The server's words when the exit code is not 0.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record ExecText(int? ExitCode, string? Failure, string Output, string Error);

/// <summary>
/// Runs a command in a pod. An own loop on the raw WebSocket, ended by the status on channel 3: a server may keep the socket open
/// after that.
/// </summary>
internal static class PodExec
{
    private const byte Stdin = 0;
    private const int Stdout = 1;
    private const int Stderr = 2;
    private const int Status = 3;

    /// <summary>Time that a server gets beyond the command's own limit to report its end.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Runs a command and gives its output piece by piece.</summary>
    /// <param name="connection">Connection to the API server.</param>
    /// <param name="ns">Namespace of the pod.</param>
    /// <param name="pod">Name of the pod.</param>
    /// <param name="container">Container in it.</param>
    /// <param name="command">The command with its arguments; <c>timeout</c> is put in front, because cancelling does not end a process in
    /// a pod.</param>
    /// <param name="limit">Longest time that it may run.</param>
    /// <param name="output">Called for each piece of standard output; the bytes are valid during the call only.</param>
    /// <param name="error">The same for standard error.</param>
    /// <param name="stdin">Pieces for standard input, each asked for when the one before is on its way. The protocol has no end of input:
    /// the command must know by itself when it has all.</param>
    /// <param name="cancel">Ends the wait; the process in the pod goes on until its limit.</param>
    /// <exception cref="ClusterException"><c>ExecFailed</c>: the pod or its container cannot run it. <c>ExecTimeout</c>: no end within the
    /// limit.</exception>
    public static async Task<ExecResult> RunAsync(
        KubeConnection connection, string ns, string pod, string container, IReadOnlyList<string> command, TimeSpan limit,
        Action<ReadOnlyMemory<byte>>? output, Action<ReadOnlyMemory<byte>>? error, IEnumerable<ReadOnlyMemory<byte>>? stdin,
        CancellationToken cancel)
    {
        int seconds = Math.Max(1, (int)Math.Ceiling(limit.TotalSeconds));
        string[] wrapped = ["timeout", seconds.ToString(CultureInfo.InvariantCulture), .. command];
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        end.CancelAfter(TimeSpan.FromSeconds(seconds) + Grace);
        try
        {
            using var socket = await PodHandshake.OpenAsync(connection, ns, pod, Query(container, wrapped, stdin is not null), "ExecFailed",
                "run a command in", end.Token).ConfigureAwait(false);
            var writing = stdin is null ? Task.CompletedTask : Task.Run(() => SendAsync(socket, stdin, end.Token), CancellationToken.None);
            var result = await ReadAsync(socket, output, error, end.Token).ConfigureAwait(false);
            await end.CancelAsync().ConfigureAwait(false);
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // a command that ended early leaves input unread
            return result;
        }
        catch (Exception e)
            when (end.IsCancellationRequested && !cancel.IsCancellationRequested && e is OperationCanceledException or WebSocketException)
        {
            throw new ClusterException("ExecTimeout", FailureKind.Timeout, pod,
                $"'{string.Join(' ', command.Take(3))}' in the pod {pod} did not end within {seconds} s.", e);
        }
        catch (WebSocketException e) when (!cancel.IsCancellationRequested)
        {
            throw new ClusterException("ExecFailed", FailureKind.Connection, pod,
                $"The connection to the pod {pod} broke while '{string.Join(' ', command.Take(3))}' ran: {e.GetBaseException().Message}",
                e);
        }
    }

    /// <summary>Runs a command and gives its output as text. For commands that say little.</summary>
    public static async Task<ExecText> CaptureAsync(
        KubeConnection connection, string ns, string pod, string container, IReadOnlyList<string> command, TimeSpan limit,
        CancellationToken cancel, string? stdin = null)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var result = await RunAsync(connection, ns, pod, container, command, limit, b => output.Write(b.Span), b => error.Write(b.Span),
            stdin is null ? null : [Encoding.UTF8.GetBytes(stdin)], cancel).ConfigureAwait(false);
        return new ExecText(result.ExitCode, result.Failure, Text(output), Text(error));
    }

    /// <summary>Reads the status object that ends an exec.</summary>
    internal static ExecResult ParseStatus(ReadOnlySpan<byte> json)
    {
        JsonNode? status;
        try
        {
            status = JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return new ExecResult(null, Encoding.UTF8.GetString(json)); // very old servers send plain text
        }

        if ((string?)status?["status"] == "Success")
            return new ExecResult(0, null);
        var causes = status?["details"]?["causes"] as JsonArray ?? [];
        string? code = (string?)causes.FirstOrDefault(c => (string?)c?["reason"] == "ExitCode")?["message"];
        return new ExecResult(int.TryParse(code, NumberStyles.Integer, CultureInfo.InvariantCulture, out int n) ? n : null,
            (string?)status?["message"]);
    }

    private static string Query(string container, IEnumerable<string> command, bool stdin) =>
        $"exec?container={Uri.EscapeDataString(container)}&stdin={(stdin ? "true" : "false")}&stdout=true&stderr=true&tty=false"
        + $"{string.Concat(command.Select(c => "&command=" + Uri.EscapeDataString(c)))}";

    private static async Task<ExecResult> ReadAsync(WebSocket socket, Action<ReadOnlyMemory<byte>>? output,
        Action<ReadOnlyMemory<byte>>? error, CancellationToken cancel)
    {
        var frames = new ChannelFrames(portBytes: 0);
        using var status = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            var piece = await socket.ReceiveAsync(buffer.AsMemory(), cancel).ConfigureAwait(false);
            if (piece.MessageType == WebSocketMessageType.Close)
                return new ExecResult(null, "the server closed the connection without saying how the command ended");
            var slice = frames.Take(buffer.AsSpan(0, piece.Count), piece.EndOfMessage);
            var data = buffer.AsMemory(slice.Offset, slice.Count);
            switch (slice.Channel)
            {
                case Stdout when slice.Count > 0:
                    output?.Invoke(data);
                    break;
                case Stderr when slice.Count > 0:
                    error?.Invoke(data);
                    break;
                case Status:
                    status.Write(data.Span);
                    if (piece.EndOfMessage && status.Length > 0)
                        return ParseStatus(status.GetBuffer().AsSpan(0, (int)status.Length));
                    break;
            }
        }
    }

    private static async Task SendAsync(WebSocket socket, IEnumerable<ReadOnlyMemory<byte>> pieces, CancellationToken cancel)
    {
        byte[] frame = new byte[32 * 1024];
        frame[0] = Stdin;
        foreach (var piece in pieces)
        {
            for (var rest = piece; rest.Length > 0;)
            {
                int count = Math.Min(rest.Length, frame.Length - 1);
                rest[..count].CopyTo(frame.AsMemory(1));
                await socket.SendAsync(frame.AsMemory(0, count + 1), WebSocketMessageType.Binary, true, cancel).ConfigureAwait(false);
                rest = rest[count..];
            }
        }
    }

    private static string Text(MemoryStream stream) => Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
}
