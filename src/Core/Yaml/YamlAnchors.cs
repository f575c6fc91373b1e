using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KafkaK8s.Core.Yaml;

/// <summary>What the anchors of one text stand for.</summary>
/// <param name="source">Name for error messages.</param>
internal sealed class YamlAnchors(string source)
{
    private const int MostCopied = 100_000; // a few lines of aliases of aliases can stand for a billion nodes
    private readonly Dictionary<AnchorName, (JsonNode? Value, int Size)> known = [];
    private int copied;

    /// <summary>Keeps a value for its aliases.</summary>
    public void Add(NodeEvent at, JsonNode? value) => known[at.Anchor] = (value?.DeepClone(), Size(value));

    /// <summary>A copy of what an alias stands for.</summary>
    public JsonNode? Find(AnchorAlias alias)
    {
        if (!known.TryGetValue(alias.Value, out var found))
            throw new FormatException($"{source}, line {alias.Start.Line}: there is no anchor {alias.Value} before this alias");
        copied += found.Size;
        return copied <= MostCopied ? found.Value?.DeepClone()
            : throw new FormatException($"{source}, line {alias.Start.Line}: the aliases stand for too much");
    }

    /// <summary>Puts what a merge key names into a mapping, where the mapping does not say otherwise itself.</summary>
    public static void Merge(JsonObject map, IEnumerable<JsonNode?> merged)
    {
        foreach (var part in merged.SelectMany(m => m is JsonArray list ? list : (IEnumerable<JsonNode?>)[m]).OfType<JsonObject>())
        {
            foreach (var (key, value) in part)
            {
                if (!map.ContainsKey(key))
                    map[key] = value?.DeepClone();
            }
        }
    }

    private static int Size(JsonNode? node) => node switch
    {
        JsonObject o => 1 + o.Sum(p => Size(p.Value)),
        JsonArray a => 1 + a.Sum(Size),
        _ => 1,
    };
}
