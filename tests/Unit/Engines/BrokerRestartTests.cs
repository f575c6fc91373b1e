using KafkaK8s.Core;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Running;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>Restart-KafkaBroker's engine, on the fake server and its brokers.</summary>
public sealed class BrokerRestartTests
{
    [Fact]
    public async Task All_brokers_restart_one_at_a_time_the_controller_last()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        var partitions = cluster.Kafka.Topic("orders", [0, 1, 2], [1, 2, 0], [2, 0, 1]);
        cluster.Kafka.CatchUpTime = TimeSpan.FromMilliseconds(300);
        cluster.Kafka.Controller = 1;
        var plan = await PlanAsync(cluster, null);
        var events = await RunAsync(cluster, plan);
        Assert.Equal(["demo-kafka-0", "demo-kafka-2", "demo-kafka-1"], server.Pods.Ended);
        Assert.Equal(server.Pods.Ended, plan.Steps.Select(s => s.Name));
        Assert.All(partitions, p => Assert.Equal((2, false, 3), (p.LeastInSync, p.WasOffline, p.InSync.Count)));
        Assert.All(events.OfType<Applied>(), a => Assert.Equal("by hand", a.Step.Reason));
        var brokers = Assert.IsType<Completed<IReadOnlyList<KafkaBroker>>>(events[^1]).Result;
        Assert.All(brokers, b => Assert.Equal((BrokerStatus.Healthy, 0), (b.Status, b.UnderReplicated!.Value)));
        Assert.Equal([0, 1, 2], brokers.Select(b => b.Id));
    }

    [Fact]
    public async Task Those_that_are_named_restart_and_no_other()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Kafka.Controller = 0;
        await cluster.OutdateAsync(cluster.BrokerSet);
        var plan = await PlanAsync(cluster, [2, 0, 2]);
        Assert.Equal(["demo-kafka-2", "demo-kafka-0"], plan.Steps.Select(s => s.Name));
        Assert.All(plan.Steps, s => Assert.Equal(("by hand", "it starts on its new template (template)"), (s.Reason, s.Note)));
        Assert.Equal([1, 2], plan.Steps.Select(s => s.Step));
        var brokers = Assert.IsType<Completed<IReadOnlyList<KafkaBroker>>>((await RunAsync(cluster, plan))[^1]).Result;
        Assert.Equal(["demo-kafka-2", "demo-kafka-0"], server.Pods.Ended);
        Assert.Equal([(0, false), (2, false)], brokers.Select(b => (b.Id, b.RestartNeeded)));
    }

    [Fact]
    public async Task A_broker_that_is_not_there_is_refused()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        var e = await Assert.ThrowsAsync<ClusterException>(() => PlanAsync(cluster, [0, 7]));
        Assert.Equal(("BrokerNotFound", FailureKind.NotFound), (e.Id, e.Kind));
        Assert.Equal("The cluster demo has no broker 7. It has: 0, 1, 2.", e.Message);
    }

    [Fact]
    public async Task A_plan_names_what_holds_a_restart_up_and_changes_nothing()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Kafka.Topic("orders", [0, 1, 2])[0].InSync.Remove(2);
        cluster.Kafka.Topic("logs", [1]);
        cluster.Kafka.Lagging.Add(2);
        cluster.Kafka.Controller = 0;
        int writes = server.Writes.Count;
        var steps = (await PlanAsync(cluster, null)).Steps.ToDictionary(s => s.Name);
        Assert.Contains("orders-0 (2 of 3 copies in sync) would take no messages with acks=all", steps["demo-kafka-0"].BlockedBy,
            StringComparison.Ordinal);
        Assert.Equal("", steps["demo-kafka-2"].BlockedBy);
        Assert.Contains("logs-0", steps["demo-kafka-1"].Risk, StringComparison.Ordinal);
        Assert.StartsWith("waits: ", steps["demo-kafka-0"].Change, StringComparison.Ordinal);
        Assert.Equal(writes, server.Writes.Count);
        Assert.Empty(server.Pods.Ended);
    }

    [Fact]
    public async Task What_would_stop_a_topic_is_not_restarted_without_Force()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Kafka.Topic("orders", [0, 1, 2])[0].InSync.Remove(2);
        cluster.Kafka.Lagging.Add(2);
        var plan = await PlanAsync(cluster, [0], seconds: 600);
        var blocked = await Assert.ThrowsAsync<ClusterException>(() => RunAsync(cluster, plan, fast: true));
        Assert.Equal("RollBlocked", blocked.Id);
        Assert.Empty(server.Pods.Ended);
        Assert.Null(Lease(cluster));

        var events = await RunAsync(cluster, await PlanAsync(cluster, [0], force: true, seconds: 600), fast: true);
        Assert.Equal(["demo-kafka-0"], server.Pods.Ended);
        Assert.Contains(events.OfType<Warned>(), w => w.Text.Contains("go on all the same", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_recovers_its_logs_is_planned_as_waiting()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        server.Log = (pod, _) => pod == "demo-kafka-0" ? "[x] INFO Loading logs from log dirs (kafka.log.LogManager)" : "";
        server.Pods.MayBeReady = _ => false;
        server.Store.Change("v1", "pods", "shop", "demo-kafka-0", pod =>
        {
            foreach (var condition in pod["status"]!["conditions"]!.AsArray().Where(c => (string?)c!["type"] == "Ready"))
                condition!["status"] = "False";
        });
        var step = Assert.Single((await PlanAsync(cluster, [0])).Steps);
        Assert.Equal(("broker 0 recovers its logs; killed now, it would begin again", ""), (step.BlockedBy, step.Note));
    }

    [Fact]
    public async Task Force_passes_over_a_broker_on_a_lost_node_and_says_so()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        server.Store.Change("v1", "pods", "shop", "demo-kafka-1", pod => pod["status"]!["reason"] = "NodeLost");
        var events = await RunAsync(cluster, await PlanAsync(cluster, [0, 1], force: true));
        Assert.Equal(["demo-kafka-0"], server.Pods.Ended);
        Assert.Equal("demo-kafka-1 is on a node that does not answer, and was not restarted", Assert.Single(events.OfType<Warned>()).Text);
    }

    [Fact]
    public async Task The_lease_is_held_meanwhile()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        string? held = null;
        server.Store.PodChanged += (_, after) => held ??= after is null ? Lease(cluster) : null;
        await RunAsync(cluster, await PlanAsync(cluster, [1]));
        Assert.Contains("Restart-KafkaBroker", held, StringComparison.Ordinal);
        Assert.Null(Lease(cluster));
    }

    [Fact]
    public async Task The_same_command_goes_on_after_an_interruption_with_the_broker_that_is_starting()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        var partitions = cluster.Kafka.Topic("orders", [0, 1, 2], [1, 2, 0]);
        cluster.Kafka.Controller = 0;
        using var stop = new CancellationTokenSource();
        server.Pods.StartTime = TimeSpan.FromMilliseconds(100);
        server.Store.PodChanged += (_, after) =>
        {
            if (after is null)
                stop.Cancel(); // the first pod is gone
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await RunAsync(cluster, await PlanAsync(cluster, null), cancel: stop.Token));
        Assert.Equal(["demo-kafka-1"], server.Pods.Ended);
        Assert.Null(Lease(cluster));
        await RunAsync(cluster, await PlanAsync(cluster, null));
        Assert.Equal("demo-kafka-0", server.Pods.Ended[^1]);
        Assert.All(new[] { "demo-kafka-0", "demo-kafka-1", "demo-kafka-2" }, pod => Assert.Contains(pod, server.Pods.Ended));
        Assert.All(partitions, p => Assert.Equal((2, 3), (p.LeastInSync, p.InSync.Count)));
    }

    [Fact]
    public async Task A_broker_that_does_not_come_back_in_time_stops_the_rest()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Kafka.Controller = 2;
        server.Pods.MayBeReady = _ => server.Pods.Ended.Count == 0;
        var plan = await PlanAsync(cluster, null, seconds: 200);
        var e = await Assert.ThrowsAsync<ClusterException>(() => RunAsync(cluster, plan, fast: true));
        Assert.Equal(("StepTimeout", FailureKind.Timeout), (e.Id, e.Kind));
        Assert.Contains("Restart-KafkaBroker demo 0,1,2", e.Message, StringComparison.Ordinal);
        Assert.Equal(["demo-kafka-0"], server.Pods.Ended);
    }

    private static string? Lease(FakeCluster cluster) =>
        (string?)cluster.Server.Store.Find("apps/v1", "statefulsets", "shop",
            "demo-zk")!["metadata"]!["annotations"]?["kafkak8s.io/ensemble-change"];

    private static async Task<BrokerRestartPlan> PlanAsync(FakeCluster cluster, int[]? ids, bool force = false, int seconds = 60)
    {
        using var connection = cluster.Connect();
        return await RestartBrokers.PlanAsync(connection,
            new BrokerRestartRequest("demo", "shop", ids, force, TimeSpan.FromSeconds(seconds)), default);
    }

    private static async Task<List<OperationEvent>> RunAsync(FakeCluster cluster, BrokerRestartPlan plan, bool fast = false,
        CancellationToken cancel = default)
    {
        using var connection = cluster.Connect();
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var work = DrainAsync(RestartBrokers.RunAsync(connection, plan, fast ? clock : TimeProvider.System, cancel));
        return fast ? await Passing.PassAsync(work, TimeSpan.FromSeconds(1), clock) : await work;
    }

    private static async Task<List<OperationEvent>> DrainAsync(IAsyncEnumerable<OperationEvent> run)
    {
        var events = new List<OperationEvent>();
        await foreach (var e in run)
            events.Add(e);
        return events;
    }
}
