using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Running;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>New-KafkaCluster's engine from the manifests to ready pods, on the fake server.</summary>
public sealed class DeployTests
{
    [Fact]
    public async Task A_cluster_is_made_and_the_same_command_again_changes_nothing()
    {
        var cluster = Nothing();
        await using var server = cluster.Server;
        var made = Result(await DeployAsync(cluster, Given));
        Assert.Equal((ClusterStatus.Ready, KafkaAnswer.Healthy), (made.Status, made.Kafka));
        Assert.Contains("statefulsets/demo-kafka", server.Store.Names);
        var before = Versions(cluster);
        int asked = cluster.Kafka.Requests.Count(r => r.Key == 3);
        var again = Result(await DeployAsync(cluster, Given));
        Assert.All(again.Changes, c => Assert.Equal(ChangeAction.None, c.Action));
        Assert.Equal(before, Versions(cluster)); // not even the lease was written
        Assert.Empty(server.Pods.Ended);
        Assert.Equal(3, cluster.Kafka.Requests.Count(r => r.Key == 3) - asked); // each broker once
    }

    [Fact]
    public async Task Another_number_of_brokers_restarts_nobody()
    {
        var cluster = Nothing();
        await using var server = cluster.Server;
        await DeployAsync(cluster, Given);
        var grown = Result(await DeployAsync(cluster, Given with { BrokerCount = 4 }));
        Assert.Equal(4, grown.BrokerCount);
        Assert.Empty(server.Pods.Ended);
    }

    [Fact]
    public async Task Another_template_restarts_brokers_one_at_a_time_and_no_server()
    {
        var cluster = Nothing();
        await using var server = cluster.Server;
        await DeployAsync(cluster, Given);
        var partitions = cluster.Kafka.Topic("orders", [0, 1, 2], [2, 0, 1]);
        cluster.Kafka.CatchUpTime = TimeSpan.FromMilliseconds(200);
        cluster.Kafka.Controller = 0;
        await DeployAsync(cluster, Given with { BrokerMemory = "3Gi" });
        Assert.Equal(["demo-kafka-1", "demo-kafka-2", "demo-kafka-0"], server.Pods.Ended);
        Assert.All(partitions, p => Assert.Equal((2, false), (p.LeastInSync, p.WasOffline)));
    }

    // What is made, changed and restarted, in which order, with which fields and why: the rows of -WhatIf are what is done.
    [Fact]
    public async Task What_is_planned_is_what_runs()
    {
        var cluster = Nothing();
        await using var server = cluster.Server;
        await SameAsync(cluster, Given);
        cluster.Kafka.Controller = 1;
        var restarts = (await SameAsync(cluster, Given with { BrokerMemory = "3Gi" })).Where(s => s.Action == ChangeAction.Restart)
            .ToList();
        Assert.Equal(["demo-kafka-0 template", "demo-kafka-2 template", "demo-kafka-1 template"],
            restarts.Select(s => $"{s.Name} {s.Reason}"));
        restarts =
            [.. (await SameAsync(cluster, Given with { ZooKeeperImage = "zookeeper:3.8.4" })).Where(s => s.Action == ChangeAction.Restart)];
        Assert.Equal(3, restarts.Count(s => s.Reason == "image" && s.Name.StartsWith("demo-zk-", StringComparison.Ordinal)));
        await SameAsync(cluster, Given with { BrokerCount = 4 });
    }

