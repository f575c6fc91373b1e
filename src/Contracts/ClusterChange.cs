namespace KafkaK8s;

/// <summary>What is done to an object.</summary>
/// <remarks>Words and no enumeration: JSON, CSV and a comparison in a script then show the same word.</remarks>
public static class ChangeAction
{
    /// <summary>Left alone: it is already as asked.</summary>
    public const string None = nameof(None);

    /// <summary>Made.</summary>
    public const string Create = nameof(Create);

    /// <summary>Changed in the fields that are named.</summary>
    public const string Update = nameof(Update);

    /// <summary>Deleted.</summary>
    public const string Delete = nameof(Delete);

    /// <summary>A pod that restarts in its turn, so that a change takes effect.</summary>
    public const string Restart = nameof(Restart);

    /// <summary>Kept on purpose, such as a volume with data.</summary>
    public const string Keep = nameof(Keep);
}

/// <summary>One field that changes.</summary>
/// <param name="Path">Path in the object, list items by their key: <c>spec.template.spec.containers[name=kafka].image</c>.</param>
/// <param name="From">Value before, as JSON; null where there was none. Values of Secrets are masked.</param>
/// <param name="To">Value after, as JSON; null where the field goes.</param>
public sealed record FieldChange(string Path, string? From, string? To)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {From ?? "(none)"} -> {To ?? "(none)"}";

    internal static string Summary(IReadOnlyList<FieldChange> fields, string note)
    {
        if (fields.Count == 0)
            return note;
        string shown = string.Join(", ", fields.Take(2).Select(f => $"{f.Path[(f.Path.LastIndexOf('.') + 1)..]}: {f.From ?? "(none)"} -> {f.To ?? "(none)"}"));
        return fields.Count > 2 ? $"{shown}, {fields.Count - 2} more" : shown;
    }
}

/// <summary>What an operation does to one object: the lines of a plan under -WhatIf, and of the report afterwards.</summary>
public sealed record ClusterChange
{
    /// <summary>Cluster that the object belongs to.</summary>
    public required string Cluster { get; init; }

    /// <summary>Namespace of the object.</summary>
    public required string Namespace { get; init; }

    /// <summary>Kind of the object, such as <c>StatefulSet</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Name of the object.</summary>
    public required string Name { get; init; }

    /// <summary>What is done to it.</summary>
    public string Action { get; init; } = ChangeAction.None;

    /// <summary>The fields that change, for <see cref="ChangeAction.Update"/>.</summary>
    public IReadOnlyList<FieldChange> Fields { get; init; } = [];

    /// <summary>A word on why, or on what it means; may be empty.</summary>
    public string Note { get; init; } = "";

    /// <summary>What would hold a restart up at this moment, such as a partition that is not in sync; empty where nothing does.</summary>
    public string BlockedBy { get; init; } = "";

    /// <summary>What changes, in one line: the first two fields by their last names, or the note.</summary>
    public string Change => FieldChange.Summary(Fields, BlockedBy.Length == 0 ? Note : $"waits: {BlockedBy}");
}
