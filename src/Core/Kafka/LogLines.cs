using System.Globalization;
using System.Text.RegularExpressions;

namespace KafkaK8s.Core.Kafka;

/// <summary>From the lines of a pod's log to records. Pure.</summary>
/// <remarks>
/// Brokers: the pattern <c>[%d] %p %m (%c)</c> of the manifests' log4j.properties. ZooKeeper: <c>%d{ISO8601} [myid:…] - %-5p [%t:…] -
/// %m</c>, of conf/logback.xml in its image. Each line begins with the time that Kubernetes gave it, as it does with timestamps=true.
/// </remarks>
internal sealed partial class LogLines
{
    /// <summary>Levels, from the least.</summary>
    public static readonly string[] Levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

    private readonly List<string> lines = [];
    private DateTimeOffset time;
    private string level = "";
    private bool open;

    /// <summary>Whether a record waits for its end, which only a next line tells.</summary>
    public bool IsOpen => open;

    /// <summary>Time of the last line.</summary>
    public DateTimeOffset Last { get; private set; }

    /// <summary>Takes a line and gives the record that ended before it; null where it belongs to the same one.</summary>
    public KafkaLogRecord? Take(string line)
    {
        var stamp = TimeOf(line);
        int space = stamp is null ? -1 : line.IndexOf(' ', StringComparison.Ordinal);
        var at = Last = stamp ?? Last; // half a line has none
        string text = line[(space + 1)..].TrimEnd('\r');
        var head = Broker().Match(text) is { Success: true } broker ? broker : ZooKeeper().Match(text);
        if (!head.Success && open && (level.Length > 0 || IsFrame(text)) && Continues(text))
        {
            lines.Add(text);
            return null;
        }

        var before = End();
        (open, time, level) = (true, at, head.Success ? head.Groups[1].Value : "");
        lines.Add(head.Success ? head.Groups[2].Value : text);
        return before;
    }

    /// <summary>The time that Kubernetes gave a line; null where there is none.</summary>
    public static DateTimeOffset? TimeOf(string line)
    {
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && DateTimeOffset.TryParse(line.AsSpan(0, space), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
            out var at) ? at : null;
    }

    /// <summary>The record that is open; null where none is.</summary>
    public KafkaLogRecord? End()
    {
        if (!open)
            return null;
        var record = new KafkaLogRecord { Cluster = "", Time = time.ToLocalTime(), Level = level, Text = string.Join('\n', lines) };
        lines.Clear();
        open = false;
        return record;
    }

    // A stack trace begins with the name of a class at the line's beginning; all else of a record is indented.
    private static bool Continues(string text) => text.Length == 0 || text[0] is '\t' or ' ' or '}' || Exception().IsMatch(text);

    private static bool IsFrame(string text) => text.StartsWith("\tat ", StringComparison.Ordinal)
        || text.StartsWith("\t... ", StringComparison.Ordinal) || text.StartsWith("Caused by: ", StringComparison.Ordinal);

    [GeneratedRegex(@"^\[[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8},[0-9]{3}\] (TRACE|DEBUG|INFO|WARN|ERROR|FATAL) (.*)\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Broker();

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:]{8},[0-9]{3} \[myid:[^\]]*\] - (TRACE|DEBUG|INFO|WARN|ERROR|FATAL) +(.*)\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex ZooKeeper();

    [GeneratedRegex(@"^(Caused by: |Suppressed: |[\w$]+(\.[\w$]+)*\.[\w$]*(Exception|Error|Throwable)\w*(:|\z))",
        RegexOptions.CultureInvariant)]
    private static partial Regex Exception();
}
