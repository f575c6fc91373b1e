namespace KafkaK8s.Eks;

/// <summary>What the decisions about node groups need of an EKS cluster.</summary>
/// <param name="Name">Name of the cluster.</param>
/// <param name="Status">Its state in AWS's words, such as <c>ACTIVE</c>.</param>
/// <param name="Version">Version of Kubernetes, such as 1.34.</param>
/// <param name="VpcId">Its network.</param>
/// <param name="SubnetIds">Subnets that it was made with.</param>
/// <param name="AuthenticationMode"><c>API</c>, <c>API_AND_CONFIG_MAP</c> or <c>CONFIG_MAP</c>.</param>
internal sealed record ClusterFact(string Name, string Status, string Version, string VpcId, IReadOnlyList<string> SubnetIds,
    string AuthenticationMode);

/// <summary>A subnet.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Zone">Availability zone, such as eu-central-1a.</param>
/// <param name="VpcId">Network that it is part of.</param>
/// <param name="Cidr">Its addresses.</param>
/// <param name="FreeAddresses">Addresses that are left.</param>
/// <param name="IsPublic">Whether instances get a public address in it by themselves.</param>
/// <param name="Tags">Its tags.</param>
internal sealed record SubnetFact(string Id, string Zone, string VpcId, string Cidr, int FreeAddresses, bool IsPublic,
    IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>Tag of private subnets, as load balancers find them too.</summary>
    public const string PrivateTag = "kubernetes.io/role/internal-elb";

    /// <summary>Tag of public subnets.</summary>
    public const string PublicTag = "kubernetes.io/role/elb";

    /// <summary>The subnet in a question to the operator.</summary>
    public override string ToString() =>
        $"{Id} ({Cidr}, {FreeAddresses} addresses free{(Tags.TryGetValue("Name", out string? name) ? $", {name}" : "")})";
}

/// <summary>An EC2 instance type.</summary>
/// <param name="Name">Its name, such as r7g.xlarge.</param>
/// <param name="Cpus">Virtual CPUs.</param>
/// <param name="MemoryMib">Memory in MiB, as EC2 says it.</param>
/// <param name="Architecture"><c>x86_64</c> or <c>arm64</c>.</param>
/// <param name="IsBurstable">Whether its CPU runs on credits.</param>
/// <param name="Interfaces">Network interfaces it can have.</param>
/// <param name="AddressesPerInterface">IPv4 addresses of each.</param>
/// <param name="Zones">Zones that offer it.</param>
internal sealed record InstanceFact(string Name, int Cpus, long MemoryMib, string Architecture, bool IsBurstable, int Interfaces,
    int AddressesPerInterface, IReadOnlyList<string> Zones);

/// <summary>A taint of nodes, in EKS's words.</summary>
/// <param name="Key">Key.</param>
/// <param name="Value">Value.</param>
/// <param name="Effect"><c>NO_SCHEDULE</c>, <c>PREFER_NO_SCHEDULE</c> or <c>NO_EXECUTE</c>.</param>
internal sealed record TaintFact(string Key, string Value, string Effect);

/// <summary>A launch template as a node group names it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Its version, a number.</param>
internal sealed record TemplateFact(string Id, string Version);

/// <summary>A managed node group as EKS describes it.</summary>
internal sealed record GroupFact
{
    /// <summary>Name of the group.</summary>
    public required string Name { get; init; }

    /// <summary>State in AWS's words: CREATING, ACTIVE, UPDATING, DELETING, CREATE_FAILED, DELETE_FAILED, DEGRADED.</summary>
    public required string Status { get; init; }

    /// <summary>Subnets.</summary>
    public IReadOnlyList<string> Subnets { get; init; } = [];

    /// <summary>Instance types.</summary>
    public IReadOnlyList<string> InstanceTypes { get; init; } = [];

    /// <summary><c>ON_DEMAND</c> or <c>SPOT</c>.</summary>
    public string CapacityType { get; init; } = "";

    /// <summary>Kind of image, such as <c>AL2023_ARM_64_STANDARD</c>.</summary>
    public string AmiType { get; init; } = "";

    /// <summary>Role of its nodes.</summary>
    public string NodeRole { get; init; } = "";

    /// <summary>Fewest nodes.</summary>
    public int Min { get; init; }

    /// <summary>Most nodes.</summary>
    public int Max { get; init; }

    /// <summary>Nodes wanted now.</summary>
    public int Desired { get; init; }

    /// <summary>Root disk in GiB; null where a launch template says it.</summary>
    public int? DiskSize { get; init; }

    /// <summary>Launch template; null where there is none.</summary>
    public TemplateFact? Template { get; init; }

    /// <summary>Labels of its nodes.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Taints of its nodes.</summary>
    public IReadOnlyList<TaintFact> Taints { get; init; } = [];

    /// <summary>Tags of the group.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Nodes that an update may take away at once; null where it is a percentage.</summary>
    public int? MaxUnavailable { get; init; }

    /// <summary>Version of Kubernetes on its nodes.</summary>
    public string Version { get; init; } = "";

    /// <summary>Version of its image.</summary>
    public string ReleaseVersion { get; init; } = "";

    /// <summary>Issues as EKS tells them, <c>code: message</c>.</summary>
    public IReadOnlyList<string> Issues { get; init; } = [];

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}
