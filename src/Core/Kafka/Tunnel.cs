using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Spec;

namespace KafkaK8s.Core.Kafka;

/// <summary>
/// A way from this machine to every broker: 127.0.0.1:19092+N leads to the tunnel listener of broker N, which is advertised by just
/// that address. When another process of this machine holds the ports for the same cluster, its tunnel is shared.
/// </summary>
internal sealed class Tunnel : IAsyncDisposable
{
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(5);

    private readonly List<TunnelPort> ports;

    private Tunnel(IReadOnlyList<int> brokers, List<TunnelPort> ports)
    {
        Bootstrap = string.Join(',', brokers.Select(n => $"127.0.0.1:{PortOf(n)}"));
        this.ports = ports;
    }

    /// <summary>The brokers' addresses, for a client.</summary>
    public string Bootstrap { get; }

    /// <summary>True when the ports belong to another process, whose tunnel leads to the same cluster.</summary>
    public bool Shared => ports.Count == 0;

    /// <summary>What last went wrong on the way to each broker.</summary>
    public IReadOnlyDictionary<int, string> Failures => ports.Where(p => p.Failure is not null).ToDictionary(p => p.Broker, p => p.Failure!);

    /// <summary>Connections that are open now.</summary>
    public int Connections => ports.Sum(p => p.Connections);

    /// <summary>The port of this machine that stands for a broker.</summary>
    public static int PortOf(int broker) => ClusterNames.TunnelPortBase + broker;

    /// <summary>Opens the ports of all given brokers, or finds them open already and leading to the same cluster.</summary>
    /// <param name="connection">Connection to the API server.</param>
    /// <param name="ns">Namespace of the cluster.</param>
    /// <param name="names">Its names.</param>
    /// <param name="brokers">Ids of its brokers.</param>
    /// <param name="clusterId">Id of the Kafka cluster as its own brokers give it; null where that is unknown, and then nothing is shared.</param>
    /// <param name="cancel">Ends the opening.</param>
    /// <exception cref="ClusterException"><c>TunnelPortInUse</c>: a port belongs to something else.</exception>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The listeners pass to the ports, or are stopped.")]
    public static async Task<Tunnel> OpenAsync(KubeConnection connection, string ns, ClusterNames names, IReadOnlyList<int> brokers, string? clusterId, CancellationToken cancel)
    {
        var bound = new Dictionary<int, TcpListener>();
        var taken = new List<int>();
        foreach (int broker in brokers)
        {
            var listener = new TcpListener(IPAddress.Loopback, PortOf(broker));
            try
            {
                listener.Start();
                bound.Add(broker, listener);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                listener.Dispose();
                taken.Add(broker);
            }
        }

        if (taken.Count == 0)
            return new Tunnel(brokers, [.. bound.Select(b => new TunnelPort(connection, ns, names.BrokerPod(b.Key), b.Key, b.Value))]);
        foreach (var listener in bound.Values)
            listener.Dispose();
        string?[] found = await Task.WhenAll(taken.Select(n => ClusterIdAtAsync(PortOf(n), cancel))).ConfigureAwait(false);
        string?[] wrong = [.. found.Where(id => id is null || id != clusterId)];
        if (wrong.Length == 0 && bound.Count == 0)
            return new Tunnel(brokers, []);
        int first = wrong.Length == 0 ? taken[0] : taken[Array.FindIndex(found, id => id is null || id != clusterId)];
        string holder = wrong.Length == 0 ? "by a tunnel that leads to only some brokers of this cluster"
            : wrong[0] is string other ? $"by a tunnel to another Kafka cluster ({other})" : "by a program that is no Kafka tunnel";
        throw new ClusterException("TunnelPortInUse", FailureKind.Conflict, PortOf(first),
            $"The port {PortOf(first)} of this machine, which stands for broker {first} of {names.Cluster}, is in use {holder}. "
            + "End that program or wait for it, or check with -ConsoleTools, which needs no port.");
    }

    /// <summary>Closes the ports and ends all connections.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(ports.Select(p => p.DisposeAsync().AsTask())).ConfigureAwait(false);

    private static async Task<string?> ClusterIdAtAsync(int port, CancellationToken cancel)
    {
        try
        {
            return (await BrokerMetadata.AskLocalAsync(port, AskLimit, cancel).ConfigureAwait(false)).ClusterId;
        }
        catch (ClusterException)
        {
            return null;
        }
    }
}
