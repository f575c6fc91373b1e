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

    /// <summary>The stalls of a pod: its scheduling and its containers.</summary>
    public static IEnumerable<Stall> OfPod(JsonObject pod)
    {
        if (pod.IsTerminating())
            yield break;
        string subject = $"pod {pod.Name()}";
        var status = pod["status"];
        foreach (var condition in Trees.Items(status?["conditions"]))
        {
            if ((string?)condition["type"] == "PodScheduled" && (string?)condition["status"] == "False" && (string?)condition["reason"] == "Unschedulable")
                yield return new Stall(subject, "Unschedulable", (string?)condition["message"] ?? "");
        }

        foreach (var container in Trees.Items(status?["initContainerStatuses"]).Concat(Trees.Items(status?["containerStatuses"])))
        {
            var waiting = container["state"]?["waiting"];
            if ((string?)waiting?["reason"] is string reason && WaitingReasons.Contains(reason))
                yield return new Stall(subject, reason, reason == "CrashLoopBackOff" ? LastWords(container["lastState"]) : (string?)waiting!["message"] ?? "");
            else if (container["state"]?["terminated"] is JsonObject ended && ((int?)ended["exitCode"] ?? 0) != 0)
                yield return new Stall(subject, "Exited", LastWords(container["state"]));
        }
    }

    /// <summary>How a container of the pod that runs again ended before, with its last words; null where none failed.</summary>
    public static string? LastEnd(JsonObject pod) => Trees.Items(pod["status"]?["containerStatuses"])
        .Where(c => ((int?)c["lastState"]?["terminated"]?["exitCode"] ?? 0) != 0).Select(c => LastWords(c["lastState"])).FirstOrDefault();

    /// <summary>
    /// A volume that is asked for and not made. Where the provisioner is missing, nothing else tells of it: with a class that waits
    /// for a pod the pod has no condition yet, and the event is not even a warning.
    /// </summary>
    public static IEnumerable<Stall> OfClaim(JsonObject claim)
    {
        if (claim.IsTerminating() || (string?)claim["status"]?["phase"] != "Pending")
            yield break;
        string? provisioner = claim.Annotation("volume.kubernetes.io/storage-provisioner") ?? claim.Annotation("volume.beta.kubernetes.io/storage-provisioner");
        if (provisioner is not null)
        {
            yield return new Stall($"persistentvolumeclaim {claim.Name()}", "VolumePending",
                $"{provisioner}, the provisioner of the storage class {(string?)claim["spec"]?["storageClassName"]}, has not made the volume yet; does it run?");
        }
    }

    /// <summary>The stalls that only events tell of: volumes, sandboxes, pods that the controller may not create.</summary>
    /// <param name="events">Events of the namespace.</param>
    /// <param name="names">Names of the objects that count.</param>
    /// <param name="since">Older events do not count.</param>
    public static IEnumerable<Stall> OfEvents(IEnumerable<JsonObject> events, Func<string, bool> names, DateTimeOffset since)
    {
        foreach (var e in events)
        {
            string reason = (string?)e["reason"] ?? "";
            string name = (string?)e["involvedObject"]?["name"] ?? "";
            if (EventReasons.Contains(reason) && names(name) && LastSeen(e) >= since)
                yield return new Stall($"{((string?)e["involvedObject"]?["kind"] ?? "object").ToLowerInvariant()} {name}", reason, ((string?)e["message"] ?? "").Trim());
        }
    }

    // Whole seconds on the server's side: an event of the same second counts.
    private static DateTimeOffset LastSeen(JsonObject e) =>
        new[] { Trees.Time(e["lastTimestamp"]), Trees.Time(e["eventTime"]), Trees.Time(e["series"]?["lastObservedTime"]), e.CreatedAt() }.Max();

    /// <summary>How a container ended, and what it said last.</summary>
    public static string LastWords(JsonNode? state)
    {
        var ended = state?["terminated"];
        string how = (string?)ended?["reason"] == "OOMKilled" ? "out of memory" : $"exit code {(int?)ended?["exitCode"] ?? 0}";
        string words = ((string?)ended?["message"] ?? "").Trim();
        // The end of the container's log: the last lines say why it went.
        string tail = string.Join(" | ", words.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && !l.StartsWith("at ", StringComparison.Ordinal)).TakeLast(3));
        return tail.Length == 0 ? how : $"{how}; it last said: {tail}";
    }
}
