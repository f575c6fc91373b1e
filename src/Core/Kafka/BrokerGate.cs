namespace KafkaK8s.Core.Kafka;

/// <summary>Whether a broker may be restarted now.</summary>
/// <param name="Allowed">True when no partition would fall below what producers need.</param>
/// <param name="Blocking">Partitions that forbid it.</param>
/// <param name="Unavailable">Partitions that will not take writes meanwhile whenever it is done: they have no copy to spare.</param>
internal sealed record RestartVerdict(bool Allowed, IReadOnlyList<PartitionView> Blocking, IReadOnlyList<PartitionView> Unavailable);

/// <summary>When a set of brokers is whole, and in which order its members may restart. Pure.</summary>
internal static class BrokerGate
{
    /// <summary>The brokers that at least one of the views does not list as alive; all of them where there is no view.</summary>
    public static IReadOnlyList<int> Missing(IReadOnlyCollection<BrokerView> views, IEnumerable<int> expected) =>
        [.. expected.Where(id => views.Count == 0 || views.Any(v => !v.Brokers.Contains(id))).Order()];

    /// <summary>The partitions that lag, have a copy missing or no leader in the eyes of at least one broker, as the worst of the views has them.</summary>
    public static IReadOnlyList<PartitionView> UnderReplicated(IEnumerable<BrokerView> views) =>
        [.. views.SelectMany(v => v.Partitions).Where(p => p.UnderReplicated || p.Leader < 0)
            .GroupBy(p => (p.Topic, p.Partition)).Select(g => g.MinBy(p => p.InSync.Count)!)
            .OrderBy(p => p.Topic, StringComparer.Ordinal).ThenBy(p => p.Partition)];

    /// <summary>The partitions that nobody serves.</summary>
    public static IReadOnlyList<PartitionView> Offline(BrokerView view) => [.. view.Partitions.Where(p => p.Leader < 0)];

    /// <summary>
    /// Whether a broker may go for a while: no partition is offline, and each partition with a copy on it keeps enough copies in
    /// sync. A partition that never has more copies than it must have is no obstacle, or a roll would never end. A broker that the
    /// others take for dead may always be restarted: nothing else brings its copies back.
    /// </summary>
    public static RestartVerdict MayRestart(BrokerView view, int broker, Func<string, int> minInSync)
    {
        var held = view.Partitions.Where(p => p.Replicas.Contains(broker)).ToList();
        var unavailable = held.Where(p => p.Replicas.Count <= minInSync(p.Topic)).ToList();
        if (!view.Brokers.Contains(broker))
            return new RestartVerdict(true, [], unavailable);
        var blocking = held.Except(unavailable).Where(p => p.InSync.Count(id => id != broker) < minInSync(p.Topic))
            .Union(Offline(view)).ToList();
        return new RestartVerdict(blocking.Count == 0, blocking, unavailable);
    }

    /// <summary>The order of a roll: who is not ready first, because nothing is lost by it; the active controller last, so that it moves once.</summary>
    public static IReadOnlyList<int> RollOrder(IEnumerable<int> brokers, IReadOnlyCollection<int> unready, int controller) =>
        [.. brokers.Distinct().OrderBy(id => unready.Contains(id) ? 0 : 1).ThenBy(id => id == controller ? 1 : 0).ThenBy(id => id)];
}
