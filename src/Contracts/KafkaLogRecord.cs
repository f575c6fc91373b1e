namespace KafkaK8s;

/// <summary>A record of the log of a broker or a ZooKeeper server.</summary>
public sealed record KafkaLogRecord
{
    /// <summary>When the node of Kubernetes took the record's first line.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>Level in capitals, as log4j has it: <c>INFO</c>, <c>WARN</c>; empty for a line that is of no known form.</summary>
    public string Level { get; init; } = "";

    /// <summary>The text with all of its lines, such as those of a stack trace; without level and time.</summary>
    public string Text { get; init; } = "";

    /// <summary>First line of the text.</summary>
    public string Line => Text.Split('\n', 2)[0];

    /// <summary>Name of the pod.</summary>
    public string Pod { get; init; } = "";

    /// <summary>Name of the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>Namespace of the cluster.</summary>
    public string Namespace { get; init; } = "";
}
