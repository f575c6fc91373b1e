namespace KafkaK8s.Core.Kafka;

/// <summary>A partition as one broker's metadata gives it.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Partition">Number of the partition.</param>
/// <param name="Leader">Id of the broker that leads it; -1 when nobody does.</param>
/// <param name="Replicas">Brokers that hold a copy.</param>
/// <param name="InSync">Those of them that are in sync.</param>
internal sealed record PartitionView(string Topic, int Partition, int Leader, IReadOnlyList<int> Replicas, IReadOnlyList<int> InSync)
{
    /// <summary>Whether a copy lags or is missing.</summary>
    public bool UnderReplicated => InSync.Count < Replicas.Count;
}

/// <summary>What one broker says of the cluster.</summary>
/// <param name="ControllerId">Id of the active controller; -1 when the broker does not say.</param>
/// <param name="Brokers">Ids of the brokers that it takes for alive.</param>
/// <param name="Partitions">All partitions of all topics.</param>
internal sealed record BrokerView(int ControllerId, IReadOnlyList<int> Brokers, IReadOnlyList<PartitionView> Partitions);
