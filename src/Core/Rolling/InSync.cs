using System.Runtime.CompilerServices;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Running;

namespace KafkaK8s.Core.Rolling;

/// <summary>The last gate: every broker answers, knows all others, and all copies are in sync.</summary>
internal static class InSync
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250); // Kafka has nothing to watch
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);

    /// <summary>For a wait before which nothing was done: what the first look finds out of sync was so before.</summary>
    public static readonly IReadOnlySet<(string Topic, int Partition)> AsFound = new HashSet<(string, int)>();

    /// <summary>Waits until it is so, however long that takes; what is missing stands in <paramref name="wait"/>.</summary>
    public static IAsyncEnumerable<OperationEvent> WaitAsync(
        BrokerDoor door, IReadOnlyList<NodeRef> brokers, ClusterWait wait, CancellationToken cancel) =>
        WaitAsync(door, brokers, wait, null, static _ => { }, TimeProvider.System, cancel);

    /// <summary>The same; but partitions that were out of sync before, or lack copies of brokers that are not there, and do not get
    /// better, do not hold it up: it says so, and ends.</summary>
    /// <param name="door">The way to the brokers.</param>
    /// <param name="brokers">The brokers.</param>
    /// <param name="wait">Takes what is missing, for a wait that runs out of time.</param>
    /// <param name="former">Partitions that were out of sync before, or <see cref="AsFound"/>; null where all are waited for, whatever is
    /// the matter with them.</param>
    /// <param name="left">Takes what is left of them.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Ends the wait.</param>
    public static async IAsyncEnumerable<OperationEvent> WaitAsync(
        BrokerDoor door, IReadOnlyList<NodeRef> brokers, ClusterWait wait,
        IReadOnlySet<(string Topic, int Partition)>? former, Action<string> left, TimeProvider time,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        string last = "";
        int? least = null;
        long since = time.GetTimestamp();
        while (true)
        {
            var views = await ReadAsync(door, brokers, cancel).ConfigureAwait(false);
            string missing = Describe(views);
            if (missing.Length == 0)
                yield break;
            wait.Doing = missing;
            var lagging = views.Values.All(v => v is not null) ? PartitionHealth.UnderReplicated(views.Values.OfType<BrokerView>()) : [];
            if (ReferenceEquals(former, AsFound))
                former = Lagging(views);
            int copies = lagging.Sum(p => p.Replicas.Count - p.InSync.Count);
            bool mayMend = former is null || lagging.Any(p => !former.Contains((p.Topic, p.Partition)) && !IsLame(p, views.Keys));
            if (lagging.Count == 0 || mayMend || least is null || copies < least)
                (least, since) = (copies, time.GetTimestamp());
            if (time.GetElapsedTime(since) >= Roller.FormerStandstill)
            {
                left(missing);
                string why = lagging.All(p => IsLame(p, views.Keys)) ? "the missing copies belong to brokers that are not there"
                    : "so it was before this command";
                yield return new Warned($"{missing}; {why}, and it does not get better. Get-KafkaCluster {door.Names.Cluster} shows it");
                yield break;
            }

            if (missing != last)
                yield return new Waiting("InSync", missing);
            last = missing;
            await Task.Delay(Pause, time, cancel).ConfigureAwait(false);
        }
    }

    // Nobody will ever bring these copies: the set was scaled in without moving them away.
    private static bool IsLame(PartitionView partition, IEnumerable<int> brokers) =>
        !partition.Replicas.Except(partition.InSync).Intersect(brokers).Any();

    /// <summary>Partitions that are not in sync at this moment, as far as brokers answer.</summary>
    public static async Task<IReadOnlySet<(string Topic, int Partition)>> LaggingAsync(
        BrokerDoor door, IReadOnlyList<NodeRef> brokers, CancellationToken cancel)
    {
        return Lagging(await ReadAsync(door, brokers, cancel).ConfigureAwait(false));
    }

    private static HashSet<(string Topic, int Partition)> Lagging(IReadOnlyDictionary<int, BrokerView?> views) =>
        [.. PartitionHealth.UnderReplicated(views.Values.OfType<BrokerView>()).Select(p => (p.Topic, p.Partition))];

    /// <summary>The views of all brokers, by id; null for one that does not answer.</summary>
    public static async Task<IReadOnlyDictionary<int, BrokerView?>> ReadAsync(
        BrokerDoor door, IReadOnlyList<NodeRef> brokers, CancellationToken cancel)
    {
        var views = await Task.WhenAll(brokers.Select(n => TryReadAsync(door, n.Pod, cancel))).ConfigureAwait(false);
        return brokers.Zip(views).ToDictionary(p => p.First.NodeId, p => p.Second);
    }

    /// <summary>What is not so in these views, by the brokers' ids; null for one that did not answer. Pure.</summary>
    public static string Describe(IReadOnlyDictionary<int, BrokerView?> views)
    {
        var silent = views.Where(v => v.Value is null).Select(v => v.Key).Order().ToList();
        if (silent.Count > 0)
            return $"no answer from broker {string.Join(", ", silent)}";
        foreach (var (id, view) in views.OrderBy(v => v.Key))
        {
            var unknown = views.Keys.Except(view!.Brokers).Order().ToList();
            if (unknown.Count > 0)
                return $"broker {id} does not know broker {string.Join(", ", unknown)} yet";
        }

        var lagging = PartitionHealth.UnderReplicated(views.Values.OfType<BrokerView>());
        return lagging.Count == 0 ? ""
            : $"{lagging.Count} partitions are not in sync, such as {lagging[0].Topic}-{lagging[0].Partition} ({lagging[0].InSync.Count} "
                + $"of {lagging[0].Replicas.Count} copies)";
    }

    /// <summary>One broker's view; null where it does not answer.</summary>
    public static async Task<BrokerView?> TryReadAsync(BrokerDoor door, string pod, CancellationToken cancel)
    {
        try
        {
            return await BrokerMetadata.ReadAsync(door, pod, AskTimeout, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ClusterException { Kind: not FailureKind.Authentication } or IOException
            or System.Net.WebSockets.WebSocketException || e is OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return null;
        }
    }
}
