using Confluent.Kafka;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

/// <summary>The native client, through tunnels, to brokers that all advertise the same ports of this machine, as those of two clusters do.</summary>
public sealed class TunnelTests
{
    [Fact]
    public async Task Tunnels_to_two_clusters_and_two_to_one_stand_side_by_side()
    {
        await using var first = Broker("first-cluster");
        await using var second = Broker("second-cluster");
        await using var a = Open(first);
        await using var b = Open(second);
        await using var c = Open(first);
        string[] found = await Task.WhenAll(new[] { a, b, c }.Select(t => Task.Run(() => Ask(t))));
        Assert.Equal(
            [$"first-cluster {a.PortOf(0)} {a.PortOf(1)}", $"second-cluster {b.PortOf(0)} {b.PortOf(1)}", $"first-cluster {c.PortOf(0)} {c.PortOf(1)}"],
            found);
    }

    [Fact]
    public async Task A_closed_tunnel_gives_no_port()
    {
        await using var broker = Broker("x");
        var tunnel = Open(broker);
        await tunnel.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => tunnel.PortOf(5));
    }

    private static Tunnel Open(FakeBroker broker) => new("demo in the namespace x", [0], (_, cancel) => FakePortForward.OpenAsync(broker.Port, cancel));

    /// <returns>The topic that the brokers name, and their ports; broker 1 is one that the tunnel was not opened for.</returns>
    private static string Ask(Tunnel tunnel)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = tunnel.Bootstrap }).SetLogHandler((_, _) => { }).Build();
        var metadata = admin.GetMetadata(TimeSpan.FromSeconds(20));
        return $"{metadata.Topics.Single().Topic} {string.Join(' ', metadata.Brokers.OrderBy(b => b.BrokerId).Select(b => b.Port))}";
    }

    private static FakeBroker Broker(string topic) => new((key, version, correlation) =>
    {
        var frame = new WireWriter(version >= (key == 18 ? 3 : 9));
        frame.Int32(0);
        frame.Int32(correlation);
        if (key == 18)
        {
            frame.Int16(0);
            (short Key, short Newest)[] keys = [(0, 12), (1, 17), (3, 13), (10, 6), (18, 3)];
            frame.Count(keys.Length);
            foreach (var (known, newest) in keys)
            {
                frame.Int16(known);
                frame.Int16(0);
                frame.Int16(newest);
                frame.Tags();
            }

            if (version >= 1)
                frame.Int32(0);
            frame.Tags();
            return frame.Frame();
        }

        Assert.Equal((3, 12), (key, version)); // held down from 13
        frame.Tags();
        frame.Int32(0);
        frame.Count(2);
        for (int id = 0; id < 2; id++)
        {
            frame.Int32(id);
            frame.Text("127.0.0.1");
            frame.Int32(19092 + id);
            frame.Text(null);
            frame.Tags();
        }

        frame.Text("an id");
        frame.Int32(0);
        frame.Count(1);
        frame.Int16(0);
        frame.Text(topic);
        frame.Int64(1); // id of the topic, 16 bytes
        frame.Int64(2);
        frame.Int8(0);
        frame.Count(1);
        frame.Int16(0);
        frame.Int32(0);
        frame.Int32(0);
        frame.Int32(5);
        foreach (int n in new[] { 1, 1, 0 })
        {
            frame.Count(n);
            if (n == 1)
                frame.Int32(0);
        }

        frame.Tags();
        frame.Int32(int.MinValue);
        frame.Tags();
        frame.Tags();
        return frame.Frame();
    });
}
