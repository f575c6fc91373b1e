using Amazon.Runtime;
using KafkaK8s.Eks.Client.Runtime;

namespace Amazon.EKS.Model;

/// <summary>Lists the clusters of the region, 100 a page.</summary>
internal sealed class ListClustersRequest : AmazonEKSRequest
{
    [Query]
    public int? MaxResults { get; set; }

    [Query]
    public string? NextToken { get; set; }
}

/// <summary>One page of names.</summary>
internal sealed class ListClustersResponse : AmazonWebServiceResponse
{
    public List<string>? Clusters { get; set; }

    public string? NextToken { get; set; }
}

/// <summary>Reads one cluster.</summary>
internal sealed class DescribeClusterRequest : AmazonEKSRequest
{
    [Uri("name")]
    public string? Name { get; set; }
}

/// <summary>The cluster.</summary>
internal sealed class DescribeClusterResponse : AmazonWebServiceResponse
{
    public Cluster? Cluster { get; set; }
}

/// <summary>A cluster: its control plane and how it stands.</summary>
internal sealed class Cluster
{
    public string? Name { get; set; }

    public string? Arn { get; set; }

    public DateTime? CreatedAt { get; set; }

    public string? Version { get; set; }

    public string? Endpoint { get; set; }

    public string? RoleArn { get; set; }

    public VpcConfigResponse? ResourcesVpcConfig { get; set; }

    public Identity? Identity { get; set; }

    public ClusterStatus? Status { get; set; }

    public Certificate? CertificateAuthority { get; set; }

    public string? PlatformVersion { get; set; }

    public Dictionary<string, string>? Tags { get; set; }

    public ClusterHealth? Health { get; set; }

    public AccessConfigResponse? AccessConfig { get; set; }

    public UpgradePolicyResponse? UpgradePolicy { get; set; }

    public ComputeConfigResponse? ComputeConfig { get; set; }

    public StorageConfigResponse? StorageConfig { get; set; }
}

/// <summary>Network of a cluster.</summary>
internal sealed class VpcConfigResponse
{
    public List<string>? SubnetIds { get; set; }

    public List<string>? SecurityGroupIds { get; set; }

    public string? ClusterSecurityGroupId { get; set; }

    public string? VpcId { get; set; }

    public bool? EndpointPublicAccess { get; set; }

    public bool? EndpointPrivateAccess { get; set; }

    public List<string>? PublicAccessCidrs { get; set; }
}

/// <summary>Who issues the tokens of service accounts.</summary>
internal sealed class Identity
{
    public OIDC? Oidc { get; set; }
}

/// <summary>The OpenID Connect issuer, for roles of service accounts (IRSA).</summary>
internal sealed class OIDC
{
    public string? Issuer { get; set; }
}

/// <summary>The certificate authority of the API server: PEM in base64.</summary>
internal sealed class Certificate
{
    public string? Data { get; set; }
}

/// <summary>Health of a cluster.</summary>
internal sealed class ClusterHealth
{
    public List<ClusterIssue>? Issues { get; set; }
}

/// <summary>One thing that is wrong with a cluster.</summary>
internal sealed class ClusterIssue
{
    public ClusterIssueCode? Code { get; set; }

    public string? Message { get; set; }

    public List<string>? ResourceIds { get; set; }
}

/// <summary>How a cluster knows who may use its API server.</summary>
internal sealed class AccessConfigResponse
{
    public bool? BootstrapClusterCreatorAdminPermissions { get; set; }

    public AuthenticationMode? AuthenticationMode { get; set; }
}

/// <summary>Whether a cluster goes on into extended support.</summary>
internal sealed class UpgradePolicyResponse
{
    public string? SupportType { get; set; }
}

/// <summary>Auto Mode: whether EKS makes nodes by itself.</summary>
internal sealed class ComputeConfigResponse
{
    public bool? Enabled { get; set; }

    public List<string>? NodePools { get; set; }

    public string? NodeRoleArn { get; set; }
}

/// <summary>Auto Mode: whether EKS makes volumes by itself.</summary>
internal sealed class StorageConfigResponse
{
    public BlockStorage? BlockStorage { get; set; }
}

/// <summary>Auto Mode's volumes.</summary>
internal sealed class BlockStorage
{
    public bool? Enabled { get; set; }
}

/// <summary>Asks which versions of Kubernetes EKS offers, and until when.</summary>
internal sealed class DescribeClusterVersionsRequest : AmazonEKSRequest
{
    [Query]
    public string? ClusterType { get; set; }

    [Query]
    public int? MaxResults { get; set; }

    [Query]
    public string? NextToken { get; set; }

    [Query]
    public bool? DefaultOnly { get; set; }

    [Query]
    public bool? IncludeAll { get; set; }

    [Query]
    public List<string>? ClusterVersions { get; set; }

    [Query]
    public VersionStatus? VersionStatus { get; set; }
}

/// <summary>One page of versions.</summary>
internal sealed class DescribeClusterVersionsResponse : AmazonWebServiceResponse
{
    public List<ClusterVersionInformation>? ClusterVersions { get; set; }

    public string? NextToken { get; set; }
}

/// <summary>A version of Kubernetes on EKS.</summary>
internal sealed class ClusterVersionInformation
{
    public string? ClusterVersion { get; set; }

    public string? ClusterType { get; set; }

    public string? DefaultPlatformVersion { get; set; }

    public bool? DefaultVersion { get; set; }

    public DateTime? ReleaseDate { get; set; }

    public DateTime? EndOfStandardSupportDate { get; set; }

    public DateTime? EndOfExtendedSupportDate { get; set; }

    public VersionStatus? VersionStatus { get; set; }

    public string? KubernetesPatchVersion { get; set; }
}
