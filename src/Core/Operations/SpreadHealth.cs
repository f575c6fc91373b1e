using System.Globalization;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using static KafkaK8s.Core.Operations.HealthChecks;

namespace KafkaK8s.Core.Operations;

/// <summary>The checks of how pods and copies lie on nodes and zones. Pure.</summary>
internal static class SpreadHealth
{
    public static Finding Nodes(HealthFacts facts, IReadOnlyList<JsonObject> nodes)
    {
        var crowded = Pools(facts).Where(p => p.Count() > 1 && p.Select(NodeOf).Distinct().Count() == 1).ToList();
        if (crowded.Count == 0)
            return Finding.Ok(
                string.Join(", ", Pools(facts).Select(p => $"{p.Key} on {Count(p.Select(NodeOf).Distinct().Count(), "node")}")));
        string what = $"all pods of {string.Join(" and ", crowded.Select(p => p.Key))} are on the node {NodeOf(crowded[0].First())}";
        // Where there is no other node nobody can do better: then it is the choice of who made that cluster.
        return nodes.Count(IsFree) > 1
            ? new(CheckSeverity.Warning, $"{what}: its loss takes all", Restart(facts, crowded[0].Last().Name()),
                [.. crowded.Select(p => p.Key)])
            : new(CheckSeverity.Info, $"{what}, and no other takes pods", "kubectl get nodes", [.. crowded.Select(p => p.Key)]);
    }

    // Behind the gate: another of the pool may be down now.
    private static string Restart(HealthFacts facts, string pod) => facts.Model.Brokers.FirstOrDefault(b => b.Pod == pod) is { } broker
        ? facts.Command("Restart-KafkaBroker", broker.NodeId.ToString(CultureInfo.InvariantCulture))
        : facts.Command("Restart-ZooKeeperNode", pod);

    public static Finding Zones(HealthFacts facts, IReadOnlyList<JsonObject> nodes)
    {
        var zoneOf = nodes.ToDictionary(n => n.Name(), KubeObjects.Zone);
        int zones = nodes.Where(IsFree).Select(KubeObjects.Zone).OfType<string>().Distinct().Count();
        var crowded = Pools(facts).Where(
            p => p.Count() > 1 && p.Select(x => zoneOf.GetValueOrDefault(NodeOf(x) ?? "")).Distinct().ToList() is [not null]).ToList();
        if (zones == 0)
            return Finding.Ok("the nodes have no zones");
        if (crowded.Count == 0)
            return Finding.Ok($"pods in several of {zones} zones");
        string what =
            $"all pods of {string.Join(" and ", crowded.Select(p => p.Key))} are in the zone {zoneOf[NodeOf(crowded[0].First())!]}";
        return zones > 1 ? new(CheckSeverity.Warning, $"{what}, of {zones}", "kubectl get nodes -L topology.kubernetes.io/zone",
            [.. crowded.Select(p => p.Key)])
            : new(CheckSeverity.Info, $"{what}, the only one", "kubectl get nodes -L topology.kubernetes.io/zone",
                [.. crowded.Select(p => p.Key)]);
    }

    public static Finding Copies(HealthFacts facts, IReadOnlyList<JsonObject> nodes, IReadOnlyList<PartitionView> partitions)
    {
        var places = facts.Model.Brokers.ToDictionary(b => b.NodeId,
            b => facts.Pods.FirstOrDefault(p => p.Name() == b.Pod) is { } pod ? NodeOf(pod) : null);
        var zoneOf = nodes.ToDictionary(n => n.Name(), KubeObjects.Zone);
        var copied = partitions.Where(p => p.Replicas.Count > 1).ToList();
        var onOne = copied.Where(p => IsOne(p.Replicas.Select(r => places.GetValueOrDefault(r)))).ToList();
        string remedy = facts.Tool("kafka-reassign-partitions.sh", "--list");
        bool choice = places.Values.OfType<string>().Distinct().Count() > 1;
        if (onOne.Count > 0)
        {
            return new(choice ? CheckSeverity.Warning : CheckSeverity.Info,
                $"{Count(onOne.Count, "partition")} with all copies on one node, such as {onOne[0].Topic}-{onOne[0].Partition}",
                remedy, [.. onOne.Select(p => p.Topic).Distinct()]);
        }

        var zones = places.Values.Select(n => n is null ? null : zoneOf.GetValueOrDefault(n)).ToList();
        var inOne = zones.OfType<string>().Distinct().Count() < 2 ? []
            : copied.Where(p => IsOne(p.Replicas.Select(r => places.GetValueOrDefault(r) is string n ? zoneOf.GetValueOrDefault(n) : null)))
                .ToList();
        return inOne.Count == 0 ? Finding.Ok(Count(copied.Count, "partition"))
            : new(CheckSeverity.Warning,
                $"{Count(inOne.Count, "partition")} with all copies in one zone, such as {inOne[0].Topic}-{inOne[0].Partition}", remedy,
                [.. inOne.Select(p => p.Topic).Distinct()]);
    }

    private static bool IsOne(IEnumerable<string?> places) => places.Distinct().ToList() is [not null];

    private static List<IGrouping<string, JsonObject>> Pools(HealthFacts facts) =>
        [.. facts.Sets.SelectMany(s => Readiness.PodsOf(s, facts.Pods).Where(p => NodeOf(p) is not null)
            .Select(p => (Set: s.Name(), Pod: p))).GroupBy(x => x.Set, x => x.Pod)];

    private static string? NodeOf(JsonObject pod) => (string?)pod["spec"]?["nodeName"];

    // A node that would take another pod: ready, not cordoned, and not set aside for others.
    private static bool IsFree(JsonObject node) => (bool?)node["spec"]?["unschedulable"] != true
        && !KubeObjects.Items(node["spec"]?["taints"]).Any(t => (string?)t["effect"] is "NoSchedule" or "NoExecute")
        && KubeObjects.Items(node["status"]?["conditions"]).Any(c => (string?)c["type"] == "Ready" && (string?)c["status"] == "True");
}
