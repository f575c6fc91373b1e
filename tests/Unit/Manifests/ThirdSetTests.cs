using System.Text.Json.Nodes;
using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Running;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using KafkaK8s.Tests.Unit.Kubernetes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Manifests;

/// <summary>
/// Another set of manifests, with other files, names and pools, is data: it is composed, renamed, planned and viewed by the code of today.
/// </summary>
public sealed class ThirdSetTests
{
    private static readonly ManifestSet Third = new()
    {
        Name = "third",
        Mode = ClusterMode.KRaft,
        Files = ["nodes.yaml", "services.yaml"],
        Pools = [new("node", NodeRoles.Controller | NodeRoles.Broker, FirstNodeId: 100, App: "kafka", Headless: "node-names")],
        Bases = ["node", "node-scripts", "node-names", "entry", "cluster-id"],
        FirstSecret = "cluster-id",
        NameVariables = ["NODES_SERVICE"],
        Listeners = [new("INTERNAL", 9092, OnLoopback: false)],
        Bootstrap = "entry",
    };

    private static readonly ManifestCatalog Catalog =
        ManifestCatalog.Load(Path.Combine(Repository.Root, "tests", "Unit", "Manifests", "ThirdSet"), Third);

    [Fact]
    public void It_is_composed_and_renamed()
    {
        var spec = new ClusterSpec { Name = "demo", BrokerCount = 4, KafkaImage = "registry.example/kafka:4.4.0", StorageClass = "fast" };
        var objects = Compose(spec);
        Assert.Equal(
            ["ConfigMap/demo-node-scripts", "StatefulSet/demo-node", "Service/demo-entry", "Service/demo-node-names"],
            objects.Select(Repository.Id));
        var set = objects.Single(o => Repository.Id(o) == "StatefulSet/demo-node");
        Assert.Equal("demo-node-names", (string?)set["spec"]!["serviceName"]);
        Assert.Equal("demo-node-scripts", (string?)TreePath.Get(set, "spec.template.spec.volumes[name=scripts].configMap.name"));
        Assert.Equal("demo-node-names", (string?)Env(set, "NODES_SERVICE")["value"]);
        Assert.Equal("node", (string?)Env(set, "ANOTHER")["value"]);
        Assert.Equal("demo-cluster-id", (string?)Env(set, "CLUSTER_ID")["valueFrom"]!["secretKeyRef"]!["name"]);
        Assert.Equal(4, (int?)set["spec"]!["replicas"]);
        Assert.Equal("registry.example/kafka:4.4.0", set.Image());
        Assert.Equal("fast", (string?)TreePath.Get(set, "spec.volumeClaimTemplates[metadata.name=data].spec.storageClassName"));
        Assert.NotNull(set.Annotation(ClusterNames.SpecAnnotation));
    }

    [Fact]
    public void Its_nodes_have_their_own_ids_and_both_roles()
    {
        var model = ClusterModel.Of("demo", "shop", [Standing()], [.. ManifestSets.All, Third]);
        Assert.Equal([("demo-node-0", 100), ("demo-node-1", 101), ("demo-node-2", 102)], model.Brokers.Select(n => (n.Pod, n.NodeId)));
        Assert.Equal(model.Brokers, model.Controllers);
        Assert.Empty(model.ZooKeeper);
        Assert.Equal("demo-entry.shop.svc:9092", model.Names.Bootstrap("shop"));
        Assert.Equal("demo-node-2.demo-node-names.shop.svc", model.Brokers[2].Host(model.Names, "shop"));
        Assert.True(model.Names.OwnsClaim(LiveTrees.Pod("data-demo-node-2")));
        Assert.False(model.Names.OwnsClaim(LiveTrees.Pod("data-demo-kafka-2")));
    }

    [Fact]
    public void It_is_viewed()
    {
        var set = Standing();
        var pods = new[] { LiveTrees.Pod("demo-node-0"), LiveTrees.Pod("demo-node-1", LiveTrees.Starting), LiveTrees.Pod("demo-node-2") };
        var view = ClusterView.Build(ClusterModel.Of("demo", "shop", [set], [Third]), pods);
        Assert.Equal((ClusterStatus.Progressing, 3, 2, 0), (view.Status, view.BrokerCount, view.BrokersReady, view.ZooKeeperCount));
        Assert.Equal(["pod demo-node-1: is starting"], view.Reasons);
        Assert.Equal("demo-entry.shop.svc:9092", view.Bootstrap);
    }

