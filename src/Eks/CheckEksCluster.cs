using System.Runtime.CompilerServices;
using Amazon.EKS.Model;
using Amazon.IdentityManagement.Model;
using Amazon.ServiceQuotas.Model;
using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Running;

namespace KafkaK8s.Eks;

/// <summary>What Test-KafkaEksCluster was asked for.</summary>
/// <param name="Cluster">Name of the EKS cluster.</param>
/// <param name="InstanceTypes">Instance types to look at; empty: none.</param>
/// <param name="NodeRole">ARN of the role to look at; null: that of the groups that are there.</param>
/// <param name="Load">What a node must have room for.</param>
/// <param name="Timeout">Limit for the whole operation.</param>
internal sealed record CheckEksRequest(string Cluster, IReadOnlyList<string> InstanceTypes, string? NodeRole, NodeLoad Load,
    TimeSpan Timeout);

/// <summary>Looks at an EKS cluster and says what is missing for Kafka. Changes nothing.</summary>
internal static class CheckEksCluster
{
    private const string StandardVcpus = "L-1216C47A"; // Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances

    /// <summary>Yields one result after the other, each a <see cref="Completed{T}"/>.</summary>
    /// <param name="aws">The session.</param>
    /// <param name="kubernetes">The Kubernetes side, or why there is none.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="ClusterException">There is no such cluster, or AWS cannot be asked at all.</exception>
    public static IAsyncEnumerable<OperationEvent> RunAsync(AwsSession aws, (KubeConnection? Connection, string Why) kubernetes,
        CheckEksRequest request, CancellationToken cancel) =>
        Limits.WithinAsync(request.Timeout, token => StepsAsync(aws, kubernetes, request, token),
            () => new ClusterException("Timeout", FailureKind.Timeout, request.Cluster,
            $"Not all checks were made within {request.Timeout.TotalSeconds:0} s. Nothing was changed; run the command again with a "
                + $"longer -TimeoutSeconds."), cancel);

    private static async IAsyncEnumerable<OperationEvent> StepsAsync(AwsSession aws, (KubeConnection? Connection, string Why) kubernetes,
        CheckEksRequest request, [EnumeratorCancellation] CancellationToken cancel)
    {
        var fact = EksReads.Fact(await EksReads.ClusterAsync(aws, request.Cluster, cancel).ConfigureAwait(false));
        var checks = new EksChecks(request.Cluster);
        async Task<EksCheck> Try(string name, Func<Task<EksCheck>> check)
        {
            try
            {
                return await check().ConfigureAwait(false);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested && aws.Explain(e, request.Cluster) is { } failure)
            {
                return checks.NotChecked(name, failure.Message);
            }
        }

        // What several checks read is read once; where that fails, each of them says so.
        var subnets = EksReads.SubnetsAsync(aws, fact.VpcId, cancel);
        var groups = EksReads.GroupsAsync(aws, request.Cluster, cancel);
        Task<EksCheck>[] all =
        [
            Task.FromResult(checks.Active(fact)),
            Try("VersionSupported", async () =>
                checks.Version(fact, await VersionAsync(aws, fact.Version, cancel).ConfigureAwait(false), DateTimeOffset.UtcNow)),
            Task.FromResult(checks.Authentication(fact)),
            Try("Subnets", async () => checks.Subnets(fact, await subnets.ConfigureAwait(false))),
            Try("InstanceTypes", async () => await InstanceTypesAsync(aws, checks, fact, request, subnets, cancel).ConfigureAwait(false)),
            Try("Quota", async () => await QuotaAsync(aws, checks, fact, request, subnets, cancel).ConfigureAwait(false)),
            Try("NodeRole", async () => await NodeRoleAsync(aws, checks, request, groups, cancel).ConfigureAwait(false)),
            Try("NodeGroups",
                async () => checks.NodeGroups(await groups.ConfigureAwait(false), GroupView.Zones(await subnets.ConfigureAwait(false)))),
            Try("EbsCsiDriver", async () => checks.Driver(
                await EksAddons.TryGetAsync(aws, request.Cluster, EksAddons.Driver, cancel).ConfigureAwait(false),
                await EksAddons.TryGetAsync(aws, request.Cluster, EksAddons.Agent, cancel).ConfigureAwait(false))),
            Try("StorageClass", async () => await StorageClassAsync(checks, kubernetes, cancel).ConfigureAwait(false)),
        ];
        foreach (var check in all)
            yield return new Completed<EksCheck>(
                await check.ConfigureAwait(false) with { Region = aws.Region, ProfileName = aws.ProfileName });
    }

