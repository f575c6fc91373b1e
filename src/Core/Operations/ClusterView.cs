using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Operations;

/// <summary>A cluster as its live objects tell. Pure.</summary>
internal static class ClusterView
{
    /// <summary>Builds the view from a cluster and its pods; sets may be missing.</summary>
    public static KafkaCluster Build(ClusterModel model, IReadOnlyCollection<JsonObject> pods)
    {
        string cluster = model.Names.Cluster;
        var sets = model.Pools.Select(model.Set).OfType<JsonObject>().ToList();
        var (zooKeeper, brokers) = (model.Set(NodeRoles.ZooKeeper), model.Set(NodeRoles.Broker));
        var reasons = model.Pools.Where(p => model.Set(p) is null).Select(p => $"There are no {Words(p.Roles)}.").ToList();
        bool degraded = reasons.Count > 0;

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
            {
                string outdated = string.Join(", ", own.Where(p => Readiness.IsOutdated(p, set)).Select(p => p.Name()));
                reasons.Add($"{set.Name()}: {outdated} still run the template of before; New-KafkaCluster {cluster} restarts them in turn");
            }
        }

        bool removing = sets.Count > 0 && sets.All(s => s.IsTerminating());
        return new KafkaCluster
        {
            Name = cluster,
            Namespace = model.Namespace,
            Status = removing ? ClusterStatus.Removing
                : degraded ? ClusterStatus.Degraded
                : reasons.Count > 0 ? ClusterStatus.Progressing
                : ClusterStatus.Ready,
            Reasons = reasons,
            ZooKeeperCount = model.ZooKeeper.Count,
            ZooKeeperReady = Ready(NodeRoles.ZooKeeper),
            BrokerCount = model.Brokers.Count,
            BrokersReady = Ready(NodeRoles.Broker),
            KafkaImage = brokers?.Image() ?? "",
            ZooKeeperImage = zooKeeper?.Image() ?? "",
            KafkaVersion = KubeObjects.ImageVersion(brokers?.Image() ?? ""),
            ZooKeeperVersion = KubeObjects.ImageVersion(zooKeeper?.Image() ?? ""),
            Bootstrap = model.Names.Bootstrap(model.Namespace, model.IsSecure ? ClusterNames.CertificatePort : ClusterNames.InternalPort),
            ManifestVersion = model.ManifestVersion,
            CreatedAt = sets.Count == 0 ? default : sets.Min(s => s.CreatedAt()),
        };

        int Ready(NodeRoles role) => model.PoolsOf(role).Select(model.Set).OfType<JsonObject>()
            .Sum(s => Readiness.PodsOf(s, pods).Count(Readiness.IsPodReady));
    }

    private static string Words(NodeRoles roles) =>
        (roles & NodeRoles.Broker) != 0 ? "brokers" : (roles & NodeRoles.Controller) != 0 ? "controllers" : "ZooKeeper servers";

    /// <summary>The same with what could be better.</summary>
    public static KafkaCluster Advise(KafkaCluster cluster, int newestManifests) =>
        cluster.ManifestVersion is > 0 and int own && own < newestManifests
        ? cluster with { Advice = [$"manifests {own}, module has {newestManifests}: Update-KafkaCluster {cluster.Name} -Manifest"] }
        : cluster;

    /// <summary>Why a pod is not ready: what holds it up, or how far it is.</summary>
    public static string WhyNotReady(JsonObject pod) =>
        string.Join("; ", Stalls.OfPod(pod).Select(s => s.ToString())) is { Length: > 0 } stalls ? stalls
        : $"pod {pod.Name()} {StateOf(pod).How}";

    // Why a pod without a stall is not ready, and whether something went wrong.
    private static (bool Wrong, string How) StateOf(JsonObject pod) =>
        pod.IsTerminating() ? (false, "is ending")
        : LostReadiness(pod) ? (true, "is not ready any more")
        // between two crashes it looks like any other that starts
        : Stalls.LastEnd(pod) is string ended ? (true, $"is starting again after {ended}")
        : (false, "is starting");

    // A pod whose container runs, has passed its start-up probe, and is not ready: something went wrong after the start.
    private static bool LostReadiness(JsonObject pod) => (bool?)Readiness.OwnStatus(pod)?["started"] == true;
}
