using System.Text.Json.Nodes;

namespace KafkaK8s.Core.Kubernetes;

/// <summary>Whether a pod or a set is ready. Pure predicates on trees.</summary>
internal static class Readiness
{
    /// <summary>Pods that a set wants.</summary>
    public static int Wanted(JsonObject set) => (int?)set["spec"]!["replicas"] ?? 1;

    /// <summary>Whether the controller has seen the last change and all pods are there and ready.</summary>
    public static bool IsReady(JsonObject set)
    {
        var status = set["status"];
        int wanted = Wanted(set);
        return IsSettled(set)
            && ((int?)status?["replicas"] ?? 0) == wanted && ((int?)status?["readyReplicas"] ?? 0) == wanted;
    }

    /// <summary>Whether the controller has seen the last change: before that, its revision is still the old one.</summary>
    public static bool IsSettled(JsonObject set) =>
        ((long?)set["status"]?["observedGeneration"] ?? 0) >= ((long?)set["metadata"]!["generation"] ?? 0);

    /// <summary>Whether a pod serves. The condition counts, not the containers' statuses: after the loss of a node these still say
    /// ready.</summary>
    public static bool IsPodReady(JsonObject pod) => !pod.IsTerminating()
        && KubeObjects.Items(pod["status"]?["conditions"]).Any(c => (string?)c["type"] == "Ready" && (string?)c["status"] == "True");

    /// <summary>
    /// The status of the container that this module put into a pod, which goes by the value of the pod's name label: a webhook may have put
    /// others before or beside it. Null while there is none.
    /// </summary>
    public static JsonObject? OwnStatus(JsonObject pod)
    {
        var all = KubeObjects.Items(pod["status"]?["containerStatuses"]).ToList();
        return all.Count == 1 ? all[0] : all.Find(c => (string?)c["name"] == pod.Label(KubeObjects.NameLabel));
    }

    /// <summary>Whether a pod is going and its process has ended; old kubelets keep the pod itself for 10 s more.</summary>
    public static bool HasEnded(JsonObject pod) => pod.IsTerminating() && OwnStatus(pod)?["state"]?["terminated"] is not null;

    /// <summary>The limits of a helper's container: of memory, and of CPU where the container that it stands beside has one, as a quota may
    /// ask for it.</summary>
    public static JsonObject Limits(string memory, JsonNode beside)
    {
        var limits = new JsonObject { ["memory"] = memory };
        if (beside["resources"]?["limits"]?["cpu"] is JsonNode cpu)
            limits["cpu"] = cpu.DeepClone();
        return limits;
    }

    /// <summary>Whether a pod still runs an older template than its set has.</summary>
    public static bool IsOutdated(JsonObject pod, JsonObject set) =>
        (string?)set["status"]?["updateRevision"] is string revision && pod.Label("controller-revision-hash") is string own
        && own != revision;

    /// <summary>Pods that belong to a set, by ordinal.</summary>
    public static IReadOnlyList<JsonObject> PodsOf(JsonObject set, IEnumerable<JsonObject> pods)
    {
        string uid = set.Uid();
        return [.. pods.Where(p => KubeObjects.Items(p["metadata"]!["ownerReferences"]).Any(o => (string?)o["uid"] == uid))
            .OrderBy(p => KubeObjects.Ordinal(p.Name()))];
    }
}
