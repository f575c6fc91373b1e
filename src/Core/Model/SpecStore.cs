using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace KafkaK8s.Core.Model;

/// <summary>The given parameters as the text of an annotation, so that a later command knows what was asked for. Pure.</summary>
/// <remarks>
/// The text has a schema version. A property that this module does not know is passed over, as a newer module of the same schema may have
/// added it; a newer schema is refused, as what this module reads of it could mean something else. Text without a version is of version 1.
/// </remarks>
internal static class SpecStore
{
    /// <summary>Version of the text that this module writes, and the newest that it reads.</summary>
    public const int Schema = 1;

    private const string SchemaProperty = "schema";

    private static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
        Encoder = JsonText.Readable.Encoder,
    };

    /// <summary>The text; null when nothing was given, so that the plain manifests stay as they are.</summary>
    /// <param name="spec">What was given.</param>
    /// <param name="former">The text that stands; it stays where it says the same, whatever module wrote it.</param>
    public static string? Write(ClusterSpec spec, string? former = null)
    {
        var node = Node(spec);
        if (node.Count == 0)
            return null;
        if (former is not null && TryRead(former, spec.Name, out var stands, out _) && JsonNode.DeepEquals(Node(stands), node))
            return former;
        return new JsonObject([KeyValuePair.Create(SchemaProperty, (JsonNode?)Schema),
            .. node.Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))])
            .ToJsonString(Options);
    }

    /// <summary>Reads the text back.</summary>
    /// <param name="text">The annotation.</param>
    /// <param name="name">Name of the cluster.</param>
    /// <param name="spec">What was given.</param>
    /// <param name="why">Why it cannot be read.</param>
    public static bool TryRead(string text, string name, out ClusterSpec spec, out string why)
    {
        (spec, why) = (new ClusterSpec { Name = name }, "");
        try
        {
            if (JsonNode.Parse(text) is not JsonObject node)
            {
                why = "it is no JSON object";
                return false;
            }

            if (node[SchemaProperty] is JsonNode schema && (schema.GetValueKind() != JsonValueKind.Number || (decimal)schema > Schema))
            {
                why = $"its schema is {schema.ToJsonString()}, and this module reads up to {Schema}";
                return false;
            }

            spec = node.Deserialize<ClusterSpec>(Options)! with { Name = name };
            return true;
        }
        catch (JsonException e)
        {
            why = e.Message;
            return false;
        }
    }

    /// <summary>A spec of values by the names of its properties, as trees hold them.</summary>
    public static ClusterSpec Of(string name, IEnumerable<KeyValuePair<string, JsonNode?>> values)
    {
        var node =
            new JsonObject(values.Select(p => KeyValuePair.Create(JsonNamingPolicy.CamelCase.ConvertName(p.Key), p.Value?.DeepClone())));
        return node.Deserialize<ClusterSpec>(Options)! with { Name = name };
    }

    // The name stands in the labels; tables and lists are sorted so that the same request gives the same text.
    private static JsonObject Node(ClusterSpec spec)
    {
        var node = JsonSerializer.SerializeToNode(spec with
        {
            Config = Sorted(spec.Config),
            NodeSelector = Sorted(spec.NodeSelector),
            Toleration = spec.Toleration is { Count: > 0 } t ? [.. t.Order(StringComparer.Ordinal)] : null,
        }, Options)!.AsObject();
        node.Remove("name");
        return node;
    }

    private static SortedDictionary<string, string?>? Sorted(IReadOnlyDictionary<string, string?>? table) =>
        table is { Count: > 0 } ? new(table.ToDictionary(), StringComparer.Ordinal) : null;
}
