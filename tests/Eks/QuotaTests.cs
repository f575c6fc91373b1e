using Amazon.ServiceQuotas.Model;
using KafkaK8s.Eks;
using Xunit;

namespace KafkaK8s.Tests.Eks;

/// <summary>Service Quotas, as its API reference describes it; neither moto nor a model of EKS has it.</summary>
public sealed class QuotaTests
{
    [Fact]
    public async Task A_quota_is_read()
    {
        string asked = "";
        using var service = new HttpDouble((_, request) =>
        {
            asked =
                $"{request.HttpMethod} {request.Headers["X-Amz-Target"]} {request.ContentType} "
                    + $"{new StreamReader(request.InputStream).ReadToEnd()}";
            return """{"Quota": {"QuotaCode": "L-1216C47A", "QuotaName": "Running On-Demand Standard instances", "Value": 64.0, "Novelty": {}}}""";
        });
        using var variables = AwsVariables.WithKeys(("AWS_ENDPOINT_URL_SERVICE_QUOTAS", service.Address));
        using var aws = AwsSession.Open(null, null);
        var quota =
            (await aws.Quotas.GetServiceQuotaAsync(new GetServiceQuotaRequest { ServiceCode = "ec2", QuotaCode = "L-1216C47A" })).Quota!;
        Assert.Equal((64, "L-1216C47A"), (quota.Value, quota.QuotaCode));
        Assert.Equal(
            """POST ServiceQuotasV20190624.GetServiceQuota application/x-amz-json-1.1 {"ServiceCode":"ec2","QuotaCode":"L-1216C47A"}""",
            asked);
    }

    [Fact]
    public async Task One_that_is_not_there_is_told()
    {
        using var service = new HttpDouble((_, _) => null, 400, """{"__type": "NoSuchResourceException", "Message": "no such quota"}""");
        using var variables = AwsVariables.WithKeys(("AWS_ENDPOINT_URL_SERVICE_QUOTAS", service.Address));
        using var aws = AwsSession.Open(null, null);
        var e = await Assert.ThrowsAnyAsync<Exception>(
            () => aws.Quotas.GetServiceQuotaAsync(new GetServiceQuotaRequest { ServiceCode = "ec2", QuotaCode = "L-0" }));
        Assert.Equal("AwsRefused", aws.Explain(e, null)!.Id);
    }
}
