using System.Diagnostics;
using System.Management.Automation;

namespace KafkaK8s.Tests.Psh.Hosting;

/// <summary>Progress as plain lines on a terminal: one when the text changes, and not more often than needed to follow it.</summary>
internal sealed class ProgressLines
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<int, (string Text, long At)> shown = [];

    /// <summary>The line to show now, or null.</summary>
    public string? Next(ProgressRecord record)
    {
        if (record.RecordType == ProgressRecordType.Completed)
        {
            shown.Remove(record.ActivityId);
            return null;
        }

        string percent = record.PercentComplete >= 0 ? $" {record.PercentComplete}%" : string.Empty;
        string detail = string.IsNullOrWhiteSpace(record.CurrentOperation) ? string.Empty : $" ({record.CurrentOperation})";
        string text = $"{record.Activity}: {record.StatusDescription}{percent}{detail}";
        if (shown.TryGetValue(record.ActivityId, out (string Text, long At) last)
            && (last.Text == text || Stopwatch.GetElapsedTime(last.At) < Pause))
            return null;
        shown[record.ActivityId] = (text, Stopwatch.GetTimestamp());
        return text;
    }
}
