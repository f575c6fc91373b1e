using System.Globalization;
using Amazon.EKS.Model;
using KafkaK8s.Core;

namespace KafkaK8s.Eks;

/// <summary>The checks of an EKS cluster: each one reads what was found and says what it means. Pure.</summary>
/// <param name="cluster">Name of the cluster.</param>
internal sealed class EksChecks(string cluster)
{
    private static readonly string[] NodePolicies = ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"];

    /// <summary>Whether node groups can be made.</summary>
    public EksCheck Active(ClusterFact fact) => fact.Status == "ACTIVE"
        ? Make("ClusterActive", EksCheckStatus.Passed, $"{fact.Name} is ACTIVE")
        : Make("ClusterActive", EksCheckStatus.Failed, $"{fact.Name} is {fact.Status}",
            "Wait until it is ACTIVE; where it is FAILED, see its health issues in the console.");

    /// <summary>Whether AWS supports the version.</summary>
    public EksCheck Version(ClusterFact fact, ClusterVersionInformation? info, DateTimeOffset now)
    {
        if (info is null)
            return Make("VersionSupported", EksCheckStatus.Failed, $"Kubernetes {fact.Version} is none of the versions that EKS lists",
                "Upgrade the cluster ('aws eks update-cluster-version').");
        string until = $"standard support until {Day(info.EndOfStandardSupportDate)}, extended until {Day(info.EndOfExtendedSupportDate)}";
        return info.VersionStatus?.Value switch
        {
            "UNSUPPORTED" => Make("VersionSupported", EksCheckStatus.Failed, $"Kubernetes {fact.Version}: {until}",
                "Upgrade the cluster ('aws eks update-cluster-version')."),
            "EXTENDED_SUPPORT" => Make("VersionSupported", EksCheckStatus.Advice,
                $"Kubernetes {fact.Version} is in extended support, which costs extra: {until}",
                "Upgrade the cluster ('aws eks update-cluster-version')."),
            _ when info.EndOfStandardSupportDate is { } end && end - now.UtcDateTime < TimeSpan.FromDays(60) =>
                Make("VersionSupported", EksCheckStatus.Advice, $"Kubernetes {fact.Version}: {until}",
                    "Standard support ends within 60 days: plan the upgrade."),
            _ => Make("VersionSupported", EksCheckStatus.Passed, $"Kubernetes {fact.Version}: {until}"),
        };
    }

    /// <summary>How AWS identities become users of Kubernetes.</summary>
    public EksCheck Authentication(ClusterFact fact) => fact.AuthenticationMode switch
    {
        "API" or "API_AND_CONFIG_MAP" =>
            Make("AuthenticationMode", EksCheckStatus.Passed, $"{fact.AuthenticationMode}: EKS itself gives nodes and users their access"),
        "" => Make("AuthenticationMode", EksCheckStatus.NotChecked, "EKS does not say the mode of this cluster"),
        _ => Make("AuthenticationMode", EksCheckStatus.Advice,
            $"{fact.AuthenticationMode}: access hangs on one ConfigMap, aws-auth, that one wrong edit locks everybody out of",
            $"'aws eks update-cluster-config --name {cluster} --access-config authenticationMode=API_AND_CONFIG_MAP'. There is no way "
                + $"back."),
    };

    /// <summary>Whether there is one private subnet in each of three zones.</summary>
    public EksCheck Subnets(ClusterFact fact, IReadOnlyList<SubnetFact> subnets)
    {
        try
        {
            var chosen = SubnetChoice.Choose(subnets, fact, [], []);
            string evidence = string.Join("; ", chosen.Select(s => $"{s.Zone}: {s}"));
            if (chosen.Count < 3)
                return Make("Subnets", EksCheckStatus.Advice, evidence,
                    "With three zones the loss of one leaves ZooKeeper its quorum and each partition two copies. Add a private subnet in "
                        + "another zone.");
            return chosen.Any(s => s.FreeAddresses < 16)
                ? Make("Subnets", EksCheckStatus.Advice, evidence,
                    "Each node takes several addresses, and one for each pod: fewer than 16 are soon used up.")
                : Make("Subnets", EksCheckStatus.Passed, evidence);
        }
        catch (ClusterException e)
        {
            return Make("Subnets", EksCheckStatus.Failed, e.Message,
                $"Set the tag {SubnetFact.PrivateTag}=1 on one private subnet in each zone, or give New-KafkaNodeGroup -Subnet.");
        }
    }

