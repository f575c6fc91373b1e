using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KafkaK8s.Core.Yaml;

/// <summary>
/// Reads YAML documents as untyped JSON trees, strictly: what a reader of the file could take for something else is refused
/// (anchors, tags, duplicate keys, the words and numbers that only some YAML versions take for such).
/// </summary>
internal static partial class YamlReader
{
    private static readonly HashSet<string> AmbiguousWords = new(["yes", "no", "on", "off", "y", "n"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads all documents of a text; empty ones are left out.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">Name for error messages.</param>
    /// <param name="aliases">Whether anchors, aliases and merge keys are read too, as in files of others.</param>
    /// <exception cref="FormatException">The text is not YAML, or not unambiguous.</exception>
    public static IReadOnlyList<JsonNode> ReadAll(string text, string source, bool aliases = false)
    {
        var anchors = aliases ? new YamlAnchors(source) : null;
        var parser = new Parser(new StringReader(text));
        var documents = new List<JsonNode>();
        try
        {
            parser.Consume<StreamStart>();
            while (!parser.Accept<StreamEnd>(out _))
            {
                parser.Consume<DocumentStart>();
                if (ReadNode(parser, source, anchors) is JsonNode node)
                    documents.Add(node);
                parser.Consume<DocumentEnd>();
            }
        }
        catch (YamlException e)
        {
            throw new FormatException($"{source}, line {e.End.Line}: {e.Message}", e);
        }

        return documents;
    }

    private static JsonNode? ReadNode(Parser parser, string source, YamlAnchors? anchors)
    {
        var at = parser.Current!;
        if (anchors is not null && at is AnchorAlias alias)
        {
            parser.MoveNext();
            return anchors.Find(alias);
        }

        if (at is NodeEvent node)
            RefuseProperties(node, source, anchors is not null);
        var value = ReadValue(parser, at, source, anchors);
        if (anchors is not null && at is NodeEvent { Anchor.IsEmpty: false } anchored)
            anchors.Add(anchored, value);
        return value;
    }

    private static JsonNode? ReadValue(Parser parser, ParsingEvent at, string source, YamlAnchors? anchors)
    {
        switch (at)
        {
            case Scalar scalar:
                parser.MoveNext();
                return ReadScalar(scalar, source);
            case SequenceStart sequence:
                parser.MoveNext();
                var array = new JsonArray();
                while (!parser.TryConsume<SequenceEnd>(out _))
                    array.Add(ReadNode(parser, source, anchors));
                return array;
            case MappingStart mapping:
                parser.MoveNext();
                var map = new JsonObject();
                var merged = new List<JsonNode?>();
                while (!parser.TryConsume<MappingEnd>(out _))
                {
                    var key = parser.Consume<Scalar>();
                    RefuseProperties(key, source, anchors is not null);
                    if (anchors is not null && key is { Style: ScalarStyle.Plain, Value: "<<" })
                    {
                        merged.Add(ReadNode(parser, source, anchors));
                        continue;
                    }

                    Refuse(key.Style == ScalarStyle.Plain && (key.Value == "<<" || AmbiguousWords.Contains(key.Value)), key, source,
                        $"the key {key.Value} means something else to some readers: write quotes");
                    Refuse(map.ContainsKey(key.Value), key, source, $"the key '{key.Value}' is there twice");
                    map[key.Value] = ReadNode(parser, source, anchors);
                }

                YamlAnchors.Merge(map, merged);
                return map;
            default:
                throw new FormatException($"{source}, line {at.Start.Line}: aliases are not read here");
        }
    }

    private static JsonValue? ReadScalar(Scalar scalar, string source)
    {
        string value = scalar.Value;
        if (scalar.Style != ScalarStyle.Plain)
            return JsonValue.Create(value);
        if (value is "" or "~" or "null" or "Null" or "NULL")
            return null;
        if (value is "true" or "True" or "TRUE")
            return JsonValue.Create(true);
        if (value is "false" or "False" or "FALSE")
            return JsonValue.Create(false);
        Refuse(AmbiguousWords.Contains(value), scalar, source,
            $"the word {value} means a boolean to some readers and a string to others: write true, false or quotes");
        Refuse(AmbiguousNumber().IsMatch(value), scalar, source,
            $"{value} is a number to some readers and a string to others: write plain digits or quotes");
        if (IsOctal(value))
            return Number(Convert.ToInt64(value, 8).ToString(CultureInfo.InvariantCulture));
        if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer))
            return Number(integer.ToString(CultureInfo.InvariantCulture));
        if ((char.IsAsciiDigit(value[0]) || value[0] is '-' or '+' or '.')
            && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
        {
            Refuse(!double.IsFinite(number), scalar, source, $"the number {value} is too large");
            return Number(number.ToString("R", CultureInfo.InvariantCulture));
        }

        return JsonValue.Create(value);
    }

    // As if read from JSON: such a number converts to any type that holds it, one made from a long only to long.
    private static JsonValue Number(string json) => JsonNode.Parse(json)!.AsValue();

    // YAML 1.1, which Kubernetes reads: a leading zero means octal (file modes).
    private static bool IsOctal(string value) => value.Length > 1 && value[0] == '0' && value.All(c => c is >= '0' and <= '7');

    private static void RefuseProperties(NodeEvent node, string source, bool anchors)
    {
        Refuse(!anchors && !node.Anchor.IsEmpty, node, source, "anchors are not read here");
        Refuse(!node.Tag.IsEmpty, node, source, "tags are not read here");
    }

    private static void Refuse(bool refused, ParsingEvent at, string source, string why)
    {
        if (refused)
            throw new FormatException($"{source}, line {at.Start.Line}: {why}");
    }

    [GeneratedRegex(@"^[-+]?(0x[0-9a-f_]+|0o[0-7_]+|0b[01_]+|[0-9][0-9.]*_[0-9_.]*|\.inf|\.nan)$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex AmbiguousNumber();
}
