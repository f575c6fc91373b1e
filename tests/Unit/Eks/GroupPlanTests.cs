using KafkaK8s.Core;
using KafkaK8s.Eks;
using Xunit;
using static KafkaK8s.Tests.Unit.Eks.EksSamples;

namespace KafkaK8s.Tests.Unit.Eks;

public sealed class GroupPlanTests
{
    private static readonly TemplateFact Template = new("lt-1", "3");

    [Fact]
    public void One_group_a_zone_as_Kafka_needs_it()
    {
        var steps = Make(Request());
        Assert.Equal(["kafka-eu-central-1a", "kafka-eu-central-1b", "kafka-eu-central-1c"], steps.Select(s => s.Wanted.Name));
        Assert.All(steps, s => Assert.Equal(ChangeAction.Create, s.Action));
        var wanted = steps[0].Wanted;
        Assert.Equal(("ON_DEMAND", "AL2023_ARM_64_STANDARD", Role, 1, 1, 1, 50, 1), (wanted.CapacityType, wanted.AmiType, wanted.NodeRole,
            wanted.Min, wanted.Max, wanted.Desired, wanted.DiskSize, wanted.MaxUnavailable));
        Assert.Equal("kafka", wanted.Labels["dedicated"]);
        Assert.Equal(new TaintFact("dedicated", "kafka", "NO_SCHEDULE"), Assert.Single(wanted.Taints));
        Assert.Equal("kafka:NoSchedule", wanted.Tags["k8s.io/cluster-autoscaler/node-template/taint/dedicated"]);
        Assert.Equal("kafka", wanted.Tags["k8s.io/cluster-autoscaler/node-template/label/dedicated"]);
        Assert.Equal(["subnet-a"], wanted.Subnets);
    }

    [Fact]
    public void Equal_groups_are_left_alone() =>
        Assert.All(Make(Request(), Group("a"), Group("b"), Group("c")),
            s => Assert.Equal((ChangeAction.None, 0), (s.Action, s.Fields.Count)));

    [Fact]
    public void What_others_added_does_not_count() =>
        Assert.Empty(GroupPlan.Compare(Group("a"), Group("a") with
        {
            Desired = 5,
            Labels = new Dictionary<string, string>(
            GroupNames.Labels)
            { ["team"] = "x" },
            Tags = new Dictionary<string, string>(),
            Version = "1.33",
            Status = "DEGRADED"
        }));

    [Fact]
    public void What_is_missing_is_made_and_the_rest_left_alone() =>
        Assert.Equal([ChangeAction.None, ChangeAction.Create, ChangeAction.Create],
            Make(Request(), Group("a"), Group("b") with { Status = "CREATE_FAILED" }).Select(s => s.Action));

    [Theory]
    [InlineData("CREATE_FAILED", true)]
    [InlineData("DELETING", true)]
    [InlineData("CREATING", false)]
    [InlineData("DEGRADED", false)]
    [InlineData("DELETE_FAILED", false)]
    public void Failed_and_going_ones_are_made_anew(string status, bool replaces)
    {
        var step = Make(Request(), Group("a") with { Status = status, DiskSize = 20 })[0];
        Assert.Equal(replaces, step.Replaces);
        if (replaces)
            Assert.Equal((ChangeAction.Create, 50), (step.Action, step.Wanted.DiskSize));
    }

    // What was not given is as it stands.
    [Fact]
    public void Not_given_stays()
    {
        var there = Group("a") with { Min = 2, Max = 4, Desired = 3, DiskSize = 100, AmiType = "BOTTLEROCKET_ARM_64" };
        Assert.Equal(ChangeAction.None, Make(Request(), there)[0].Action);
        Assert.Equal("NodeGroupDiffers", Refused(Request() with { Bottlerocket = false }, there).Id);
        Assert.Equal("NodeGroupDiffers", Refused(Request() with { DiskSize = 50 }, there).Id);
    }

    public static TheoryData<string> Fields => ["subnets", "instanceTypes", "capacityType", "amiType", "nodeRole", "launchTemplate",
        "diskSize", "labels.dedicated", "taints", "updateConfig.maxUnavailable"];

