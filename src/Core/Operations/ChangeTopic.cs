using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Running;

namespace KafkaK8s.Core.Operations;

/// <summary>What a topic should be. What is null was not given: the brokers' default for a new topic, as it stands for another.</summary>
/// <param name="Name">Name of the topic.</param>
internal sealed record TopicRequest(string Name)
{
    /// <summary>Number of partitions.</summary>
    public int? Partitions { get; init; }

    /// <summary>Copies of each partition of a new topic.</summary>
    public int? ReplicationFactor { get; init; }

    /// <summary>Settings of its own; null takes one away.</summary>
    public IReadOnlyDictionary<string, string?> Config { get; init; } = new Dictionary<string, string?>();
}

/// <summary>What will be done about a topic.</summary>
/// <param name="Request">What was asked for, with values in Kafka's form.</param>
/// <param name="Step">The line of the plan.</param>
/// <param name="Warnings">What it brings about.</param>
internal sealed record TopicPlan(TopicRequest Request, PlanStep Step, IReadOnlyList<string> Warnings);

/// <summary>Makes topics and changes them. The brokers themselves judge a plan, before anything is changed.</summary>
internal static class ChangeTopic
{
    private const string Kind = "Topic";

    private static readonly TimeSpan KnownLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // A broker that has not done all by then says so, which is more than silence: it goes on. The rest is for its answer.
    private static readonly TimeSpan BrokerLimit = KafkaAdmin.RequestLimit - TimeSpan.FromSeconds(10);

