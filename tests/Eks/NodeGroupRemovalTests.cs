using System.Text.Json.Nodes;
using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Running;
using KafkaK8s.Eks;
using KafkaK8s.Tests.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Eks;

/// <summary>Removing node groups: EKS is the stub, Kubernetes the fake API server.</summary>
[Collection(DoublesCollection.Name)]
public sealed class NodeGroupRemovalTests(Doubles doubles) : IAsyncLifetime, IDisposable
{
    private const string Zone = "eu-central-1a";

    private readonly AwsVariables variables = Groups.Variables(doubles);
    private readonly FakeApiServer server = new();
    private AwsSession aws = null!;
    private Groups groups = null!;
    private KubeConnection connection = null!;

    public async Task InitializeAsync()
    {
        await doubles.ResetAsync();
        aws = AwsSession.Open(null, null);
        groups = new Groups(doubles, aws);
        await groups.MakeAsync();
        await groups.ListAsync(Zone);
        connection = KubeConnection.Open(server.KubeConfig, null);
        server.Instead = Kubelet;
        Put("nodes", null, Node("n1", $"kafka-{Zone}"));
    }

    public Task DisposeAsync()
    {
        connection.Dispose();
        aws.Dispose();
        variables.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => server.Dispose();

    [Fact]
    public async Task An_empty_group_is_drained_deleted_and_waited_for()
    {
        await groups.StatesAsync(Zone, "ACTIVE", "DELETING", "DELETING", "");
        Put("pods", "default", Pod("web-1", "n1"));
        var plan = await PlanAsync();
        Assert.Equal(["Update Node n1", "Restart Pod default/web-1", $"Delete NodeGroup kafka-{Zone}"],
            plan.Changes.Select(c => $"{c.Action} {c.Kind} {c.Name}"));
        Assert.Empty(server.Writes);
        var (events, failure) = await Groups.DrainAsync(RemoveNodeGroups.RunAsync(aws, connection, plan, default));
        Assert.Null(failure);
        Assert.Equal([$"DeleteNodegroup kafka-{Zone}"], await groups.WritesAsync());
        Assert.Equal(["PATCH /api/v1/nodes/n1", "POST /api/v1/namespaces/default/pods/web-1/eviction"],
            server.Writes.Select(w => $"{w.Method} {w.Path}"));
        Assert.Contains("\"unschedulable\":true", server.Writes[0].Body, StringComparison.Ordinal);
        Assert.Contains(events.OfType<Waiting>(), w => w.Text == $"kafka-{Zone} is DELETING");
    }

    [Fact]
    public async Task A_budget_is_waited_for_in_its_own_words()
    {
        await groups.StatesAsync(Zone, "ACTIVE", "");
        Put("pods", "default", Pod("web-1", "n1"));
        int refusals = 2;
        server.Instead = r => r.Path.EndsWith("/eviction", StringComparison.Ordinal) && refusals-- > 0
            ? FakeAnswer.Status(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.") : Kubelet(r);
        var (events, failure) = await Groups.DrainAsync(RemoveNodeGroups.RunAsync(aws, connection, await PlanAsync(), default));
        Assert.Null(failure);
        Assert.Contains(events.OfType<Waiting>(),
            w => w.Text == "default/web-1 may not go yet: Cannot evict pod as it would violate the pod's disruption budget.");
        Assert.Equal(3, server.Writes.Count(w => w.Path.EndsWith("/eviction", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_broker_without_another_place_holds_it()
    {
        await groups.StatesAsync(Zone, "ACTIVE");
        var pod = FakeObjects.Pod("demo-kafka", 0, "demo", "kafka", ready: true);
        pod["spec"] = new JsonObject { ["nodeName"] = "n1" };
        Put("pods", "kafka", pod);
        var e = await Assert.ThrowsAsync<ClusterException>(() => PlanAsync(force: true));
        Assert.Equal(("NodeGroupInUse", FailureKind.Conflict), (e.Id, e.Kind));
        Assert.Contains("broker kafka/demo-kafka-0 on n1 has no other node in eu-central-1a", e.Message, StringComparison.Ordinal);
        Assert.Empty(await groups.WritesAsync());
        Assert.Empty(server.Writes);
    }

    [Fact]
    public async Task Brokers_that_cannot_be_asked_do_not_move()
    {
        await groups.StatesAsync(Zone, "ACTIVE");
        Put("nodes", null, Node("n2", "kafka2"));
        server.PutCluster("kafka", "demo", brokersReady: true);
        var pod = FakeObjects.Pod("demo-kafka", 0, "demo", "kafka", ready: true);
        pod["spec"] = new JsonObject { ["nodeName"] = "n1" };
        Put("pods", "kafka", pod);
        var e = await Assert.ThrowsAsync<ClusterException>(() => PlanAsync());
        Assert.Equal("WouldBreakMinInSync", e.Id);
        Assert.Contains("no answer from broker 0, 1, 2", e.Message, StringComparison.Ordinal);
        Assert.Contains((await PlanAsync(force: true)).Changes, c => c.Name == "kafka/demo-kafka-0");
    }

    [Theory]
    [InlineData("3", "1", "orders-0 (3 of 3 copies in sync)")] // more than the cluster demands
    [InlineData("2", "2", "logs-0 (2 of 2 copies in sync)")]
    [InlineData("2", "1", null)] // less than the cluster demands
    public async Task Each_topic_demands_its_own_copies_in_sync(string orders, string logs, string? below)
    {
        await groups.StatesAsync(Zone, "ACTIVE");
        Put("nodes", null, Node("n2", "kafka2"));
        var cluster = new FakeCluster(server, "kafka", "demo");
        await cluster.CreateAsync(1, 3);
        server.Store.Change("v1", "pods", "kafka", "demo-kafka-0", pod => pod["spec"]!["nodeName"] = "n1");
        cluster.Kafka.Topic("orders", [0, 1, 2]);
        cluster.Kafka.Topic("logs", [0, 1]);
        cluster.Kafka.Configs[("orders", "min.insync.replicas")] = orders;
        cluster.Kafka.Configs[("logs", "min.insync.replicas")] = logs;
        if (below is null)
        {
            Assert.Contains((await PlanAsync()).Changes, c => c.Name == "kafka/demo-kafka-0");
            return;
        }

        var e = await Assert.ThrowsAsync<ClusterException>(() => PlanAsync());
        Assert.Equal("WouldBreakMinInSync", e.Id);
        Assert.Contains($"1 partitions, such as {below}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoWait_asks_for_the_deletion_and_returns()
    {
        await groups.StatesAsync(Zone, "ACTIVE", "DELETING");
        var plan = await PlanAsync();
        var (events, failure) = await Groups.DrainAsync(
            RemoveNodeGroups.RunAsync(aws, connection, plan with { Request = plan.Request with { NoWait = true } }, default));
        Assert.Null(failure);
        Assert.Equal([$"DeleteNodegroup kafka-{Zone}"], await groups.WritesAsync());
        Assert.DoesNotContain(events.OfType<Waiting>(), w => w.Text.Contains("DELETING", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_Kubernetes_is_noticed()
    {
        await groups.StatesAsync(Zone, "ACTIVE");
        Put("nodes", null, Node("n1", "other"));
        var e = await Assert.ThrowsAsync<ClusterException>(() => PlanAsync());
        Assert.Equal("NodesNotFound", e.Id);
        Assert.Contains(server.Address, e.Message, StringComparison.Ordinal);
        Assert.Single((await PlanAsync(force: true)).Changes);
    }

    [Fact]
    public async Task A_deletion_that_hangs_ends_with_the_time_and_is_not_asked_for_twice()
    {
        await groups.StatesAsync(Zone, "ACTIVE", "DELETING");
        var plan = await PlanAsync();
        var failure = (await Groups.DrainAsync(RemoveNodeGroups.RunAsync(aws, connection,
            plan with { Request = plan.Request with { Timeout = TimeSpan.FromSeconds(5) } }, default))).Failure;
        Assert.Equal("Timeout", failure!.Id);
        Assert.Contains($"kafka-{Zone} is DELETING", failure.Message, StringComparison.Ordinal);
        plan = await PlanAsync();
        Assert.Equal("is going already", plan.Changes[^1].Note);
        await Groups.DrainAsync(RemoveNodeGroups.RunAsync(aws, connection,
            plan with { Request = plan.Request with { Timeout = TimeSpan.FromSeconds(3) } }, default));
        Assert.Single(await groups.WritesAsync());
    }

    [Fact]
    public async Task A_deletion_that_fails_says_why()
    {
        await groups.StatesAsync(Zone, "ACTIVE", "DELETE_FAILED: the security group is in use");
        var failure = (await Groups.DrainAsync(RemoveNodeGroups.RunAsync(aws, connection, await PlanAsync(), default))).Failure;
        Assert.Equal("NodeGroupFailed", failure!.Id);
        Assert.Contains("the security group is in use", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_said_with_what_is()
    {
        await groups.StatesAsync(Zone, "ACTIVE");
        var e = await Assert.ThrowsAsync<ClusterException>(() => PlanAsync("nowhere"));
        Assert.Equal(("NodeGroupNotFound", "nowhere"), (e.Id, e.Target));
        Assert.Contains($"It has: kafka-{Zone}.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Groups_of_others_go_only_by_name()
    {
        await groups.ScriptAsync("DescribeNodegroup", groups.Step(Zone, "ACTIVE", 0, g => g["tags"] = null));
        Assert.Equal("NodeGroupNotFound", (await Assert.ThrowsAsync<ClusterException>(() => PlanAsync())).Id);
        Assert.Single((await PlanAsync($"kafka-{Zone}")).Groups);
    }

    // What a node and its pods do by themselves.
    private FakeAnswer? Kubelet(FakeRequest request)
    {
        var path = FakePath.Parse(request.Path);
        switch (request.Method, path?.Plural, path?.Sub)
        {
            case ("PATCH", "nodes", _):
                var node = server.Store.Get(path!).Body;
                node["spec"]!["unschedulable"] = true;
                return new FakeAnswer(200, server.Store.Put("v1", "nodes", null, node));
            case ("POST", "pods", "eviction"):
                server.Store.Delete(path! with { Sub = null });
                return new FakeAnswer(201, new JsonObject { ["kind"] = "Status", ["status"] = "Success" });
            default:
                return null;
        }
    }

    private void Put(string plural, string? ns, JsonObject tree) => server.Store.Put("v1", plural, ns, tree);

    private Task<RemoveGroupsPlan> PlanAsync(string? group = null, bool force = false) =>
        RemoveNodeGroups.PlanAsync(aws, connection,
            new RemoveGroupsRequest("prod", group is null ? [] : [group], force, TimeSpan.FromMinutes(2)), default);

    private static JsonObject Node(string name, string group) => new()
    {
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["labels"] = new JsonObject
            {
                ["eks.amazonaws.com/nodegroup"] = group,
                ["topology.kubernetes.io/zone"] = Zone,
                ["dedicated"] = "kafka"
            }
        },
        ["spec"] = new JsonObject(),
        ["status"] = new JsonObject { ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True" }) },
    };

    private static JsonObject Pod(string name, string node) => new()
    {
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["ownerReferences"] = new JsonArray(new JsonObject { ["kind"] = "ReplicaSet", ["name"] = "web", ["uid"] = "u" })
        },
        ["spec"] = new JsonObject { ["nodeName"] = node },
    };
}
