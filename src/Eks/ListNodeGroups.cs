namespace KafkaK8s.Eks;

/// <summary>Finds node groups of an EKS cluster.</summary>
internal static class ListNodeGroups
{
    /// <summary>The groups whose nodes are kept for Kafka, or all of the cluster, by name.</summary>
    public static async Task<IReadOnlyList<KafkaNodeGroup>> RunAsync(AwsSession aws, string cluster, bool all, CancellationToken cancel)
    {
        var vpc = EksReads.Fact(await EksReads.ClusterAsync(aws, cluster, cancel).ConfigureAwait(false)).VpcId;
        var groups = EksReads.GroupsAsync(aws, cluster, cancel);
        var zones = GroupView.Zones(await EksReads.SubnetsAsync(aws, vpc, cancel).ConfigureAwait(false));
        return [.. (await groups.ConfigureAwait(false)).Where(g => all || GroupNames.IsForKafka(g))
            .Select(g => GroupView.Of(cluster, g, zones, aws.Region, aws.ProfileName))];
    }
}
