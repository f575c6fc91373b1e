using System.Net.WebSockets;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.ZooKeeper;

namespace KafkaK8s.Core.Operations;

/// <summary>Something that was read, or why it could not be.</summary>
/// <typeparam name="T">What.</typeparam>
/// <param name="Value">What was read; null where <paramref name="Failure"/> says why not.</param>
/// <param name="Failure">Why it could not be read.</param>
/// <param name="BeyondNamespace">Whether it lies outside of the namespace, where many users have no rights.</param>
internal sealed record Fact<T>(T? Value, string? Failure = null, bool BeyondNamespace = false)
    where T : class;

/// <summary>Settings by their names.</summary>
internal sealed class Settings(IReadOnlyDictionary<string, string?> values) : Dictionary<string, string?>(values);

/// <summary>All that the checks of a cluster's health go by, read once and only read.</summary>
internal sealed record HealthFacts
{
    /// <summary>Setting: whether a copy that is not in sync may lead, at the price of messages.</summary>
    public const string UncleanElection = "unclean.leader.election.enable";

    /// <summary>Setting: copies that must be in sync for a write with acks=all.</summary>
    public const string MinInSync = "min.insync.replicas";

    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(5);

    /// <summary>The cluster.</summary>
    public required ClusterModel Model { get; init; }

    /// <summary>The pods of its sets.</summary>
    public required IReadOnlyList<JsonObject> Pods { get; init; }

    /// <summary>Nodes of Kubernetes.</summary>
    public required Fact<IReadOnlyList<JsonObject>> Nodes { get; init; }

    /// <summary>Storage classes.</summary>
    public required Fact<IReadOnlyList<JsonObject>> Classes { get; init; }

    /// <summary>Volume claims of the cluster's pods.</summary>
    public required Fact<IReadOnlyList<JsonObject>> Claims { get; init; }

    /// <summary>Disruption budgets of the namespace.</summary>
    public required Fact<IReadOnlyList<JsonObject>> Budgets { get; init; }

    /// <summary>Endpoints of the cluster's Services.</summary>
    public required Fact<IReadOnlyList<JsonObject>> Endpoints { get; init; }

    /// <summary>The ConfigMap of the ZooKeeper servers.</summary>
    public required Fact<JsonObject> EnsembleConfig { get; init; }

    /// <summary>The ensemble.</summary>
    public required Fact<EnsembleView> Ensemble { get; init; }

    /// <summary>What the brokers said when they were asked for their view.</summary>
    public required Fact<IReadOnlyList<BrokerProbe>> Probes { get; init; }

    /// <summary>Settings of the brokers that gave them.</summary>
    public required Fact<IReadOnlyDictionary<int, Settings>> BrokerSettings { get; init; }

    /// <summary>Settings of all topics.</summary>
    public required Fact<IReadOnlyDictionary<string, Settings>> TopicSettings { get; init; }

    /// <summary>Disks of the brokers that tell of them.</summary>
    public required Fact<IReadOnlyDictionary<int, BrokerDisk>> Disks { get; init; }

    /// <summary>Version of the manifests of this module.</summary>
    public int ModuleManifests { get; init; }

    /// <summary>The moment.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>The StatefulSets that are there, those that start first in front.</summary>
    public IEnumerable<JsonObject> Sets => Model.Pools.Select(Model.Set).OfType<JsonObject>();

    /// <summary>The partitions, as the worst of the brokers' views has them.</summary>
    public Fact<IReadOnlyList<PartitionView>> Partitions => Views is { Value: { } views }
        ? new(PartitionHealth.Worst(views)) : new(null, Views.Failure);

    /// <summary>The views of the brokers that answered: one at least.</summary>
    public Fact<IReadOnlyList<BrokerView>> Views =>
        Probes.Value?.Select(p => p.Answer?.View).OfType<BrokerView>().ToList() is { Count: > 0 } views
        ? new(views) : new(null, Probes.Failure ?? "no broker answers");