    /// <summary>The plan of a new topic.</summary>
    /// <exception cref="ClusterException"><c>TopicExists</c>, <c>KafkaRefused</c>, or what cannot be.</exception>
    public static async Task<TopicPlan> PlanNewAsync(KafkaAdmin admin, TopicRequest asked, CancellationToken cancel)
    {
        TopicConfig.CheckName(asked.Name);
        TopicConfig.CheckCount("Partition", asked.Partitions, TopicConfig.MostPartitions);
        TopicConfig.CheckCount("ReplicationFactor", asked.ReplicationFactor, short.MaxValue);
        if (TopicState.IsInternal(asked.Name))
            throw OfKafka(asked.Name, "makes it itself");
        var request = asked with { Config = InKafkasForm(asked.Config) };
        await CreateAsync(admin, request, validateOnly: true, cancel).ConfigureAwait(false);
        List<FieldChange> fields =
        [
            new("partitions", null, request.Partitions?.ToString(CultureInfo.InvariantCulture) ?? "the brokers' default"),
            new("replicationFactor", null, request.ReplicationFactor?.ToString(CultureInfo.InvariantCulture) ?? "the brokers' default"),
            .. request.Config.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => new FieldChange($"config[{p.Key}]", null, p.Value)),
        ];
        return new TopicPlan(request, Row(admin, request.Name, ChangeAction.Create, fields, ""), []);
    }

    /// <summary>Makes a topic; the result is there when every broker that answers knows it and each partition has a leader.</summary>
    public static async IAsyncEnumerable<OperationEvent> NewAsync(KafkaAdmin admin, TopicPlan plan,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        yield return new Waiting("Topic", $"making {plan.Request.Name}");
        await CreateAsync(admin, plan.Request, validateOnly: false, cancel).ConfigureAwait(false);
        yield return new Applied(plan.Step);
        await foreach (var e in KnownAsync(admin, plan.Request.Name, 1, cancel).ConfigureAwait(false))
            yield return e;
    }

    /// <summary>The plan of a change.</summary>
    /// <exception cref="ClusterException"><c>TopicNotFound</c>, <c>PartitionsCannotShrink</c>, <c>KafkaRefused</c>, or what cannot
    /// be.</exception>
    public static async Task<TopicPlan> PlanSetAsync(KafkaAdmin admin, TopicRequest asked, CancellationToken cancel)
    {
        CheckSet(asked);
        int partitions = (await ListTopics.PartitionsAsync(admin, asked.Name, cancel).ConfigureAwait(false)).Count;
        var settings = (await TopicReader.SettingsAsync(admin, [asked.Name], cancel).ConfigureAwait(false)).GetValueOrDefault(asked.Name)
            ?? throw TopicName.NotFound(asked.Name, admin.Brokers.Names.Cluster, []);
        return await PlanSetAsync(admin, asked, partitions, settings, cancel).ConfigureAwait(false);
    }

    /// <summary>The plan of a change of a topic that was read already.</summary>
    /// <exception cref="ClusterException"><c>PartitionsCannotShrink</c>, <c>KafkaRefused</c>, or what cannot be.</exception>
    public static async Task<TopicPlan> PlanSetAsync(KafkaAdmin admin, TopicRequest asked, int partitions, TopicSettings settings,
        CancellationToken cancel)
    {
        CheckSet(asked);
        var request = asked with { Config = InKafkasForm(asked.Config) };
        var fields = new List<FieldChange>();
        var warnings = new List<string>();
        if (request.Partitions is int wanted && wanted != partitions)
        {
            if (TopicState.IsInternal(request.Name))
                throw OfKafka(request.Name, "finds its own records by the number of its partitions");
            if (wanted < partitions)
            {
                throw new ClusterException("PartitionsCannotShrink", FailureKind.InvalidInput, request.Name,
                    $"{request.Name} has {partitions} partitions, and Kafka can only add some: to take one away would lose its messages. "
                    + "Make a topic with fewer partitions, copy the messages, and remove this one.");
            }

            fields.Add(new FieldChange("partitions", Text(partitions), Text(wanted)));
            warnings.Add($"{request.Name}: {MovingKeys(partitions, wanted)} % of the keys go to another partition from now on; "
                + "messages of one key are in order only from then on.");
            await admin.AskAsync(request.Name,
                c => c.CreatePartitionsAsync([More(request.Name, wanted)], new CreatePartitionsOptions
                {
                    ValidateOnly = true,
                    RequestTimeout = KafkaAdmin.RequestLimit
                }), cancel).ConfigureAwait(false);
        }

        foreach (var (key, value) in request.Config.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            string? own = settings.Own.GetValueOrDefault(key);
            if (value is null ? own is null : value == own)
                continue;
            string? before = own ?? (settings.All.GetValueOrDefault(key) is string inherited ? $"{inherited} (the brokers')" : null);
            fields.Add(new FieldChange($"config[{key}]", before, value ?? "the brokers'"));
        }

        if (fields.Exists(f => f.Path.StartsWith("config[", StringComparison.Ordinal)))
            await AlterAsync(admin, request, settings, validateOnly: true, cancel).ConfigureAwait(false);
        return new TopicPlan(request, Row(admin, request.Name, fields.Count == 0 ? ChangeAction.None : ChangeAction.Update, fields, ""),
            warnings);
    }

    /// <summary>Changes a topic.</summary>
    public static async IAsyncEnumerable<OperationEvent> SetAsync(KafkaAdmin admin, TopicPlan plan,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        await ApplyAsync(admin, plan, cancel).ConfigureAwait(false);
        if (plan.Step.Action != ChangeAction.None)
            yield return new Applied(plan.Step);
        await foreach (var e in KnownAsync(admin, plan.Request.Name, plan.Request.Partitions ?? 1, cancel).ConfigureAwait(false))
            yield return e;
    }

    /// <summary>Does what a plan says and waits for nothing.</summary>
    public static async Task ApplyAsync(KafkaAdmin admin, TopicPlan plan, CancellationToken cancel)
    {
        var request = plan.Request;
        if (plan.Step.Action == ChangeAction.Create)
        {
            await CreateAsync(admin, request, validateOnly: false, cancel).ConfigureAwait(false);
            return;
        }

        if (plan.Step.Fields.Any(f => f.Path == "partitions"))
            await admin.AskAsync(request.Name, c => c.CreatePartitionsAsync([More(request.Name, request.Partitions!.Value)],
                new CreatePartitionsOptions { RequestTimeout = KafkaAdmin.RequestLimit }), cancel).ConfigureAwait(false);
        if (plan.Step.Fields.Any(f => f.Path.StartsWith("config[", StringComparison.Ordinal)))
        {
            var settings =
                (await TopicReader.SettingsAsync(admin, [request.Name], cancel).ConfigureAwait(false)).GetValueOrDefault(request.Name)
                ?? throw TopicName.NotFound(request.Name, admin.Brokers.Names.Cluster, []);
            await AlterAsync(admin, request, settings, validateOnly: false, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until every broker that answers knows topics, with a leader of each of their partitions.</summary>
    /// <param name="admin">Client of the cluster.</param>
    /// <param name="partitions">Least number of partitions, by topic.</param>
    /// <param name="cancel">Cancels.</param>
    public static async IAsyncEnumerable<OperationEvent> KnownAsync(
        KafkaAdmin admin, IReadOnlyDictionary<string, int> partitions, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(KnownLimit);
        while (!limit.IsCancellationRequested)
        {
            var probes = await BrokerProbes.TakeAsync(admin.Brokers.Door, admin.Brokers.Brokers, KnownLimit / 10,
                cancel).ConfigureAwait(false);
            var views = probes.Select(p => p.Answer?.View).OfType<BrokerView>().ToList();
            if (views.Count > 0 && views.TrueForAll(Knows))
                break;
            yield return new Waiting("Topic",
                $"waiting until every broker knows {(partitions.Count == 1 ? partitions.Keys.First() : $"{partitions.Count} topics")}");
            await Task.Delay(Pause, cancel).ConfigureAwait(false);
        }

        bool Knows(BrokerView view)
        {
            var led = view.Partitions.Where(p => p.Leader >= 0).GroupBy(p => p.Topic).ToDictionary(g => g.Key, g => g.Count());
            return partitions.All(p => led.GetValueOrDefault(p.Key) >= p.Value);
        }
    }

    /// <summary>The failure of a change of what belongs to Kafka itself.</summary>
    public static ClusterException OfKafka(string topic, string why) => new(
        "InternalTopic", FailureKind.InvalidInput, topic, $"{topic} is one of Kafka's own topics: Kafka {why}.");

    /// <summary>How many percent of all keys another partition is chosen for, rounded.</summary>
    /// <remarks>A key goes to hash mod partitions: it stays where hash mod n = hash mod m, that is for n of lcm(n, m) hashes.</remarks>
    public static int MovingKeys(int from, int to)
    {
        long a = from, b = to;
        while (b != 0)
            (a, b) = (b, a % b);
        return (int)Math.Round(100.0 * (to - a) / to);
    }

    private static Dictionary<string, string?> InKafkasForm(IReadOnlyDictionary<string, string?> config) =>
        config.ToDictionary(p => p.Key, p => p.Value is null ? null : TopicConfig.Value(p.Key, p.Value));

    private static async Task CreateAsync(KafkaAdmin admin, TopicRequest request, bool validateOnly, CancellationToken cancel)
    {
        var wanted = new TopicSpecification
        {
            Name = request.Name,
            NumPartitions = request.Partitions ?? -1, // KIP-464: the brokers' default
            ReplicationFactor = (short)(request.ReplicationFactor ?? -1),
            Configs = request.Config.Where(p => p.Value is not null).ToDictionary(p => p.Key, p => p.Value),
        };
        var options = new CreateTopicsOptions
        {
            ValidateOnly = validateOnly,
            RequestTimeout = KafkaAdmin.RequestLimit,
            OperationTimeout = BrokerLimit
        };
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await admin.AskAsync(request.Name, c => c.CreateTopicsAsync([wanted], options), cancel).ConfigureAwait(false);
                return;
            }
            catch (ClusterException e) when (!validateOnly && e.InnerException is KafkaException refused
                && KafkaErrors.FirstOf(refused).Code == ErrorCode.RequestTimedOut)
            {
                return; // it is being made, only that takes longer than the request would wait: many partitions on busy brokers
            }
            catch (ClusterException e) when (e.Id == "TopicExists")
            {
                // With ZooKeeper the controller keeps the name of a removed topic for a moment longer than any broker lists it.
                if (!e.Message.Contains("marked for deletion", StringComparison.Ordinal) || Stopwatch.GetElapsedTime(start) > KnownLimit)
                {
                    throw new ClusterException("TopicExists", FailureKind.Conflict, request.Name,
                        $"The cluster {admin.Brokers.Names.Cluster} has a topic {request.Name} already. Set-KafkaTopic changes it.", e);
                }
            }

            await Task.Delay(Pause, cancel).ConfigureAwait(false);
        }
    }

    // Only what differs: a broker that is given a value sets it anew and tells everybody.
    private static async Task AlterAsync(KafkaAdmin admin, TopicRequest request, TopicSettings settings, bool validateOnly,
        CancellationToken cancel)
    {
        var entries =
            request.Config.Where(p => p.Value is null ? settings.Own.ContainsKey(p.Key) : settings.Own.GetValueOrDefault(p.Key) != p.Value)
            .Select(p => new ConfigEntry
            {
                Name = p.Key,
                Value = p.Value,
                IncrementalOperation = p.Value is null ? AlterConfigOpType.Delete : AlterConfigOpType.Set
            }).ToList();
        var changes = new Dictionary<ConfigResource, List<ConfigEntry>>
        {
            [new ConfigResource
            {
                Type = ResourceType.Topic,
                Name = request.Name
            }] = entries
        };
        var options = new IncrementalAlterConfigsOptions { ValidateOnly = validateOnly, RequestTimeout = KafkaAdmin.RequestLimit };
        await admin.AskAsync(request.Name, c => c.IncrementalAlterConfigsAsync(changes, options), cancel).ConfigureAwait(false);
    }

    // What comes next may ask any of the brokers.
    private static async IAsyncEnumerable<OperationEvent> KnownAsync(
        KafkaAdmin admin, string topic, int partitions, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var e in KnownAsync(admin, new Dictionary<string, int> { [topic] = partitions }, cancel).ConfigureAwait(false))
            yield return e;
        var found = await ListTopics.RunAsync(admin, t => t == topic, cancel).ConfigureAwait(false);
        yield return new Completed<KafkaTopic>(found.Count > 0 ? found[0]
            : throw TopicName.NotFound(topic, admin.Brokers.Names.Cluster, []));
    }

    private static void CheckSet(TopicRequest asked) => TopicConfig.CheckCount("Partition", asked.Partitions, TopicConfig.MostPartitions);

    private static PartitionsSpecification More(string topic, int count) => new() { Topic = topic, IncreaseTo = count };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static PlanStep Row(KafkaAdmin admin, string topic, string action, IReadOnlyList<FieldChange> fields, string note) =>
        PlanSteps.Of(admin.Brokers.Names, admin.Brokers.Namespace, Kind, topic, action, note) with { Step = 1, Fields = fields };
}
