using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KafkaK8s.Core.Kubernetes;

/// <summary>
/// Field conflicts of a server-side apply, and whether they are any. Pure. The server compares a list or a reference that has one
/// owner as a whole, with what it filled in by itself: where kubectl applied the very same file before, it reports a conflict
/// though nothing would change.
/// </summary>
internal static partial class FieldConflicts
{
    /// <summary>Paths of the fields in an answer that refuses an apply for conflicts; empty for every other answer.</summary>
    public static IReadOnlyList<string> Read(HttpStatusCode code, string body)
    {
        if (code != HttpStatusCode.Conflict)
            return [];
        try
        {
            var causes = JsonNode.Parse(body)?["details"]?["causes"] as JsonArray ?? [];
            return [.. causes.OfType<JsonObject>().Where(c => (string?)c["reason"] == "FieldManagerConflict")
                .Select(c => (string?)c["field"] ?? "")];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>Whether a change touches one of the fields. Items of lists count as one: the server names them by other keys.</summary>
    public static bool AnyTouched(IReadOnlyList<string> fields, IReadOnlyList<FieldChange> changes)
    {
        var plain = fields.Select(Plain).ToList();
        return changes.Select(c => Plain(c.Path)).Any(c => plain.Exists(f => Covers(f, c) || Covers(c, f)));
    }

    private static string Plain(string path) => Item().Replace(path, "").TrimStart('.');

    private static bool Covers(string outer, string inner) => inner == outer || inner.StartsWith(outer + ".", StringComparison.Ordinal);

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Item();
}
