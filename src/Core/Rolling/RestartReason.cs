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
        KubeObjects.Items(spec?["containers"]).Where(c => c["name"] is not null).ToDictionary(c => (string)c["name"]!, c => (string?)c["image"] ?? "");
}
