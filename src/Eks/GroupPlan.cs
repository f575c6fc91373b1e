using System.Globalization;
using System.Text.RegularExpressions;
using KafkaK8s.Core;

namespace KafkaK8s.Eks;

/// <summary>What New-KafkaNodeGroup was asked for. What is null was not given: as it stands, or the default for a new group.</summary>
/// <param name="Cluster">Name of the EKS cluster.</param>
/// <param name="Prefix">What the names of the groups begin with.</param>
/// <param name="InstanceTypes">Instance types, of one size.</param>
/// <param name="NodesPerZone">Nodes of each group; default 1.</param>
/// <param name="Subnets">Ids of subnets, one for each zone; empty: by tag.</param>
/// <param name="Zones">Zones; empty: all.</param>
/// <param name="NodeRole">ARN of the nodes' role; null: that of the groups that are there.</param>
/// <param name="DiskSize">Root disk in GiB; default <see cref="DefaultDiskSize"/>, or the template's.</param>
/// <param name="Template">Launch template; null: none.</param>
/// <param name="Bottlerocket">Bottlerocket (true) or Amazon Linux 2023 (false); default Amazon Linux.</param>
/// <param name="Load">What a node must have room for.</param>
internal sealed record GroupRequest(
    string Cluster, string Prefix, IReadOnlyList<string> InstanceTypes, int? NodesPerZone, IReadOnlyList<string> Subnets,
    IReadOnlyList<string> Zones,
    string? NodeRole, int? DiskSize, TemplateFact? Template, bool? Bottlerocket, NodeLoad Load)
{
    /// <summary>Root disk in GiB: images and logs, as a broker's data has a volume of its own. EKS's own default, 20, is soon filled by
    /// images.</summary>
    public const int DefaultDiskSize = 50;
}

/// <summary>What is done about the group of one zone.</summary>
/// <param name="Wanted">The group as it should be.</param>
/// <param name="Zone">Its zone.</param>
/// <param name="Action">Create, Update (more nodes) or None.</param>
/// <param name="Fields">What changes.</param>
/// <param name="Replaces">The failed group of the same name that must go first; null where there is none.</param>
/// <param name="Existing">The group as it is.</param>
internal sealed record GroupStep(GroupFact Wanted, string Zone, string Action, IReadOnlyList<FieldChange> Fields, bool Replaces,
    GroupFact? Existing);

/// <summary>From what was asked for and what is there to what is done. Pure.</summary>
internal static partial class GroupPlan
{
    /// <summary>Refuses what cannot be, whatever is there.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="template">Launch template as given; null: none.</param>
    /// <exception cref="ClusterException">Kind InvalidInput.</exception>
    public static void CheckGiven(GroupRequest request, string? template)
    {
        GroupNames.CheckPrefix(request.Prefix);
        if (request.NodesPerZone < 1)
            throw new ClusterException("InvalidCount", FailureKind.InvalidInput, request.NodesPerZone,
                $"-NodesPerZone {request.NodesPerZone}: a group has at least one node.");
        if (request.DiskSize is not null && template is not null)
            throw new ClusterException("DiskAndTemplate", FailureKind.InvalidInput, request.DiskSize,
                "-DiskSize and -LaunchTemplate exclude each other: EKS takes the disk from the template. Leave one of them out.");
        if (request.NodeRole is string role)
            CheckRole("-NodeRole", role);
    }

    /// <summary>Refuses what is no ARN of an IAM role.</summary>
    /// <exception cref="ClusterException"><c>InvalidRoleArn</c>.</exception>
    public static void CheckRole(string parameter, string arn)
    {
        if (!RoleArn().IsMatch(arn))
            throw new ClusterException("InvalidRoleArn", FailureKind.InvalidInput, arn,
                $"{parameter} '{arn}' is not the ARN of an IAM role, such as arn:aws:iam::111122223333:role/name.");
    }

