using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Amazon.EC2.Model;
using Amazon.EKS.Model;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Eks;

namespace KafkaK8s.Cmdlets.Completion;

/// <summary>Completes from what AWS answers within two seconds, in the region and with the profile already typed; silent on
/// failure.</summary>
public abstract class EksNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete,
        CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(fakeBoundParameters);
        string? Bound(string name) => fakeBoundParameters.Contains(name) ? fakeBoundParameters[name]?.ToString() : null;
        return NameCompleter.Within(async cancel =>
        {
            using var aws = AwsSession.Open(Bound("Region"), Bound("ProfileName"));
            return await NamesAsync(aws, Bound("Name"), (wordToComplete ?? "").Trim('\'', '"'), cancel).ConfigureAwait(false);
        }, wordToComplete);
    }

    /// <summary>The names to choose from.</summary>
    /// <param name="aws">The session.</param>
    /// <param name="cluster">The EKS cluster already typed.</param>
    /// <param name="typed">The beginning of the name.</param>
    /// <param name="cancel">Ends it.</param>
    private protected abstract Task<IReadOnlyList<string>> NamesAsync(AwsSession aws, string? cluster, string typed,
        CancellationToken cancel);
}

/// <summary>Completes names of EKS clusters.</summary>
public sealed class EksClusterCompleter : EksNameCompleter
{
    /// <inheritdoc/>
    private protected override async Task<IReadOnlyList<string>> NamesAsync(AwsSession aws, string? cluster, string typed,
        CancellationToken cancel) =>
        (await aws.Eks.ListClustersAsync(new ListClustersRequest(), cancel).ConfigureAwait(false)).Clusters ?? [];
}

/// <summary>Completes names of node groups of the cluster already typed.</summary>
public sealed class NodeGroupCompleter : EksNameCompleter
{
    /// <inheritdoc/>
    private protected override async Task<IReadOnlyList<string>> NamesAsync(AwsSession aws, string? cluster, string typed,
        CancellationToken cancel) =>
        cluster is null ? [] : (await aws.Eks.ListNodegroupsAsync(new ListNodegroupsRequest { ClusterName = cluster }, cancel)
            .ConfigureAwait(false)).Nodegroups ?? [];
}

/// <summary>Completes roles that nodes of the cluster already typed have.</summary>
public sealed class NodeRoleCompleter : EksNameCompleter
{
    /// <inheritdoc/>
    private protected override async Task<IReadOnlyList<string>> NamesAsync(AwsSession aws, string? cluster, string typed,
        CancellationToken cancel) =>
        cluster is null ? [] : [.. (await EksReads.GroupsAsync(aws, cluster, cancel).ConfigureAwait(false)).Select(g => g.NodeRole)];
}

/// <summary>Completes subnets of the network of the cluster already typed.</summary>
public sealed class SubnetCompleter : EksNameCompleter
{
    /// <inheritdoc/>
    private protected override async Task<IReadOnlyList<string>> NamesAsync(AwsSession aws, string? cluster, string typed,
        CancellationToken cancel) =>
        [.. (await InNetworkAsync(aws, cluster, cancel).ConfigureAwait(false)).Select(s => s.Id)];

    /// <summary>The subnets of the cluster's network; none where no cluster was typed.</summary>
    internal static async Task<IReadOnlyList<SubnetFact>> InNetworkAsync(AwsSession aws, string? cluster, CancellationToken cancel) =>
        cluster is null ? [] : await EksReads.SubnetsAsync(aws,
            EksReads.Fact(await EksReads.ClusterAsync(aws, cluster, cancel).ConfigureAwait(false)).VpcId, cancel).ConfigureAwait(false);
}

/// <summary>Completes zones of the network of the cluster already typed.</summary>
public sealed class ZoneCompleter : EksNameCompleter
{
    /// <inheritdoc/>
    private protected override async Task<IReadOnlyList<string>> NamesAsync(AwsSession aws, string? cluster, string typed,
        CancellationToken cancel) =>
        [.. (await SubnetCompleter.InNetworkAsync(aws, cluster, cancel).ConfigureAwait(false)).Select(s => s.Zone)];
}

/// <summary>Completes instance types that the region offers.</summary>
public sealed class InstanceTypeCompleter : EksNameCompleter
{
    /// <inheritdoc/>
    private protected override async Task<IReadOnlyList<string>> NamesAsync(AwsSession aws, string? cluster, string typed,
        CancellationToken cancel)
    {
        var request = new DescribeInstanceTypeOfferingsRequest
        {
            LocationType = Amazon.EC2.LocationType.Region,
            Filters = [new Filter("instance-type", [typed + "*"])],
            MaxResults = 1000
        };
        var offers = await aws.Ec2.DescribeInstanceTypeOfferingsAsync(request, cancel).ConfigureAwait(false);
        return [.. (offers.InstanceTypeOfferings ?? []).Select(o => o.InstanceType.Value)];
    }
}

/// <summary>Completes launch templates of the region.</summary>
public sealed class LaunchTemplateCompleter : EksNameCompleter
{
    /// <inheritdoc/>
    private protected override async Task<IReadOnlyList<string>> NamesAsync(AwsSession aws, string? cluster, string typed,
        CancellationToken cancel) =>
        [.. ((await aws.Ec2.DescribeLaunchTemplatesAsync(new DescribeLaunchTemplatesRequest(), cancel)
            .ConfigureAwait(false)).LaunchTemplates ?? []).Select(t => t.LaunchTemplateName)];
}

/// <summary>Completes storage classes of the EKS cluster already typed, and the name that is taken without one.</summary>
public sealed class EksStorageClassCompleter : EksNameCompleter
{
    /// <inheritdoc/>
    private protected override async Task<IReadOnlyList<string>> NamesAsync(AwsSession aws, string? cluster, string typed,
        CancellationToken cancel)
    {
        if (cluster is null)
            return [StorageClassSpec.DefaultName];
        using var connection = EksAccess.Open(await ConnectCluster.RunAsync(aws, cluster, cancel).ConfigureAwait(false));
        return [StorageClassSpec.DefaultName, .. KubeObjects.Items((await connection.GetAsync(ResourceKind.StorageClass.Path(null), cancel)
            .ConfigureAwait(false))["items"]).Select(n => n.Name())];
    }
}
