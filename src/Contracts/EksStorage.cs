namespace KafkaK8s;

/// <summary>Storage for brokers on an EKS cluster: the driver of EBS volumes, and a storage class.</summary>
public sealed record EksStorage
{
    /// <summary>Name of the EKS cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>Name of the storage class, for <c>New-KafkaCluster -StorageClass</c>.</summary>
    public required string StorageClass { get; init; }

    /// <summary>Version of the add-on aws-ebs-csi-driver.</summary>
    public string DriverVersion { get; init; } = "";

    /// <summary>How the driver gets its rights: <c>pod identity</c> or <c>IRSA</c>, with the ARN of the role.</summary>
    public string Identity { get; init; } = "";

    /// <summary>Operations a second of each volume; null: gp3's 3000.</summary>
    public int? Iops { get; init; }

    /// <summary>MiB a second of each volume; null: gp3's 125.</summary>
    public int? Throughput { get; init; }

    /// <summary>What was done.</summary>
    public IReadOnlyList<EksChange> Changes { get; init; } = [];
}
