using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

/// <summary>Connect- and Disconnect-KafkaCluster, and what a client is told.</summary>
public sealed class ConnectTests : IAsyncLifetime
{
    private readonly EngineSession engine = BuiltModule.Open();
    private FakeCluster cluster = null!;

    public async Task InitializeAsync() => cluster = await FakeCluster.StartAsync();

    public async Task DisposeAsync()
    {
        Run("Disconnect-KafkaCluster");
        engine.Dispose();
        await cluster.Server.DisposeAsync();
    }

    [Theory]
    [InlineData("$tunnel | Disconnect-KafkaCluster")]
    [InlineData("Disconnect-KafkaCluster -Tunnel $tunnel")]
    [InlineData("Disconnect-KafkaCluster demo")]
    [InlineData("'de*' | Disconnect-KafkaCluster")]
    [InlineData("Disconnect-KafkaCluster")]
    public void A_tunnel_is_open_until_it_is_closed(string close)
    {
        var states =
            Run(
                $"$tunnel = Connect-KafkaCluster demo @at; $tunnel.State; Disconnect-KafkaCluster other; $tunnel.State; {close}; "
                    + $"$tunnel.State").EnsureSuccess().Output;
        Assert.Equal(["Open", "Open", "Closed"], states.Select(s => s.ToString()));
    }

    [Fact]
    public void A_client_of_this_machine_gets_the_tunnels_addresses_and_one_inside_the_brokers()
    {
        var lines =
            Run(
                "$tunnel = Connect-KafkaCluster demo @at; $tunnel.Bootstrap; $tunnel | Get-KafkaClientConfig -Format Java; "
                    + "Get-KafkaClientConfig demo @at -Format Java").EnsureSuccess().Output.Select(o => o.ToString()).ToList();
        Assert.Equal($"bootstrap.servers={lines[0]}", lines[1]);
        Assert.Equal("security.protocol=PLAINTEXT", lines[2]);
        Assert.StartsWith("bootstrap.servers=demo-kafka-0.demo-kafka-headless.shop.svc", lines[3], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Librdkafka", "security.protocol=plaintext")]
    [InlineData("Spring", "    bootstrap-servers: ")]
    [InlineData("DotNet", "\"BootstrapServers\": ")]
    public void Each_client_is_told_in_its_own_form(string format, string part)
    {
        string text = string.Join('\n',
            Run($"Get-KafkaClientConfig demo @at -Format {format}").EnsureSuccess().Output.Select(o => o.ToString()));
        Assert.Contains(part, text, StringComparison.Ordinal);
        if (format == "DotNet")
            Assert.NotNull(System.Text.Json.Nodes.JsonNode.Parse(text)!["Kafka"]!["BootstrapServers"]);
    }

    private EngineResult Run(string command) =>
        engine.Run($"param($k) $at = @{{ KubeConfig = $k; Namespace = 'shop' }}; {command}", new { k = cluster.Server.KubeConfig });
}
