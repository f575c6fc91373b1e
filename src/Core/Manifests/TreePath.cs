using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KafkaK8s.Core.Manifests;

/// <summary>Finds nodes in a tree by paths such as <c>spec.template.spec.containers[name=kafka].image</c>. Pure.</summary>
internal static partial class TreePath
{
    /// <summary>The node at a path.</summary>
    /// <exception cref="FormatException">The path does not hit exactly one node.</exception>
    public static JsonNode Get(JsonNode root, string path)
    {
        var node = root;
        foreach (var (key, itemKey, itemValue) in Steps(path))
        {
            node = (node as JsonObject)?[key] ?? throw new FormatException($"{path}: there is no {key}");
            if (itemKey is null)
                continue;
            var hits = (node as JsonArray ?? []).Where(i => (string?)itemKey.Split('.').Aggregate(i, (n, k) => n?[k]) == itemValue)
                .ToList();
            node = hits.Count == 1 ? hits[0]! : throw new FormatException($"{path}: {hits.Count} items have {itemKey}={itemValue}");
        }

        return node;
    }

    /// <summary>The node at a path; null where there is none, as somebody may have edited the object.</summary>
    public static JsonNode? TryGet(JsonNode root, string path)
    {
        try
        {
            return Get(root, path);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Sets the value at a path whose parent is there; the last key may be new only where <paramref name="mayAdd"/> says
    /// so.</summary>
    public static void Set(JsonNode root, string path, JsonNode? value, bool mayAdd)
    {
        int dot = path.LastIndexOf('.');
        string key = path[(dot + 1)..];
        var parent = Get(root, path[..dot]) as JsonObject ?? throw new FormatException($"{path}: its parent is no mapping");
        if (!mayAdd && !parent.ContainsKey(key))
            throw new FormatException($"{path}: there is no {key}");
        parent[key] = value;
    }

    /// <summary>The steps of a path: a key, and for an item of a list the field that it is known by and its value.</summary>
    public static IEnumerable<(string Key, string? ItemKey, string? ItemValue)> Steps(string path)
    {
        foreach (Match step in Step().Matches(path))
        {
            bool item = step.Groups["item"].Success;
            yield return (step.Groups["key"].Value, item ? step.Groups["item"].Value : null, item ? step.Groups["value"].Value : null);
        }
    }

    [GeneratedRegex(@"(?<key>[^.\[]+)(\[(?<item>[^=\]]+)=(?<value>[^\]]*)\])?(\.|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Step();
}
