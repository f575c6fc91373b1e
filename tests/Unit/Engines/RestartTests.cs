using System.Text;
using KafkaK8s.Core;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Running;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>Restart-ZooKeeperNode's engine, on the fake server and its ensemble.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task All_servers_restart_one_at_a_time_the_leader_last()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Ensemble.Lead(3);
        server.Pods.StartTime = TimeSpan.FromMilliseconds(50);
        await RestartAsync(cluster);
        Assert.Equal(["demo-zk-1", "demo-zk-0", "demo-zk-2"], server.Pods.Ended);
        Assert.Equal(2, cluster.Ensemble.LeastServing);
    }

    [Fact]
    public async Task One_that_does_not_serve_goes_first_and_the_next_waits_for_it()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Ensemble.Lead(3);
        cluster.Ensemble.Down.Add(1);
        server.Pods.Started += pod =>
        {
            if ((string?)pod["metadata"]!["name"] == "demo-zk-0")
                cluster.Ensemble.Down.Remove(1);
        };
        await RestartAsync(cluster);
        Assert.Equal(["demo-zk-0", "demo-zk-1", "demo-zk-2"], server.Pods.Ended);
        Assert.Equal(2, cluster.Ensemble.LeastServing);
    }

    [Fact]
    public async Task A_server_that_does_not_come_back_stops_the_restarts()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Ensemble.Lead(3);
        server.Pods.MayBeReady = _ => server.Pods.Ended.Count == 0;
        var e = await Assert.ThrowsAsync<ClusterException>(() => RestartAsync(cluster, stepSeconds: 1));
        Assert.Equal("StepTimeout", e.Id);
        Assert.Equal(["demo-zk-1"], server.Pods.Ended);
    }

    [Fact]
    public async Task A_follower_that_is_far_behind_keeps_the_others_from_restarting()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Ensemble.Lead(3);
        cluster.Ensemble.Write(5000);
        cluster.Ensemble.Lag[1] = 2000;
        var e = await Assert.ThrowsAsync<ClusterException>(() => RestartAsync(cluster, stepSeconds: 1));
        Assert.Contains("demo-zk-0 of demo is 2000 transactions behind", e.Message, StringComparison.Ordinal);
        Assert.Empty(server.Pods.Ended);
    }

    [Fact]
    public async Task A_fresh_credential_is_taken_up_by_all_and_the_former_one_goes()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        await RestartAsync(cluster, rotate: true);
        Assert.Equal(3, server.Pods.Ended.Count);
        var data = Secret(cluster);
        Assert.False(data.ContainsKey("previousPassword"));
        string password = Encoding.UTF8.GetString(Convert.FromBase64String((string)data["password"]!));
        Assert.NotEqual("secret", password);
        Assert.All([1, 2, 3], id => Assert.True(cluster.Ensemble.Takes(id, password)));
    }

    [Fact]
    public async Task An_exchange_that_was_interrupted_goes_on_with_the_same_credential()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        using var stop = new CancellationTokenSource();
        server.Store.PodChanged += (_, after) =>
        {
            if (after is null)
                stop.Cancel(); // the first pod is gone
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RestartAsync(cluster, rotate: true, cancel: stop.Token));
        string? fresh = (string?)Secret(cluster)["password"];
        Assert.NotNull(Secret(cluster)["previousPassword"]);
        await RestartAsync(cluster, rotate: true);
        Assert.Equal(3, server.Pods.Ended.Count); // the one that had it was not restarted again
        Assert.Equal(fresh, (string?)Secret(cluster)["password"]);
        Assert.Null(Secret(cluster)["previousPassword"]);
    }

    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 3)]
    [InlineData(true, 1)]
    public async Task What_is_planned_is_what_runs(bool rotate, int leader)
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Ensemble.Lead(leader);
        var planned = await PlannedAsync(cluster, rotate);
        Assert.Equal(planned, Ran(await RestartAsync(cluster, rotate)));
        Assert.Equal(rotate ? 5 : 3, planned.Count);
    }

    // Who takes the present credential already shows only in a session, which is a write: the plan says so, the run leaves it alone.
    [Fact]
    public async Task An_exchange_that_was_interrupted_is_planned_and_runs_so()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        using var stop = new CancellationTokenSource();
        server.Store.PodChanged += (_, after) =>
        {
            if (after is null)
                stop.Cancel(); // the first pod is gone
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RestartAsync(cluster, rotate: true, cancel: stop.Token));
        var planned = await PlannedAsync(cluster, rotate: true);
        var ran = Ran(await RestartAsync(cluster, rotate: true));
        Assert.Equal(planned.Select(s => s.Name), ran.Select(s => s.Name));
        var left = Assert.Single(ran, s => s.Action == ChangeAction.None);
        Assert.Contains("unless it takes the present credential already", left.WaitsFor, StringComparison.Ordinal);
        Assert.Equal(planned.Where(s => s.Step != left.Step), ran.Where(s => s.Step != left.Step));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(15)]
    public async Task Now_and_then_a_request_goes_wrong_and_never_do_two_servers_go_at_once(int phase)
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        server.Faults.Every(19, phase, Fault.AnswerLost, Fault.Error, Fault.Cut, Fault.TooMany, Fault.Conflict);
        await Repeat.UntilAsync(cluster, () => server.Pods.Ended.Distinct().Count() == 3, () => RestartAsync(cluster, stepSeconds: 10));
        Assert.Equal(2, cluster.Ensemble.LeastServing);
    }

    private static System.Text.Json.Nodes.JsonObject Secret(FakeCluster cluster) =>
        cluster.Server.Store.Find("v1", "secrets", cluster.Namespace, "demo-zk-reconfig")!["data"]!.AsObject();

    private static async Task<IReadOnlyList<PlanStep>> PlannedAsync(FakeCluster cluster, bool rotate)
    {
        using var connection = cluster.Connect();
        var request = new RestartRequest("demo", cluster.Namespace, null, rotate, false, TimeSpan.FromSeconds(20));
        return (await RestartEnsemble.PlanAsync(connection, request, CancellationToken.None)).Steps;
    }

    private static IReadOnlyList<PlanStep> Ran(IEnumerable<OperationEvent> events) => [.. events.OfType<Applied>().Select(a => a.Step)];

    private static async Task<List<OperationEvent>> RestartAsync(FakeCluster cluster, bool rotate = false, int stepSeconds = 20,
        CancellationToken cancel = default)
    {
        using var connection = cluster.Connect();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        var plan = await RestartEnsemble.PlanAsync(connection,
            new RestartRequest("demo", cluster.Namespace, null, rotate, false, TimeSpan.FromSeconds(stepSeconds)), limit.Token);
        var events = new List<OperationEvent>();
        await foreach (var e in RestartEnsemble.RunAsync(connection, plan, limit.Token))
            events.Add(e);
        return events;
    }
}
