using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Tests.Unit.Kubernetes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Model;

public sealed class ClusterModelTests
{
    private static readonly ClusterNames Demo = new("demo");

    [Fact]
    public void A_broker_has_its_pods_ordinal_as_id_and_a_server_one_more()
    {
        var model = ClusterModel.Build(Demo, "shop", [LiveTrees.Set("demo-kafka", replicas: 2), LiveTrees.Set("demo-zk")]);
        Assert.Equal([("demo-kafka-0", 0), ("demo-kafka-1", 1)], model.Brokers.Select(n => (n.Pod, n.NodeId)));
        Assert.Equal([("demo-zk-0", 1), ("demo-zk-1", 2), ("demo-zk-2", 3)], model.ZooKeeper.Select(n => (n.Pod, n.NodeId)));
        Assert.Empty(model.Controllers);
        Assert.Equal(ClusterMode.ZooKeeper, model.Mode);
        Assert.Equal("demo-kafka-1.demo-kafka-headless.shop.svc", model.Brokers[1].Host(Demo, "shop"));
        Assert.Equal("demo-zk-2.demo-zk-headless.shop.svc", model.ZooKeeper[2].Host(Demo, "shop"));
    }

    [Fact]
    public void A_node_is_found_by_its_id_and_by_its_pod()
    {
        var pool = ClusterModel.Build(Demo, "shop", [LiveTrees.Set("demo-zk")]).ZooKeeper[0].Pool;
        Assert.Equal(("demo-zk-4", 5), (pool.OfId(5).Pod, pool.OfPod("demo-zk-4")!.NodeId));
        Assert.Null(pool.OfPod("demo-kafka-0"));
        Assert.Null(pool.OfPod("demo-zk"));
        Assert.Null(pool.OfPod("demo-zk-04"));
    }

    [Fact]
    public void A_pool_without_its_set_has_no_nodes()
    {
        var model = ClusterModel.Build(Demo, "shop", [LiveTrees.Set("demo-zk")]);
        Assert.Empty(model.Brokers);
        Assert.Null(model.Carrier);
        Assert.Null(model.Set(NodeRoles.Broker));
        Assert.Equal(["zk", "kafka"], model.Pools.Select(p => p.Template.Name));
    }

    [Fact]
    public void A_set_of_that_name_that_is_somebody_elses_says_nothing()
    {
        var foreign = LiveTrees.Set("demo-kafka");
        foreign["metadata"]!["labels"]!.AsObject().Clear();
        Assert.Empty(ClusterModel.Build(Demo, "shop", [foreign, LiveTrees.Set("other-kafka")]).Sets);
    }

    [Fact]
    public void A_set_that_goes_is_there_and_does_not_stand()
    {
        var model = ClusterModel.Build(Demo, "shop", [LiveTrees.Set("demo-kafka", terminating: true)]);
        var pool = Assert.Single(model.PoolsOf(NodeRoles.Broker));
        Assert.NotNull(model.Set(pool));
        Assert.Null(model.Standing(pool));
    }

    // What kubectl scales moves the generation, what Add-ZooKeeperNode writes the annotation alone.
    [Theory]
    [InlineData("metadata.generation", "2", false)]
    [InlineData("metadata.uid", "\"another\"", false)]
    [InlineData("metadata.annotations", """{"kafkak8s.io/spec":"{}"}""", false)]
    [InlineData("metadata.deletionTimestamp", "\"2026-11-27T12:00:00Z\"", false)]
    [InlineData("metadata.resourceVersion", "\"9\"", true)]
    [InlineData("status", """{"readyReplicas":1}""", true)]
    public void A_cluster_is_still_the_same_until_somebody_wishes_something_else(string path, string value, bool still)
    {
        ClusterModel Model(Action<JsonObject> change)
        {
            var set = LiveTrees.Set("demo-kafka");
            change(set);
            return ClusterModel.Build(Demo, "shop", [set, LiveTrees.Set("demo-zk")]);
        }

        var now = Model(set =>
        {
            var within = path.Contains('.', StringComparison.Ordinal) ? set["metadata"]! : set;
            within[path.Split('.')[^1]] = JsonNode.Parse(value);
        });
        Assert.Equal(still, Model(_ => { }).IsStill(now));
    }

    [Fact]
    public void Storage_is_what_the_set_claims()
    {
        var model = ClusterModel.Build(new ClusterNames("kafka"), "shop", Repository.Catalog.Objects);
        var (zooKeeper, kafka) = (model.Pools[0], model.Pools[1]);
        Assert.False(model.Storage(kafka)!.IsEphemeral);
        Assert.Null(model.Storage(zooKeeper)!.Class);
        Assert.True(PoolStorage.Of(LiveTrees.Set("demo-kafka")).IsEphemeral);
    }

    [Fact]
    public void The_version_of_the_manifests_is_read_from_the_brokers()
    {
        var set = LiveTrees.Set("demo-kafka");
        set["metadata"]!["annotations"] = Json.Object($$"""{"{{ClusterNames.ManifestsAnnotation}}":"7"}""");
        Assert.Equal(7, ClusterModel.Build(Demo, "shop", [set]).ManifestVersion);
    }

    // The record beside the files says nothing else than the files do.
    [Fact]
    public void The_pools_of_the_set_are_those_of_its_files()
    {
        var sets = Repository.Catalog.Objects.Where(o => (string?)o["kind"] == "StatefulSet").ToDictionary(o => o.Name());
        Assert.Equal(ManifestSets.ZooKeeper.Pools.Select(p => p.Name).Order(), sets.Keys.Order());
        Assert.All(ManifestSets.ZooKeeper.Pools, p =>
        {
            Assert.Equal(p.App, sets[p.Name].Label(ClusterNames.NameLabel));
            Assert.Equal(p.Headless, (string?)sets[p.Name]["spec"]!["serviceName"]);
            Assert.Equal(p.App, (string?)sets[p.Name]["spec"]!["template"]!["spec"]!["containers"]![0]!["name"]);
        });
    }
}
