using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace KafkaK8s.Tests.Engine.Fake;

/// <summary>
/// A Kubernetes API server of canned objects on the loopback, HTTP/1.1, with a kubeconfig in a folder of its own. It writes down
/// every request, and knows which of its connections are open: what a stopped command leaves behind shows here.
/// </summary>
public sealed class FakeApiServer : IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<FakeRequest> requests = new();
    private readonly ConcurrentDictionary<Channel<string>, string> watches = new();
    private readonly string folder = Directory.CreateTempSubdirectory("kafkak8s-engine-").FullName;
    private int pending;

    public FakeApiServer(Version? version = null)
    {
        Version = version ?? new Version(1, 36);
        listener.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        KubeConfig = WriteKubeConfig(folder, Address);
        Store.Put("v1", "namespaces", null, FakeObjects.Namespace("default"));
        Store.Put("v1", "namespaces", null, FakeObjects.Namespace("kafka"));
        Store.Put("storage.k8s.io/v1", "storageclasses", null, FakeObjects.StorageClass("standard", isDefault: true));
        _ = Task.Run(AcceptAsync);
    }

    public string Address { get; }

    /// <summary>Path of a kubeconfig with the contexts <c>fake</c> (current, namespace kafka) and <c>second one</c>.</summary>
    public string KubeConfig { get; }

    public Version Version { get; }

    public FakeStore Store { get; } = new();

    /// <summary>Answers in place of the usual ones; null for the usual one.</summary>
    public Func<FakeRequest, FakeAnswer?> Instead { get; set; } = static _ => null;

    public IReadOnlyList<FakeRequest> Requests => [.. requests];

    public IReadOnlyList<FakeRequest> Writes => [.. requests.Where(r => r.IsWrite)];

    /// <summary>Watches that a client holds open.</summary>
    public int OpenWatches => watches.Count;

    /// <summary>Requests that wait for an answer, watches left out.</summary>
    public int Pending => Volatile.Read(ref pending);

    public static string WriteKubeConfig(string folder, string address)
    {
        string file = Path.Combine(folder, "config");
        File.WriteAllText(file, $$"""
            apiVersion: v1
            kind: Config
            current-context: fake
            clusters:
            - name: c
              cluster: { server: "{{address}}" }
            users:
            - { name: u, user: { token: t } }
            contexts:
            - { name: fake, context: { cluster: c, user: u, namespace: kafka } }
            - { name: second one, context: { cluster: c, user: u } }
            """);
        return file;
    }

    /// <summary>Sends an event to all watches of a kind.</summary>
    public void Push(string plural, string type, JsonObject tree)
    {
        string line = new JsonObject { ["type"] = type, ["object"] = tree.DeepClone() }.ToJsonString() + "\n";
        foreach (var watch in watches.Where(w => w.Value == plural))
            watch.Key.Writer.TryWrite(line);
    }

    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            var stream = client.GetStream();
            while (await ReadAsync(stream) is FakeRequest request)
            {
                requests.Enqueue(request);
                var answer = Instead(request) ?? Answer(request);
                if (answer is null)
                    await WatchAsync(stream, FakePath.Parse(request.Path)!.Plural);
                else if (answer.Hangs)
                    await HangAsync(stream);
                else
                    await stream.WriteAsync(Bytes(answer), stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client went away.
        }
    }

    // Null for a watch.
    private FakeAnswer? Answer(FakeRequest request)
    {
        if (request.Path == "/version")
            return new(200, new JsonObject { ["major"] = $"{Version.Major}", ["minor"] = $"{Version.Minor}+" });
        if (FakePath.Parse(request.Path) is not { Sub: null } path)
            return FakeAnswer.Status(404, "NotFound", "the server could not find the requested resource");
        return (request.Method, path.Name) switch
        {
            ("GET", null) when request.IsWatch => null,
            ("GET", null) => Store.List(path, request.Parameter("labelSelector")),
            ("GET", _) => Store.Get(path),
            ("POST", null) => new(201, Store.Put(path.Group, path.Plural, path.Namespace, request.Tree)),
            ("PATCH", not null) => Store.Apply(path, request.Tree, !request.IsWrite),
            ("DELETE", not null) => Store.Delete(path),
            _ => FakeAnswer.Status(405, "MethodNotAllowed", "not allowed"),
        };
    }

    private async Task WatchAsync(NetworkStream stream, string plural)
    {
        var channel = Channel.CreateUnbounded<string>();
        watches[channel] = plural;
        try
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), stop.Token);
            var gone = stream.ReadAsync(new byte[1], stop.Token).AsTask();
            while (true)
            {
                var next = channel.Reader.WaitToReadAsync(stop.Token).AsTask();
                if (await Task.WhenAny(gone, next) == gone)
                    throw new IOException("closed");
                while (channel.Reader.TryRead(out string? line))
                    await stream.WriteAsync(Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetByteCount(line):x}\r\n{line}\r\n"), stop.Token);
            }
        }
        finally
        {
            watches.TryRemove(channel, out _);
        }
    }

    private async Task HangAsync(NetworkStream stream)
    {
        Interlocked.Increment(ref pending);
        try
        {
            if (await stream.ReadAsync(new byte[1], stop.Token) == 0)
                throw new IOException("closed");
        }
        finally
        {
            Interlocked.Decrement(ref pending);
        }
    }

    private async Task<FakeRequest?> ReadAsync(NetworkStream stream)
    {
        var head = new List<byte>();
        byte[] one = new byte[1];
        while (head.Count < 4 || Encoding.ASCII.GetString([.. head[^4..]]) != "\r\n\r\n")
        {
            if (await stream.ReadAsync(one, stop.Token) == 0)
                return null;
            head.Add(one[0]);
        }

        string[] lines = Encoding.ASCII.GetString([.. head]).Split("\r\n");
        string? length = lines.FirstOrDefault(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        byte[] body = new byte[length is null ? 0 : int.Parse(length.AsSpan(15), System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, stop.Token);
        string[] start = lines[0].Split(' ');
        string[] target = start[1].Split('?', 2);
        return new FakeRequest(start[0], target[0], target.ElementAtOrDefault(1) ?? "", Encoding.UTF8.GetString(body));
    }

    private static byte[] Bytes(FakeAnswer answer)
    {
        byte[] body = Encoding.UTF8.GetBytes(answer.Body.ToJsonString());
        return [.. Encoding.ASCII.GetBytes($"HTTP/1.1 {answer.Code} X\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"), .. body];
    }
}
