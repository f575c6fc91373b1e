using System.Text.Json.Nodes;

namespace KafkaK8s.Core.Kubernetes;

/// <summary>A condition that blocks progress and may need action.</summary>
/// <param name="Subject">Kind and name of the object.</param>
/// <param name="Reason">Kubernetes' word for it, such as <c>CrashLoopBackOff</c>.</param>
/// <param name="Message">The server's or the container's own words.</param>
internal sealed record Stall(string Subject, string Reason, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Message.Length == 0 ? $"{Subject}: {Reason}" : $"{Subject}: {Reason}: {Message}";
}

/// <summary>Finds stalls in live objects. Pure predicates.</summary>
internal static class Stalls
{
    private static readonly HashSet<string> WaitingReasons =
    [
        "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError", "RegistryUnavailable",
        "CreateContainerConfigError", "CreateContainerError", "RunContainerError", "CrashLoopBackOff",
    ];

    private static readonly HashSet<string> EventReasons =
        ["FailedCreate", "FailedMount", "FailedAttachVolume", "ProvisioningFailed", "FailedCreatePodSandBox", "FailedBinding"];

    private static readonly string[] Refusals = ["is forbidden", "is invalid", "denied the request", "denied request"];

    private static readonly HashSet<string> NodeReasons = ["FailedMount", "FailedCreatePodSandBox"];

    // A kubelet fails at the first tries where it has not heard yet that the pod is its own, or of the ConfigMap: over within seconds.
    private static readonly TimeSpan Passing = TimeSpan.FromSeconds(15);

    /// <summary>The stalls of a pod: its scheduling, its containers, its node.</summary>
    public static IEnumerable<Stall> OfPod(JsonObject pod)
    {
        string subject = $"pod {pod.Name()}";
        var status = pod["status"];
        if (pod.IsTerminating())
        {
            if (IsNodeLost(pod))
                yield return Ending(pod);
            yield break;
        }

        if (IsNodeLost(pod))
            yield return new Stall(subject, "NodeNotReady", $"its node {NodeOf(pod)} does not answer");
        foreach (var condition in KubeObjects.Items(status?["conditions"]))
        {
            if ((string?)condition["type"] == "PodScheduled" && (string?)condition["status"] == "False"
                && (string?)condition["reason"] == "Unschedulable")
                yield return new Stall(subject, "Unschedulable", (string?)condition["message"] ?? "");
        }

        var own = Readiness.OwnStatus(pod);
        foreach (var container
            in KubeObjects.Items(status?["initContainerStatuses"]).Concat(KubeObjects.Items(status?["containerStatuses"])))
        {
            // Others' containers, put there by a webhook, hold the pod up as well; but then it is not ours that fails.
            string whose = ReferenceEquals(container, own) ? "" : $"container {(string?)container["name"]}: ";
            var waiting = container["state"]?["waiting"];
            if ((string?)waiting?["reason"] is string reason && WaitingReasons.Contains(reason))
                yield return new Stall(subject, reason,
                    whose + (reason == "CrashLoopBackOff" ? LastWords.Of(container["lastState"]) : (string?)waiting!["message"] ?? ""));
            else if (whose.Length == 0 && container["state"]?["terminated"] is JsonObject ended && ((int?)ended["exitCode"] ?? 0) != 0)
                yield return new Stall(subject, "Exited", LastWords.Of(container["state"]));
        }
    }

    /// <summary>
    /// Whether the control plane has lost the pod's node. It then takes Ready back without a word, and leaves all else as the kubelet
    /// last said it; a kubelet never says that the containers are ready and the pod is not, but for a readiness gate, which it names.
    /// </summary>
    public static bool IsNodeLost(JsonObject pod)
    {
        JsonNode? Condition(string type) => KubeObjects.Items(pod["status"]?["conditions"]).FirstOrDefault(c => (string?)c["type"] == type);
        return (string?)pod["status"]?["reason"] == "NodeLost"
            || (Condition("Ready") is { } ready && (string?)ready["status"] == "False" && string.IsNullOrEmpty((string?)ready["reason"])
                && (string?)Condition("ContainersReady")?["status"] == "True");
    }

    private static string NodeOf(JsonObject pod) => (string?)pod["spec"]?["nodeName"] ?? "(unknown)";

    /// <summary>A pod that is deleted and does not go: nobody but its node's kubelet can say that its processes have ended.</summary>
    public static Stall Ending(JsonObject pod) => new($"pod {pod.Name()}", "NodeLost",
        $"it is being deleted, and its node {NodeOf(pod)} does not say that it has ended. If that node is gone for good, and only then "
        + $"(two processes on one volume destroy its data): 'kubectl delete pod {pod.Name()} -n {pod.Namespace()} --grace-period=0 "
        + $"--force'");

