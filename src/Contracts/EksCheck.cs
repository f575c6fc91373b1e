namespace KafkaK8s;

/// <summary>How a check of an EKS cluster came out.</summary>
/// <remarks>Words and no enumeration: JSON, CSV and a comparison in a script then show the same word.</remarks>
public static class EksCheckStatus
{
    /// <summary>As it should be.</summary>
    public const string Passed = nameof(Passed);

    /// <summary>Kafka will run; <see cref="EksCheck.Remedy"/> says what would be better.</summary>
    public const string Advice = nameof(Advice);

    /// <summary>Kafka will not run like this; <see cref="EksCheck.Remedy"/> says what to do.</summary>
    public const string Failed = nameof(Failed);

    /// <summary>The check could not be made; <see cref="EksCheck.Evidence"/> says why. That is neither good nor bad.</summary>
    public const string NotChecked = nameof(NotChecked);
}

/// <summary>One named check of an EKS cluster, with what was seen and what to do about it.</summary>
public sealed record EksCheck
{
    /// <summary>Name of the EKS cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>Name of the check; stable, for scripts.</summary>
    public required string Check { get; init; }

    /// <summary>How it came out.</summary>
    public string Status { get; init; } = EksCheckStatus.Passed;

    /// <summary>What was seen, in one line.</summary>
    public required string Evidence { get; init; }

    /// <summary>What to do; empty where there is nothing to be done.</summary>
    public string Remedy { get; init; } = "";

    /// <summary>Region that was looked at; cmdlets down the pipeline use the same.</summary>
    public string? Region { get; init; }

    /// <summary>Profile that was used; null for AWS's default chain of credentials.</summary>
    public string? ProfileName { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Status} {Check}: {Evidence}";
}
