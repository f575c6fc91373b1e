using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KafkaK8s.Core.Kubernetes;

/// <summary>Why a container ended, from the end of its log that Kubernetes keeps: the cause, not the last lines. Pure.</summary>
internal static partial class LastWords
{
    private const int LongestLine = 300;

    // Lines that come after the cause and say nothing of it.
    private static readonly string[] Noise = ["Exiting JVM with code", "audit is disabled", "audit is enabled"];

    private static readonly (string Sign, string Advice)[] WaysOut =
    [
        ("No snapshot found, but there are log entries",
            "Its volume lost the snapshot of its data: where a majority of the other servers serves, delete the pod's claim and then the "
                + "pod, and it copies the data from them"),
        ("OutOfMemoryError", "Its heap is too small: give more with -BrokerMemory or -ZooKeeperMemory"),
        ("Address already in use", "Something else in the pod's network has the port: look for a sidecar that listens on it"),
        ("doesn't match stored clusterId",
        "The volume belongs to another cluster: use that cluster's name, or another one whose volumes are new"),
        ("Permission denied", NoRight),
        ("AccessDeniedException", NoRight),
        ("No space left on device", "The volume is full"),
    ];

    private const string NoRight =
        "The pod's user may not write to the volume: its driver does not apply fsGroup, or its files belong to somebody else";

    /// <summary>How a container ended, and what it said of the cause, with the way out where it is known.</summary>
    /// <param name="state">The state that holds <c>terminated</c>.</param>
    public static string Of(JsonNode? state)
    {
        var ended = state?["terminated"];
        string how = (string?)ended?["reason"] == "OOMKilled" ? "out of memory" : $"exit code {(int?)ended?["exitCode"] ?? 0}";
        string log = (string?)ended?["message"] ?? "";
        string words = Cause(log);
        if (words.Length == 0)
            return how;
        string? advice = WaysOut.FirstOrDefault(w => log.Contains(w.Sign, StringComparison.Ordinal)).Advice;
        return $"{how}; it last said: {words}{(advice is null ? "" : $". {advice}")}";
    }

    /// <summary>The lines of a log's end that tell the cause; the last three where none stands out.</summary>
    internal static string Cause(string log)
    {
        var lines = log.Split('\n').Select(l => Stamp().Replace(l.Trim(), ""))
            .Where(l => l.Length > 0 && !Frame().IsMatch(l) && !Array.Exists(Noise, n => l.Contains(n, StringComparison.Ordinal))).ToList();
        string? error = lines.Find(l => Error().IsMatch(l));
        string? cause = lines.FindLast(l => l.StartsWith("Caused by: ", StringComparison.Ordinal))
            ?? lines.FindLast(l => Head().IsMatch(l));
        var told = new[] { error, cause }.OfType<string>().Distinct().ToList();
        return string.Join(" | ",
            (told.Count > 0 ? told : lines.TakeLast(3)).Select(l => l.Length <= LongestLine ? l : l[..LongestLine] + "…"));
    }

    // [2026-11-22 10:00:00,123] of Kafka, 2026-11-22 10:00:00,123 [myid:1] - of ZooKeeper.
    [GeneratedRegex(@"^\[?\d{4}-\d\d-\d\d[ T][\d:.,]+\]?\s*(\[myid:\d*\]\s*)?(-\s+)?")]
    private static partial Regex Stamp();

    [GeneratedRegex(@"^(at |\.\.\. \d+ (more|common frames))")]
    private static partial Regex Frame();

    [GeneratedRegex("^(ERROR|FATAL|Error|Fatal)\\b")]
    private static partial Regex Error();

    // The head of a stack trace, or what the JVM says of its own end.
    [GeneratedRegex(@"^(Exception in thread |Terminating due to |[a-z][\w$]*(\.[\w$]+)+(Exception|Error)\b)")]
    private static partial Regex Head();
}
