using Amazon.Runtime;

namespace Amazon.ServiceQuotas.Model;

/// <summary>Reads one quota of the account in the region.</summary>
internal sealed class GetServiceQuotaRequest : AmazonWebServiceRequest
{
    /// <summary>Such as <c>ec2</c>.</summary>
    public string? ServiceCode { get; set; }

    /// <summary>Such as <c>L-1216C47A</c>: vCPUs of running On-Demand instances of the families A, C, D, H, I, M, R, T, Z.</summary>
    public string? QuotaCode { get; set; }
}

/// <summary>The quota.</summary>
internal sealed class GetServiceQuotaResponse : AmazonWebServiceResponse
{
    public ServiceQuota? Quota { get; set; }
}

/// <summary>A quota.</summary>
internal sealed class ServiceQuota
{
    public string? QuotaCode { get; set; }

    public string? QuotaName { get; set; }

    public double? Value { get; set; }
}
