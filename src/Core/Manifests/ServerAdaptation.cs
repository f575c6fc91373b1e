using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Core.Manifests;

/// <summary>What an old API server needs instead of what the manifests say. Pure; the one place for it.</summary>
/// <remarks>Sources: https://kubernetes.io/docs/reference/using-api/deprecation-guide/ and the feature-gate tables of each
/// release.</remarks>
internal static class ServerAdaptation
{
    private const string Budget = "PodDisruptionBudget";

    /// <summary>The oldest server that is supported: server-side apply and headless-service behaviour as relied upon.</summary>
    public static readonly Version Oldest = new(1, 17);

    /// <summary>The version of the policy API that a server knows disruption budgets in.</summary>
    public static string BudgetVersion(Version server) => server < new Version(1, 21) ? "policy/v1beta1" : "policy/v1";

    /// <summary>The version of the policy API that a server takes evictions in: one release later than for disruption budgets.</summary>
    /// <remarks>Source: https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/.</remarks>
    public static string EvictionVersion(Version server) => server < new Version(1, 22) ? "policy/v1beta1" : "policy/v1";

    /// <summary>The kind of an object of the manifests, at the version in which a server knows it.</summary>
    public static ResourceKind KindOf(JsonObject tree, Version server) =>
        ResourceKind.Of(tree) is var kind && kind.Kind == Budget ? kind with { ApiVersion = BudgetVersion(server) } : kind;

    /// <summary>Refuses a server that is too old.</summary>
    /// <exception cref="ClusterException"><c>KubernetesTooOld</c>.</exception>
    public static void CheckVersion(Version server)
    {
        if (server < Oldest)
        {
            throw new ClusterException("KubernetesTooOld", FailureKind.InvalidInput, server,
                $"Kubernetes {server} is older than {Oldest}, the oldest that this module knows.");
        }
    }

    /// <summary>Changes the trees in place for a server of that version.</summary>
    public static void Adapt(IEnumerable<JsonObject> objects, Version server)
    {
        foreach (var tree in objects)
        {
            switch ((string?)tree["kind"])
            {
                case Budget:
                    tree["apiVersion"] = BudgetVersion(server);
                    break;
                case "StatefulSet":
                    AdaptPod(tree["spec"]!["template"]!.AsObject(), server);
                    break;
            }
        }
    }

    private static void AdaptPod(JsonObject template, Version server)
    {
        var spec = template["spec"]!.AsObject();
        if (server < new Version(1, 19))
        {
            // The field came with 1.19; before that an annotation said the same.
            spec["securityContext"]?.AsObject().Remove("seccompProfile");
            var metadata = template["metadata"]!.AsObject();
            var annotations = metadata["annotations"] as JsonObject ?? [];
            annotations["seccomp.security.alpha.kubernetes.io/pod"] = "runtime/default";
            metadata["annotations"] = annotations;
        }

        if (server >= new Version(1, 18))
            return;
        spec["securityContext"]?.AsObject().Remove("fsGroupChangePolicy");
        foreach (var container in spec["containers"]!.AsArray())
            StartupIntoLiveness(container!.AsObject());
    }

    // Without start-up probes (beta in 1.18) the liveness probe must leave as much time by itself.
    private static void StartupIntoLiveness(JsonObject container)
    {
        if (container["startupProbe"] is not JsonObject startup)
            return;
        container.Remove("startupProbe");
        if (container["livenessProbe"] is JsonObject liveness)
            liveness["initialDelaySeconds"] = ((int?)startup["periodSeconds"] ?? 10) * ((int?)startup["failureThreshold"] ?? 3);
    }
}
