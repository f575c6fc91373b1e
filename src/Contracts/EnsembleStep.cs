namespace KafkaK8s;

/// <summary>One step of a change of a ZooKeeper ensemble: the lines of a plan under -WhatIf.</summary>
public sealed record EnsembleStep
{
    /// <summary>Name of the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>Namespace of the cluster.</summary>
    public required string Namespace { get; init; }

    /// <summary>Place in the order, from 1.</summary>
    public int Step { get; init; }

    /// <summary>What is done, such as <c>Start</c>, <c>Join</c>, <c>Leave</c>, <c>Stop</c>, <c>Restart</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The server or object that it is done to.</summary>
    public required string Node { get; init; }

    /// <summary>What has to be seen before the next step.</summary>
    public string WaitsFor { get; init; } = "";

    /// <summary>What may go wrong in it, and what is done then.</summary>
    public string Risk { get; init; } = "";
}
