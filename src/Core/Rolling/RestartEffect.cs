using KafkaK8s.Core.Kafka;

namespace KafkaK8s.Core.Rolling;

/// <summary>What happens to partitions while one broker restarts. Pure.</summary>
/// <param name="Stopped">Those that would take no messages with acks=all, or lose their last copy in sync, and need not: they have more
/// copies.</param>
/// <param name="Unavoidable">Those that have all their copies in sync and no more than they need: no waiting helps.</param>
/// <param name="Behind">Those that bear the restart, though not all of their copies are in sync.</param>
internal sealed record RestartEffect(
    IReadOnlyList<PartitionView> Stopped, IReadOnlyList<PartitionView> Unavoidable, IReadOnlyList<PartitionView> Behind)
{
    /// <summary>Judges by what each topic demands.</summary>
    /// <param name="partitions">All partitions.</param>
    /// <param name="broker">Id of the broker that restarts.</param>
    /// <param name="minInSync">The copies in sync that a topic demands, its own word or the brokers'.</param>
    public static RestartEffect Of(IEnumerable<PartitionView> partitions, int broker, Func<string, int> minInSync)
    {
        var (stopped, unavoidable, behind) = (new List<PartitionView>(), new List<PartitionView>(), new List<PartitionView>());
        foreach (var p in partitions.Where(p => p.InSync.Contains(broker)))
        {
            int needed = Math.Max(1, minInSync(p.Topic));
            if (p.InSync.Count - 1 < needed)
                (p.Replicas.Count <= needed && !p.UnderReplicated ? unavoidable : stopped).Add(p);
            else if (p.UnderReplicated || p.Leader < 0)
                behind.Add(p);
        }

        return new RestartEffect(stopped, unavoidable, behind);
    }
}
