namespace KafkaK8s.Eks;

/// <summary>A node group as scripts see it. Pure.</summary>
internal static class GroupView
{
    /// <summary>Builds the view.</summary>
    /// <param name="cluster">Name of the EKS cluster.</param>
    /// <param name="group">The group.</param>
    /// <param name="zones">Zones of subnets by id.</param>
    /// <param name="region">Region that it was read from.</param>
    /// <param name="profile">Profile that it was read with.</param>
    public static KafkaNodeGroup Of(string cluster, GroupFact group, IReadOnlyDictionary<string, string> zones, string region,
        string? profile) => new()
        {
            Cluster = cluster,
            NodeGroup = group.Name,
            Zones = [.. group.Subnets.Select(s => zones.GetValueOrDefault(s, s)).Distinct().Order(StringComparer.Ordinal)],
            Status = group.Status,
            Issues = group.Issues,
            InstanceTypes = group.InstanceTypes,
            CapacityType = group.CapacityType,
            DesiredSize = group.Desired,
            MinSize = group.Min,
            MaxSize = group.Max,
            AmiType = group.AmiType,
            Version = group.Version,
            ReleaseVersion = group.ReleaseVersion,
            DiskSizeGiB = group.DiskSize,
            NodeRole = group.NodeRole,
            Subnets = group.Subnets,
            Labels = group.Labels,
            Taints = [.. group.Taints.Select(t => $"{t.Key}={t.Value}:{t.Effect}")],
            CreatedAt = group.CreatedAt,
            Region = region,
            ProfileName = profile,
        };

    /// <summary>Zones by subnet.</summary>
    public static IReadOnlyDictionary<string, string> Zones(IEnumerable<SubnetFact> subnets) =>
        subnets.ToDictionary(s => s.Id, s => s.Zone);
}
