using System.Globalization;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Rolling;

/// <summary>
/// Restarts of brokers: no topic falls below the copies in sync that it demands, the controller goes last, and one that recovers its logs
/// is left alone.
/// </summary>
/// <param name="connection">Connection to the API server.</param>
/// <param name="names">Names of the cluster.</param>
/// <param name="ns">Its namespace.</param>
/// <param name="former">Partitions that were out of sync before the command; null where nobody has looked.</param>
/// <param name="time">The clock.</param>
internal sealed class BrokerRollPolicy(
    KubeConnection connection, ClusterNames names, string ns, IReadOnlySet<(string Topic, int Partition)>? former, TimeProvider time)
    : IRollPolicy
{
    private static readonly TimeSpan SizesPause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan SizesLimit = TimeSpan.FromSeconds(5);

    private readonly LogRecovery recovery = new(connection, ns, time);
    private readonly HashSet<(string, int)> borne = []; // partitions whose harm was decided upon
    private readonly Dictionary<int, HashSet<(string, int)>> outBefore = []; // by broker: where it was out of sync before its restart
    private BrokerDoor? door; // read once: a look at the brokers is taken several times a second
    private (long At, long Bytes) lacking;
    private Dictionary<string, int> minInSync = [];
    private string minInSyncFor = "";

    /// <inheritdoc/>
    public string InWords => "one at a time, the controller last, each back in sync before the next";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JsonObject>> OrderAsync(IReadOnlyList<JsonObject> pods, CancellationToken cancel)
    {
        var sight = await SightAsync(cancel).ConfigureAwait(false);
        int controller = sight.Views.Values.Select(v => v.ControllerId).FirstOrDefault(-1);
        return Order(pods, p => sight.Id(p.Name()) == controller);
    }

    /// <summary>Who is not ready first, because nothing is lost by it; the active controller last, so that it moves once. Pure.</summary>
    public static IReadOnlyList<JsonObject> Order(IEnumerable<JsonObject> pods, Func<JsonObject, bool> isController) =>
        [.. pods.OrderBy(Readiness.IsPodReady).ThenBy(isController).ThenBy(p => ClusterNames.Ordinal(p.Name()))];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RollVerdict>> JudgeAsync(IReadOnlyList<JsonObject> pods, CancellationToken cancel)
    {
        var sight = await SightAsync(cancel).ConfigureAwait(false);
        var verdicts = new List<RollVerdict>();
        foreach (var pod in pods)
            verdicts.Add(await JudgeAsync(sight, pod, cancel).ConfigureAwait(false));
        return verdicts;
    }

    /// <inheritdoc/>
    public async Task<RollObstacle?> MissingAsync(JsonObject former, CancellationToken cancel)
    {
        var sight = await SightAsync(cancel).ConfigureAwait(false);
        if (sight.Id(former.Name()) is not int id)
            return null; // scaled away meanwhile
        if (!sight.Views.ContainsKey(id))
            return new RollObstacle(RollHold.Unforceable, $"broker {id} does not answer yet");
        var strangers = sight.Views.Where(v => !v.Value.Brokers.Contains(id)).Select(v => v.Key).Order().ToList();
        if (strangers.Count > 0)
            return new RollObstacle(RollHold.Unforceable, $"broker {string.Join(", ", strangers)} does not know broker {id} yet");
        var before = outBefore.GetValueOrDefault(id) ?? [];
        var late = sight.Partitions.Where(
            p => p.Replicas.Contains(id) && !p.InSync.Contains(id) && !before.Contains(Key(p)) && !borne.Contains(Key(p))).ToList();
        return late.Count == 0 ? null : new RollObstacle(RollHold.Forceable, $"broker {id} has not caught up in {Such(late)}")
        {
            Gap = await GapAsync(sight, late, cancel).ConfigureAwait(false),
            Bear = () => borne.UnionWith(late.Select(Key)),
        };
    }

    /// <summary>The copies in sync that topics demand, their own word or the brokers'. Brokers older than Kafka 0.11 do not say: then it is
    /// the cluster's, and the answer is empty.</summary>
    /// <exception cref="ClusterException"><c>BrokerSilent</c>.</exception>
    public static async Task<Dictionary<string, int>> MinInSyncAsync(
        BrokerDoor door, string pod, IReadOnlyCollection<string> topics, CancellationToken cancel)
    {
        const string Setting = "min.insync.replicas";
        if (topics.Count == 0
            || (await BrokerMetadata.AskAsync(door, pod, SizesLimit, cancel).ConfigureAwait(false)).Version
                < MetadataCodec.Newest)
            return [];
        var answers = await BrokerConfigs.OfTopicsAsync(door, pod, topics, [Setting], cancel).ConfigureAwait(false);
        var numbers = new Dictionary<string, int>();
        foreach (var answer in answers)
        {
            if (int.TryParse(answer.Values.GetValueOrDefault(Setting), NumberStyles.Integer, CultureInfo.InvariantCulture, out int n))
                numbers[answer.Name] = n;
        }

        return numbers;
    }

    private static (string, int) Key(PartitionView p) => (p.Topic, p.Partition);

    private static string Such(List<PartitionView> partitions)
    {
        var p = partitions.MinBy(p => p.InSync.Count)!;
        return $"{partitions.Count} {(partitions.Count == 1 ? "partition" : "partitions")}, such as {p.Topic}-{p.Partition} "
            + $"({p.InSync.Count} of {p.Replicas.Count} copies in sync)";
    }

    private async Task<RollVerdict> JudgeAsync(Sight sight, JsonObject pod, CancellationToken cancel)
    {
        if (sight.Id(pod.Name()) is not int id)
            return default;
        if (!Readiness.IsPodReady(pod) && await recovery.IsUnderWayAsync(pod, cancel).ConfigureAwait(false))
            return new RollVerdict(
                new RollObstacle(RollHold.Unforceable, $"broker {id} recovers its logs; killed now, it would begin again"));
        if (sight.Views.Count == 0)
            return Readiness.IsPodReady(pod) ? new RollVerdict(
                new RollObstacle(RollHold.Unforceable, $"no answer from broker {string.Join(", ", sight.Ids)}")) : default;

        var own = sight.Partitions.Where(p => p.InSync.Contains(id)).ToList();
        await ReadMinInSyncAsync(sight, pod.Uid(), own, cancel).ConfigureAwait(false);
        var effect = RestartEffect.Of(own, id, topic => minInSync.GetValueOrDefault(topic, sight.MinInSync));
        outBefore[id] = [.. sight.Partitions.Where(p => !p.InSync.Contains(id)).Select(Key)];

        var harmed = effect.Unavoidable.Concat(effect.Stopped.Where(p => borne.Contains(Key(p)))).ToList();
        string? notice = harmed.Count == 0 ? null
            : $"{Such(harmed)} will be unavailable to producers with acks=all, or as a whole, while broker {id} restarts";
        if (effect.Stopped.Where(p => !borne.Contains(Key(p))).ToList() is { Count: > 0 } stopped)
        {
            string text = $"while broker {id} restarts, {Such(stopped)} would take no messages with acks=all";
            return new RollVerdict(await ObstacleAsync(sight, RollHold.Forceable, text, stopped, cancel).ConfigureAwait(false), notice);
        }

        var behind = effect.Behind.Where(p => !borne.Contains(Key(p))).ToList();
        return new RollVerdict(behind.Count == 0 ? null
            : await ObstacleAsync(sight, RollHold.Tolerable, $"{Such(behind)} {(behind.Count == 1 ? "is" : "are")} not in sync", behind,
                cancel).ConfigureAwait(false), notice);
    }

    private async Task<RollObstacle> ObstacleAsync(Sight sight, RollHold hold, string text, List<PartitionView> partitions,
        CancellationToken cancel) => new(hold, text)
        {
            Gap = await GapAsync(sight, partitions, cancel).ConfigureAwait(false),
            Patience = former is not null && partitions.TrueForAll(p => former.Contains(Key(p))) ? Roller.FormerStandstill
                : Roller.Standstill,
            Bear = () => borne.UnionWith(partitions.Select(Key)),
        };

    // Once for each pod that restarts: somebody may have altered a topic meanwhile.
    private async Task ReadMinInSyncAsync(Sight sight, string uid, List<PartitionView> partitions, CancellationToken cancel)
    {
        if (minInSyncFor != uid)
            (minInSync, minInSyncFor) = ([], uid);
        var unknown = partitions.Select(p => p.Topic).Distinct().Where(t => !minInSync.ContainsKey(t)).ToList();
        if (unknown.Count == 0)
            return;
        var answers = await MinInSyncAsync(sight.Door, sight.Pod(sight.Views.Keys.First()), unknown, cancel).ConfigureAwait(false);
        foreach (string topic in unknown)
            minInSync[topic] = answers.GetValueOrDefault(topic, sight.MinInSync);
    }

    // The bytes that copies lack, from the disks: of one large partition the number of copies stands still while it catches up.
    private async Task<RollGap> GapAsync(Sight sight, List<PartitionView> partitions, CancellationToken cancel)
    {
        int copies = partitions.Sum(p => p.Replicas.Count - p.InSync.Count);
        if (lacking.At != 0 && time.GetElapsedTime(lacking.At) < SizesPause)
            return new RollGap(copies, lacking.Bytes);
        var involved = partitions.SelectMany(p => p.Replicas).Distinct().Where(sight.Views.ContainsKey).ToList();
        var disks = await Task.WhenAll(involved.Select(async id =>
            (id, Sizes: await DescribeLogDirs.TryReadAsync(sight.Door, sight.Pod(id), SizesLimit, cancel).ConfigureAwait(false))))
            .ConfigureAwait(false);
        var sizes = disks.Where(d => d.Sizes is not null).ToDictionary(d => d.id, d => d.Sizes!);
        long Size(int id, PartitionView p) => sizes.TryGetValue(id, out var disk) ? disk.GetValueOrDefault(Key(p)) : 0;
        lacking = (time.GetTimestamp(),
            partitions.Sum(p => p.Replicas.Except(p.InSync).Sum(r => Math.Max(0, Size(p.Leader, p) - Size(r, p)))));
        return new RollGap(copies, lacking.Bytes);
    }

    private async Task<Sight> SightAsync(CancellationToken cancel)
    {
        var set = await BrokerSetView.FindAsync(connection, ns, names.Cluster, [names.ManifestSet], cancel, door)
            .ConfigureAwait(false);
        door = set.Door;
        var views = await InSync.ReadAsync(door, set.Brokers, cancel).ConfigureAwait(false);
        return new Sight(door, set.Brokers, views.Where(v => v.Value is not null).ToDictionary(v => v.Key, v => v.Value!),
            set.MinInSyncReplicas);
    }

    // One look at all brokers. Copies on brokers that do not answer, or that others do not know, count as out of sync: Kafka itself may not
    // have noticed yet.
    private sealed class Sight(
        BrokerDoor door, IReadOnlyList<NodeRef> brokers, IReadOnlyDictionary<int, BrokerView> views, int minInSync)
    {
        private readonly Dictionary<string, int> ids = brokers.ToDictionary(b => b.Pod, b => b.NodeId);

        public BrokerDoor Door => door;

        public IReadOnlyDictionary<int, BrokerView> Views => views;

        public IEnumerable<int> Ids => brokers.Select(b => b.NodeId);

        public int MinInSync => minInSync;

        public IReadOnlyList<PartitionView> Partitions { get; } = Alive(brokers, views);

        public int? Id(string pod) => ids.TryGetValue(pod, out int id) ? id : null;

        public string Pod(int id) => brokers.First(b => b.NodeId == id).Pod;

        private static List<PartitionView> Alive(IReadOnlyList<NodeRef> brokers, IReadOnlyDictionary<int, BrokerView> views)
        {
            var gone = brokers.Select(b => b.NodeId).Where(id => !views.ContainsKey(id))
                .Concat(PartitionHealth.Missing([.. views.Values], brokers.Select(b => b.NodeId))).ToHashSet();
            return [.. PartitionHealth.Worst(views.Values).Select(p => p with { InSync = [.. p.InSync.Where(id => !gone.Contains(id))] })];
        }
    }
}
