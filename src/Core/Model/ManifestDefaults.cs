namespace KafkaK8s.Core.Model;

/// <summary>The few values of the manifests that relations between parameters need; read from the files, never written twice.</summary>
/// <param name="ZooKeeperCount">Servers of the ensemble; null where clusters have none.</param>
/// <param name="BrokerCount">Brokers.</param>
/// <param name="ReplicationFactor">Copies of a new partition.</param>
/// <param name="MinInSyncReplicas">Copies that acks=all waits for.</param>
internal sealed record ManifestDefaults(int? ZooKeeperCount, int BrokerCount, int ReplicationFactor, int MinInSyncReplicas);
