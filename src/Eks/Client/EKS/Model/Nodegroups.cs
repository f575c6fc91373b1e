using Amazon.Runtime;
using KafkaK8s.Eks.Client.Runtime;

namespace Amazon.EKS.Model;

/// <summary>Lists the node groups of a cluster, 100 a page.</summary>
internal sealed class ListNodegroupsRequest : AmazonEKSRequest
{
    [Uri("name")]
    public string? ClusterName { get; set; }

    [Query]
    public int? MaxResults { get; set; }

    [Query]
    public string? NextToken { get; set; }
}

/// <summary>One page of names.</summary>
internal sealed class ListNodegroupsResponse : AmazonWebServiceResponse
{
    public List<string>? Nodegroups { get; set; }

    public string? NextToken { get; set; }
}

/// <summary>Reads one node group.</summary>
internal sealed class DescribeNodegroupRequest : AmazonEKSRequest
{
    [Uri("name")]
    public string? ClusterName { get; set; }

    [Uri("nodegroupName")]
    public string? NodegroupName { get; set; }
}

/// <summary>The node group.</summary>
internal sealed class DescribeNodegroupResponse : AmazonWebServiceResponse
{
    public Nodegroup? Nodegroup { get; set; }
}

/// <summary>Makes a managed node group: an Auto Scaling group of nodes that EKS runs.</summary>
internal sealed class CreateNodegroupRequest : AmazonEKSRequest
{
    [Uri("name")]
    public string? ClusterName { get; set; }

    public string? NodegroupName { get; set; }

    public NodegroupScalingConfig? ScalingConfig { get; set; }

    /// <summary>Root disk in GiB; never together with a launch template.</summary>
    public int? DiskSize { get; set; }

    public List<string>? Subnets { get; set; }

    public List<string>? InstanceTypes { get; set; }

    public AMITypes? AmiType { get; set; }

    public string? NodeRole { get; set; }

    public Dictionary<string, string>? Labels { get; set; }

    public List<Taint>? Taints { get; set; }

    public Dictionary<string, string>? Tags { get; set; }

    [IdempotencyToken]
    public string? ClientRequestToken { get; set; }

    public LaunchTemplateSpecification? LaunchTemplate { get; set; }

    public NodegroupUpdateConfig? UpdateConfig { get; set; }

    public CapacityTypes? CapacityType { get; set; }

    public string? Version { get; set; }

    public string? ReleaseVersion { get; set; }
}

/// <summary>The node group that is being made.</summary>
internal sealed class CreateNodegroupResponse : AmazonWebServiceResponse
{
    public Nodegroup? Nodegroup { get; set; }
}

/// <summary>Changes sizes, labels, taints or the pace of updates of a node group.</summary>
internal sealed class UpdateNodegroupConfigRequest : AmazonEKSRequest
{
    [Uri("name")]
    public string? ClusterName { get; set; }

    [Uri("nodegroupName")]
    public string? NodegroupName { get; set; }

    public UpdateLabelsPayload? Labels { get; set; }

    public UpdateTaintsPayload? Taints { get; set; }

    public NodegroupScalingConfig? ScalingConfig { get; set; }

    public NodegroupUpdateConfig? UpdateConfig { get; set; }

    [IdempotencyToken]
    public string? ClientRequestToken { get; set; }
}

/// <summary>The update that was begun.</summary>
internal sealed class UpdateNodegroupConfigResponse : AmazonWebServiceResponse
{
    public Update? Update { get; set; }
}

/// <summary>Removes a node group: its nodes are drained for 15 minutes at most and ended.</summary>
internal sealed class DeleteNodegroupRequest : AmazonEKSRequest
{
    [Uri("name")]
    public string? ClusterName { get; set; }

    [Uri("nodegroupName")]
    public string? NodegroupName { get; set; }
}

/// <summary>The node group that is being removed.</summary>
internal sealed class DeleteNodegroupResponse : AmazonWebServiceResponse
{
    public Nodegroup? Nodegroup { get; set; }
}

/// <summary>A managed node group.</summary>
internal sealed class Nodegroup
{
    public string? NodegroupName { get; set; }

    public string? NodegroupArn { get; set; }

    public string? ClusterName { get; set; }

    public string? Version { get; set; }

    public string? ReleaseVersion { get; set; }

    public DateTime? CreatedAt { get; set; }

    public DateTime? ModifiedAt { get; set; }

    public NodegroupStatus? Status { get; set; }

    public CapacityTypes? CapacityType { get; set; }

    public NodegroupScalingConfig? ScalingConfig { get; set; }

    public List<string>? InstanceTypes { get; set; }

    public List<string>? Subnets { get; set; }

    public AMITypes? AmiType { get; set; }

    public string? NodeRole { get; set; }

    public Dictionary<string, string>? Labels { get; set; }

    public List<Taint>? Taints { get; set; }

    public NodegroupResources? Resources { get; set; }

    public int? DiskSize { get; set; }

    public NodegroupHealth? Health { get; set; }

    public NodegroupUpdateConfig? UpdateConfig { get; set; }

    public LaunchTemplateSpecification? LaunchTemplate { get; set; }

    public Dictionary<string, string>? Tags { get; set; }
}

/// <summary>How many nodes.</summary>
internal sealed class NodegroupScalingConfig
{
    public int? MinSize { get; set; }

    public int? MaxSize { get; set; }

    public int? DesiredSize { get; set; }
}

/// <summary>How many nodes an update may take away at once.</summary>
internal sealed class NodegroupUpdateConfig
{
    public int? MaxUnavailable { get; set; }

    public int? MaxUnavailablePercentage { get; set; }
}

/// <summary>A launch template of EC2, by id or by name.</summary>
internal sealed class LaunchTemplateSpecification
{
    public string? Id { get; set; }

    public string? Name { get; set; }

    public string? Version { get; set; }
}

/// <summary>A taint of nodes.</summary>
internal sealed class Taint
{
    public string? Key { get; set; }

    public string? Value { get; set; }

    public TaintEffect? Effect { get; set; }
}

/// <summary>What a node group is made of.</summary>
internal sealed class NodegroupResources
{
    public List<AutoScalingGroup>? AutoScalingGroups { get; set; }
}

/// <summary>An Auto Scaling group.</summary>
internal sealed class AutoScalingGroup
{
    public string? Name { get; set; }
}

/// <summary>Health of a node group.</summary>
internal sealed class NodegroupHealth
{
    public List<Issue>? Issues { get; set; }
}

/// <summary>One thing that is wrong with a node group.</summary>
internal sealed class Issue
{
    public NodegroupIssueCode? Code { get; set; }

    public string? Message { get; set; }

    public List<string>? ResourceIds { get; set; }
}

/// <summary>Changes of labels.</summary>
internal sealed class UpdateLabelsPayload
{
    public Dictionary<string, string>? AddOrUpdateLabels { get; set; }

    public List<string>? RemoveLabels { get; set; }
}

/// <summary>Changes of taints.</summary>
internal sealed class UpdateTaintsPayload
{
    public List<Taint>? AddOrUpdateTaints { get; set; }

    public List<Taint>? RemoveTaints { get; set; }
}
