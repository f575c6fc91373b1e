using System.Net;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.ServiceQuotas.Model;
using Amazon.Util;
using KafkaK8s.Eks.Client.Runtime;

namespace Amazon.ServiceQuotas;

/// <summary>The operation of Service Quotas that this module calls.</summary>
internal interface IAmazonServiceQuotas : IAmazonService, IDisposable
{
    static ClientConfig IAmazonService.CreateDefaultClientConfig() => new AmazonServiceQuotasConfig();

    static IAmazonService IAmazonService.CreateDefaultServiceClient(AWSCredentials awsCredentials, ClientConfig clientConfig) =>
        new AmazonServiceQuotasClient(awsCredentials, (AmazonServiceQuotasConfig)clientConfig);

    Task<GetServiceQuotaResponse> GetServiceQuotaAsync(GetServiceQuotaRequest request, CancellationToken cancellationToken = default);
}

/// <summary>Configuration of the Service Quotas client.</summary>
internal sealed class AmazonServiceQuotasConfig() : SmallConfig("Service Quotas", "servicequotas", "2019-06-24", Endpoint)
{
    /// <summary>Service Quotas' endpoints, by the rules in AWS's SDK for .NET.</summary>
    internal static ServiceEndpoint Endpoint(string region, Partition partition, bool fips, bool dualStack) => new((fips, dualStack) switch
    {
        (true, true) => $"servicequotas-fips.{region}.{partition.DualStackDnsSuffix}",
        (true, false) when partition.Name == "aws-us-gov" => $"servicequotas.{region}.amazonaws.com",
        (true, false) => $"servicequotas-fips.{region}.{partition.DnsSuffix}",
        (false, true) => $"servicequotas.{region}.{partition.DualStackDnsSuffix}",
        _ => $"servicequotas.{region}.{partition.DnsSuffix}",
    });
}

/// <summary>The client of Service Quotas.</summary>
internal sealed class AmazonServiceQuotasClient(AWSCredentials credentials, AmazonServiceQuotasConfig clientConfig)
    : SmallClient(credentials, clientConfig, AmazonServiceQuotasConfig.Endpoint), IAmazonServiceQuotas
{
    public Task<GetServiceQuotaResponse> GetServiceQuotaAsync(GetServiceQuotaRequest request,
        CancellationToken cancellationToken = default) =>
        CallAsync<GetServiceQuotaResponse>(request, new GetServiceQuotaMarshaller(),
            new JsonUnmarshaller<GetServiceQuotaResponse>(JsonShapes.AsNamed, AmazonServiceQuotasException.From), cancellationToken);

    private sealed class GetServiceQuotaMarshaller : IMarshaller<IRequest, AmazonWebServiceRequest>
    {
        public IRequest Marshall(AmazonWebServiceRequest input)
        {
            var request = new DefaultRequest(input, "Amazon.ServiceQuotas") { HttpMethod = "POST", ResourcePath = "/" };
            request.Headers["X-Amz-Target"] = "ServiceQuotasV20190624.GetServiceQuota";
            request.Headers[HeaderKeys.ContentTypeHeader] = "application/x-amz-json-1.1";
            request.Content = JsonSerializer.SerializeToUtf8Bytes((GetServiceQuotaRequest)input, JsonShapes.AsNamed);
            return request;
        }
    }
}

/// <summary>An error that Service Quotas answered with.</summary>
internal sealed class AmazonServiceQuotasException(string message, Exception? innerException, ErrorType errorType, string? errorCode,
    string? requestId, HttpStatusCode statusCode)
    : AmazonServiceException(message, innerException, errorType, errorCode, requestId, statusCode)
{
    /// <summary>The exception of an error.</summary>
    internal static AmazonServiceException From(ErrorResponse e) =>
        new AmazonServiceQuotasException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode);
}
