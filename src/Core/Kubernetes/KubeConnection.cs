using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes.Config;

namespace KafkaK8s.Core.Kubernetes;

/// <summary>How a cluster was reached: by a context of a kubeconfig, or by a connection to EKS.</summary>
/// <param name="Context">Name of the context; null for EKS.</param>
/// <param name="KubeConfig">Absolute paths of the kubeconfig files, as KUBECONFIG has them; null for EKS and inside of a pod.</param>
/// <param name="Connection">The connection to EKS; null for a kubeconfig.</param>
internal sealed record ClusterOrigin(string? Context, string? KubeConfig, EksConnection? Connection)
{
    /// <summary>Refuses two ways at once.</summary>
    /// <exception cref="ClusterException">TwoConnections.</exception>
    public static void Check(string? context, string? kubeConfig, EksConnection? connection)
    {
        if (connection is null || (string.IsNullOrEmpty(context) && string.IsNullOrEmpty(kubeConfig)))
            return;
        string other = string.IsNullOrEmpty(context) ? $"-KubeConfig '{kubeConfig}'" : $"-Context '{context}'";
        throw new ClusterException("TwoConnections", FailureKind.InvalidInput, connection,
            $"The connection to the EKS cluster '{connection.ClusterName}' and {other} name two servers. Give one of them.");
    }
}

/// <summary>A connection to one API server. Objects travel as untyped JSON trees; how, to whom and as whom is the matter of
/// <see cref="ServerAccess"/>.</summary>
internal sealed class KubeConnection : IDisposable
{
    /// <summary>Owner of the fields that this module sets, as the server records it.</summary>
    public const string FieldManager = "kafkak8s";

    private const int MostTries = 10; // as client-go

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(2);

    private readonly ApiTransport transport;
    private readonly IDisposable[] alongside;
    private int holders = 1;

    private KubeConnection(ServerAccess access, string context, string defaultNamespace, ClusterOrigin origin,
        params IDisposable[] alongside)
    {
        transport = new ApiTransport(access);
        Server = access.Server;
        Context = context;
        DefaultNamespace = defaultNamespace.Length > 0 ? defaultNamespace : "default";
        Origin = origin;
        this.alongside = alongside;
    }

    /// <summary>What messages call it: the name of the kubeconfig's context in use, or the ARN of the EKS cluster, which AWS's tools give
    /// their contexts as names.</summary>
    public string Context { get; }

    /// <summary>Namespace that the context names, or <c>default</c>.</summary>
    public string DefaultNamespace { get; }

    /// <summary>What objects that were read through it carry on, so that the next command finds the same server.</summary>
    public ClusterOrigin Origin { get; }

    /// <summary>The clock that the limit of a request goes by.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Address of the API server, with its path.</summary>
    public Uri Server { get; }

    /// <summary>Opens a connection; nothing is sent or run yet.</summary>
    /// <param name="kubeConfig">A kubeconfig, or several as the variable KUBECONFIG has them; null for the default ones.</param>
    /// <param name="context">The context; null for the current one.</param>
    /// <param name="folder">Folder for relative paths and for exec plugins to run in; null for the process's own.</param>
    /// <exception cref="ClusterException">The kubeconfig or the context is missing or unusable.</exception>
    public static KubeConnection Open(string? kubeConfig, string? context, string? folder = null)
    {
        var file = KubeConfigFile.Load(kubeConfig, folder);
        if (file.IsEmpty && string.IsNullOrEmpty(context))
        {
            var (pod, server, account) = InCluster.Find(InCluster.Folder, Environment.GetEnvironmentVariable) ?? throw (
                file.Files.Any(File.Exists) ? NoContext(file, null) : KubeConfigFile.NotFound(file.Files));
            return Open(pod, server, account, folder, new ClusterOrigin(null, null, null));
        }

        string chosen = string.IsNullOrEmpty(context) ? file.CurrentContext : context;
        var found = file.Contexts.FirstOrDefault(c => c.Name == chosen) ?? throw NoContext(file, chosen);
        var cluster = file.Clusters.FirstOrDefault(c => c.Name == found.Cluster)
            ?? throw Unusable(chosen, $"its cluster '{found.Cluster}' is not there.");
        var user = file.Users.FirstOrDefault(u => u.Name == found.User);
        if (user is null && found.User.Length > 0)
            throw Unusable(chosen, $"its user '{found.User}' is not there.");
        return Open(found, cluster, user, folder, new ClusterOrigin(chosen, file.Path, null));
    }

