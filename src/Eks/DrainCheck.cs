using System.Text.Json.Nodes;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Eks;

/// <summary>Who lives on the nodes of node groups, and whether they can go elsewhere. Pure, over the trees of nodes, pods, volumes and
/// claims.</summary>
internal sealed class DrainCheck(
    IReadOnlyCollection<string> leaving, IReadOnlyList<JsonObject> nodes, IReadOnlyList<JsonObject> pods, IReadOnlyList<JsonObject> volumes,
    IReadOnlyList<JsonObject> claims)
{
    // Where drivers and Kubernetes say the zone of a volume.
    private static readonly string[] ZoneKeys = [GroupNames.ZoneLabel, "topology.ebs.csi.aws.com/zone",
        "topology.ebs.csi.eks.amazonaws.com/zone", "failure-domain.beta.kubernetes.io/zone"];

    private static readonly HashSet<string> Apps = AppsOf(NodeRoles.ZooKeeper | NodeRoles.Broker | NodeRoles.Controller);
    private static readonly HashSet<string> BrokerApps = AppsOf(NodeRoles.Broker);

    /// <summary>Nodes of one of the groups that leave.</summary>
    public IReadOnlyList<JsonObject> NodesOf(string group) =>
        [.. nodes.Where(n => n.Label(GroupNames.GroupLabel) == group).OrderBy(n => n.Name(), StringComparer.Ordinal)];

    /// <summary>Pods that a drain of a node evicts: not those of a DaemonSet, of the node itself, or that have ended.</summary>
    public IReadOnlyList<JsonObject> Evicted(string node) => [.. pods.Where(p => NodeOf(p) == node && !IsOfNode(p) && !HasEnded(p))
        .OrderBy(p => p.Namespace(), StringComparer.Ordinal).ThenBy(p => p.Name(), StringComparer.Ordinal)];

    /// <summary>Whether a pod is a broker or a ZooKeeper server of this module.</summary>
    public static bool IsOurs(JsonObject pod) =>
        pod.Label(ClusterNames.PartOfLabel) == ClusterNames.PartOf && Apps.Contains(pod.Label(ClusterNames.NameLabel) ?? "");

    /// <summary>Whether it is a broker.</summary>
    public static bool IsBroker(JsonObject pod) => IsOurs(pod) && BrokerApps.Contains(pod.Label(ClusterNames.NameLabel) ?? "");

    /// <summary>Why the groups cannot be removed now, one sentence each; empty when they can.</summary>
    public IReadOnlyList<string> Obstacles()
    {
        var found = new List<string>();
        foreach (var node in nodes.Where(IsLeaving))
            found.AddRange(Evicted(node.Name()).Select(p => Obstacle(p, node)).OfType<string>());
        found.AddRange(volumes.Select(Obstacle).OfType<string>());
        return found;
    }

    /// <summary>Partitions that would have fewer copies in sync than producers with acks=all need, or none, while a broker is
    /// away.</summary>
    /// <param name="partitions">All partitions.</param>
    /// <param name="broker">Id of the broker.</param>
    /// <param name="minInSync">The copies in sync that a topic demands.</param>
    public static IReadOnlyList<PartitionView> BelowMinInSync(IEnumerable<PartitionView> partitions, int broker,
        Func<string, int> minInSync) =>
        [.. partitions.Where(p => p.InSync.Contains(broker) && p.InSync.Count - 1 < Math.Min(minInSync(p.Topic), p.Replicas.Count))];

    private string? Obstacle(JsonObject pod, JsonObject node)
    {
        string what =
            $"{(IsBroker(pod) ? "broker" : IsOurs(pod) ? "ZooKeeper server" : "pod")} {pod.Namespace()}/{pod.Name()} on {node.Name()}";
        if (!KubeObjects.Items(pod["metadata"]!["ownerReferences"]).Any())
            return $"{what} has no owner that would create it again";
        if (!IsOurs(pod))
            return null;
        if (KubeObjects.Items(pod["spec"]!["volumes"]).Any(v => (string?)v["name"] == "data" && v["emptyDir"] is not null))
            return $"{what} keeps its data on the node itself (-Ephemeral)";
        return nodes.Any(n => Takes(n, pod, node.Label(GroupNames.ZoneLabel))) ? null
            : $"{what} has no other node in {node.Label(GroupNames.ZoneLabel) ?? "its zone"} that takes it";
    }

    private string? Obstacle(JsonObject volume)
    {
        if ((string?)volume["spec"]!["claimRef"]?["name"] is not string name
            || (string?)volume["spec"]!["claimRef"]!["namespace"] is not string ns)
            return null;
        var claim = claims.FirstOrDefault(c => c.Name() == name && c.Namespace() == ns);
        if (claim is null || !Apps.Contains(claim.Label(ClusterNames.NameLabel) ?? "")
            || Ownership.ClusterOfClaim(claim) is not string cluster)
            return null;
        var user = pods.FirstOrDefault(p => p.Namespace() == ns && ClusterNames.Claim(p.Name()) == name);
        string what = $"volume {volume.Name()} of {ns}/{name} (cluster {cluster})";
        var hosts = Affinity(volume, ["kubernetes.io/hostname"]).ToList();
        if (hosts.Count > 0 && hosts.TrueForAll(h => nodes.Any(n => IsLeaving(n) && (n.Label("kubernetes.io/hostname") ?? n.Name()) == h)))
            return $"{what} lies on the node {string.Join(", ", hosts)} itself";

        // A pod tells by itself whether it can move; a kept volume needs a node in its zone for the day when it is used again.
        if (user is not null)
            return null;
        var zones = Affinity(volume, ZoneKeys).ToHashSet();
        bool stranded = zones.Count > 0 && nodes.Any(n => IsLeaving(n) && zones.Contains(n.Label(GroupNames.ZoneLabel) ?? ""))
            && !nodes.Any(
                n => IsOpen(n) && n.Label(GroupNames.Key) == GroupNames.Value && zones.Contains(n.Label(GroupNames.ZoneLabel) ?? ""));
        return stranded ? $"{what} can be used in {string.Join(", ", zones)} alone, where no other node for Kafka is" : null;
    }

    private bool IsLeaving(JsonObject node) => node.Label(GroupNames.GroupLabel) is string group && leaving.Contains(group);

    private bool IsOpen(JsonObject node) => !IsLeaving(node) && (bool?)node["spec"]?["unschedulable"] != true
        && KubeObjects.Items(node["status"]?["conditions"]).Any(c => (string?)c["type"] == "Ready" && (string?)c["status"] == "True");

    // Its volume holds it in its zone; room is for the scheduler to find.
    private bool Takes(JsonObject node, JsonObject pod, string? zone) => IsOpen(node) && node.Label(GroupNames.ZoneLabel) == zone
        && (pod["spec"]!["nodeSelector"] as JsonObject ?? []).All(l => node.Label(l.Key) == (string?)l.Value)
        && KubeObjects.Items(node["spec"]?["taints"]).Where(t => (string?)t["effect"] != "PreferNoSchedule")
            .All(t => KubeObjects.Items(pod["spec"]!["tolerations"]).Any(x => Bears(x, t)));

    private static bool Bears(JsonObject toleration, JsonObject taint) =>
        (toleration["effect"] is null || (string?)toleration["effect"] is "" || (string?)toleration["effect"] == (string?)taint["effect"])
        && ((string?)toleration["operator"] == "Exists"
            ? (string?)toleration["key"] is null or "" || (string?)toleration["key"] == (string?)taint["key"]
            : (string?)toleration["key"] == (string?)taint["key"]
                && ((string?)toleration["value"] ?? "") == ((string?)taint["value"] ?? ""));

    private static IEnumerable<string> Affinity(JsonObject volume, IReadOnlyCollection<string> keys) =>
        KubeObjects.Items(volume["spec"]!["nodeAffinity"]?["required"]?["nodeSelectorTerms"])
        .SelectMany(t => KubeObjects.Items(t["matchExpressions"]))
            .Where(e => keys.Contains((string?)e["key"] ?? "") && (string?)e["operator"] == "In")
            .SelectMany(e => (e["values"] as JsonArray ?? []).Select(v => (string)v!)).Distinct();

    private static string? NodeOf(JsonObject pod) => (string?)pod["spec"]?["nodeName"];

    private static bool IsOfNode(JsonObject pod) => pod.Annotation("kubernetes.io/config.mirror") is not null
        || KubeObjects.Items(pod["metadata"]!["ownerReferences"]).Any(o => (string?)o["kind"] == "DaemonSet");

    private static bool HasEnded(JsonObject pod) => (string?)pod["status"]?["phase"] is "Succeeded" or "Failed";

    private static HashSet<string> AppsOf(NodeRoles roles) =>
        [.. ManifestSets.All.SelectMany(s => s.Pools).Where(p => p.Has(roles)).Select(p => p.App)];
}