    /// <summary>Reads: first what Kubernetes has, then brokers and servers at once, then the settings of brokers and topics.</summary>
    /// <param name="connection">Connection to the API server.</param>
    /// <param name="ns">Namespace of the cluster.</param>
    /// <param name="cluster">Its name.</param>
    /// <param name="manifests">Version of the manifests of this module.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="ClusterException"><c>ClusterNotFound</c>, or the sets and pods cannot be read.</exception>
    public static async Task<HealthFacts> ReadAsync(KubeConnection connection, string ns, string cluster, int manifests,
        CancellationToken cancel)
    {
        var names = new ClusterNames(cluster);
        var sets = connection.ListAsync(ResourceKind.StatefulSet, ns, ClusterNames.AllSelector, cancel);
        var pods = connection.ListAsync(ResourceKind.Pod, ns, names.Selector, cancel);
        var nodes = TryAsync(() => connection.ListAsync(ResourceKind.Node, null, "", cancel), beyond: true);
        var classes = TryAsync(() => connection.ListAsync(ResourceKind.StorageClass, null, "", cancel), beyond: true);
        // A set takes up a claim by its name alone, whatever its labels are.
        var claims = TryAsync(
            async () => Of(await connection.ListAsync(ResourceKind.VolumeClaim, ns, "", cancel).ConfigureAwait(false), names.OwnsClaim));
        var budgets = TryAsync(() => BudgetsAsync(connection, ns, cancel));
        var endpoints = TryAsync(async () => Of(
            await connection.ListAsync(ResourceKind.Endpoints, ns, ClusterNames.AllSelector, cancel).ConfigureAwait(false),
            e => Ownership.ClusterOf(e) == cluster));
        var config = TryAsync(async () =>
            await connection.TryGetAsync(ResourceKind.ConfigMap, ns, names.ZooKeeperConfig, cancel).ConfigureAwait(false) ?? []);
        await Task.WhenAll(sets, pods).ConfigureAwait(false);
        var model = ClusterModel.Of(cluster, ns, Of(await sets.ConfigureAwait(false), s => Ownership.ClusterOf(s) == cluster),
            ManifestSets.All);
        if (model.Sets.Count == 0)
            throw ClusterNames.NotFound(cluster, ns, connection.Context);
        var own = model.Pools.Select(model.Set).OfType<JsonObject>().SelectMany(s => Readiness.PodsOf(s, pods.Result)).ToList();

        var entering = TryAsync(() => BrokerDoor.OfAsync(connection, model, cancel));
        var probing = TryAsync(async () => await BrokerProbes.TakeAsync(
            await DoorAsync(entering).ConfigureAwait(false), model.Brokers, AskLimit, cancel).ConfigureAwait(false));
        var asking = model.Set(NodeRoles.ZooKeeper) is { } servers
            ? TryAsync(() => EnsembleReader.AskAsync(connection, ns, model.Names, servers, own, [], null, cancel))
            : Task.FromResult(new Fact<EnsembleView>(null, "there are no ZooKeeper servers"));
        var probes = await probing.ConfigureAwait(false);
        var door = (await entering.ConfigureAwait(false)).Value; // without one nobody has answered
        // Brokers that are too old for the newest metadata say nothing of settings, and take the question badly.
        var able = (probes.Value ?? []).Where(p => p.Answer is { } answer && answer.Version >= MetadataCodec.Newest).ToList();
        var ofBrokers = BrokerSettingsAsync(door!, model, able, cancel);
        var ofTopics = TopicSettingsAsync(door!, model, able, cancel);
        var disks = DisksAsync(door!, model, able, cancel);
        return new HealthFacts
        {
            Model = model,
            Pods = own,
            Nodes = await nodes.ConfigureAwait(false),
            Classes = await classes.ConfigureAwait(false),
            Claims = await claims.ConfigureAwait(false),
            Budgets = await budgets.ConfigureAwait(false),
            Endpoints = await endpoints.ConfigureAwait(false),
            EnsembleConfig = await config.ConfigureAwait(false),
            Ensemble = await asking.ConfigureAwait(false),
            Probes = probes,
            BrokerSettings = await ofBrokers.ConfigureAwait(false),
            TopicSettings = await ofTopics.ConfigureAwait(false),
            Disks = await disks.ConfigureAwait(false),
            ModuleManifests = manifests,
            Now = connection.Time.GetUtcNow(),
        };
    }

    private static IReadOnlyList<JsonObject> Of(IReadOnlyList<JsonObject> all, Func<JsonObject, bool> wanted) => [.. all.Where(wanted)];

