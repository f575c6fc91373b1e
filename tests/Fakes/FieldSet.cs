using System.Text.Json.Nodes;

namespace KafkaK8s.Tests.Fakes;

/// <summary>
/// Fields of an object by path, as server-side apply goes by them: a list whose items have a name is a map of them, any other list is one
/// value. Good enough for what this product applies.
/// </summary>
internal static class FieldSet
{
    private const char Separator = '\n';

    // By the name of the list. volumeClaimTemplates have names and are one value all the same.
    private static readonly Dictionary<string, string> Keys = new()
    {
        ["containers"] = "name",
        ["initContainers"] = "name",
        ["env"] = "name",
        ["volumes"] = "name",
        ["imagePullSecrets"] = "name",
        ["volumeMounts"] = "mountPath",
        ["conditions"] = "type",
        ["ownerReferences"] = "uid",
        ["topologySpreadConstraints"] = "topologyKey",
    };

    /// <summary>Every field that an apply sets, with its value. What names the object is nobody's.</summary>
    public static Dictionary<string, JsonNode?> Of(JsonObject tree)
    {
        var fields = new Dictionary<string, JsonNode?>();
        foreach (var (key, value) in tree)
        {
            if (key is "apiVersion" or "kind" or "status")
                continue;
            if (key != "metadata")
                Collect(value, key, key, fields);
            else if (value is JsonObject metadata)
            {
                foreach (string part in new[] { "labels", "annotations", "ownerReferences" }.Where(metadata.ContainsKey))
                    Collect(metadata[part], $"metadata{Separator}{part}", part, fields);
            }
        }

        return fields;
    }

    /// <summary>A path as an API server writes it.</summary>
    public static string Words(string path) => "." + path.Replace($"{Separator}[", "[", StringComparison.Ordinal).Replace(Separator, '.');

    /// <summary>Puts the fields of one tree into another.</summary>
    public static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (key, value) in from)
        {
            if (value is JsonObject inner && into[key] is JsonObject before)
                Merge(before, inner);
            else if (value is JsonArray items && into[key] is JsonArray list && KeyOf(key, items) is string name)
                MergeItems(list, items, name);
            else
                into[key] = value?.DeepClone();
        }
    }

    /// <summary>Takes a field out, and what is empty after that.</summary>
    public static void Remove(JsonObject tree, string path)
    {
        string[] parts = path.Split(Separator);
        var way = new List<JsonNode> { tree };
        foreach (string part in parts[..^1])
        {
            var next = way[^1] is JsonArray list ? Item(list, part) : (way[^1] as JsonObject)?[part];
            if (next is null)
                return;
            way.Add(next);
        }

        for (int i = parts.Length - 1; i >= 0; i--)
        {
            if (way[i] is JsonArray list && Item(list, parts[i]) is { } item)
                list.Remove(item);
            else if (way[i] is JsonObject map)
                map.Remove(parts[i]);
            if (way[i] is JsonObject { Count: > 0 } or JsonArray { Count: > 0 } || i <= 1)
                return;
        }
    }

    private static void MergeItems(JsonArray into, JsonArray from, string name)
    {
        foreach (var item in from.OfType<JsonObject>())
        {
            if (into.OfType<JsonObject>().FirstOrDefault(o => (string?)o[name] == (string?)item[name]) is { } before)
                Merge(before, item);
            else
                into.Add(item.DeepClone());
        }
    }

    private static void Collect(JsonNode? node, string path, string key, Dictionary<string, JsonNode?> fields)
    {
        if (node is JsonObject { Count: > 0 } map)
        {
            foreach (var (part, value) in map)
                Collect(value, $"{path}{Separator}{part}", part, fields);
        }
        else if (node is JsonArray list && KeyOf(key, list) is string name)
        {
            foreach (var item in list.OfType<JsonObject>())
                Collect(item, $"{path}{Separator}[{name}=\"{(string?)item[name]}\"]", "", fields);
        }
        else
        {
            fields[path] = node;
        }
    }

    private static string? KeyOf(string list, JsonArray items) =>
        Keys.TryGetValue(list, out string? key) && items.Count > 0 && items.All(i => i is JsonObject o && o[key] is JsonValue) ? key : null;

    private static JsonObject? Item(JsonArray list, string part)
    {
        string[] pair = part.Trim('[', ']').Split('=', 2);
        return list.OfType<JsonObject>().FirstOrDefault(o => $"\"{(string?)o[pair[0]]}\"" == pair[1]);
    }
}
