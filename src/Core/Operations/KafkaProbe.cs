using System.Net.WebSockets;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Operations;

/// <summary>What Kafka itself says of a cluster whose pods are known: one question to one broker that is ready.</summary>
internal static class KafkaProbe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>Asks, and adds the answer to what the pods tell. Fails only where the caller stops it.</summary>
    public static async Task<KafkaCluster> AddAsync(
        KubeConnection connection, KafkaCluster cluster, ClusterModel model, IReadOnlyCollection<JsonObject> pods, CancellationToken cancel)
    {
        if (cluster.Status == ClusterStatus.Removing)
            return cluster;
        var ready = pods.Where(Readiness.IsPodReady).Select(p => p.Name()).ToHashSet();
        if (model.Brokers.FirstOrDefault(n => ready.Contains(n.Pod))?.Pod is not string pod)
            return cluster; // the pods' own reasons say why
        try
        {
            var door = await BrokerDoor.OfAsync(connection, model, cancel).ConfigureAwait(false);
            var view = await BrokerMetadata.ReadAsync(door, pod, Limit, cancel).ConfigureAwait(false);
            return Judge(cluster, view, model.Brokers.Select(n => n.NodeId), new BrokerSetView(model).MinInSyncReplicas);
        }
        catch (ClusterException e) when (e.Kind == FailureKind.Permission)
        {
            return cluster with { Reasons = [.. cluster.Reasons, $"Kafka was not asked: {e.Message}"] };
        }
        catch (Exception e) when (e is ClusterException or IOException or WebSocketException)
        {
            string why = e is ClusterException ? e.Message : $"pod {pod}: Kafka does not answer: {e.Message}";
            return cluster with { Kafka = KafkaAnswer.NoAnswer, Status = ClusterStatus.Degraded, Reasons = [.. cluster.Reasons, why] };
        }
    }

    /// <summary>
    /// Adds what a broker sees. Copies out of sync are a part of a rolling restart; of a cluster whose pods are all well they are a fault.
    /// Pure.
    /// </summary>
    public static KafkaCluster Judge(KafkaCluster cluster, BrokerView view, IEnumerable<int> brokers, int minInSync)
    {
        var missing = PartitionHealth.Missing([view], brokers);
        var behind = PartitionHealth.UnderReplicated([view]);
        var leaderless = behind.Where(p => p.Leader < 0).ToList();
        var tooFew = behind.Where(p => p.Leader >= 0 && p.InSync.Count < Math.Min(minInSync, p.Replicas.Count)).ToList();
        var late = behind.Except(leaderless).Except(tooFew).ToList();
        var reasons = new List<string>();
        if (missing.Count > 0)
            reasons.Add($"Kafka does not know broker {string.Join(", ", missing)}");
        if (leaderless.Count > 0)
        {
            var first = leaderless[0];
            reasons.Add(
                $"Kafka: {Partitions(leaderless.Count)} without a leader, such as {first.Topic}-{first.Partition}: no reads, no writes");
        }

        if (tooFew.Count > 0)
        {
            reasons.Add($"Kafka: {Partitions(tooFew.Count)} with fewer than {minInSync} copies in sync (min.insync.replicas), "
                + $"such as {Copies(tooFew[0])}: producers with acks=all are refused");
        }

        if (late.Count > 0)
            reasons.Add($"Kafka: {Partitions(late.Count)} not in sync, such as {Copies(late[0])}");
        if (reasons.Count == 0)
            return cluster with { Kafka = KafkaAnswer.Healthy };
        bool degraded = leaderless.Count > 0 || tooFew.Count > 0 || cluster.Status == ClusterStatus.Ready;
        return cluster with
        {
            Kafka = KafkaAnswer.Unhealthy,
            Status = degraded ? ClusterStatus.Degraded : cluster.Status,
            Reasons = [.. cluster.Reasons, .. reasons],
        };
    }

    private static string Partitions(int count) => count == 1 ? "1 partition" : $"{count} partitions";

    private static string Copies(PartitionView p) => $"{p.Topic}-{p.Partition} ({p.InSync.Count} of {p.Replicas.Count} copies)";
}
