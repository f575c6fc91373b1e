using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KafkaK8s.Tests.Psh.StandIns;

/// <summary>Stand-in for ConvertTo-Json.</summary>
[Cmdlet(VerbsData.ConvertTo, "Json")]
[OutputType(typeof(string))]
public sealed class ConvertToJsonStandIn : PSCmdlet
{
    private readonly List<object?> items = [];

    /// <summary>The objects.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowNull]
    public object? InputObject { get; set; }

    /// <summary>Levels to go down; what is below becomes text.</summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int Depth { get; set; } = 2;

    /// <summary>On one line.</summary>
    [Parameter]
    public SwitchParameter Compress { get; set; }

    /// <summary>A list even for one object.</summary>
    [Parameter]
    public SwitchParameter AsArray { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => items.Add(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var options = new JsonSerializerOptions { WriteIndented = !Compress, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        JsonNode? node = items.Count == 1 && !AsArray ? JsonTree.From(items[0], Depth) : JsonTree.From(items, Depth + 1);
        WriteObject(node is null ? "null" : node.ToJsonString(options));
    }
}

/// <summary>Stand-in for ConvertFrom-Json. Dates stay text.</summary>
[Cmdlet(VerbsData.ConvertFrom, "Json")]
public sealed class ConvertFromJsonStandIn : PSCmdlet
{
    private readonly StringBuilder text = new();

    /// <summary>The text, or its lines.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowEmptyString]
    public string InputObject { get; set; } = string.Empty;

    /// <summary>Hashtables instead of objects.</summary>
    [Parameter]
    public SwitchParameter AsHashtable { get; set; }

    /// <summary>Levels that may be there.</summary>
    [Parameter]
    public int Depth { get; set; } = 1024;

    /// <inheritdoc/>
    protected override void ProcessRecord() => text.AppendLine(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        try
        {
            using var document = JsonDocument.Parse(text.ToString(), new JsonDocumentOptions { MaxDepth = Depth, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            WriteObject(JsonTree.ToObject(document.RootElement, AsHashtable), enumerateCollection: true);
        }
        catch (JsonException failure)
        {
            ThrowTerminatingError(new ErrorRecord(failure, "ConversionFromJsonFailed", ErrorCategory.InvalidData, null));
        }
    }
}

/// <summary>Between PowerShell objects and JSON.</summary>
internal static class JsonTree
{
    public static JsonNode? From(object? value, int depth)
    {
        object? plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        switch (plain)
        {
            case null:
                return null;
            case string or bool or int or long or double or decimal or uint or ulong or short or ushort or byte or sbyte or float or DateTime or DateTimeOffset or Guid:
                return JsonSerializer.SerializeToNode(plain, plain.GetType());
            case Enum number:
                return JsonValue.Create(Convert.ToInt64(number, CultureInfo.InvariantCulture));
            case char or Uri or Version or Type or ScriptBlock:
                return JsonValue.Create(plain.ToString());
        }

        if (depth < 0)
            return JsonValue.Create(value!.ToString());
        if (plain is IDictionary dictionary)
            return Object(dictionary.Cast<DictionaryEntry>().Select(entry => (entry.Key.ToString()!, entry.Value)), depth);
        if (plain is IEnumerable items)
            return new JsonArray([.. items.Cast<object?>().Select(item => From(item, depth - 1))]);
        return Object(PSObject.AsPSObject(value!).Properties.Where(property => property.IsGettable).Select(property => (property.Name, Read(property))), depth);
    }

    public static object? ToObject(JsonElement element, bool hashtables) => element.ValueKind switch
    {
        JsonValueKind.Object => hashtables ? ToHashtable(element) : ToPSObject(element),
        JsonValueKind.Array => element.EnumerateArray().Select(item => ToObject(item, hashtables)).ToArray(),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetInt64(out long whole) ? whole : element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static JsonObject Object(IEnumerable<(string Name, object? Value)> members, int depth)
    {
        var result = new JsonObject();
        foreach ((string name, object? value) in members)
            result[name] = From(value, depth - 1);
        return result;
    }

    private static object? Read(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException)
        {
            // A property that throws has no value, as in the real cmdlet.
            return null;
        }
    }

    private static Hashtable ToHashtable(JsonElement element)
    {
        var table = new Hashtable(StringComparer.Ordinal);
        foreach (JsonProperty property in element.EnumerateObject())
            table[property.Name] = ToObject(property.Value, hashtables: true);
        return table;
    }

    private static PSObject ToPSObject(JsonElement element)
    {
        var result = new PSObject();
        foreach (JsonProperty property in element.EnumerateObject())
            result.Properties.Add(new PSNoteProperty(property.Name, ToObject(property.Value, hashtables: false)));
        return result;
    }
}
