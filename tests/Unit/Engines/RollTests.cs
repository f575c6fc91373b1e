using KafkaK8s.Core.Model;
using KafkaK8s.Core.Rolling;
using KafkaK8s.Core.Running;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>Rolls, on the fake server: sets with the strategy OnDelete, whose pods this product restarts.</summary>
public sealed class RollTests
{
    private static readonly ClusterNames Names = new("demo");

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
        await RollAsync(cluster);
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
        await RollAsync(cluster);
        Assert.Equal(["demo-zk-0", "demo-zk-2", "demo-zk-1"], server.Pods.Ended);
    }

    private static async Task RollAsync(FakeCluster cluster)
    {
        using var connection = cluster.Connect();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var wait = new ClusterWait(connection, Names, cluster.Namespace);
        await foreach (var _ in new RollPods(connection, Names, cluster.Namespace, wait).RunAsync(limit.Token))
        {
            // What it says is others' matter.
        }
    }
}
