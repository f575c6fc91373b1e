using System.Text.Json.Nodes;
using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Rolling;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>The lease of a cluster, with each side's own clock: what counts is which renewals are seen, never what time somebody says it
/// is.</summary>
public sealed class LeaseTests
{
    private const string Namespace = "shop";
    private static readonly ClusterNames Names = new("demo");
    private static readonly LeasePurpose Restart = new("Restart-ZooKeeperNode");

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(-10)]
    [InlineData(60)]
    public async Task A_holder_that_renews_is_not_taken_over_whatever_its_clock_says(int minutesAhead)
    {
        await using var server = Server();
        using var connection = server.Connect();
        var (holder, other) = (Clock(minutesAhead), Clock());
        await using var lease = await ClusterLease.TakeAsync(connection, Namespace, Names, Restart, new LeaseWatch(holder), default);
        var busy = await Assert.ThrowsAsync<ClusterException>(() => PassAsync(TakeAsync(connection, other), holder, other));
        Assert.Equal(("EnsembleBusy", FailureKind.Conflict), (busy.Id, busy.Kind));
        Assert.Contains($"{Environment.UserName}@{Environment.MachineName} is changing the cluster demo with Restart-ZooKeeperNode",
            busy.Message, StringComparison.Ordinal);
        Assert.Contains("(seen from here since ", busy.Message, StringComparison.Ordinal);
        Assert.InRange(other.GetUtcNow() - Start, TimeSpan.Zero, TimeSpan.FromSeconds(8)); // a beat, not the lease's whole time
        await lease.HoldAsync(default);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(-10)]
    [InlineData(60)]
    public async Task A_killed_holders_lease_is_taken_over_after_20_seconds_whatever_its_clock_said(int minutesAhead)
    {
        await using var server = Server();
        using var connection = server.Connect();
        // As an older module writes it, too.
        Annotate(server,
            $$"""{"from":3,"to":3,"command":"Restart-ZooKeeperNode","holder":"ada@pc","id":"x","renewed":"{{Start.AddMinutes(minutesAhead):o}}","process":7}""");
        var clock = Clock();
        var taking = TakeAsync(connection, clock);
        while (!taking.IsCompleted)
        {
            await QuietAsync(server); // or the clock runs on while a slow machine still answers
            clock.Advance(TimeSpan.FromMilliseconds(250));
        }

        await using var lease = await taking;
        Assert.InRange(clock.GetUtcNow() - Start, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(23));
        Assert.StartsWith(Environment.UserName, Record(server)!.Holder, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_stands_still_is_no_dead_holder()
    {
        await using var server = Server();
        using var connection = server.Connect();
        var (holder, other) = (Clock(), Clock());
        await using var lease = await ClusterLease.TakeAsync(connection, Namespace, Names, Restart,
            new LeaseWatch(new StandingClock(holder)), default);
        var busy = await Assert.ThrowsAsync<ClusterException>(() => PassAsync(TakeAsync(connection, other), holder, other));
        Assert.Equal("EnsembleBusy", busy.Id);
    }

    [Fact]
    public async Task Whoever_cannot_renew_does_nothing_more_until_it_has_and_stops_when_somebody_else_took_over()
    {
        await using var server = Server();
        using var connection = server.Connect();
        var (holder, other) = (Clock(), Clock());
        await using var lease = await ClusterLease.TakeAsync(connection, Namespace, Names, Restart, new LeaseWatch(holder), default);
        await lease.HoldAsync(default);
        bool away = true;
        string id = Record(server)!.Id!;
        server.Faults.Add(Fault.Cut, r => Volatile.Read(ref away) && r.Method == "PATCH" && r.Body.Contains(id, StringComparison.Ordinal),
            times: int.MaxValue);
        await AdvanceAsync(TimeSpan.FromSeconds(14), holder);
        var step = lease.HoldAsync(default);
        await AdvanceAsync(TimeSpan.FromSeconds(10), holder);
        Assert.False(step.IsCompleted); // the step is not done

        Annotate(server, null);
        await using var second = await PassAsync(TakeAsync(connection, other), other);
        Volatile.Write(ref away, false);
        Assert.Equal("EnsembleBusy", (await Assert.ThrowsAsync<ClusterException>(() => PassAsync(step, holder))).Id);
        Assert.Equal("EnsembleBusy", (await Assert.ThrowsAsync<ClusterException>(() => lease.ScaleAsync(5, default))).Id);
    }

    [Fact]
    public async Task A_renewal_without_an_answer_holds_the_next_step_up_until_another_one_has_worked()
    {
        await using var server = Server();
        using var connection = server.Connect();
        var (holder, network) = (Clock(), Clock());
        connection.Time = network;
        await using var lease = await ClusterLease.TakeAsync(connection, Namespace, Names, Restart, new LeaseWatch(holder), default);
        server.Faults.Add(Fault.Silence, r => r.Method == "PATCH");
        await AdvanceAsync(TimeSpan.FromSeconds(14), holder);
        Assert.Equal(1, server.Faults.Count); // the renewal is on its way, and stays so
        var step = lease.HoldAsync(default);
        await AdvanceAsync(TimeSpan.FromSeconds(10), holder);
        Assert.False(step.IsCompleted);
        network.Advance(TimeSpan.FromSeconds(31));
        await PassAsync(step, holder);
        await lease.HoldAsync(default);
    }

    [Fact]
    public async Task An_api_server_that_is_away_for_long_ends_the_command()
    {
        await using var server = Server();
        using var connection = server.Connect();
        var holder = Clock();
        await using var lease = await ClusterLease.TakeAsync(connection, Namespace, Names, Restart, new LeaseWatch(holder), default);
        bool away = true;
        server.Faults.Add(Fault.Cut, r => Volatile.Read(ref away) && r.Method == "PATCH", times: int.MaxValue);
        await AdvanceAsync(TimeSpan.FromSeconds(15), holder);
        var lost = await Assert.ThrowsAsync<ClusterException>(() => PassAsync(Boxed(lease.HoldAsync(default)), holder));
        Assert.Equal("LeaseLost", lost.Id);
        Volatile.Write(ref away, false);
    }

    [Fact]
    public async Task Of_two_first_creations_one_is_refused_before_any_set_stands()
    {
        await using var server = Server(withSet: false);
        using var connection = server.Connect();
        var creates = new LeasePurpose("New-KafkaCluster") { Creates = true };
        async Task<(ClusterLease? Lease, string? Refusal)> Try()
        {
            try
            {
                return (await ClusterLease.TakeAsync(connection, Namespace, Names, creates, new LeaseWatch(Clock()), default), null);
            }
            catch (ClusterException e)
            {
                return (null, e.Id);
            }
        }

        var both = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(Try)));
        Assert.Equal([null, "EnsembleBusy", "EnsembleBusy", "EnsembleBusy"], both.Select(b => b.Refusal).Order());
        await both.Single(b => b.Lease is not null).Lease!.DisposeAsync();
        Assert.DoesNotContain(ClusterNames.ChangeAnnotation,
            server.Store.Find("v1", "secrets", Namespace, Names.ReconfigSecret)!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lease_is_not_taken_from_somebody_who_took_it_right_after_the_look()
    {
        await using var server = Server();
        using var connection = server.Connect();
        int writes = 0;
        server.Instead = request =>
        {
            if (request.Method == "PATCH" && Interlocked.Increment(ref writes) == 1)
                Annotate(server, new LeaseRecord(3, 3, "Add-ZooKeeperNode", "ada@pc", "x", Start, 7).Write());
            return null;
        };
        var busy = await Assert.ThrowsAsync<ClusterException>(
            () => ClusterLease.TakeAsync(connection, Namespace, Names, Restart, new LeaseWatch(Clock()), default));
        Assert.Equal("EnsembleBusy", busy.Id);
        Assert.Equal(("x", 1), (Record(server)!.Id, writes));
    }

    [Fact]
    public async Task An_unfinished_change_of_the_size_stays_written_over_others_commands()
    {
        await using var server = Server();
        using var connection = server.Connect();
        Annotate(server,
            """{"from":3,"to":5,"command":"Add-ZooKeeperNode","holder":null,"id":null,"renewed":"2026-01-01T00:00:00+00:00"}""");
        await using (await ClusterLease.TakeAsync(connection, Namespace, Names, new LeasePurpose("New-KafkaCluster") { Creates = true },
            new LeaseWatch(Clock()), default))
            Assert.Equal((3, 5, "New-KafkaCluster", "Add-ZooKeeperNode"),
                (Record(server)!.From, Record(server)!.To, Record(server)!.Command, Record(server)!.Resize));
        Assert.Equal((3, 5, "Add-ZooKeeperNode", null),
            (Record(server)!.From, Record(server)!.To, Record(server)!.Command, Record(server)!.Holder));
        await using (var grows = await ClusterLease.TakeAsync(connection, Namespace, Names, new LeasePurpose("Add-ZooKeeperNode", 4, 5),
            new LeaseWatch(Clock()), default))
        {
            Assert.Equal((3, 5), (Record(server)!.From, Record(server)!.To));
            grows.Complete();
        }

        Assert.Null(Record(server));
    }

    [Fact]
    public async Task A_renewal_and_the_end_are_one_request_each_whoever_writes_the_status_meanwhile()
    {
        await using var server = Server();
        using var connection = server.Connect();
        var holder = Clock();
        var lease = await ClusterLease.TakeAsync(connection, Namespace, Names, Restart, new LeaseWatch(holder), default);
        async Task<IReadOnlyList<string>> RequestsOf(Func<Task> work)
        {
            server.Store.Change("apps/v1", "statefulsets", Namespace, Names.ZooKeeperSet,
                set => set["status"] = new JsonObject { ["observedGeneration"] = 7 });
            int before = server.Requests.Count;
            await work();
            return [.. server.Requests.Skip(before).Select(r => r.Method)];
        }

        Assert.Equal(["PATCH"], await RequestsOf(() => RenewedAsync(server, 1, holder)));
        Assert.Equal(["PATCH"], await RequestsOf(async () => await lease.DisposeAsync()));
        Assert.Null(Record(server));
    }

    [Fact]
    public async Task A_renewal_whose_answer_was_lost_is_known_again_and_the_lease_given_back()
    {
        await using var server = Server();
        using var connection = server.Connect();
        var holder = Clock();
        var lease = await ClusterLease.TakeAsync(connection, Namespace, Names, Restart, new LeaseWatch(holder), default);
        Annotate(server, (Record(server)! with { Renewals = 1 }).Write()); // it was done, and this run does not know
        await RenewedAsync(server, 2, holder);
        await lease.HoldAsync(default);
        Annotate(server, (Record(server)! with { Renewals = 3 }).Write());
        await lease.DisposeAsync();
        Assert.Null(Record(server));
    }

    [Fact]
    public async Task The_first_set_bears_the_lease_from_its_first_moment_on()
    {
        await using var server = new FakeApiServer();
        _ = new FakeCluster(server, Namespace);
        server.Store.Put("v1", "namespaces", null, FakeObjects.Namespace(Namespace));
        using var connection = server.Connect();
        await DeployAsync(connection, new ClusterSpec { Name = "demo" });
        var writes = server.Writes.Where(r => r.Path.EndsWith($"statefulsets/{Names.ZooKeeperSet}", StringComparison.Ordinal)).ToList();
        Assert.Contains("\"apiVersion\"", writes[0].Body, StringComparison.Ordinal);
        Assert.Contains(ClusterNames.ChangeAnnotation, writes[0].Body, StringComparison.Ordinal);
        Assert.Equal(2, writes.Count); // it is made, and the lease given back
        Assert.Null(Record(server));

        // The next command applies it without the annotation: what stands stays.
        Assert.True((await PlanAsync(connection, new ClusterSpec { Name = "demo" })).IsIdle);
    }

    // Fails without the lease: both go through, and the memory or the setting of one is lost.
    [Fact]
    public async Task Of_two_changes_that_were_planned_from_one_state_one_is_refused_and_nothing_is_lost()
    {
        await using var server = new FakeApiServer();
        var cluster = new FakeCluster(server, Namespace);
        server.Store.Put("v1", "namespaces", null, FakeObjects.Namespace(Namespace));
        using var connection = server.Connect();
        await DeployAsync(connection, new ClusterSpec { Name = "demo" });
        var first = await PlanAsync(connection, new ClusterSpec { Name = "demo", BrokerMemory = "2Gi" });
        var second = await PlanAsync(connection, new ClusterSpec { Name = "demo", ZooKeeperMemory = "1Gi" });
        var results = await Task.WhenAll(Task.Run(() => FailureOfAsync(connection, first)),
            Task.Run(() => FailureOfAsync(connection, second)));
        string refused = Assert.Single(results.OfType<string>());
        Assert.Contains(refused, new[] { "EnsembleBusy", "ClusterChanged" });

        // Given again, the refused one keeps what the other did.
        await DeployAsync(connection, results[0] is null ? new ClusterSpec { Name = "demo", ZooKeeperMemory = "1Gi" }
            : new ClusterSpec { Name = "demo", BrokerMemory = "2Gi" });
        string Memory(string set) => (string)server.Store.Find("apps/v1", "statefulsets", Namespace,
            set)!["spec"]!["template"]!["spec"]!["containers"]![0]!["resources"]!["limits"]!["memory"]!;
        Assert.Equal(("2Gi", "1Gi"), (Memory(cluster.BrokerSet), Memory(cluster.ZooKeeperSet)));
        Assert.Null(Record(server));
    }

    [Fact]
    public async Task A_plan_whose_cluster_changed_before_it_ran_does_nothing()
    {
        await using var server = new FakeApiServer();
        _ = new FakeCluster(server, Namespace);
        server.Store.Put("v1", "namespaces", null, FakeObjects.Namespace(Namespace));
        using var connection = server.Connect();
        var first = await PlanAsync(connection, new ClusterSpec { Name = "demo", BrokerMemory = "2Gi" });
        var second = await PlanAsync(connection, new ClusterSpec { Name = "demo", BrokerCount = 4 });
        Assert.Null(await FailureOfAsync(connection, first));
        int writes = server.Writes.Count(r => r.Path.EndsWith(Names.BrokerSet, StringComparison.Ordinal));
        Assert.Equal("ClusterChanged", await FailureOfAsync(connection, second));
        Assert.Equal(writes, server.Writes.Count(r => r.Path.EndsWith(Names.BrokerSet, StringComparison.Ordinal)));
    }

    private static readonly DateTimeOffset Start = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    private static FakeTimeProvider Clock(int minutesAhead = 0) => new(Start.AddMinutes(minutesAhead));

    private static FakeApiServer Server(bool withSet = true)
    {
        var server = new FakeApiServer();
        server.Store.Put("v1", "namespaces", null, FakeObjects.Namespace(Namespace));
        if (withSet)
            server.PutCluster(Namespace, "demo");
        return server;
    }

    private static LeaseRecord? Record(FakeApiServer server) =>
        LeaseRecord.Read((string?)server.Store.Find("apps/v1", "statefulsets", Namespace, Names.ZooKeeperSet)!
        ["metadata"]!["annotations"]?[ClusterNames.ChangeAnnotation]);

    private static void Annotate(FakeApiServer server, string? text) =>
        server.Store.Change("apps/v1", "statefulsets", Namespace, Names.ZooKeeperSet, set =>
    {
        var annotations = set["metadata"]!["annotations"] as JsonObject ?? [];
        annotations[ClusterNames.ChangeAnnotation] = text;
        if (text is null)
            annotations.Remove(ClusterNames.ChangeAnnotation);
        if (annotations.Parent is null)
            set["metadata"]!["annotations"] = annotations;
    });

    private static async Task<ClusterLease> TakeAsync(KubeConnection connection, TimeProvider clock)
    {
        var watch = new LeaseWatch(clock);
        await foreach (var _ in ClusterLease.AwaitFreeAsync(connection, Namespace, Names, null, watch, default))
        {
            // Its words are for people.
        }

        return await ClusterLease.TakeAsync(connection, Namespace, Names, Restart, watch, default);
    }

    private static async Task<bool> Boxed(Task task)
    {
        await task;
        return true;
    }

    private static Task<T> PassAsync<T>(Task<T> task, params FakeTimeProvider[] clocks) =>
        Passing.PassAsync(task, TimeSpan.FromMilliseconds(250), clocks);

    // Until no request has come for a while.
    private static async Task QuietAsync(FakeApiServer server)
    {
        int before;
        do
        {
            before = server.Requests.Count;
            await Task.Delay(25);
        }
        while (server.Requests.Count != before);
    }

    private static async Task PassAsync(Task task, params FakeTimeProvider[] clocks) => await PassAsync(Boxed(task), clocks);

    private static async Task RenewedAsync(FakeApiServer server, int times, FakeTimeProvider clock)
    {
        for (int seconds = 0; Record(server)!.Renewals < times; seconds++)
        {
            Assert.True(seconds < 60, "It was not renewed in a minute.");
            clock.Advance(TimeSpan.FromSeconds(1));
            await QuietAsync(server);
        }
    }

    private static async Task AdvanceAsync(TimeSpan by, FakeTimeProvider clock)
    {
        for (var passed = TimeSpan.Zero; passed < by; passed += TimeSpan.FromSeconds(1))
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(20);
        }
    }

    private static Task<DeployPlan> PlanAsync(KubeConnection connection, ClusterSpec spec) => DeployPlanner.PlanAsync(
        connection, Repository.Catalog,
        new DeployRequest(spec, Namespace, Force: false, NoWait: true, CreateNamespace: false, TimeSpan.FromSeconds(60)), default);

    private static async Task DeployAsync(KubeConnection connection, ClusterSpec spec) =>
        Assert.Null(await FailureOfAsync(connection, await PlanAsync(connection, spec)));

    private static async Task<string?> FailureOfAsync(KubeConnection connection, DeployPlan plan)
    {
        try
        {
            await foreach (var _ in DeployCluster.RunAsync(connection, plan, default))
            {
                // What it does shows in the store.
            }

            return null;
        }
        catch (ClusterException e)
        {
            return e.Id;
        }
    }

    // As under a tool that stops time for a process, but not for its timers.
    private sealed class StandingClock(TimeProvider timers) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Start;

        public override long TimestampFrequency => timers.TimestampFrequency;

        public override long GetTimestamp() => timers.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            timers.CreateTimer(callback, state, dueTime, period);
    }
}
