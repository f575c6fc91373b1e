using System.Collections.Concurrent;

namespace KafkaK8s.Core.Kafka;

/// <summary>Asks one broker how it sees the cluster, by a single request of Kafka's own protocol: some milliseconds, no client
/// library.</summary>
internal static class BrokerMetadata
{
    /// <summary>
    /// Brokers that know version 0 alone, for some minutes. Kafka 0.9 takes a newer request badly: it logs an error, stays silent,
    /// and may drop what others sent it in that moment.
    /// </summary>
    private static readonly ConcurrentDictionary<(Uri Server, string Namespace, string Pod), long> OldBrokers = new();
    private static readonly TimeSpan OldFor = TimeSpan.FromMinutes(5);

    /// <summary>Asks the broker in a pod, through the API server.</summary>
    /// <exception cref="ClusterException"><c>PortForwardFailed</c>: nobody listens there. <c>BrokerSilent</c>: no sound answer in
    /// time.</exception>
    public static async Task<BrokerView> ReadAsync(BrokerDoor door, string pod, TimeSpan timeout, CancellationToken cancel) =>
        (await AskAsync(door, pod, timeout, cancel).ConfigureAwait(false)).View;

    /// <summary>The same, with the id of the Kafka cluster.</summary>
    public static async Task<BrokerAnswer> AskAsync(BrokerDoor door, string pod, TimeSpan timeout, CancellationToken cancel)
    {
        var key = (door.Connection.Server, door.Namespace, pod);
        bool old = OldBrokers.TryGetValue(key, out long until) && Environment.TickCount64 < until;
        var answer =
            await InBestVersionAsync($"The broker in the pod {pod}", old ? [0] : MetadataCodec.Versions, timeout, async (version, token) =>
        {
            byte[]? bytes = await BrokerRequest.SendAsync(door, pod, MetadataCodec.Request(version), token).ConfigureAwait(false);
            return bytes is null ? null : MetadataCodec.Response(version, bytes);
        }, cancel).ConfigureAwait(false);
        if (answer.Version == 0 && !old)
            OldBrokers[key] = Environment.TickCount64 + (long)OldFor.TotalMilliseconds;
        return answer;
    }

    /// <summary>
    /// Asks in the best version first. A broker too old for it closes the connection, or (0.9) says nothing at all: then older
    /// versions are tried in what is left of the time. The first version has most
    /// of it, so that a slow broker is not taken for an old one.
    /// </summary>
    private static async Task<BrokerAnswer> InBestVersionAsync(
        string who, IReadOnlyList<int> versions, TimeSpan timeout, Func<int, CancellationToken, Task<BrokerAnswer?>> ask,
        CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(timeout);
        Exception? last = null;
        foreach (int version in versions)
        {
            if (version == 1 && last is OperationCanceledException)
                continue; // who knows version 1 closes the connection on a newer one, and is not silent
            using var turn = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
            bool more = version != versions[^1];
            if (more)
                turn.CancelAfter(timeout * 0.7);
            try
            {
                if (await ask(version, turn.Token).ConfigureAwait(false) is { } answer)
                    return answer;
            }
            catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
            {
                last = e;
                if (limit.IsCancellationRequested)
                    break;
            }
            catch (Exception e) when (e is IOException or FormatException)
            {
                last = e;
            }
        }

        cancel.ThrowIfCancellationRequested();
        string why = last is null ? "it closes each connection"
            : last is OperationCanceledException ? $"no answer within {timeout.TotalSeconds:0.#} s" : last.Message;
        throw new ClusterException("BrokerSilent", last is OperationCanceledException ? FailureKind.Timeout : FailureKind.Unavailable, who,
            $"{who} does not answer a Metadata request: {why}.", last);
    }
}
