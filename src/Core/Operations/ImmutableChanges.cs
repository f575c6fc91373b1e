using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
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
                $"{what} is there already and is not part of a cluster '{names.Cluster}' of this module. "
                + "Choose another name for the cluster, or another namespace.");
        }

        if ((string?)wanted["kind"] != ResourceKind.StatefulSet.Kind)
            return;
        CheckStorage(wanted, live, what, names);
        CheckCounts(wanted, live, names);
    }

    private static void CheckStorage(JsonObject wanted, JsonObject live, string what, ClusterNames names)
    {
        var (now, then) = (PoolStorage.Of(live), PoolStorage.Of(wanted));
        if (now.IsEphemeral != then.IsEphemeral)
        {
            throw Refused(what,
                $"{what} {(now.IsEphemeral ? "has no volumes" : "has volumes")}: that cannot be changed on an existing cluster. "
                + $"Create another cluster, or remove this one first (Remove-KafkaCluster {names.Cluster}).");
        }

        if (!SameQuantity(now.Size, then.Size))
        {
            throw Refused(what,
                $"{what} has volumes of {now.Size}; Kubernetes cannot change that to {then.Size} on an existing StatefulSet. "
                + $"Leave the size out or give {now.Size}. To grow the volumes: edit each claim (kubectl patch pvc …), then "
                + $"Remove-KafkaCluster {names.Cluster}, which keeps them, and New-KafkaCluster {names.Cluster} with the new size.");
        }

        // A class that is not asked for was filled in by the server, or by an earlier command: it stays.
        if (then.Class is not null && now.Class is not null && now.Class != then.Class)
        {
            throw Refused(what, $"{what} has volumes of the class {now.Class}; the class of a volume cannot be changed to {then.Class}. "
                + "Leave -StorageClass out, or make a new cluster.");
        }
    }

    private static void CheckCounts(JsonObject wanted, JsonObject live, ClusterNames names)
    {
        var (now, then) = (Readiness.Wanted(live), Readiness.Wanted(wanted));
        var pool = names.ManifestSet.Pools.First(p => names.Prefixed(p.Name) == wanted.Name());
        if (pool.Has(NodeRoles.ZooKeeper) && now != then)
        {
            string way = then > now
                ? $"Add-ZooKeeperNode {names.Cluster} -Count {then - now} grows it"
                : $"Remove-ZooKeeperNode {names.Cluster} -Count {now - then} shrinks it";
            throw new ClusterException("EnsembleResizeRefused", FailureKind.InvalidInput, names.Cluster,
                $"The ensemble of {names.Cluster} has {now} servers; a running one is not resized to {then} by New-KafkaCluster, "
                + $"as each change is a vote of the members. {way}; or leave -ZooKeeperCount out.");
        }

        if (pool.Has(NodeRoles.Broker) && then < now)
        {
            throw new ClusterException("BrokerScaleInRefused", FailureKind.InvalidInput, names.Cluster,
                $"{names.Cluster} has {now} brokers; taking {now - then} away would take their partitions along. Give -BrokerCount {now}, "
                + $"or move the partitions first (kafka-reassign-partitions) and then scale the StatefulSet {wanted.Name()}.");
        }
    }

    private static ClusterException Refused(string what, string why) => new("StorageChangeRefused", FailureKind.InvalidInput, what, why);

    private static bool SameQuantity(string? a, string? b) =>
        a == b || Quantity.TryParse(a, out decimal x) && Quantity.TryParse(b, out decimal y) && x == y;
}
