using System.Text.Json.Nodes;
using KafkaK8s.Core;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Rolling;
using KafkaK8s.Core.Running;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>Rolls, on the fake server: sets with the strategy OnDelete, whose pods this product restarts.</summary>
public sealed class RollTests
{
    private static readonly ClusterNames Names = new("demo");
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);

    // Fails without the gate that waits for copies to be in sync: the next broker goes while the one before catches up.
    [Fact]
    public async Task Brokers_restart_one_at_a_time_and_no_partition_ever_has_fewer_copies_than_it_needs()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        var partitions = cluster.Kafka.Topic("orders", [0, 1, 2], [1, 2, 0], [2, 0, 1]);
        cluster.Kafka.CatchUpTime = TimeSpan.FromMilliseconds(300);
        cluster.Kafka.Controller = 1;
        await cluster.OutdateAsync(cluster.BrokerSet);
        Assert.Empty(await RollAsync(cluster, cluster.BrokerSet));
        Assert.Equal(["demo-kafka-0", "demo-kafka-2", "demo-kafka-1"], server.Pods.Ended); // the controller last
        Assert.All(partitions, p => Assert.Equal((2, false, 3), (p.LeastInSync, p.WasOffline, p.InSync.Count)));
    }

    [Fact]
    public async Task ZooKeeper_servers_restart_one_at_a_time_the_leader_last()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Ensemble.Lead(2);
        await cluster.OutdateAsync(cluster.ZooKeeperSet);
        Assert.Empty(await RollAsync(cluster, cluster.ZooKeeperSet));
        Assert.Equal(["demo-zk-2", "demo-zk-0", "demo-zk-1"], server.Pods.Ended);
    }

    [Fact]
    public async Task A_single_ZooKeeper_server_restarts_with_a_word_on_what_stops()
    {
        var cluster = await FakeCluster.StartAsync(servers: 1);
        await using var server = cluster.Server;
        await cluster.OutdateAsync(cluster.ZooKeeperSet);
        Assert.Contains("no quorum", Assert.Single(await RollAsync(cluster, cluster.ZooKeeperSet)), StringComparison.Ordinal);
        Assert.Equal(["demo-zk-0"], server.Pods.Ended);
    }

    [Fact]
    public async Task A_topic_with_no_more_copies_than_it_needs_is_told_and_not_waited_for()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Kafka.Topic("logs", [1]);
        cluster.Kafka.Topic("strict", [0, 1, 2]);
        cluster.Kafka.Configs[("strict", "min.insync.replicas")] = "3";
        await cluster.OutdateAsync(cluster.BrokerSet);
        var warned = await RollAsync(cluster, cluster.BrokerSet);
        Assert.Equal(3, server.Pods.Ended.Count);
        Assert.Equal(3, warned.Count); // strict each time, logs with broker 1
        Assert.All(warned, w => Assert.Contains("will be unavailable", w, StringComparison.Ordinal));
        Assert.Single(warned, w => w.Contains("2 partitions, such as", StringComparison.Ordinal)
            && w.Contains("while broker 1 restarts", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_topics_own_minimum_counts_and_what_would_stop_needs_Force_when_it_does_not_get_better()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        var partition = cluster.Kafka.Topic("orders", [0, 1, 2])[0];
        cluster.Kafka.Lagging.Add(2);
        partition.InSync.Remove(2);
        await cluster.OutdateAsync(cluster.BrokerSet);

        // Its broker's minimum is 2: without broker 0 only one copy would be left. The lagging one harms nobody, and goes.
        var blocked = await Assert.ThrowsAsync<ClusterException>(() => RollAsync(cluster, cluster.BrokerSet));
        Assert.Equal(("RollBlocked", FailureKind.Unavailable), (blocked.Id, blocked.Kind));
        Assert.Contains("orders-0 (2 of 3 copies in sync) would take no messages with acks=all", blocked.Message, StringComparison.Ordinal);
        Assert.Contains("-Force", blocked.Message, StringComparison.Ordinal);
        Assert.Empty(server.Pods.Ended);

        // With a minimum of its own it bears the loss of one, after a word.
        cluster.Kafka.Configs[("orders", "min.insync.replicas")] = "1";
        var warned = await RollAsync(cluster, cluster.BrokerSet);
        Assert.Contains(warned,
            w => w.Contains("orders-0 (2 of 3 copies in sync) is not in sync, and that has not got better", StringComparison.Ordinal));
        Assert.Equal(3, server.Pods.Ended.Count);
    }

    [Fact]
    public async Task Force_goes_on_with_a_warning_of_what_stops()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        var partition = cluster.Kafka.Topic("orders", [0, 1, 2])[0];
        cluster.Kafka.Lagging.Add(2);
        partition.InSync.Remove(2);
        await cluster.OutdateAsync(cluster.BrokerSet);
        var warned = await RollAsync(cluster, cluster.BrokerSet, force: true);
        Assert.Equal(3, server.Pods.Ended.Count);
        Assert.Contains(warned, w => w.Contains("would take no messages with acks=all", StringComparison.Ordinal)
            && w.Contains("go on all the same", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_gap_that_shrinks_is_waited_for_and_one_that_stands_still_is_not()
    {
        await using var server = new FakeApiServer();
        using var connection = server.Connect();
        var gaps = new Queue<RollGap>([new(2, 900), new(2, 800), new(2, 700), new(1, 900), new(1, 300), new(1, 200)]);
        long begun = clock.GetTimestamp();
        var at = TimeSpan.Zero;
        var next = TimeSpan.Zero;
        RollGap gap = default;
        var policy = new StubPolicy(() =>
        {
            // A smaller gap every 50 s: never for as long as it may stand still.
            if (clock.GetElapsedTime(begun) >= next && gaps.Count > 0)
                (gap, next, at) = (gaps.Dequeue(), next + TimeSpan.FromSeconds(50), clock.GetElapsedTime(begun));
            return new RollVerdict(new RollObstacle(RollHold.Forceable, "orders-0 is behind") { Gap = gap });
        });
        var roller = Roller(connection, force: false);
        var blocked = await Assert.ThrowsAsync<ClusterException>(() => PassAsync(DrainAsync(roller.ClearAsync(policy, Pod(), default))));
        Assert.Equal("RollBlocked", blocked.Id);
        Assert.Empty(gaps);
        Assert.InRange(clock.GetElapsedTime(begun) - at, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(75));
    }

    [Fact]
    public async Task What_cannot_be_judged_is_waited_for_whatever_is_forced()
    {
        await using var server = new FakeApiServer();
        using var connection = server.Connect();
        int asked = 0;
        var policy = new StubPolicy(() => ++asked < 300
            ? new RollVerdict(new RollObstacle(RollHold.Unforceable, "broker 1 recovers its logs")) : default);
        Assert.Empty(await PassAsync(DrainAsync(Roller(connection, force: true).ClearAsync(policy, Pod(), default))));
        Assert.Equal(300, asked);
    }

    [Fact]
    public async Task A_crash_loop_of_the_new_template_stops_the_roll_with_the_last_words()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Kafka.Controller = 2;
        await cluster.OutdateAsync(cluster.BrokerSet);
        server.Pods.MayBeReady = pod => !IsNew(server, pod);
        var roll = RollAsync(cluster, cluster.BrokerSet);
        await server.Pods.UntilAsync(
            store => store.Find("v1", "pods", "shop", "demo-kafka-0") is { } pod && IsNew(server, pod) && FakePods.IsRunning(pod));
        server.Store.Change("v1", "pods", "shop", "demo-kafka-0", pod => pod["status"]!["containerStatuses"] = new JsonArray(new JsonObject
        {
            ["name"] = "kafka",
            ["restartCount"] = 2,
            ["state"] = new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "CrashLoopBackOff" } },
            ["lastState"] =
                new JsonObject { ["terminated"] = new JsonObject { ["exitCode"] = 1, ["message"] = "Unknown configuration foo" } },
        }));
        var stopped = await Assert.ThrowsAsync<ClusterException>(() => roll);
        Assert.Equal(("RollStopped", FailureKind.Stalled), (stopped.Id, stopped.Kind));
        Assert.Contains("Unknown configuration foo", stopped.Message, StringComparison.Ordinal);
        Assert.Equal(["demo-kafka-0"], server.Pods.Ended);
    }

    [Theory]
    [InlineData("demo-kafka")]
    [InlineData("demo-zk")]
    public async Task A_lease_that_is_lost_ends_the_roll_before_the_next_pod_goes(string set)
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        await cluster.OutdateAsync(set);
        int asked = 0;
        var lost = await Assert.ThrowsAsync<ClusterException>(() => RollAsync(cluster, set, hold: _ => asked++ == 0 ? Task.CompletedTask
            : throw new ClusterException("LeaseLost", FailureKind.Connection, "demo", "gone")));
        Assert.Equal("LeaseLost", lost.Id);
        Assert.Single(server.Pods.Ended);
    }

    [Fact]
    public async Task Brokers_that_are_not_ready_are_replaced_one_by_one_and_not_while_one_recovers_its_logs()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        server.Pods.MayBeReady = pod => ((string)pod["metadata"]!["name"]!).Contains("-zk-", StringComparison.Ordinal)
            || IsNew(server, pod);
        server.Log = (pod, _) => pod == "demo-kafka-0"
            ? "[x] INFO Loading logs from log dirs (kafka.log.LogManager)\n[x] INFO Recovering unflushed segment 0" : "";
        foreach (int n in new[] { 0, 1, 2 })
            server.Store.Change("v1", "pods", "shop", $"demo-kafka-{n}", pod => Unready(pod));
        await cluster.OutdateAsync(cluster.BrokerSet);
        using var connection = cluster.Connect();
        var wait = new ClusterWait(connection, Names, "shop");
        var roller = new Roller(connection, Names, "shop", wait, static _ => Task.CompletedTask, force: false, TimeProvider.System);
        var replaced = new List<string>();
        int most = 0;
        await DrainAsync(wait.UntilAsync("Start", async live =>
        {
            var now = await roller.ReplaceUnreadyAsync(live, default);
            most = Math.Max(most, now.Count);
            replaced.AddRange(now.Select(c => c.Name));
            return new Progress(
                live.Of(ResourceKind.Pod).Count(p => p.Name() is "demo-kafka-1" or "demo-kafka-2" && Readiness.IsPodReady(p)) == 2, "");
        }, Limit()));
        Assert.Equal((1, "demo-kafka-1 demo-kafka-2"), (most, string.Join(' ', replaced)));
        Assert.DoesNotContain("demo-kafka-0", server.Pods.Ended);
    }

    [Fact]
    public async Task The_last_wait_ends_on_a_partition_that_was_out_of_sync_before_and_says_so()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Kafka.Topic("orders", [0, 1, 2])[0].InSync.Remove(2);
        cluster.Kafka.Lagging.Add(2);
        using var connection = cluster.Connect();
        var wait = new ClusterWait(connection, Names, "shop");
        var former = await InSync.LaggingAsync(new BrokerDoor(connection, Names, "shop"), Names.Brokers(3), default);
        Assert.Equal([("orders", 0)], former);
        string left = "";
        long begun = clock.GetTimestamp();
        var warned = await PassAsync(
            DrainAsync(InSync.WaitAsync(new BrokerDoor(connection, Names, "shop"), Names.Brokers(3), wait, former, text => left = text, clock, Limit())));
        Assert.Contains("so it was before this command", Assert.Single(warned), StringComparison.Ordinal);
        Assert.Contains("orders-0 (2 of 3 copies)", left, StringComparison.Ordinal);
        Assert.InRange(clock.GetElapsedTime(begun), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30));
    }

    // The set was scaled in beneath them, so nothing was out of sync when the command began to look.
    [Fact]
    public async Task Copies_on_brokers_that_are_not_there_hold_nobody_up()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        using var connection = cluster.Connect();
        cluster.Kafka.Topic("orders", [0, 2])[0].InSync.Remove(2);
        cluster.Kafka.Lagging.Add(2);
        string left = "";
        var wait = new ClusterWait(connection, Names, "shop");
        var warned = await PassAsync(DrainAsync(InSync.WaitAsync(new BrokerDoor(connection, Names, "shop"), Names.Brokers(2), wait, new HashSet<(string, int)>(), text => left = text, clock, Limit())));
        Assert.Contains("belong to brokers that are not there", Assert.Single(warned), StringComparison.Ordinal);
        Assert.Contains("orders-0", left, StringComparison.Ordinal);

        // Wait-KafkaCluster promises a cluster in sync, and has nothing else to do.
        using var stop = new CancellationTokenSource();
        var patient = DrainAsync(InSync.WaitAsync(new BrokerDoor(connection, Names, "shop"), Names.Brokers(2), wait, null, static _ => { }, clock, stop.Token));
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromMinutes(2) && !patient.IsCompleted; passed += TimeSpan.FromSeconds(1))
        {
            await Task.Delay(20);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.False(patient.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => patient);
    }

    [Theory]
    // copies, in sync, minimum, broker that restarts: what becomes of the partition
    [InlineData("0,1,2", "0,1,2", 2, 0, "")]
    [InlineData("0,1,2", "0,1", 2, 0, "stopped")]
    [InlineData("0,1,2", "0,1", 1, 0, "behind")]
    [InlineData("0,1,2", "1,2", 2, 0, "")] // it is not in sync itself: nothing is lost
    [InlineData("0,1,2", "0", 1, 0, "stopped")] // the last copy
    [InlineData("0,1,2", "0,1,2", 3, 0, "unavoidable")]
    [InlineData("0,1", "0,1", 2, 1, "unavoidable")]
    [InlineData("0,1", "1", 2, 1, "stopped")]
    [InlineData("1", "1", 1, 1, "unavoidable")]
    [InlineData("1", "1", 2, 1, "unavoidable")]
    [InlineData("1", "1", 1, 0, "")]
    [InlineData("0,1", "0,1", 0, 0, "")]
    public void What_a_restart_does_to_a_partition_goes_by_its_topics_minimum(string copies, string inSync, int minimum, int broker,
        string effect)
    {
        var of = RestartEffect.Of([new PartitionView("t", 0, 0, Ids(copies), Ids(inSync))], broker, _ => minimum);
        Assert.Equal(effect,
            of.Stopped.Count > 0 ? "stopped" : of.Unavoidable.Count > 0 ? "unavoidable" : of.Behind.Count > 0 ? "behind" : "");
    }

    [Theory]
    [InlineData("Loading logs. (kafka.log.LogManager)", true)] // 0.9
    [InlineData("Loading logs from log dirs ArrayBuffer(/d) (kafka.log.LogManager)\nAttempting recovery for all logs in /d since no clean "
        + "shutdown file was found", true)]
    [InlineData("Loading logs.\nLogs loading complete. (kafka.log.LogManager)", false)]
    [InlineData("Loading logs from log dirs\nRecovering unflushed segment 12\nLoaded 40 logs in 31000ms.", false)]
    [InlineData("Loaded 40 logs in 31000ms.\n[KafkaServer id=0] started (kafka.server.KafkaServer)", false)]
    // the beginning is out of sight
    [InlineData("[LogLoader partition=t-0, dir=/d] Recovering unflushed segment 12. 3/9 recovered for t-0.", true)]
    [InlineData("Opening socket connection to server zk", false)]
    [InlineData("", false)]
    public void Log_recovery_is_told_by_the_brokers_own_words(string log, bool recovers) =>
        Assert.Equal(recovers, LogRecovery.IsUnderWay(log));

    [Theory]
    [InlineData("0,1,2", "", 0, "1,2,0")]
    [InlineData("0,1,2", "", -1, "0,1,2")]
    [InlineData("0,1,2,3", "2", 0, "2,1,3,0")]
    [InlineData("0,1,2", "0,1", 1, "0,1,2")]
    public void Unready_brokers_go_first_and_the_controller_last(string brokers, string unready, int controller, string order)
    {
        var pods = Ids(brokers).Reverse().Select(n => Pod(n, !Ids(unready).Contains(n)));
        Assert.Equal(Ids(order),
            BrokerRollPolicy.Order(pods, p => ClusterNames.Ordinal(p.Name()) == controller).Select(p => ClusterNames.Ordinal(p.Name())));
    }

    [Theory]
    [InlineData("a", "s1", "a", "s1", "template")]
    [InlineData("a", "s1", "b", "s2", "image")]
    [InlineData("a", "s1", "a", "s2", "settings")]
    [InlineData("a", null, "a", "s2", "settings")]
    [InlineData("a", "s1", "a", null, "template")]
    public void A_restart_has_a_reason(string image, string? sum, string newImage, string? newSum, string reason) =>
        Assert.Equal(reason, RestartReason.Of(Templated(image, sum),
            new JsonObject { ["spec"] = new JsonObject { ["template"] = Templated(newImage, newSum) } }));

    private static JsonObject Templated(string image, string? sum) => new()
    {
        ["metadata"] = new JsonObject { ["annotations"] = sum is null ? null : new JsonObject { [ClusterNames.SettingsAnnotation] = sum } },
        ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "kafka", ["image"] = image }) },
    };

    private static int[] Ids(string text) => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

    private static JsonObject Pod(int n = 0, bool ready = true)
    {
        var pod = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = $"demo-kafka-{n}", ["uid"] = $"uid-{n}" },
            ["status"] = new JsonObject()
        };
        if (ready)
            pod["status"]!["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True" });
        return pod;
    }

    private static void Unready(JsonObject pod)
    {
        foreach (var condition in pod["status"]!["conditions"]!.AsArray().Where(c => (string?)c!["type"] == "Ready"))
            condition!["status"] = "False";
    }

    private static bool IsNew(FakeApiServer server, JsonObject pod) =>
        server.Store.Find("apps/v1", "statefulsets", "shop", "demo-kafka") is { } set
        && (string?)pod["metadata"]!["labels"]!["controller-revision-hash"] == FakePods.Revision(set)
        && set["spec"]!["template"]!["metadata"]!["annotations"] is not null;

    private static CancellationToken Limit() => new CancellationTokenSource(TimeSpan.FromMinutes(3)).Token; // for one that hangs

    private Roller Roller(KubeConnection connection, bool force, Func<CancellationToken, Task>? hold = null) =>
        new(connection, Names, "shop", new ClusterWait(connection, Names, "shop"), hold ?? (static _ => Task.CompletedTask), force, clock);

    // The texts of the warnings.
    private async Task<IReadOnlyList<string>> RollAsync(FakeCluster cluster, string set, bool force = false,
        Func<CancellationToken, Task>? hold = null)
    {
        using var connection = cluster.Connect();
        IRollPolicy policy = set == cluster.BrokerSet
            ? new BrokerRollPolicy(connection, Names, cluster.Namespace, null, clock)
            : new ZooKeeperRollPolicy(connection, Names, cluster.Namespace, bearNoQuorum: true);
        return await PassAsync(DrainAsync(Roller(connection, force, hold).RollAsync(set, policy, Limit())));
    }

    private static async Task<IReadOnlyList<string>> DrainAsync(IAsyncEnumerable<OperationEvent> events)
    {
        var warned = new List<string>();
        await foreach (var e in events)
        {
            if (e is Warned w)
                warned.Add(w.Text);
        }

        return warned;
    }

    private Task<T> PassAsync<T>(Task<T> task) => Passing.PassAsync(task, TimeSpan.FromMilliseconds(500), clock);

    private sealed class StubPolicy(Func<RollVerdict> judge) : IRollPolicy
    {
        public string InWords => "";

        public Task<IReadOnlyList<RollVerdict>> JudgeAsync(IReadOnlyList<JsonObject> pods, CancellationToken cancel) =>
            Task.FromResult<IReadOnlyList<RollVerdict>>([judge()]);

        public Task<RollObstacle?> MissingAsync(JsonObject former, CancellationToken cancel) => Task.FromResult<RollObstacle?>(null);

        public Task<IReadOnlyList<JsonObject>> OrderAsync(IReadOnlyList<JsonObject> pods, CancellationToken cancel) =>
            Task.FromResult(pods);
    }
}
