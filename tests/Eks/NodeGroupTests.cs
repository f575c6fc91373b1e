using System.Text.Json.Nodes;
using KafkaK8s.Core;
using KafkaK8s.Core.Running;
using KafkaK8s.Eks;
using Xunit;

namespace KafkaK8s.Tests.Eks;

/// <summary>Making node groups: EKS is the stub, which holds every request against AWS's model; EC2 is moto.</summary>
[Collection(DoublesCollection.Name)]
public sealed class NodeGroupTests(Doubles doubles) : IAsyncLifetime
{
    private static readonly string[] Issue = ["NodeCreationFailure: Instances failed to join the kubernetes cluster"];

    private readonly AwsVariables variables = Groups.Variables(doubles);
    private AwsSession aws = null!;
    private Groups groups = null!;

    public async Task InitializeAsync()
    {
        await doubles.ResetAsync();
        aws = AwsSession.Open(null, null);
        groups = new Groups(doubles, aws);
        await groups.MakeAsync();
    }

    public Task DisposeAsync()
    {
        aws.Dispose();
        variables.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task All_zones_at_once_until_all_are_active()
    {
        await groups.ListAsync();
        foreach (string zone in Groups.Zones)
            await groups.StatesAsync(zone, "CREATING", "CREATING: slow today", "ACTIVE");
        var (events, failure) = await MakeAsync(Groups.Request());
        Assert.Null(failure);
        Assert.Equal(["CreateNodegroup kafka-eu-central-1a", "CreateNodegroup kafka-eu-central-1b", "CreateNodegroup kafka-eu-central-1c"],
            (await groups.WritesAsync()).Order());
        Assert.Contains(events.OfType<Waiting>(), w => w.Text.Contains("kafka-eu-central-1b CREATING", StringComparison.Ordinal));
        Assert.Contains("kafka-eu-central-1a: NodeCreationFailure: slow today", events.OfType<Warned>().Select(w => w.Text));
    }

    [Fact]
    public async Task What_is_sent_is_what_the_plan_shows()
    {
        await groups.ListAsync();
        foreach (string zone in Groups.Zones)
            await groups.StatesAsync(zone, "ACTIVE");
        var plan = await PlanAsync(Groups.Request());
        await Groups.DrainAsync(CreateNodeGroups.RunAsync(aws, plan, default));
        var sent = (await doubles.LogAsync()).Where(r => (string?)r["operation"] == "CreateNodegroup")
            .ToDictionary(r => (string)r["input"]!["nodegroupName"]!, r => r["input"]!.AsObject());
        foreach (var line in plan.Changes)
        {
            var input = sent[line.Name];
            input.Remove("clientRequestToken");
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(line.Request), input), $"{line.Request}\n{input.ToJsonString()}");
        }

