using Amazon.Runtime;
using KafkaK8s.Eks.Client.Runtime;

namespace Amazon.EKS.Model;

/// <summary>Reads an update of a cluster, or of one of its node groups or add-ons.</summary>
internal sealed class DescribeUpdateRequest : AmazonEKSRequest
{
    [Uri("name")]
    public string? Name { get; set; }

    [Uri("updateId")]
    public string? UpdateId { get; set; }

    [Query]
    public string? NodegroupName { get; set; }

    [Query]
    public string? AddonName { get; set; }
}

/// <summary>The update.</summary>
internal sealed class DescribeUpdateResponse : AmazonWebServiceResponse
{
    public Update? Update { get; set; }
}

/// <summary>An update and how far it is.</summary>
internal sealed class Update
{
    public string? Id { get; set; }

    public UpdateStatus? Status { get; set; }

    public string? Type { get; set; }

    public DateTime? CreatedAt { get; set; }

    public List<ErrorDetail>? Errors { get; set; }
}

/// <summary>Why an update failed.</summary>
internal sealed class ErrorDetail
{
    public ErrorCode? ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    public List<string>? ResourceIds { get; set; }
}
