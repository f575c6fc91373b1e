namespace KafkaK8s;

/// <summary>How a user of a cluster is.</summary>
/// <remarks>Words and no enumeration: JSON, CSV and a comparison in a script then show the same word.</remarks>
public static class KafkaUserState
{
    /// <summary>The credential in the Secret lets it in.</summary>
    public const string Ready = nameof(Ready);

    /// <summary>Its certificate has ended.</summary>
    public const string Expired = nameof(Expired);

    /// <summary>The brokers know it, or have grants for it, and there is no Secret with its credential.</summary>
    public const string NoSecret = nameof(NoSecret);

    /// <summary>There is a Secret, and the brokers do not know the password in it.</summary>
    public const string NotInKafka = nameof(NotInKafka);

    /// <summary>It was removed, and everything is denied to its certificate until that ends.</summary>
    public const string Removed = nameof(Removed);
}

/// <summary>A user of a cluster: an application or a person with a credential of its own.</summary>
public sealed record KafkaUser
{
    /// <summary>Name of the user.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>Namespace of the cluster.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>What it shows to be let in, Password or Certificate; empty where nobody knows it.</summary>
    public string Authentication { get; init; } = "";

    /// <summary>Name of the Secret with its credential, in the namespace of the cluster; empty for none.</summary>
    public string Secret { get; init; } = "";

    /// <summary>Number of grants.</summary>
    public int Grants { get; init; }

    /// <summary>When its certificate ends; null for a password.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>State in one word, of <see cref="KafkaUserState"/>.</summary>
    public string State { get; init; } = KafkaUserState.Ready;

    /// <summary>Why it is not ready, and what helps; empty when it is.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Context of the kubeconfig through which it was read, null for EKS; cmdlets down the pipeline use the same.</summary>
    public string? Context { get; init; }

    /// <summary>Path of that kubeconfig; null for the default one.</summary>
    public string? KubeConfig { get; init; }

    /// <summary>Connection to the EKS cluster through which it was read; null where that was a kubeconfig.</summary>
    public EksConnection? Connection { get; init; }
}
