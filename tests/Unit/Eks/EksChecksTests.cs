using KafkaK8s.Eks;
using Xunit;
using Addon = Amazon.EKS.Model.Addon;
using ClusterVersionInformation = Amazon.EKS.Model.ClusterVersionInformation;
using static KafkaK8s.Tests.Unit.Eks.EksSamples;

namespace KafkaK8s.Tests.Unit.Eks;

public sealed class EksChecksTests
{
    private static readonly EksChecks Checks = new("prod");
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("ACTIVE", EksCheckStatus.Passed)]
    [InlineData("UPDATING", EksCheckStatus.Failed)]
    [InlineData("FAILED", EksCheckStatus.Failed)]
    public void Active(string status, string expected) => Assert.Equal(expected, Checks.Active(Cluster with { Status = status }).Status);

    [Theory]
    [InlineData("STANDARD_SUPPORT", "2027-03-27", EksCheckStatus.Passed)]
    [InlineData("STANDARD_SUPPORT", "2026-12-02", EksCheckStatus.Advice)] // in ten days
    [InlineData("EXTENDED_SUPPORT", "2026-01-01", EksCheckStatus.Advice)]
    [InlineData("UNSUPPORTED", "2025-01-01", EksCheckStatus.Failed)]
    [InlineData(null, null, EksCheckStatus.Failed)]
    public void Version(string? status, string? until, string expected) => Assert.Equal(expected, Checks.Version(Cluster,
        status is null ? null : new ClusterVersionInformation
        {
            ClusterVersion = "1.34",
            VersionStatus = status,
            EndOfStandardSupportDate = DateTime.Parse(until!, System.Globalization.CultureInfo.InvariantCulture)
        }, Now).Status);

    [Theory]
    [InlineData("API", EksCheckStatus.Passed)]
    [InlineData("API_AND_CONFIG_MAP", EksCheckStatus.Passed)]
    [InlineData("CONFIG_MAP", EksCheckStatus.Advice)]
    [InlineData("", EksCheckStatus.NotChecked)]
    public void Authentication(string mode, string expected) =>
        Assert.Equal(expected, Checks.Authentication(Cluster with { AuthenticationMode = mode }).Status);

    [Fact]
    public void Subnets_by_zone()
    {
        Assert.Equal(EksCheckStatus.Passed, Checks.Subnets(Cluster, Subnets()).Status);
        Assert.Equal(EksCheckStatus.Advice, Checks.Subnets(Cluster, [Subnet("subnet-a", "a"), Subnet("subnet-b", "b")]).Status);
        Assert.Equal(EksCheckStatus.Advice, Checks.Subnets(Cluster, [.. Subnets().Select(s => s with { FreeAddresses = 15 })]).Status);
        Assert.Equal(EksCheckStatus.Failed, Checks.Subnets(Cluster, [.. Subnets(), Subnet("subnet-a2", "a")]).Status);
        Assert.Equal(EksCheckStatus.Failed, Checks.Subnets(Cluster, []).Status);
    }

    [Theory]
    [InlineData("ec2.amazonaws.com", "AmazonEKSWorkerNodePolicy,AmazonEC2ContainerRegistryPullOnly,AmazonEKS_CNI_Policy",
        EksCheckStatus.Passed)]
    [InlineData("ec2.amazonaws.com", "AmazonEKSWorkerNodePolicy,AmazonEC2ContainerRegistryReadOnly,AmazonEKS_CNI_Policy",
        EksCheckStatus.Passed)]
    [InlineData("ec2.amazonaws.com", "AmazonEKSWorkerNodePolicy,AmazonEC2ContainerRegistryPullOnly", EksCheckStatus.Advice)]
    [InlineData("ec2.amazonaws.com", "AmazonEKS_CNI_Policy,AmazonEC2ContainerRegistryPullOnly", EksCheckStatus.Failed)]
    [InlineData("ec2.amazonaws.com", "", EksCheckStatus.Failed)]
    [InlineData("eks.amazonaws.com", "AmazonEKSWorkerNodePolicy,AmazonEC2ContainerRegistryPullOnly,AmazonEKS_CNI_Policy",
        EksCheckStatus.Failed)]
    [InlineData(null, "AmazonEKSWorkerNodePolicy,AmazonEC2ContainerRegistryPullOnly,AmazonEKS_CNI_Policy", EksCheckStatus.Passed)]
    public void Node_role(string? trust, string policies, string expected) =>
        Assert.Equal(expected, Checks.NodeRole(Role, trust, policies.Split(',', StringSplitOptions.RemoveEmptyEntries)).Status);

    [Theory]
    [InlineData(null, false, null, null, EksCheckStatus.Failed)]
    [InlineData("ACTIVE", true, null, "ACTIVE", EksCheckStatus.Passed)]
    [InlineData("ACTIVE", true, null, null, EksCheckStatus.Failed)] // pod identity without its agent
    [InlineData("ACTIVE", false, "arn", null, EksCheckStatus.Passed)]
    [InlineData("ACTIVE", false, null, "ACTIVE", EksCheckStatus.Failed)]
    [InlineData("DEGRADED", true, null, "ACTIVE", EksCheckStatus.Failed)]
    public void Driver(string? status, bool podIdentity, string? irsa, string? agent, string expected) =>
        Assert.Equal(expected, Checks.Driver(
        status is null ? null : new Addon
        {
            Status = status,
            PodIdentityAssociations = podIdentity ? ["x"] : null,
            ServiceAccountRoleArn = irsa
        }, agent is null ? null : new Addon { Status = agent }).Status);

    [Fact]
    public void Storage_classes()
    {
        Assert.Equal(EksCheckStatus.Failed, Checks.StorageClass(new Dictionary<string, IReadOnlyList<string>>()).Status);
        Assert.Equal(EksCheckStatus.Failed,
            Checks.StorageClass(new Dictionary<string, IReadOnlyList<string>> { ["gp2"] = ["cannot grow"] }).Status);
        var both = Checks.StorageClass(new Dictionary<string, IReadOnlyList<string>> { ["gp2"] = ["cannot grow"], ["kafka-gp3"] = [] });
        Assert.Equal((EksCheckStatus.Passed, "fit for brokers: kafka-gp3; not: gp2 (cannot grow)",
            "New-KafkaCluster … -StorageClass kafka-gp3"), (both.Status, both.Evidence, both.Remedy));
    }

    [Theory]
    [InlineData(12, 12, EksCheckStatus.Passed)]
    [InlineData(11, 12, EksCheckStatus.Failed)]
    public void Quota(double quota, int wanted, string expected) => Assert.Equal(expected, Checks.Quota(quota, wanted).Status);

    [Fact]
    public void Node_groups()
    {
        var zones = GroupView.Zones(Subnets());
        string Of(params GroupFact[] groups) => Checks.NodeGroups(groups, zones).Status;
        Assert.Equal(EksCheckStatus.Failed, Of());
        Assert.Equal(EksCheckStatus.Failed, Of(Group("a") with { Labels = new Dictionary<string, string>() }));
        Assert.Equal(EksCheckStatus.Failed, Of(Group("a") with { Status = "CREATE_FAILED" }));
        Assert.Equal(EksCheckStatus.Advice, Of(Group("a")));
        Assert.Equal(EksCheckStatus.Advice, Of(Group("a"), Group("b"), Group("c") with { Taints = [] }));
        Assert.Equal(EksCheckStatus.Advice, Of(Group("a"), Group("b"), Group("c") with { CapacityType = "SPOT" }));
        Assert.Equal(EksCheckStatus.Passed, Of(Group("a"), Group("b"), Group("c")));
    }

    [Fact]
    public void Room_is_reckoned_with_what_the_manifests_ask_for()
    {
        var catalog = Repository.Catalog;
        Assert.Equal(new NodeLoad(1536, 0.35m), NodeLoad.Of(catalog, null, null)); // 1Gi + 512Mi, 250m + 100m
        Assert.Equal(new NodeLoad(16896, 2.1m), NodeLoad.Of(catalog, "16Gi", "2"));
    }

    // A driver's role: given, as it stands, or in another way.
    [Theory]
    [InlineData(false, null, "p", null, "Create,Create")]
    [InlineData(false, null, null, "i", "Create")]
    [InlineData(true, null, null, null, "None,None")]
    [InlineData(true, null, "p", null, "None,None")]
    [InlineData(false, "i", null, null, "None")]
    [InlineData(false, "i", null, "i", "None")]
    [InlineData(false, "i", null, "j", "AddonDiffers")]
    [InlineData(false, "i", "p", null, "AddonDiffers")]
    [InlineData(true, null, null, "i", "AddonDiffers")]
    [InlineData(false, null, null, null, "StorageRoleMissing")]
    public void Addons(bool podIdentity, string? irsa, string? givenPod, string? givenIrsa, string expected)
    {
        var driver = podIdentity || irsa is not null
            ? new Addon { PodIdentityAssociations = podIdentity ? ["x"] : null, ServiceAccountRoleArn = irsa } : null;
        var agent = podIdentity ? new Addon() : null;
        string actual;
        try
        {
            actual = string.Join(",", EksAddons.Plan(new StorageRequest("prod", givenPod, givenIrsa, "x", null, null, TimeSpan.Zero),
                driver, agent).Select(s => s.Action));
        }
        catch (Core.ClusterException e)
        {
            actual = e.Id;
        }

        Assert.Equal(expected, actual);
    }
}
