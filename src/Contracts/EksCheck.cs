namespace KafkaK8s;

/// <summary>How a check of an EKS cluster came out.</summary>
public enum EksCheckStatus
{
    /// <summary>As it should be.</summary>
    Passed,

    /// <summary>Kafka will run; <see cref="EksCheck.Remedy"/> says what would be better.</summary>
    Advice,

    /// <summary>Kafka will not run like this; <see cref="EksCheck.Remedy"/> says what to do.</summary>
    Failed,

    /// <summary>The check could not be made; <see cref="EksCheck.Evidence"/> says why. That is neither good nor bad.</summary>
    NotChecked,
}

/// <summary>One named check of an EKS cluster, with what was seen and what to do about it.</summary>
public sealed record EksCheck
{
    /// <summary>Name of the EKS cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>Name of the check; stable, for scripts.</summary>
    public required string Name { get; init; }

    /// <summary>How it came out.</summary>
    public EksCheckStatus Status { get; init; }

    /// <summary>What was seen, in one line.</summary>
    public required string Evidence { get; init; }

    /// <summary>What to do; empty where there is nothing to be done.</summary>
    public string Remedy { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => $"{Status} {Name}: {Evidence}";
}
