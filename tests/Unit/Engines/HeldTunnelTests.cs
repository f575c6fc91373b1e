using Confluent.Kafka;
using KafkaK8s.Core;
using KafkaK8s.Core.Operations;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>Tunnels held open for other clients, here librdkafka, on fake brokers.</summary>
public sealed class HeldTunnelTests
{
    [Fact]
    public async Task Another_client_finds_all_brokers_through_it_until_it_is_closed()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Kafka.Topic("orders", [0, 1, 2], [1, 2, 0], [2, 0, 1]);
        KafkaTunnel held;
        using (var connection = cluster.Connect()) // the tunnel holds it on
            held = await HeldTunnels.OpenAsync(connection, "shop", "demo", default);
        Assert.Contains(held, HeldTunnels.All);
        Assert.Equal(("Open", 3), (held.State, held.Bootstrap.Split(',').Length));

        using (var client = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = held.Bootstrap }).SetLogHandler((_, _) => { })
            .Build())
        {
            var metadata = client.GetMetadata(TimeSpan.FromSeconds(20));
            Assert.Equal(held.Bootstrap.Split(',').Order(), metadata.Brokers.Select(b => $"{b.Host}:{b.Port}").Order());
            // One that stays open for sure: the library may be between two of its own.
            using var open = new System.Net.Sockets.TcpClient();
            await open.ConnectAsync("127.0.0.1", int.Parse(held.Bootstrap.Split(',')[0].Split(':')[1]));
            for (int i = 0; held.Connections == 0 && i < 1000; i++)
                await Task.Delay(10);
            Assert.True(held.Connections > 0 && held.BytesSent > 0 && held.BytesReceived > held.BytesSent,
                $"{held.Connections} {held.BytesSent} {held.BytesReceived}");
        }

        await HeldTunnels.CloseAsync(held);
        await HeldTunnels.CloseAsync(held); // once more is no error
        Assert.Equal(("Closed", 0), (held.State, held.Connections));
        Assert.DoesNotContain(held, HeldTunnels.All);
        using var probe = new System.Net.Sockets.TcpClient();
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(
            () => probe.ConnectAsync("127.0.0.1", int.Parse(held.Bootstrap.Split(',')[0].Split(':')[1])));
    }

    [Fact]
    public async Task A_cluster_of_which_no_broker_answers_gets_none()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        cluster.Kafka.Down.UnionWith([0, 1, 2]);
        using var connection = cluster.Connect();
        int before = HeldTunnels.All.Count;
        Assert.Equal("KafkaSilent",
            (await Assert.ThrowsAsync<ClusterException>(() => HeldTunnels.OpenAsync(connection, "shop", "demo", default))).Id);
        Assert.Equal(before, HeldTunnels.All.Count);
    }
}
