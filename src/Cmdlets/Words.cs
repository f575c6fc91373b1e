using System.Globalization;

namespace KafkaK8s.Cmdlets;

/// <summary>How things are put into words and columns: the format file calls these, and tests check them.</summary>
public static class Words
{
    /// <summary>One line for a change.</summary>
    public static string Of(ClusterChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return Line(change.Action, $"{change.Kind}/{change.Name}", change.Fields, change.Note);
    }

    /// <summary>One line for a change of an EKS cluster.</summary>
    public static string Of(EksChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return Line(change.Action, $"{change.Kind}/{change.Name}", change.Fields, change.Note);
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
        return Cell(change.Fields, change.Note);
    }

    /// <summary>The same for a change of an EKS cluster.</summary>
    public static string Fields(EksChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return Cell(change.Fields, change.Note);
    }

    /// <summary>A group's nodes: wanted now, and the range where it is one.</summary>
    public static string Nodes(KafkaNodeGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return group.MinSize == group.MaxSize && group.MinSize == group.DesiredSize ? $"{group.DesiredSize}" : $"{group.DesiredSize} ({group.MinSize}-{group.MaxSize})";
    }

    /// <summary>A speed of volumes; a dash where it is gp3's own.</summary>
    public static string Speed(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static string Line(ChangeAction action, string what, IReadOnlyList<FieldChange> fields, string note)
    {
        string line = action switch
        {
            ChangeAction.Create => $"created {what}",
            ChangeAction.Update => $"changed {what}: {string.Join("; ", fields)}",
            ChangeAction.Delete => $"deleted {what}",
            ChangeAction.Restart => $"restarted {what}",
            ChangeAction.Keep => $"kept {what}",
            _ => $"unchanged {what}",
        };
        return note.Length == 0 ? line : $"{line} ({note})";
    }

    private static string Cell(IReadOnlyList<FieldChange> fields, string note)
    {
        if (fields.Count == 0)
            return note;
        string shown = string.Join(", ", fields.Take(2).Select(f => $"{f.Path[(f.Path.LastIndexOf('.') + 1)..]}: {f.From ?? "(none)"} -> {f.To ?? "(none)"}"));
        return fields.Count > 2 ? $"{shown}, {fields.Count - 2} more" : shown;
    }
}
