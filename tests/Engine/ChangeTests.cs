using System.Text.Json.Nodes;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

/// <summary>Set- and Update-KafkaCluster: the planner and the question of New-KafkaCluster, for a cluster that stands.</summary>
public sealed class ChangeTests : IDisposable
{
    private readonly EngineSession engine = BuiltModule.Open();
    private readonly FakeApiServer server = new();

    public void Dispose()
    {
        engine.Dispose();
        server.Dispose();
    }

    [Theory]
    [InlineData("Set-KafkaCluster demo -BrokerCount 4")]
    [InlineData("Update-KafkaCluster demo -Manifest")]
    public void A_name_that_is_not_there_creates_nothing(string command)
    {
        var result = Run(command);
        Assert.StartsWith("KafkaK8s.ClusterNotFound,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(server.Writes);
    }

    [Fact]
    public void Set_changes_what_is_named_and_New_does_the_same()
    {
        Run("New-KafkaCluster demo -BrokerMemory 2Gi -NoWait").EnsureSuccess();
        string set = Plan("Set-KafkaCluster demo -BrokerCount 5 -WhatIf");
        Assert.Contains("spec.replicas", set, StringComparison.Ordinal);
        Assert.DoesNotContain("memory", set, StringComparison.Ordinal);
        Assert.Equal(set, Plan("New-KafkaCluster demo -BrokerCount 5 -WhatIf"));
        Run("Get-KafkaCluster demo -KubeConfig $k | Set-KafkaCluster -BrokerCount 5 -NoWait").EnsureSuccess();
        Assert.Equal(5, (int)Set()["spec"]!["replicas"]!);
    }

    [Fact]
    public void Older_manifests_are_told_and_newer_ones_taken()
    {
        Run("New-KafkaCluster demo -NoWait").EnsureSuccess();
        Assert.Empty(
            (object[])Run("(Get-KafkaCluster demo -KubeConfig $k).Advice").EnsureSuccess().Output.Select(o => o.BaseObject).ToArray());
        server.Store.Change("apps/v1", "statefulsets", "kafka", "demo-kafka",
            tree => tree["metadata"]!["annotations"]!["kafkak8s.io/manifests"] = "1");
        Assert.Equal("manifests 1, module has 3: Update-KafkaCluster demo -Manifest",
            Assert.Single(Run("(Get-KafkaCluster demo -KubeConfig $k).Advice").EnsureSuccess().Output).ToString());
        Run("Update-KafkaCluster demo -Manifest -NoWait -Confirm:$false").EnsureSuccess();
        Assert.Equal("3", (string?)Set()["metadata"]!["annotations"]!["kafkak8s.io/manifests"]);
    }

    [Fact]
    public void What_was_given_and_is_damaged_is_rebuilt_by_Set()
    {
        Run("New-KafkaCluster demo -BrokerMemory 2Gi -NoWait").EnsureSuccess();
        server.Store.Change("apps/v1", "statefulsets", "kafka", "demo-kafka",
            tree => tree["metadata"]!["annotations"]!["kafkak8s.io/spec"] = "{");
        Assert.StartsWith("KafkaK8s.SpecUnreadable,",
            Assert.Single(Run("New-KafkaCluster demo -BrokerCount 5 -NoWait").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Run("Set-KafkaCluster demo -RebuildSpec -BrokerCount 5 -NoWait").EnsureSuccess();
        Assert.Equal("""{"schema":1,"brokerCount":5,"brokerMemory":"2Gi"}""",
            (string?)Set()["metadata"]!["annotations"]!["kafkak8s.io/spec"]);
    }

    private JsonObject Set() => server.Store.Find("apps/v1", "statefulsets", "kafka", "demo-kafka")!;

    private string Plan(string command) =>
        string.Join('\n', Run($"({command} -KubeConfig $k).Fields.Path").EnsureSuccess().Output.Select(o => o.ToString()));

    private EngineResult Run(string script) =>
        engine.Run($"param($k) {(script.Contains("$k", StringComparison.Ordinal) ? script : $"{script} -KubeConfig $k")}",
            new { k = server.KubeConfig });
}
