using Amazon.Runtime;
using KafkaK8s.Eks.Client.Runtime;

namespace Amazon.EKS.Model;

/// <summary>Lists which service accounts of a cluster have which roles by pod identity.</summary>
internal sealed class ListPodIdentityAssociationsRequest : AmazonEKSRequest
{
    [Uri("name")]
    public string? ClusterName { get; set; }

    [Query]
    public string? Namespace { get; set; }

    [Query]
    public string? ServiceAccount { get; set; }

    [Query]
    public int? MaxResults { get; set; }

    [Query]
    public string? NextToken { get; set; }
}

/// <summary>One page of associations.</summary>
internal sealed class ListPodIdentityAssociationsResponse : AmazonWebServiceResponse
{
    public List<PodIdentityAssociationSummary>? Associations { get; set; }

    public string? NextToken { get; set; }
}

/// <summary>An association, without its role.</summary>
internal sealed class PodIdentityAssociationSummary
{
    public string? ClusterName { get; set; }

    public string? Namespace { get; set; }

    public string? ServiceAccount { get; set; }

    public string? AssociationArn { get; set; }

    public string? AssociationId { get; set; }

    /// <summary>ARN of the add-on that it belongs to, where it does.</summary>
    public string? OwnerArn { get; set; }
}

/// <summary>Gives a service account a role.</summary>
internal sealed class CreatePodIdentityAssociationRequest : AmazonEKSRequest
{
    [Uri("name")]
    public string? ClusterName { get; set; }

    public string? Namespace { get; set; }

    public string? ServiceAccount { get; set; }

    public string? RoleArn { get; set; }

    [IdempotencyToken]
    public string? ClientRequestToken { get; set; }

    public Dictionary<string, string>? Tags { get; set; }
}

/// <summary>The association that was made.</summary>
internal sealed class CreatePodIdentityAssociationResponse : AmazonWebServiceResponse
{
    public PodIdentityAssociation? Association { get; set; }
}

/// <summary>An association.</summary>
internal sealed class PodIdentityAssociation
{
    public string? ClusterName { get; set; }

    public string? Namespace { get; set; }

    public string? ServiceAccount { get; set; }

    public string? RoleArn { get; set; }

    public string? AssociationArn { get; set; }

    public string? AssociationId { get; set; }

    public string? OwnerArn { get; set; }
}