    private static async Task<ClusterVersionInformation?> VersionAsync(AwsSession aws, string version, CancellationToken cancel) =>
        (await aws.Eks.DescribeClusterVersionsAsync(new DescribeClusterVersionsRequest { ClusterVersions = [version], IncludeAll = true },
            cancel).ConfigureAwait(false)).ClusterVersions?.Find(v => v.ClusterVersion == version);

    private static async Task<EksCheck> InstanceTypesAsync(AwsSession aws, EksChecks checks, ClusterFact fact, CheckEksRequest request,
        Task<IReadOnlyList<SubnetFact>> subnets, CancellationToken cancel)
    {
        if (request.InstanceTypes.Count == 0)
            return checks.NotChecked("InstanceTypes", "no type was named",
                "Name those that you think of with -InstanceType, such as r7g.xlarge.");
        var types = await EksReads.TypesAsync(aws, request.InstanceTypes, cancel).ConfigureAwait(false);
        return checks.InstanceTypes(types, request.Load, ZonesOf(fact, await subnets.ConfigureAwait(false)));
    }

    private static async Task<EksCheck> QuotaAsync(AwsSession aws, EksChecks checks, ClusterFact fact, CheckEksRequest request,
        Task<IReadOnlyList<SubnetFact>> subnets, CancellationToken cancel)
    {
        if (request.InstanceTypes.Count == 0)
            return checks.NotChecked("Quota", "no type was named", "Name those that you think of with -InstanceType, such as r7g.xlarge.");
        var types = await EksReads.TypesAsync(aws, request.InstanceTypes, cancel).ConfigureAwait(false);
        var answer = await aws.Quotas.GetServiceQuotaAsync(new GetServiceQuotaRequest { ServiceCode = "ec2", QuotaCode = StandardVcpus },
            cancel).ConfigureAwait(false);
        return answer.Quota?.Value is double quota
            ? checks.Quota(quota, types[0].Cpus * ZonesOf(fact, await subnets.ConfigureAwait(false)).Count)
            : checks.NotChecked("Quota", "Service Quotas does not say the value");
    }

    private static async Task<EksCheck> NodeRoleAsync(AwsSession aws, EksChecks checks, CheckEksRequest request,
        Task<IReadOnlyList<GroupFact>> groups, CancellationToken cancel)
    {
        if (request.NodeRole is string given)
            GroupPlan.CheckRole("-NodeRole", given);
        var roles = request.NodeRole is string one ? [one]
            : (await groups.ConfigureAwait(false)).Select(g => g.NodeRole).Where(r => r.Length > 0).Distinct().ToList();
        if (roles.Count != 1)
            return checks.NotChecked("NodeRole", roles.Count == 0 ? "there are no node groups to take the role from"
                : $"the node groups have {roles.Count} roles", "Name the role of the new nodes with -NodeRole.");
        string name = roles[0][(roles[0].LastIndexOf('/') + 1)..];
        var role = (await aws.Iam.GetRoleAsync(new GetRoleRequest { RoleName = name }, cancel).ConfigureAwait(false)).Role;
        var policies = new List<string>();
        string? marker = null;
        do
        {
            var page = await aws.Iam.ListAttachedRolePoliciesAsync(new ListAttachedRolePoliciesRequest { RoleName = name, Marker = marker },
                cancel).ConfigureAwait(false);
            policies.AddRange((page.AttachedPolicies ?? []).Select(p => p.PolicyName ?? ""));
            marker = page.IsTruncated == true ? page.Marker : null;
        }
        while (marker is not null);
        return checks.NodeRole(roles[0], role?.AssumeRolePolicyDocument is string trust ? Uri.UnescapeDataString(trust) : null, policies);
    }

    private static async Task<EksCheck> StorageClassAsync(EksChecks checks, (KubeConnection? Connection, string Why) kubernetes,
        CancellationToken cancel)
    {
        if (kubernetes.Connection is null)
            return checks.NotChecked("StorageClass", kubernetes.Why, "Name a -Context that leads to the cluster.");
        var classes = await kubernetes.Connection.GetAsync(ResourceKind.StorageClass.Path(null), cancel).ConfigureAwait(false);
        return checks.StorageClass(KubeObjects.Items(classes["items"]).ToDictionary(c => c.Name(), StorageClassSpec.Unfit));
    }

    // Zones that groups would be made in; where subnets are ambiguous, all of them.
    private static IReadOnlyList<string> ZonesOf(ClusterFact fact, IReadOnlyList<SubnetFact> subnets)
    {
        try
        {
            return [.. SubnetChoice.Choose(subnets, fact, [], []).Select(s => s.Zone)];
        }
        catch (ClusterException)
        {
            return [.. subnets.Where(s => fact.SubnetIds.Contains(s.Id)).Select(s => s.Zone).Distinct().Order(StringComparer.Ordinal)];
        }
    }
}