    /// <summary>Opens a connection that somebody else knows the way to; nothing is sent yet.</summary>
    /// <param name="access">How the server is reached, and as whom.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="origin">What objects that were read through it carry on.</param>
    /// <param name="alongside">What is disposed of with it.</param>
    public static KubeConnection Open(ServerAccess access, string name, ClusterOrigin origin, params IDisposable[] alongside) =>
        new(access, name, "", origin, alongside);

    /// <summary>Reads a path below the server's address.</summary>
    public Task<JsonObject> GetAsync(string path, CancellationToken cancel) => SendAsync(HttpMethod.Get, path, null, null, cancel);

    /// <summary>Reads one object; null where there is none.</summary>
    public async Task<JsonObject?> TryGetAsync(ResourceKind kind, string? ns, string name, CancellationToken cancel)
    {
        using var response = await SendRawAsync(HttpMethod.Get, kind.Path(ns, name), null, null, HttpCompletionOption.ResponseContentRead,
            cancel).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(response, cancel).ConfigureAwait(false);
    }

    /// <summary>Reads all objects of a kind that carry the labels, in one namespace or (null) in all.</summary>
    public async Task<IReadOnlyList<JsonObject>> ListAsync(ResourceKind kind, string? ns, string selector, CancellationToken cancel)
    {
        var list = await GetAsync($"{kind.Path(ns)}?labelSelector={Uri.EscapeDataString(selector)}", cancel).ConfigureAwait(false);
        return kind.ItemsOf(list);
    }

    /// <summary>Creates an object.</summary>
    public Task<JsonObject> CreateAsync(JsonObject tree, string ns, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, $"{ResourceKind.Of(tree).Path(ns)}?fieldManager={FieldManager}", tree, "application/json", cancel);

    /// <summary>Deletes an object, of that uid only where one is given; false where there was none (or another).</summary>
    public async Task<bool> DeleteAsync(ResourceKind kind, string? ns, string name, string? uid, CancellationToken cancel)
    {
        var options = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "DeleteOptions", ["propagationPolicy"] = "Background" };
        if (uid is not null)
            options["preconditions"] = new JsonObject { ["uid"] = uid };
        using var response = await SendRawAsync(HttpMethod.Delete, kind.Path(ns, name), options, "application/json",
            HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
            return false;
        await ReadAsync(response, cancel).ConfigureAwait(false);
        return true;
    }

