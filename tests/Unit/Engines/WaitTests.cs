using KafkaK8s.Core;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Running;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>Wait-KafkaCluster, on the fake server: clusters that come up, one that is not there, one that nobody will finish.</summary>
public sealed class WaitTests
{
    // Fails where the failure of one ends the wait for the others.
    [Fact]
    public async Task Each_cluster_is_given_when_it_is_ready_and_one_that_is_not_there_does_not_end_the_wait()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        using var connection = server.Connect();
        var events = await WaitAsync(TimeSpan.FromSeconds(30), new(connection, "shop", "gone"), new(connection, "shop", "demo"));
        Assert.Equal(("ClusterNotFound", FailureKind.NotFound),
            Assert.Single(events.OfType<Failed>().Select(f => (f.Failure.Id, f.Failure.Kind))));
        var ready = Assert.Single(events.OfType<Completed<KafkaCluster>>()).Result;
        Assert.Equal(("demo", 3, 3), (ready.Name, ready.BrokersReady, ready.ZooKeeperReady));
        Assert.Empty(server.Writes);
    }

    [Fact]
    public async Task Pods_of_an_older_template_are_named_with_the_command_that_restarts_them()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        using var connection = server.Connect();
        await cluster.OutdateAsync(cluster.BrokerSet);
        var events = await WaitAsync(TimeSpan.FromSeconds(3), new AwaitedCluster(connection, "shop", "demo"));
        Assert.Empty(events.OfType<Completed<KafkaCluster>>());
        var late = Assert.Single(events.OfType<Failed>()).Failure;
        Assert.Equal("Timeout", late.Id);
        Assert.Contains("demo-kafka-0, demo-kafka-1, demo-kafka-2 runs an older template, and New-KafkaCluster demo restarts it",
            late.Message, StringComparison.Ordinal);
    }

    private static async Task<List<OperationEvent>> WaitAsync(TimeSpan timeout, params AwaitedCluster[] clusters)
    {
        var events = new List<OperationEvent>();
        await foreach (var e in WaitForClusters.RunAsync(clusters, timeout, default))
            events.Add(e);
        return events;
    }
}
