using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Exceptions;
using k8s.KubeConfigModels;
using KafkaK8s.Core.Eks;

namespace KafkaK8s.Core.Kubernetes;

/// <summary>How a cluster was reached: by a context of a kubeconfig, or by a connection to EKS.</summary>
/// <param name="Context">Name of the context; null for EKS.</param>
/// <param name="KubeConfig">Path of the kubeconfig as it was given; null for the default one.</param>
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
        throw new ClusterException("TwoConnections", FailureKind.InvalidInput, connection, $"The connection to the EKS cluster '{connection.ClusterName}' and {other} name two servers. Give one of them.");
    }
}

/// <summary>
/// A connection to one API server. Objects travel as untyped JSON trees over the client library's HttpClient; the library serves for
/// configuration, TLS, credentials and WebSockets.
/// </summary>
internal sealed class KubeConnection : IDisposable
{
    /// <summary>Owner of the fields that this module sets, as the server records it.</summary>
    public const string FieldManager = "kafkak8s";

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    private readonly IDisposable[] alongside;

    private KubeConnection(k8s.Kubernetes client, string context, string defaultNamespace, ClusterOrigin origin, params IDisposable[] alongside)
    {
        Client = client;
        Context = context;
        DefaultNamespace = defaultNamespace;
        Origin = origin;
        this.alongside = alongside;
    }

    /// <summary>The client library's object, for WebSockets.</summary>
    public k8s.Kubernetes Client { get; }

    /// <summary>What messages call it: the name of the kubeconfig's context in use, or the ARN of the EKS cluster, which AWS's tools give their contexts as names.</summary>
    public string Context { get; }

    /// <summary>Namespace that the context names, or <c>default</c>.</summary>
    public string DefaultNamespace { get; }

    /// <summary>What objects that were read through it carry on, so that the next command finds the same server.</summary>
    public ClusterOrigin Origin { get; }

    /// <summary>Address of the API server.</summary>
    public Uri Server => Client.BaseUri;

    /// <summary>Opens a connection; nothing is sent yet, save what an exec plugin of the kubeconfig sends for its token.</summary>
    /// <exception cref="ClusterException">The kubeconfig or the context is missing or unusable.</exception>
    public static KubeConnection Open(string? kubeConfig, string? context)
    {
        var file = KubeConfigFile.Load(kubeConfig);
        string chosen = ChooseContext(file, context);
        try
        {
            string ns = file.Contexts.First(c => c.Name == chosen).ContextDetails.Namespace is { Length: > 0 } named ? named : "default";
            return new KubeConnection(NewClient(KubernetesClientConfiguration.BuildConfigFromConfigObject(file, chosen)), chosen, ns, new ClusterOrigin(chosen, kubeConfig, null));
        }
        catch (KubeConfigException e)
        {
            throw new ClusterException("KubeConfigInvalid", FailureKind.InvalidInput, chosen,
                $"The context {chosen} cannot be used: {e.Message} Mend the kubeconfig, or choose another context with -Context.", e);
        }
        catch (Exception e) when (e is FormatException or IOException or System.Security.Cryptography.CryptographicException or UriFormatException or InvalidOperationException)
        {
            throw new ClusterException("KubeConfigInvalid", FailureKind.InvalidInput, chosen,
                $"The context {chosen} cannot be used: {e.Message} Mend the kubeconfig, or choose another context with -Context.", e);
        }
    }

    /// <summary>Opens a connection to an EKS cluster; nothing is sent yet, save where the credentials come from instance metadata.</summary>
    /// <exception cref="ClusterException">The connection's data are unusable, or there are no credentials for it.</exception>
    public static KubeConnection Open(EksConnection eks)
    {
        var authority = new X509Certificate2Collection();
        try
        {
            authority.ImportFromPem(Encoding.ASCII.GetString(Convert.FromBase64String(eks.CertificateAuthorityData)));
            if (authority.Count == 0)
                throw new FormatException("it has no certificate.");
        }
        catch (Exception e) when (e is FormatException or System.Security.Cryptography.CryptographicException)
        {
            throw new ClusterException("EksConnectionInvalid", FailureKind.InvalidInput, eks,
                $"The connection to the EKS cluster '{eks.ClusterName}' holds no certificate authority that can be read: {e.Message} Make it anew with Connect-EksCluster.", e);
        }

        var aws = AwsSession.Open(eks.Region, eks.ProfileName);
        var token = new EksToken(aws, eks.ClusterName, TimeProvider.System);
        var client = NewClient(new KubernetesClientConfiguration { Host = eks.Endpoint, SslCaCerts = authority, TokenProvider = token });
        return new KubeConnection(client, eks.Arn.Length > 0 ? eks.Arn : eks.ToString(), "default", new ClusterOrigin(null, null, eks), token, aws);
    }

