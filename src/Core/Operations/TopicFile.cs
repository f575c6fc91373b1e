using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Yaml;

namespace KafkaK8s.Core.Operations;

/// <summary>Topics as YAML, for Git and for other clusters. Pure.</summary>
internal static class TopicFile
{
    /// <summary>Version of the form. A later one may have more fields; what this one does not know is refused.</summary>
    public const int Format = 1;

    /// <summary>Writes topics, in the order of their names.</summary>
    /// <param name="cluster">The cluster that they are of.</param>
    /// <param name="ns">Its namespace.</param>
    /// <param name="topics">The topics.</param>
    public static string Write(string cluster, string ns, IEnumerable<TopicRequest> topics)
    {
        var rows = new JsonArray();
        foreach (var topic in topics.OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            var row = new JsonObject
            {
                ["name"] = topic.Name,
                ["partitions"] = topic.Partitions,
                ["replicationFactor"] = topic.ReplicationFactor
            };
            if (topic.Config.Count > 0)
                row["config"] = new JsonObject(
                    topic.Config.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => KeyValuePair.Create(c.Key, (JsonNode?)c.Value)));
            rows.Add(row);
        }

        string text = YamlWriter.Write([new JsonObject { ["format"] = Format, ["topics"] = rows }]);
        // The line of dashes lets several such texts be put together.
        return string.Create(CultureInfo.InvariantCulture,
            $"# Topics of {ns}/{cluster}, format {Format}. Import-KafkaTopic makes them.\n---\n{text}");
    }

    /// <summary>Reads topics; the number of partitions, that of copies and the settings may be missing.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">Where it is from, for errors.</param>
    /// <exception cref="ClusterException"><c>InvalidTopicList</c>.</exception>
    public static IReadOnlyList<TopicRequest> Read(string text, string source)
    {
        IReadOnlyList<JsonNode> documents;
        try
        {
            documents = YamlReader.ReadAll(text, source);
        }
        catch (FormatException e)
        {
            throw Invalid(e.Message.TrimEnd('.') + ".", e);
        }

        var topics = new List<TopicRequest>();
        foreach (var document in documents)
        {
            var tree = Fields(document, source, "format", "topics");
            if (Count(tree["format"]) is not Format)
                throw Invalid($"{source}: 'format' is {tree["format"]?.ToJsonString() ?? "missing"}; this module reads format {Format}.");
            if (tree["topics"] is not JsonArray rows)
                throw Invalid($"{source}: 'topics' is no list.");
            topics.AddRange(rows.Select((row, i) => Topic(row, $"{source}, topic {i + 1}")));
        }

        return documents.Count > 0 ? topics : throw Invalid($"{source} is empty.");
    }

    /// <summary>The failure of what is no list of topics.</summary>
    public static ClusterException Invalid(string message, Exception? inner = null) =>
        new("InvalidTopicList", FailureKind.InvalidInput, null, $"{message} Export-KafkaTopic shows the form.", inner);

    private static TopicRequest Topic(JsonNode? row, string source)
    {
        var tree = Fields(row, source, "name", "partitions", "replicationFactor", "config");
        string name = tree["name"] is JsonNode given && given.GetValueKind() == JsonValueKind.String ? (string)given!
            : throw Invalid($"{source}: 'name' is missing, or is no text.");
        return new TopicRequest(name)
        {
            Partitions = Number("partitions"),
            ReplicationFactor = Number("replicationFactor"),
            Config = Settings(tree["config"], $"{source} ({name})"),
        };

        int? Number(string field) =>
            tree[field] is null ? null : Count(tree[field]) ?? throw Invalid($"{source} ({name}): '{field}' is no number.");
    }

    private static Dictionary<string, string?> Settings(JsonNode? tree, string source)
    {
        var settings = new Dictionary<string, string?>();
        if (tree is null)
            return settings;
        if (tree is not JsonObject map)
            throw Invalid($"{source}: 'config' is no table of settings.");
        foreach (var (key, value) in map)
        {
            settings[key] = value switch
            {
                JsonValue text when text.GetValueKind() == JsonValueKind.String => (string)text!,
                JsonValue number => number.ToJsonString(), // as Kafka writes numbers and truth
                _ => throw Invalid($"{source}: the setting {key} has no value. An import takes nothing away; Set-KafkaTopic does."),
            };
        }

        return settings;
    }

    private static JsonObject Fields(JsonNode? node, string source, params string[] known)
    {
        if (node is not JsonObject tree)
            throw Invalid($"{source} is no table with {string.Join(", ", known)}.");
        string? other = tree.Select(f => f.Key).FirstOrDefault(k => !known.Contains(k));
        return other is null ? tree : throw Invalid($"{source}: there is no field '{other}'; the fields are {string.Join(", ", known)}.");
    }

    private static int? Count(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.Number
        && int.TryParse(value.ToJsonString(), CultureInfo.InvariantCulture, out int n) ? n : null;
}
