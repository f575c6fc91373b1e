using KafkaK8s.Core;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Rolling;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>What asks brokers through their pods' ports, on fake brokers.</summary>
public sealed class BrokerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_brokers_view_is_read_in_the_best_version()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Kafka.Topic("orders", [0, 1, 2], [1, 2, 0]);
        cluster.Kafka.Controller = 2;
        using var connection = cluster.Connect();
        var answer = await BrokerMetadata.AskAsync(Door(connection, cluster), "demo-kafka-1", Limit, default);
        Assert.Equal((4, "fake-cluster", 2), (answer.Version, answer.ClusterId, answer.View.ControllerId));
        Assert.Equal([0, 1, 2], answer.View.Brokers);
        Assert.Equal(["orders-0 at 0", "orders-1 at 1"], answer.View.Partitions.Select(p => $"{p.Topic}-{p.Partition} at {p.Leader}"));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    public async Task An_older_broker_that_closes_the_connection_is_asked_in_an_older_version(short newest, int version)
    {
        var cluster = await FakeCluster.StartAsync(servers: 1, brokers: 1);
        await using var server = cluster.Server;
        cluster.Kafka.Unknown = (key, v) => key == 3 && v > newest;
        using var connection = cluster.Connect();
        Assert.Equal(version, (await BrokerMetadata.AskAsync(Door(connection, cluster), "demo-kafka-0", Limit, default)).Version);
    }

    [Fact]
    public async Task A_broker_that_says_nothing_is_told()
    {
        var cluster = await FakeCluster.StartAsync(servers: 1, brokers: 1);
        await using var server = cluster.Server;
        cluster.Kafka.Silent.Add(0);
        using var connection = cluster.Connect();
        var e = await Assert.ThrowsAsync<ClusterException>(
            () => BrokerMetadata.ReadAsync(Door(connection, cluster), "demo-kafka-0", TimeSpan.FromMilliseconds(300), default));
        Assert.Equal(("BrokerSilent", FailureKind.Timeout), (e.Id, e.Kind));
    }

    [Fact]
    public async Task Sizes_and_settings_are_read()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        foreach (var partition in cluster.Kafka.Topic("orders", [0, 1], [1, 2]))
            partition.End = 1000;
        cluster.Kafka.Configs[("orders", "min.insync.replicas")] = "3";
        using var connection = cluster.Connect();
        var sizes = await Task.WhenAll(Enumerable.Range(0, 3)
            .Select(n => DescribeLogDirs.TryReadAsync(Door(connection, cluster), $"demo-kafka-{n}", Limit, default)));
        Assert.Equal([1000, 2000, 1000], sizes.Select(s => s!.Where(d => d.Key.Topic == "orders").Sum(d => d.Value)));
        var configs = await BrokerConfigs.OfTopicsAsync(Door(connection, cluster), "demo-kafka-0", ["orders", "none"],
            ["min.insync.replicas"], default);
        Assert.Equal([(0, "3"), (3, "2")], configs.Select(c => ((int)c.Error, c.Values["min.insync.replicas"])));
    }

    [Fact]
    public async Task A_group_starts_at_the_ends()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        var partitions = cluster.Kafka.Topic("orders", [0, 1], [1, 2]);
        (partitions[0].End, partitions[1].End) = (7, 9);
        using var connection = cluster.Connect();
        var brokers = await BrokerSetView.FindAsync(connection, cluster.Namespace, "demo", default);
        await GroupStart.AtEndsAsync(GroupStart.Pods(brokers, default), old: false, "orders",
            async () => (await BrokerMetadata.ReadAsync(Door(connection, cluster), "demo-kafka-0", Limit, default)).Partitions, "g",
            default);
        Assert.Equal([7, 9], [cluster.Kafka.Committed[("g", "orders", 0)], cluster.Kafka.Committed[("g", "orders", 1)]]);
    }

    [Fact]
    public async Task A_topic_is_removed_by_the_controller()
    {
        var cluster = await WithTopicAsync();
        await using var server = cluster.Server;
        Assert.Null(await RemoveAsync(cluster));
        Assert.Empty(cluster.Kafka.Topics);
        Assert.Equal([2], cluster.Kafka.Requests.Where(r => r.Key == 20).Select(r => r.Broker));
    }

    [Theory]
    [InlineData(41)] // no longer the controller
    [InlineData(7)] // it takes longer
    public async Task A_removal_that_is_not_done_yet_is_asked_for_again(short error)
    {
        var cluster = await WithTopicAsync();
        await using var server = cluster.Server;
        cluster.Kafka.RemovalErrors.Enqueue(error);
        Assert.Null(await RemoveAsync(cluster));
        Assert.Empty(cluster.Kafka.Topics);
    }

    [Fact]
    public async Task A_removal_that_is_refused_says_why()
    {
        var cluster = await WithTopicAsync();
        await using var server = cluster.Server;
        cluster.Kafka.RemovalErrors.Enqueue(73);
        Assert.Contains("orders may still stand: the controller refuses to remove it", await RemoveAsync(cluster),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_removal_outlives_brokers_that_go_and_ways_that_break()
    {
        var cluster = await WithTopicAsync();
        await using var server = cluster.Server;
        cluster.Kafka.Down.Add(0);
        server.Faults.Every(5, 1, Fault.Error, Fault.Cut);
        Assert.Null(await RemoveAsync(cluster));
        Assert.Empty(cluster.Kafka.Topics);
        Assert.True(server.Faults.Count > 0);
    }

    [Fact]
    public async Task What_is_not_in_sync_is_named_until_it_is()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Kafka.Topic("orders", [0, 1, 2]);
        using var connection = cluster.Connect();
        var brokers = (await BrokerSetView.FindAsync(connection, cluster.Namespace, "demo", default)).Brokers;
        async Task<string> Missing() => InSync.Describe(await InSync.ReadAsync(Door(connection, cluster), brokers, default));
        Assert.Empty(await Missing());
        cluster.Kafka.Lagging.Add(1);
        cluster.Kafka.Down.Add(1);
        Assert.Equal("no answer from broker 1", await Missing());
        cluster.Kafka.Down.Clear();
        Assert.Equal("1 partitions are not in sync, such as orders-0 (2 of 3 copies)", await Missing());
        cluster.Kafka.Lagging.Clear();
        Assert.Empty(await Missing());
    }

    [Fact]
    public async Task A_pod_for_the_console_tools_runs_a_script_and_goes()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        server.Exec = async exec =>
        {
            await exec.OutAsync(string.Join(' ', exec.Command.Skip(2)));
            return 0;
        };
        using var connection = cluster.Connect();
        var brokers = await BrokerSetView.FindAsync(connection, cluster.Namespace, "demo", default);
        await using (var pod = await ConsolePod.StartAsync(connection, brokers, TimeSpan.FromMinutes(5), _ => { }, default))
            Assert.Equal("bash -c echo", (await pod.CaptureAsync("echo", Limit, default)).Output);
        await server.Pods.UntilAsync(s => !s.Names.Any(n => n.Contains("console-tools", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_pod_for_the_console_tools_that_does_not_start_is_removed_and_told()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        server.Pods.MayStart = _ => false;
        using var connection = cluster.Connect();
        var brokers = await BrokerSetView.FindAsync(connection, cluster.Namespace, "demo", default);
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        var e = await Assert.ThrowsAsync<ClusterException>(
            () => ConsolePod.StartAsync(connection, brokers, TimeSpan.FromMinutes(5), _ => { }, limit.Token));
        Assert.Equal("ConsolePodFailed", e.Id);
        Assert.Contains("it did not start in time; it is Pending", e.Message, StringComparison.Ordinal);
        await server.Pods.UntilAsync(s => !s.Names.Any(n => n.Contains("console-tools", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_earlier_checks_left_is_swept_and_a_colleagues_pod_is_not()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        foreach (string phase in new[] { "Failed", "Succeeded", "Running" })
        {
            var left = FakeObjects.Plain("v1", "Pod", $"left-{phase}".ToLowerInvariant(), FakeObjects.Labels("demo", "console-tools"));
            left["status"] = Json.Object($$"""{"phase":"{{phase}}"}""");
            server.Store.Put("v1", "pods", cluster.Namespace, left);
        }

        using var connection = cluster.Connect();
        var brokers = await BrokerSetView.FindAsync(connection, cluster.Namespace, "demo", default);
        await using (await ConsolePod.StartAsync(connection, brokers, TimeSpan.FromMinutes(5), _ => { }, default))
            await server.Pods.UntilAsync(s => !s.Names.Any(n => n is "pods/left-failed" or "pods/left-succeeded"));
        Assert.Contains("pods/left-running", server.Store.Names);
    }

    private static async Task<FakeCluster> WithTopicAsync()
    {
        var cluster = await FakeCluster.StartAsync();
        cluster.Kafka.Topic("orders", [0, 1, 2]);
        cluster.Kafka.Controller = 2;
        return cluster;
    }

    private static BrokerDoor Door(KubeConnection connection, FakeCluster cluster) =>
        new(connection, new ClusterNames("demo"), cluster.Namespace);

    private static async Task<string?> RemoveAsync(FakeCluster cluster)
    {
        using var connection = cluster.Connect();
        var brokers = await BrokerSetView.FindAsync(connection, cluster.Namespace, "demo", default);
        return await TopicRemoval.RemoveAsync(brokers, "orders", Limit);
    }
}
