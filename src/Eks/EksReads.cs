using Amazon.EC2.Model;
using Amazon.EKS.Model;
using Amazon.Runtime;
using KafkaK8s.Core;

namespace KafkaK8s.Eks;

/// <summary>Reads from AWS as facts.</summary>
internal static class EksReads
{
    /// <summary>The cluster as EKS describes it.</summary>
    public static async Task<Cluster> ClusterAsync(AwsSession aws, string name, CancellationToken cancel) =>
        (await aws.Eks.DescribeClusterAsync(new DescribeClusterRequest { Name = name }, cancel).ConfigureAwait(false)).Cluster!;

    /// <summary>The facts of a cluster.</summary>
    public static ClusterFact Fact(Cluster cluster) => new(
        cluster.Name!, cluster.Status?.Value ?? "", cluster.Version ?? "", cluster.ResourcesVpcConfig?.VpcId ?? "",
        cluster.ResourcesVpcConfig?.SubnetIds ?? [],
        cluster.AccessConfig?.AuthenticationMode?.Value ?? "");

    /// <summary>A cluster that node groups can be made in.</summary>
    /// <exception cref="ClusterException"><c>EksClusterNotReady</c>.</exception>
    public static async Task<ClusterFact> ActiveClusterAsync(AwsSession aws, string name, CancellationToken cancel)
    {
        var cluster = Fact(await ClusterAsync(aws, name, cancel).ConfigureAwait(false));
        return cluster.Status is "ACTIVE" or "UPDATING" ? cluster
            : throw new ClusterException("EksClusterNotReady", FailureKind.Unavailable, name,
            $"The EKS cluster {name} is {cluster.Status}; nothing can be made in it. Wait until it is ACTIVE (Test-KafkaEksCluster "
                + $"{name}), then run the command again.");
    }

    /// <summary>All node groups of a cluster, by name.</summary>
    public static async Task<IReadOnlyList<GroupFact>> GroupsAsync(AwsSession aws, string cluster, CancellationToken cancel)
    {
        var names = new List<string>();
        string? next = null;
        do
        {
            var page = await aws.Eks.ListNodegroupsAsync(new ListNodegroupsRequest { ClusterName = cluster, NextToken = next }, cancel)
                .ConfigureAwait(false);
            names.AddRange(page.Nodegroups ?? []);
            next = page.NextToken;
        }
        while (!string.IsNullOrEmpty(next));
        var groups = await Task.WhenAll(names.Order(StringComparer.Ordinal).Select(n => TryGroupAsync(aws, cluster, n, cancel)))
            .ConfigureAwait(false);
        return [.. groups.OfType<GroupFact>()]; // one may have gone in between
    }