    [Fact]
    public async Task It_is_planned()
    {
        await using var server = new FakeApiServer();
        server.Store.Put("v1", "namespaces", null, FakeObjects.Namespace("shop"));
        var standing = Standing();
        standing["metadata"]!.AsObject().Remove("uid");
        server.Store.Put("apps/v1", "statefulsets", "shop", standing);
        using var connection = server.Connect();
        var given = new ClusterSpec { Name = "demo", BrokerCount = 5 };
        var plan = await DeployPlanner.PlanAsync(
            connection, Catalog, new DeployRequest(given, "shop", false, false, false, TimeSpan.FromMinutes(1)), default);
        Assert.Equal([100, 101, 102, 103, 104], plan.Model.Brokers.Select(n => n.NodeId));
        Assert.False(plan.IsFirstStart);
        Assert.Equal(
            [("demo-node-scripts", ChangeAction.Create), ("demo-node", ChangeAction.Update), ("demo-entry", ChangeAction.Create),
            ("demo-node-names", ChangeAction.Create)],
            plan.Changes.Select(c => (c.Name, c.Action)));

        var fewer = new DeployRequest(given with { BrokerCount = 2 }, "shop", false, false, false, TimeSpan.FromMinutes(1));
        var e = await Assert.ThrowsAsync<ClusterException>(() => DeployPlanner.PlanAsync(connection, Catalog, fewer, default));
        Assert.Equal("BrokerScaleInRefused", e.Id);
    }

