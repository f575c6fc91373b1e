using System.Globalization;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Kafka;

/// <summary>
/// A way from this machine to every broker of a cluster: a free port for each, which leads to the broker's tunnel listener. The
/// addresses that brokers name in their answers are replaced by these ports, so any number of tunnels stand side by side.
/// </summary>
internal sealed class Tunnel : IAsyncDisposable
{
    private readonly string cluster;
    private readonly Func<int, CancellationToken, Task<PodChannel>> open;
    private readonly TunnelLogin? login;
    private readonly Dictionary<int, TunnelPort> ports = [];
    private bool closed;

    /// <param name="cluster">The cluster, for errors.</param>
    /// <param name="brokers">Ids of its brokers.</param>
    /// <param name="open">Opens a way to a broker's tunnel listener.</param>
    /// <param name="login">What clients have to show at this machine's end; null for nothing.</param>
    /// <exception cref="ClusterException"><c>NoLocalPort</c>.</exception>
    public Tunnel(string cluster, IEnumerable<int> brokers, Func<int, CancellationToken, Task<PodChannel>> open, TunnelLogin? login = null)
    {
        this.cluster = cluster;
        this.open = open;
        this.login = login;
        string bootstrap = string.Join(',', brokers.Select(n => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{PortOf(n)}")));
        Entry = new TunnelEntry(bootstrap, login);
    }

    /// <summary>How a client comes in.</summary>
    public TunnelEntry Entry { get; }

    /// <summary>What goes through all of its ports.</summary>
    public TunnelTraffic Traffic
    {
        get
        {
            lock (ports)
                return ports.Values.Aggregate(default(TunnelTraffic), (sum, port) => sum + port.Traffic);
        }
    }

    /// <summary>A tunnel to the brokers' pods, through the API server. Where it leads to them as the operator, it asks for a
    /// login.</summary>
    /// <exception cref="ClusterException"><c>NoLocalPort</c>.</exception>
    public static Tunnel Open(BrokerSetView brokers) =>
        new($"{brokers.Names.Cluster} in the namespace {brokers.Namespace}", brokers.Brokers.Select(n => n.NodeId),
            (broker, cancel) => brokers.Door.OpenAsync(brokers.Broker(broker).Pod, ClusterNames.TunnelPort, cancel),
            brokers.Door.Identity is null ? null : TunnelLogin.New());

    /// <summary>
    /// The port of this machine that stands for a broker. A broker that joins later gets one when it is first named: what it
    /// advertises may lead to another cluster's tunnel.
    /// </summary>
    /// <exception cref="ClusterException"><c>NoLocalPort</c>.</exception>
    public int PortOf(int broker)
    {
        lock (ports)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            if (!ports.TryGetValue(broker, out var port))
                ports.Add(broker, port = new TunnelPort(cluster, cancel => open(broker, cancel), PortOf, login));
            return port.Number;
        }
    }

    /// <summary>Closes the ports and ends all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (ports)
            closed = true;
        await Task.WhenAll(ports.Values.Select(p => p.DisposeAsync().AsTask())).ConfigureAwait(false);
    }
}
