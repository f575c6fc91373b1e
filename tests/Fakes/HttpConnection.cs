using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace KafkaK8s.Tests.Fakes;

/// <summary>Reads requests of HTTP/1.1, one after the other, from one connection.</summary>
internal sealed class HttpConnection(NetworkStream stream)
{
    private byte[] buffer = new byte[8 * 1024];
    private int start;
    private int end;

    /// <summary>The next request; null when the client has hung up.</summary>
    public async Task<FakeRequest?> ReadAsync(CancellationToken cancel)
    {
        int length;
        while ((length = buffer.AsSpan(start, end - start).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await FillAsync(cancel))
                return null;
        }

        string[] lines = Encoding.UTF8.GetString(buffer, start, length).Split("\r\n");
        start += length + 4;
        var headers = lines.Skip(1).Select(l => l.Split(':', 2)).ToDictionary(h => h[0].ToLowerInvariant(), h => h[1].Trim());
        byte[] body = new byte[headers.TryGetValue("content-length", out string? size) ? int.Parse(size, CultureInfo.InvariantCulture) : 0];
        int there = Math.Min(body.Length, end - start);
        buffer.AsSpan(start, there).CopyTo(body);
        start += there;
        await stream.ReadExactlyAsync(body.AsMemory(there), cancel);
        string[] first = lines[0].Split(' ');
        string[] target = first[1].Split('?', 2);
        return new FakeRequest(first[0], target[0], target.ElementAtOrDefault(1) ?? "",
            Encoding.UTF8.GetString(body))
        { Headers = headers };
    }

    private async Task<bool> FillAsync(CancellationToken cancel)
    {
        if (start > 0)
            Buffer.BlockCopy(buffer, start, buffer, 0, end - start);
        (start, end) = (0, end - start);
        if (end == buffer.Length)
            Array.Resize(ref buffer, 2 * end);
        int count = await stream.ReadAsync(buffer.AsMemory(end), cancel);
        end += count;
        return count > 0;
    }
}
