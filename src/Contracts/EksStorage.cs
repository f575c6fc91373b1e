namespace KafkaK8s;

/// <summary>Storage for brokers on an EKS cluster: the driver of EBS volumes, and a storage class.</summary>
public sealed record EksStorage
{
    /// <summary>Operations a second of a gp3 volume for which no other number was asked.</summary>
    public const int Gp3Iops = 3000;

    /// <summary>MiB a second of a gp3 volume for which no other number was asked.</summary>
    public const int Gp3ThroughputMiBps = 125;

    /// <summary>Name of the EKS cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>Name of the storage class, for <c>New-KafkaCluster -StorageClass</c>.</summary>
    public required string StorageClass { get; init; }

    /// <summary>Version of the add-on aws-ebs-csi-driver.</summary>
    public string DriverVersion { get; init; } = "";

    /// <summary>How the driver gets its rights: <c>pod identity</c> or <c>IRSA</c>, with the ARN of the role.</summary>
    public string Identity { get; init; } = "";

    /// <summary>Operations a second of each volume; 3000 where none was asked for, as gp3 gives.</summary>
    public int Iops { get; init; } = Gp3Iops;

    /// <summary>MiB a second of each volume; 125 where none was asked for, as gp3 gives.</summary>
    public int ThroughputMiBps { get; init; } = Gp3ThroughputMiBps;

    /// <summary>Region that it was made in; cmdlets down the pipeline use the same.</summary>
    public string? Region { get; init; }

    /// <summary>Profile that was used; null for AWS's default chain of credentials.</summary>
    public string? ProfileName { get; init; }

    /// <summary>Connection to the EKS cluster; null where a context of a kubeconfig was used.</summary>
    public EksConnection? Connection { get; init; }

    /// <summary>Context of the kubeconfig through which the storage class was made; null for a connection to EKS.</summary>
    public string? Context { get; init; }

    /// <summary>Path of that kubeconfig.</summary>
    public string? KubeConfig { get; init; }

    /// <summary>What was done.</summary>
    public IReadOnlyList<PlanStep> Changes { get; init; } = [];
}
