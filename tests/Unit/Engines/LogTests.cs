using System.Collections.Concurrent;
using System.Diagnostics;
using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Running;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>Logs of brokers and ZooKeeper servers through the API server.</summary>
public sealed class LogTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UtcNow.AddMinutes(-30);

    [Fact]
    public async Task Records_of_all_pods_come_in_the_order_of_time()
    {
        await using var on = await StartAsync();
        on.Write("demo-kafka-0", 1, "[2026-11-27 08:00:01,123] INFO a (x)");
        on.Write("demo-kafka-0", 4, "[2026-11-27 08:00:04,123] ERROR d (x)\njava.io.IOException: e\n\tat f");
        on.Write("demo-kafka-1", 2, "[2026-11-27 08:00:02,123] WARN b (x)");
        on.Write("demo-zk-0", 3, "2026-11-27 08:00:03,123 [myid:1] - INFO  [main:Q@1] - c");
        on.Write("demo-zk-0", 5, "zk-start: e");
        Assert.Equal(
            ["demo-kafka-0 INFO a (x)", "demo-kafka-1 WARN b (x)", "demo-zk-0 INFO [main:Q@1] - c", "demo-kafka-0 ERROR d (x)",
            "demo-zk-0  zk-start: e"],
            (await on.ReadAsync(new LogRequest(_ => true))).Select(Shown));
        Assert.Equal(["demo-kafka-1 WARN b (x)", "demo-kafka-0 ERROR d (x)"],
            (await on.ReadAsync(new LogRequest(_ => true) { Level = "Warn" })).Select(Shown));
        Assert.Equal(["demo-zk-0  zk-start: e"],
            (await on.ReadAsync(new LogRequest(n => n.Pod == "demo-zk-0") { Tail = 1 })).Select(Shown));
        Assert.Empty(await on.ReadAsync(new LogRequest(_ => true) { Since = TimeSpan.FromMinutes(10) }));
        Assert.Equal(5, (await on.ReadAsync(new LogRequest(_ => true) { Since = TimeSpan.FromMinutes(40) })).Count);
    }

    [Fact]
    public async Task The_life_before_is_read_and_who_has_none_is_named()
    {
        await using var on = await StartAsync();
        on.Write("demo-kafka-0", 1, "[2026-11-27 08:00:01,123] FATAL before (x)");
        on.Server.Logs.Restart("shop", "demo-kafka-0");
        on.Write("demo-kafka-0", 2, "[2026-11-27 08:00:02,123] INFO now (x)");
        var events = await on.EventsAsync(new LogRequest(n => n.Pool.Has(NodeRoles.Broker)) { Previous = true });
        Assert.Equal(["demo-kafka-0 FATAL before (x)"], events.OfType<Completed<KafkaLogRecord>>().Select(e => Shown(e.Result)));
        Assert.Equal(["demo-kafka-1 has no log", "demo-kafka-2 has no log"],
            events.OfType<Warned>().Select(e => e.Text[..23]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_pod_whose_log_cannot_be_read_does_not_hide_the_others()
    {
        await using var on = await StartAsync();
        on.Write("demo-kafka-0", 1, "[2026-11-27 08:00:01,123] INFO a (x)");
        on.Server.Instead = r => r.Path.EndsWith("/demo-kafka-1/log", StringComparison.Ordinal) ? FakeAnswer.Status(400, "BadRequest",
            "container \"kafka\" in pod \"demo-kafka-1\" is waiting to start: ContainerCreating") : null;
        var events = await on.EventsAsync(new LogRequest(_ => true));
        var failure = Assert.Single(events.OfType<Failed>()).Failure;
        Assert.Equal(("LogNotRead", FailureKind.Unavailable, (object?)"demo-kafka-1"), (failure.Id, failure.Kind, failure.Target));
        Assert.Contains("ContainerCreating", failure.Message, StringComparison.Ordinal);
        Assert.Single(events.OfType<Completed<KafkaLogRecord>>());
    }

    [Fact]
    public async Task What_is_followed_goes_on_with_the_pod_that_comes_after()
    {
        await using var on = await StartAsync();
        on.Write("demo-kafka-1", 0, "[2026-11-27 08:00:00,123] INFO old (x)");
        on.Server.Logs.Write("shop", "demo-kafka-1", DateTimeOffset.UtcNow, "[2026-11-27 08:00:01,123] INFO a (x)");
        using var stop = new CancellationTokenSource();
        var seen = new ConcurrentQueue<string>();
        var following = FollowAsync();
        await UntilAsync("demo-kafka-1 INFO a (x)"); // without a line after it

        Assert.True(await on.Connection.DeleteAsync(ResourceKind.Pod, "shop", "demo-kafka-1", null, default));
        await on.Server.Pods.UntilAsync(s => s.Find("v1", "pods", "shop", "demo-kafka-1") is { } pod && FakePods.IsReady(pod)
            && pod["metadata"]!["deletionTimestamp"] is null);
        on.Server.Logs.Write("shop", "demo-kafka-1", DateTimeOffset.UtcNow, "kafka-start: b\n[2026-11-27 08:00:09,123] INFO c (x)");
        await UntilAsync("demo-kafka-1 INFO c (x)");
        on.Server.Logs.Write("shop", "demo-kafka-2", DateTimeOffset.UtcNow, "[2026-11-27 08:00:10,123] ERROR d (x)\n\tat e");
        await UntilAsync("demo-kafka-2 ERROR d (x)");

        Assert.Equal(["demo-kafka-1 INFO a (x)", "demo-kafka-1  kafka-start: b", "demo-kafka-1 INFO c (x)", "demo-kafka-2 ERROR d (x)"],
            seen);
        var clock = Stopwatch.StartNew();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 1);

        async Task FollowAsync()
        {
            var request = new LogRequest(n => n.Pool.Has(NodeRoles.Broker)) { Follow = true, Since = TimeSpan.FromMinutes(1) };
            await foreach (var e in ReadLogs.RunAsync(on.Connection, "shop", "demo", await on.NodesAsync(request), request, stop.Token))
            {
                if (e is Completed<KafkaLogRecord> done)
                    seen.Enqueue(Shown(done.Result));
            }
        }

        async Task UntilAsync(string last)
        {
            for (int i = 0; !seen.Contains(last); i++)
            {
                Assert.True(i < 500 && !following.IsCompleted, $"{last} did not come: {string.Join("; ", seen)}");
                await Task.Delay(20);
            }
        }
    }

    [Fact]
    public async Task Following_ends_by_itself_when_its_time_is_over()
    {
        await using var on = await StartAsync();
        on.Write("demo-kafka-0", 1, "[2026-11-27 08:00:01,123] INFO a (x)");
        Assert.Single(await on.ReadAsync(new LogRequest(_ => true) { Follow = true, Limit = TimeSpan.FromSeconds(2) }));
    }

    [Fact]
    public async Task What_is_not_read_in_time_is_an_error_and_not_half_a_log()
    {
        await using var on = await StartAsync();
        on.Server.Instead = r => r.Path.EndsWith("/demo-kafka-1/log", StringComparison.Ordinal) ? FakeAnswer.Never : null;
        Assert.Equal("Timeout", (await Assert.ThrowsAsync<ClusterException>(
            () => on.ReadAsync(new LogRequest(_ => true) { Limit = TimeSpan.FromSeconds(1) }))).Id);
    }

    [Fact]
    public async Task Who_may_not_read_logs_is_told_also_when_following()
    {
        await using var on = await StartAsync();
        on.Server.Instead = r => r.Path.EndsWith("/demo-kafka-1/log", StringComparison.Ordinal)
            ? FakeAnswer.Status(403, "Forbidden", "pods \"demo-kafka-1\" is forbidden: User \"u\" cannot get resource \"pods/log\"") : null;
        Assert.Equal("Forbidden", (await Assert.ThrowsAsync<ClusterException>(
            () => on.ReadAsync(new LogRequest(_ => true) { Follow = true, Limit = TimeSpan.FromSeconds(20) }))).Id);
        Assert.Equal("Forbidden", (await Assert.ThrowsAsync<ClusterException>(() => on.ReadAsync(new LogRequest(_ => true)))).Id);
    }

    [Fact]
    public async Task A_cluster_that_is_not_there_is_an_error()
    {
        await using var on = await StartAsync();
        Assert.Equal("ClusterNotFound",
            (await Assert.ThrowsAsync<ClusterException>(() => ReadLogs.NodesAsync(on.Connection, "shop", "other", default))).Id);
    }

    private static string Shown(KafkaLogRecord r) => $"{r.Pod} {r.Level} {r.Line}";

    private static async Task<Started> StartAsync()
    {
        var cluster = await FakeCluster.StartAsync();
        return new Started(cluster.Server, cluster.Connect());
    }

    private sealed record Started(FakeApiServer Server, KubeConnection Connection) : IAsyncDisposable
    {
        public void Write(string pod, int second, string text) => Server.Logs.Write("shop", pod, Start.AddSeconds(second), text);

        public async Task<IReadOnlyList<NodeRef>> NodesAsync(LogRequest request) =>
            [.. (await ReadLogs.NodesAsync(Connection, "shop", "demo", default)).Where(request.Wanted)];

        public async Task<IReadOnlyList<KafkaLogRecord>> ReadAsync(LogRequest request) =>
            [.. (await EventsAsync(request)).OfType<Completed<KafkaLogRecord>>().Select(e => e.Result)];

        public async Task<IReadOnlyList<OperationEvent>> EventsAsync(LogRequest request)
        {
            var events = new List<OperationEvent>();
            await foreach (var e in ReadLogs.RunAsync(Connection, "shop", "demo", await NodesAsync(request), request, default))
                events.Add(e);
            return events;
        }

        public async ValueTask DisposeAsync()
        {
            Connection.Dispose();
            await Server.DisposeAsync();
        }
    }
}
