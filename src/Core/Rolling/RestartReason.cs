using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;

namespace KafkaK8s.Core.Rolling;

/// <summary>Why a pod restarts, in one word. Pure.</summary>
internal static class RestartReason
{
    /// <summary>Another image.</summary>
    public const string Image = "image";

    /// <summary>Another text in the ConfigMap that it reads at its start.</summary>
    public const string Settings = "settings";

    /// <summary>Anything else in its template.</summary>
    public const string Template = "template";

    /// <summary>A fresh credential, which servers take up at their start.</summary>
    public const string Credential = "credential";

    /// <summary>Somebody asked for it.</summary>
    public const string ByHand = "by hand";

    /// <summary>The pods of a set that have to restart, with the reason of each: one answer for the plan and for the roll.</summary>
    /// <param name="set">The set as it stands.</param>
    /// <param name="pods">Its pods, or some of them.</param>
    /// <param name="wanted">The set as it will be, where its template is going to be another one; null where it stays.</param>
    public static IReadOnlyList<(JsonObject Pod, string Reason)> Due(
        JsonObject set, IEnumerable<JsonObject> pods, JsonObject? wanted = null) =>
        [.. pods.Where(p => wanted is not null || Readiness.IsOutdated(p, set)).Select(p => (p, Of(p, wanted ?? set)))];

    /// <summary>What sets a pod apart from the template of its set.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="set">Its set, as it will be.</param>
    public static string Of(JsonObject pod, JsonObject set)
    {
        var template = set["spec"]?["template"];
        var images = Images(template?["spec"]);
        if (Images(pod["spec"]).Any(i => images.TryGetValue(i.Key, out string? wanted) && wanted != i.Value))
            return Image;
        return SettingsChecksum.Of(template) is string sum && SettingsChecksum.Of(pod) != sum ? Settings : Template;
    }

    private static Dictionary<string, string> Images(JsonNode? spec) =>
        KubeObjects.Items(spec?["containers"]).Where(c => c["name"] is not null)
            .ToDictionary(c => (string)c["name"]!, c => (string?)c["image"] ?? "");
}
