using System.Text.Json.Nodes;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Running;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>A cluster that the product made on the fake server, on three nodes in three zones, with a topic; and what is read of
/// it.</summary>
public sealed class HealthyCluster : IAsyncLifetime
{
    public FakeCluster Cluster { get; } = new(new FakeApiServer());

    internal HealthFacts Facts { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await DeployAsync(Cluster);
        using var connection = Cluster.Connect();
        Facts = await HealthFacts.ReadAsync(connection, "shop", "demo", Repository.Catalog.Version, default);
    }

    public Task DisposeAsync() => Cluster.Server.DisposeAsync().AsTask();

    /// <summary>Makes the cluster with the module's own manifests.</summary>
    internal static async Task DeployAsync(FakeCluster cluster)
    {
        var store = cluster.Server.Store;
        store.Put("v1", "namespaces", null, FakeObjects.Namespace(cluster.Namespace));
        cluster.Ensemble.Bootstrap(3);
        cluster.Server.Pods.Start();
        for (int n = 0; n < 3; n++)
            store.Put("v1", "nodes", null, Node(n));
        using var connection = cluster.Connect();
        var request = new DeployRequest(new ClusterSpec { Name = cluster.Name }, cluster.Namespace, false, false, false,
            TimeSpan.FromSeconds(40));
        var plan = await DeployPlanner.PlanAsync(connection, Repository.Catalog, request, default);
        await foreach (var e in DeployCluster.RunAsync(connection, plan, TimeProvider.System, default))
            Assert.IsNotType<Failed>(e);
        foreach (string pod in store.All("v1", "pods", cluster.Namespace).Select(p => (string)p["metadata"]!["name"]!))
            store.Change("v1", "pods", cluster.Namespace, pod, p => p["spec"]!["nodeName"] = $"n{pod[^1]}");
        MakeTopics(cluster.Kafka);
        cluster.Kafka.Configs[("", HealthFacts.UncleanElection)] = "false";
    }

    /// <summary>Makes the topics, or makes them anew with their first leaders.</summary>
    internal static void MakeTopics(FakeKafka kafka)
    {
        kafka.Topic("orders", [0, 1, 2], [1, 2, 0], [2, 0, 1]);
        kafka.Topic("__consumer_offsets", [0, 1, 2]);
    }

    private static JsonObject Node(int n)
    {
        var node = FakeObjects.Plain("v1", "Node", $"n{n}", new JsonObject { ["topology.kubernetes.io/zone"] = $"z{n}" });
        node["status"] = new JsonObject { ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True" }) };
        return node;
    }
}