    /// <summary>Whether the nodes' role has what nodes need.</summary>
    /// <param name="role">ARN of the role.</param>
    /// <param name="trust">Its trust policy, decoded; null where it could not be read.</param>
    /// <param name="policies">Names of its managed policies.</param>
    public EksCheck NodeRole(string role, string? trust, IReadOnlyCollection<string> policies)
    {
        var missing = NodePolicies.Where(p => !policies.Contains(p)).ToList();
        if (policies.Contains("AmazonEC2ContainerRegistryReadOnly"))
            missing.Remove("AmazonEC2ContainerRegistryPullOnly"); // the older one allows it too
        string evidence = $"{role} has {string.Join(", ", policies.Order(StringComparer.Ordinal).DefaultIfEmpty("no managed policies"))}";
        if (trust is not null && !trust.Contains("ec2.amazonaws.com", StringComparison.Ordinal))
            return Make("NodeRole", EksCheckStatus.Failed, $"{role} does not let ec2.amazonaws.com assume it",
                "Add that to its trust policy: else no instance gets the role.");
        if (missing.Count > 0)
            return Make("NodeRole", EksCheckStatus.Failed, evidence,
                $"Attach {string.Join(" and ", missing)} (or the same rights by policies of your own).");
        return policies.Contains("AmazonEKS_CNI_Policy")
            ? Make("NodeRole", EksCheckStatus.Passed, evidence)
            : Make("NodeRole", EksCheckStatus.Advice, evidence,
                "AmazonEKS_CNI_Policy is not on it: right where the add-on vpc-cni has a role of its own; else nodes stay NotReady.");
    }

    /// <summary>Whether EBS volumes can be made.</summary>
    public EksCheck Driver(Addon? driver, Addon? agent)
    {
        string enable = $"Enable-KafkaEksStorage {cluster} -PodIdentityRole ARN, with a role that has {EksAddons.Policy}.";
        if (driver is null)
            return Make("EbsCsiDriver", EksCheckStatus.Failed,
                $"there is no add-on {EksAddons.Driver} (a driver installed otherwise does not show here)", enable);
        string issues = EksAddons.Issues(driver);
        string evidence = $"{EksAddons.Driver} {driver.AddonVersion} is {driver.Status?.Value}{(issues.Length == 0 ? "" : $": {issues}")}";
        if (driver.Status?.Value != "ACTIVE")
            return Make("EbsCsiDriver", EksCheckStatus.Failed, evidence,
                "Its controller needs a node without the taint of Kafka's nodes; see its issues.");
        if (driver.PodIdentityAssociations?.Count > 0)
        {
            return agent?.Status?.Value == "ACTIVE"
                ? Make("EbsCsiDriver", EksCheckStatus.Passed, $"{evidence}, role by pod identity")
                : Make("EbsCsiDriver", EksCheckStatus.Failed,
                    $"{evidence}, role by pod identity, but {EksAddons.Agent} is {agent?.Status?.Value ?? "missing"}", enable);
        }

        return string.IsNullOrEmpty(driver.ServiceAccountRoleArn)
            ? Make("EbsCsiDriver", EksCheckStatus.Failed,
                $"{evidence}, and has no role: volumes stay Pending unless the nodes' role allows it", enable)
            : Make("EbsCsiDriver", EksCheckStatus.Passed, $"{evidence}, role by IRSA ({driver.ServiceAccountRoleArn})");
    }

    /// <summary>Whether a storage class is fit for brokers.</summary>
    /// <param name="unfit">What makes each class unfit, by name; empty: fit.</param>
    public EksCheck StorageClass(IReadOnlyDictionary<string, IReadOnlyList<string>> unfit)
    {
        var fit = unfit.Where(c => c.Value.Count == 0).Select(c => c.Key).Order(StringComparer.Ordinal).ToList();
        string others = string.Join(", ", unfit.Where(c => c.Value.Count > 0).OrderBy(c => c.Key, StringComparer.Ordinal)
            .Select(c => $"{c.Key} ({string.Join(", ", c.Value)})"));
        return fit.Count > 0
            ? Make("StorageClass", EksCheckStatus.Passed,
                $"fit for brokers: {string.Join(", ", fit)}{(others.Length == 0 ? "" : $"; not: {others}")}",
                $"New-KafkaCluster … -StorageClass {(fit.Contains(StorageClassSpec.DefaultName) ? StorageClassSpec.DefaultName : fit[0])}")
            : Make("StorageClass", EksCheckStatus.Failed, others.Length == 0 ? "there are no storage classes"
                : $"none is fit for brokers: {others}", $"Enable-KafkaEksStorage {cluster}");
    }

