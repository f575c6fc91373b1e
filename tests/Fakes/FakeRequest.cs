using System.Text.Json.Nodes;

namespace KafkaK8s.Tests.Fakes;

/// <summary>One request that the fake API server got.</summary>
public sealed record FakeRequest(string Method, string Path, string Query, string Body)
{
    /// <summary>Headers by name, in small letters.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether a real server would have changed something.</summary>
    public bool IsWrite => Method != "GET" && !Query.Contains("dryRun=All", StringComparison.Ordinal);

    /// <summary>Whether it applies an object, rather than patches a field of it.</summary>
    public bool IsApply => Method == "PATCH" && Headers.GetValueOrDefault("content-type") == "application/apply-patch+yaml";

    public bool IsWatch =>
        Query.Contains("watch=true", StringComparison.Ordinal) || Query.Contains("follow=true", StringComparison.Ordinal);

    /// <summary>Whether it opens a WebSocket: an exec or a port-forward.</summary>
    public bool IsSocket => Headers.TryGetValue("upgrade", out string? protocol) && protocol == "websocket";

    public JsonObject Tree => JsonNode.Parse(Body)!.AsObject();

    public string? Parameter(string name) => Parameters(name).FirstOrDefault();

    public IEnumerable<string> Parameters(string name) =>
        Query.Split('&').Select(p => p.Split('=', 2)).Where(p => p[0] == name)
        .Select(p => Uri.UnescapeDataString(p.ElementAtOrDefault(1) ?? ""));

    public override string ToString() => $"{Method} {Path}?{Query}";
}

/// <summary>An answer in place of the usual one; one that hangs never comes.</summary>
public sealed record FakeAnswer(int Code, JsonObject Body, bool Hangs = false)
{
    public static readonly FakeAnswer Never = new(0, [], Hangs: true);

    /// <summary>Headers, each with its line end.</summary>
    public string Headers { get; init; } = "";

    public static FakeAnswer Status(int code, string reason, string message, JsonObject? details = null) => new(code, new JsonObject
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["status"] = "Failure",
        ["message"] = message,
        ["reason"] = reason,
        ["code"] = code,
        ["details"] = details ?? [],
    });
}

/// <summary>A path of the Kubernetes API taken apart.</summary>
public sealed record FakePath(string Group, string Plural, string? Namespace, string? Name, string? Sub)
{
    public static FakePath? Parse(string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        int head = parts is ["api", ..] ? 2 : parts is ["apis", ..] ? 3 : 0;
        if (head == 0 || parts.Length <= head)
            return null;
        string group = string.Join('/', parts[1..head]);
        return parts[head..] is ["namespaces", var ns, var plural, .. var rest]
            ? new FakePath(group, plural, ns, rest.ElementAtOrDefault(0), rest.ElementAtOrDefault(1))
            : new FakePath(group, parts[head], null, parts.ElementAtOrDefault(head + 1), parts.ElementAtOrDefault(head + 2));
    }
}
