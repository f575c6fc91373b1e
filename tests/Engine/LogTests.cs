using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

/// <summary>Logs: what names a pod, and what is shown.</summary>
public sealed class LogTests : IAsyncLifetime
{
    private readonly EngineSession engine = BuiltModule.Open();
    private FakeCluster cluster = null!;

    public async Task InitializeAsync()
    {
        cluster = await FakeCluster.StartAsync();
        var time = DateTimeOffset.UtcNow.AddMinutes(-5);
        foreach (var (pod, i) in new[] { "demo-kafka-0", "demo-kafka-1", "demo-zk-1" }.Select((p, i) => (p, i)))
            cluster.Server.Logs.Write("shop", pod, time.AddSeconds(i),
                $"[2026-11-27 08:00:0{i},123] {(i == 1 ? "WARN" : "INFO")} of {pod} (x)\n\tmore");
    }

    public async Task DisposeAsync()
    {
        engine.Dispose();
        await cluster.Server.DisposeAsync();
    }

    [Theory]
    [InlineData("Get-KafkaLog demo @at", "demo-kafka-0 demo-kafka-1 demo-zk-1")]
    [InlineData("Get-KafkaLog demo 1 @at", "demo-kafka-1")]
    [InlineData("Get-KafkaLog demo '*zk*', 0 @at", "demo-kafka-0 demo-zk-1")]
    [InlineData("Get-KafkaLog demo demo-zk-1 @at", "demo-zk-1")]
    [InlineData("Get-KafkaLog demo -Level Warn @at", "demo-kafka-1")]
    [InlineData("Get-KafkaLog demo -Since 1m @at", "")]
    [InlineData("Get-KafkaLog demo -Since ([timespan]::FromHours(1)) -Tail 2 @at", "demo-kafka-0 demo-kafka-1 demo-zk-1")]
    [InlineData("Get-KafkaLog demo -Follow -TimeoutSeconds 2 @at", "demo-kafka-0 demo-kafka-1 demo-zk-1")]
    [InlineData("Get-KafkaLog demo -Follow @at | Select-Object -First 1", "one")]
    [InlineData("Get-KafkaCluster demo @at | Get-KafkaLog -Pod 1", "demo-kafka-1")]
    [InlineData("Get-KafkaBroker demo -Id 1 @at | Get-KafkaLog", "demo-kafka-1")]
    [InlineData("Get-ZooKeeperNode demo @at | Where-Object Node -eq demo-zk-1 | Get-KafkaLog", "demo-zk-1")]
    [InlineData("'0', 'demo-zk-1' | Get-KafkaLog demo @at", "demo-kafka-0 demo-zk-1")]
    public void Records_are_found(string command, string pods)
    {
        var found = Run(command).EnsureSuccess().Output.Select(r => (string)r.Properties["Pod"].Value).Order(StringComparer.Ordinal)
            .ToList();
        Assert.Equal(pods, pods == "one" && found.Count == 1 ? "one" : string.Join(' ', found));
    }

    [Theory]
    [InlineData("Get-KafkaLog demo 7 @at", "PodNotFound")]
    [InlineData("Get-KafkaLog demo -Since soon @at", "InvalidDuration")]
    [InlineData("Get-KafkaLog other @at", "ClusterNotFound")]
    public void What_is_not_there_is_an_error(string command, string id) =>
        Assert.Equal($"KafkaK8s.{id}", Assert.Single(Run(command).Errors).FullyQualifiedErrorId.Split(',')[0]);

    [Fact]
    public void The_table_has_a_line_for_each_record_and_fits()
    {
        string[] lines = engine.Format(Run("Get-KafkaLog demo @at").EnsureSuccess().Output).Split('\n',
            StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(lines, l => l.Contains("demo-kafka-1", StringComparison.Ordinal) && l.Contains("WARN", StringComparison.Ordinal)
            && l.Contains("of demo-kafka-1 (x)", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, l => l.Contains("more", StringComparison.Ordinal) || l.TrimEnd('\r').Length > 80);
    }

    private EngineResult Run(string command) =>
        engine.Run($"param($k) $at = @{{ KubeConfig = $k; Namespace = 'shop' }}; {command}", new { k = cluster.Server.KubeConfig });
}
