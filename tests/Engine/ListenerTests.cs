using System.Management.Automation;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

/// <summary>Test-KafkaListener: what binds, what it writes, what counts for -Quiet, and that only a pod is asked for.</summary>
public sealed class ListenerTests : IAsyncLifetime
{
    private readonly EngineSession engine = BuiltModule.Open();
    private FakeCluster cluster = null!;

    public async Task InitializeAsync()
    {
        cluster = await FakeCluster.StartAsync();
        cluster.Server.Exec = async exec =>
        {
            await exec.OutAsync("try 0\naddresses \ntry 1\naddresses 10.0.0.1 \nconnect: Connection refused\ntry 2\naddresses \n");
            return 0;
        };
    }

    public async Task DisposeAsync()
    {
        engine.Dispose();
        await cluster.Server.DisposeAsync();
    }

    [Theory]
    [InlineData("Test-KafkaListener demo @at")]
    [InlineData("Test-KafkaListener -Name DEMO @at")]
    [InlineData("'demo' | Test-KafkaListener @at")]
    [InlineData("Get-KafkaCluster demo @at | Test-KafkaListener")]
    [InlineData("(Test-KafkaListener demo @at)[0] | Test-KafkaListener")]
    [InlineData("[pscustomobject]@{ Name = 'demo' } | Test-KafkaListener @at")]
    [InlineData("Test-KafkaListener demo -WhatIf @at")]
    [InlineData("Test-KafkaListener demo -Confirm @at")]
    public void Without_a_pod_there_are_rows_and_nothing_is_asked_or_made(string command)
    {
        int written = cluster.Server.Writes.Count;
        var rows = Run(command).EnsureSuccess().Output;
        Assert.Equal(12, rows.Count);
        Assert.Equal(["0 INTERNAL Tunnel Reached True", "0 INTERNAL Here NotMeant False", "0 TUNNEL Tunnel Reached True"],
            rows.Take(3).Select(r => $"{Of(r, "Broker")} {Of(r, "Listener")} {Of(r, "From")} {Of(r, "Verdict")} {Of(r, "Reached")}"));
        Assert.All(rows, r => Assert.Equal(("demo", "shop"), (Of(r, "Cluster"), Of(r, "Namespace"))));
        Assert.Empty(engine.Host.Recording.Questions);
        Assert.Equal(written, cluster.Server.Writes.Count);
    }

    [Fact]
    public void From_a_pod_the_reasons_are_those_of_the_inside()
    {
        var rows = Run("Test-KafkaListener demo -FromPod @at | Where-Object From -EQ Pod").EnsureSuccess().Output;
        Assert.Equal(["0 NameUnresolved", "0 NotMeant", "1 NobodyAnswers", "1 NotMeant", "2 NameUnresolved", "2 NotMeant"],
            rows.Select(r => $"{Of(r, "Broker")} {Of(r, "Verdict")}"));
        Assert.Equal("demo-kafka-1.demo-kafka-headless.shop.svc:9092: the connection is refused", Of(rows[2], "Reason"));
        Assert.Equal("10.0.0.1", Assert.Single((IEnumerable<string>)Of(rows[2], "Resolved")));
        Assert.Equal(false, Assert.Single(Run("Test-KafkaListener demo -FromPod -Quiet @at").EnsureSuccess().Output).BaseObject);
    }

    [Fact]
    public void A_pod_is_asked_for()
    {
        int written = cluster.Server.Writes.Count;
        Assert.Empty(Run("Test-KafkaListener demo -FromPod -WhatIf @at").EnsureSuccess().Output);
        Assert.StartsWith("What if: Make a short-lived pod and connect from it to every broker: shop/demo on context ",
            engine.Host.Recording.Text(), StringComparison.Ordinal);
        engine.Host.Answers.Enqueue("n");
        Assert.Empty(Run("Test-KafkaListener demo -FromPod -Confirm @at").EnsureSuccess().Output);
        Assert.Single(engine.Host.Recording.Questions);
        Assert.Equal(written, cluster.Server.Writes.Count);
    }

    [Fact]
    public void Quiet_is_true_where_all_that_is_meant_is_reached()
    {
        Assert.Equal(true, Assert.Single(Run("Test-KafkaListener demo -Quiet @at").EnsureSuccess().Output).BaseObject);
        cluster.Kafka.Down.Add(2);
        Assert.Equal(false, Assert.Single(Run("Test-KafkaListener demo -Quiet @at").EnsureSuccess().Output).BaseObject);
    }

    [Fact]
    public void A_cluster_that_is_not_there_is_an_error_and_no_answer()
    {
        var result = Run("Test-KafkaListener other -Quiet @at");
        Assert.Empty(result.Output);
        Assert.StartsWith("KafkaK8s.ClusterNotFound,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    private static object Of(PSObject row, string property) => row.Properties[property].Value;

    private EngineResult Run(string command) =>
        engine.Run($"param($k) $at = @{{ KubeConfig = $k; Namespace = 'shop' }}; {command}", new { k = cluster.Server.KubeConfig });
}
