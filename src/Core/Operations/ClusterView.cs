using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Operations;

/// <summary>A cluster as its live objects tell. Pure.</summary>
internal static class ClusterView
{
    /// <summary>Builds the view from the sets and pods of one cluster; either set may be missing.</summary>
    public static KafkaCluster Build(string cluster, string ns, JsonObject? zooKeeper, JsonObject? brokers, IReadOnlyCollection<JsonObject> pods)
    {
        var names = new ClusterNames(cluster);
        var sets = new[] { zooKeeper, brokers }.OfType<JsonObject>().ToList();
        var reasons = new List<string>();
        bool degraded = false;
        if (zooKeeper is null || brokers is null)
        {
            degraded = true;
            reasons.Add(zooKeeper is null ? "There are no ZooKeeper servers." : "There are no brokers.");
        }

        foreach (var set in sets)
        {
            var own = Readiness.PodsOf(set, pods);
            int wanted = Readiness.Wanted(set);
            int ready = own.Count(Readiness.IsPodReady);
            var stalls = own.SelectMany(Stalls.OfPod).ToList();
            reasons.AddRange(stalls.Select(s => s.ToString()));
            degraded |= stalls.Count > 0;
            foreach (var pod in own.Where(p => !Readiness.IsPodReady(p) && !stalls.Any(s => s.Subject == $"pod {p.Name()}")))
            {
                var (wrong, how) = StateOf(pod);
                degraded |= wrong;
                reasons.Add($"pod {pod.Name()}: {how}");
            }

            if (own.Count < wanted)
                reasons.Add($"{set.Name()}: {own.Count} of {wanted} pods are there");
            if (own.Any(p => Readiness.IsOutdated(p, set)))
                reasons.Add($"{set.Name()}: {string.Join(", ", own.Where(p => Readiness.IsOutdated(p, set)).Select(p => p.Name()))} still run the template of before; New-KafkaCluster {cluster} restarts them in turn");
        }

        bool removing = sets.Count > 0 && sets.All(s => s.IsTerminating());
        return new KafkaCluster
        {
            Name = cluster,
            Namespace = ns,
            Status = removing ? ClusterStatus.Removing : degraded ? ClusterStatus.Degraded : reasons.Count > 0 ? ClusterStatus.Progressing : ClusterStatus.Ready,
            Reasons = reasons,
            ZooKeeperCount = zooKeeper is null ? 0 : Readiness.Wanted(zooKeeper),
            ZooKeeperReady = zooKeeper is null ? 0 : Readiness.PodsOf(zooKeeper, pods).Count(Readiness.IsPodReady),
            BrokerCount = brokers is null ? 0 : Readiness.Wanted(brokers),
            BrokersReady = brokers is null ? 0 : Readiness.PodsOf(brokers, pods).Count(Readiness.IsPodReady),
            KafkaImage = brokers?.Image() ?? "",
            ZooKeeperImage = zooKeeper?.Image() ?? "",
            KafkaVersion = KubeObjects.ImageVersion(brokers?.Image() ?? ""),
            ZooKeeperVersion = KubeObjects.ImageVersion(zooKeeper?.Image() ?? ""),
            Bootstrap = names.Bootstrap(ns),
            CreatedAt = sets.Count == 0 ? default : sets.Min(s => s.CreatedAt()),
        };
    }

    // Why a pod without a stall is not ready, and whether something went wrong.
    private static (bool Wrong, string How) StateOf(JsonObject pod) =>
        pod.IsTerminating() ? (false, "is ending")
        : LostReadiness(pod) ? (true, "is not ready any more")
        : Stalls.LastEnd(pod) is string ended ? (true, $"is starting again after {ended}") // between two crashes it looks like any other that starts
        : (false, "is starting");

    // A pod whose container runs, has passed its start-up probe, and is not ready: something went wrong after the start.
    private static bool LostReadiness(JsonObject pod) => (bool?)Readiness.OwnStatus(pod)?["started"] == true;
}
