using Amazon.Runtime;
using KafkaK8s.Eks.Client.Runtime;

namespace Amazon.EKS.Model;

/// <summary>Lists the add-ons of a cluster.</summary>
internal sealed class ListAddonsRequest : AmazonEKSRequest
{
    [Uri("name")]
    public string? ClusterName { get; set; }

    [Query]
    public int? MaxResults { get; set; }

    [Query]
    public string? NextToken { get; set; }
}

/// <summary>One page of names.</summary>
internal sealed class ListAddonsResponse : AmazonWebServiceResponse
{
    public List<string>? Addons { get; set; }

    public string? NextToken { get; set; }
}

/// <summary>Reads one add-on of a cluster.</summary>
internal sealed class DescribeAddonRequest : AmazonEKSRequest
{
    [Uri("name")]
    public string? ClusterName { get; set; }

    [Uri("addonName")]
    public string? AddonName { get; set; }
}

/// <summary>The add-on.</summary>
internal sealed class DescribeAddonResponse : AmazonWebServiceResponse
{
    public Addon? Addon { get; set; }
}

/// <summary>Takes an add-on off a cluster.</summary>
internal sealed class DeleteAddonRequest : AmazonEKSRequest
{
    [Uri("name")]
    public string? ClusterName { get; set; }

    [Uri("addonName")]
    public string? AddonName { get; set; }

    /// <summary>Whether its objects in Kubernetes stay.</summary>
    [Query]
    public bool? Preserve { get; set; }
}

/// <summary>The add-on that goes.</summary>
internal sealed class DeleteAddonResponse : AmazonWebServiceResponse
{
    public Addon? Addon { get; set; }
}

/// <summary>Puts an add-on on a cluster.</summary>
internal sealed class CreateAddonRequest : AmazonEKSRequest
{
    [Uri("name")]
    public string? ClusterName { get; set; }

    public string? AddonName { get; set; }

    public string? AddonVersion { get; set; }

    /// <summary>Role of the add-on's service account by IRSA.</summary>
    public string? ServiceAccountRoleArn { get; set; }

    public ResolveConflicts? ResolveConflicts { get; set; }

    [IdempotencyToken]
    public string? ClientRequestToken { get; set; }

    public Dictionary<string, string>? Tags { get; set; }

    public string? ConfigurationValues { get; set; }

    /// <summary>Roles of the add-on's service accounts by pod identity.</summary>
    public List<AddonPodIdentityAssociations>? PodIdentityAssociations { get; set; }
}

/// <summary>The add-on that is being made.</summary>
internal sealed class CreateAddonResponse : AmazonWebServiceResponse
{
    public Addon? Addon { get; set; }
}

/// <summary>Changes an add-on.</summary>
internal sealed class UpdateAddonRequest : AmazonEKSRequest
{
    [Uri("name")]
    public string? ClusterName { get; set; }

    [Uri("addonName")]
    public string? AddonName { get; set; }

    public string? AddonVersion { get; set; }

    public string? ServiceAccountRoleArn { get; set; }

    public ResolveConflicts? ResolveConflicts { get; set; }

    [IdempotencyToken]
    public string? ClientRequestToken { get; set; }

    public string? ConfigurationValues { get; set; }

    public List<AddonPodIdentityAssociations>? PodIdentityAssociations { get; set; }
}

/// <summary>The update that was begun.</summary>
internal sealed class UpdateAddonResponse : AmazonWebServiceResponse
{
    public Update? Update { get; set; }
}

/// <summary>An add-on of a cluster.</summary>
internal sealed class Addon
{
    public string? AddonName { get; set; }

    public string? ClusterName { get; set; }

    public AddonStatus? Status { get; set; }

    public string? AddonVersion { get; set; }

    public AddonHealth? Health { get; set; }

    public string? AddonArn { get; set; }

    public DateTime? CreatedAt { get; set; }

    public DateTime? ModifiedAt { get; set; }

    public string? ServiceAccountRoleArn { get; set; }

    public Dictionary<string, string>? Tags { get; set; }

    public string? ConfigurationValues { get; set; }

    /// <summary>ARNs of its pod identity associations.</summary>
    public List<string>? PodIdentityAssociations { get; set; }
}

/// <summary>Health of an add-on.</summary>
internal sealed class AddonHealth
{
    public List<AddonIssue>? Issues { get; set; }
}

/// <summary>One thing that is wrong with an add-on.</summary>
internal sealed class AddonIssue
{
    public AddonIssueCode? Code { get; set; }

    public string? Message { get; set; }

    public List<string>? ResourceIds { get; set; }
}

/// <summary>The role of one service account of an add-on.</summary>
internal sealed class AddonPodIdentityAssociations
{
    public string? ServiceAccount { get; set; }

    public string? RoleArn { get; set; }
}

/// <summary>Asks which versions of add-ons there are.</summary>
internal sealed class DescribeAddonVersionsRequest : AmazonEKSRequest
{
    [Query]
    public string? KubernetesVersion { get; set; }

    [Query]
    public int? MaxResults { get; set; }

    [Query]
    public string? NextToken { get; set; }

    [Query]
    public string? AddonName { get; set; }
}

/// <summary>One page of add-ons.</summary>
internal sealed class DescribeAddonVersionsResponse : AmazonWebServiceResponse
{
    public List<AddonInfo>? Addons { get; set; }

    public string? NextToken { get; set; }
}

/// <summary>An add-on that can be had.</summary>
internal sealed class AddonInfo
{
    public string? AddonName { get; set; }

    public string? Type { get; set; }

    public List<AddonVersionInfo>? AddonVersions { get; set; }
}

/// <summary>One of its versions.</summary>
internal sealed class AddonVersionInfo
{
    public string? AddonVersion { get; set; }

    public List<string>? Architecture { get; set; }

    public List<Compatibility>? Compatibilities { get; set; }

    public bool? RequiresConfiguration { get; set; }

    public bool? RequiresIamPermissions { get; set; }
}

/// <summary>The version of Kubernetes that it fits, and whether it is the default there.</summary>
internal sealed class Compatibility
{
    public string? ClusterVersion { get; set; }

    public List<string>? PlatformVersions { get; set; }

    public bool? DefaultVersion { get; set; }
}
