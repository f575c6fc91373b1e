namespace KafkaK8s;

/// <summary>
/// One ZooKeeper server of a cluster as it answers now: a pod, a member of the committed configuration, or (as a rule) both.
/// </summary>
public sealed record ZooKeeperNode
{
    /// <summary>Name of the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>Namespace of the cluster.</summary>
    public required string Namespace { get; init; }

    /// <summary>Name of the pod; of a member without a pod: the name that its pod would have.</summary>
    public required string Node { get; init; }

    /// <summary>Id of the server in the ensemble: the pod's ordinal + 1.</summary>
    public int Id { get; init; }

    /// <summary><c>leader</c>, <c>follower</c>, <c>observer</c>, or empty for a server outside of a quorum.</summary>
    public string Mode { get; init; } = "";

    /// <summary>Whether the committed configuration names it; null where no server can tell, because there is no quorum.</summary>
    public bool? InConfig { get; init; }

    /// <summary>What the committed configuration names it: <c>participant</c> or <c>observer</c>; else empty.</summary>
    public string Role { get; init; } = "";

    /// <summary>Version of the configuration that this server goes by, in hexadecimal digits; empty outside of a quorum.</summary>
    public string ConfigVersion { get; init; } = "";

    /// <summary>The last transaction that it holds, such as <c>0x10000021c</c>.</summary>
    public string Zxid { get; init; } = "";

    /// <summary>Transactions behind the leader; null where that cannot be told.</summary>
    public long? Lag { get; init; }

    /// <summary>Followers in sync with it; only a leader knows.</summary>
    public int? SyncedFollowers { get; init; }

    /// <summary>Client connections, the one that asks included.</summary>
    public int? Connections { get; init; }

    /// <summary>Average time that requests took, in milliseconds.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>Version of ZooKeeper as the server says it.</summary>
    public string Version { get; init; } = "";

    /// <summary>Name under which the others know it.</summary>
    public string DnsName { get; init; } = "";

    /// <summary>Whether that name resolves inside the Kubernetes cluster; null where the credentials do not allow to ask.</summary>
    public bool? Resolves { get; init; }

    /// <summary>Volume claim with its data; empty where there is none.</summary>
    public string Volume { get; init; } = "";

    /// <summary>Whether its pod is ready: part of a quorum.</summary>
    public bool Ready { get; init; }

    /// <summary>Times that its container was restarted in this pod.</summary>
    public int Restarts { get; init; }

    /// <summary>What is not as it should be, with the way out; empty when all is well.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Context of the kubeconfig through which it was read, null for EKS; cmdlets down the pipeline use the same.</summary>
    public string? Context { get; init; }

    /// <summary>Path of that kubeconfig; null for the default one.</summary>
    public string? KubeConfig { get; init; }

    /// <summary>Connection to the EKS cluster through which it was read; null where that was a kubeconfig.</summary>
    public EksConnection? Connection { get; init; }
}