    [Theory]
    [MemberData(nameof(Fields))]
    public void A_different_one_is_refused_with_its_field(string field)
    {
        var there = field switch
        {
            "subnets" => Group("b") with { Subnets = ["subnet-x"] },
            "instanceTypes" => Group("b") with { InstanceTypes = ["t3.medium"] },
            "capacityType" => Group("b") with { CapacityType = "SPOT" },
            "amiType" => Group("b") with { AmiType = "AL2_ARM_64" },
            "nodeRole" => Group("b") with { NodeRole = Role + "2" },
            "launchTemplate" => Group("b") with { Template = Template, DiskSize = null },
            "diskSize" => Group("b") with { DiskSize = 20 },
            "labels.dedicated" => Group("b") with { Labels = new Dictionary<string, string>() },
            "taints" => Group("b") with { Taints = [] },
            _ => Group("b") with { MaxUnavailable = null },
        };
        var e = Refused(Request() with { DiskSize = 50 }, Group("a"), there);
        Assert.Equal(("NodeGroupDiffers", FailureKind.Conflict, "kafka-eu-central-1b"), (e.Id, e.Kind, e.Target));
        Assert.Contains($"kafka-eu-central-1b: {field}: ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("kafka-eu-central-1a", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1, 1, ChangeAction.None)]
    [InlineData(1, 1, 2, ChangeAction.Update)]
    [InlineData(1, 3, 3, ChangeAction.Update)]
    [InlineData(1, 5, 3, null)] // fewer at most: Cluster Autoscaler may have made them
    [InlineData(2, 2, 1, null)]
    public void Groups_grow_and_never_shrink(int min, int max, int asked, string? action)
    {
        var there = Group("a") with { Min = min, Max = max, Desired = min };
        if (action is string expected)
            Assert.Equal(expected, Make(Request() with { NodesPerZone = asked }, there)[0].Action);
        else
            Assert.Contains("scalingConfig.m", Refused(Request() with { NodesPerZone = asked }, there).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void With_a_template_there_is_no_disk_size()
    {
        var wanted = Make(Request() with { Template = Template })[0].Wanted;
        Assert.Equal((null, Template), (wanted.DiskSize, wanted.Template));
        Assert.Empty(GroupPlan.Compare(wanted, Group("a") with { Template = Template, DiskSize = null }));
    }

    [Fact]
    public void Another_prefix_makes_other_groups_beside() =>
        Assert.All(Make(Request() with { Prefix = "kafka2", InstanceTypes = ["r6g.xlarge"] },
            Group("a") with { InstanceTypes = ["r6g.xlarge"] }), s => Assert.Equal(ChangeAction.Create, s.Action));

    [Theory]
    [InlineData(0, "InvalidCount")]
    [InlineData(-1, "InvalidCount")]
    [InlineData(1, null)]
    public void Count(int nodes, string? id) => AssertGiven(id, Request() with { NodesPerZone = nodes });

    [Theory]
    [InlineData("kafka", null)]
    [InlineData("k", null)]
    [InlineData("Kafka_2-x", null)]
    [InlineData("", "InvalidName")]
    [InlineData("-k", "InvalidName")]
    [InlineData("k.k", "InvalidName")]
    [InlineData("k\n", "InvalidName")]
    [InlineData("kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk", "InvalidName")] // 41
    public void Prefixes(string prefix, string? id) => AssertGiven(id, Request() with { Prefix = prefix });

    [Theory]
    [InlineData("arn:aws:iam::111122223333:role/nodes", null)]
    [InlineData("arn:aws:iam::111122223333:role/path/to/nodes+=,.@-_", null)]
    [InlineData("arn:aws-cn:iam::111122223333:role/nodes", null)]
    [InlineData("arn:aws-us-gov:iam::111122223333:role/nodes", null)]
    [InlineData("nodes", "InvalidRoleArn")]
    [InlineData("", "InvalidRoleArn")]
    [InlineData("arn:aws:iam::111122223333:user/me", "InvalidRoleArn")]
    [InlineData("arn:aws:iam::1111:role/nodes", "InvalidRoleArn")]
    [InlineData("arn:aws:iam::111122223333:role/", "InvalidRoleArn")]
    [InlineData("arn:aws:iam::111122223333:role/nodes\n", "InvalidRoleArn")]
    public void Roles(string arn, string? id) => AssertGiven(id, Request() with { NodeRole = arn });

    [Fact]
    public void A_disk_and_a_template_exclude_each_other()
    {
        AssertGiven("DiskAndTemplate", Request() with { DiskSize = 50 }, "kafka:3");
        AssertGiven(null, Request(), "kafka:3");
    }

    [Fact]
    public void The_role_is_given_or_shared_by_all()
    {
        var open = Request() with { NodeRole = null };
        Assert.Equal(Role, GroupPlan.NodeRole(open, [Group("a"), Group("b")]));
        Assert.Equal("given", GroupPlan.NodeRole(open with { NodeRole = "given" }, [Group("a")]));
        Assert.Contains("no node groups", Assert.Throws<ClusterException>(() => GroupPlan.NodeRole(open, [])).Message,
            StringComparison.Ordinal);
        var e = Assert.Throws<ClusterException>(() => GroupPlan.NodeRole(open, [Group("a"), Group("b") with { NodeRole = Role + "2" }]));
        Assert.Equal("NodeRoleUnknown", e.Id);
        Assert.Contains($"2 roles ({Role}, {Role}2)", e.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<GroupStep> Make(GroupRequest request, params GroupFact[] groups) =>
        GroupPlan.Make(request, Role, [.. request.InstanceTypes.Select(t => Type(t))], SubnetChoice.Choose(Subnets(), Cluster, [], []),
            groups);

    private static ClusterException Refused(GroupRequest request, params GroupFact[] groups) =>
        Assert.Throws<ClusterException>(() => Make(request, groups));

    private static void AssertGiven(string? id, GroupRequest request, string? template = null) =>
        Assert.Equal(id,
            Record.Exception(() => GroupPlan.CheckGiven(request, template)) is { } e ? Assert.IsType<ClusterException>(e).Id : null);
}
