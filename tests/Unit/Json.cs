using System.Text.Json.Nodes;

namespace KafkaK8s.Tests.Unit;

/// <summary>Trees from text, and their leaves as paths.</summary>
internal static class Json
{
    public static JsonObject Object(string json) => JsonNode.Parse(json)!.AsObject();

    /// <summary>All leaves, empty mappings and lists included; list items by their name where they have one, else by index.</summary>
    public static Dictionary<string, string> Leaves(JsonNode? node, string path = "")
    {
        var leaves = new Dictionary<string, string>(StringComparer.Ordinal);
        Collect(node, path, leaves);
        return leaves;
    }

    /// <summary>Paths at which two trees have different leaves.</summary>
    public static IReadOnlyList<string> Differences(JsonNode? a, JsonNode? b)
    {
        var (x, y) = (Leaves(a), Leaves(b));
        return [.. x.Keys.Union(y.Keys).Where(k => x.GetValueOrDefault(k) != y.GetValueOrDefault(k)).Order(StringComparer.Ordinal)];
    }

    private static void Collect(JsonNode? node, string path, Dictionary<string, string> leaves)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } map:
                foreach (var (key, value) in map)
                    Collect(value, path.Length == 0 ? key : $"{path}.{key}", leaves);
                break;
            case JsonArray { Count: > 0 } array:
                for (int i = 0; i < array.Count; i++)
                    Collect(array[i], $"{path}[{Key(array[i]) ?? i.ToString(System.Globalization.CultureInfo.InvariantCulture)}]", leaves);
                break;
            default:
                leaves.Add(path, node?.ToJsonString() ?? "null");
                break;
        }
    }

    private static string? Key(JsonNode? item) =>
        item?.GetValueKind() != System.Text.Json.JsonValueKind.Object ? null
        : item["name"] is { } name ? $"name={name}"
        : item["metadata"]?["name"] is { } inner ? $"metadata.name={inner}"
        : null;
}
