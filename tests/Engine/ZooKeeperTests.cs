using System.Management.Automation;
using System.Text.RegularExpressions;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

/// <summary>The cmdlets on ZooKeeper nodes against a server whose pods cannot be talked to: binding, refusals, words.</summary>
public sealed class ZooKeeperTests : IDisposable
{
    private readonly EngineSession engine = BuiltModule.Open();
    private readonly FakeApiServer server = new();

    public ZooKeeperTests() => server.PutCluster("kafka", "demo");

    public void Dispose()
    {
        engine.Dispose();
        server.Dispose();
    }

    [Theory]
    [InlineData("Get-ZooKeeperNode demo -KubeConfig $k")]
    [InlineData("'demo' | Get-ZooKeeperNode -KubeConfig $k")]
    [InlineData("Get-KafkaCluster demo -KubeConfig $k | Get-ZooKeeperNode")]
    [InlineData("Get-ZooKeeperNode -Cluster demo -KubeConfig $k")]
    public void Servers_that_do_not_answer_are_shown(string script)
    {
        var nodes = Run(script).EnsureSuccess().Output;
        Assert.Equal(["demo-zk-0", "demo-zk-1", "demo-zk-2"], nodes.Select(n => (string)n.Properties["Node"].Value));
        Assert.All(nodes, n => Assert.Null(n.Properties["InConfig"].Value));
        Assert.All(nodes, n => Assert.Contains("no quorum", (string)n.Properties["Reason"].Value, StringComparison.Ordinal));
        Assert.Empty(server.Writes);
    }

    [Theory]
    [InlineData("Add-ZooKeeperNode demo -Count 2", "QuorumLost", ErrorCategory.ResourceUnavailable)]
    [InlineData("Remove-ZooKeeperNode demo -Confirm:$false", "QuorumLost", ErrorCategory.ResourceUnavailable)]
    [InlineData("Restart-ZooKeeperNode demo", "QuorumLost", ErrorCategory.ResourceUnavailable)]
    [InlineData("Restart-ZooKeeperNode demo demo-zk-9", "NodeNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-ZooKeeperNode nobody", "ClusterNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Add-ZooKeeperNode nobody", "ClusterNotFound", ErrorCategory.ObjectNotFound)]
    public void What_cannot_be_is_refused_and_changes_nothing(string script, string id, ErrorCategory category)
    {
        var error = Assert.Single(Run($"{script} -KubeConfig $k").Errors);
        Assert.StartsWith($"KafkaK8s.{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Empty(server.Writes);
    }

    [Theory]
    [InlineData("Add", 0)]
    [InlineData("Add", -1)]
    [InlineData("Remove", 0)]
    [InlineData("Remove", 256)]
    public void A_count_that_no_ensemble_has_is_refused_at_the_parameter(string verb, int count)
    {
        Assert.StartsWith("ParameterArgumentValidationError", Assert.Single(
            Run($"{verb}-ZooKeeperNode demo -Count {count} -KubeConfig $k").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void Restart_collects_the_pipeline_and_acts_once_a_cluster() =>
        Assert.Single(Run("Get-ZooKeeperNode demo -KubeConfig $k | Restart-ZooKeeperNode").Errors);

    [Theory]
    [InlineData("Add-ZooKeeperNode", ConfirmImpact.Medium)]
    [InlineData("Remove-ZooKeeperNode", ConfirmImpact.High)]
    [InlineData("Restart-ZooKeeperNode", ConfirmImpact.High)]
    public void Those_that_change_ask(string name, ConfirmImpact impact)
    {
        var type =
            ((CmdletInfo)engine.Run("param($n) Get-Command $n", new { n = name }).EnsureSuccess().Output[0].BaseObject).ImplementingType;
        Assert.Equal(impact,
            type.GetCustomAttributes(typeof(CmdletAttribute), inherit: false).Cast<CmdletAttribute>().Single().ConfirmImpact);
    }

    [Fact]
    public void Nodes_show_as_a_table()
    {
        const string nodes = """
            [KafkaK8s.ZooKeeperNode]@{ Cluster = 'demo'; Namespace = 'kafka'; Node = 'demo-zk-0'; Id = 1; Mode = 'follower'; InConfig = $true; Zxid = '0x10000021c'; Lag = 0; Connections = 2; LatencyMs = 0.4123; Ready = $true }
            [KafkaK8s.ZooKeeperNode]@{ Cluster = 'demo'; Namespace = 'kafka'; Node = 'demo-zk-3'; Id = 4; Reason = 'there is no pod' }
            """;
        string text = engine.Format(engine.Run(nodes).EnsureSuccess().Output);
        text = Regex.Replace(text, "\u001b\\[[0-9;]*m", "");
        Assert.Matches(@"(?m)^Cluster +Node +Id +Mode +Ready +Reason +Lag +InConfig +Connections +LatencyMs", text);
        Assert.Matches(@"(?m)^demo +demo-zk-0 +1 +follower +True +0 +True +2 +0\.41", text);
        Assert.Matches(@"(?m)^demo +demo-zk-3 +4 .*there is no pod", text);
    }

    [Fact]
    public async Task A_plan_of_an_ensemble_shows_what_each_step_waits_for_and_one_of_a_cluster_what_changes()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var standing = cluster.Server;
        var plan = engine.Run("param($k) Add-ZooKeeperNode demo -Count 2 -Namespace shop -KubeConfig $k -WhatIf",
            new { k = standing.KubeConfig }).EnsureSuccess();
        Assert.All(plan.Output, s => Assert.Equal("KafkaK8s.PlanStep", s.BaseObject.GetType().FullName));
        Assert.Matches(@"Step +Action +Name +WaitsFor +Risk", engine.Format(plan.Output));
        Assert.Matches(@"Action +Kind +Name +Change",
            engine.Format(Run("Remove-KafkaCluster demo -KubeConfig $k -WhatIf").EnsureSuccess().Output));
        Assert.Empty(standing.Writes);
    }

    private EngineResult Run(string script) => engine.Run($"param($k) {script}", new { k = server.KubeConfig });
}
