using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace KafkaK8s.Tests.Unit.Fakes;

/// <summary>The answer to one request: whole, or in pieces.</summary>
internal sealed class FakeAnswer(NetworkStream stream, bool last, CancellationToken cancel)
{
    private readonly string connection = last ? "Connection: close\r\n" : "";
    private bool begun;
    private bool chunked;

    /// <summary>Ends with the client's connection.</summary>
    public CancellationToken Gone => cancel;

    /// <summary>Answers with a whole body.</summary>
    public async Task SendAsync(string body, int status = 200, string type = "application/json", string headers = "")
    {
        begun = true;
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        await WriteAsync($"HTTP/1.1 {status} X\r\nContent-Type: {type}\r\nContent-Length: {bytes.Length}\r\n{headers}{connection}\r\n");
        await stream.WriteAsync(bytes, cancel);
        chunked = false;
    }

    /// <summary>Answers with a Status object, as an API server refuses.</summary>
    public Task RefuseAsync(int status, string message, string details = "{}") =>
        SendAsync($$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":{{System.Text.Json.JsonSerializer.Serialize(message)}},"code":{{status}},"details":{{details}} }""", status);

    /// <summary>Answers with a list.</summary>
    public Task ListAsync(string version, params string[] items) =>
        SendAsync($$"""{"kind":"List","metadata":{"resourceVersion":"{{version}}"},"items":[{{string.Join(',', items)}}]}""");

    /// <summary>Sends one event of a watch.</summary>
    public Task EventAsync(string type, string json) => PieceAsync($$"""{"type":"{{type}}","object":{{json}} }""" + "\n");

    /// <summary>Sends a piece of a body that goes on.</summary>
    public async Task PieceAsync(string text)
    {
        if (!begun)
            await WriteAsync($"HTTP/1.1 200 X\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n{connection}\r\n");
        begun = chunked = true;
        if (text.Length > 0)
            await WriteAsync($"{Encoding.UTF8.GetByteCount(text).ToString("x", CultureInfo.InvariantCulture)}\r\n{text}\r\n");
    }

    /// <summary>Holds the answer back until the client hangs up.</summary>
    public async Task HoldAsync()
    {
        await PieceAsync("");
        await Task.Delay(Timeout.Infinite, cancel);
    }

    /// <summary>Ends the answer in good order.</summary>
    public async Task EndAsync()
    {
        if (!begun)
            await RefuseAsync(404, "the fake server has no answer to this");
        if (chunked)
            await WriteAsync("0\r\n\r\n");
        chunked = false;
    }

    private async Task WriteAsync(string text)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancel);
        await stream.FlushAsync(cancel);
    }
}
