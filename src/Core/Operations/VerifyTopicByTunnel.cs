using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Core.Operations;

/// <summary>The check with the native client on this machine, through the tunnel.</summary>
internal static class VerifyTopicByTunnel
{
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RemovalPatience = TimeSpan.FromSeconds(15); // while nobody waits for Ctrl+C; a busy cluster takes its time
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest time for one message: more than the pause of a lost broker together with a lost ZooKeeper leader (30 s, measured).</summary>
    private static readonly TimeSpan LongestSend = TimeSpan.FromSeconds(45);

    /// <summary>Share of the time left that sending may take: reading back and cleaning up need the rest.</summary>
    private const double ProduceShare = 0.7;

    /// <summary>Runs the check.</summary>
    public static async Task<TopicVerification> RunAsync(
        KubeConnection connection, BrokerSetView brokers, VerifyTopicRequest request, ChannelWriter<OperationEvent> events, CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan Left() => request.Timeout - Stopwatch.GetElapsedTime(start);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(request.Timeout);
        string topic = request.Topic ?? TopicName.Make(DateTimeOffset.UtcNow);

        events.TryWrite(new Waiting("Brokers", $"asking {brokers.Count} brokers"));
        var before = await BrokerLooks.TakeAsync(connection, brokers.Namespace, brokers.Names, brokers.Ids, Shorter(LookLimit, Left()), cancel).ConfigureAwait(false);
        var facts = new VerificationFacts
        {
            Cluster = brokers.Names.Cluster,
            Namespace = brokers.Namespace,
            Topic = topic,
            OwnTopic = request.Topic is null,
            Wanted = request.MessageCount,
            Path = VerificationPath.Tunnel,
            Client = VerificationClient.Version,
            KeepTopic = request.KeepTopic,
            Before = before,
        };
        foreach (var silent in before.Where(b => b.Answer is null))
            events.TryWrite(new Warned($"Broker {silent.Broker} does not answer: {silent.Failure}"));
        var answers = before.Select(b => b.Answer).OfType<BrokerAnswer>().ToList();
        if (answers.Count == 0)
            return VerificationReport.Compose(facts with { Duration = Stopwatch.GetElapsedTime(start) });
        if (answers.Max(a => a.Version) < MetadataCodec.Newest)
        {
            throw new ClusterException("BrokerTooOld", FailureKind.InvalidInput, brokers.Image,
                $"The brokers of {brokers.Names.Cluster} (image {brokers.Image}) are older than Kafka 0.11, which the native client needs. Check them with -ConsoleTools.");
        }

        if (request.Topic is not null && !answers.Any(a => a.View.Partitions.Any(p => p.Topic == request.Topic)))
            throw TopicName.NotFound(request.Topic, brokers.Names.Cluster, answers);

        var tunnel = Tunnel.Open(connection, brokers);
        await using (tunnel.ConfigureAwait(false))
        {
            using var client = new VerificationClient(tunnel.Bootstrap, Shorter(LongestSend, Left() * ProduceShare), request.MessageSize);
            facts = await ExchangeAsync(connection, client, brokers, request, facts, events, Left, limit.Token, cancel).ConfigureAwait(false);
        }

        return VerificationReport.Compose(facts with { Duration = Stopwatch.GetElapsedTime(start) });
    }

    private static async Task<VerificationFacts> ExchangeAsync(
        KubeConnection connection, VerificationClient client, BrokerSetView brokers, VerifyTopicRequest request, VerificationFacts facts,
        ChannelWriter<OperationEvent> events, Func<TimeSpan> left, CancellationToken limit, CancellationToken cancel)
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
                // A topic in the making is waited for: made after its removal, it would stay.
                await making.WaitAsync(RemovalLimit, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                facts = facts with
                {
                    RemovalFailure = await TopicRemoval.RemoveAsync(connection, brokers.Namespace, brokers.Names, brokers.Ids, facts.Topic, cancel.IsCancellationRequested ? RemovalLimit : RemovalPatience).ConfigureAwait(false),
                };
            }
        }

        cancel.ThrowIfCancellationRequested();
        return facts;

        async Task<VerificationFacts> WithTopicAsync()
        {
            if (facts.OwnTopic)
            {
                // The controller counts; a broker that has just died still counts as well, and a copy on it is one to spare.
                int alive = facts.Before.Max(b => b.Answer?.View.Brokers.Count ?? 0);
                int partitions = Math.Max(brokers.Count, request.Partitions ?? brokers.Count * 2);
                events.TryWrite(new Waiting("Topic", $"making {facts.Topic} with {partitions} partitions"));
                var creating = client.CreateTopicAsync(facts.Topic, partitions, Math.Min(brokers.DefaultReplicationFactor, alive), Shorter(TimeSpan.FromSeconds(30), left()));
                making = creating;
                if (await creating.WaitAsync(cancel).ConfigureAwait(false) is string failure)
                    return facts with { TopicFailure = failure };
            }

            var seen = await client.PartitionsAsync(facts.Topic, limit).ConfigureAwait(false);
            var so = facts with { Partitions = seen, TopicFailure = seen.Count == 0 ? "no broker gives its partitions" : null };
            if (seen.Count > 0 && !limit.IsCancellationRequested)
                so = await client.ExchangeAsync(so, request.MessageCount, request.MessageSize, left() * ProduceShare, Progress, limit, cancel).ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
            so = so with { TimeOut = limit.IsCancellationRequested ? request.Timeout : null };
            events.TryWrite(new Waiting("Brokers", $"asking {brokers.Count} brokers again"));
            // While the topic stands; and with a limit of its own: the end of the time ends the traffic, not this last look.
            return so with { After = await BrokerLooks.TakeAsync(connection, brokers.Namespace, brokers.Names, brokers.Ids, LookLimit, cancel).ConfigureAwait(false) };
        }

        async Task Progress(Task work, string phase, string verb, Func<long> done)
        {
            while (!work.IsCompleted)
            {
                long n = done();
                events.TryWrite(new Waiting(phase, string.Create(CultureInfo.InvariantCulture, $"{n:N0} of {request.MessageCount:N0} {verb}"), (int)(n * 100 / Math.Max(1, request.MessageCount))));
                await Task.WhenAny(work, Task.Delay(Tick, CancellationToken.None)).ConfigureAwait(false);
            }

            await work.ConfigureAwait(false);
        }
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b > TimeSpan.FromSeconds(1) ? b : TimeSpan.FromSeconds(1);
}
