using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Operations;

/// <summary>Refuses what cannot be changed on objects that stand, before anything is touched, with the way out. Pure.</summary>
internal static class ImmutableChanges
{
    /// <summary>Compares an object to apply with the one that stands.</summary>
    /// <exception cref="ClusterException">It belongs to somebody else, or a field would change that cannot.</exception>
    public static void Check(JsonObject wanted, JsonObject live, ClusterNames names)
    {
        string what = $"{(string?)wanted["kind"]}/{wanted.Name()}";
        if (Ownership.ClusterOf(live) != names.Cluster)
        {
            throw new ClusterException("NameTaken", FailureKind.Conflict, what,
                $"{what} is there already and is not part of a cluster '{names.Cluster}' of this module. Choose another name for the cluster, or another namespace.");
        }

        if ((string?)wanted["kind"] != "StatefulSet")
            return;
        CheckStorage(wanted, live, what, names);
        CheckCounts(wanted, live, names);
    }

    private static void CheckStorage(JsonObject wanted, JsonObject live, string what, ClusterNames names)
    {
        var now = Claim(live);
        var then = Claim(wanted);
        if (now is null != then is null)
        {
            throw new ClusterException("StorageChangeRefused", FailureKind.InvalidInput, what,
                $"{what} {(now is null ? "has no volumes" : "has volumes")}: that cannot be changed on an existing cluster. Create another cluster, or remove this one first (Remove-KafkaCluster {names.Cluster}).");
        }

        if (now is null || then is null)
            return;
        var (size, newSize) = ((string?)now["resources"]?["requests"]?["storage"], (string?)then["resources"]?["requests"]?["storage"]);
        if (!SameQuantity(size, newSize))
        {
            throw new ClusterException("StorageChangeRefused", FailureKind.InvalidInput, what,
                $"{what} has volumes of {size}; Kubernetes cannot change that to {newSize} on an existing StatefulSet. Leave the size out or give {size}. " +
                $"To grow the volumes: edit each claim (kubectl patch pvc …), then Remove-KafkaCluster {names.Cluster}, which keeps them, and New-KafkaCluster {names.Cluster} with the new size.");
        }

        // A class that is not asked for was filled in by the server, or by an earlier command: it stays.
        if ((string?)then["storageClassName"] is string newClass && (string?)now["storageClassName"] is string oldClass && newClass != oldClass)
        {
            throw new ClusterException("StorageChangeRefused", FailureKind.InvalidInput, what,
                $"{what} has volumes of the class {oldClass}; the class of a volume cannot be changed to {newClass}. Leave -StorageClass out, or make a new cluster.");
        }
    }

    private static void CheckCounts(JsonObject wanted, JsonObject live, ClusterNames names)
    {
        int now = Readiness.Wanted(live);
        int then = Readiness.Wanted(wanted);
        if (wanted.Name() == names.ZooKeeperSet && now != then)
        {
            throw new ClusterException("EnsembleResizeRefused", FailureKind.InvalidInput, names.Cluster,
                $"The ensemble of {names.Cluster} has {now} servers; a running one is not resized to {then} by New-KafkaCluster, as each change is a vote of the members. {(then > now ? $"Add-ZooKeeperNode {names.Cluster} -Count {then - now} grows it" : $"Remove-ZooKeeperNode {names.Cluster} -Count {now - then} shrinks it")}; or leave -ZooKeeperCount out.");
        }

        if (wanted.Name() == names.BrokerSet && then < now)
        {
            throw new ClusterException("BrokerScaleInRefused", FailureKind.InvalidInput, names.Cluster,
                $"{names.Cluster} has {now} brokers; taking {now - then} away would take their partitions along. Give -BrokerCount {now}, or move the partitions first (kafka-reassign-partitions) and then scale the StatefulSet {names.BrokerSet}.");
        }
    }

    private static JsonNode? Claim(JsonObject set) =>
        KubeObjects.Items(set["spec"]?["volumeClaimTemplates"]).Any() ? TreePath.Get(set, "spec.volumeClaimTemplates[metadata.name=data].spec") : null;

    private static bool SameQuantity(string? a, string? b) => a == b || Quantity.TryParse(a, out decimal x) && Quantity.TryParse(b, out decimal y) && x == y;
}
