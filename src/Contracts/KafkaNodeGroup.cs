namespace KafkaK8s;

/// <summary>A managed node group of EKS, as EKS describes it.</summary>
public sealed record KafkaNodeGroup
{
    /// <summary>Name of the EKS cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>Name of the group.</summary>
    public required string NodeGroup { get; init; }

    /// <summary>Availability zones of its nodes; one, where this module made it.</summary>
    public IReadOnlyList<string> Zones { get; init; } = [];

    /// <summary>The zones in one text.</summary>
    public string Zone => string.Join(", ", Zones);

    /// <summary>State in AWS's words: CREATING, ACTIVE, UPDATING, DELETING, CREATE_FAILED, DELETE_FAILED, DEGRADED.</summary>
    public string Status { get; init; } = "";

    /// <summary>Health issues that EKS reports, <c>code: message</c>; empty when there are none.</summary>
    public IReadOnlyList<string> Issues { get; init; } = [];

    /// <summary>The issues in one text.</summary>
    public string Reason => string.Join("; ", Issues);

    /// <summary>Instance types.</summary>
    public IReadOnlyList<string> InstanceTypes { get; init; } = [];

    /// <summary>The instance types in one text.</summary>
    public string InstanceType => string.Join(", ", InstanceTypes);

    /// <summary><c>ON_DEMAND</c> or <c>SPOT</c>.</summary>
    public string CapacityType { get; init; } = "";

    /// <summary>Nodes wanted now.</summary>
    public int DesiredSize { get; init; }

    /// <summary>Fewest nodes.</summary>
    public int MinSize { get; init; }

    /// <summary>Most nodes.</summary>
    public int MaxSize { get; init; }

    /// <summary>Nodes wanted now, and the range where there is one: 2 (1-3).</summary>
    public string Nodes => MinSize == MaxSize && MinSize == DesiredSize ? $"{DesiredSize}" : $"{DesiredSize} ({MinSize}-{MaxSize})";

    /// <summary>Kind of image, such as <c>AL2023_ARM_64_STANDARD</c>.</summary>
    public string AmiType { get; init; } = "";

    /// <summary>Version of Kubernetes on its nodes.</summary>
    public string Version { get; init; } = "";

    /// <summary>Version of the image.</summary>
    public string ReleaseVersion { get; init; } = "";

    /// <summary>Root disk in GiB; null where a launch template says it.</summary>
    public int? DiskSizeGiB { get; init; }

    /// <summary>ARN of the nodes' role.</summary>
    public string NodeRole { get; init; } = "";

    /// <summary>Subnets.</summary>
    public IReadOnlyList<string> Subnets { get; init; } = [];

    /// <summary>Labels of its nodes.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Taints of its nodes, <c>key=value:effect</c>.</summary>
    public IReadOnlyList<string> Taints { get; init; } = [];

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Seconds since then.</summary>
    public long AgeSeconds => Ages.Seconds(CreatedAt);

    /// <summary>The same as kubectl shows it: 24s, 5m, 3h, 12d.</summary>
    public string Age => Ages.Text(AgeSeconds);

    /// <summary>Region that it was read from; cmdlets down the pipeline use the same.</summary>
    public string? Region { get; init; }

    /// <summary>Profile that it was read with; null for the usual chain of credentials.</summary>
    public string? ProfileName { get; init; }
}
