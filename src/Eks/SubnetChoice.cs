using KafkaK8s.Core;

namespace KafkaK8s.Eks;

/// <summary>One subnet for each zone. Pure: where it cannot be told which, the operator is asked.</summary>
internal static class SubnetChoice
{
    /// <summary>Chooses the subnets, by zone.</summary>
    /// <param name="subnets">The subnets of the cluster's network.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="given">Ids that the operator gave; empty: by tag.</param>
    /// <param name="zones">Zones that the operator gave; empty: all that have a subnet.</param>
    /// <exception cref="ClusterException">None or several in a zone, or one that is not there; the message lists them.</exception>
    public static IReadOnlyList<SubnetFact> Choose(IReadOnlyList<SubnetFact> subnets, ClusterFact cluster, IReadOnlyList<string> given,
        IReadOnlyList<string> zones)
    {
        var pool = given.Count > 0 ? Given(subnets, cluster, given) : Private(subnets, cluster);
        foreach (string zone in zones)
        {
            if (!pool.Any(s => s.Zone == zone))
            {
                throw new ClusterException("SubnetNotFound", FailureKind.NotFound, zone,
                    $"No {(given.Count > 0 ? "given" : "private")} subnet of the cluster {cluster.Name} is in the zone {zone}. There are: "
                        + $"{Describe(pool)}. Name other zones with -Zone, or subnets with -Subnet.");
            }
        }

        var byZone = pool.Where(s => zones.Count == 0 || zones.Contains(s.Zone)).GroupBy(s => s.Zone).OrderBy(g => g.Key,
            StringComparer.Ordinal).ToList();
        if (byZone.Find(g => g.Count() > 1) is { } several)
        {
            throw new ClusterException("SubnetAmbiguous", FailureKind.InvalidInput, several.Key,
                $"The zone {several.Key} has {several.Count()} subnets to choose from: {string.Join(", ", several)}. Name one for each "
                    + $"zone with -Subnet.");
        }

        return [.. byZone.Select(g => g.First())];
    }

    private static List<SubnetFact> Given(IReadOnlyList<SubnetFact> subnets, ClusterFact cluster, IReadOnlyList<string> given)
    {
        var unknown = given.Except(subnets.Where(s => s.VpcId == cluster.VpcId).Select(s => s.Id)).ToList();
        if (unknown.Count > 0)
        {
            throw new ClusterException("SubnetNotFound", FailureKind.NotFound, unknown[0],
                $"{string.Join(", ", unknown)} is no subnet of the network {cluster.VpcId} of the cluster {cluster.Name}, so it is in no "
                    + $"zone of it. There are: {Describe(subnets)}.");
        }

        return [.. subnets.Where(s => given.Contains(s.Id))];
    }

    // By the tag that load balancers go by too; where nobody has set tags, the cluster's own subnets that give no public address.
    private static List<SubnetFact> Private(IReadOnlyList<SubnetFact> subnets, ClusterFact cluster)
    {
        var ours = subnets.Where(s => s.VpcId == cluster.VpcId).ToList();
        var tagged = ours.Where(s => s.Tags.ContainsKey(SubnetFact.PrivateTag)).ToList();
        if (tagged.Count == 0)
            tagged = [.. ours.Where(s => cluster.SubnetIds.Contains(s.Id) && !s.IsPublic && !s.Tags.ContainsKey(SubnetFact.PublicTag))];
        return tagged.Count > 0 ? tagged : throw new ClusterException("NoPrivateSubnet", FailureKind.NotFound, cluster.VpcId,
            $"No subnet of the network {cluster.VpcId} has the tag {SubnetFact.PrivateTag}, and none of the cluster's own is private. "
                + $"There are: {Describe(ours)}. Tag the private ones, or name one for each zone with -Subnet.");
    }

    private static string Describe(IEnumerable<SubnetFact> subnets) =>
        string.Join("; ", subnets.GroupBy(s => s.Zone).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"{g.Key}: {string.Join(", ", g)}")) is { Length: > 0 } text ? text : "none";
}
