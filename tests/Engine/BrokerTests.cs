using System.Management.Automation;
using System.Text.Json.Nodes;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

/// <summary>The cmdlets of brokers: what binds, what is asked, what a plan shows.</summary>
public sealed class BrokerTests : IAsyncLifetime
{
    // Its node has the name of a server's pod.
    private const string OddBroker =
        "[KafkaK8s.KafkaBroker]@{ Cluster = 'demo'; Namespace = 'shop'; Pod = 'demo-kafka-0'; Node = 'demo-zk-2'; KubeConfig = $k }";

    private readonly EngineSession engine = BuiltModule.Open();
    private FakeCluster cluster = null!;

    public async Task InitializeAsync()
    {
        cluster = await FakeCluster.StartAsync();
        cluster.Kafka.Topic("orders", [0, 1, 2], [1, 2, 0]);
        cluster.Kafka.Controller = 1;
    }

    public async Task DisposeAsync()
    {
        engine.Dispose();
        await cluster.Server.DisposeAsync();
    }

    [Theory]
    [InlineData("Get-KafkaBroker demo @at", "0 1 2")]
    [InlineData("Get-KafkaBroker -Cluster DEMO -Id 2, 0 @at", "0 2")]
    [InlineData("Get-KafkaBroker demo (1..2) @at", "1 2")]
    [InlineData("'demo' | Get-KafkaBroker @at", "0 1 2")]
    [InlineData("Get-KafkaCluster demo @at | Get-KafkaBroker", "0 1 2")]
    [InlineData("Get-KafkaBroker demo @at | Where-Object IsController | Get-KafkaBroker", "1")]
    [InlineData("[pscustomobject]@{ Cluster = 'demo'; Id = '2' } | Get-KafkaBroker @at", "2")]
    [InlineData("Get-KafkaBroker demo -Unhealthy @at", "")]
    public void Brokers_are_found(string command, string ids) =>
        Assert.Equal(ids, string.Join(' ', Run(command).EnsureSuccess().Output.Select(b => Of(b, "Id"))));

    [Fact]
    public async Task Those_that_are_not_well_or_need_a_restart_are_found()
    {
        cluster.Kafka.Topic("late", [0, 1, 2])[0].InSync.Remove(2);
        cluster.Kafka.Lagging.Add(2);
        Assert.Equal("2 OutOfSync", Assert.Single(
            Run("Get-KafkaBroker demo -Unhealthy @at | ForEach-Object { \"$($_.Id) $($_.Status)\" }").EnsureSuccess().Output).ToString());
        await cluster.OutdateAsync(cluster.BrokerSet);
        Assert.Equal(3, Run("Get-KafkaBroker demo -Unhealthy @at | Where-Object RestartNeeded").EnsureSuccess().Output.Count);
    }

