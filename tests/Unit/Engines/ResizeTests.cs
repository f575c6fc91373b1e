using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Running;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>Add- and Remove-ZooKeeperNode's engine, on the fake server and its ensemble.</summary>
public sealed class ResizeTests
{
    [Fact]
    public async Task An_ensemble_grows_one_server_at_a_time()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        var events = await ResizeAsync(cluster, 2);
        Assert.Equal(["+4", "+5"], cluster.Ensemble.Reconfigurations);
        Assert.Equal([1, 2, 3, 4, 5], cluster.Ensemble.Voters);
        Assert.Equal(5, Replicas(cluster));
        Assert.Empty(server.Pods.Ended); // nobody restarted
        Assert.Null(Change(cluster));
        Assert.Contains("\"zooKeeperCount\":5", Spec(cluster), StringComparison.Ordinal);
        var nodes = Assert.IsType<Completed<IReadOnlyList<ZooKeeperNode>>>(events[^1]).Result;
        Assert.Equal(5, nodes.Count(n => n.Ready && n.InConfig == true && n.Reason.Length == 0));
    }

    [Fact]
    public async Task An_ensemble_shrinks_the_highest_first_and_a_leader_that_leaves_hands_over()
    {
        var cluster = await FakeCluster.StartAsync(servers: 5);
        await using var server = cluster.Server;
        cluster.Ensemble.Lead(5);
        await ResizeAsync(cluster, -2, deleteData: true);
        Assert.Equal(["-5", "-4"], cluster.Ensemble.Reconfigurations);
        Assert.Equal(3, Replicas(cluster));
        Assert.Equal(["demo-zk-4", "demo-zk-3"], server.Pods.Ended);
        Assert.DoesNotContain(server.Store.Names,
            n => n is "persistentvolumeclaims/data-demo-zk-3" or "persistentvolumeclaims/data-demo-zk-4");
        Assert.Contains("persistentvolumeclaims/data-demo-zk-2", server.Store.Names);
        Assert.InRange(cluster.Ensemble.Leader, 1, 3);
    }

    [Fact]
    public async Task A_server_that_does_not_come_up_is_taken_back_and_the_same_command_goes_on_later()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        server.Pods.MayStart = pod => pod.Name() != "demo-zk-4";
        var e = await Assert.ThrowsAsync<ClusterException>(() => ResizeAsync(cluster, 2, stepSeconds: 2));
        Assert.Equal("StepTimeout", e.Id);
        Assert.Contains("demo-zk-4 did not become a member", e.Message, StringComparison.Ordinal);
        Assert.Contains("It was taken back: the ensemble has 4 members", e.Message, StringComparison.Ordinal);
        Assert.Equal(4, Replicas(cluster));
        Assert.Contains("\"from\":3,\"to\":5", Change(cluster), StringComparison.Ordinal); // for the next run

        server.Pods.MayStart = _ => true;
        await ResizeAsync(cluster, 2);
        Assert.Equal(["+4", "+5"], cluster.Ensemble.Reconfigurations);
        Assert.Equal(5, Replicas(cluster));
        Assert.Null(Change(cluster));
    }

    [Fact]
    public async Task A_member_that_does_not_settle_loses_its_vote_again()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Ensemble.Unaware.Add(4);
        var e = await Assert.ThrowsAsync<ClusterException>(() => ResizeAsync(cluster, 2, stepSeconds: 2));
        Assert.Contains("demo-zk-3 has not heard of the configuration", e.Message, StringComparison.Ordinal);
        Assert.Contains("It was taken back: the ensemble has 3 members", e.Message, StringComparison.Ordinal);
        Assert.Equal(["+4", "-4"], cluster.Ensemble.Reconfigurations);
        Assert.Equal(3, Replicas(cluster));
    }

    [Fact]
    public async Task An_interrupted_run_is_gone_on_with_by_the_same_command()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ResizeAsync(cluster, 2, told: e =>
        {
            if (e is Applied { Step.Action: ChangeAction.Join })
                stop.Cancel();
        }, cancel: stop.Token));
        Assert.Equal([1, 2, 3, 4], cluster.Ensemble.Voters);
        await ResizeAsync(cluster, 2);
        Assert.Equal(["+4", "+5"], cluster.Ensemble.Reconfigurations);
        Assert.Equal(5, Replicas(cluster));
    }

    [Theory]
    [InlineData(-13)] // too few in sync
    [InlineData(-14)] // another one under way
    [InlineData(-4)] // the connection was lost
    public async Task A_vote_that_cannot_be_yet_is_asked_for_again(int error)
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Ensemble.ReconfigErrors.Enqueue(error);
        await ResizeAsync(cluster, 1, force: true);
        Assert.Equal(["+4"], cluster.Ensemble.Reconfigurations);
    }

    [Fact]
    public async Task An_answer_to_a_vote_that_is_lost_is_looked_up()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Ensemble.ReconfigAnswersToLose = 1;
        await ResizeAsync(cluster, 1, force: true);
        Assert.Equal(["+4"], cluster.Ensemble.Reconfigurations);
    }

    [Fact]
    public async Task A_vote_that_is_refused_for_good_ends_it_and_the_pod_goes_again()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Ensemble.ReconfigErrors.Enqueue(-8);
        var e = await Assert.ThrowsAsync<ClusterException>(() => ResizeAsync(cluster, 1, force: true));
        Assert.Equal("ReconfigRefused", e.Id);
        Assert.Empty(cluster.Ensemble.Reconfigurations);
        await server.Pods.UntilAsync(s => s.Find("v1", "pods", "shop", "demo-zk-3") is null);
    }

    [Fact]
    public async Task A_change_of_somebody_else_in_the_middle_ends_it()
    {
        var cluster = await FakeCluster.StartAsync(servers: 5);
        await using var server = cluster.Server;
        cluster.Ensemble.Reconfiguring = () => cluster.Ensemble.Move(); // once: another operator's vote comes first
        var e = await Assert.ThrowsAsync<ClusterException>(() => ResizeAsync(cluster, -1, force: true));
        Assert.Equal("ConfigMoved", e.Id);
        Assert.Empty(cluster.Ensemble.Reconfigurations);
        Assert.Equal(5, Replicas(cluster));
    }

    [Theory]
    [InlineData(2)] // of 4 only 3 serve, and 2 would not be a quorum of 3
    [InlineData(1)]
    public async Task A_removal_that_would_lose_the_quorum_is_refused(int down)
    {
        var cluster = await FakeCluster.StartAsync(servers: 3);
        await using var server = cluster.Server;
        for (int id = 1; id <= down; id++)
            cluster.Ensemble.Down.Add(id);
        var e = await Assert.ThrowsAsync<ClusterException>(() => ResizeAsync(cluster, -1, force: true));
        Assert.Equal(down == 1 ? "WouldLoseQuorum" : "QuorumLost", e.Id);
        Assert.Empty(server.Writes);
    }

    // The command may give up, but then it says so, and when it is given again it goes on from there.
    [Theory]
    [MemberData(nameof(Phases))]
    public async Task Now_and_then_a_request_goes_wrong_and_the_same_command_arrives(int phase)
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        server.Faults.Every(23, phase, Fault.Cut, Fault.AnswerLost, Fault.Error, Fault.TooMany, Fault.Conflict);
        await Repeat.UntilAsync(cluster, () => cluster.Ensemble.Voters.Count == 4 && Change(cluster) is null,
            () => ResizeAsync(cluster, 1, force: true, stepSeconds: 10));
        Assert.True(server.Faults.Count > 3);
        Assert.Equal([1, 2, 3, 4], cluster.Ensemble.Voters);
        Assert.Equal(4, Replicas(cluster));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(13)]
    public async Task Now_and_then_nobody_answers_and_the_same_command_arrives(int phase)
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        await using var silence = new Silence(server);
        server.Faults.Every(29, phase, Fault.Silence);
        await Repeat.UntilAsync(cluster, () => cluster.Ensemble.Voters.Count == 4 && Change(cluster) is null,
            () => ResizeAsync(cluster, 1, force: true, silence: silence));
        Assert.True(server.Faults.Count > 1);
        Assert.Equal([1, 2, 3, 4], cluster.Ensemble.Voters);
        Assert.Equal(4, Replicas(cluster));
    }

    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    public async Task A_server_with_another_clock_makes_no_difference(int minutesAhead)
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        server.Store.Clock = new FakeTimeProvider(DateTimeOffset.UtcNow.AddMinutes(minutesAhead));
        await ResizeAsync(cluster, 2);
        await ResizeAsync(cluster, -2, deleteData: true);
        Assert.Equal(["+4", "+5", "-5", "-4"], cluster.Ensemble.Reconfigurations);
    }

    // Fails when a look or a write of the step ends it: the healthy join would be undone.
    [Theory]
    [InlineData("PATCH", "statefulsets/demo-zk", "\"replicas\"")]
    [InlineData("GET", "statefulsets/demo-zk", "")]
    [InlineData("GET", "secrets/demo-zk-reconfig", "")]
    public async Task A_blip_of_the_API_server_undoes_nothing(string method, string path, string body)
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        await ResizeAsync(cluster, 2, told: e =>
        {
            if (e is Note or Applied)
                server.Faults.Add(Fault.Cut, r => r.Method == method && r.Path.EndsWith(path, StringComparison.Ordinal)
                    && r.Body.Contains(body, StringComparison.Ordinal));
        });
        Assert.True(server.Faults.Count > 0);
        Assert.Equal(["+4", "+5"], cluster.Ensemble.Reconfigurations);
        Assert.Empty(server.Pods.Ended);
    }

    // Members, change, whether the volumes go, and who leads: the steps of -WhatIf are the steps that run, in every word of them.
    [Theory]
    [InlineData(1, 2, false, 1)]
    [InlineData(3, 2, false, 2)]
    [InlineData(5, -2, false, 1)]
    [InlineData(5, -2, true, 1)]
    public async Task What_is_planned_is_what_runs(int servers, int change, bool deleteData, int leader)
    {
        var cluster = await FakeCluster.StartAsync(servers);
        await using var server = cluster.Server;
        cluster.Ensemble.Lead(leader);
        var planned = await PlannedAsync(cluster, change, deleteData);
        Assert.Equal(planned, Ran(await ResizeAsync(cluster, change, deleteData)));
        Assert.True(planned.Count > 8);
    }

    // Who leads after a leader has left nobody can say before: the steps are the same, the word on the risk is not.
    [Fact]
    public async Task A_leader_that_leaves_changes_no_step()
    {
        var cluster = await FakeCluster.StartAsync(servers: 5);
        await using var server = cluster.Server;
        cluster.Ensemble.Lead(5);
        var planned = await PlannedAsync(cluster, -2, deleteData: true);
        Assert.Equal(planned.Select(s => s.InWords()), Ran(await ResizeAsync(cluster, -2, deleteData: true)).Select(s => s.InWords()));
        Assert.Equal(["it leads", "if it leads by then"],
            planned.Where(s => s.Action == ChangeAction.Leave).Select(s => s.Risk.Split(':')[0]));
    }

    // Stopped after each of its steps: the same command plans what is left, and runs that.
    [Theory]
    [MemberData(nameof(Stops))]
    public async Task What_is_planned_after_an_interruption_is_what_runs(int change, int after)
    {
        var cluster = await FakeCluster.StartAsync(change > 0 ? 3 : 5);
        await using var server = cluster.Server;
        cluster.Ensemble.Lead(1);
        var whole = await PlannedAsync(cluster, change, deleteData: true);
        using var stop = new CancellationTokenSource();
        int done = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ResizeAsync(cluster, change, deleteData: true, told: e =>
        {
            if (e is Applied && ++done == after)
                stop.Cancel();
        }, cancel: stop.Token));
        var planned = await PlannedAsync(cluster, change, deleteData: true);
        Assert.Equal(planned, Ran(await ResizeAsync(cluster, change, deleteData: true)));
        Assert.Equal(whole[^1].WaitsFor, planned[^1].WaitsFor);
        Assert.True(planned.Count <= whole.Count);
        Assert.Equal(change > 0 ? 5 : 3, cluster.Ensemble.Voters.Count);
        Assert.Equal(change > 0 ? 5 : 3, Replicas(cluster));
    }

    public static TheoryData<int, int> Stops
    {
        get
        {
            var data = new TheoryData<int, int>();
            foreach (int after in Enumerable.Range(1, 8))
            {
                data.Add(2, after);
                data.Add(-2, after);
            }

            return data;
        }
    }

    private static async Task<IReadOnlyList<PlanStep>> PlannedAsync(FakeCluster cluster, int change, bool deleteData)
    {
        using var connection = cluster.Connect();
        var request = new ResizeRequest("demo", cluster.Namespace, change, false, deleteData, TimeSpan.FromSeconds(20));
        return (await ResizeEnsemble.PlanAsync(connection, request, CancellationToken.None)).Steps;
    }

    private static IReadOnlyList<PlanStep> Ran(IEnumerable<OperationEvent> events) => [.. events.OfType<Applied>().Select(a => a.Step)];

    public static TheoryData<int> Phases => [.. Enumerable.Range(0, 6).Select(n => 3 * n)];

    private static async Task<List<OperationEvent>> ResizeAsync(
        FakeCluster cluster, int change, bool deleteData = false, bool force = false, int stepSeconds = 20,
        Action<OperationEvent>? told = null, Silence? silence = null,
        CancellationToken cancel = default)
    {
        using var connection = silence?.Under(cluster.Connect()) ?? cluster.Connect();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        var request = new ResizeRequest("demo", cluster.Namespace, change, force, deleteData, TimeSpan.FromSeconds(stepSeconds));
        var plan = await ResizeEnsemble.PlanAsync(connection, request, limit.Token);
        var events = new List<OperationEvent>();
        await foreach (var e in ResizeEnsemble.RunAsync(connection, plan, Repository.Catalog, limit.Token))
        {
            events.Add(e);
            told?.Invoke(e);
        }

        return events;
    }

    private static int Replicas(FakeCluster cluster) =>
        (int)cluster.Server.Store.Find("apps/v1", "statefulsets", cluster.Namespace, cluster.ZooKeeperSet)!["spec"]!["replicas"]!;

    private static string? Change(FakeCluster cluster) => cluster.Server.Store.Find("apps/v1", "statefulsets", cluster.Namespace,
        cluster.ZooKeeperSet)!.Annotation("kafkak8s.io/ensemble-change");

    private static string Spec(FakeCluster cluster) =>
        cluster.Server.Store.Find("apps/v1", "statefulsets", cluster.Namespace, cluster.BrokerSet)!.Annotation("kafkak8s.io/spec") ?? "";
}
