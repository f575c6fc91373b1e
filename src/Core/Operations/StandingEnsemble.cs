using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Operations;

/// <summary>What New-KafkaCluster leaves to Add- and Remove-ZooKeeperNode on an ensemble that stands. Pure.</summary>
internal static class StandingEnsemble
{
    private const string FirstSize = "spec.template.spec.containers[name=zookeeper].env[name=ZK_BOOTSTRAP_SERVERS].value";
    private const string Listed = "spec.template.spec.containers[name=kafka].env[name=ZK_SERVERS].value";

    /// <summary>Merges what is given now into what was given before; the size of an ensemble that stands is what it is, unless asked
    /// for.</summary>
    public static ClusterSpec Merge(ClusterSpec? before, ClusterSpec given, JsonObject? servers, ManifestDefaults defaults)
    {
        var merged = SpecChecks.Merge(before, given);
        if (servers is null)
            return merged;
        int now = Readiness.Wanted(servers);
        return given.ZooKeeperCount is null && now != (merged.ZooKeeperCount ?? defaults.ZooKeeperCount)
            ? merged with { ZooKeeperCount = now } : merged;
    }

    /// <summary>
    /// The pods' templates keep the size of the first start: when the ensemble has grown, a new value there would restart every server and
    /// every broker, and none of them needs it.
    /// </summary>
    public static void KeepFirstSize(IReadOnlyList<JsonObject> objects, JsonObject? servers, JsonObject? brokers, ClusterNames names)
    {
        Keep(objects, names.ZooKeeperSet, servers, FirstSize);
        if (servers is not null)
            Keep(objects, names.BrokerSet, brokers, Listed);
    }

    private static void Keep(IReadOnlyList<JsonObject> objects, string name, JsonObject? live, string path)
    {
        if (StandingTemplates.Set(objects, name) is { } wanted && live?.IsTerminating() == false
            && TreePath.TryGet(live, path) is JsonNode value)
            TreePath.Set(wanted, path, value.DeepClone(), mayAdd: false);
    }
}
