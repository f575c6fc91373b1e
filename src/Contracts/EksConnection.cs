namespace KafkaK8s;

/// <summary>
/// How to reach the API server of an EKS cluster: what Connect-EksCluster found. It holds no secret: tokens are made from the AWS
/// credentials of the moment, by whoever uses it, for 14 minutes each.
/// </summary>
public sealed record EksConnection
{
    /// <summary>Name of the EKS cluster.</summary>
    public required string ClusterName { get; init; }

    /// <summary>ARN of the EKS cluster.</summary>
    public string Arn { get; init; } = "";

    /// <summary>Region of AWS.</summary>
    public required string Region { get; init; }

    /// <summary>Profile of AWS's config and credentials files; null for AWS's default chain of credentials.</summary>
    public string? ProfileName { get; init; }

    /// <summary>Address of the API server.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Certificate authority of the API server: PEM, in base64.</summary>
    public required string CertificateAuthorityData { get; init; }

    /// <summary>Version of Kubernetes, such as 1.34.</summary>
    public string Version { get; init; } = "";

    /// <summary>State of the EKS cluster when it was read, such as ACTIVE or UPDATING.</summary>
    public string Status { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => $"{ClusterName} ({Region})";
}