    /// <summary>Reads a path below the server's address.</summary>
    public Task<JsonObject> GetAsync(string path, CancellationToken cancel) => SendAsync(HttpMethod.Get, path, null, null, cancel);

    /// <summary>Reads one object; null where there is none.</summary>
    public async Task<JsonObject?> TryGetAsync(ResourceKind kind, string? ns, string name, CancellationToken cancel)
    {
        using var response = await SendRawAsync(HttpMethod.Get, kind.Path(ns, name), null, null, HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(response, cancel).ConfigureAwait(false);
    }

    /// <summary>Reads all objects of a kind that carry the labels, in one namespace or (null) in all.</summary>
    public async Task<IReadOnlyList<JsonObject>> ListAsync(ResourceKind kind, string? ns, string selector, CancellationToken cancel)
    {
        var list = await GetAsync($"{kind.Path(ns)}?labelSelector={Uri.EscapeDataString(selector)}", cancel).ConfigureAwait(false);
        return [.. (list["items"] as JsonArray ?? []).OfType<JsonObject>()];
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
        using var response = await SendRawAsync(HttpMethod.Delete, kind.Path(ns, name), options, "application/json", HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
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
        using var response = await SendRawAsync(HttpMethod.Post, $"{ResourceKind.Pod.Path(ns, pod)}/eviction", eviction, "application/json", HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
            return null; // gone, or another one of that name by now
        if (response.StatusCode != HttpStatusCode.TooManyRequests)
        {
            await ReadAsync(response, cancel).ConfigureAwait(false);
            return null;
        }

        return ApiFailure.Words(await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false)) ?? "the API server takes no more requests for now";
    }

    /// <summary>Server-side apply of one tree as the field manager of this module.</summary>
    /// <returns>The object as the server has it now (or would have it, in a dry run), and whether it was created.</returns>
    public async Task<(JsonObject Object, bool Created)> ApplyAsync(JsonObject tree, string ns, bool force, bool dryRun, CancellationToken cancel)
    {
        string name = (string)tree["metadata"]!["name"]!;
        string path = $"{ResourceKind.Of(tree).Path(ns, name)}?fieldManager={FieldManager}&force={(force ? "true" : "false")}{(dryRun ? "&dryRun=All" : "")}";
        using var response = await SendRawAsync(HttpMethod.Patch, path, tree, "application/apply-patch+yaml", HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
            return (await ReadAsync(response, cancel).ConfigureAwait(false), response.StatusCode == HttpStatusCode.Created);
        string body = await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
        if (!force && response.StatusCode == HttpStatusCode.Conflict && ApiFailure.IsOwnAnnotation(body))
            return await ApplyAsync(tree, ns, force: true, dryRun, cancel).ConfigureAwait(false);
        if (!force && FieldConflicts.Read(response.StatusCode, body) is { Count: > 0 } fields && await ChangesNoneOfAsync(tree, ns, name, fields, cancel).ConfigureAwait(false))
            return await ApplyAsync(tree, ns, force: true, dryRun, cancel).ConfigureAwait(false);
        throw ApiFailure.From(response.StatusCode, body, this, $"{(string)tree["kind"]!}/{name}");
    }

    // Whether the fields that somebody else owns would keep their values if they were taken over.
    private async Task<bool> ChangesNoneOfAsync(JsonObject tree, string ns, string name, IReadOnlyList<string> fields, CancellationToken cancel)
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

    /// <summary>Opens a watch: the answer's body gives one JSON event a line.</summary>
    public async Task<HttpResponseMessage> WatchAsync(string path, CancellationToken cancel)
    {
        var response = await SendRawAsync(HttpMethod.Get, path, null, null, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw ApiFailure.From(response.StatusCode, await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false), this);
    }

    /// <summary>The last lines that a container wrote; empty where there are none to be had.</summary>
    public async Task<string> LogTailAsync(string ns, string pod, string container, bool previous, int lines, CancellationToken cancel)
    {
        using var response = await SendRawAsync(HttpMethod.Get, $"{ResourceKind.Pod.Path(ns, pod)}/log?container={container}&tailLines={lines}&previous={(previous ? "true" : "false")}",
            null, null, HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
        return response.IsSuccessStatusCode ? (await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false)).Trim() : "";
    }

    /// <summary>The server's version, such as 1.36.</summary>
    public async Task<Version> ServerVersionAsync(CancellationToken cancel)
    {
        var version = await GetAsync("/version", cancel).ConfigureAwait(false);
        static int Number(JsonNode? node) => int.Parse(new string([.. ((string?)node ?? "0").TakeWhile(char.IsAsciiDigit)]), System.Globalization.CultureInfo.InvariantCulture);
        return new Version(Number(version["major"]), Number(version["minor"]));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Client.Dispose();
        foreach (var part in alongside)
            part.Dispose();
    }

    private static k8s.Kubernetes NewClient(KubernetesClientConfiguration configuration)
    {
        configuration.HttpClientTimeout = Timeout.InfiniteTimeSpan; // a watch lives long; requests have their own limit
        configuration.UserAgent = "KafkaK8s";
        configuration.FirstMessageHandlerSetup = static handler =>
        {
            // Without pings a network that dies silently is noticed after three and a half minutes.
            handler.KeepAlivePingDelay = TimeSpan.FromSeconds(5);
            handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(5);
            handler.EnableMultipleHttp2Connections = true;
        };
        return new k8s.Kubernetes(configuration);
    }

    private static string ChooseContext(K8SConfiguration file, string? context)
    {
        string? chosen = string.IsNullOrEmpty(context) ? file.CurrentContext : context;
        string known = string.Join(", ", file.Contexts.Select(c => c.Name));
        if (string.IsNullOrEmpty(chosen))
            throw new ClusterException("ContextNotFound", FailureKind.NotFound, context, $"The kubeconfig names no current context. Choose one with -Context: {known}.");
        if (!file.Contexts.Any(c => c.Name == chosen))
            throw new ClusterException("ContextNotFound", FailureKind.NotFound, chosen, $"The kubeconfig has no context '{chosen}'. It has: {known}.");
        return chosen;
    }

    private async Task<JsonObject> SendAsync(HttpMethod method, string path, JsonObject? body, string? type, CancellationToken cancel)
    {
        using var response = await SendRawAsync(method, path, body, type, HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
        return await ReadAsync(response, cancel).ConfigureAwait(false);
    }

    private async Task<JsonObject> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        if (!response.IsSuccessStatusCode)
            throw ApiFailure.From(response.StatusCode, await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false), this);
        var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
            return (JsonObject)(await JsonNode.ParseAsync(stream, cancellationToken: cancel).ConfigureAwait(false))!;
    }

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The response belongs to the caller.")]
    private async Task<HttpResponseMessage> SendRawAsync(HttpMethod method, string path, JsonObject? body, string? type, HttpCompletionOption completion, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(RequestTimeout);
        using var request = new HttpRequestMessage(method, new Uri(Client.BaseUri, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type!);
        }

        try
        {
            if (Client.Credentials is not null)
                await Client.Credentials.ProcessHttpRequestAsync(request, limit.Token).ConfigureAwait(false);
            return await Client.HttpClient.SendAsync(request, completion, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new ClusterException("ApiServerUnreachable", FailureKind.Connection, Server,
                $"The API server {Server} did not answer within {RequestTimeout.TotalSeconds:0} s. Check the network, and that the context {Context} names the right server.", e);
        }
        catch (HttpRequestException e) when (cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancel); // a handshake that is broken off looks like a failed one
        }
        catch (HttpRequestException e) when (e.InnerException is AuthenticationException)
        {
            throw new ClusterException("ApiServerUntrusted", FailureKind.Authentication, Server,
                $"The certificate of the API server {Server} is not the one that the kubeconfig trusts: {e.InnerException.Message} Fetch the kubeconfig anew.", e);
        }
        catch (HttpRequestException e)
        {
            string why = e.InnerException is SocketException socket ? socket.Message : e.Message;
            throw new ClusterException("ApiServerUnreachable", FailureKind.Connection, Server,
                $"The API server {Server} of the context {Context} cannot be reached: {why}. Check that it runs and that the context names the right server.", e);
        }
    }
}