    [Fact]
    public void An_id_that_is_not_there_is_an_error_and_the_others_are_shown()
    {
        var result = Run("Get-KafkaBroker demo 0, 7 @at");
        Assert.Equal(0, Of(Assert.Single(result.Output), "Id"));
        Assert.StartsWith("KafkaK8s.BrokerNotFound,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_right_to_read_nodes_a_verbose_line_says_why_zones_are_empty()
    {
        cluster.Server.Store.Change("v1", "pods", "shop", "demo-kafka-0", pod => pod["spec"]!["nodeName"] = "node-a");
        cluster.Server.Store.Put("v1", "nodes", null,
            FakeObjects.Plain("v1", "Node", "node-a", new JsonObject { ["topology.kubernetes.io/zone"] = "zone-a" }));
        Assert.Equal("zone-a", Of(Run("Get-KafkaBroker demo 0 @at").EnsureSuccess().Output[0], "Zone"));
        cluster.Server.Faults.Add(Fault.Refusal(403, "Forbidden", "nodes is forbidden"),
            r => r.Path.EndsWith("/nodes", StringComparison.Ordinal));
        var result = Run("Get-KafkaBroker demo 0 @at -Verbose").EnsureSuccess();
        Assert.Equal(("node-a", ""), (Of(result.Output[0], "Node"), Of(result.Output[0], "Zone")));
        Assert.Single(result.Verbose, v => v.StartsWith("The zones are not known", StringComparison.Ordinal));
    }

    [Fact]
    public void A_plan_names_what_is_in_the_way_and_changes_nothing()
    {
        cluster.Kafka.Topics["orders"][0].InSync.Remove(2);
        cluster.Kafka.Lagging.Add(2);
        string? row = Run("Restart-KafkaBroker demo 0 @at -WhatIf | ForEach-Object { \"$($_.Action) $($_.Name): $($_.Change)\" }")
            .EnsureSuccess().Output.Single().ToString();
        Assert.StartsWith("Restart demo-kafka-0: waits: while broker 0 restarts, 1 partition, such as orders-0 (2 of 3 copies in sync)",
            row, StringComparison.Ordinal);
        Assert.Contains("waits: while broker 0", engine.Format(Run("Restart-KafkaBroker demo 0 @at -WhatIf").Output),
            StringComparison.Ordinal);
        Assert.Empty(cluster.Server.Pods.Ended);
    }

    [Theory]
    [InlineData("Restart-KafkaBroker demo @at", "Restart brokers (3 restarts, one at a time: demo-kafka-0, demo-kafka-2, demo-kafka-1)")]
    [InlineData("Get-KafkaBroker demo 2, 0 @at | Restart-KafkaBroker",
        "Restart brokers (2 restarts, one at a time: demo-kafka-0, demo-kafka-2)")]
    public void One_question_names_all_that_restart(string command, string question)
    {
        engine.Host.Answers.Enqueue("N");
        Run(command).EnsureSuccess();
        Assert.Contains(question, Assert.Single(engine.Host.Recording.Questions).Message, StringComparison.Ordinal);
        Assert.Empty(cluster.Server.Pods.Ended);
    }

    [Fact]
    public void What_is_piped_restarts_the_controller_last_and_is_returned()
    {
        var result =
            Run("Get-KafkaBroker demo @at | Where-Object Id -le 1 | Sort-Object Id -Descending | Restart-KafkaBroker -Confirm:$false")
            .EnsureSuccess();
        Assert.Equal(["demo-kafka-0", "demo-kafka-1"], cluster.Server.Pods.Ended);
        Assert.Equal(["0 Healthy", "1 Healthy"], result.Output.Select(b => $"{Of(b, "Id")} {Of(b, "Status")}"));
    }

    [Theory]
    [InlineData("Get-ZooKeeperNode demo @at | Restart-KafkaBroker -Confirm:$false")]
    [InlineData("Get-ZooKeeperNode demo @at | Get-KafkaBroker")]
    [InlineData(OddBroker + " | Restart-ZooKeeperNode -Confirm:$false")]
    [InlineData(OddBroker + " | Remove-ZooKeeperNode -Confirm:$false")]
    public void Nodes_of_another_kind_are_refused(string command)
    {
        var result = Run(command);
        Assert.Empty(result.Output);
        Assert.NotEmpty(result.Errors);
        Assert.All(result.Errors, e => Assert.StartsWith("KafkaK8s.OtherNode,", e.FullyQualifiedErrorId, StringComparison.Ordinal));
        Assert.Empty(cluster.Server.Pods.Ended);
    }

    [Fact]
    public void Ids_complete_with_the_pods_as_tooltips()
    {
        var found =
            engine.Run(
                "param($k) (TabExpansion2 ($line = \"Restart-KafkaBroker demo -Namespace shop -KubeConfig '$k' -Id \") "
                    + "$line.Length).CompletionMatches | ForEach-Object { \"$($_.CompletionText) $($_.ToolTip)\" }",
            new { k = cluster.Server.KubeConfig }).EnsureSuccess();
        Assert.Equal(["0 demo-kafka-0", "1 demo-kafka-1", "2 demo-kafka-2"], found.As<string>());
    }

    private static object Of(PSObject row, string property) => row.Properties[property].Value;

    private EngineResult Run(string command) =>
        engine.Run($"param($k) $at = @{{ KubeConfig = $k; Namespace = 'shop' }}; {command}", new { k = cluster.Server.KubeConfig });
}