    /// <summary>The nodes' role: the one that was given, else the one that all groups of the cluster share.</summary>
    /// <exception cref="ClusterException"><c>NodeRoleUnknown</c>.</exception>
    public static string NodeRole(GroupRequest request, IReadOnlyList<GroupFact> groups)
    {
        if (request.NodeRole is string given)
            return given;
        var roles = groups.Select(g => g.NodeRole).Where(r => r.Length > 0).Distinct().Order(StringComparer.Ordinal).ToList();
        return roles.Count == 1 ? roles[0] : throw new ClusterException("NodeRoleUnknown", FailureKind.InvalidInput, request.Cluster,
            $"{(roles.Count == 0 ? "The cluster has no node groups to take the nodes' role from"
                : $"The groups of the cluster have {roles.Count} roles ({string.Join(", ", roles)})")}. "
                + $"Name one with -NodeRole: a role that ec2.amazonaws.com may assume, with AmazonEKSWorkerNodePolicy, "
                + $"AmazonEC2ContainerRegistryPullOnly and, unless the CNI has a role of its own, AmazonEKS_CNI_Policy.");
    }

    /// <summary>Makes the plan: one step a zone.</summary>
    /// <param name="request">What was asked for, checked.</param>
    /// <param name="role">The nodes' role.</param>
    /// <param name="types">The instance types, checked.</param>
    /// <param name="subnets">One subnet for each zone.</param>
    /// <param name="groups">All groups of the cluster.</param>
    /// <exception cref="ClusterException"><c>NodeGroupDiffers</c>: a group of the name is another one; the message has the
    /// fields.</exception>
    public static IReadOnlyList<GroupStep> Make(
        GroupRequest request, string role, IReadOnlyList<InstanceFact> types, IReadOnlyList<SubnetFact> subnets,
        IReadOnlyList<GroupFact> groups)
    {
        var steps = subnets.Select(
            s => Step(request, role, types, s, groups.FirstOrDefault(g => g.Name == GroupNames.Of(request.Prefix, s.Zone)))).ToList();
        var different = steps.Where(s => s.Action == ChangeAction.Update && !IsGrowth(s)).ToList();
        if (different.Count == 0)
            return steps;
        var lines = different.Select(s => $"{s.Wanted.Name}: {string.Join("; ", s.Fields)}");
        throw new ClusterException("NodeGroupDiffers", FailureKind.Conflict, different[0].Wanted.Name,
            $"Node groups of these names are there and are different: {string.Join(". ", lines)}. Nothing was changed. EKS cannot change "
                + $"these fields under running brokers: ask for what is there, or create groups with another -Prefix and remove the old "
                + $"ones (Remove-KafkaNodeGroup).");
    }

    /// <summary>The fields in which a group is not as wanted; empty: it will do. Labels and tags of others do not count.</summary>
    public static IReadOnlyList<FieldChange> Compare(GroupFact wanted, GroupFact there)
    {
        var fields = new List<FieldChange>();
        void Field(string path, string? from, string? to)
        {
            if (from != to)
                fields.Add(new FieldChange(path, from, to));
        }

        Field("subnets", List(there.Subnets), List(wanted.Subnets));
        Field("instanceTypes", List(there.InstanceTypes), List(wanted.InstanceTypes));
        Field("capacityType", there.CapacityType, wanted.CapacityType);
        Field("amiType", there.AmiType, wanted.AmiType);
        Field("nodeRole", there.NodeRole, wanted.NodeRole);
        Field("launchTemplate", Show(there.Template), Show(wanted.Template));
        if (wanted.Template is null && there.Template is null)
            Field("diskSize", Show(there.DiskSize), Show(wanted.DiskSize));
        foreach (var (key, value) in wanted.Labels)
            Field($"labels.{key}", there.Labels.GetValueOrDefault(key), value);
        Field("taints", List(there.Taints.Select(Show)), List(wanted.Taints.Select(Show)));
        Field("scalingConfig.minSize", Show(there.Min), Show(wanted.Min));
        Field("scalingConfig.maxSize", Show(there.Max), Show(wanted.Max));
        Field("updateConfig.maxUnavailable", Show(there.MaxUnavailable), Show(wanted.MaxUnavailable));
        return fields;
    }

    private static GroupStep Step(GroupRequest request, string role, IReadOnlyList<InstanceFact> types, SubnetFact subnet, GroupFact? there)
    {
        // A group that failed to be made has no nodes that brokers run on, and one that goes is as good as gone.
        if (there is null || there.Status is "CREATE_FAILED" or "DELETING")
            return new GroupStep(Wanted(request, role, types, subnet, null), subnet.Zone, ChangeAction.Create, [],
                Replaces: there is not null, there);
        var wanted = Wanted(request, role, types, subnet, there);
        var fields = Compare(wanted, there);
        return new GroupStep(wanted, subnet.Zone, fields.Count == 0 ? ChangeAction.None : ChangeAction.Update, fields, Replaces: false,
            there);
    }

    private static GroupFact Wanted(GroupRequest request, string role, IReadOnlyList<InstanceFact> types, SubnetFact subnet,
        GroupFact? there) => new()
        {
            Name = GroupNames.Of(request.Prefix, subnet.Zone),
            Status = "ACTIVE",
            Subnets = [subnet.Id],
            InstanceTypes = [.. types.Select(t => t.Name)],
            CapacityType = "ON_DEMAND",
            AmiType = InstanceFit.AmiType(types[0].Architecture,
            request.Bottlerocket ?? there?.AmiType.StartsWith("BOTTLEROCKET", StringComparison.Ordinal) ?? false),
            NodeRole = role,
            Min = request.NodesPerZone ?? there?.Min ?? 1,
            Max = request.NodesPerZone ?? there?.Max ?? 1,
            Desired = request.NodesPerZone ?? there?.Desired ?? 1,
            DiskSize = request.Template is null ? request.DiskSize ?? there?.DiskSize ?? GroupRequest.DefaultDiskSize : null,
            Template = request.Template,
            Labels = GroupNames.Labels,
            Taints = [GroupNames.Taint],
            Tags = GroupNames.Tags(request.Prefix),
            MaxUnavailable = 1,
        };

    // More nodes than now is the one change that a standing group takes: fewer could take brokers away.
    private static bool IsGrowth(GroupStep step) =>
        step.Fields.All(f => f.Path.StartsWith("scalingConfig.", StringComparison.Ordinal)) && step.Wanted.Min >= step.Existing!.Min
        && step.Wanted.Max >= step.Existing.Max;

    private static string? List(IEnumerable<string> values) =>
        string.Join(", ", values.Order(StringComparer.Ordinal)) is { Length: > 0 } text ? text : null;

    private static string? Show(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string? Show(TemplateFact? template) => template is null ? null : $"{template.Id}:{template.Version}";

    private static string Show(TaintFact taint) => $"{taint.Key}={taint.Value}:{taint.Effect}";

    [GeneratedRegex(@"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,512}\z", RegexOptions.CultureInvariant)]
    private static partial Regex RoleArn();
}
