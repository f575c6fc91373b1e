using System.Xml.Linq;
using Amazon.IdentityManagement.Model;
using Amazon.Runtime;
using KafkaK8s.Eks.Client.Runtime;

namespace Amazon.IdentityManagement;

/// <summary>Configuration of the IAM client.</summary>
internal sealed class AmazonIdentityManagementServiceConfig() : SmallConfig("IAM", "iam", "2010-05-08", Endpoint)
{
    /// <summary>IAM has one endpoint in each partition; its requests are signed for one region there.</summary>
    internal static ServiceEndpoint Endpoint(string region, Partition partition, bool fips, bool dualStack) => partition.Name switch
    {
        "aws" => new ServiceEndpoint((fips, dualStack) switch
        {
            (true, true) => "iam-fips.global.api.aws",
            (true, false) => "iam-fips.amazonaws.com",
            (false, true) => "iam.global.api.aws",
            _ => "iam.amazonaws.com"
        }, "us-east-1"),
        "aws-cn" =>
            new ServiceEndpoint(dualStack ? "iam.global.api.amazonwebservices.com.cn" : "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        "aws-us-gov" => new ServiceEndpoint("iam.us-gov.amazonaws.com", "us-gov-west-1"),
        "aws-iso" => new ServiceEndpoint("iam.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
        "aws-iso-b" => new ServiceEndpoint("iam.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
        "aws-eusc" => new ServiceEndpoint("iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
        _ => new ServiceEndpoint($"iam.{region}.{partition.DnsSuffix}"),
    };
}

/// <summary>The client of IAM.</summary>
internal sealed class AmazonIdentityManagementServiceClient(AWSCredentials credentials, AmazonIdentityManagementServiceConfig clientConfig)
    : SmallClient(credentials, clientConfig, AmazonIdentityManagementServiceConfig.Endpoint), IAmazonIdentityManagementService
{
    public Task<GetRoleResponse> GetRoleAsync(GetRoleRequest request, CancellationToken cancellationToken = default) =>
        CallAsync(request, "GetRole", new() { ["RoleName"] = request.RoleName }, GetRoleResponse.Read, cancellationToken);

    public Task<ListAttachedRolePoliciesResponse> ListAttachedRolePoliciesAsync(ListAttachedRolePoliciesRequest request,
        CancellationToken cancellationToken = default) =>
        CallAsync(request, "ListAttachedRolePolicies", new() { ["RoleName"] = request.RoleName, ["Marker"] = request.Marker },
            ListAttachedRolePoliciesResponse.Read, cancellationToken);

    private Task<TResponse> CallAsync<TResponse>(AmazonWebServiceRequest request, string action, Dictionary<string, string?> parameters,
        Func<XElement, TResponse> read, CancellationToken cancel)
        where TResponse : AmazonWebServiceResponse, new() =>
        CallAsync<TResponse>(request, new QueryMarshaller("Amazon.IdentityManagement", "2010-05-08", action, parameters),
            new QueryUnmarshaller<TResponse>(read, AmazonIdentityManagementServiceException.From), cancel);
}
