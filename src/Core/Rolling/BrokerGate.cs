using KafkaK8s.Core.Kafka;

namespace KafkaK8s.Core.Rolling;

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

    /// <summary>The order of a roll: who is not ready first, because nothing is lost by it; the active controller last, so that it moves once.</summary>
    public static IReadOnlyList<int> RollOrder(IEnumerable<int> brokers, IReadOnlyCollection<int> unready, int controller) =>
        [.. brokers.Distinct().OrderBy(id => unready.Contains(id) ? 0 : 1).ThenBy(id => id == controller ? 1 : 0).ThenBy(id => id)];
}