    // That pods restart is told by their template: the path of a property is for people.
    [Fact]
    public async Task A_change_of_Config_alone_plans_a_restart_even_when_its_path_is_by_name()
    {
        var cluster = Nothing();
        await using var server = cluster.Server;
        ClusterSpec Retain(string hours) =>
            Given with { Config = new Dictionary<string, string?> { ["log.retention.hours"] = hours } };
        await DeployAsync(cluster, Retain("48"));
        cluster.Kafka.Controller = 1;
        var (planned, ran) = await BothAsync(cluster, Retain("72"));
        Assert.Equal("log.retention.hours: 48 -> 72", Assert.Single(planned, s => s.Action == ChangeAction.Update).Change);
        Assert.Equal(["demo-kafka-0 template", "demo-kafka-2 template", "demo-kafka-1 template"], Restarts(planned));
        Assert.Equal(Restarts(planned), Restarts(ran));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_removal_plans_is_what_it_takes_away_in_that_order(bool deleteData)
    {
        var cluster = Nothing();
        await using var server = cluster.Server;
        await DeployAsync(cluster, Given);
        using var connection = cluster.Connect();
        var request = new RemoveRequest("demo", cluster.Namespace, deleteData, false, TimeSpan.FromSeconds(40));
        var plan = await RemoveCluster.PlanAsync(connection, request, CancellationToken.None);
        var ran = new List<PlanStep>();
        await foreach (var e in RemoveCluster.RunAsync(connection, plan, CancellationToken.None))
        {
            if (e is Applied applied)
                ran.Add(applied.Step);
        }

        Assert.Equal(plan.Changes.Where(s => s.Kind != "Topic"), ran); // topics go with their volumes
        Assert.Equal(deleteData ? 6 : 0, ran.Count(s => s is { Kind: "PersistentVolumeClaim", Action: ChangeAction.Delete }));
        Assert.True(ran.Count > 10);
    }

    // A pod that is not ready restarts at once, for the reason that the plan gives.
    [Fact]
    public async Task Unready_pods_restart_for_the_reason_that_is_planned()
    {
        var cluster = Nothing();
        await using var server = cluster.Server;
        await DeployAsync(cluster, Given);
        server.Pods.MayBeReady = pod => pod.Name() != "demo-kafka-1"
            || (string?)pod["metadata"]!["uid"] != null && server.Pods.Ended.Contains("demo-kafka-1");
        server.Store.Change("v1", "pods", cluster.Namespace, "demo-kafka-1", pod =>
        {
            foreach (var condition in KubeObjects.Items(pod["status"]!["conditions"]).Where(c => (string?)c["type"] == "Ready"))
                condition["status"] = "False";
        });
        var (planned, ran) = await BothAsync(cluster, Given with { BrokerMemory = "3Gi" });
        var first = planned.First(s => s.Action == ChangeAction.Restart);
        Assert.Equal(("demo-kafka-1", "template", "at once: it is not ready"), (first.Name, first.Reason, first.Note));
        Assert.Equal(Restarts(planned), Restarts(ran));
    }

    private static IEnumerable<string> Restarts(IEnumerable<PlanStep> steps) =>
        steps.Where(s => s.Action == ChangeAction.Restart).Select(s => $"{s.Name} {s.Reason}");

    // Brokers without ZooKeeper would spend their whole grace period.
    [Fact]
    public async Task A_removal_ends_the_brokers_before_the_first_server()
    {
        var cluster = Nothing();
        await using var server = cluster.Server;
        await DeployAsync(cluster, Given);
        using var connection = cluster.Connect();
        var request = new RemoveRequest("demo", cluster.Namespace, DeleteData: true, NoWait: false, TimeSpan.FromSeconds(30));
        var plan = await RemoveCluster.PlanAsync(connection, request, default);
        await foreach (var _ in RemoveCluster.RunAsync(connection, plan, default))
        {
            // What it does shows in the pods.
        }

        Assert.Equal(["demo-kafka", "demo-zk"],
            server.Pods.Ended.Select(p => p[..p.LastIndexOf('-')]).Chunk(3).SelectMany(c => c.Distinct()));
        Assert.DoesNotContain(server.Store.Names,
            n => n.Contains("demo", StringComparison.Ordinal) && !n.StartsWith("events/", StringComparison.Ordinal));
    }

    // The controller waits longer and longer after a refusal; the same command ends that.
    [Fact]
    public async Task What_a_quota_refused_goes_on_at_once_when_the_command_is_given_again()
    {
        var cluster = Nothing();
        await using var server = cluster.Server;
        server.Pods.Refusal = pod => pod == "demo-kafka-2" ? "exceeded quota: q" : null;
        var e = await Assert.ThrowsAsync<ClusterException>(() => DeployAsync(cluster, Given));
        Assert.Equal("RefusedByPolicy", e.Id);
        Assert.Contains("exceeded quota: q", e.Message, StringComparison.Ordinal);
        server.Pods.Refusal = _ => null;
        await Task.Delay(50);
        Assert.DoesNotContain("pods/demo-kafka-2", server.Store.Names); // it does not come by itself
        await DeployAsync(cluster, Given);
        Assert.Contains("pods/demo-kafka-2", server.Store.Names);
    }

    // Fails without the way past the wait: with -Force, too, the change that could cure the cluster ended as Stalled.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_pod_on_a_lost_node_holds_up_a_change_unless_it_is_forced(bool force)
    {
        var cluster = Nothing();
        await using var server = cluster.Server;
        await DeployAsync(cluster, Given);
        cluster.Kafka.Topic("orders", [0, 1, 2]);
        cluster.Kafka.Controller = 0;
        LoseNode(cluster, 2);
        long begun = clock.GetTimestamp();
        var change = DeployAsync(cluster, Given with { BrokerMemory = "3Gi" }, force, force ? 900 : 60, clock);
        if (!force)
        {
            var e = await Assert.ThrowsAsync<ClusterException>(() => PassAsync(change));
            Assert.Equal("Stalled", e.Id);
            Assert.InRange(clock.GetElapsedTime(begun), TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(10));
            Assert.Empty(server.Pods.Ended);
            return;
        }

        var events = await PassAsync(change);
        Assert.Equal(["demo-kafka-1", "demo-kafka-0"], server.Pods.Ended);
        var warned = events.OfType<Warned>().Select(w => w.Text).ToList();
        Assert.Contains(warned, w => w.Contains("demo-kafka-2 is on a node that does not answer", StringComparison.Ordinal));
        Assert.Contains(warned, w => w.Contains("would take no messages with acks=all", StringComparison.Ordinal));
        Assert.Equal((ClusterStatus.Degraded, KafkaAnswer.Unhealthy), (Result(events).Status, Result(events).Kafka));
    }

    // A silent server is given up after half a minute. Its lease and the pods that restart are under it as well.
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(11)]
    public async Task Now_and_then_nobody_answers_and_the_same_command_makes_and_rolls_the_same_cluster(int phase)
    {
        var cluster = Nothing();
        await using var server = cluster.Server;
        await using var silence = new Silence(server);
        server.Faults.Some(Fault.Silence, times: 5, first: phase, between: 16);
        await Repeat.UntilDoneAsync(cluster, () => DeployAsync(cluster, Given, silence: silence));
        Assert.Equal(5, server.Faults.Count);
        Assert.Empty(server.Pods.Ended);
        server.Faults.Some(Fault.Silence, times: 5, first: phase + 20, between: 16);
        var partition = cluster.Kafka.Topic("orders", [0, 1, 2])[0];
        await Repeat.UntilDoneAsync(cluster, () => DeployAsync(cluster, Given with { BrokerMemory = "3Gi" }, silence: silence));
        Assert.Equal(10, server.Faults.Count);
        Assert.Equal(["demo-kafka-0", "demo-kafka-1", "demo-kafka-2"], server.Pods.Ended.Order());
        Assert.Equal((2, false), (partition.LeastInSync, partition.WasOffline));
    }

