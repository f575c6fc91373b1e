using System.Text.Json.Nodes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Operations;
using KafkaK8s.Tests.Unit.Kubernetes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Operations;

public sealed class ClusterViewTests
{
    private const string Crashed = """{"waiting":{"reason":"CrashLoopBackOff"}}""";

    [Fact]
    public void A_whole_cluster_is_ready()
    {
        var view = Build(null);
        Assert.Equal((ClusterStatus.Ready, "demo", "shop"), (view.Status, view.Name, view.Namespace));
        Assert.Empty(view.Reasons);
        Assert.Equal((3, 3, 3, 3), (view.ZooKeeperCount, view.ZooKeeperReady, view.BrokerCount, view.BrokersReady));
        Assert.Equal(("3.9.2", "3.8.6", "docker.io/x/kafka:3.9.2"), (view.KafkaVersion, view.ZooKeeperVersion, view.KafkaImage));
        Assert.Equal("demo-kafka-service.shop.svc:9092", view.Bootstrap);
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero), view.CreatedAt);
    }

    [Fact]
    public void A_pod_that_starts_is_progress() =>
        AssertOne(ClusterStatus.Progressing, "pod demo-kafka-1: is starting", Build(LiveTrees.Pod("demo-kafka-1", LiveTrees.Starting)));

    [Fact]
    public void A_pod_that_ends_is_progress() =>
        AssertOne(ClusterStatus.Progressing, "pod demo-kafka-1: is ending", Build(LiveTrees.Pod("demo-kafka-1", terminating: true)));

    [Fact]
    public void A_stalled_pod_degrades() => AssertOne(ClusterStatus.Degraded, "pod demo-kafka-1: CrashLoopBackOff: exit code 0",
        Build(LiveTrees.Pod("demo-kafka-1", LiveTrees.Container(Crashed))));

    [Theory]
    [InlineData("""{"terminated":{"exitCode":1,"message":"bad word"}}""",
        "pod demo-kafka-1: is starting again after exit code 1; it last said: bad word", ClusterStatus.Degraded)]
    [InlineData("""{"terminated":{"exitCode":0}}""", "pod demo-kafka-1: is starting", ClusterStatus.Progressing)]
    public void A_pod_between_two_crashes_degrades(string lastState, string reason, string status) =>
        AssertOne(status, reason, Build(LiveTrees.Pod("demo-kafka-1", LiveTrees.Container("""{"running":{}}""", lastState))));

    [Fact]
    public void A_pod_that_was_ready_and_is_not_any_more_degrades() =>
        AssertOne(ClusterStatus.Degraded, "pod demo-zk-1: is not ready any more", Build(
            LiveTrees.Pod("demo-zk-1", LiveTrees.Starting.Replace("\"started\":false", "\"started\":true", StringComparison.Ordinal))));

    [Fact]
    public void A_pod_on_a_lost_node_degrades() =>
        AssertOne(ClusterStatus.Degraded, "pod demo-zk-1: NodeNotReady: its node (unknown) does not answer",
            Build(LiveTrees.Pod("demo-zk-1",
                """{"conditions":[{"type":"Ready","status":"False"},{"type":"ContainersReady","status":"True"}],"containerStatuses":[{"ready":true}]}""")));

    [Fact]
    public void A_pod_that_cannot_end_on_a_lost_node_degrades() =>
        Assert.StartsWith("pod demo-zk-1: NodeLost: ",
            Assert.Single(Build(LiveTrees.Pod("demo-zk-1",
                """{"conditions":[{"type":"Ready","status":"False"},{"type":"ContainersReady","status":"True"}]}""",
                terminating: true)).Reasons), StringComparison.Ordinal);

    [Fact]
    public void A_sidecar_that_runs_is_no_start() =>
        AssertOne(ClusterStatus.Progressing, "pod demo-zk-1: is starting",
            Build(LiveTrees.Pod("demo-zk-1",
                """{"containerStatuses":[{"name":"istio-proxy","started":true,"state":{"running":{}}},{"name":"zookeeper","started":false,"state":{"running":{}}}]}""")));

    [Fact]
    public void A_missing_pod_is_progress()
    {
        var view = View(LiveTrees.Set("demo-zk"), LiveTrees.Set("demo-kafka"), [.. Pods("demo-zk"), .. Pods("demo-kafka").Take(2)]);
        AssertOne(ClusterStatus.Progressing, "demo-kafka: 2 of 3 pods are there", view);
        Assert.Equal((3, 2), (view.BrokerCount, view.BrokersReady));
    }

    [Fact]
    public void Pods_of_the_template_of_before_are_named()
    {
        var view = View(LiveTrees.Set("demo-zk"), LiveTrees.Set("demo-kafka", revision: "r2"),
            [.. Pods("demo-zk"), .. Pods("demo-kafka").Skip(1), LiveTrees.Pod("demo-kafka-0", revision: "r2")]);
        AssertOne(ClusterStatus.Progressing,
            "demo-kafka: demo-kafka-1, demo-kafka-2 still run the template of before; New-KafkaCluster demo restarts them in turn", view);
    }

    [Fact]
    public void A_missing_half_degrades()
    {
        AssertOne(ClusterStatus.Degraded, "There are no brokers.", View(LiveTrees.Set("demo-zk"), null, [.. Pods("demo-zk")]));
        var view = View(null, LiveTrees.Set("demo-kafka"), [.. Pods("demo-kafka")]);
        AssertOne(ClusterStatus.Degraded, "There are no ZooKeeper servers.", view);
        Assert.Equal((0, 0, ""), (view.ZooKeeperCount, view.ZooKeeperReady, view.ZooKeeperVersion));
    }

    [Fact]
    public void A_cluster_on_its_way_out_is_removing()
    {
        var (zk, kafka) = (LiveTrees.Set("demo-zk", terminating: true), LiveTrees.Set("demo-kafka", terminating: true));
        Assert.Equal(ClusterStatus.Removing, View(zk, kafka, []).Status);
        Assert.Equal(ClusterStatus.Removing, View(zk, null, []).Status);
        Assert.Equal(ClusterStatus.Ready, View(zk, LiveTrees.Set("demo-kafka"), [.. Pods("demo-zk"), .. Pods("demo-kafka")]).Status);
    }

    [Fact]
    public void Pods_of_others_do_not_count()
    {
        var view = View(LiveTrees.Set("demo-zk"), LiveTrees.Set("demo-kafka"),
            [.. Pods("demo-zk"), .. Pods("demo-kafka"), LiveTrees.Pod("other-kafka-0", LiveTrees.Container(Crashed))]);
        Assert.Equal(ClusterStatus.Ready, view.Status);
    }

    private static IEnumerable<JsonObject> Pods(string set) => Enumerable.Range(0, 3).Select(n => LiveTrees.Pod($"{set}-{n}"));

    // A whole cluster with one pod as given.
    private static KafkaCluster View(JsonObject? zooKeeper, JsonObject? brokers, IReadOnlyCollection<JsonObject> pods) =>
        ClusterView.Build(ClusterModel.Build(new ClusterNames("demo"), "shop", new[] { zooKeeper, brokers }.OfType<JsonObject>()), pods);

    private static KafkaCluster Build(JsonObject? pod) => View(LiveTrees.Set("demo-zk"), LiveTrees.Set("demo-kafka"),
        [.. Pods("demo-zk").Concat(Pods("demo-kafka"))
            .Select(p => (string?)p["metadata"]!["name"] == (string?)pod?["metadata"]!["name"] ? pod! : p)]);

    private static void AssertOne(string status, string reason, KafkaCluster view)
    {
        Assert.Equal([reason], view.Reasons);
        Assert.Equal(status, view.Status);
    }
}
