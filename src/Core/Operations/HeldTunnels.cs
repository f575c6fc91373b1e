using System.Collections.Concurrent;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Core.Operations;

/// <summary>Tunnels that are held open until somebody closes them, or the process ends.</summary>
internal static class HeldTunnels
{
    private static readonly ConcurrentDictionary<KafkaTunnel, (Tunnel Tunnel, KubeConnection Connection)> Open = [];

    /// <summary>All that are open.</summary>
    public static IReadOnlyList<KafkaTunnel> All => [.. Open.Keys.OrderBy(t => t.Since)];

    /// <summary>Opens one. Each connection of a client gets a way of its own: a way that is cut costs that client a new
    /// connection.</summary>
    /// <exception cref="ClusterException"><c>ClusterNotFound</c>; <c>KafkaSilent</c>: no broker answers through it.</exception>
    public static async Task<KafkaTunnel> OpenAsync(KubeConnection connection, string ns, string cluster, CancellationToken cancel)
    {
        var brokers = await BrokerSetView.FindAsync(connection, ns, cluster, cancel).ConfigureAwait(false);
        await TopicReader.PartitionsAsync(brokers, cancel).ConfigureAwait(false); // or nobody could use it
        connection.Hold();
        var tunnel = Tunnel.Open(brokers);
        var origin = connection.Origin;
        KafkaTunnel held = null!;
        held = new KafkaTunnel(() => Open.TryGetValue(held, out var open) && open.Tunnel.Traffic is var traffic
            ? (traffic.Connections, traffic.Sent, traffic.Received) : null)
        {
            Cluster = cluster,
            Namespace = ns,
            Bootstrap = tunnel.Entry.Bootstrap,
            Password = tunnel.Entry.Login?.Password,
            Since = DateTimeOffset.Now,
            Context = origin.Context,
            KubeConfig = origin.KubeConfig,
            Connection = origin.Connection,
        };
        Open[held] = (tunnel, connection);
        return held;
    }

    /// <summary>Closes one; nothing is to be done where it is closed already.</summary>
    public static async Task CloseAsync(KafkaTunnel held)
    {
        if (!Open.TryRemove(held, out var open))
            return;
        await open.Tunnel.DisposeAsync().ConfigureAwait(false);
        open.Connection.Dispose();
    }
}