    // Nothing of the product names a set here: the lease, the waits, the restarts and the removal go by the pools.
    [Fact]
    public async Task It_is_made_changed_waited_for_and_removed()
    {
        var cluster = new FakeCluster(new FakeApiServer(), brokers: new FakeBrokers("node", "node-names", FirstId: 100));
        await using var server = cluster.Server;
        server.Store.Put("v1", "namespaces", null, FakeObjects.Namespace("shop"));
        var nothing = server.Store.Names;
        server.Pods.Start();
        using var connection = cluster.Connect();
        var given = new ClusterSpec { Name = "demo" };
        var (made, texts) = await DeployAsync(connection, given);
        Assert.Equal((ClusterStatus.Ready, KafkaAnswer.Healthy, 3), (made.Status, made.Kafka, made.BrokersReady));
        Assert.Contains("secrets/demo-cluster-id", server.Store.Names);
        Assert.All(texts.Where(t => t.Phase == "Start"), t => Assert.Matches("^brokers [0-3]/3$", t.Text));
        Assert.Equal(["Brokers"], made.Timings.Select(t => t.Phase).Except(["Prepare", "Apply", "InSync"]));

        var partitions = cluster.Kafka.Topic("orders", [100, 101, 102], [102, 100, 101]);
        cluster.Kafka.CatchUpTime = TimeSpan.FromMilliseconds(200);
        cluster.Kafka.Controller = 100;
        await DeployAsync(connection, given with { BrokerMemory = "2Gi" });
        Assert.Equal(["demo-node-1", "demo-node-2", "demo-node-0"], server.Pods.Ended);
        Assert.All(partitions, p => Assert.Equal((2, false), (p.LeastInSync, p.WasOffline)));

        var waited = await DrainAsync<KafkaCluster>(WaitForClusters.RunAsync(
            [new AwaitedCluster(connection, "shop", "demo") { Known = [Third] }], TimeSpan.FromSeconds(20), default));
        Assert.Equal((3, "demo-entry.shop.svc:9092"), (waited.Result!.BrokersReady, waited.Result.Bootstrap));

        var request = new RemoveRequest("demo", "shop", DeleteData: true, NoWait: false, TimeSpan.FromSeconds(20)) { Known = [Third] };
        var plan = await RemoveCluster.PlanAsync(connection, request, default);
        Assert.Contains(plan.Topics, t => t.Name == "orders");
        Assert.Equal(3, plan.Claims.Count);
        await DrainAsync<KafkaCluster>(RemoveCluster.RunAsync(connection, plan, default));
        Assert.Equal(nothing, server.Store.Names.Where(n => !n.StartsWith("events/", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_parameter_that_it_does_not_have_is_refused()
    {
        var e = Assert.Throws<ClusterException>(() => Compose(new ClusterSpec { ZooKeeperMemory = "1Gi" }));
        Assert.Equal(("ParameterUnfit", FailureKind.InvalidInput), (e.Id, e.Kind));
    }

    // What listeners for clients outside will need: a Service for each broker, which selects its pod.
    [Fact]
    public void An_object_for_each_broker_can_be_cloned_and_another_added()
    {
        var spec = new ClusterSpec { Name = "demo", BrokerCount = 2 };
        var objects = Composer.Compose(Catalog, spec, spec, more: composition =>
        {
            foreach (var node in composition.Model.Brokers)
            {
                var service = composition.Clone("Service", "entry", $"outside-{node.NodeId}");
                service["spec"]!["type"] = "NodePort";
                service["spec"]!["selector"]!["statefulset.kubernetes.io/pod-name"] = node.Pod;
            }

            composition.Add(Json.Object("""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"cluster-id"}}"""));
            composition.Edit("StatefulSet", "node", "spec.template.spec.hostNetwork", true, mayAdd: true);
        });
        Assert.Equal(
            ["Service/demo-outside-100", "Service/demo-outside-101", "Secret/demo-cluster-id"], objects.TakeLast(3).Select(Repository.Id));
        Assert.Equal("demo-node-1", (string?)objects[^2]["spec"]!["selector"]!["statefulset.kubernetes.io/pod-name"]);
        Assert.Equal("ClusterIP", (string?)objects.Single(o => Repository.Id(o) == "Service/demo-entry")["spec"]!["type"] ?? "ClusterIP");
        Assert.All(objects, o => Assert.Equal("demo", Ownership.ClusterOf(o)));
        Assert.True((bool?)objects[1]["spec"]!["template"]!["spec"]!["hostNetwork"]);
    }

    [Fact]
    public void Nothing_is_added_twice() => Assert.Throws<InvalidOperationException>(() =>
        Composer.Compose(Catalog, new ClusterSpec(), new ClusterSpec(), more: c => c.Clone("Service", "entry", "node-names")));

    private static IReadOnlyList<JsonObject> Compose(ClusterSpec spec) => Composer.Compose(Catalog, spec, spec);

    private static JsonNode Env(JsonObject set, string name) =>
        TreePath.Get(set, $"spec.template.spec.containers[name=kafka].env[name={name}]");

    private static async Task<(KafkaCluster Cluster, List<Waiting> Texts)> DeployAsync(KubeConnection connection, ClusterSpec given)
    {
        var request = new DeployRequest(given, "shop", false, false, false, TimeSpan.FromSeconds(20));
        var plan = await DeployPlanner.PlanAsync(connection, Catalog, request, default);
        var (cluster, texts) = await DrainAsync<KafkaCluster>(DeployCluster.RunAsync(connection, plan, default));
        return (Assert.IsType<KafkaCluster>(cluster), texts);
    }

    private static async Task<(T? Result, List<Waiting> Texts)> DrainAsync<T>(IAsyncEnumerable<OperationEvent> events)
        where T : class
    {
        var (result, texts) = (default(T), new List<Waiting>());
        await foreach (var e in events)
        {
            if (e is Failed failed)
                throw failed.Failure;
            result = e is Completed<T> completed ? completed.Result : result;
            if (e is Waiting waiting)
                texts.Add(waiting);
        }

        return (result, texts);
    }

    // As a server shows it.
    private static JsonObject Standing()
    {
        var set = Compose(new ClusterSpec { Name = "demo" }).Single(o => Repository.Id(o) == "StatefulSet/demo-node");
        set["metadata"]!["uid"] = "demo-node";
        set["metadata"]!["namespace"] = "shop";
        set["metadata"]!["creationTimestamp"] = "2026-11-22T09:00:00Z";
        return set;
    }
}
