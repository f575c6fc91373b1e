using KafkaK8s.Eks;

namespace KafkaK8s.Tests.Unit.Eks;

/// <summary>A cluster in three zones, with figures as EC2 gives them.</summary>
internal static class EksSamples
{
    public const string Role = "arn:aws:iam::111122223333:role/nodes";

    public static readonly string[] Zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];

    public static readonly ClusterFact Cluster = new("prod", "ACTIVE", "1.34", "vpc-1", ["subnet-a", "subnet-b", "subnet-c"], "API");

    public static readonly NodeLoad Load = new(1536, 0.35m);

    public static SubnetFact Subnet(string id, string zone, bool tagged = true, bool isPublic = false, string vpc = "vpc-1") =>
        new(id, $"eu-central-1{zone}", vpc, "10.0.0.0/20", 4091, isPublic, tagged ? new Dictionary<string, string>
        {
            [isPublic
            ? SubnetFact.PublicTag : SubnetFact.PrivateTag] = "1"
        } : new Dictionary<string, string>());

    public static IReadOnlyList<SubnetFact> Subnets() =>
        [Subnet("subnet-c", "c"), Subnet("subnet-a", "a"), Subnet("subnet-b", "b"), Subnet("subnet-pa", "a", isPublic: true)];

    public static InstanceFact Type(string name, IReadOnlyList<string>? zones = null)
    {
        var (cpus, gib, arch, interfaces, addresses) = name switch
        {
            "t3.medium" => (2, 4m, "x86_64", 3, 6),
            "t3.2xlarge" => (8, 32m, "x86_64", 4, 15),
            "c7g.medium" => (1, 2m, "arm64", 2, 4),
            "c6i.large" => (2, 4m, "x86_64", 3, 10),
            "m5.large" => (2, 8m, "x86_64", 3, 10),
            "m7g.large" => (2, 8m, "arm64", 3, 10),
            "r6i.xlarge" or "r5.xlarge" => (4, 32m, "x86_64", 4, 15),
            "r7g.xlarge" or "r6g.xlarge" => (4, 32m, "arm64", 4, 15),
            _ => throw new ArgumentException(name),
        };
        return new InstanceFact(name, cpus, (long)(gib * 1024), arch, name[0] == 't', interfaces, addresses, zones ?? Zones);
    }

    public static GroupRequest Request() => new("prod", "kafka", ["r7g.xlarge"], null, [], [], Role, null, null, null, Load);

    /// <summary>The group that the request makes in a zone, as EKS would then describe it.</summary>
    public static GroupFact Group(string zone) => new()
    {
        Name = $"kafka-eu-central-1{zone}",
        Status = "ACTIVE",
        Subnets = [$"subnet-{zone}"],
        InstanceTypes = ["r7g.xlarge"],
        CapacityType = "ON_DEMAND",
        AmiType = "AL2023_ARM_64_STANDARD",
        NodeRole = Role,
        Min = 1,
        Max = 1,
        Desired = 1,
        DiskSize = 50,
        Labels = GroupNames.Labels,
        Taints = [GroupNames.Taint],
        Tags = GroupNames.Tags("kafka"),
        MaxUnavailable = 1,
        Version = "1.34",
    };
}
