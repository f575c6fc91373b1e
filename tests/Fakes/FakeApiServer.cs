using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace KafkaK8s.Tests.Fakes;

/// <summary>
/// A Kubernetes API server in this process, on the loopback, HTTP/1.1, with a kubeconfig in a folder of its own. See README.md beside this
/// file.
/// </summary>
public sealed class FakeApiServer : IDisposable, IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<FakeRequest> requests = new();
    private readonly ConcurrentDictionary<Task, bool> serving = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kafkak8s-fake-");
    private readonly Func<FakeRequest, FakeResponse, Task> answer;
    private readonly Task accepting;
    private int watching;
    private int pending;

    /// <summary>A server of objects, as <see cref="Store"/> has them.</summary>
    public FakeApiServer(Version? version = null)
    {
        answer = StandardAsync;
        Version = version ?? new Version(1, 36);
        Pods = new FakePods(Store);
        Logs = new FakeLogs(Store);
        Store.Put("v1", "namespaces", null, FakeObjects.Namespace("default"));
        Store.Put("v1", "namespaces", null, FakeObjects.Namespace("kafka"));
        Store.Put("storage.k8s.io/v1", "storageclasses", null, FakeObjects.StorageClass("standard", isDefault: true));
        accepting = Start();
    }

    /// <summary>A server that a function answers for.</summary>
    /// <param name="answer">Answers a request; what it throws cuts the connection.</param>
    public FakeApiServer(Func<FakeRequest, FakeResponse, Task> answer)
    {
        this.answer = answer;
        Version = new Version(1, 36);
        Pods = new FakePods(Store);
        Logs = new FakeLogs(Store);
        accepting = Start();
    }

    public string Address { get; private set; } = "";

    /// <summary>Path of a kubeconfig with the contexts <c>fake</c> (current, namespace kafka) and <c>second one</c>.</summary>
    public string KubeConfig { get; private set; } = "";

    public Version Version { get; }

    public FakeStore Store { get; } = new();

    /// <summary>The controllers and the kubelet; off until they are started.</summary>
    public FakePods Pods { get; }

    /// <summary>Requests that go wrong.</summary>
    public Faults Faults { get; } = new();

    /// <summary>Answers in place of the usual ones; null for the usual one.</summary>
    public Func<FakeRequest, FakeAnswer?> Instead { get; set; } = static _ => null;

    /// <summary>What listens on a port of a pod: namespace, pod, port; null where nothing does.</summary>
    public Func<string, string, int, Func<Stream, CancellationToken, Task>?>? Ports { get; set; }

    /// <summary>Runs a command in a pod and gives its exit code.</summary>
    public Func<FakeExec, Task<int>>? Exec { get; set; }

    /// <summary>The log of a pod's container; the second says whether that of its life before.</summary>
    public Func<string, bool, string> Log { get; set; } = static (_, _) => "";

    /// <summary>Logs line by line, with their times; once there is one, they are served in place of <see cref="Log"/>.</summary>
    public FakeLogs Logs { get; }

    /// <summary>Why a pod may not be evicted now; null where it may.</summary>
    public Func<string, string?> MayNotEvict { get; set; } = static _ => null;

    public IReadOnlyList<FakeRequest> Requests => [.. requests];

    public IReadOnlyList<FakeRequest> Writes => [.. requests.Where(r => r.IsWrite)];

    /// <summary>Watches that a client holds open.</summary>
    public int OpenWatches => Volatile.Read(ref watching);

    /// <summary>Requests that hang.</summary>
    public int Pending => Volatile.Read(ref pending);

    /// <summary>Writes a kubeconfig to a folder.</summary>
    public static string WriteKubeConfig(string folder, string address, string user = "token: t", string? name = null)
    {
        string file = Path.Combine(folder, name ?? "config");
        File.WriteAllText(file, $$"""
            apiVersion: v1
            kind: Config
            current-context: fake
            clusters:
            - name: c
              cluster: { server: "{{address}}" }
            users:
            - { name: u, user: { {{user}} } }
            contexts:
            - { name: fake, context: { cluster: c, user: u, namespace: kafka } }
            - { name: second one, context: { cluster: c, user: u } }
            """);
        return file;
    }

    /// <summary>Writes another kubeconfig for this server.</summary>
    public string KubeConfigOf(string user) => WriteKubeConfig(folder.FullName, Address, user, Guid.NewGuid().ToString("n"));

    /// <summary>Sends an event to all watches of a kind; no object changes.</summary>
    public void Push(string plural, string type, JsonObject tree) => Store.Push(plural, type, tree);

    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
        Pods.Stop();
        if (folder.Exists)
            folder.Delete(recursive: true);
        folder.Refresh();
    }

    public async ValueTask DisposeAsync()
    {
        Dispose();
        await accepting;
        await Task.WhenAll(serving.Keys);
        await Pods.DisposeAsync();
        stop.Dispose();
    }

    private Task Start()
    {
        listener.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        KubeConfig = WriteKubeConfig(folder.FullName, Address);
        return Task.Run(AcceptAsync);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(stop.Token);
                var task = Task.Run(() => ServeAsync(socket));
                serving[task] = true;
                _ = task.ContinueWith(t => serving.TryRemove(t, out _), TaskScheduler.Default);
            }
        }
        catch (Exception e)
            when (e is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The end of the test.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        // A client that hangs up while an answer is held back must be seen: the answer's token ends with the connection.
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        try
        {
            socket.NoDelay = true;
            using var stream = new NetworkStream(socket, ownsSocket: true);
            var connection = new HttpConnection(stream);
            while (await connection.ReadAsync(gone.Token) is { } request)
            {
                requests.Enqueue(request);
                var to = new FakeResponse(stream, last: request.IsWatch, gone.Token);
                var fault = Faults.Of(request);
                if (fault is { Answer: null, IsDone: false })
                    throw new IOException("cut");
                if ((fault?.Told ?? Instead(request)) is { } told)
                {
                    if (told.Hangs)
                        await HangAsync(stream);
                    await to.SendAsync(told.Body.ToJsonString(), told.Code, headers: told.Headers);
                    if (!request.IsWatch)
                        continue;
                    return;
                }

                if (fault is not null && !request.IsWatch && !request.IsSocket)
                    _ = Answer(request); // done, and never told
                if (fault is not null)
                    throw new IOException("cut");
                if (request.IsSocket)
                {
                    if (await SocketAsync(stream, request, to))
                        return;
                    continue;
                }

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

    private async Task AnswerAsync(FakeRequest request, FakeResponse to)
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

    private async Task StandardAsync(FakeRequest request, FakeResponse to)
    {
        if (FakePath.Parse(request.Path) is { Plural: "pods", Name: { } pod, Sub: "log" } log)
            await (Logs.Any ? Logs.ServeAsync(log, request, to)
                : to.SendAsync(Log(pod, request.Parameter("previous") == "true"), type: "text/plain"));
        else if (request.IsWatch)
            await WatchAsync(request, to);
        else
            await SendAsync(Answer(request), to);
    }

    private static Task SendAsync(FakeAnswer answer, FakeResponse to) =>
        to.SendAsync(answer.Body.ToJsonString(), answer.Code, headers: answer.Headers);

    private FakeAnswer Answer(FakeRequest request)
    {
        if (request.Path == "/version")
            return new(200, new JsonObject { ["major"] = $"{Version.Major}", ["minor"] = $"{Version.Minor}+" });
        if (FakePath.Parse(request.Path) is not { } path)
            return NoSuchResource();
        string manager = request.Parameter("fieldManager") ?? "unknown";
        bool dryRun = !request.IsWrite;
        return (request.Method, path.Name, path.Sub) switch
        {
            ("GET", null, null) => Store.List(path, request.Parameter("labelSelector"), request.Parameter("fieldSelector")),
            ("GET", not null, null) => Store.Get(path),
            ("POST", null, null) => Store.Create(path, request.Tree, manager, dryRun),
            ("PATCH", not null, null) when request.Headers.GetValueOrDefault("content-type") == "application/merge-patch+json" =>
                Store.Patch(path, request.Tree, manager, dryRun),
            ("PATCH", not null, null) when request.Headers.GetValueOrDefault("content-type") == "application/json-patch+json" =>
                Store.JsonPatch(path, (JsonArray)JsonNode.Parse(request.Body)!, manager),
            ("PATCH", not null, null) => Store.Apply(path, request.Tree, manager, request.Parameter("force") == "true", dryRun),
            ("DELETE", not null, null) => Store.Delete(path, request.Body.Length == 0 ? null : request.Tree),
            ("POST", not null, "eviction") => MayNotEvict(path.Name) is { } why ? FakeAnswer.Status(429, "TooManyRequests", why)
                : Store.Delete(path with { Sub = null }, (JsonObject?)request.Tree["deleteOptions"]),
            _ => NoSuchResource(),
        };
    }

    private static FakeAnswer NoSuchResource() => FakeAnswer.Status(404, "NotFound", "the server could not find the requested resource");

    private async Task WatchAsync(FakeRequest request, FakeResponse to)
    {
        var path = FakePath.Parse(request.Path)!;
        int after = int.Parse(request.Parameter("resourceVersion") ?? "0", CultureInfo.InvariantCulture);
        await to.PieceAsync("");
        while (true)
        {
            if (Store.Since(ref after, path, request.Parameter("labelSelector"), request.Parameter("fieldSelector"),
                out var next) is not { } lines)
            {
                await to.EventAsync("ERROR",
                    """{"kind":"Status","status":"Failure","reason":"Expired","code":410,"message":"too old resource version"}""");
                return;
            }

            foreach (string line in lines)
                await to.PieceAsync(line + "\n");
            await next.WaitAsync(to.Gone);
        }
    }

    // False where the handshake was refused: the connection goes on.
    private async Task<bool> SocketAsync(NetworkStream stream, FakeRequest request, FakeResponse to)
    {
        if (FakePath.Parse(request.Path) is not { Plural: "pods", Namespace: { } ns, Name: { } name, Sub: { } sub }
            || (sub == "exec" ? (object?)Exec : Ports) is null)
        {
            await SendAsync(NoSuchResource(), to);
            return false;
        }

        var pod = Store.Find("v1", "pods", ns, name);
        if (pod is null || (string?)pod["status"]?["phase"] != "Running")
        {
            await (pod is null ? to.RefuseAsync(404, $"pods \"{name}\" not found")
                : to.RefuseAsync(400, $"pod is not running. Current status={(string?)pod["status"]?["phase"] ?? "Pending"}"));
            return false;
        }

        using var socket = await PodSockets.AcceptAsync(stream, request, to);
        if (socket is null)
            return false;
        int port = int.Parse(request.Parameter("ports") ?? "0", CultureInfo.InvariantCulture);
        await (sub == "exec" ? PodSockets.ExecAsync(socket, request, name, Exec!, stop.Token)
            : PodSockets.ForwardAsync(socket, port, Ports!(ns, name, port), stop.Token));
        return true;
    }

    private async Task HangAsync(NetworkStream stream)
    {
        Interlocked.Increment(ref pending);
        try
        {
            await stream.ReadExactlyAsync(new byte[1], stop.Token);
        }
        finally
        {
            Interlocked.Decrement(ref pending);
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
}
