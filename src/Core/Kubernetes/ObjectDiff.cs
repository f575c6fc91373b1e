using System.Text.Json.Nodes;

namespace KafkaK8s.Core.Kubernetes;

/// <summary>
/// Compares an object before and after an apply, field by field. Pure. What the server sets by itself does not count, and never
/// resourceVersion: a status write in between moves it.
/// </summary>
internal static class ObjectDiff
{
    private static readonly string[] ServerSet = ["managedFields", "resourceVersion", "generation", "creationTimestamp", "uid", "selfLink"];
    private static readonly string[] ListKeys = ["name", "containerPort", "port", "mountPath", "key", "topologyKey"];

    /// <summary>The fields that differ, in the order of their paths' first appearance.</summary>
    public static IReadOnlyList<FieldChange> Compare(JsonObject before, JsonObject after)
    {
        var changes = new List<FieldChange>();
        bool secret = (string?)after["kind"] == "Secret";
        Walk("", Strip(before), Strip(after), secret, changes);
        return changes;
    }

    private static JsonObject Strip(JsonObject tree)
    {
        var copy = (JsonObject)tree.DeepClone();
        copy.Remove("status");
        if (copy["metadata"] is JsonObject metadata)
        {
            foreach (string field in ServerSet)
                metadata.Remove(field);
        }

        return copy;
    }

    private static void Walk(string path, JsonNode? a, JsonNode? b, bool secret, List<FieldChange> changes)
    {
        if (JsonNode.DeepEquals(a, b))
            return;
        if (a is JsonObject x && b is JsonObject y)
        {
            foreach (string key in x.Select(p => p.Key).Union(y.Select(p => p.Key)))
                Walk(path.Length == 0 ? key : $"{path}.{key}", x[key], y[key], secret, changes);
        }
        else if (a is JsonArray s && b is JsonArray t && KeyOf(s, t) is string key)
        {
            foreach (string item in Keys(s, key).Union(Keys(t, key)))
                Walk($"{path}[{key}={item}]", Find(s, key, item), Find(t, key, item), secret, changes);
        }
        else
        {
            bool mask = secret
                && (path.StartsWith("data", StringComparison.Ordinal) || path.StartsWith("stringData", StringComparison.Ordinal));
            changes.Add(new FieldChange(path, Show(a, mask), Show(b, mask)));
        }
    }

    private static string? KeyOf(JsonArray a, JsonArray b) => Array.Find(ListKeys, key => IsKeyed(a, key) && IsKeyed(b, key));

    private static bool IsKeyed(JsonArray array, string key) =>
        array.All(i => i is JsonObject o && o[key] is not null)
        && array.Select(i => i![key]!.ToJsonString()).Distinct().Count() == array.Count;

    private static IEnumerable<string> Keys(JsonArray array, string key) => array.Select(i => i![key]!.ToString());

    private static JsonNode? Find(JsonArray array, string key, string value) => array.FirstOrDefault(i => i![key]!.ToString() == value);

    private static string? Show(JsonNode? node, bool mask) =>
        node is null ? null : mask ? "(secret)" : node.ToJsonString(JsonText.Readable);
}
