namespace KafkaK8s;

/// <summary>How a cluster is, as its live objects tell.</summary>
public enum ClusterStatus
{
    /// <summary>All servers and brokers that were asked for are ready.</summary>
    Ready,

    /// <summary>On its way: pods are being made, started or replaced, and nothing is known to be wrong.</summary>
    Progressing,

    /// <summary>Something is wrong; <see cref="KafkaCluster.Reasons"/> says what.</summary>
    Degraded,

    /// <summary>On its way out.</summary>
    Removing,
}

/// <summary>A Kafka cluster with its ZooKeeper ensemble, read from the live objects of Kubernetes.</summary>
public sealed record KafkaCluster
{
    /// <summary>Name of the cluster.</summary>
    public required string Name { get; init; }

    /// <summary>Namespace that it lives in.</summary>
    public required string Namespace { get; init; }

    /// <summary>State in one word.</summary>
    public ClusterStatus Status { get; init; }

    /// <summary>Why it is not ready, one sentence each; empty when it is.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>ZooKeeper servers asked for.</summary>
    public int ZooKeeperCount { get; init; }

    /// <summary>ZooKeeper servers that are members of a quorum.</summary>
    public int ZooKeeperReady { get; init; }

    /// <summary>Brokers asked for.</summary>
    public int BrokerCount { get; init; }

    /// <summary>Brokers that serve requests.</summary>
    public int BrokersReady { get; init; }

    /// <summary>Version of Kafka, from the tag of the image.</summary>
    public string KafkaVersion { get; init; } = "";

    /// <summary>Version of ZooKeeper, from the tag of the image.</summary>
    public string ZooKeeperVersion { get; init; } = "";

    /// <summary>Image of the brokers.</summary>
    public string KafkaImage { get; init; } = "";

    /// <summary>Image of the ZooKeeper servers.</summary>
    public string ZooKeeperImage { get; init; } = "";

    /// <summary>Address for clients inside the Kubernetes cluster, host:port.</summary>
    public string Bootstrap { get; init; } = "";

    /// <summary>When the cluster was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Time since then.</summary>
    public TimeSpan Age => CreatedAt == default ? TimeSpan.Zero : DateTimeOffset.UtcNow - CreatedAt;

    /// <summary>Context of the kubeconfig through which it was read, null for EKS; cmdlets down the pipeline use the same.</summary>
    public string? Context { get; init; }

    /// <summary>Path of that kubeconfig; null for the default one.</summary>
    public string? KubeConfig { get; init; }

    /// <summary>Connection to the EKS cluster through which it was read; null where that was a kubeconfig.</summary>
    public EksConnection? Connection { get; init; }

    /// <summary>Time that each phase of making or changing it took; empty when it was only read.</summary>
    public IReadOnlyList<PhaseTiming> Timings { get; init; } = [];

    /// <summary>What was done to each object; empty when it was only read.</summary>
    public IReadOnlyList<ClusterChange> Changes { get; init; } = [];
}

/// <summary>Time that one phase of an operation took.</summary>
/// <param name="Phase">Name of the phase.</param>
/// <param name="Duration">Wall-clock time.</param>
public sealed record PhaseTiming(string Phase, TimeSpan Duration)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Phase} {Duration.TotalSeconds:0.0} s");
}
