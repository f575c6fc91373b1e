using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Spec;

namespace KafkaK8s.Core.Kafka;

/// <summary>Asks all brokers of a cluster at the same time.</summary>
internal static class BrokerLooks
{
    /// <summary>One look at each broker. A broker that cannot be asked is a finding; an API server that cannot be asked is an error.</summary>
    public static async Task<IReadOnlyList<BrokerLook>> TakeAsync(
        KubeConnection connection, string ns, ClusterNames names, IEnumerable<int> brokers, TimeSpan timeout, CancellationToken cancel) =>
        await Task.WhenAll(brokers.Select(async id =>
        {
            try
            {
                return new BrokerLook(id, await BrokerMetadata.AskAsync(connection, ns, names.BrokerPod(id), timeout, cancel).ConfigureAwait(false), null);
            }
            catch (ClusterException e) when (e.Id is "PortForwardFailed" or "BrokerSilent")
            {
                return new BrokerLook(id, null, e.Message);
            }
        })).ConfigureAwait(false);
}
