using System.Globalization;
using System.Threading.Channels;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Running;
using KafkaK8s.Core.Verification;

namespace KafkaK8s.Core.Operations;

/// <summary>The check with the native client on this machine, through the tunnel.</summary>
internal static class VerifyTopicByTunnel
{
    /// <summary>Longest time for one message: more than the pause of a lost broker together with a lost ZooKeeper leader (30 s,
    /// measured).</summary>
    private static readonly TimeSpan LongestSend = TimeSpan.FromSeconds(45);

    /// <summary>Share of the time left that sending may take: reading back and cleaning up need the rest.</summary>
    private const double ProduceShare = 0.7;

    /// <summary>Exchanges the messages.</summary>
    /// <exception cref="ClusterException"><c>BrokerTooOld</c>.</exception>
    public static async Task<VerificationFacts> RunAsync(
        KubeConnection connection, BrokerSetView brokers, VerifyTopicRequest request, VerificationFacts facts, VerifyTime time,
        ChannelWriter<OperationEvent> events, CancellationToken limit, CancellationToken cancel)
    {
        if (facts.Answers.Max(a => a.Version) < MetadataCodec.Newest)
        {
            throw new ClusterException("BrokerTooOld", FailureKind.InvalidInput, brokers.Image,
                $"The brokers of {brokers.Names.Cluster} (image {brokers.Image}) are older than Kafka 0.11, which the native client "
                    + $"needs. Check them with -ConsoleTools.");
        }

        var tunnel = Tunnel.Open(brokers);
        await using (tunnel.ConfigureAwait(false))
        {
            using var client = new VerificationClient(tunnel.Entry, Shorter(LongestSend, time.Left * ProduceShare), request.MessageSize,
                facts.LargestBatch);
            return await ExchangeAsync(connection, client, brokers, request, facts, events, time, limit, cancel).ConfigureAwait(false);
        }
    }

    private static async Task<VerificationFacts> ExchangeAsync(
        KubeConnection connection, VerificationClient client, BrokerSetView brokers, VerifyTopicRequest request, VerificationFacts facts,
        ChannelWriter<OperationEvent> events, VerifyTime time, CancellationToken limit, CancellationToken cancel)
    {
        Task making = Task.CompletedTask;
        try
        {
            facts = await WithTopicAsync().ConfigureAwait(false);
        }
        finally
        {
            if (facts.OwnTopic && !request.KeepTopic)
            {
                await VerifyTopicSteps.MadeAsync(making).ConfigureAwait(false);
                facts = await VerifyTopicSteps.RemoveTopicAsync(connection, brokers, facts, cancel).ConfigureAwait(false);
            }
        }

        cancel.ThrowIfCancellationRequested();
        return facts;

        async Task<VerificationFacts> WithTopicAsync()
        {
            if (facts.OwnTopic)
            {
                int partitions = VerifyTopicSteps.Partitions(brokers, request);
                events.TryWrite(new Waiting("Topic", $"making {facts.Topic} with {partitions} partitions"));
                var creating = client.CreateTopicAsync(facts.Topic, partitions, VerifyTopicSteps.Copies(brokers, facts),
                    Shorter(TimeSpan.FromSeconds(30), time.Left));
                making = creating;
                if (await creating.WaitAsync(cancel).ConfigureAwait(false) is string failure)
                    return facts with { TopicFailure = failure };
            }

            var seen = await client.PartitionsAsync(facts.Topic, limit).ConfigureAwait(false);
            var so = facts with { Partitions = seen, TopicFailure = seen.Count == 0 ? "no broker gives its partitions" : null };
            if (seen.Count > 0 && !limit.IsCancellationRequested)
            {
                so = await client.ExchangeAsync(so, request.MessageCount, request.MessageSize, time.Left * ProduceShare,
                    () => PartitionOffsets.EndsAsync(brokers, seen, PartitionOffsets.Patience, limit, cancel), Progress, limit,
                    cancel).ConfigureAwait(false);
            }

            cancel.ThrowIfCancellationRequested();
            so = so with { TimeOut = limit.IsCancellationRequested ? request.Timeout : null };
            events.TryWrite(new Waiting("Brokers", $"asking {brokers.Count} brokers again"));
            // While the topic stands; and with a limit of its own: the end of the time ends the traffic, not this last look.
            return so with { After = await VerifyTopicSteps.LookAsync(connection, brokers, cancel).ConfigureAwait(false) };
        }

        async Task Progress(Task work, string phase, string verb, Func<long> done)
        {
            while (!work.IsCompleted)
            {
                long n = done();
                events.TryWrite(new Waiting(phase, string.Create(CultureInfo.InvariantCulture,
                    $"{n:N0} of {request.MessageCount:N0} {verb}"), (int)(n * 100 / Math.Max(1, request.MessageCount))));
                await Task.WhenAny(work, Task.Delay(VerifyTopicSteps.Tick, CancellationToken.None)).ConfigureAwait(false);
            }

            await work.ConfigureAwait(false);
        }
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b > TimeSpan.FromSeconds(1) ? b : TimeSpan.FromSeconds(1);
}