    /// <summary>Whether the zones offer the instance types, and these are fit.</summary>
    public EksCheck InstanceTypes(IReadOnlyList<InstanceFact> types, NodeLoad load, IReadOnlyList<string> zones)
    {
        try
        {
            InstanceFit.Check(types, load, zones);
            return Make("InstanceTypes", EksCheckStatus.Passed,
                $"{string.Join(", ", types.Select(t => t.Name))}: fit for brokers, offered in {string.Join(", ", zones)}");
        }
        catch (ClusterException e)
        {
            return Make("InstanceTypes", EksCheckStatus.Failed, e.Message, "Choose another -InstanceType.");
        }
    }

    /// <summary>Whether the account may run as many CPUs.</summary>
    /// <param name="quota">vCPUs that the account may run; EKS does not tell how many it runs already.</param>
    /// <param name="wanted">vCPUs of one node in each zone.</param>
    public EksCheck Quota(double quota, int wanted)
    {
        string evidence = string.Create(CultureInfo.InvariantCulture,
            $"the account may run {quota:0} On-Demand vCPUs of the standard families in the region; one node a zone takes {wanted} (what "
                + $"runs already is not counted)");
        return quota >= wanted ? Make("Quota", EksCheckStatus.Passed, evidence)
            : Make("Quota", EksCheckStatus.Failed, evidence, "Ask for more in Service Quotas: EC2, L-1216C47A.");
    }

    /// <summary>Whether there are nodes for brokers already.</summary>
    public EksCheck NodeGroups(IReadOnlyList<GroupFact> groups, IReadOnlyDictionary<string, string> zones)
    {
        var kafka = groups.Where(GroupNames.IsForKafka).ToList();
        if (kafka.Count == 0)
            return Make("NodeGroups", EksCheckStatus.Failed,
                $"{groups.Count} node groups, none with the label {GroupNames.Key}={GroupNames.Value}",
                $"New-KafkaNodeGroup {cluster} -InstanceType …");
        var ill = kafka.Where(g => g.Status != "ACTIVE" || !g.Taints.Contains(GroupNames.Taint) || g.CapacityType == "SPOT").ToList();
        string evidence = string.Join("; ",
            kafka.Select(
                g =>
                $"{g.Name} is {g.Status}, {g.Desired} {string.Join("/", g.InstanceTypes)} in "
                + $"{string.Join(", ", g.Subnets.Select(s => zones.GetValueOrDefault(s, s)).Distinct())}"
            + $"{(g.CapacityType == "SPOT" ? ", SPOT" : "")}{(g.Taints.Contains(GroupNames.Taint) ? "" : ", without the taint")}"
            + $"{(g.Issues.Count == 0 ? "" : $" ({string.Join("; ", g.Issues)})")}"));
        int places = kafka.Except(ill).SelectMany(g => g.Subnets).Select(s => zones.GetValueOrDefault(s, s)).Distinct().Count();
        if (places == 0)
            return Make("NodeGroups", EksCheckStatus.Failed, evidence,
                $"New-KafkaNodeGroup {cluster} -InstanceType … creates the failed groups again.");
        if (ill.Count > 0)
            return Make("NodeGroups", EksCheckStatus.Advice, evidence,
                "Brokers want groups that are ACTIVE, On-Demand and tainted, so that nobody else runs there.");
        return places < 3 ? Make("NodeGroups", EksCheckStatus.Advice, evidence,
            "With three zones the loss of one leaves ZooKeeper its quorum.") : Make("NodeGroups", EksCheckStatus.Passed, evidence);
    }

    /// <summary>A check that could not be made.</summary>
    public EksCheck NotChecked(string name, string why, string remedy = "") => Make(name, EksCheckStatus.NotChecked, why, remedy);

    private static string Day(DateTime? date) => date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "an unknown day";

    private EksCheck Make(string name, string status, string evidence, string remedy = "") =>
        new() { Cluster = cluster, Check = name, Status = status, Evidence = evidence, Remedy = remedy };
}
