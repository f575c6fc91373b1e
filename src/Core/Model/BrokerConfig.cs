using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Core.Model;

/// <summary>Broker properties: how they are written so that the broker gets them as given, and which are secrets. Pure.</summary>
internal static partial class BrokerConfig
{
    /// <summary>Environment variable of a broker's container with the properties.</summary>
    public const string Variable = "EXTRA_PROPERTIES";

    private const string Hidden = "(secret)";

    /// <summary>Whether a value is a secret: by Kafka's own list of passwords, and by the endings that plugins use. Certificates are
    /// public, though Kafka lists them; a reference to a configuration provider, such as <c>${file:/path:key}</c>, holds no
    /// secret.</summary>
    /// <remarks>Source: the keys of type PASSWORD in KafkaConfig of Kafka 3.9.2.</remarks>
    public static bool IsSecret(string key, string value) =>
        (SecretKey().IsMatch(key) && value.Length > 0 && !Reference().IsMatch(value))
        || value.Contains("PRIVATE KEY-----", StringComparison.Ordinal);

    /// <summary>The text of the variable: a properties file, sorted, so that the same request gives the same text.</summary>
    /// <remarks>
    /// Two readers are on the way: Kubernetes replaces <c>$(NAME)</c> and <c>$$</c> in variables, Java's Properties takes backslashes for
    /// escapes, drops blanks in front and reads Latin-1.
    /// Sources: https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/,
    /// java.util.Properties.load.
    /// </remarks>
    public static string Lines(IReadOnlyDictionary<string, string?> config) =>
        Join(config, value => Dollars().Replace(Escape(value), "$0$0"));

    /// <summary>The text as modules before this rule wrote it: a cluster that stands keeps it, as another one would restart its
    /// brokers.</summary>
    public static string FormerLines(IReadOnlyDictionary<string, string?> config) => Join(config, value => value);

    /// <summary>The properties back from the text of <see cref="Lines"/>.</summary>
    public static IReadOnlyDictionary<string, string?> Read(string lines) =>
        lines.Split('\n').Select(l => l.Split('=', 2)).Where(p => p.Length == 2).GroupBy(p => p[0]) // the last one counts
            .ToDictionary(g => g.Key, g => (string?)Unescape(g.Last()[1].Replace("$$", "$", StringComparison.Ordinal)));

    /// <summary>The change of the variable as one for each property; any other change as it is.</summary>
    public static IEnumerable<FieldChange> ByName(FieldChange change)
    {
        if (!change.Path.EndsWith($"[name={Variable}].value", StringComparison.Ordinal))
            return [change];
        var (before, after) = (Of(change.From), Of(change.To));
        var changed = before.Keys.Union(after.Keys).Where(k => before.GetValueOrDefault(k) != after.GetValueOrDefault(k))
            .Order(StringComparer.Ordinal)
            .Select(k => new FieldChange($"{change.Path}[{k}]", before.GetValueOrDefault(k), after.GetValueOrDefault(k)))
            .ToList();
        return changed.Count > 0 ? changed : [change];

        static IReadOnlyDictionary<string, string?> Of(string? json) =>
            json is null ? new Dictionary<string, string?>() : Read((string)JsonNode.Parse(json)!);
    }

    /// <summary>A StatefulSet without the values of secrets, as a plan may show it.</summary>
    public static JsonObject WithoutSecrets(JsonObject set)
    {
        var copy = (JsonObject)set.DeepClone();
        if (copy["metadata"]?["annotations"] is JsonObject annotations && annotations[ClusterNames.SpecAnnotation] is JsonValue annotation)
            annotations[ClusterNames.SpecAnnotation] = HideInSpec((string?)annotation ?? "");
        foreach (var variable
            in KubeObjects.Items(copy["spec"]?["template"]?["spec"]?["containers"]).SelectMany(c => KubeObjects.Items(c["env"])))
        {
            if ((string?)variable["name"] == Variable && (string?)variable["value"] is string text)
                variable["value"] = string.Join('\n', text.Split('\n').Select(HideInLine));
        }

        return copy;
    }

    private static string Join(IReadOnlyDictionary<string, string?> config, Func<string, string> write) =>
        string.Join('\n', config.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={write(p.Value ?? "")}"));

    private static string Escape(string value)
    {
        var text = new StringBuilder(value.Length);
        foreach (char c in value)
        {
            text.Append(c switch
            {
                '\\' => @"\\",
                '\n' => @"\n",
                '\r' => @"\r",
                '\t' => @"\t",
                ' ' when text.Length == 0 => @"\ ",
                < ' ' or > '~' => string.Create(CultureInfo.InvariantCulture, $@"\u{(int)c:x4}"),
                _ => c.ToString(),
            });
        }

        return text.ToString();
    }

    private static string Unescape(string text) => Escaped().Replace(text, m => m.Value[1] switch
    {
        'n' => "\n",
        'r' => "\r",
        't' => "\t",
        'u' when m.Length == 6 => ((char)int.Parse(m.ValueSpan[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString(),
        char other => other.ToString(),
    });

    private static string HideInLine(string line)
    {
        int equals = line.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && IsSecret(line[..equals], line[(equals + 1)..]) ? $"{line[..equals]}={Hidden}" : line;
    }

    private static string HideInSpec(string text)
    {
        try
        {
            if (JsonNode.Parse(text) is not JsonObject spec || spec["config"] is not JsonObject config)
                return text;
            var secrets = config.Where(p => p.Value is JsonValue && IsSecret(p.Key, p.Value.ToString())).Select(p => p.Key).ToList();
            foreach (string key in secrets)
                config[key] = Hidden;
            return spec.ToJsonString(JsonText.Readable);
        }
        catch (JsonException)
        {
            return Hidden; // not ours any more: nobody knows what it holds
        }
    }

    [GeneratedRegex(
        @"(password|passphrase|secret|jaas\.config|(keystore|secret|master|private|api|access)\.key|\.token|\.credentials)\z",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex SecretKey();

    [GeneratedRegex(@"^\$\{[^{}]+\}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Reference();

    [GeneratedRegex(@"\\(u[0-9A-Fa-f]{4}|.)", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Escaped();

    // Kubernetes reads $$ as one and $( as the start of a name; any other single $ stands for itself.
    [GeneratedRegex(@"\$\$+|\$(?=\()", RegexOptions.CultureInvariant)]
    private static partial Regex Dollars();
}
