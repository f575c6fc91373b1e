using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Running;
using KafkaK8s.Core.Verification;

namespace KafkaK8s.Core.Operations;

/// <summary>The check with Kafka's console tools: sent from one short-lived pod, read in another, on another node where there is one.
/// Nothing of this machine but the API server's address takes part.</summary>
internal static class VerifyTopicByConsole
{
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(10);

    /// <summary>Words of a pod's state that waiting alone seldom mends.</summary>
    private static readonly string[] Stuck = ["no node takes it", "ErrImage", "ImagePull", "InvalidImageName",
        "CreateContainerConfigError"];

    /// <summary>How long the second pod may take to start: where no node has room for it, it never does.</summary>
    private static readonly TimeSpan SecondPatience = TimeSpan.FromSeconds(30);

    /// <summary>Share of the time left that sending may take.</summary>
    private const double ProduceShare = 0.6;

    /// <summary>Exchanges the messages.</summary>
    public static async Task<VerificationFacts> RunAsync(
        KubeConnection connection, BrokerSetView brokers, VerifyTopicRequest request, VerificationFacts facts, VerifyTime time,
        ChannelWriter<OperationEvent> events, CancellationToken limit, CancellationToken cancel)
    {
        bool warned = false;
        Task making = Task.CompletedTask;
        bool removable = facts.Answers.Max(a => a.Version) >= MetadataCodec.Newest;
        var pod = await StartAsync(limit).ConfigureAwait(false);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(limit);
        patience.CancelAfter(SecondPatience);
        var second = TryAsync(StartAsync(patience.Token)); // while the first makes the topic and sends
        try
        {
            var tools = await ConsoleTools.InAsync(pod, brokers, limit).ConfigureAwait(false);
            facts = facts with { Client = tools.Client, SentFrom = pod.Node };
            try
            {
                facts = await ExchangeAsync(tools, facts).ConfigureAwait(false);
                // while the topic stands
                facts = facts with { After = await VerifyTopicSteps.LookAsync(connection, brokers, cancel).ConfigureAwait(false) };
            }
            finally
            {
                if (facts.OwnTopic && !request.KeepTopic && !removable)
                    facts = facts with { RemovalFailure = await MarkAsync(tools, facts.Topic).ConfigureAwait(false) };
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            facts = facts with { TimeOut = request.Timeout };
        }
        finally
        {
            await VerifyTopicSteps.MadeAsync(making).ConfigureAwait(false);
            await patience.CancelAsync().ConfigureAwait(false);
            foreach (var made in new[] { pod, (await second.ConfigureAwait(false)).Pod }.OfType<ConsolePod>())
            {
                await made.DisposeAsync().ConfigureAwait(false);
                if (made.RemovalFailure is not null)
                    events.TryWrite(new Warned(made.RemovalFailure));
            }

            if (facts.OwnTopic && !request.KeepTopic && removable)
                facts = await VerifyTopicSteps.RemoveTopicAsync(connection, brokers, facts, cancel).ConfigureAwait(false);
        }

        cancel.ThrowIfCancellationRequested();
        if (facts.TopicFailure is null && facts.Books.Sum(b => b.Received) < request.MessageCount)
            facts = await VerifyTopicSteps.WithQuotasAsync(connection, brokers, facts, cancel).ConfigureAwait(false);
        return facts with { TimeOut = limit.IsCancellationRequested ? request.Timeout : facts.TimeOut };

        Task<ConsolePod> StartAsync(CancellationToken end) =>
            ConsolePod.StartAsync(connection, brokers, request.Timeout + TimeSpan.FromMinutes(2), PodWaits, end);

        static async Task<(ConsolePod? Pod, string? Why)> TryAsync(Task<ConsolePod> start)
        {
            try
            {
                return (await start.ConfigureAwait(false), null);
            }
            catch (Exception e) when (e is ClusterException or OperationCanceledException)
            {
                return (null, e.Message);
            }
        }

        void PodWaits(string state)
        {
            events.TryWrite(new Waiting("Pod", $"waiting for the pod of the console tools: {state}"));
            if (warned || !Stuck.Any(word => state.Contains(word, StringComparison.Ordinal)))
                return;
            warned = true;
            events.TryWrite(new Warned($"The pod of the console tools does not start: {state}"));
        }

        async Task<VerificationFacts> ExchangeAsync(ConsoleTools tools, VerificationFacts so)
        {
            string? said = null;
            if (so.OwnTopic)
            {
                var creating = tools.CreateTopicAsync(so.Topic, VerifyTopicSteps.Partitions(brokers, request),
                    VerifyTopicSteps.Copies(brokers, so), time.Left, CancellationToken.None);
                making = creating;
                said = await ShowAsync(creating, "Topic", () => $"making {so.Topic}", null).WaitAsync(cancel).ConfigureAwait(false);
            }

            var seen = await PartitionsAsync(so.Topic).ConfigureAwait(false);
            if (seen.Count == 0)
                return so with { TopicFailure = string.IsNullOrEmpty(said) ? "no broker gives its partitions" : said };
            so = so with { Partitions = seen };

            ulong run = BitConverter.ToUInt64(Guid.NewGuid().ToByteArray());
            var ledger = new VerificationLedger(request.MessageCount, seen.Count, so.OwnTopic);
            long given = 0;
            string? group = so.OwnTopic ? null : TopicName.Make(DateTimeOffset.UtcNow);
            if (group is not null)
            {
                events.TryWrite(new Waiting("Topic", $"noting where {so.Topic} ends"));
                await GroupStart.AtEndsAsync(GroupStart.Pods(brokers, limit), !removable, so.Topic,
                    () => PartitionsAsync(so.Topic), group, limit).ConfigureAwait(false);
            }

            var lines = ConsoleLines.Write(run, request.MessageCount, seen.Count, request.MessageSize, p =>
            {
                ledger.Sent(p);
                given++;
            });
            long clock = Stopwatch.GetTimestamp();
            var (failed, words, ended) = await ShowAsync(ProduceAsync(tools, so.Topic, lines), "Produce",
                () => Progress(given, "given to the producer"), () => given).ConfigureAwait(false);
            var produceTime = Stopwatch.GetElapsedTime(clock);

            // Without a second pod the first reads as well: a quota or a full node must not fail the check.
            var (other, why) = await second.ConfigureAwait(false);
            if (why is not null && !limit.IsCancellationRequested)
                events.TryWrite(new Warned($"The messages are read in the pod that sends them. {why}"));
            var reader = other is null ? tools : tools.In(other);
            long expected = Math.Max(0, given - failed);
            var (complaint, consumeTime) = await ShowAsync(
                reader.ConsumeAsync(so.Topic, group, line => Take(ledger, line, run), () => ledger.ReceivedSoFar >= expected, time.Left,
                    cancel),
                "Consume", () => Progress(ledger.ReceivedSoFar, "read back"), () => ledger.ReceivedSoFar).ConfigureAwait(false);

            var sendErrors = new Dictionary<string, long>();
            if (failed > 0 || !ended)
                sendErrors[words ?? (ended ? "the producer gave no reason" : "the producer did not come to its end")] = Math.Max(1, failed);
            return so with
            {
                ReadFrom = (other ?? pod).Node,
                Books = ConsoleTally.Settle([.. Enumerable.Range(0, seen.Count).Select(ledger.Of)], failed, ended),
                SendErrors = sendErrors,
                ReadErrors = complaint is null ? new Dictionary<string, long>() : new Dictionary<string, long> { [complaint] = 1 },
                ProduceTime = produceTime,
                ConsumeTime = consumeTime,
                OrderNote = tools.Flags.PrintsPartition ? null
                    : $"tools {tools.Flags.Version} do not print partitions, so each message's own word for it was taken",
            };
        }

        async Task<(long Failed, string? Words, bool Ended)> ProduceAsync(ConsoleTools tools, string topic,
            IEnumerable<ReadOnlyMemory<byte>> lines)
        {
            try
            {
                return await tools.ProduceAsync(topic, request.MessageCount, lines, facts.LargestBatch, time.Left * ProduceShare, cancel)
                    .ConfigureAwait(false);
            }
            catch (ClusterException e)
            {
                return (0, e.Message, false);
            }
        }

        async Task<IReadOnlyList<PartitionView>> PartitionsAsync(string topic)
        {
            IReadOnlyList<PartitionView> seen = [];
            for (int tries = 0; tries < 50 && !limit.IsCancellationRequested; tries++)
            {
                var views = (await VerifyTopicSteps.LookAsync(connection, brokers, limit).ConfigureAwait(false)).Select(b => b.Answer?.View)
                    .OfType<BrokerView>();
                seen = views.Select(v => (IReadOnlyList<PartitionView>)[
                    .. v.Partitions.Where(p => p.Topic == topic).OrderBy(p => p.Partition)]).MaxBy(v => v.Count(p => p.Leader >= 0)) ?? [];
                if (seen.Count > 0 && seen.All(p => p.Leader >= 0))
                    break;
                await Task.Delay(100, CancellationToken.None).ConfigureAwait(false);
            }

            return seen;
        }

        async Task<string?> MarkAsync(ConsoleTools tools, string topic)
        {
            try
            {
                await tools.DeleteTopicAsync(topic, RemovalLimit, CancellationToken.None).ConfigureAwait(false);
            }
            catch (ClusterException e)
            {
                return $"{topic} may still stand: {e.Message}";
            }

            for (int tries = 0; tries < 20; tries++)
            {
                if ((await VerifyTopicSteps.LookAsync(connection, brokers, CancellationToken.None).ConfigureAwait(false)).All(
                    b => b.Answer is null || b.Answer.View.Partitions.All(p => p.Topic != topic)))
                    return null;
                await Task.Delay(100, CancellationToken.None).ConfigureAwait(false);
            }

            return $"{topic} is only marked for removal: brokers before 1.0 keep topics unless delete.topic.enable is true";
        }

        string Progress(long n, string verb) => string.Create(CultureInfo.InvariantCulture, $"{n:N0} of {request.MessageCount:N0} {verb}");

        async Task<T> ShowAsync<T>(Task<T> work, string phase, Func<string> text, Func<long>? done)
        {
            while (!work.IsCompleted)
            {
                events.TryWrite(new Waiting(phase, text(), done is null ? -1 : (int)(done() * 100 / Math.Max(1, request.MessageCount))));
                await Task.WhenAny(work, Task.Delay(VerifyTopicSteps.Tick, CancellationToken.None)).ConfigureAwait(false);
            }

            return await work.ConfigureAwait(false);
        }
    }

    private static void Take(VerificationLedger ledger, ReadOnlySpan<byte> line, ulong run)
    {
        var (partition, record) = ConsoleLines.Read(line, run);
        ledger.Received(partition >= 0 && partition < ledger.Partitions ? partition : 0, record);
    }
}
