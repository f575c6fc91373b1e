
namespace KafkaK8s.Core.Kafka;

/// <summary>Asks a broker for settings: its own, or those of topics.</summary>
internal static class BrokerConfigs
{
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(5);

    /// <summary>Topics of one request: an answer of some hundred kilobytes.</summary>
    private const int Batch = 1000;

    /// <summary>Some settings of topics, or (null) all; any broker knows them.</summary>
    /// <exception cref="ClusterException"><c>BrokerSilent</c>: no answer in time, or a broker older than Kafka 0.11.</exception>
    public static async Task<IReadOnlyList<ConfigAnswer>> OfTopicsAsync(
        BrokerDoor door, string pod, IReadOnlyCollection<string> topics, IReadOnlyCollection<string>? keys,
        CancellationToken cancel)
    {
        var all = new List<ConfigAnswer>(topics.Count);
        foreach (string[] batch in topics.Chunk(Batch))
            all.AddRange(
                await AskAsync(door, pod, ConfigOf.Topic, batch, keys, ConfigCodec.Versions, cancel).ConfigureAwait(false));
        return all;
    }

    /// <summary>Some settings of the broker in a pod.</summary>
    /// <exception cref="ClusterException"><c>BrokerSilent</c>: no answer in time, or a broker older than Kafka 0.11.</exception>
    public static async Task<ConfigAnswer> OfBrokerAsync(BrokerDoor door, string pod, int broker,
        IReadOnlyCollection<string> keys, CancellationToken cancel) =>
        (await AskAsync(door, pod, ConfigOf.Broker, [Id(broker)], keys, ConfigCodec.Versions, cancel).ConfigureAwait(false))[0];

    /// <summary>All settings of a topic, or of the broker in the pod, each with what it is for.</summary>
    /// <exception cref="ClusterException"><c>BrokerSilent</c>: no answer in time, or a broker older than Kafka 2.6.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> DocumentedAsync(BrokerDoor door, string pod,
        int broker, string? topic, CancellationToken cancel) =>
        (await AskAsync(door, pod, topic is null ? ConfigOf.Broker : ConfigOf.Topic, [topic ?? Id(broker)], null,
            [ConfigCodec.Documented], cancel).ConfigureAwait(false))[0].Documentation;

    private static string Id(int broker) => broker.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<IReadOnlyList<ConfigAnswer>> AskAsync(
        BrokerDoor door, string pod, ConfigOf of, string[] names, IReadOnlyCollection<string>? keys,
        IReadOnlyList<short> versions, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(AskLimit);
        Exception? last = null;
        try
        {
            foreach (short version in versions)
            {
                byte[]? answer = await BrokerRequest.SendAsync(door, pod, ConfigCodec.Request(version, of, names, keys),
                    limit.Token).ConfigureAwait(false);
                if (answer is not null && ConfigCodec.Response(version, answer) is { } configs && configs.Count == names.Length)
                    return configs;
            }
        }
        catch (Exception e)
            when (e is IOException or FormatException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            last = e;
        }

        string why = last is null ? "it closes the connection"
            : last is OperationCanceledException ? $"no answer within {AskLimit.TotalSeconds:0.#} s" : last.Message;
        throw new ClusterException("BrokerSilent", last is OperationCanceledException ? FailureKind.Timeout : FailureKind.Unavailable, pod,
            $"The broker in the pod {pod} of the namespace {door.Namespace} does not give its settings: {why}.", last);
    }
}
