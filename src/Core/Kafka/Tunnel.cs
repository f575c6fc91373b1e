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
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan TakeOverPause = TimeSpan.FromMilliseconds(100);

    private readonly Func<int, TcpListener, TunnelPort> port;
    private readonly List<TunnelPort> ports;
    private readonly CancellationTokenSource stop = new();
    private readonly Task takingOver;

    private Tunnel(IReadOnlyList<int> brokers, IReadOnlyDictionary<int, TcpListener> own, Func<int, TcpListener, TunnelPort> port)
    {
        this.port = port;
        Bootstrap = string.Join(',', brokers.Select(n => $"127.0.0.1:{PortOf(n)}"));
        ports = [.. own.Select(b => port(b.Key, b.Value))];
        Shared = [.. brokers.Where(n => !own.ContainsKey(n))];
        takingOver = Shared.Count == 0 ? Task.CompletedTask : Task.Run(TakeOverAsync);
    }

    /// <summary>The brokers' addresses, for a client.</summary>
    public string Bootstrap { get; }

    /// <summary>Brokers whose ports belonged to another process at the start, and lead to the same cluster.</summary>
    public IReadOnlyList<int> Shared { get; }

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
    public static async Task<Tunnel> OpenAsync(KubeConnection connection, string ns, ClusterNames names, IReadOnlyList<int> brokers, string? clusterId, CancellationToken cancel)
    {
        var own = new Dictionary<int, TcpListener>();
        foreach (int broker in brokers)
        {
            if (TryBind(broker) is { } listener)
                own.Add(broker, listener);
        }

        try
        {
            int[] taken = [.. brokers.Where(n => !own.ContainsKey(n))];
            string?[] found = await Task.WhenAll(taken.Select(n => ClusterIdAtAsync(PortOf(n), cancel))).ConfigureAwait(false);
            for (int i = 0; i < taken.Length; i++)
            {
                if (found[i] is null || found[i] != clusterId)
                    throw InUse(names.Cluster, taken[i], found[i]);
            }
        }
        catch
        {
            foreach (var listener in own.Values)
                listener.Dispose();
            throw;
        }

        return new Tunnel(brokers, own, (broker, listener) => new TunnelPort(connection, ns, names.BrokerPod(broker), listener));
    }

    /// <summary>Closes the ports and ends all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await takingOver.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(ports.Select(p => p.DisposeAsync().AsTask())).ConfigureAwait(false);
        stop.Dispose();
    }

    /// <summary>A shared port ends with its owner; then it becomes ours, before the client that lost it has waited long.</summary>
    private async Task TakeOverAsync()
    {
        var others = Shared.ToHashSet();
        while (others.Count > 0)
        {
            await Task.Delay(TakeOverPause, stop.Token).ConfigureAwait(false);
            foreach (int broker in others.ToList())
            {
                if (TryBind(broker) is not { } listener)
                    continue;
                ports.Add(port(broker, listener));
                others.Remove(broker);
            }
        }
    }

    /// <returns>Null when the port is taken.</returns>
    private static TcpListener? TryBind(int broker)
    {
        var listener = new TcpListener(IPAddress.Loopback, PortOf(broker));
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            listener.Dispose();
            return null;
        }
    }

    private static ClusterException InUse(string cluster, int broker, string? otherId) =>
        new("TunnelPortInUse", FailureKind.Conflict, PortOf(broker),
            $"The port {PortOf(broker)} of this machine, which stands for broker {broker} of {cluster}, is in use by "
            + (otherId is null ? "a program that is no Kafka tunnel. " : $"a tunnel to another Kafka cluster ({otherId}). ")
            + "End that program or wait for it, or check with -ConsoleTools, which needs no port.");

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
