using Amazon;
using Amazon.EKS;
using Amazon.IdentityManagement;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.ServiceQuotas;
using KafkaK8s.Core;
using KafkaK8s.Eks;
using KafkaK8s.Eks.Client.Runtime;
using Xunit;

namespace KafkaK8s.Tests.Eks;

/// <summary>Where the services are, and which region is meant.</summary>
public sealed class EndpointTests
{
    [Theory]
    [InlineData("eu-central-1", false, false, "https://eks.eu-central-1.amazonaws.com")]
    [InlineData("us-east-1", true, false, "https://fips.eks.us-east-1.amazonaws.com")]
    [InlineData("us-east-1", true, true, "https://eks-fips.us-east-1.api.aws")]
    [InlineData("eu-west-1", false, true, "https://eks.eu-west-1.api.aws")]
    [InlineData("cn-north-1", false, false, "https://eks.cn-north-1.amazonaws.com.cn")]
    [InlineData("cn-northwest-1", false, true, "https://eks.cn-northwest-1.api.amazonwebservices.com.cn")]
    [InlineData("us-gov-west-1", false, false, "https://eks.us-gov-west-1.amazonaws.com")]
    [InlineData("us-gov-west-1", true, false, "https://eks.us-gov-west-1.amazonaws.com")]
    public void Eks(string region, bool fips, bool dualStack, string expected) =>
        Check(new AmazonEKSConfig(), region, fips, dualStack, expected);

    [Theory]
    [InlineData("eu-central-1", "https://iam.amazonaws.com", "us-east-1")]
    [InlineData("cn-northwest-1", "https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1")]
    [InlineData("us-gov-east-1", "https://iam.us-gov.amazonaws.com", "us-gov-west-1")]
    public void Iam(string region, string expected, string signedFor)
    {
        Check(new AmazonIdentityManagementServiceConfig(), region, false, false, expected);
        Assert.Equal(signedFor, AmazonIdentityManagementServiceConfig.Endpoint(region, Partition.Of(region), false, false).SigningRegion);
    }

    [Fact]
    public void Quotas() =>
        Check(new AmazonServiceQuotasConfig(), "eu-central-1", false, false, "https://servicequotas.eu-central-1.amazonaws.com");

    [Theory]
    [InlineData("AWS_USE_FIPS_ENDPOINT", "https://fips.eks.us-east-2.amazonaws.com")]
    [InlineData("AWS_USE_DUALSTACK_ENDPOINT", "https://eks.us-east-2.api.aws")]
    public void Variables_choose_the_kind_of_endpoint(string variable, string expected)
    {
        using var variables = AwsVariables.WithKeys((variable, "true"));
        using var aws = AwsSession.Open("us-east-2", null);
        Assert.Equal(expected, aws.Eks.Config.DetermineServiceOperationEndpoint(null!).URL.TrimEnd('/'));
    }

    [Theory]
    [InlineData("AWS_ENDPOINT_URL_EKS", "http://eks.test", "http://eks.test", "https://iam.amazonaws.com")]
    [InlineData("AWS_ENDPOINT_URL", "http://all.test", "http://all.test", "http://all.test")]
    public void Variables_name_endpoints(string variable, string value, string eks, string iam)
    {
        using var variables = AwsVariables.WithKeys((variable, value));
        using var aws = AwsSession.Open("us-east-2", null);
        Assert.Equal((eks, iam), (aws.Eks.Config.DetermineServiceOperationEndpoint(null!).URL.TrimEnd('/'),
            aws.Iam.Config.DetermineServiceOperationEndpoint(null!).URL.TrimEnd('/')));
    }

    [Theory]
    [InlineData("AWS_ENDPOINT_URL")]
    [InlineData("AWS_ENDPOINT_URL_STS")]
    public void An_empty_variable_names_no_endpoint(string variable)
    {
        using var variables = AwsVariables.WithKeys((variable, ""));
        using var aws = AwsSession.Open("us-east-2", null);
        Assert.Equal("https://eks.us-east-2.amazonaws.com", aws.Eks.Config.DetermineServiceOperationEndpoint(null!).URL.TrimEnd('/'));
        Assert.StartsWith("k8s-aws-v1.", EksToken.Sign(new ImmutableCredentials(Doubles.Key, Doubles.Secret, null), aws.StsConfig,
            aws.Region, "prod", DateTime.UnixEpoch), StringComparison.Ordinal);
        Assert.Equal("AwsRegionUnknown", Assert.Throws<ClusterException>(() => AwsSession.Open("eu-nowhere-1", null)).Id);
    }

    [Fact]
    public void A_profile_names_endpoints()
    {
        AwsVariables.WriteConfig(
            "[profile p]\nregion = eu-west-3\naws_access_key_id = a\naws_secret_access_key = b\nservices = own\n[services own]\neks =\n  "
                + "endpoint_url = http://own.test\n");
        using var variables = new AwsVariables();
        using var aws = AwsSession.Open(null, "p");
        Assert.Equal(("eu-west-3", "http://own.test"),
            (aws.Region, aws.Eks.Config.DetermineServiceOperationEndpoint(null!).URL.TrimEnd('/')));
    }

    [Fact]
    public void The_region_is_the_parameter_s_then_the_variable_s_then_the_profile_s()
    {
        AwsVariables.WriteConfig("[default]\nregion = eu-west-3\naws_access_key_id = a\naws_secret_access_key = b\n");
        (string, string?)[] variables = [("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "eu-west-2")];
        using (new AwsVariables(variables))
        {
            Assert.Equal("eu-north-1", Region("eu-north-1"));
            Assert.Equal("eu-west-1", Region(null));
            Environment.SetEnvironmentVariable("AWS_REGION", null);
            Assert.Equal("eu-west-2", Region(null)); // also: a variable that changes in the session is seen
            Environment.SetEnvironmentVariable("AWS_DEFAULT_REGION", null);
            Assert.Equal("eu-west-3", Region(null));
        }

        static string Region(string? asked)
        {
            using var aws = AwsSession.Open(asked, null);
            return aws.Region;
        }
    }

    [Fact]
    public void No_region_and_an_unknown_one_are_told()
    {
        using var variables = AwsVariables.WithKeys(("AWS_REGION", null));
        Assert.Equal(("AwsRegionMissing", FailureKind.InvalidInput), Id(() => AwsSession.Open(null, null)));
        Assert.Equal(("AwsRegionUnknown", FailureKind.InvalidInput), Id(() => AwsSession.Open("eu-centrl-1", null)));
        Assert.Contains("eu-central-1", Assert.Throws<ClusterException>(() => AwsSession.Open("eu-centrl-1", null)).Message,
            StringComparison.Ordinal);
        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL_EKS", "https://eks.eu-newest-1.amazonaws.com");
        using var aws = AwsSession.Open("eu-newest-1", null);
        Assert.Equal(("eu-newest-1", "aws"), (aws.Region, aws.Partition));
    }

    private static (string, FailureKind) Id(Action open)
    {
        var e = Assert.Throws<ClusterException>(open);
        return (e.Id, e.Kind);
    }

    private static void Check(SmallConfig config, string region, bool fips, bool dualStack, string expected)
    {
        using var variables = new AwsVariables();
        config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        config.UseFIPSEndpoint = fips;
        config.UseDualstackEndpoint = dualStack;
        Assert.Equal(expected, config.DetermineServiceOperationEndpoint(
            new ServiceOperationEndpointParameters(new Amazon.EKS.Model.ListClustersRequest())).URL.TrimEnd('/'));
    }
}