    // Objects and events bear the server's time, which is never compared with ours.
    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    public async Task A_server_with_another_clock_makes_no_difference(int minutesAhead)
    {
        var cluster = Nothing();
        await using var server = cluster.Server;
        server.Store.Clock = new FakeTimeProvider(DateTimeOffset.UtcNow.AddMinutes(minutesAhead));
        server.Pods.Refusal = pod => pod == "demo-kafka-2" ? "exceeded quota: q" : null;
        Assert.Equal("RefusedByPolicy", (await Assert.ThrowsAsync<ClusterException>(() => DeployAsync(cluster, Given))).Id);
        server.Pods.Refusal = _ => null;
        Assert.Equal(ClusterStatus.Ready, Result(await DeployAsync(cluster, Given)).Status);
        await DeployAsync(cluster, Given with { BrokerMemory = "3Gi" });
        Assert.Equal(["demo-kafka-0", "demo-kafka-1", "demo-kafka-2"], server.Pods.Ended.Order());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(8)]
    public async Task Now_and_then_a_request_goes_wrong_and_the_same_command_makes_the_same_cluster(int phase)
    {
        var (cluster, other) = (Nothing(), Nothing());
        await using var server = cluster.Server;
        await using var otherServer = other.Server;
        await DeployAsync(other, Given);
        server.Faults.Every(37, phase, Fault.Cut, Fault.AnswerLost, Fault.Error, Fault.TooMany, Fault.Conflict);
        await Repeat.UntilDoneAsync(cluster, () => DeployAsync(cluster, Given));
        Assert.True(server.Faults.Count > 1);
        Assert.Equal(other.Server.Store.Names, server.Store.Names);
        Assert.Empty(server.Pods.Ended);
    }

