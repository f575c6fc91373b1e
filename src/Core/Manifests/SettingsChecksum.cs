using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Manifests;

/// <summary>
/// A checksum of the ConfigMaps in the template of the pods that read them at their start, so that new settings reach them: another
/// template is a reason to restart. Pure.
/// </summary>
/// <remarks>Sets that stand without one keep what they have, as nobody asked for their restart; the files of manifests/ have
/// none.</remarks>
internal static class SettingsChecksum
{
    /// <summary>Writes it into the templates of composed sets.</summary>
    /// <param name="objects">The objects of a cluster.</param>
    /// <param name="standing">The set of a name as it stands; null where there is none.</param>
    public static void Write(IReadOnlyList<JsonObject> objects, Func<string, JsonObject?> standing)
    {
        var maps = objects.Where(o => (string?)o["kind"] == "ConfigMap").ToDictionary(o => o.Name());
        foreach (var set in objects.Where(o => (string?)o["kind"] == "StatefulSet"))
        {
            var template = set["spec"]!["template"]!.AsObject();
            var read = KubeObjects.Items(template["spec"]?["volumes"]).Select(v => (string?)v["configMap"]?["name"]).OfType<string>()
                .Where(maps.ContainsKey).ToList();
            if (read.Count == 0 || (standing(set.Name()) is { } live && Of(live["spec"]?["template"]) is null))
                continue;
            template.Annotate(ClusterNames.SettingsAnnotation, Sum(read.Select(n => maps[n])));
        }
    }

    /// <summary>The checksum of a template or a pod; null where it has none.</summary>
    public static string? Of(JsonNode? tree) => (string?)tree?["metadata"]?["annotations"]?[ClusterNames.SettingsAnnotation];

    /// <summary>ConfigMaps that change while a set that reads them has no checksum: its pods go on with the former text.</summary>
    /// <param name="objects">The composed objects.</param>
    /// <param name="changed">Names of the ConfigMaps that change.</param>
    /// <param name="standing">The set of a name as it stands; null where there is none.</param>
    public static IEnumerable<string> Unread(IEnumerable<JsonObject> objects, IReadOnlyCollection<string> changed,
        Func<string, JsonObject?> standing) =>
        from set in objects
        where (string?)set["kind"] == "StatefulSet" && standing(set.Name()) is not null && Of(set["spec"]!["template"]) is null
        from volume in KubeObjects.Items(set["spec"]!["template"]!["spec"]?["volumes"])
        where (string?)volume["configMap"]?["name"] is string map && changed.Contains(map)
        select $"The pods of {set.Name()} read the new text of {(string)volume["configMap"]!["name"]!} at their next restart; this "
            + $"command does not restart them for it.";

    private static string Sum(IEnumerable<JsonObject> maps)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in maps.SelectMany(m => (m["data"] as JsonObject ?? []).OrderBy(p => p.Key, StringComparer.Ordinal)))
            text.Append(key).Append('\0').Append((string?)value).Append('\0');
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16].ToLowerInvariant();
    }
}
