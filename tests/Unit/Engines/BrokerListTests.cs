using System.Text.Json.Nodes;
using KafkaK8s.Core;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Operations;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>Get-KafkaBroker's engine, on the fake server and its brokers.</summary>
public sealed class BrokerListTests
{
    [Fact]
    public async Task A_broker_is_read_with_its_place_and_what_it_has()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        foreach (var partition in cluster.Kafka.Topic("orders", [0, 1], [1, 2], [1, 0]))
            partition.End = 1000;
        cluster.Kafka.Controller = 1;
        Place(cluster, 1, "node-b", "zone-b");
        var brokers = (await ListAsync(cluster)).Brokers;
        Assert.Equal([0, 1, 2], brokers.Select(b => b.Id));
        Assert.Equal([false, true, false], brokers.Select(b => b.IsController!.Value));
        var one = brokers[1];
        Assert.Equal(("demo", "shop", "demo-kafka-1", "node-b", "zone-b"), (one.Cluster, one.Namespace, one.Pod, one.Node, one.Zone));
        Assert.Equal((2, 3, 0, 0), (one.Leaders!.Value, one.Copies!.Value, one.OutOfSync!.Value, one.UnderReplicated!.Value));
        Assert.Equal((3000L, 1000L, 250L, 75),
            (one.SizeBytes!.Value, one.VolumeBytes!.Value, one.VolumeFreeBytes!.Value, one.UsedPercent!.Value));
        Assert.Equal(("3.9.2", "docker.io/apache/kafka:3.9.2", true, 0), (one.Version, one.Image, one.Ready, one.Restarts));
        Assert.Equal((BrokerStatus.Healthy, "", false), (one.Status, one.Reason, one.RestartNeeded));
        Assert.Equal(("fake", "", ""), (one.Context, brokers[0].Node, brokers[0].Zone));
    }

    [Fact]
    public async Task An_older_broker_says_nothing_of_its_volume()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Kafka.Topic("orders", [0])[0].End = 10;
        cluster.Kafka.Unknown = (key, version) => key == 35 && version > 1;
        var broker = (await ListAsync(cluster)).Brokers[0];
        Assert.Equal((10L, null, null, ""), (broker.SizeBytes!.Value, broker.VolumeBytes, broker.UsedPercent, broker.Used));
    }

    [Fact]
    public async Task Copies_out_of_sync_are_told_of_who_has_them_and_counted_for_who_leads()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Kafka.Topic("orders", [0, 1, 2], [1, 2, 0])[0].InSync.Remove(2);
        cluster.Kafka.Lagging.Add(2);
        var brokers = (await ListAsync(cluster)).Brokers;
        Assert.Equal([(0, 1), (0, 0), (1, 0)], brokers.Select(b => (b.OutOfSync!.Value, b.UnderReplicated!.Value)));
        Assert.Equal([BrokerStatus.Healthy, BrokerStatus.Healthy, BrokerStatus.OutOfSync], brokers.Select(b => b.Status));
        Assert.Equal("1 of 2 copies are not in sync, such as orders-0", brokers[2].Reason);
    }

    [Fact]
    public async Task A_broker_that_does_not_answer_is_a_row_and_no_error()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Kafka.Topic("orders", [0, 1], [1, 0]);
        cluster.Kafka.Instead = (id, _, _) => id == 1 ? [0] : null;
        var brokers = (await ListAsync(cluster)).Brokers;
        Assert.Equal([BrokerStatus.Healthy, BrokerStatus.NoAnswer, BrokerStatus.Healthy], brokers.Select(b => b.Status));
        Assert.Contains("demo-kafka-1 does not answer", brokers[1].Reason, StringComparison.Ordinal);
        Assert.Equal((true, 2, 1, null, null),
            (brokers[1].Ready, brokers[1].Copies!.Value, brokers[1].Leaders!.Value, brokers[1].SizeBytes, brokers[1].UsedPercent));
        cluster.Kafka.Instead = (_, _, _) => [0];
        Assert.All((await ListAsync(cluster)).Brokers,
            b => Assert.Equal((BrokerStatus.NoAnswer, null, null), (b.Status, b.Copies, b.IsController)));
    }

    [Fact]
    public async Task A_broker_that_another_does_not_know_is_told()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Kafka.Instead = (id, key, _) => id == 0 && key == 3 ? View(0, 2) : null;
        var brokers = (await ListAsync(cluster)).Brokers;
        Assert.Equal([BrokerStatus.Healthy, BrokerStatus.Unregistered, BrokerStatus.Healthy], brokers.Select(b => b.Status));
        Assert.Equal("another broker does not know it", brokers[1].Reason);
    }

    [Fact]
    public async Task A_pod_that_is_missing_or_not_ready_is_a_row()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Kafka.Topic("orders", [0, 1, 2]);
        server.Pods.MayStart = _ => false;
        using var connection = cluster.Connect();
        await connection.DeleteAsync(ResourceKind.Pod, "shop", "demo-kafka-1", null, default);
        await server.Pods.UntilAsync(
            s => s.Find("v1", "pods", "shop", "demo-kafka-1") is { } pod && (string?)pod["status"]?["phase"] != "Running");
        server.Pods.Refusal = _ => "exceeded quota";
        server.Store.Change("apps/v1", "statefulsets", "shop", "demo-kafka", set => set["spec"]!["replicas"] = 4);
        var brokers = (await ListAsync(cluster)).Brokers;
        Assert.Equal((BrokerStatus.NotReady, "pod demo-kafka-1 is starting; 1 of 1 copies are not in sync, such as orders-0"),
            (brokers[1].Status, brokers[1].Reason));
        Assert.False(brokers[1].Ready);
        Assert.Equal((3, BrokerStatus.Missing, "there is no pod demo-kafka-3", "", 0),
            (brokers[3].Id, brokers[3].Status, brokers[3].Reason, brokers[3].Image, brokers[3].Copies!.Value));
    }

    [Fact]
    public async Task What_runs_an_older_template_needs_a_restart()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        await cluster.OutdateAsync(cluster.BrokerSet);
        var brokers = (await ListAsync(cluster)).Brokers;
        Assert.All(brokers,
            b => Assert.Equal((BrokerStatus.RestartNeeded, true, "template"), (b.Status, b.RestartNeeded, b.RestartReason)));
        Assert.Equal("it runs the template of before (template); Restart-KafkaBroker demo 0 restarts it", brokers[0].Reason);
    }

    [Fact]
    public async Task Who_may_not_read_nodes_is_told_and_sees_all_else()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        Place(cluster, 0, "node-a", "zone-a");
        server.Faults.Add(Fault.Refusal(403, "Forbidden", "nodes is forbidden"), r => r.Path.EndsWith("/nodes", StringComparison.Ordinal));
        var (brokers, unread) = await ListAsync(cluster);
        Assert.Equal(("node-a", ""), (brokers[0].Node, brokers[0].Zone));
        Assert.StartsWith("The zones are not known: ", unread, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_is_read_by_lists()
    {
        var cluster = await FakeCluster.StartAsync(brokers: 5);
        await using var server = cluster.Server;
        int before = server.Requests.Count;
        await ListAsync(cluster);
        var asked = server.Requests.Skip(before).Select(r => r.Path).Where(p => !p.EndsWith("/portforward", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(["nodes", "pods"],
            asked.Where(p => !p.Contains("statefulsets", StringComparison.Ordinal)).Select(p => p[(p.LastIndexOf('/') + 1)..]).Order());
        Assert.Single(asked, p => p.Contains("statefulsets", StringComparison.Ordinal));
        Assert.Equal(5, cluster.Kafka.Requests.Count(r => r.Key == 3));
        Assert.Equal(5, cluster.Kafka.Requests.Count(r => r.Key == 35));
    }

    [Fact]
    public async Task A_cluster_that_is_not_there_is_an_error()
    {
        await using var server = new FakeApiServer();
        using var connection = server.Connect();
        Assert.Equal("ClusterNotFound",
            (await Assert.ThrowsAsync<ClusterException>(() => ListBrokers.RunAsync(connection, "shop", "demo", default))).Id);
    }

    // An answer of the version 4 that knows these brokers, and no topic.
    private static byte[] View(params int[] brokers)
    {
        var answer = new WireWriter();
        answer.Int32(0);
        answer.Count(brokers.Length);
        foreach (int id in brokers)
        {
            answer.Int32(id);
            answer.Text("host");
            answer.Int32(9092);
            answer.Text(null);
        }

        answer.Text("fake-cluster");
        answer.Int32(0);
        answer.Count(0);
        return answer.Written();
    }

    private static void Place(FakeCluster cluster, int broker, string node, string zone)
    {
        cluster.Server.Store.Change("v1", "pods", "shop", $"demo-kafka-{broker}", pod => pod["spec"]!["nodeName"] = node);
        cluster.Server.Store.Put("v1", "nodes", null,
            FakeObjects.Plain("v1", "Node", node, new JsonObject { ["topology.kubernetes.io/zone"] = zone }));
    }

    private static async Task<BrokerList> ListAsync(FakeCluster cluster)
    {
        using var connection = cluster.Connect();
        return await ListBrokers.RunAsync(connection, "shop", "demo", default);
    }
}
