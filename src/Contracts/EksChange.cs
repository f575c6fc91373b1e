namespace KafkaK8s;

/// <summary>What is done to one thing of an EKS cluster: the lines of a plan under -WhatIf.</summary>
public sealed record EksChange
{
    /// <summary>Name of the EKS cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>What it is: <c>NodeGroup</c>, <c>Addon</c>, <c>StorageClass</c>, <c>Node</c> or <c>Pod</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Availability zone; empty where it has none.</summary>
    public string Zone { get; init; } = "";

    /// <summary>What is done to it.</summary>
    public string Action { get; init; } = ChangeAction.None;

    /// <summary>The fields that change, for <see cref="ChangeAction.Update"/>.</summary>
    public IReadOnlyList<FieldChange> Fields { get; init; } = [];

    /// <summary>A word on why, or on what it means; may be empty.</summary>
    public string Note { get; init; } = "";

    /// <summary>What changes, in one line: the first two fields by their last names, or the note.</summary>
    public string Change => FieldChange.Summary(Fields, Note);

    /// <summary>The request that is sent, as JSON; empty where none is.</summary>
    public string Request { get; init; } = "";
}
