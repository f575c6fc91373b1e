namespace KafkaK8s;

/// <summary>How much a finding of Test-KafkaCluster matters.</summary>
/// <remarks>Words and no enumeration: JSON, CSV and a comparison in a script then show the same word.</remarks>
public static class CheckSeverity
{
    /// <summary>As it should be.</summary>
    public const string Ok = nameof(Ok);

    /// <summary>Good to know; nothing has to be done now.</summary>
    public const string Info = nameof(Info);

    /// <summary>Kafka serves, but a single further failure may stop it, or data may be lost; or the check could not be made.</summary>
    public const string Warning = nameof(Warning);

    /// <summary>Clients are refused or may lose data now.</summary>
    public const string Critical = nameof(Critical);

    /// <summary>All of them, the worst first.</summary>
    public static IReadOnlyList<string> All { get; } = [Critical, Warning, Info, Ok];
}

/// <summary>One named check of a Kafka cluster, with what was seen and what to do about it.</summary>
public sealed record KafkaClusterCheck
{
    /// <summary>Name of the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>Its namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>Name of the check; stable, for scripts.</summary>
    public required string Check { get; init; }

    /// <summary>One of the words of <see cref="CheckSeverity"/>.</summary>
    public string Severity { get; init; } = CheckSeverity.Ok;

    /// <summary>What is not as it should be: topics, brokers, pods, claims; empty where all is well.</summary>
    public IReadOnlyList<string> Target { get; init; } = [];

    /// <summary>What was seen, in one line; or "not checked: " and why.</summary>
    public required string Evidence { get; init; }

    /// <summary>A command that mends it or shows more; empty where there is nothing to be done.</summary>
    public string Remedy { get; init; } = "";

    /// <summary>Page and heading of the help on this check.</summary>
    public string Section { get; init; } = "";

    /// <summary>Context of the kubeconfig that was used.</summary>
    public string? Context { get; init; }

    /// <summary>Path of that kubeconfig; null for the default one.</summary>
    public string? KubeConfig { get; init; }

    /// <summary>Connection to the EKS cluster through which it was read; null where that was a kubeconfig.</summary>
    public EksConnection? Connection { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Severity} {Check}: {Evidence}";
}