    /// <summary>How the pod's own container, which runs again, ended before, with its last words; null where it did not fail.</summary>
    public static string? LastEnd(JsonObject pod) =>
        Readiness.OwnStatus(pod)?["lastState"] is JsonObject last && ((int?)last["terminated"]?["exitCode"] ?? 0) != 0 ? LastWords.Of(last)
        : null;

    /// <summary>
    /// A volume that is asked for and not made. Where the provisioner is missing, nothing else tells of it: with a class that waits
    /// for a pod the pod has no condition yet, and the event is not even a warning.
    /// </summary>
    public static IEnumerable<Stall> OfClaim(JsonObject claim)
    {
        if ((string?)claim["status"]?["phase"] == "Lost" && !claim.IsTerminating())
        {
            yield return new Stall($"persistentvolumeclaim {claim.Name()}", "VolumeLost",
                $"its volume {(string?)claim["spec"]?["volumeName"]} does not exist any more, and its data is lost; delete the claim and "
                    + $"then its pod, and both are made anew");
        }

        if (claim.IsTerminating() || (string?)claim["status"]?["phase"] != "Pending")
            yield break;
        string? provisioner = claim.Annotation("volume.kubernetes.io/storage-provisioner")
            ?? claim.Annotation("volume.beta.kubernetes.io/storage-provisioner");
        if (provisioner is not null)
        {
            yield return new Stall($"persistentvolumeclaim {claim.Name()}", "VolumePending",
                $"{provisioner}, the provisioner of the storage class {(string?)claim["spec"]?["storageClassName"]}, has not made the "
                    + $"volume yet; does it run?");
        }
    }

    /// <summary>The stalls that only events tell of: volumes, sandboxes, pods that the controller may not create.</summary>
    /// <remarks>An event stays for an hour. Whether it still holds is for its object to say, not for a clock: ours is not the
    /// server's.</remarks>
    /// <param name="events">Events of the namespace.</param>
    /// <param name="holds">Whether the object of an event (<c>involvedObject</c>) still lacks what the event is about.</param>
    public static IEnumerable<Stall> OfEvents(IEnumerable<JsonObject> events, Func<JsonObject, bool> holds)
    {
        foreach (var group in events.Where(
            e => EventReasons.Contains((string?)e["reason"] ?? "") && e["involvedObject"] is JsonObject about && holds(about))
            .GroupBy(
                e => ($"{((string?)e["involvedObject"]!["kind"] ?? "object").ToLowerInvariant()} {(string?)e["involvedObject"]!["name"]}",
                    (string?)e["reason"] ?? "")))
        {
            var (subject, reason) = group.Key;
            var last = group.MaxBy(LastSeen)!;
            if (!NodeReasons.Contains(reason) || LastSeen(last) - group.Min(FirstSeen) >= Passing
                || Message(last).Contains("timed out", StringComparison.Ordinal))
                yield return new Stall(subject, reason, Message(last));
        }
    }

    /// <summary>Whether a stall is the server's refusal to take a pod, which it will repeat: a quota, a limit, a policy.</summary>
    public static bool IsRefusal(Stall stall) => stall.Reason == "FailedCreate"
        && Refusals.Any(r => stall.Message.Contains(r, StringComparison.Ordinal));

    /// <summary>Whether a pod's node has prepared its volumes and its network: then a container has run, or is being pulled.</summary>
    public static bool IsPrepared(JsonObject pod) =>
        KubeObjects.Items(pod["status"]?["initContainerStatuses"]).Concat(KubeObjects.Items(pod["status"]?["containerStatuses"]))
        .Any(c => c["lastState"]?["terminated"] is not null
            || (string?)c["state"]?["waiting"]?["reason"] is not ("ContainerCreating" or "PodInitializing" or null)
            || c["state"]?["waiting"] is null && c["state"] is JsonObject { Count: > 0 });

    private static string Message(JsonObject e) => ((string?)e["message"] ?? "").Trim();

    private static DateTimeOffset FirstSeen(JsonObject e) =>
        new[] { KubeObjects.Time(e["firstTimestamp"]), KubeObjects.Time(e["eventTime"]), e.CreatedAt() }.Where(t => t != default)
        .DefaultIfEmpty().Min();

    private static DateTimeOffset LastSeen(JsonObject e) =>
        new[] { KubeObjects.Time(e["lastTimestamp"]), KubeObjects.Time(e["eventTime"]), KubeObjects.Time(e["series"]?["lastObservedTime"]),
            e.CreatedAt() }.Max();
}
