using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Security;

namespace KafkaK8s.Core.Kafka;

/// <summary>How the brokers of a cluster are reached from here: through the API server, and where they want TLS, as its operator.</summary>
/// <param name="Connection">Connection to the API server.</param>
/// <param name="Names">Names of the cluster.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Identity">What is shown to the brokers; null where they speak plaintext.</param>
internal sealed record BrokerDoor(KubeConnection Connection, ClusterNames Names, string Namespace, OperatorIdentity? Identity = null)
{
    /// <summary>The door of a cluster as its StatefulSets say; for TLS it reads the operator's Secret.</summary>
    /// <exception cref="ClusterException">As <see cref="OperatorIdentity.ReadAsync"/>.</exception>
    public static async Task<BrokerDoor> OfAsync(KubeConnection connection, ClusterModel model, CancellationToken cancel) =>
        new(connection, model.Names, model.Namespace, model.IsSecure
            ? await OperatorIdentity.ReadAsync(connection, model.Namespace, model.Names, cancel).ConfigureAwait(false) : null);

    /// <summary>Opens a way to a port of a broker's pod.</summary>
    /// <exception cref="ClusterException"><c>PortForwardFailed</c>, <c>TlsFailed</c>, or the API server's own.</exception>
    public async Task<PodChannel> OpenAsync(string pod, int port, CancellationToken cancel)
    {
        var stream = await PodStream.OpenAsync(Connection, Namespace, pod, port, cancel).ConfigureAwait(false);
        return Identity is null ? stream
            : await TlsChannel.OpenAsync(stream, Identity.For($"{pod}.{Names.BrokerHeadless}.{Namespace}.svc"), cancel)
                .ConfigureAwait(false);
    }
}
