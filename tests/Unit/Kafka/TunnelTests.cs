using Confluent.Kafka;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

/// <summary>The native client, through tunnels over port-forwards, to the brokers of two clusters that name the same addresses.</summary>
public sealed class TunnelTests
{
    [Fact]
    public async Task Tunnels_to_two_clusters_and_two_to_one_stand_side_by_side()
    {
        var (first, second) = (await ClusterAsync("first-topic"), await ClusterAsync("second-topic"));
        await using var firstServer = first.Server;
        await using var secondServer = second.Server;
        using var toFirst = first.Connect();
        using var toSecond = second.Connect();
        await using var a = await OpenAsync(toFirst);
        await using var b = await OpenAsync(toSecond);
        await using var c = await OpenAsync(toFirst);
        string[] found = await Task.WhenAll(new[] { a, b, c }.Select(t => Task.Run(() => Ask(t))));
        Assert.Equal(
            [$"first-topic {a.PortOf(0)} {a.PortOf(1)}", $"second-topic {b.PortOf(0)} {b.PortOf(1)}",
            $"first-topic {c.PortOf(0)} {c.PortOf(1)}"],
            found);
    }

    [Fact]
    public async Task A_broker_that_joined_after_the_tunnel_was_opened_gets_a_port()
    {
        var cluster = await ClusterAsync("orders");
        await using var server = cluster.Server;
        using var connection = cluster.Connect();
        await using var tunnel = await OpenAsync(connection);
        server.Store.Change("apps/v1", "statefulsets", cluster.Namespace, cluster.BrokerSet, set => set["spec"]!["replicas"] = 3);
        await cluster.ReadyAsync();
        Assert.Equal($"orders {tunnel.PortOf(0)} {tunnel.PortOf(1)} {tunnel.PortOf(2)}", Ask(tunnel));
    }

    [Fact]
    public async Task The_client_outlives_a_broker_that_is_away_and_ways_that_break()
    {
        var cluster = await ClusterAsync("orders");
        await using var server = cluster.Server;
        using var connection = cluster.Connect();
        await using var tunnel = await OpenAsync(connection);
        cluster.Kafka.Down.Add(0);
        server.Faults.Add(Fault.Error, r => r.IsSocket, times: 2);
        server.Faults.Add(Fault.Cut, r => r.IsSocket, times: 3);
        Assert.Equal($"orders {tunnel.PortOf(1)}", Ask(tunnel));
        Assert.True(server.Faults.Count >= 5);
    }

    [Fact]
    public async Task A_closed_tunnel_gives_no_port()
    {
        var cluster = await ClusterAsync("orders");
        await using var server = cluster.Server;
        using var connection = cluster.Connect();
        var tunnel = await OpenAsync(connection);
        await tunnel.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => tunnel.PortOf(5));
    }

    private static async Task<FakeCluster> ClusterAsync(string topic)
    {
        var cluster = await FakeCluster.StartAsync(servers: 1, brokers: 2);
        cluster.Kafka.Topic(topic, [0, 1]);
        return cluster;
    }

    private static async Task<Tunnel> OpenAsync(KubeConnection connection) =>
        Tunnel.Open(await BrokerSetView.FindAsync(connection, "shop", "demo", default));

    /// <returns>The topic that the brokers name, and their ports.</returns>
    private static string Ask(Tunnel tunnel)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = tunnel.Entry.Bootstrap }).SetLogHandler((_, _) => { })
            .Build();
        var metadata = admin.GetMetadata(TimeSpan.FromSeconds(20));
        return $"{metadata.Topics.Single().Topic} {string.Join(' ', metadata.Brokers.OrderBy(b => b.BrokerId).Select(b => b.Port))}";
    }
}
