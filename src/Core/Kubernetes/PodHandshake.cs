using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using k8s.Autorest;

namespace KafkaK8s.Core.Kubernetes;

/// <summary>Opens a WebSocket to a pod, and says in words why the server refused one.</summary>
internal static partial class PodHandshake
{
    /// <summary>The only sub-protocol that every supported server speaks for both exec and port-forward.</summary>
    public const string SubProtocol = "v4.channel.k8s.io";

    /// <summary>Runs the client library's opening call; its failures become a <see cref="ClusterException"/>.</summary>
    /// <param name="connection">Connection to the API server.</param>
    /// <param name="ns">Namespace of the pod.</param>
    /// <param name="pod">Name of the pod.</param>
    /// <param name="id">Id of the failure where the pod is the reason.</param>
    /// <param name="verb">What was tried, as in "cannot ... the pod".</param>
    /// <param name="open">The call.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task<WebSocket> OpenAsync(
        KubeConnection connection, string ns, string pod, string id, string verb, Func<CancellationToken, Task<WebSocket>> open, CancellationToken cancel)
    {
        try
        {
            return await open(cancel).ConfigureAwait(false);
        }
        catch (HttpOperationException e)
        {
            throw await RefusedAsync(connection, ns, pod, id, verb, (int)e.Response.StatusCode, e, cancel).ConfigureAwait(false);
        }
        catch (WebSocketException e) when (cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancel);
        }
        catch (WebSocketException e) when (StatusOf(e) is int status)
        {
            throw await RefusedAsync(connection, ns, pod, id, verb, status, e, cancel).ConfigureAwait(false);
        }
        catch (WebSocketException e) when (e.GetBaseException() is AuthenticationException trust)
        {
            throw new ClusterException("ApiServerUntrusted", FailureKind.Authentication, connection.Server,
                $"The certificate of the API server {connection.Server} is not the one that the kubeconfig trusts: {trust.Message} Fetch the kubeconfig anew.", e);
        }
        catch (WebSocketException e)
        {
            string why = e.GetBaseException() is SocketException socket ? socket.Message : e.GetBaseException().Message;
            throw new ClusterException("ApiServerUnreachable", FailureKind.Connection, connection.Server,
                $"The API server {connection.Server} of the context {connection.Context} cannot be reached: {why}. Check that it runs and that the context names the right server.", e);
        }
    }

    /// <summary>The state of a pod in a few words, from its tree; null stands for a pod that does not exist.</summary>
    public static string Describe(JsonObject? pod)
    {
        if (pod is null)
            return "it does not exist";
        if (pod["metadata"]?["deletionTimestamp"] is not null)
            return "it is being deleted";
        string phase = (string?)pod["status"]?["phase"] ?? "Unknown";
        var waiting = (pod["status"]?["containerStatuses"] as JsonArray ?? []).Select(c => c?["state"]).OfType<JsonObject>()
            .SelectMany(s => s.Where(p => p.Key is "waiting" or "terminated").Select(p => p.Value)).OfType<JsonObject>()
            .Select(s => string.Join(": ", new[] { (string?)s["reason"], (string?)s["message"] }.Where(t => !string.IsNullOrEmpty(t))));
        string detail = string.Join("; ", waiting);
        return detail.Length > 0 ? $"it is {phase} ({detail})" : $"it is {phase}";
    }

    /// <summary>
    /// The status that the server answered instead of 101. The client library collects no response details, so the number stands
    /// only in the message; the body is lost.
    /// </summary>
    internal static int? StatusOf(WebSocketException e) =>
        StatusInMessage().Match(e.Message) is { Success: true } m ? int.Parse(m.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) : null;

    private static async Task<ClusterException> RefusedAsync(
        KubeConnection connection, string ns, string pod, string id, string verb, int status, Exception e, CancellationToken cancel)
    {
        switch ((HttpStatusCode)status)
        {
            case HttpStatusCode.Unauthorized:
                return ApiFailure.From(HttpStatusCode.Unauthorized, "", connection);
            case HttpStatusCode.Forbidden:
                return new ClusterException("Forbidden", FailureKind.Permission, pod,
                    $"The credentials of the context {connection.Context} do not allow to {verb} the pod {pod} in the namespace {ns}. Ask for the verbs get and create on pods/{(id == "ExecFailed" ? "exec" : "portforward")} there.", e);
        }

        // The handshake's body is lost with the handshake: what stands in the pod's status is the best there is.
        var tree = await connection.TryGetAsync(ResourceKind.Pod, ns, pod, cancel).ConfigureAwait(false);
        return new ClusterException(id, tree is null ? FailureKind.NotFound : FailureKind.Unavailable, pod,
            $"Cannot {verb} the pod {pod} in the namespace {ns}: {Describe(tree)} (the server answered {status}).", e);
    }

    [GeneratedRegex(@"status code '(\d{3})'")]
    private static partial Regex StatusInMessage();
}