    private static readonly ClusterSpec Given = new() { Name = "demo" };
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);

    // The control plane takes Ready back, the rest stays as the kubelet last said it; nothing there ends any more.
    private static void LoseNode(FakeCluster cluster, int broker)
    {
        cluster.Kafka.Down.Add(broker);
        cluster.Server.Pods.LoseNodeOf(cluster.Namespace, $"{cluster.BrokerSet}-{broker}");
    }

    private Task<T> PassAsync<T>(Task<T> task) => Passing.PassAsync(task, TimeSpan.FromMilliseconds(500), clock);

    private static FakeCluster Nothing()
    {
        var cluster = new FakeCluster(new FakeApiServer());
        cluster.Server.Store.Put("v1", "namespaces", null, FakeObjects.Namespace(cluster.Namespace));
        cluster.Ensemble.Bootstrap(3);
        cluster.Server.Pods.Start();
        return cluster;
    }

    private static List<string> Versions(FakeCluster cluster) =>
        [.. new[] { ("apps/v1", "statefulsets"), ("v1", "services"), ("v1", "configmaps"), ("v1", "secrets"),
            ("policy/v1", "poddisruptionbudgets") }
            .SelectMany(k => cluster.Server.Store.All(k.Item1, k.Item2, cluster.Namespace))
            .Select(t => $"{t.Name()} {(string?)t["metadata"]!["resourceVersion"]}").Order()];

    private static KafkaCluster Result(List<OperationEvent> events) => Assert.IsType<Completed<KafkaCluster>>(events[^1]).Result;

    private static async Task<IReadOnlyList<PlanStep>> SameAsync(FakeCluster cluster, ClusterSpec given)
    {
        static string Row(PlanStep s) => $"{s.Step} {s.Action} {s.Kind}/{s.Name} {s.Reason} {s.WaitsFor} {string.Join(", ", s.Fields)}";
        var (planned, ran) = await BothAsync(cluster, given);
        Assert.Equal(planned.Select(Row), ran.Select(Row));
        return planned;
    }

    private static async Task<(IReadOnlyList<PlanStep> Planned, IReadOnlyList<PlanStep> Ran)> BothAsync(FakeCluster cluster,
        ClusterSpec given)
    {
        using var connection = cluster.Connect();
        var request = new DeployRequest(given, cluster.Namespace, false, false, false, TimeSpan.FromSeconds(40));
        var planned = (await DeployPlanner.PlanAsync(connection, Repository.Catalog, request, CancellationToken.None)).Changes;
        return (planned, Result(await DeployAsync(cluster, given)).Changes);
    }

    private static async Task<List<OperationEvent>> DeployAsync(
        FakeCluster cluster, ClusterSpec given, bool force = false, int seconds = 40, TimeProvider? time = null, Silence? silence = null)
    {
        using var connection = silence?.Under(cluster.Connect()) ?? cluster.Connect();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3)); // for one that hangs
        var request = new DeployRequest(given, cluster.Namespace, force, false, false, TimeSpan.FromSeconds(seconds));
        var plan = await DeployPlanner.PlanAsync(connection, Repository.Catalog, request, limit.Token);
        var events = new List<OperationEvent>();
        await foreach (var e in DeployCluster.RunAsync(connection, plan, time ?? TimeProvider.System, limit.Token))
            events.Add(e);
        return events;
    }
}
