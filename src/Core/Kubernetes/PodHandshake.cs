using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;

namespace KafkaK8s.Core.Kubernetes;

/// <summary>Opens a WebSocket to a pod, and says in words why the server refused one.</summary>
internal static class PodHandshake
{
    /// <summary>The only sub-protocol that every supported server speaks for both exec and port-forward.</summary>
    public const string SubProtocol = "v4.channel.k8s.io";

    /// <summary>Opens a WebSocket to a sub-resource of a pod; a refusal becomes a <see cref="ClusterException"/>.</summary>
    /// <param name="connection">Connection to the API server.</param>
    /// <param name="ns">Namespace of the pod.</param>
    /// <param name="pod">Name of the pod.</param>
    /// <param name="resource">The sub-resource with its query.</param>
    /// <param name="id">Id of the failure where the pod is the reason.</param>
    /// <param name="verb">What was tried, as in "cannot ... the pod".</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task<WebSocket> OpenAsync(KubeConnection connection, string ns, string pod, string resource, string id, string verb,
        CancellationToken cancel)
    {
        var (socket, status, refusal) =
            await connection.OpenSocketAsync($"{ResourceKind.Pod.Path(ns, pod)}/{resource}", SubProtocol, cancel).ConfigureAwait(false);
        return socket ?? throw await RefusedAsync(connection, ns, pod, id, verb, status, refusal, cancel).ConfigureAwait(false);
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

    private static async Task<ClusterException> RefusedAsync(
        KubeConnection connection, string ns, string pod, string id, string verb, HttpStatusCode status, string refusal,
        CancellationToken cancel)
    {
        switch (status)
        {
            case HttpStatusCode.Unauthorized:
                return ApiFailure.From(HttpStatusCode.Unauthorized, refusal, connection);
            case HttpStatusCode.Forbidden:
                return new ClusterException("Forbidden", FailureKind.Permission, pod,
                    $"The credentials of the context {connection.Context} do not allow to {verb} the pod {pod} in the namespace {ns}. Ask "
                        + $"for the verbs get and create on pods/{(id == "ExecFailed" ? "exec" : "portforward")} there.");
        }

        var tree = await connection.TryGetAsync(ResourceKind.Pod, ns, pod, cancel).ConfigureAwait(false);
        string answer = ApiFailure.Words(refusal) is { Length: > 0 } words ? $"{(int)status}: {words}" : $"{(int)status}";
        return new ClusterException(id, tree is null ? FailureKind.NotFound : FailureKind.Unavailable, pod,
            $"Cannot {verb} the pod {pod} in the namespace {ns}: {Describe(tree)} (the server answered {answer}).");
    }
}
