using System.Text.Json.Nodes;

namespace KafkaK8s.Tests.Engine.Fake;

/// <summary>One request that the fake API server got.</summary>
public sealed record FakeRequest(string Method, string Path, string Query, string Body)
{
    /// <summary>Whether a real server would have changed something.</summary>
    public bool IsWrite => Method != "GET" && !Query.Contains("dryRun=All", StringComparison.Ordinal);

    public bool IsWatch => Query.Contains("watch=true", StringComparison.Ordinal);

    public JsonObject Tree => JsonNode.Parse(Body)!.AsObject();

    public string? Parameter(string name) => Query.Split('&').Select(p => p.Split('=', 2)).Where(p => p[0] == name).Select(p => Uri.UnescapeDataString(p[1])).FirstOrDefault();

    public override string ToString() => $"{Method} {Path}?{Query}";
}

/// <summary>An answer in place of the usual one; one that hangs never comes.</summary>
public sealed record FakeAnswer(int Code, JsonObject Body, bool Hangs = false)
{
    public static readonly FakeAnswer Never = new(0, [], Hangs: true);

    public static FakeAnswer Status(int code, string reason, string message) => new(code, new JsonObject
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["status"] = "Failure",
        ["message"] = message,
        ["reason"] = reason,
        ["code"] = code,
    });
}
