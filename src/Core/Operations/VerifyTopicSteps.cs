using System.Diagnostics;
using System.Threading.Channels;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Running;
using KafkaK8s.Core.Verification;

namespace KafkaK8s.Core.Operations;

/// <summary>The time that a check takes, and may take.</summary>
/// <param name="limit">How long it may take.</param>
internal sealed class VerifyTime(TimeSpan limit)
{
    private readonly long start = Stopwatch.GetTimestamp();

    /// <summary>How long it has taken so far.</summary>
    public TimeSpan Taken => Stopwatch.GetElapsedTime(start);

    /// <summary>What is left of its time; never nothing, as what is begun then must be able to end.</summary>
    public TimeSpan Left => limit - Taken is { Ticks: > 0 } left ? left : TimeSpan.FromSeconds(1);
}

/// <summary>What the check begins and ends with, whoever carries its messages.</summary>
internal static class VerifyTopicSteps
{
    /// <summary>How often progress is told.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(5);
    // while nobody waits for Ctrl+C; a busy cluster takes its time
    private static readonly TimeSpan RemovalPatience = TimeSpan.FromSeconds(30);

    /// <summary>Looks at the brokers, and refuses what cannot be. Makes nothing.</summary>
    /// <returns>What is known; without an answer of any broker there is nothing to go on with.</returns>
    /// <exception cref="ClusterException"><c>TopicNotFound</c>, <c>TopicDeletionOff</c>, <c>MessageTooLarge</c>.</exception>
    public static async Task<VerificationFacts> BeginAsync(
        KubeConnection connection, BrokerSetView brokers, VerifyTopicRequest request, ChannelWriter<OperationEvent> events,
        CancellationToken cancel)
    {
        events.TryWrite(new Waiting("Brokers", $"asking {brokers.Count} brokers"));
        var limit = request.Timeout < LookLimit ? request.Timeout : LookLimit;
        var placing = PlacesAsync(connection, brokers, cancel);
        var before = await BrokerProbes.TakeAsync(brokers.Door, brokers.Brokers, limit, cancel).ConfigureAwait(false);
        var (nodes, zones) = await placing.ConfigureAwait(false);
        var facts = new VerificationFacts
        {
            Cluster = brokers.Names.Cluster,
            Namespace = brokers.Namespace,
            Topic = request.Topic ?? TopicName.Make(DateTimeOffset.UtcNow),
            OwnTopic = request.Topic is null,
            Wanted = request.MessageCount,
            Path = request.ConsoleTools ? VerificationPath.ConsoleTools : VerificationPath.Tunnel,
            Client = request.ConsoleTools ? "kafka-console-*" : VerificationClient.Version,
            KeepTopic = request.KeepTopic,
            Before = before,
            Nodes = nodes,
            Zones = zones,
        };
        foreach (var silent in before.Where(b => b.Answer is null))
            events.TryWrite(new Warned($"Broker {silent.Broker} does not answer: {silent.Failure}"));
        if (request.Topic is not null && facts.Answers.Any()
            && !facts.Answers.Any(a => a.View.Partitions.Any(p => p.Topic == request.Topic)))
        {
            throw TopicName.NotFound(request.Topic, brokers.Names.Cluster,
                facts.Answers.SelectMany(a => a.View.Partitions).Select(p => p.Topic),
                "Without -Topic the check makes one of its own and removes it.");
        }

        return facts with
        {
            LargestBatch = await LargestBatchAsync(connection, brokers, request, before, events, cancel)
            .ConfigureAwait(false)
        };
    }

    /// <summary>Looks at the brokers again.</summary>
    public static Task<IReadOnlyList<BrokerProbe>> LookAsync(KubeConnection connection, BrokerSetView brokers, CancellationToken cancel) =>
        BrokerProbes.TakeAsync(brokers.Door, brokers.Brokers, LookLimit, cancel);

    /// <summary>Copies of each partition of a topic made for the check.</summary>
    /// <remarks>The controller counts; a broker that has just died still counts as well, and a copy on it is one to spare.</remarks>
    public static int Copies(BrokerSetView brokers, VerificationFacts facts) =>
        Math.Min(brokers.DefaultReplicationFactor, facts.Before.Max(b => b.Answer?.View.Brokers.Count ?? 0));

