using System.Globalization;
using System.Text.Json.Nodes;

namespace KafkaK8s.Core.Kubernetes;

/// <summary>Short names for what is read from trees again and again. Pure.</summary>
internal static class KubeObjects
{
    /// <summary>Label with the name of what a pod runs, which is the name of its own container too.</summary>
    public const string NameLabel = "app.kubernetes.io/name";

    /// <summary>The ordinal at the end of a pod's name; -1 where there is none.</summary>
    public static int Ordinal(string pod) => int.TryParse(pod.AsSpan(pod.LastIndexOf('-') + 1), out int n) ? n : -1;

    public static string Name(this JsonObject tree) => (string)tree["metadata"]!["name"]!;

    public static string Namespace(this JsonObject tree) => (string?)tree["metadata"]!["namespace"] ?? "";

    public static string Uid(this JsonObject tree) => (string?)tree["metadata"]!["uid"] ?? "";

    public static string? Label(this JsonObject tree, string label) => (string?)tree["metadata"]!["labels"]?[label];

    public static string? Annotation(this JsonObject tree, string annotation) => (string?)tree["metadata"]!["annotations"]?[annotation];

    /// <summary>Writes an annotation of an object, or of a template within one.</summary>
    public static void Annotate(this JsonObject tree, string annotation, string value)
    {
        var metadata = tree["metadata"]!.AsObject();
        var annotations = metadata["annotations"] as JsonObject ?? [];
        annotations[annotation] = value;
        metadata["annotations"] = annotations;
    }

    public static bool IsTerminating(this JsonObject tree) => tree["metadata"]!["deletionTimestamp"] is not null;

    /// <summary>The zone of a node, by its label of today or that of before Kubernetes 1.17; null where it has none.</summary>
    public static string? Zone(this JsonObject node) =>
        node.Label("topology.kubernetes.io/zone") ?? node.Label("failure-domain.beta.kubernetes.io/zone");

    public static DateTimeOffset CreatedAt(this JsonObject tree) => Time(tree["metadata"]!["creationTimestamp"]);

    public static DateTimeOffset Time(JsonNode? node) =>
        (string?)node is string text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : default;

    /// <summary>Objects of an array; none where there is no array.</summary>
    public static IEnumerable<JsonObject> Items(JsonNode? node) => (node as JsonArray ?? []).OfType<JsonObject>();

    /// <summary>The image of a StatefulSet's own container, which goes by the set's name label; somebody may have put others before
    /// it.</summary>
    public static string Image(this JsonObject set)
    {
        var containers = Items(set["spec"]!["template"]!["spec"]!["containers"]).ToList();
        return (string?)(containers.Find(c => (string?)c["name"] == set.Label(NameLabel)) ?? containers[0])["image"] ?? "";
    }

    /// <summary>The tag of an image, as the version of what it holds.</summary>
    public static string ImageVersion(string image)
    {
        string name = image.Split('@')[0];
        int colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? name[(colon + 1)..] : "";
    }
}