        var one = sent["kafka-eu-central-1b"];
        Assert.Equal((groups.Subnets["eu-central-1b"], "NO_SCHEDULE", 1, 50, "ON_DEMAND"),
            ((string?)one["subnets"]![0], (string?)one["taints"]![0]!["effect"], (int)one["updateConfig"]!["maxUnavailable"]!,
            (int)one["diskSize"]!, (string?)one["capacityType"]));
    }

    [Fact]
    public async Task One_zone_fails_and_the_same_command_goes_on_from_there()
    {
        await groups.ListAsync();
        await groups.StatesAsync("eu-central-1a", "ACTIVE");
        await groups.StatesAsync("eu-central-1b", "CREATING", "CREATE_FAILED: Instances failed to join the kubernetes cluster");
        await groups.StatesAsync("eu-central-1c", "CREATING", "CREATING", "ACTIVE");
        var (events, failure) = await MakeAsync(Groups.Request());
        Assert.Equal(("NodeGroupFailed", FailureKind.Stalled, "kafka-eu-central-1b"), (failure!.Id, failure.Kind, failure.Target));
        Assert.Contains("kafka-eu-central-1b is CREATE_FAILED: NodeCreationFailure: Instances failed to join", failure.Message,
            StringComparison.Ordinal);
        Assert.Contains("ACTIVE: kafka-eu-central-1a in eu-central-1a, kafka-eu-central-1c in eu-central-1c.", failure.Message,
            StringComparison.Ordinal);
        Assert.Equal(["kafka-eu-central-1a", "kafka-eu-central-1c"], Made(events).Select(g => g.NodeGroup));

        await doubles.ResetAsync();
        await groups.ClusterAsync("ACTIVE");
        await groups.ListAsync(Groups.Zones);
        await groups.StatesAsync("eu-central-1a", "ACTIVE");
        await groups.StatesAsync("eu-central-1b", "CREATE_FAILED: Instances failed to join the kubernetes cluster", "DELETING", "",
            "CREATING", "ACTIVE");
        await groups.StatesAsync("eu-central-1c", "ACTIVE");
        (events, failure) = await MakeAsync(Groups.Request());
        Assert.Null(failure);
        Assert.Equal(["DeleteNodegroup kafka-eu-central-1b", "CreateNodegroup kafka-eu-central-1b"], await groups.WritesAsync());
        Assert.Equal(3, Made(events).Count);
        Assert.All(Made(events), g => Assert.Equal("ACTIVE", g.Status));
    }

    [Fact]
    public async Task Equal_groups_are_left_alone()
    {
        await StandingAsync("ACTIVE");
        var (events, failure) = await MakeAsync(Groups.Request() with { NodeRole = null });
        Assert.Null(failure);
        Assert.Equal(3, Made(events).Count);
        Assert.Empty(await groups.WritesAsync());
    }

    [Fact]
    public async Task A_degraded_one_is_an_error_with_its_issues()
    {
        await StandingAsync("DEGRADED: Instances failed to join the kubernetes cluster");
        var (_, failure) = await MakeAsync(Groups.Request());
        Assert.Equal("NodeGroupFailed", failure!.Id);
        Assert.Contains($"kafka-eu-central-1a is DEGRADED: {Issue[0]}", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await groups.WritesAsync());
    }

    [Fact]
    public async Task A_different_one_is_refused_with_its_fields_before_anything_is_made()
    {
        await groups.ListAsync("eu-central-1a");
        await groups.ScriptAsync("DescribeNodegroup",
            groups.Step("eu-central-1a", "ACTIVE", 0, g => g["instanceTypes"] = new JsonArray("t3.medium")));
        var failure = await Assert.ThrowsAsync<ClusterException>(() => PlanAsync(Groups.Request()));
        Assert.Equal("NodeGroupDiffers", failure.Id);
        Assert.Contains("kafka-eu-central-1a: instanceTypes: t3.medium -> r7g.xlarge", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await groups.WritesAsync());
    }

    [Fact]
    public async Task More_nodes_are_an_update()
    {
        await groups.ListAsync("eu-central-1a");
        await groups.StatesAsync("eu-central-1a", "ACTIVE"); // right after the request EKS still says what was
        var plan = await PlanAsync(Groups.Request() with { NodesPerZone = 2, Zones = ["eu-central-1a"] });
        Assert.Equal(ChangeAction.Update, Assert.Single(plan.Steps).Action);
        var run = Groups.DrainAsync(CreateNodeGroups.RunAsync(aws, plan with { Timeout = TimeSpan.FromSeconds(4) }, default));
        Assert.Equal("Timeout", (await run).Failure!.Id); // never taken for done while the sizes are the old ones
        var update = Assert.Single(await doubles.LogAsync(), r => (string?)r["operation"] == "UpdateNodegroupConfig");
        Assert.Equal("""{"minSize":2,"maxSize":2,"desiredSize":2}""", update["input"]!["scalingConfig"]!.ToJsonString());
    }

    [Fact]
    public async Task Looks_that_fail_are_looked_again()
    {
        await groups.ListAsync();
        foreach (string zone in Groups.Zones)
            await groups.StatesAsync(zone, "CREATING", "!ServerException", "!ThrottlingException", "ACTIVE");
        var (events, failure) = await MakeAsync(Groups.Request());
        Assert.Null(failure);
        Assert.Equal(3, Made(events).Count);
        Assert.Equal(3, (await groups.WritesAsync()).Count);
    }

    [Fact]
    public async Task A_right_that_is_missing_is_said_as_it_is()
    {
        await groups.ListAsync();
        await groups.ScriptAsync("CreateNodegroup", new JsonObject
        {
            ["times"] = 0,
            ["status"] = 403,
            ["code"] = "AccessDeniedException",
            ["message"] = "not authorized to perform: eks:CreateNodegroup"
        });
        var (_, failure) = await MakeAsync(Groups.Request());
        Assert.Equal("AwsAccessDenied", failure!.Id);
        Assert.Contains("eks:CreateNodegroup", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopped_and_given_again()
    {
        await groups.ListAsync();
        foreach (string zone in Groups.Zones)
            await groups.StatesAsync(zone, "CREATING");
        using var stop = new CancellationTokenSource();
        var plan = await PlanAsync(Groups.Request());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var e in CreateNodeGroups.RunAsync(aws, plan, stop.Token))
            {
                if (e is Waiting)
                    await stop.CancelAsync();
            }
        });
        Assert.Equal(3, (await groups.WritesAsync()).Count);

        await doubles.ResetAsync();
        await groups.ClusterAsync("ACTIVE");
        await groups.ListAsync(Groups.Zones);
        foreach (string zone in Groups.Zones)
            await groups.StatesAsync(zone, "CREATING", "CREATING", "ACTIVE");
        var (events, failure) = await MakeAsync(Groups.Request());
        Assert.Null(failure);
        Assert.Equal(3, Made(events).Count);
        Assert.Empty(await groups.WritesAsync()); // they were on their way
    }

    [Fact]
    public async Task NoWait_asks_and_returns()
    {
        await groups.ListAsync();
        foreach (string zone in Groups.Zones)
            await groups.StatesAsync(zone, "CREATING");
        var plan = (await PlanAsync(Groups.Request())) with { NoWait = true };
        var (events, failure) = await Groups.DrainAsync(CreateNodeGroups.RunAsync(aws, plan, default));
        Assert.Null(failure);
        Assert.Equal(3, (await groups.WritesAsync()).Count);
        Assert.Empty(events.OfType<Waiting>());
    }

    [Fact]
    public async Task Time_is_over_while_EKS_goes_on()
    {
        await groups.ListAsync();
        await groups.StatesAsync("eu-central-1a", "ACTIVE");
        await groups.StatesAsync("eu-central-1b", "CREATING");
        await groups.StatesAsync("eu-central-1c", "CREATING");
        var plan = (await PlanAsync(Groups.Request())) with { Timeout = TimeSpan.FromSeconds(5) };
        var failure = (await Groups.DrainAsync(CreateNodeGroups.RunAsync(aws, plan, default))).Failure;
        Assert.Equal("Timeout", failure!.Id);
        Assert.Contains("kafka-eu-central-1b CREATING", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ACTIVE: kafka-eu-central-1a in eu-central-1a.", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("r7g.nonsense", "InstanceTypeNotFound")]
    [InlineData("t3.medium", "InstanceTypeUnfit")]
    [InlineData("c6g.medium", "InstanceTypeTooSmall")]
    [InlineData("r7g.xlarge,r6i.xlarge", "InstanceTypesDiffer")]
    public async Task Types_by_the_numbers_of_EC2(string types, string id)
    {
        await groups.ListAsync();
        Assert.Equal(id,
            (await Assert.ThrowsAsync<ClusterException>(() => PlanAsync(Groups.Request() with { InstanceTypes = types.Split(',') }))).Id);
        Assert.Empty(await groups.WritesAsync());
    }

    [Fact]
    public async Task Two_subnets_in_a_zone_are_asked_about_and_a_given_one_settles_it()
    {
        await groups.ListAsync();
        string second = await groups.SubnetAsync("eu-central-1a", 5, SubnetFact.PrivateTag);
        var failure = await Assert.ThrowsAsync<ClusterException>(() => PlanAsync(Groups.Request()));
        Assert.Equal(("SubnetAmbiguous", "eu-central-1a"), (failure.Id, failure.Target));
        Assert.Contains(second, failure.Message, StringComparison.Ordinal);
        Assert.Equal([second], Assert.Single((await PlanAsync(Groups.Request() with { Subnets = [second] })).Steps).Wanted.Subnets);
        Assert.Equal("SubnetNotFound",
            (await Assert.ThrowsAsync<ClusterException>(() => PlanAsync(Groups.Request() with { Subnets = ["subnet-0123"] }))).Id);
    }

    [Fact]
    public async Task A_launch_template_is_named_by_id_and_version()
    {
        await groups.ListAsync();
        await aws.Ec2.CreateLaunchTemplateAsync(
            new()
            {
                LaunchTemplateName = "kafka-nodes",
                LaunchTemplateData = new()
                {
                    BlockDeviceMappings =
                [new() { DeviceName = "/dev/xvda", Ebs = new() { VolumeSize = 80, VolumeType = "gp3", Encrypted = true } }]
                }
            });
        await aws.Ec2.CreateLaunchTemplateAsync(
            new() { LaunchTemplateName = "unfit", LaunchTemplateData = new() { InstanceType = "m5.large", ImageId = "ami-1" } });
        var wanted = (await CreateNodeGroups.PlanAsync(aws, Groups.Request(), "kafka-nodes", false, TimeSpan.FromMinutes(1),
            default)).Steps[0].Wanted;
        Assert.Equal((null, "1"), (wanted.DiskSize, wanted.Template!.Version));
        Assert.StartsWith("lt-", wanted.Template.Id, StringComparison.Ordinal);
        var unfit = await Assert.ThrowsAsync<ClusterException>(
            () => CreateNodeGroups.PlanAsync(aws, Groups.Request(), "unfit", false, TimeSpan.FromMinutes(1), default));
        Assert.Equal("LaunchTemplateUnfit", unfit.Id);
        Assert.Contains("an instance type (use -InstanceType), an image", unfit.Message, StringComparison.Ordinal);
        Assert.Equal("LaunchTemplateNotFound", (await Assert.ThrowsAsync<ClusterException>(
            () => CreateNodeGroups.PlanAsync(aws, Groups.Request(), "nowhere", false, TimeSpan.FromMinutes(1), default))).Id);
    }

    [Fact]
    public async Task A_cluster_that_is_not_active_takes_no_groups()
    {
        await doubles.ResetAsync();
        await groups.ClusterAsync("CREATING");
        Assert.Equal("EksClusterNotReady", (await Assert.ThrowsAsync<ClusterException>(() => PlanAsync(Groups.Request()))).Id);
    }

    [Fact]
    public async Task Listed_groups_are_those_for_Kafka_unless_all_are_asked_for()
    {
        await groups.ListAsync("eu-central-1a", "eu-central-1b");
        await groups.StatesAsync("eu-central-1a", "ACTIVE");
        await groups.ScriptAsync("DescribeNodegroup", groups.Step("eu-central-1b", "ACTIVE", 0, g => g["labels"] = null));
        var found = Assert.Single(await ListNodeGroups.RunAsync(aws, "prod", all: false, default));
        Assert.Equal(("kafka-eu-central-1a", "eu-central-1a", "r7g.xlarge", "eu-central-1"),
            (found.NodeGroup, found.Zones[0], found.InstanceTypes[0], found.Region));
        Assert.Equal(2, (await ListNodeGroups.RunAsync(aws, "prod", all: true, default)).Count);
    }

    private static IReadOnlyList<KafkaNodeGroup> Made(List<OperationEvent> events) =>
        Assert.Single(events.OfType<Completed<IReadOnlyList<KafkaNodeGroup>>>()).Result;

    private async Task StandingAsync(string state)
    {
        await groups.ListAsync(Groups.Zones);
        foreach (string zone in Groups.Zones)
            await groups.StatesAsync(zone, state);
    }

    private Task<CreateGroupsPlan> PlanAsync(GroupRequest request) =>
        CreateNodeGroups.PlanAsync(aws, request, null, false, TimeSpan.FromMinutes(2), default);

    private async Task<(List<OperationEvent> Events, ClusterException? Failure)> MakeAsync(GroupRequest request) =>
        await Groups.DrainAsync(CreateNodeGroups.RunAsync(aws, await PlanAsync(request), default));
}