    /// <summary>Partitions of a topic made for the check.</summary>
    public static int Partitions(BrokerSetView brokers, VerifyTopicRequest request) =>
        Math.Max(brokers.Count, request.Partitions ?? brokers.Count * 2);

    /// <summary>Waits for a topic in the making: made after its removal, it would stay.</summary>
    public static async Task MadeAsync(Task making) =>
        await making.WaitAsync(RemovalLimit, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Removes the topic that was made for the check.</summary>
    /// <returns>What is known, with why it may still stand.</returns>
    public static async Task<VerificationFacts> RemoveTopicAsync(KubeConnection connection, BrokerSetView brokers, VerificationFacts facts,
        CancellationToken cancel) => facts with
        {
            RemovalFailure = await TopicRemoval.RemoveAsync(brokers, facts.Topic,
            cancel.IsCancellationRequested ? RemovalLimit : RemovalPatience).ConfigureAwait(false),
        };

    /// <summary>Asks for the quotas that hold for the console tools, where their check failed.</summary>
    public static async Task<VerificationFacts> WithQuotasAsync(KubeConnection connection, BrokerSetView brokers, VerificationFacts facts,
        CancellationToken cancel)
    {
        if (facts.Before.FirstOrDefault(b => b.Answer?.Version >= MetadataCodec.Newest) is not { Broker: int broker })
            return facts;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(LookLimit);
        try
        {
            string pod = brokers.Broker(broker).Pod;
            byte[]? answer = await BrokerRequest.SendAsync(brokers.Door, pod, ClientQuotas.Request(), limit.Token)
                .ConfigureAwait(false);
            return answer is null ? facts : facts with { Quotas = ClientQuotas.OfConsoleTools(answer) };
        }
        catch (Exception e) when (e is ClusterException or FormatException or IOException
            || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return facts; // without a reason the checks still say what failed
        }
    }

    // They name the rows only: who may not list pods still has a check.
    private static async Task<(IReadOnlyDictionary<int, string> Nodes, IReadOnlyDictionary<string, string> Zones)> PlacesAsync(
        KubeConnection connection, BrokerSetView brokers, CancellationToken cancel)
    {
        try
        {
            var zoning = NodeZones.ReadAsync(connection, cancel);
            var pods = await connection.ListAsync(ResourceKind.Pod, brokers.Namespace, brokers.Names.Selector, cancel)
                .ConfigureAwait(false);
            var nodes = pods.ToDictionary(p => p.Name(), p => (string?)p["spec"]?["nodeName"] ?? "");
            var (zones, _) = await zoning.ConfigureAwait(false);
            return (brokers.Brokers.ToDictionary(b => b.NodeId, b => nodes.GetValueOrDefault(b.Pod, "")), zones);
        }
        catch (ClusterException)
        {
            return (new Dictionary<int, string>(), new Dictionary<string, string>());
        }
    }

    private static async Task<int?> LargestBatchAsync(
        KubeConnection connection, BrokerSetView brokers, VerifyTopicRequest request, IReadOnlyList<BrokerProbe> before,
        ChannelWriter<OperationEvent> events, CancellationToken cancel)
    {
        if (before.FirstOrDefault(b => b.Answer?.Version >= MetadataCodec.Newest) is not { Broker: int broker })
            return null; // brokers older than 0.11 do not give their settings
        string pod = brokers.Broker(broker).Pod;
        ConfigAnswer settings;
        try
        {
            settings = request.Topic is null
                ? await BrokerConfigs.OfBrokerAsync(brokers.Door, pod, broker, BrokerAllowance.OfBroker, cancel)
                    .ConfigureAwait(false)
                : (await BrokerConfigs.OfTopicsAsync(brokers.Door, pod, [request.Topic], BrokerAllowance.OfTopic, cancel)
                    .ConfigureAwait(false))[0];
        }
        catch (ClusterException e) when (e.Id is "BrokerSilent" or "PortForwardFailed" or "TlsFailed")
        {
            events.TryWrite(new Note($"{e.Message} It is taken that they are Kafka's defaults."));
            return null;
        }

        return BrokerAllowance.LargestBatch(request, $"{brokers.Names.Cluster} in the namespace {brokers.Namespace}", settings.Values);
    }
}
