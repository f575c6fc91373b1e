using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KafkaK8s.Core.Yaml;

/// <summary>Writes trees as YAML that every reader takes the same way: texts of several lines as blocks, and quotes wherever a
/// plain word could be read as something else.</summary>
internal static class YamlWriter
{
    /// <summary>Writes the documents, divided by <c>---</c>.</summary>
    public static string Write(IEnumerable<JsonObject> documents) => string.Join("---\n", documents.Select(WriteOne));

    private static string WriteOne(JsonObject tree)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var emitter = new Emitter(text,
            new EmitterSettings(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Emit(emitter, tree);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Emit(Emitter emitter, JsonNode? node)
    {
        switch (node)
        {
            case null:
                emitter.Emit(new Scalar("null"));
                break;
            case JsonObject map:
                emitter.Emit(
                    new MappingStart(AnchorName.Empty, TagName.Empty, true, map.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var (key, value) in map)
                {
                    emitter.Emit(Text(key, isKey: true));
                    Emit(emitter, value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray array:
                emitter.Emit(
                    new SequenceStart(AnchorName.Empty, TagName.Empty, true, array.Count == 0 ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in array)
                    Emit(emitter, item);
                emitter.Emit(new SequenceEnd());
                break;
            default:
                emitter.Emit(node.GetValueKind() == JsonValueKind.String ? Text((string)node!) : new Scalar(node.ToJsonString()));
                break;
        }
    }

    private static Scalar Text(string value, bool isKey = false)
    {
        var style = IsPlain(value) ? ScalarStyle.Plain : !isKey && IsBlock(value) ? ScalarStyle.Literal : ScalarStyle.DoubleQuoted;
        return new Scalar(AnchorName.Empty, TagName.Empty, value, style, isPlainImplicit: true, isQuotedImplicit: true);
    }

    // A block keeps only what a reader of lines keeps: no other line ends, and a first line that shows the indentation.
    private static bool IsBlock(string value) =>
        value.Contains('\n', StringComparison.Ordinal) && value[0] is not ('\n' or ' ' or '\t')
        && !value.Any(c => c is not ('\n' or '\t') && (char.IsControl(c) || c is '\u2028' or '\u2029' or '\ufeff'));

    // Plain only where no reader could take it for anything but this text.
    private static bool IsPlain(string value)
    {
        if (value.Length == 0 || !char.IsAsciiLetter(value[0]) && value[0] != '/')
            return false;
        if (value.Any(c => !char.IsAsciiLetterOrDigit(c) && !"-_./".Contains(c, StringComparison.Ordinal)))
            return false;
        return value.ToUpperInvariant() is not ("TRUE" or "FALSE" or "NULL" or "YES" or "NO" or "ON" or "OFF" or "Y" or "N");
    }
}
