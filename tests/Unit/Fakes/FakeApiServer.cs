using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Tests.Unit.Fakes;

/// <summary>One request that a <see cref="FakeApiServer"/> got.</summary>
internal sealed record FakeRequest(string Method, string Path, string Query, string Body)
{
    public bool IsWatch => Query.Contains("watch=true", StringComparison.Ordinal);

    public string? Parameter(string name) =>
        Query.TrimStart('?').Split('&').Select(p => p.Split('=', 2)).Where(p => p[0] == name).Select(p => Uri.UnescapeDataString(p[1])).FirstOrDefault();
}

/// <summary>An API server in this process: a function answers each request. Speaks HTTP/1.1 on the loopback.</summary>
internal sealed class FakeApiServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<FakeRequest, FakeAnswer, Task> answer;
    private readonly Task accepting;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kafkak8s-fake");
    private int watching;

    /// <param name="answer">Answers a request; what it throws cuts the connection.</param>
    public FakeApiServer(Func<FakeRequest, FakeAnswer, Task> answer)
    {
        this.answer = answer;
        listener.Start();
        accepting = AcceptAsync();
    }

    public ConcurrentQueue<FakeRequest> Requests { get; } = new();

    /// <summary>Watches that are being answered now.</summary>
    public int Watching => Volatile.Read(ref watching);

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    /// <summary>Opens a connection by a kubeconfig of its own.</summary>
    public KubeConnection Connect(string user = "token: t0ken")
    {
        string file = Path.Combine(folder.FullName, Guid.NewGuid().ToString("N"));
        File.WriteAllText(file, $$"""
            clusters: [{name: c, cluster: {server: "{{Address.ToString().TrimEnd('/')}}"} }]
            users: [{name: u, user: { {{user}} } }]
            contexts: [{name: fake, context: {cluster: c, user: u} }]
            current-context: fake
            """);
        return KubeConnection.Open(file, null);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        folder.Delete(recursive: true);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
                serving.Add(ServeAsync(await listener.AcceptSocketAsync(stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        // A client that hangs up while an answer is held back must be seen: the answer's token ends with the connection.
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        try
        {
            using var stream = new NetworkStream(socket, ownsSocket: true);
            while (await ReadAsync(stream, gone.Token) is { } request)
            {
                Requests.Enqueue(request);
                var to = new FakeAnswer(stream, last: request.IsWatch, gone.Token);
                var watchman = request.IsWatch ? HangUpAsync(stream, gone) : Task.CompletedTask;
                await AnswerAsync(request, to);
                if (request.IsWatch)
                {
                    socket.Shutdown(SocketShutdown.Send); // the watchman has the reading side
                    await watchman;
                    return;
                }
            }
        }
        catch (Exception)
        {
            socket.Close(0); // a cut connection
        }
    }

    private async Task AnswerAsync(FakeRequest request, FakeAnswer to)
    {
        if (request.IsWatch)
            Interlocked.Increment(ref watching);
        try
        {
            await answer(request, to).WaitAsync(stop.Token); // an answer that a failed test holds back must not hold the end
            await to.EndAsync();
        }
        finally
        {
            if (request.IsWatch)
                Interlocked.Decrement(ref watching);
        }
    }

    private static async Task HangUpAsync(NetworkStream stream, CancellationTokenSource gone)
    {
        try
        {
            await stream.ReadExactlyAsync(new byte[1], gone.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // gone, one way or the other
        }

        try
        {
            await gone.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // served already
        }
    }

    private static async Task<FakeRequest?> ReadAsync(NetworkStream stream, CancellationToken cancel)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, cancel) == 0)
                return null;
            head.Append((char)one[0]);
        }

        string[] lines = head.ToString().Split("\r\n");
        string[] first = lines[0].Split(' ');
        string? length = lines.FirstOrDefault(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        byte[] body = new byte[length is null ? 0 : int.Parse(length["Content-Length:".Length..], System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, cancel);
        string[] target = first[1].Split('?', 2);
        return new FakeRequest(first[0], target[0], target.Length > 1 ? target[1] : "", Encoding.UTF8.GetString(body));
    }
}
