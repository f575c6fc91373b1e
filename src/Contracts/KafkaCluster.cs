namespace KafkaK8s;

/// <summary>How a cluster is, as its live objects tell.</summary>
/// <remarks>Words and no enumeration: JSON, CSV and a comparison in a script then show the same word.</remarks>
public static class ClusterStatus
{
    /// <summary>All servers and brokers that were asked for are ready.</summary>
    public const string Ready = nameof(Ready);

    /// <summary>On its way: pods are being made, started or replaced, and nothing is known to be wrong.</summary>
    public const string Progressing = nameof(Progressing);

    /// <summary>Something is wrong; <see cref="KafkaCluster.Reasons"/> says what.</summary>
    public const string Degraded = nameof(Degraded);

    /// <summary>On its way out.</summary>
    public const string Removing = nameof(Removing);
}

/// <summary>What a broker said of its cluster when it was asked.</summary>
/// <remarks>Words and no enumeration: JSON, CSV and a comparison in a script then show the same word.</remarks>
public static class KafkaAnswer
{
    /// <summary>It knows all brokers, each partition has a leader, and all copies are in sync.</summary>
    public const string Healthy = nameof(Healthy);

    /// <summary>It misses brokers, leaders or copies; <see cref="KafkaCluster.Reasons"/> says which.</summary>
    public const string Unhealthy = nameof(Unhealthy);

    /// <summary>The broker that was asked did not answer.</summary>
    public const string NoAnswer = nameof(NoAnswer);

    /// <summary>No broker was asked: the state tells of pods only.</summary>
    public const string NotAsked = nameof(NotAsked);
}

/// <summary>A Kafka cluster with its ZooKeeper ensemble, read from the live objects of Kubernetes.</summary>
public sealed record KafkaCluster
{
    /// <summary>Name of the cluster.</summary>
    public required string Name { get; init; }

    /// <summary>Namespace that it lives in.</summary>
    public required string Namespace { get; init; }

    /// <summary>State in one word.</summary>
    public string Status { get; init; } = ClusterStatus.Ready;

    /// <summary>Why it is not ready, one sentence each; empty when it is.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>The reasons in one text.</summary>
    public string Reason => string.Join("; ", Reasons);

    /// <summary>What Kafka itself says: a word of <see cref="KafkaAnswer"/>.</summary>
    public string Kafka { get; init; } = KafkaAnswer.NotAsked;

    /// <summary>Brokers that are ready, of those asked for: 3/3.</summary>
    public string Brokers => $"{BrokersReady}/{BrokerCount}";

    /// <summary>ZooKeeper servers that are ready, of those asked for: 3/3.</summary>
    public string ZooKeeper => $"{ZooKeeperReady}/{ZooKeeperCount}";

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

    /// <summary>Version of the manifests that the cluster is made of; 0 where there is no set.</summary>
    public int ManifestVersion { get; init; }

    /// <summary>What is no fault and could be better, one sentence each, such as newer manifests in this module.</summary>
    public IReadOnlyList<string> Advice { get; init; } = [];

    /// <summary>When the cluster was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Seconds since then.</summary>
    public long AgeSeconds => Ages.Seconds(CreatedAt);

    /// <summary>The same as kubectl shows it: 24s, 5m, 3h, 12d.</summary>
    public string Age => Ages.Text(AgeSeconds);

    /// <summary>Context of the kubeconfig through which it was read, null for EKS; cmdlets down the pipeline use the same.</summary>
    public string? Context { get; init; }

    /// <summary>Path of that kubeconfig; null for the default one.</summary>
    public string? KubeConfig { get; init; }

    /// <summary>Connection to the EKS cluster through which it was read; null where that was a kubeconfig.</summary>
    public EksConnection? Connection { get; init; }

    /// <summary>Time that each phase of making or changing it took; empty when it was only read.</summary>
    public IReadOnlyList<PhaseTiming> Timings { get; init; } = [];

    /// <summary>What was done to each object; empty when it was only read.</summary>
    public IReadOnlyList<PlanStep> Changes { get; init; } = [];
}

/// <summary>Time that one phase of an operation took.</summary>
/// <param name="Phase">Name of the phase.</param>
/// <param name="Seconds">Wall-clock time in seconds.</param>
public sealed record PhaseTiming(string Phase, double Seconds)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Phase} {Seconds:0.0} s");
}
