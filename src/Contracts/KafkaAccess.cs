namespace KafkaK8s;

/// <summary>A right of a user: one operation on one resource, or on all resources of a pattern.</summary>
public sealed record KafkaAccess
{
    /// <summary>Name of the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>Namespace of the cluster.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Name of the user.</summary>
    public required string User { get; init; }

    /// <summary>What it is about: Topic, Group, TransactionalId or Cluster.</summary>
    public string Resource { get; init; } = "";

    /// <summary>Name of the resource, * for all of them, or how their names begin.</summary>
    public string Name { get; init; } = "";

    /// <summary>Literal where <see cref="Name"/> is the whole name, Prefixed where it is its beginning.</summary>
    public string Pattern { get; init; } = "";

    /// <summary>What may be done, in Kafka's word: Read, Write, Create, Delete, Alter, Describe, All…</summary>
    public string Operation { get; init; } = "";

    /// <summary>Allow or Deny. What is denied is denied, whatever else is allowed.</summary>
    public string Permission { get; init; } = "";

    /// <summary>From which address; * for all.</summary>
    public string Host { get; init; } = "";

    /// <summary>Context of the kubeconfig through which it was read, null for EKS; cmdlets down the pipeline use the same.</summary>
    public string? Context { get; init; }

    /// <summary>Path of that kubeconfig; null for the default one.</summary>
    public string? KubeConfig { get; init; }

    /// <summary>Connection to the EKS cluster through which it was read; null where that was a kubeconfig.</summary>
    public EksConnection? Connection { get; init; }
}
