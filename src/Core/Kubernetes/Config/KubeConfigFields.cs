using System.Text.Json;
using System.Text.Json.Nodes;

namespace KafkaK8s.Core.Kubernetes.Config;

/// <summary>Typed access to the fields of a mapping; what has the wrong type is refused with the field's name, never with its
/// value.</summary>
/// <param name="tree">The mapping.</param>
/// <param name="owner">What messages call it.</param>
internal sealed class KubeConfigFields(JsonObject tree, string owner)
{
    /// <summary>What messages call it.</summary>
    public string Owner => owner;

    /// <summary>Names of its fields.</summary>
    public IEnumerable<string> Names => tree.Select(p => p.Key);

    /// <summary>A text; empty where it is missing.</summary>
    public string Text(string field) => tree[field] switch
    {
        null => "",
        JsonValue v when v.GetValueKind() == JsonValueKind.String => v.GetValue<string>(),
        _ => throw Wrong(field, "a text: write it in quotes"),
    };

    /// <summary>True or false; false where it is missing.</summary>
    public bool Flag(string field) => tree[field] switch
    {
        null => false,
        JsonValue v when v.GetValueKind() is JsonValueKind.True or JsonValueKind.False => v.GetValue<bool>(),
        _ => throw Wrong(field, "true or false"),
    };

    /// <summary>Bytes that stand there as base64; none where it is missing.</summary>
    public byte[] Data(string field)
    {
        try
        {
            return Convert.FromBase64String(Text(field));
        }
        catch (FormatException)
        {
            throw Wrong(field, "base64");
        }
    }

    /// <summary>A list of texts; empty where it is missing.</summary>
    public IReadOnlyList<string> Texts(string field) =>
        [.. Items(field).Select(i => i is JsonValue v && v.GetValueKind() == JsonValueKind.String ? v.GetValue<string>()
            : throw Wrong(field, "a list of texts: write each in quotes"))];

    /// <summary>A list of mappings; empty where it is missing.</summary>
    public IEnumerable<KubeConfigFields> Objects(string field) =>
        Items(field).Select(
            i => new KubeConfigFields(i as JsonObject ?? throw Wrong(field, "a list of mappings"), $"an entry of {field} of {owner}"));

    /// <summary>A mapping; null where it is missing.</summary>
    public KubeConfigFields? Object(string field, string called) => tree[field] switch
    {
        null => null,
        JsonObject o => new KubeConfigFields(o, called),
        _ => throw Wrong(field, "a mapping"),
    };

    /// <summary>Whatever is there.</summary>
    public JsonNode? Node(string field) => tree[field]?.DeepClone();

    private JsonArray Items(string field) => tree[field] switch
    {
        null => [],
        JsonArray a => a,
        _ => throw Wrong(field, "a list"),
    };

    private FormatException Wrong(string field, string wanted) => new($"the field {field} of {owner} is not {wanted}.");
}
