using System.Text.Json.Nodes;
using KafkaK8s.Tests.Fakes;
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
        // that is the lease
        var applied = server.Requests.Where(r => r.Method == "PATCH" && !r.Body.Contains("ensemble-change", StringComparison.Ordinal))
            .ToList();
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
        server.Store.Put("v1", "secrets", "kafka",
            FakeObjects.Plain("v1", "Secret", "demo-zk-reconfig", FakeObjects.Labels("demo", "zookeeper")));
        New("-NoWait").EnsureSuccess();
        // It bears the lease for a moment; its values are not touched.
        Assert.DoesNotContain(server.Writes, w => w.Path.Contains("/secrets", StringComparison.Ordinal)
            && (w.Method != "PATCH" || w.Body.Contains("\"data\"", StringComparison.Ordinal)));
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
        string message = Refused(New("-TimeoutSeconds 2"), "Timeout");
        Assert.Contains($"an earlier life of the cluster still goes: {name}. Nothing was created yet", message, StringComparison.Ordinal);
        Assert.Empty(server.Writes);
    }

    [Fact]
    public async Task Kept_volumes_that_do_not_fit_are_refused_before_anything_is_made()
    {
        var refused =
            await ReadingAsync("""{"terminated":{"exitCode":0,"message":"read=begin\nbroker.id=0\ncluster.id=Abc\nread=end\n"}}""");
        Assert.Contains("belong to the cluster Abc, and ZooKeeper's volumes are gone. Nothing was changed.",
            Refused(refused, "KeptVolumesUnfit"), StringComparison.Ordinal);
    }

    // Taken for an empty volume, a server of it would have started an ensemble of its own beside a new one.
    [Theory]
    [InlineData("""{"terminated":{"exitCode":1,"message":"user 1000 may not read /volume/log"}}""", "user 1000 may not read /volume/log")]
    [InlineData("""{"terminated":{"exitCode":0}}""", "without an answer")]
    public async Task A_kept_volume_that_cannot_be_read_is_no_empty_one(string state, string why)
    {
        string message = Refused(await ReadingAsync(state), "KeptVolumeUnread");
        Assert.Contains(why, message, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed.", message, StringComparison.Ordinal);
    }

    // The failure of cleaning up must not hide what was wrong.
    [Fact]
    public async Task What_was_wrong_is_told_also_where_the_reader_cannot_be_removed()
    {
        server.Instead = r => r.Method == "DELETE" ? FakeAnswer.Status(500, "InternalError", "etcd is away") : null;
        Refused(await ReadingAsync("""{"terminated":{"exitCode":1}}""", removed: false), "KeptVolumeUnread");
    }

    [Theory]
    [InlineData("Lost", true, true, "data-demo-zk-0 is Lost, its volume pv-1 does not exist any more")]
    [InlineData("Bound", false, false, "data-demo-zk-0 is bound to the volume pv-1, which does not exist any more")]
    [InlineData("Bound", true, false, "data-demo-zk-0 (volume pv-1) is on the node n3, which does not exist any more")]
    public void Kept_volumes_that_are_lost_are_told_at_once(string phase, bool volume, bool node, string why)
    {
        var claim = FakeObjects.Plain("v1", "PersistentVolumeClaim", "data-demo-zk-0", FakeObjects.Labels("demo", "zookeeper"));
        claim["spec"] = new JsonObject { ["volumeName"] = "pv-1" };
        claim["status"] = new JsonObject { ["phase"] = phase };
        server.Store.Put("v1", "persistentvolumeclaims", "kafka", claim);
        var tree = FakeObjects.Plain("v1", "PersistentVolume", "pv-1");
        tree["spec"] = JsonNode.Parse(
            """{"nodeAffinity":{"required":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"kubernetes.io/hostname","operator":"In","values":["n3"]}]}]}}}""");
        if (volume)
            server.Store.Put("v1", "persistentvolumes", null, tree);
        server.Instead = r => r.Path == "/api/v1/nodes" && !node ? new FakeAnswer(200, new JsonObject { ["items"] = new JsonArray() })
            : null;
        string message = Refused(New("-TimeoutSeconds 30", TimeSpan.FromSeconds(20)), "Stalled");
        Assert.Contains(why, message, StringComparison.Ordinal);
        Assert.Contains("kubectl delete pvc -n kafka data-demo-zk-0", message, StringComparison.Ordinal);
        Assert.Empty(server.Writes);
    }

    // New-KafkaCluster over one kept volume whose reader ends so.
    private async Task<EngineResult> ReadingAsync(string state, bool removed = true)
    {
        server.Store.Put("v1", "persistentvolumeclaims", "kafka",
            FakeObjects.Plain("v1", "PersistentVolumeClaim", "data-demo-kafka-0", FakeObjects.Labels("demo", "kafka")));
        var running = engine.RunAsync("param($k) New-KafkaCluster demo -TimeoutSeconds 30 -KubeConfig $k", new { k = server.KubeConfig });
        const string Reader = "pods/data-demo-kafka-0-reader";
        Eventually.Holds(() => server.Store.Names.Contains(Reader) && server.OpenWatches >= 4, "the volume is not read", 30);
        var pod = server.Store.Get(FakePath.Parse($"/api/v1/namespaces/kafka/{Reader}")!).Body;
        pod["status"] = JsonNode.Parse(
            $$"""{"phase":"Running","containerStatuses":[{"name":"istio-proxy","state":{"running":{} } },{"name":"volume-reader","state":{{state}} }]}""");
        server.Push("pods", "MODIFIED", pod);
        var result = await running;
        Assert.All(server.Writes, w => Assert.Contains("/pods", w.Path, StringComparison.Ordinal));
        if (removed)
            Assert.DoesNotContain(Reader, server.Store.Names);
        return result;
    }

    private EngineResult New(string parameters, TimeSpan? limit = null) =>
        engine.Run($"param($k) New-KafkaCluster demo {parameters} -KubeConfig $k", new { k = server.KubeConfig }, limit);

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