    /// <summary>What cannot be read is a finding of the checks that need it and holds up no other.</summary>
    private static async Task<Fact<T>> TryAsync<T>(Func<Task<T>> read, bool beyond = false)
        where T : class
    {
        try
        {
            return new Fact<T>(await read().ConfigureAwait(false));
        }
        catch (Exception e) when (e is ClusterException or IOException or WebSocketException)
        {
            return new Fact<T>(null, e.Message, beyond && e is ClusterException { Kind: FailureKind.Permission });
        }
    }

    // Kubernetes before 1.21 knows them by their former version alone.
    private static async Task<IReadOnlyList<JsonObject>> BudgetsAsync(KubeConnection connection, string ns, CancellationToken cancel)
    {
        try
        {
            return await connection.ListAsync(ResourceKind.DisruptionBudget, ns, "", cancel).ConfigureAwait(false);
        }
        catch (ClusterException e) when (e.Kind == FailureKind.NotFound)
        {
            var former = ResourceKind.DisruptionBudget with { ApiVersion = ServerAdaptation.BudgetVersion(ServerAdaptation.Oldest) };
            return await connection.ListAsync(former, ns, "", cancel).ConfigureAwait(false);
        }
    }

    private static async Task<Fact<IReadOnlyDictionary<int, Settings>>> BrokerSettingsAsync(
        BrokerDoor door, ClusterModel model, List<BrokerProbe> able, CancellationToken cancel)
    {
        var found = await Task.WhenAll(able.Select(async p => (p.Broker, Settings: await TryAsync(async () => new Settings(
            (await BrokerConfigs.OfBrokerAsync(door, PodOf(model, p), p.Broker, [UncleanElection, MinInSync], cancel)
                .ConfigureAwait(false)).Values))
            .ConfigureAwait(false)))).ConfigureAwait(false);
        var given = found.Where(f => f.Settings.Value is not null).ToDictionary(f => f.Broker, f => f.Settings.Value!);
        return given.Count > 0 ? new(given)
            : new(null, found.Select(f => f.Settings.Failure).FirstOrDefault() ?? "no broker gives its settings");
    }

    private static Task<Fact<IReadOnlyDictionary<string, Settings>>> TopicSettingsAsync(
        BrokerDoor door, ClusterModel model, List<BrokerProbe> able, CancellationToken cancel) => able.Count == 0
        ? Task.FromResult(new Fact<IReadOnlyDictionary<string, Settings>>(null, "no broker gives the settings of topics"))
        : TryAsync<IReadOnlyDictionary<string, Settings>>(async () =>
        {
            string[] topics = [.. able.SelectMany(p => p.Answer!.View.Partitions).Select(p => p.Topic).Distinct()];
            if (topics.Length == 0)
                return new Dictionary<string, Settings>();
            var answers = await BrokerConfigs.OfTopicsAsync(
                door, PodOf(model, able[0]), topics, [UncleanElection, MinInSync], cancel).ConfigureAwait(false);
            // one that is gone meanwhile has none
            return answers.Where(a => a.Error == 0).ToDictionary(a => a.Name, a => new Settings(a.Values));
        });

    private static async Task<Fact<IReadOnlyDictionary<int, BrokerDisk>>> DisksAsync(
        BrokerDoor door, ClusterModel model, List<BrokerProbe> able, CancellationToken cancel)
    {
        var told = await Task.WhenAll(able.Select(async p => (p.Broker,
            Disk: await DescribeLogDirs.TryReadDiskAsync(door, PodOf(model, p), AskLimit, cancel)
                .ConfigureAwait(false)))).ConfigureAwait(false);
        return new(told.Where(t => t.Disk is not null).ToDictionary(t => t.Broker, t => t.Disk!));
    }

    // Why there is none is what every question to the brokers fails with.
    private static async Task<BrokerDoor> DoorAsync(Task<Fact<BrokerDoor>> entering) =>
        await entering.ConfigureAwait(false) is { Value: { } door } ? door
        : throw new IOException((await entering.ConfigureAwait(false)).Failure);

    private static string PodOf(ClusterModel model, BrokerProbe probe) => model.Brokers.First(b => b.NodeId == probe.Broker).Pod;
}
