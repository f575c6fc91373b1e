namespace KafkaK8s;

/// <summary>What is done to an object.</summary>
public enum ChangeAction
{
    /// <summary>Left alone: it is already as asked.</summary>
    None,

    /// <summary>Made.</summary>
    Create,

    /// <summary>Changed in the fields that are named.</summary>
    Update,

    /// <summary>Deleted.</summary>
    Delete,

    /// <summary>A pod started anew, in its turn, so that it takes a change up.</summary>
    Restart,

    /// <summary>Kept on purpose, such as a volume with data.</summary>
    Keep,
}

/// <summary>One field that changes.</summary>
/// <param name="Path">Path in the object, list items by their key: <c>spec.template.spec.containers[name=kafka].image</c>.</param>
/// <param name="From">Value before, as JSON; null where there was none. Values of Secrets are masked.</param>
/// <param name="To">Value after, as JSON; null where the field goes.</param>
public sealed record FieldChange(string Path, string? From, string? To)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {From ?? "(none)"} -> {To ?? "(none)"}";
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
    public ChangeAction Action { get; init; }

    /// <summary>The fields that change, for <see cref="ChangeAction.Update"/>.</summary>
    public IReadOnlyList<FieldChange> Fields { get; init; } = [];

    /// <summary>A word on why, or on what it means; may be empty.</summary>
    public string Note { get; init; } = "";
}
