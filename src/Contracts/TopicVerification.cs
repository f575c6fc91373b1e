namespace KafkaK8s;

/// <summary>One named check with what it found.</summary>
/// <param name="Name">Name of the check; stable, for scripts.</param>
/// <param name="Passed">Whether it held.</param>
/// <param name="Evidence">What was seen, in one line.</param>
public sealed record CheckResult(string Name, bool Passed, string Evidence)
{
    /// <inheritdoc/>
    public override string ToString() => $"{(Passed ? "ok" : "FAILED")} {Name}: {Evidence}";
}

/// <summary>The way that messages took to the cluster and back.</summary>
/// <remarks>Words and no enumeration: JSON, CSV and a comparison in a script then show the same word.</remarks>
public static class VerificationPath
{
    /// <summary>A native client on this machine, through the Kubernetes API server to each broker's tunnel listener.</summary>
    public const string Tunnel = nameof(Tunnel);

    /// <summary>Kafka's own console tools in a short-lived pod.</summary>
    public const string ConsoleTools = nameof(ConsoleTools);
}

/// <summary>What the messages of one broker's partitions came to.</summary>
public sealed record BrokerVerification
{
    /// <summary>Id of the broker that leads these partitions.</summary>
    public int BrokerId { get; init; }

    /// <summary>Its node; empty where it has no pod.</summary>
    public string Node { get; init; } = "";

    /// <summary>The zone of its node; empty where the node has none, or nodes may not be read.</summary>
    public string Zone { get; init; } = "";

    /// <summary>
    /// Where its messages were sent and read: <c>tunnel</c> for this machine, or the nodes of the pods with the console tools, as in
    /// <c>node-1 (zone-a) > node-2 (zone-b)</c>.
    /// </summary>
    public string From { get; init; } = "";

    /// <summary>Partitions of the topic that it leads.</summary>
    public IReadOnlyList<int> Partitions { get; init; } = [];

    /// <summary>Messages given to the producer.</summary>
    public long Sent { get; init; }

    /// <summary>Messages that the broker acknowledged, with acks=all.</summary>
    public long Acked { get; init; }

    /// <summary>Messages read back, each counted once.</summary>
    public long Received { get; init; }

    /// <summary>Acknowledged messages that did not come back.</summary>
    public long Lost { get; init; }

    /// <summary>Messages that came more than once, counted without the first time.</summary>
    public long Duplicated { get; init; }

    /// <summary>Messages that came after one that was sent later to the same partition.</summary>
    public long OutOfOrder { get; init; }

    /// <summary>Messages whose checksum does not fit their content.</summary>
    public long Corrupt { get; init; }

    /// <summary>What its messages show amiss, in one text; empty when all is well.</summary>
    public string Reason => string.Join(", ", new[] { (Sent - Acked, "not acknowledged"), (Lost, "lost"), (Duplicated, "duplicated"),
        (OutOfOrder, "out of order"), (Corrupt, "corrupt") }
        .Where(f => f.Item1 > 0).Select(f => $"{f.Item1} {f.Item2}"));

    /// <summary>Median time from send to acknowledgement, milliseconds; null where it was not measured.</summary>
    public double? P50Ms { get; init; }

    /// <summary>99th percentile of the same, milliseconds.</summary>
    public double? P99Ms { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{BrokerId}: {Received} of {Sent}{(Reason.Length > 0 ? ", " + Reason : "")}";
}

/// <summary>The result of sending numbered messages through every broker and reading them back.</summary>
public sealed record TopicVerification
{
    /// <summary>Cluster that was tested.</summary>
    public required string Cluster { get; init; }

    /// <summary>Its namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>Topic that was used.</summary>
    public required string Topic { get; init; }

    /// <summary>True when every check held.</summary>
    public bool Passed { get; init; }

    /// <summary>The checks that failed, with their evidence, in one text; empty when all held.</summary>
    public string Reason => string.Join("; ", Checks.Where(c => !c.Passed).Select(c => $"{c.Name}: {c.Evidence}"));

    /// <summary>Messages given to the producer.</summary>
    public long Sent { get; init; }

    /// <summary>Messages acknowledged, with acks=all.</summary>
    public long Acked { get; init; }

    /// <summary>Messages read back, each counted once.</summary>
    public long Received { get; init; }

    /// <summary>Acknowledged messages that did not come back.</summary>
    public long Lost { get; init; }

    /// <summary>Messages that came more than once, counted without the first time.</summary>
    public long Duplicated { get; init; }

    /// <summary>Messages that came after one that was sent later to the same partition.</summary>
    public long OutOfOrder { get; init; }

    /// <summary>Messages whose checksum does not fit their content.</summary>
    public long Corrupt { get; init; }

    /// <summary>Messages sent and acknowledged per second.</summary>
    public double ProducedPerSecond { get; init; }

    /// <summary>Messages read back per second.</summary>
    public double ConsumedPerSecond { get; init; }

    /// <summary>Median time from send to acknowledgement, milliseconds; null where it was not measured.</summary>
    public double? P50Ms { get; init; }

    /// <summary>95th percentile of the same, milliseconds.</summary>
    public double? P95Ms { get; init; }

    /// <summary>99th percentile of the same, milliseconds.</summary>
    public double? P99Ms { get; init; }

    /// <summary>Longest time of the same, milliseconds.</summary>
    public double? MaxMs { get; init; }

    /// <summary>Time of the whole test, in seconds.</summary>
    public double DurationSeconds { get; init; }

    /// <summary>Way that the messages took.</summary>
    public string Path { get; init; } = VerificationPath.Tunnel;

    /// <summary>What carried the messages, with its version.</summary>
    public string Client { get; init; } = "";

    /// <summary>The checks, each with its evidence.</summary>
    public IReadOnlyList<CheckResult> Checks { get; init; } = [];

    /// <summary>The same figures for each broker.</summary>
    public IReadOnlyList<BrokerVerification> Brokers { get; init; } = [];

    /// <summary>Context of the kubeconfig that was used.</summary>
    public string? Context { get; init; }

    /// <summary>Path of that kubeconfig; null for the default one.</summary>
    public string? KubeConfig { get; init; }

    /// <summary>Connection to the EKS cluster through which it was read; null where that was a kubeconfig.</summary>
    public EksConnection? Connection { get; init; }
}