    /// <summary>Asks for the eviction of a pod, as a drain does: disruption budgets have their say.</summary>
    /// <param name="apiVersion">Version of the policy API that the server knows evictions in.</param>
    /// <param name="ns">Namespace of the pod.</param>
    /// <param name="pod">Name of the pod.</param>
    /// <param name="uid">Its uid: another pod of that name is left alone.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Null when the pod goes, or is gone already; else why it may not go now, in the server's words.</returns>
    public async Task<string?> TryEvictAsync(string apiVersion, string ns, string pod, string uid, CancellationToken cancel)
    {
        var eviction = new JsonObject
        {
            ["apiVersion"] = apiVersion,
            ["kind"] = "Eviction",
            ["metadata"] = new JsonObject { ["name"] = pod, ["namespace"] = ns },
            ["deleteOptions"] = new JsonObject { ["preconditions"] = new JsonObject { ["uid"] = uid } },
        };
        using var response = await SendRawAsync(HttpMethod.Post, $"{ResourceKind.Pod.Path(ns, pod)}/eviction", eviction, "application/json",
            HttpCompletionOption.ResponseContentRead, cancel, patient: false).ConfigureAwait(false);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
            return null; // gone, or another one of that name by now
        if (response.StatusCode != HttpStatusCode.TooManyRequests)
        {
            await ReadAsync(response, cancel).ConfigureAwait(false);
            return null;
        }

        return ApiFailure.Words(await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false))
            ?? "the API server takes no more requests for now";
    }

    /// <summary>Server-side apply of one tree as the field manager of this module.</summary>
    /// <returns>The object as the server has it now (or would have it, in a dry run), and whether it was created.</returns>
    public async Task<(JsonObject Object, bool Created)> ApplyAsync(JsonObject tree, string ns, bool force, bool dryRun,
        CancellationToken cancel)
    {
        string name = (string)tree["metadata"]!["name"]!;
        string path =
            $"{ResourceKind.Of(tree).Path(ns, name)}?fieldManager={FieldManager}&force={(force ? "true" : "false")}"
                + $"{(dryRun ? "&dryRun=All" : "")}";
        using var response = await SendRawAsync(HttpMethod.Patch, path, tree, "application/apply-patch+yaml",
            HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
            return (await ReadAsync(response, cancel).ConfigureAwait(false), response.StatusCode == HttpStatusCode.Created);
        string body = await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
        if (!force && response.StatusCode == HttpStatusCode.Conflict && ApiFailure.IsOwnAnnotation(body))
            return await ApplyAsync(tree, ns, force: true, dryRun, cancel).ConfigureAwait(false);
        if (!force && FieldConflicts.Read(response.StatusCode, body) is { Count: > 0 } fields
            && await ChangesNoneOfAsync(tree, ns, name, fields, cancel).ConfigureAwait(false))
            return await ApplyAsync(tree, ns, force: true, dryRun, cancel).ConfigureAwait(false);
        throw ApiFailure.From(response.StatusCode, body, this, $"{(string)tree["kind"]!}/{name}");
    }

    // Whether the fields that somebody else owns would keep their values if they were taken over.
    private async Task<bool> ChangesNoneOfAsync(JsonObject tree, string ns, string name, IReadOnlyList<string> fields,
        CancellationToken cancel)
    {
        var live = await TryGetAsync(ResourceKind.Of(tree), ns, name, cancel).ConfigureAwait(false);
        if (live is null)
            return false;
        var (taken, _) = await ApplyAsync(tree, ns, force: true, dryRun: true, cancel).ConfigureAwait(false);
        return !FieldConflicts.AnyTouched(fields, ObjectDiff.Compare(live, taken));
    }

    /// <summary>A merge patch of one object.</summary>
    public Task<JsonObject> MergeAsync(ResourceKind kind, string ns, string name, JsonObject patch, CancellationToken cancel) =>
        SendAsync(HttpMethod.Patch, $"{kind.Path(ns, name)}?fieldManager={FieldManager}", patch, "application/merge-patch+json", cancel);

    /// <summary>A JSON patch (RFC 6902) of one object: all of its operations or none.</summary>
    /// <returns>False where a <c>test</c> in it failed, or the object is not there: the server answers 422 or 404
    /// (Kubernetes, <c>apiserver/pkg/endpoints/handlers/patch.go</c>, <c>applyJSPatch</c>).</returns>
    public async Task<bool> TryPatchAsync(ResourceKind kind, string ns, string name, JsonArray operations, CancellationToken cancel)
    {
        string path = $"{kind.Path(ns, name)}?fieldManager={FieldManager}";
        const HttpCompletionOption Whole = HttpCompletionOption.ResponseContentRead;
        using var response = await SendRawAsync(HttpMethod.Patch, path, operations, "application/json-patch+json", Whole, cancel)
            .ConfigureAwait(false);
        if (response.StatusCode is HttpStatusCode.UnprocessableEntity or HttpStatusCode.NotFound)
            return false;
        await ReadAsync(response, cancel).ConfigureAwait(false);
        return true;
    }

    /// <summary>Opens a watch: the answer's body gives one JSON event a line.</summary>
    public async Task<HttpResponseMessage> WatchAsync(string path, CancellationToken cancel)
    {
        var response = await SendRawAsync(HttpMethod.Get, path, null, null, HttpCompletionOption.ResponseHeadersRead, cancel)
            .ConfigureAwait(false);
        if (response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType == "application/json")
            return response;
        using (response)
            throw response.IsSuccessStatusCode ? NotAnApiServer(Called(response))
                : await FailureOfAsync(response, cancel).ConfigureAwait(false);
    }

    /// <summary>Opens the log of a pod: the answer's body gives its lines.</summary>
    public async Task<HttpResponseMessage> LogAsync(string ns, string pod, string query, CancellationToken cancel)
    {
        var response = await SendRawAsync(HttpMethod.Get, $"{ResourceKind.Pod.Path(ns, pod)}/log?{query}", null, null,
            HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await FailureOfAsync(response, cancel).ConfigureAwait(false);
    }

    /// <summary>The last lines that a container wrote; empty where there are none to be had.</summary>
    public async Task<string> LogTailAsync(string ns, string pod, string container, bool previous, int lines, CancellationToken cancel)
    {
        using var response = await SendRawAsync(HttpMethod.Get,
            $"{ResourceKind.Pod.Path(ns, pod)}/log?container={Uri.EscapeDataString(container)}"
                + $"&tailLines={lines}&previous={(previous ? "true" : "false")}",
            null, null, HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
        return response.IsSuccessStatusCode ? (await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false)).Trim() : "";
    }

    /// <summary>The server's version, such as 1.36.</summary>
    public async Task<Version> ServerVersionAsync(CancellationToken cancel)
    {
        var version = await GetAsync("/version", cancel).ConfigureAwait(false);
        static int Number(JsonNode? node) => int.Parse(new string([.. ((string?)node ?? "0").TakeWhile(char.IsAsciiDigit)]),
            System.Globalization.CultureInfo.InvariantCulture);
        return new Version(Number(version["major"]), Number(version["minor"]));
    }

    /// <summary>Opens a WebSocket, on the same way as every request.</summary>
    /// <param name="path">Path below the server's address.</param>
    /// <param name="protocol">The sub-protocol that both must speak.</param>
    /// <param name="cancel">Ends the handshake.</param>
    /// <returns>The socket; or the status and the words with which the server refused it.</returns>
    public async Task<(WebSocket? Socket, HttpStatusCode Status, string Refusal)> OpenSocketAsync(string path, string protocol,
        CancellationToken cancel)
    {
        string key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        var response = await SendOverAsync(() => Handshake(path, protocol, key), HttpCompletionOption.ResponseHeadersRead, cancel)
            .ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
        {
            using (response)
                return (null, response.StatusCode, await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false));
        }

        static string? Only(HttpResponseMessage r, string header) =>
            r.Headers.TryGetValues(header, out var values) ? values.Single() : null;
        if (Only(response, "Sec-WebSocket-Accept") != WebSocketKey.Answer(key) || Only(response, "Sec-WebSocket-Protocol") != protocol)
        {
            using (response)
                throw NotAnApiServer("a handshake for another protocol");
        }

        var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        return (WebSocket.CreateFromStream(stream, new WebSocketCreationOptions
        {
            SubProtocol = protocol,
            KeepAliveInterval = WebSocket.DefaultKeepAliveInterval
        }), response.StatusCode, "");
    }

    /// <summary>One more uses it: it ends when as many have disposed of it.</summary>
    public KubeConnection Hold()
    {
        Interlocked.Increment(ref holders);
        return this;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref holders) != 0)
            return;
        transport.Dispose();
        foreach (var part in alongside)
            part.Dispose();
    }

    private static KubeConnection Open(KubeContext context, KubeCluster cluster, KubeUser? user, string? folder, ClusterOrigin origin)
    {
        try
        {
            return new KubeConnection(ServerAccess.Of(cluster, user, folder ?? Environment.CurrentDirectory, TimeProvider.System),
                context.Name, context.Namespace, origin);
        }
        catch (FormatException e)
        {
            throw Unusable(context.Name, e.Message, e);
        }
    }

    private static ClusterException Unusable(string context, string why, Exception? inner = null) =>
        new("KubeConfigInvalid", FailureKind.InvalidInput, context,
        $"The context {context} cannot be used: {why} Mend the kubeconfig, or choose another context with -Context.", inner);

    private static ClusterException NoContext(KubeConfig file, string? chosen)
    {
        string known = string.Join(", ", file.Contexts.Select(c => c.Name));
        return string.IsNullOrEmpty(chosen)
            ? new("ContextNotFound", FailureKind.NotFound, file.Path,
                $"The kubeconfig names no current context. Choose one with -Context: {known}.")
            : new("ContextNotFound", FailureKind.NotFound, chosen, $"The kubeconfig has no context '{chosen}'. It has: {known}.");
    }

    private static HttpRequestMessage Handshake(string path, string protocol, string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact
        };
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new ProductHeaderValue("websocket"));
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", key);
        request.Headers.Add("Sec-WebSocket-Protocol", protocol);
        return request;
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, JsonNode? body, string? type)
    {
        var request = new HttpRequestMessage(method, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type!);
        }

        return request;
    }

    // How long the server asks to be left alone; null where it does not ask.
    private static TimeSpan? PauseOf(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.TooManyRequests && (int)response.StatusCode < 500)
            return null;
        var after = response.Headers.RetryAfter;
        var pause = after?.Delta ?? (after?.Date is { } date ? date - DateTimeOffset.UtcNow : null);
        return pause <= LongestPause ? (pause > TimeSpan.Zero ? pause : TimeSpan.Zero) : null;
    }

    private async Task<JsonObject> SendAsync(HttpMethod method, string path, JsonObject? body, string? type, CancellationToken cancel)
    {
        using var response = await SendRawAsync(method, path, body, type, HttpCompletionOption.ResponseContentRead, cancel)
            .ConfigureAwait(false);
        return await ReadAsync(response, cancel).ConfigureAwait(false);
    }

    private async Task<JsonObject> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        if (!response.IsSuccessStatusCode)
            throw await FailureOfAsync(response, cancel).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                return await JsonNode.ParseAsync(stream, cancellationToken: cancel).ConfigureAwait(false) as JsonObject
                    ?? throw NotAnApiServer("JSON that is no object");
            }
            catch (JsonException)
            {
                throw NotAnApiServer(Called(response));
            }
        }
    }

    private async Task<ClusterException> FailureOfAsync(HttpResponseMessage response, CancellationToken cancel) =>
        (int)response.StatusCode is >= 300 and < 400
        ? NotAnApiServer(
            $"a redirection to "
                + $"{response.Headers.Location?.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) ?? "elsewhere"}")
        : ApiFailure.From(response.StatusCode, await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false), this);

    private static string Called(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType is { } type && type != "application/json" ? type : "text that is no JSON";

    private ClusterException NotAnApiServer(string answer) => new("NotAnApiServer", FailureKind.InvalidData, Server,
        $"The server {Server} of the context {Context} answered with {answer}, not as an API server does: a login page or a proxy seems "
            + $"to stand before it. Open the address in a browser, or check server and proxy-url in the kubeconfig.");

    // Waits where the server asks to come again later, as client-go does; the limit of the whole operation is the caller's.
    private async Task<HttpResponseMessage> SendRawAsync(
        HttpMethod method, string path, JsonNode? body, string? type, HttpCompletionOption completion, CancellationToken cancel,
        bool patient = true)
    {
        for (int attempt = 1; ; attempt++)
        {
            var response = await SendOverAsync(() => Request(method, path, body, type), completion, cancel).ConfigureAwait(false);
            if (!patient || attempt == MostTries || PauseOf(response) is not { } pause)
                return response;
            response.Dispose();
            await Task.Delay(pause, cancel).ConfigureAwait(false);
        }
    }

    private async Task<HttpResponseMessage> SendOverAsync(Func<HttpRequestMessage> make, HttpCompletionOption completion,
        CancellationToken cancel)
    {
        HttpRequestMessage Addressed()
        {
            var request = make();
            request.RequestUri = new Uri(Server, request.RequestUri!.OriginalString.TrimStart('/'));
            return request;
        }

        try
        {
            return await transport.SendAsync(Addressed, completion, RequestTimeout, Time, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new ClusterException("ApiServerUnreachable", FailureKind.Connection, Server,
                $"The API server {Server} did not answer within {RequestTimeout.TotalSeconds:0} s. Check the network, and that the "
                    + $"context {Context} names the right server.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException && cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancel); // a handshake that is broken off looks like a failed one
        }
        catch (HttpRequestException e) when (e.InnerException is AuthenticationException trust)
        {
            throw new ClusterException("ApiServerUntrusted", FailureKind.Authentication, Server,
                $"The certificate of the server {Server} of the context {Context} is not trusted: {trust.Message} Fetch the kubeconfig "
                    + $"again, or ask the operator of the cluster. Nothing was sent.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            string why = e.InnerException is SocketException socket ? socket.Message : (e.InnerException ?? e).Message;
            throw new ClusterException("ApiServerUnreachable", FailureKind.Connection, Server,
                $"The API server {Server} of the context {Context} cannot be reached: {why}. Check that it runs and that the context "
                    + $"names the right server.", e);
        }
    }
}
