using System.Management.Automation;
using System.Text.Json.Nodes;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

/// <summary>Test-KafkaCluster: what binds, what it writes, what counts for -Quiet.</summary>
public sealed class HealthTests : IAsyncLifetime
{
    private readonly EngineSession engine = BuiltModule.Open();
    private readonly FakeCluster cluster = new(new FakeApiServer());

    public async Task InitializeAsync()
    {
        var store = cluster.Server.Store;
        store.Put("v1", "namespaces", null, FakeObjects.Namespace("shop"));
        cluster.Ensemble.Bootstrap(3);
        cluster.Server.Pods.Start();
        for (int n = 0; n < 3; n++)
        {
            var node = FakeObjects.Plain("v1", "Node", $"n{n}", []);
            node["status"] = new JsonObject { ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True" }) };
            store.Put("v1", "nodes", null, node);
        }

        Run("New-KafkaCluster demo @at").EnsureSuccess();
        foreach (string pod in store.All("v1", "pods", "shop").Select(p => (string)p["metadata"]!["name"]!))
            store.Change("v1", "pods", "shop", pod, p => p["spec"]!["nodeName"] = $"n{pod[^1]}");
        cluster.Kafka.Topic("orders", [0, 1, 2], [1, 2, 0]);
    }

    public async Task DisposeAsync()
    {
        engine.Dispose();
        await cluster.Server.DisposeAsync();
    }

    [Fact]
    public void All_checks_come_with_their_evidence_and_the_worst_first()
    {
        cluster.Kafka.Topic("tmp", [0], [1]);
        var checks = Run("Test-KafkaCluster demo @at").EnsureSuccess().Output;
        Assert.True(checks.Count > 30, $"{checks.Count} checks");
        Assert.Equal(["Warning ReplicationFactor", "Warning MinInSyncReplicas", "Info KafkaMode", "Info Encryption",
            "Ok PodsReady"], checks.Take(5).Select(c => $"{Of(c, "Severity")} {Of(c, "Check")}"));
        Assert.Equal("1 topic with fewer than 3 copies: tmp", Of(checks[0], "Evidence"));
        Assert.Equal("tmp", Assert.Single((IEnumerable<string>)Of(checks[0], "Target")));
        Assert.Equal("(Get-KafkaTopic demo tmp -Namespace shop).PartitionDetail", Of(checks[0], "Remedy"));
        Assert.Equal("about_KafkaK8s_Health#replicationfactor", Of(checks[0], "Section"));
        Assert.All(checks, c => Assert.Equal(("demo", "shop"), (Of(c, "Cluster"), Of(c, "Namespace"))));
    }

    [Theory]
    [InlineData("Test-KafkaCluster demo PartitionsAvailable @at", "PartitionsAvailable")]
    [InlineData("Test-KafkaCluster demo partitions*, OneController @at",
        "OneController PartitionsAvailable PartitionsInSync PartitionsWritable")]
    [InlineData("Test-KafkaCluster demo -Severity Info @at", "Encryption KafkaMode")]
    [InlineData("Test-KafkaCluster demo -Severity Critical, warning @at", "")]
    [InlineData("'demo' | Test-KafkaCluster -Check One* @at", "OneController")]
    [InlineData("Get-KafkaCluster demo @at | Test-KafkaCluster -Check One*", "OneController")]
    [InlineData("Get-KafkaTopic demo @at | Test-KafkaCluster -Check One*", "OneController")]
    [InlineData("Test-KafkaCluster (Get-KafkaCluster demo @at) One* @at", "OneController")]
    [InlineData("Test-KafkaCluster demo One* @at | Test-KafkaCluster -Check KafkaMode", "KafkaMode")]
    [InlineData("[pscustomobject]@{ Name = 'demo' } | Test-KafkaCluster -Check One* @at", "OneController")]
    public void Checks_are_chosen_and_clusters_bound(string command, string checks) =>
        Assert.Equal(checks,
            string.Join(' ', Run(command).EnsureSuccess().Output.Select(c => (string)Of(c, "Check")).Order(StringComparer.Ordinal)));

    [Fact]
    public void Quiet_is_true_up_to_Info_and_false_above()
    {
        Assert.Equal(true, Assert.Single(Run("Test-KafkaCluster demo -Quiet @at").EnsureSuccess().Output).BaseObject);
        cluster.Kafka.Topic("tmp", [0], [1]);
        Assert.Equal(false, Assert.Single(Run("Test-KafkaCluster demo -Quiet @at").EnsureSuccess().Output).BaseObject);
        Assert.Equal(true, Assert.Single(Run("Test-KafkaCluster demo -Quiet -Check ZooKeeper* @at").EnsureSuccess().Output).BaseObject);
    }

    [Theory]
    [InlineData("Test-KafkaCluster demo -Check Brokers, OneControler @at", "KafkaK8s.CheckNotFound,")]
    [InlineData("Test-KafkaCluster other -Quiet @at", "KafkaK8s.ClusterNotFound,")]
    public void What_is_not_there_is_an_error_and_no_answer(string command, string id)
    {
        var result = Run(command);
        Assert.Empty(result.Output);
        Assert.StartsWith(id, Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    // Pester's part is played here; the acceptance suite runs it in Pester itself.
    [Theory]
    [InlineData("'demo'", "", true, "")]
    [InlineData("(Get-KafkaCluster demo @at)", "", true, "")]
    [InlineData("'demo'", "tmp", false,
        "Expected Kafka cluster shop/demo to be healthy, because it must, but found:\n  Warning ReplicationFactor: 1 topic with fewer "
            + "than 3 copies: tmp\n    (Get-KafkaTopic demo tmp ")]
    [InlineData("'demo' -Check One*", "tmp", true, "")]
    [InlineData("'demo' -Negate", "", false, "Expected Kafka cluster shop/demo not to be healthy, because it must, but all of its ")]
    [InlineData("'demo' -Negate", "tmp", true, "")]
    [InlineData("$null", "", false, "Expected a Kafka cluster, because it must, but got nothing.")]
    public void Should_says_what_is_not_healthy(string actual, string thin, bool succeeded, string message)
    {
        if (thin.Length > 0)
            cluster.Kafka.Topic(thin, [0], [1]);
        var result = Assert.Single(Run(
            $"function Add-ShouldOperator($Name, $InternalName, $Test) {{ if ($Name -ne 'BeHealthyKafka' -or $Test -isnot [scriptblock]) "
            + $"{{ throw $Name }} }}; . '{BuiltModule.Folder}/Pester/KafkaK8s.Should.ps1'; "
            + $"Should-BeHealthyKafka {actual} -Because 'because it must' @at").EnsureSuccess().Output);
        Assert.Equal(succeeded, Of(result, "Succeeded"));
        if (!succeeded)
            Assert.StartsWith(message, (string)Of(result, "FailureMessage"), StringComparison.Ordinal);
    }

    private static object Of(PSObject row, string property) => row.Properties[property].Value;

    private EngineResult Run(string command) =>
        engine.Run($"param($k) $at = @{{ KubeConfig = $k; Namespace = 'shop' }}; {command}", new { k = cluster.Server.KubeConfig });
}
