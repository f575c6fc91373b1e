using System.Text.Json;
using System.Text.Json.Serialization;

namespace KafkaK8s.Core.Model;

/// <summary>The given parameters as the text of an annotation, so that a later command knows what was asked for.</summary>
internal static class SpecText
{
    private static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JsonText.Readable.Encoder,
    };

    /// <summary>The text; null when nothing was given, so that the plain manifests stay as they are.</summary>
    public static string? Write(ClusterSpec spec)
    {
        // The name stands in the labels; tables and lists are sorted so that the same request gives the same text.
        var node = JsonSerializer.SerializeToNode(spec with
        {
            Config = Sorted(spec.Config),
            NodeSelector = Sorted(spec.NodeSelector),
            Toleration = spec.Toleration is { Count: > 0 } t ? [.. t.Order(StringComparer.Ordinal)] : null,
        }, Options)!.AsObject();
        node.Remove("name");
        return node.Count == 0 ? null : node.ToJsonString(Options);
    }

    /// <summary>Reads the text back; null where there is none or where it is not ours.</summary>
    public static ClusterSpec? Read(string? text, string name)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        try
        {
            return JsonSerializer.Deserialize<ClusterSpec>(text, Options) is { } spec ? spec with { Name = name } : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static SortedDictionary<string, string?>? Sorted(IReadOnlyDictionary<string, string?>? table) =>
        table is { Count: > 0 } ? new(table.ToDictionary(), StringComparer.Ordinal) : null;
}
