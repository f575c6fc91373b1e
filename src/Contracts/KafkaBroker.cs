namespace KafkaK8s;

/// <summary>How a broker is.</summary>
/// <remarks>Words and no enumeration: JSON, CSV and a comparison in a script then show the same word.</remarks>
public static class BrokerStatus
{
    /// <summary>It answers, the others know it, and all of its copies are in sync.</summary>
    public const string Healthy = nameof(Healthy);

    /// <summary>The same, but its pod runs an older template than its StatefulSet has.</summary>
    public const string RestartNeeded = nameof(RestartNeeded);

    /// <summary>It answers, and copies that it has are not in sync.</summary>
    public const string OutOfSync = nameof(OutOfSync);

    /// <summary>It answers, and another broker does not take it for alive.</summary>
    public const string Unregistered = nameof(Unregistered);

    /// <summary>Its pod is ready, and it does not answer.</summary>
    public const string NoAnswer = nameof(NoAnswer);

    /// <summary>Its pod is not ready.</summary>
    public const string NotReady = nameof(NotReady);

    /// <summary>There is no pod.</summary>
    public const string Missing = nameof(Missing);
}

/// <summary>One broker of a cluster: what Kubernetes knows of its pod, and what the brokers say of it.</summary>
public sealed record KafkaBroker
{
    /// <summary>Name of the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>Namespace of the cluster.</summary>
    public required string Namespace { get; init; }

    /// <summary>Its id: <c>broker.id</c>.</summary>
    public int Id { get; init; }

    /// <summary>Name of its pod, there or not.</summary>
    public required string Pod { get; init; }

    /// <summary>Node of Kubernetes that runs the pod; empty where none does.</summary>
    public string Node { get; init; } = "";

    /// <summary>Availability zone of that node; empty where it has none, or where the credentials do not allow to read nodes.</summary>
    public string Zone { get; init; } = "";

    /// <summary>State in one word, of <see cref="BrokerStatus"/>.</summary>
    public string Status { get; init; } = BrokerStatus.Healthy;

    /// <summary>Why it is in this state, one sentence each; empty when it is healthy.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>The reasons in one text.</summary>
    public string Reason => string.Join("; ", Reasons);

    /// <summary>Whether it is the active controller; null where no broker says who is.</summary>
    public bool? IsController { get; init; }

    /// <summary><c>controller</c> for the active controller, as a column; else empty.</summary>
    public string Role => IsController == true ? "controller" : "";

    /// <summary>Whether its pod is ready.</summary>
    public bool Ready { get; init; }

    /// <summary>Times that its container was restarted in this pod.</summary>
    public int Restarts { get; init; }

    /// <summary>Partitions that it leads; null where no broker answers.</summary>
    public int? Leaders { get; init; }

    /// <summary>Copies of partitions that it is to have, those that it leads included; null where no broker answers.</summary>
    public int? Copies { get; init; }

    /// <summary>Copies that it has, or should have, and that are not in sync; null where no broker answers.</summary>
    public int? OutOfSync { get; init; }

    /// <summary>Partitions that it leads and that have a copy out of sync on whatever broker, as Kafka's own metric
    /// UnderReplicatedPartitions counts them; null where no broker answers.</summary>
    public int? UnderReplicated { get; init; }

    /// <summary>Bytes that its copies take on its disk; null where it does not say it.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>The same as people read it: 1.5 GiB.</summary>
    public string Size => SizeBytes is long bytes ? Sizes.Text(bytes) : "";

    /// <summary>Bytes of the file system with its data, whoever uses them; null where it does not say it, as before Kafka 3.3.</summary>
    public long? VolumeBytes { get; init; }

    /// <summary>The same as people read it.</summary>
    public string Volume => VolumeBytes is long bytes ? Sizes.Text(bytes) : "";

    /// <summary>Bytes of it that the broker can still use; null where it does not say it.</summary>
    public long? VolumeFreeBytes { get; init; }

    /// <summary>How full it is, in percent; null where the broker does not say it.</summary>
    public int? UsedPercent =>
        VolumeBytes is > 0 and long all && VolumeFreeBytes is long free ? (int)Math.Round(100.0 * (all - free) / all) : null;

    /// <summary>The same as people read it: 43 %.</summary>
    public string Used => UsedPercent is int percent ? $"{percent} %" : "";

    /// <summary>Version of Kafka, from the tag of the image that its pod runs; empty where the tag tells none.</summary>
    public string Version { get; init; } = "";

    /// <summary>Image that its pod runs.</summary>
    public string Image { get; init; } = "";

    /// <summary>Whether its pod runs an older template than its StatefulSet has.</summary>
    public bool RestartNeeded => RestartReason.Length > 0;

    /// <summary>Why it needs a restart: <c>image</c>, <c>settings</c> or <c>template</c>; else empty.</summary>
    public string RestartReason { get; init; } = "";

    /// <summary>Context of the kubeconfig through which it was read, null for EKS; cmdlets down the pipeline use the same.</summary>
    public string? Context { get; init; }

    /// <summary>Path of that kubeconfig; null for the default one.</summary>
    public string? KubeConfig { get; init; }

    /// <summary>Connection to the EKS cluster through which it was read; null where that was a kubeconfig.</summary>
    public EksConnection? Connection { get; init; }
}
