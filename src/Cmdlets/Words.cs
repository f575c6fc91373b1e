using System.Globalization;

namespace KafkaK8s.Cmdlets;

/// <summary>How things are put into words and columns: the format file calls these, and tests check them.</summary>
public static class Words
{
    /// <summary>One line for a change.</summary>
    public static string Of(ClusterChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        string what = $"{change.Kind}/{change.Name}";
        string line = change.Action switch
        {
            ChangeAction.Create => $"created {what}",
            ChangeAction.Update => $"changed {what}: {string.Join("; ", change.Fields)}",
            ChangeAction.Delete => $"deleted {what}",
            ChangeAction.Restart => $"restarted {what}",
            ChangeAction.Keep => $"kept {what}",
            _ => $"unchanged {what}",
        };
        return change.Note.Length == 0 ? line : $"{line} ({change.Note})";
    }

    /// <summary>An age as kubectl shows it: 24s, 5m, 3h, 12d.</summary>
    public static string Age(TimeSpan age) => age switch
    {
        { TotalSeconds: < 1 } => "0s",
        { TotalMinutes: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalSeconds}s"),
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalMinutes}m"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalHours}h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalDays}d"),
    };

    /// <summary>Milliseconds with as many digits as matter; a dash where there are none.</summary>
    public static string Milliseconds(double value) =>
        double.IsNaN(value) ? "-" : value.ToString(value < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) + " ms";

    /// <summary>A server's average latency in milliseconds, in a column whose head says so; empty where there is none.</summary>
    public static string Latency(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "";

    /// <summary>A number with separators for thousands, as the invariant culture writes it.</summary>
    public static string Rate(double value) => double.IsNaN(value) || value <= 0 ? "-" : value.ToString("#,0", CultureInfo.InvariantCulture) + "/s";

    /// <summary>The fields of a change in one cell: the first ones by their last names, then how many more.</summary>
    public static string Fields(ClusterChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (change.Fields.Count == 0)
            return change.Note;
        string shown = string.Join(", ", change.Fields.Take(2).Select(f => $"{f.Path[(f.Path.LastIndexOf('.') + 1)..]}: {f.From ?? "(none)"} -> {f.To ?? "(none)"}"));
        return change.Fields.Count > 2 ? $"{shown}, {change.Fields.Count - 2} more" : shown;
    }
}
