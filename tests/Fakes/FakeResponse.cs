using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace KafkaK8s.Tests.Fakes;

/// <summary>The answer to one request as it is written: whole, or in pieces.</summary>
public sealed class FakeResponse
{
    private readonly NetworkStream stream;
    private readonly string connection;
    private bool begun;
    private bool chunked;

    internal FakeResponse(NetworkStream stream, bool last, CancellationToken gone)
    {
        this.stream = stream;
        connection = last ? "Connection: close\r\n" : "";
        Gone = gone;
    }

    /// <summary>Ends with the client's connection.</summary>
    public CancellationToken Gone { get; }

    /// <summary>Answers with a whole body.</summary>
    public async Task SendAsync(string body, int status = 200, string type = "application/json", string headers = "")
    {
        begun = true;
        chunked = false;
        int length = Encoding.UTF8.GetByteCount(body);
        await WriteAsync($"HTTP/1.1 {status} X\r\nContent-Type: {type}\r\nContent-Length: {length}\r\n{headers}{connection}\r\n{body}");
    }

    /// <summary>Answers with a Status object, as an API server refuses.</summary>
    public Task RefuseAsync(int status, string message, string details = "{}") =>
        SendAsync(
            $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":{{JsonSerializer.Serialize(message)}},"code":{{status}},"details":{{details}} }""", status);

    /// <summary>Answers with a list.</summary>
    public Task ListAsync(string version, params string[] items) =>
        SendAsync($$"""{"kind":"List","metadata":{"resourceVersion":"{{version}}"},"items":[{{string.Join(',', items)}}]}""");

    /// <summary>Sends one event of a watch.</summary>
    public Task EventAsync(string type, string json) => PieceAsync($$"""{"type":"{{type}}","object":{{json}} }""" + "\n");

    /// <summary>Sends a piece of a body that goes on.</summary>
    public async Task PieceAsync(string text)
    {
        string head = begun ? "" : $"HTTP/1.1 200 X\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n{connection}\r\n";
        begun = chunked = true;
        await WriteAsync(head
            + (text.Length == 0 ? "" : $"{Encoding.UTF8.GetByteCount(text).ToString("x", CultureInfo.InvariantCulture)}\r\n{text}\r\n"));
    }

    /// <summary>Holds the answer back until the client hangs up.</summary>
    public async Task HoldAsync()
    {
        await PieceAsync("");
        await Task.Delay(Timeout.Infinite, Gone);
    }

    /// <summary>Ends the answer in good order.</summary>
    internal async Task EndAsync()
    {
        if (!begun)
            await RefuseAsync(404, "the fake server has no answer to this");
        if (chunked)
            await WriteAsync("0\r\n\r\n");
        chunked = false;
    }

    private async Task WriteAsync(string text)
    {
        if (text.Length > 0)
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text), Gone);
    }
}
