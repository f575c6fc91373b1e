using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Kafka;

/// <summary>A broker asked for its view: the view, or why there is none.</summary>
/// <param name="Broker">Its id.</param>
/// <param name="Answer">What it said.</param>
/// <param name="Failure">Why it said nothing.</param>
internal sealed record BrokerProbe(int Broker, BrokerAnswer? Answer, string? Failure)
{
    /// <summary>Whether it took the connection and gave no answer.</summary>
    public bool IsSilent { get; init; }
}

/// <summary>Asks all brokers of a cluster at the same time.</summary>
internal static class BrokerProbes
{
    /// <summary>Asks each broker once. One that cannot be asked is a finding; an API server that cannot be asked is an error.</summary>
    public static async Task<IReadOnlyList<BrokerProbe>> TakeAsync(
        BrokerDoor door, IEnumerable<NodeRef> brokers, TimeSpan timeout, CancellationToken cancel) =>
        await Task.WhenAll(brokers.Select(async node =>
        {
            try
            {
                var answer = await BrokerMetadata.AskAsync(door, node.Pod, timeout, cancel).ConfigureAwait(false);
                return new BrokerProbe(node.NodeId, answer, null);
            }
            catch (ClusterException e) when (e.Id is "PortForwardFailed" or "BrokerSilent" or "TlsFailed")
            {
                return new BrokerProbe(node.NodeId, null, e.Message) { IsSilent = e.Id == "BrokerSilent" };
            }
        })).ConfigureAwait(false);
}