    /// <summary>One node group; null where there is none.</summary>
    public static async Task<GroupFact?> TryGroupAsync(AwsSession aws, string cluster, string name, CancellationToken cancel)
    {
        try
        {
            var answer = await aws.Eks.DescribeNodegroupAsync(new DescribeNodegroupRequest { ClusterName = cluster, NodegroupName = name },
                cancel).ConfigureAwait(false);
            return answer.Nodegroup is null ? null : Fact(answer.Nodegroup);
        }
        catch (ResourceNotFoundException e) when (!e.Message.Contains("cluster found", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
    }

    /// <summary>The subnets of a network.</summary>
    public static async Task<IReadOnlyList<SubnetFact>> SubnetsAsync(AwsSession aws, string vpc, CancellationToken cancel)
    {
        var subnets = new List<Subnet>();
        var request = new DescribeSubnetsRequest { Filters = [new Filter("vpc-id", [vpc])] };
        do
        {
            var page = await aws.Ec2.DescribeSubnetsAsync(request, cancel).ConfigureAwait(false);
            subnets.AddRange(page.Subnets ?? []);
            request.NextToken = page.NextToken;
        }
        while (!string.IsNullOrEmpty(request.NextToken));
        return [.. subnets.Select(s => new SubnetFact(s.SubnetId, s.AvailabilityZone, s.VpcId, s.CidrBlock, s.AvailableIpAddressCount ?? 0,
            s.MapPublicIpOnLaunch == true,
            (s.Tags ?? []).DistinctBy(t => t.Key).ToDictionary(t => t.Key, t => t.Value)))];
    }

    /// <summary>Instance types with the zones that offer them, in the order of the names.</summary>
    /// <exception cref="ClusterException"><c>InstanceTypeNotFound</c>.</exception>
    public static async Task<IReadOnlyList<InstanceFact>> TypesAsync(AwsSession aws, IReadOnlyList<string> names, CancellationToken cancel)
    {
        List<InstanceTypeInfo> found;
        try
        {
            found = (await aws.Ec2.DescribeInstanceTypesAsync(new DescribeInstanceTypesRequest { InstanceTypes = [.. names] }, cancel)
                .ConfigureAwait(false)).InstanceTypes ?? [];
        }
        catch (AmazonServiceException e) when (e.ErrorCode is "InvalidInstanceType" or "InvalidParameterValue")
        {
            throw NoSuchType(string.Join(", ", names), aws.Region, e);
        }

        var zones = await OffersAsync(aws, names, cancel).ConfigureAwait(false);
        return [.. names.Select(n => found.Find(t => t.InstanceType?.Value == n) is { } t ? Fact(t, zones[n])
            : throw NoSuchType(n, aws.Region, null))];
    }

    /// <summary>A launch template, given as name or id with or without <c>:version</c>; its default version where none is named.</summary>
    /// <exception cref="ClusterException"><c>LaunchTemplateNotFound</c>, or <c>LaunchTemplateUnfit</c>: it has what EKS does not allow in
    /// one.</exception>
    public static async Task<TemplateFact> TemplateAsync(AwsSession aws, string given, CancellationToken cancel)
    {
        int colon = given.LastIndexOf(':');
        string name = colon < 0 ? given : given[..colon];
        bool isId = name.StartsWith("lt-", StringComparison.Ordinal);
        LaunchTemplateVersion? version;
        try
        {
            var request = new DescribeLaunchTemplateVersionsRequest
            {
                Versions = [colon < 0 ? "$Default" : given[(colon + 1)..]],
                LaunchTemplateId = isId ? name : null,
                LaunchTemplateName = isId ? null : name
            };
            version = (await aws.Ec2.DescribeLaunchTemplateVersionsAsync(request, cancel)
                .ConfigureAwait(false)).LaunchTemplateVersions?.FirstOrDefault();
        }
        catch (AmazonServiceException e) when (e.ErrorCode.StartsWith("InvalidLaunchTemplate", StringComparison.Ordinal))
        {
            version = null;
        }

        if (version is null)
            throw new ClusterException("LaunchTemplateNotFound", FailureKind.NotFound, given,
                $"There is no launch template '{given}' in {aws.Region}. Give its name or id, optionally with :version.");
        var data = version.LaunchTemplateData;
        var forbidden = new (string Name, bool Is)[]
        {
            ("an instance type (use -InstanceType)", data?.InstanceType is not null),
            ("an image (EKS takes its own by -InstanceType and -Bottlerocket)", !string.IsNullOrEmpty(data?.ImageId)),
            ("an instance profile (use -NodeRole)", data?.IamInstanceProfile is not null),
            ("a subnet (use -Subnet)", data?.NetworkInterfaces?.Exists(i => !string.IsNullOrEmpty(i.SubnetId)) == true),
            ("spot instances (brokers run On-Demand)", data?.InstanceMarketOptions is not null),
        }.Where(f => f.Is).Select(f => f.Name).ToList();
        return forbidden.Count == 0
            ? new TemplateFact(version.LaunchTemplateId,
                (version.VersionNumber ?? 1).ToString(System.Globalization.CultureInfo.InvariantCulture))
            : throw new ClusterException("LaunchTemplateUnfit", FailureKind.InvalidInput, given,
                $"The launch template '{given}' has {string.Join(", ", forbidden)}. Make a version without.");
    }

    private static async Task<ILookup<string, string>> OffersAsync(AwsSession aws, IReadOnlyList<string> names, CancellationToken cancel)
    {
        var offers = new List<InstanceTypeOffering>();
        var request = new DescribeInstanceTypeOfferingsRequest
        {
            LocationType = Amazon.EC2.LocationType.AvailabilityZone,
            Filters = [new Filter("instance-type", [.. names])]
        };
        do
        {
            var page = await aws.Ec2.DescribeInstanceTypeOfferingsAsync(request, cancel).ConfigureAwait(false);
            offers.AddRange(page.InstanceTypeOfferings ?? []);
            request.NextToken = page.NextToken;
        }
        while (!string.IsNullOrEmpty(request.NextToken));
        return offers.OrderBy(o => o.Location, StringComparer.Ordinal).ToLookup(o => o.InstanceType.Value, o => o.Location);
    }

    private static ClusterException NoSuchType(string name, string region, Exception? inner) =>
        new("InstanceTypeNotFound", FailureKind.NotFound, name,
        $"EC2 knows no instance type {name} in {region}. Write it as r7g.xlarge; 'aws ec2 describe-instance-types' lists them.", inner);

    private static InstanceFact Fact(InstanceTypeInfo type, IEnumerable<string> zones) => new(
        type.InstanceType.Value,
        type.VCpuInfo?.DefaultVCpus ?? 0,
        type.MemoryInfo?.SizeInMiB ?? 0,
        type.ProcessorInfo?.SupportedArchitectures?.Contains("arm64") == true ? "arm64" : "x86_64",
        type.BurstablePerformanceSupported == true,
        type.NetworkInfo?.MaximumNetworkInterfaces ?? 0,
        type.NetworkInfo?.Ipv4AddressesPerInterface ?? 0,
        [.. zones]);

    private static GroupFact Fact(Nodegroup group) => new()
    {
        Name = group.NodegroupName!,
        Status = group.Status?.Value ?? "",
        Subnets = group.Subnets ?? [],
        InstanceTypes = group.InstanceTypes ?? [],
        CapacityType = group.CapacityType?.Value ?? "",
        AmiType = group.AmiType?.Value ?? "",
        NodeRole = group.NodeRole ?? "",
        Min = group.ScalingConfig?.MinSize ?? 0,
        Max = group.ScalingConfig?.MaxSize ?? 0,
        Desired = group.ScalingConfig?.DesiredSize ?? 0,
        DiskSize = group.LaunchTemplate is null ? group.DiskSize : null,
        Template = group.LaunchTemplate is null ? null
            : new TemplateFact(group.LaunchTemplate.Id ?? "", group.LaunchTemplate.Version ?? ""),
        Labels = group.Labels ?? [],
        Taints = [.. (group.Taints ?? []).Select(t => new TaintFact(t.Key ?? "", t.Value ?? "", t.Effect?.Value ?? ""))],
        Tags = group.Tags ?? [],
        MaxUnavailable = group.UpdateConfig is null ? 1 : group.UpdateConfig.MaxUnavailable, // EKS's own default
        Version = group.Version ?? "",
        ReleaseVersion = group.ReleaseVersion ?? "",
        Issues = [.. (group.Health?.Issues ?? []).Select(i => $"{i.Code?.Value}: {i.Message}")],
        CreatedAt = group.CreatedAt ?? default(DateTimeOffset),
    };
}
