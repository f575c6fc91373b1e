using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Running;
using KafkaK8s.Core.Security;

namespace KafkaK8s.Core.Operations;

/// <summary>Makes the Secrets with the certificates of a cluster, before the servers that want them. What is there stays.</summary>
internal static class MakeCertificates
{
    /// <summary>Names of those that are not there; none where the cluster has no TLS.</summary>
    /// <exception cref="ClusterException">As <see cref="ClusterCertificates.Missing"/>.</exception>
    public static async Task<IReadOnlyList<string>> PlanAsync(KubeConnection connection, ClusterModel model, bool namespaceMissing,
        CancellationToken cancel) => model.IsSecure
        ? [.. (await MissingAsync(connection, model, namespaceMissing, cancel).ConfigureAwait(false)).Select(s => s.Name())] : [];

    /// <summary>Makes them, under the cluster's lease.</summary>
    public static async IAsyncEnumerable<OperationEvent> RunAsync(KubeConnection connection, ClusterModel model,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        if (!model.IsSecure)
            yield break;
        foreach (var secret in await MissingAsync(connection, model, false, cancel).ConfigureAwait(false))
        {
            await connection.CreateAsync(secret, model.Namespace, cancel).ConfigureAwait(false);
            yield return new Applied(PlanSteps.Of(model.Names, model.Namespace, "Secret", secret.Name(), ChangeAction.Create, ""));
        }
    }

    private static async Task<IReadOnlyList<JsonObject>> MissingAsync(KubeConnection connection, ClusterModel model, bool namespaceMissing,
        CancellationToken cancel)
    {
        var (names, ns) = (model.Names, model.Namespace);
        var found = namespaceMissing ? [] : await Task.WhenAll(ClusterCertificates.All.Select(n =>
            connection.TryGetAsync(ResourceKind.Secret, ns, names.Prefixed(n), cancel))).ConfigureAwait(false);
        return ClusterCertificates.Missing(names, ns, found.OfType<JsonObject>().ToDictionary(s => s.Name()), connection.Time.GetUtcNow());
    }
}
