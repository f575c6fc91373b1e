namespace KafkaK8s;

/// <summary>What is done in a step.</summary>
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

    /// <summary>An ensemble is looked at: whether the next server may join or leave.</summary>
    public const string Check = nameof(Check);

    /// <summary>A ZooKeeper server starts and follows the leader, without a vote.</summary>
    public const string Start = nameof(Start);

    /// <summary>A ZooKeeper server gets a vote.</summary>
    public const string Join = nameof(Join);

    /// <summary>A ZooKeeper server gives its vote back.</summary>
    public const string Leave = nameof(Leave);

    /// <summary>An ensemble is looked at: whether a change has reached all of its members.</summary>
    public const string Verify = nameof(Verify);

    /// <summary>The pod of a ZooKeeper server without a vote goes.</summary>
    public const string Stop = nameof(Stop);

    /// <summary>A volume claim and its data go.</summary>
    public const string DeleteVolume = nameof(DeleteVolume);

    /// <summary>The credential for changes of the ensemble is exchanged.</summary>
    public const string Rotate = nameof(Rotate);

    /// <summary>A new size is written down, for later commands and first starts.</summary>
    public const string Record = nameof(Record);
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
        string shown = string.Join(", ", fields.Take(2).Select(f => $"{LastName(f.Path)}: {f.From ?? "(none)"} -> {f.To ?? "(none)"}"));
        return fields.Count > 2 ? $"{shown}, {fields.Count - 2} more" : shown;
    }

    // A key in brackets at the end is a name of its own, such as a setting with dots.
    private static string LastName(string path) =>
        path.EndsWith(']') ? path[(path.LastIndexOf('[') + 1)..^1] : path[(path.LastIndexOf('.') + 1)..];
}

/// <summary>
/// One step of whatever changes something: the lines of a plan under -WhatIf, and of what was carried out. The same type for clusters,
/// ZooKeeper ensembles and node groups.
/// </summary>
public sealed record PlanStep
{
    /// <summary>Cluster that it belongs to.</summary>
    public required string Cluster { get; init; }

    /// <summary>Namespace of the cluster; empty for what belongs to an EKS cluster.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Place in the order, from 1.</summary>
    public int Step { get; init; }

    /// <summary>What is done: one of <see cref="ChangeAction"/>.</summary>
    public string Action { get; init; } = ChangeAction.None;

    /// <summary>Kind of what it is done to, such as <c>StatefulSet</c>, <c>Pod</c> or <c>NodeGroup</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Name of what it is done to.</summary>
    public required string Name { get; init; }

    /// <summary>Availability zone; empty where it has none.</summary>
    public string Zone { get; init; } = "";

    /// <summary>The fields that change, for <see cref="ChangeAction.Update"/>.</summary>
    public IReadOnlyList<FieldChange> Fields { get; init; } = [];

    /// <summary>What has to be seen before the next step; empty where nothing is waited for.</summary>
    public string WaitsFor { get; init; } = "";

    /// <summary>What it brings about meanwhile, or what may go wrong and is done then; empty where nothing.</summary>
    public string Risk { get; init; } = "";

    /// <summary>Why a pod restarts: <c>image</c>, <c>settings</c>, <c>template</c>, <c>credential</c>, <c>drain</c> or <c>by hand</c>; else
    /// empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What would hold a restart up at this moment, such as a partition that is not in sync; empty where nothing does.</summary>
    public string BlockedBy { get; init; } = "";

    /// <summary>A word on how, or on what it means; may be empty.</summary>
    public string Note { get; init; } = "";

    /// <summary>The request that is sent to AWS, as JSON; empty where none is.</summary>
    public string Request { get; init; } = "";

    /// <summary>What changes, in one line: the first two fields by their last names, or else why and how.</summary>
    public string Change => FieldChange.Summary(Fields, Why);

    /// <summary>Why and how, in one line. What is in the way matters more than how it is done.</summary>
    private string Why => BlockedBy.Length > 0 ? $"waits: {BlockedBy}" : string.Join("; ", new[] { Reason, How }.Where(t => t.Length > 0));

    private string How => Note.Length > 0 || Action != ChangeAction.Restart ? Note : Risk.Length > 0 ? Risk : WaitsFor;
}
