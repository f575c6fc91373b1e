namespace KafkaK8s.Core.Kafka;

/// <summary>What the views of several brokers say together. Pure.</summary>
internal static class PartitionHealth
{
    /// <summary>The brokers that at least one of the views does not list as alive; all of them where there is no view.</summary>
    public static IReadOnlyList<int> Missing(IReadOnlyCollection<BrokerView> views, IEnumerable<int> expected) =>
        [.. expected.Where(id => views.Count == 0 || views.Any(v => !v.Brokers.Contains(id))).Order()];

    /// <summary>All partitions, each as the worst of the views has it.</summary>
    public static IReadOnlyList<PartitionView> Worst(IEnumerable<BrokerView> views) =>
        [.. views.SelectMany(v => v.Partitions)
            .GroupBy(p => (p.Topic, p.Partition)).Select(g => g.OrderBy(p => p.InSync.Count).ThenBy(p => p.Leader < 0 ? 0 : 1).First())
            .OrderBy(p => p.Topic, StringComparer.Ordinal).ThenBy(p => p.Partition)];

    /// <summary>The partitions that lag, have a copy missing or no leader in the eyes of at least one broker, as the worst of the views
    /// has them.</summary>
    public static IReadOnlyList<PartitionView> UnderReplicated(IEnumerable<BrokerView> views) =>
        [.. Worst(views.Select(v => v with { Partitions = [.. v.Partitions.Where(p => p.UnderReplicated || p.Leader < 0)] }))];
}
