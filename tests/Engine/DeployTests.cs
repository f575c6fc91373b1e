using System.Text.Json.Nodes;
using KafkaK8s.Tests.Engine.Fake;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

/// <summary>How New-KafkaCluster carries its plan out: whose fields it takes, what it waits for, and what it makes only then.</summary>
public sealed class DeployTests : IDisposable
{
    private readonly EngineSession engine = BuiltModule.Open();
    private readonly FakeApiServer server = new();

    public void Dispose()
    {
        engine.Dispose();
        server.Dispose();
    }

    [Theory]
    [InlineData("", "false")]
    [InlineData(" -Force", "true")]
    public void Fields_of_others_are_taken_by_force_alone(string force, string expected)
    {
        New("-NoWait" + force).EnsureSuccess();
        var applied = server.Requests.Where(r => r.Method == "PATCH").ToList();
        Assert.Contains(applied, r => r.IsWrite);
        Assert.Contains(applied, r => !r.IsWrite);
        Assert.All(applied, r => Assert.Equal(expected, r.Parameter("force")));
    }

    [Fact]
    public void NoWait_returns_once_all_is_applied()
    {
        var cluster = Assert.Single(New("-NoWait", TimeSpan.FromSeconds(15)).EnsureSuccess().Output);
        Assert.Equal("Progressing", cluster.Properties["Status"].Value.ToString());
        Assert.Contains("statefulsets/demo-kafka", server.Store.Names);
    }

    [Fact]
    public void What_is_unwise_is_warned_of() =>
        Assert.Collection(
            New("-Ephemeral -ZooKeeperCount 1 -BrokerCount 1 -NoWait").EnsureSuccess().Warnings,
            w => Assert.StartsWith("-Ephemeral: there are no volumes.", w, StringComparison.Ordinal),
            w => Assert.StartsWith("Replication factor 1: ", w, StringComparison.Ordinal));

    // An open port or a ready pod is not enough: here nobody speaks Kafka's protocol.
    [Fact]
    public void Ready_pods_whose_brokers_do_not_answer_are_no_ready_cluster()
    {
        New("-NoWait").EnsureSuccess();
        PodsAreReady("demo-zk", "zookeeper");
        PodsAreReady("demo-kafka", "kafka");
        string message = Refused(New("-TimeoutSeconds 3"), "Timeout");
        Assert.Contains("not ready after 3 s: no answer from broker 0, 1, 2.", message, StringComparison.Ordinal);
        Assert.Contains(server.Requests, r => r.Path.EndsWith("/pods/demo-kafka-2/portforward", StringComparison.Ordinal));
    }

    // Of a run that was cut off before the first set: a fresh value would not be the one that a server may have read.
    [Fact]
    public void A_credential_that_stands_is_kept()
    {
        server.Store.Put("v1", "secrets", "kafka", FakeObjects.Plain("v1", "Secret", "demo-zk-reconfig", FakeObjects.Labels("demo", "zookeeper")));
        New("-NoWait").EnsureSuccess();
        Assert.DoesNotContain(server.Writes, w => w.Path.Contains("/secrets", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("apps/v1", "statefulsets", "demo-kafka")]
    [InlineData("v1", "persistentvolumeclaims", "data-demo-zk-0")]
    public void An_earlier_life_that_still_goes_is_waited_for(string group, string plural, string name)
    {
        var going = plural == "statefulsets" ? FakeObjects.StatefulSet(name, "demo", "kafka", "apache/kafka:3.9.2", 3)
            : FakeObjects.Plain(group, "PersistentVolumeClaim", name, FakeObjects.Labels("demo", "zookeeper"));
        going["metadata"]!["deletionTimestamp"] = "2026-11-22T10:00:00Z";
        server.Store.Put(group, plural, "kafka", going);
        Assert.Contains($"an earlier life of the cluster still goes: {name}", Refused(New("-TimeoutSeconds 2"), "Timeout"), StringComparison.Ordinal);
        Assert.Empty(server.Writes);
    }

    [Fact]
    public async Task Kept_volumes_that_do_not_fit_are_refused_before_anything_is_made()
    {
        server.Store.Put("v1", "persistentvolumeclaims", "kafka", FakeObjects.Plain("v1", "PersistentVolumeClaim", "data-demo-kafka-0", FakeObjects.Labels("demo", "kafka")));
        var running = engine.RunAsync("param($k) New-KafkaCluster demo -TimeoutSeconds 30 -KubeConfig $k", new { k = server.KubeConfig });
        const string Reader = "pods/data-demo-kafka-0-reader";
        Eventually.Holds(() => server.Store.Names.Contains(Reader) && server.OpenWatches >= 4, "the volume is not read", 30);
        var pod = server.Store.Get(FakePath.Parse($"/api/v1/namespaces/kafka/{Reader}")!).Body;
        pod["status"] = JsonNode.Parse("""{"phase":"Succeeded","containerStatuses":[{"state":{"terminated":{"exitCode":0,"message":"broker.id=0\ncluster.id=Abc\n"}}}]}""");
        server.Push("pods", "MODIFIED", pod);
        Assert.Contains("belong to the cluster Abc, and ZooKeeper's volumes are gone. Nothing was changed.", Refused(await running, "KeptVolumesUnfit"), StringComparison.Ordinal);
        Assert.All(server.Writes, w => Assert.Contains("/pods", w.Path, StringComparison.Ordinal));
        Assert.DoesNotContain(Reader, server.Store.Names);
    }

    private EngineResult New(string parameters, TimeSpan? limit = null) => engine.Run($"param($k) New-KafkaCluster demo {parameters} -KubeConfig $k", new { k = server.KubeConfig }, limit);

    private static string Refused(EngineResult result, string id)
    {
        var error = Assert.Single(result.Errors);
        Assert.StartsWith($"KafkaK8s.{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(result.Output);
        return error.Exception.Message;
    }

    private void PodsAreReady(string set, string app)
    {
        var tree = server.Store.Get(FakePath.Parse($"/apis/apps/v1/namespaces/kafka/statefulsets/{set}")!).Body;
        tree["status"] = new JsonObject { ["replicas"] = 3, ["readyReplicas"] = 3 };
        server.Store.Put("apps/v1", "statefulsets", "kafka", tree);
        for (int n = 0; n < 3; n++)
            server.Store.Put("v1", "pods", "kafka", FakeObjects.Pod(set, n, "demo", app, ready: true, (string)tree["metadata"]!["uid"]!));
    }
}
