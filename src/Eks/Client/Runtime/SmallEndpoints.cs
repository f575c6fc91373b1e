using Amazon.Runtime;
using Amazon.Runtime.Credentials.Internal;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Endpoints.StandardLibrary;

namespace KafkaK8s.Eks.Client.Runtime;

/// <summary>Where a service is, by AWS's own rules for it.</summary>
/// <param name="region">The region asked for.</param>
/// <param name="partition">What AWS knows of the partition that the region is in.</param>
/// <param name="fips">Whether a FIPS endpoint is wanted.</param>
/// <param name="dualStack">Whether an endpoint with IPv6 is wanted.</param>
internal delegate ServiceEndpoint EndpointRule(string region, Partition partition, bool fips, bool dualStack);

/// <summary>Address of a service, and the region that its requests are signed for where it is not the one asked for.</summary>
internal sealed record ServiceEndpoint(string Host, string? SigningRegion = null);

/// <summary>A partition of AWS: the regions that share accounts and names, such as aws, aws-cn, aws-us-gov.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DnsSuffix">Suffix of its endpoints.</param>
/// <param name="DualStackDnsSuffix">Suffix of its endpoints with IPv6.</param>
internal sealed record Partition(string Name, string DnsSuffix, string DualStackDnsSuffix)
{
    /// <summary>The partition of a region, from the SDK's table; of a region that it does not know, by the form of its name.</summary>
    public static Partition Of(string region)
    {
        var found = Fn.Partition(region);
        return new Partition((string)found["name"], (string)found["dnsSuffix"], (string)found["dualStackDnsSuffix"]);
    }
}

/// <summary>Carries out the rule, or takes the endpoint that was configured.</summary>
internal sealed class SmallEndpointProvider(EndpointRule rule) : IEndpointProvider
{
    /// <inheritdoc/>
    public Endpoint ResolveEndpoint(EndpointParameters parameters)
    {
        string? configured = (string?)parameters["Endpoint"];
        bool fips = parameters["UseFIPS"] is true, dualStack = parameters["UseDualStack"] is true;
        if (!string.IsNullOrEmpty(configured))
        {
            return fips || dualStack
                ? throw new AmazonClientException(
                    "Invalid Configuration: FIPS or dual stack and a custom endpoint are not supported together")
                : new Endpoint(configured);
        }

        if (parameters["Region"] is not string { Length: > 0 } region)
            throw new AmazonClientException("Invalid Configuration: Missing Region");
        return new Endpoint("https://" + rule(region, Partition.Of(region), fips, dualStack).Host);
    }
}

/// <summary>Hands the configuration to the provider, for each request.</summary>
internal sealed class SmallEndpointResolver(EndpointRule rule) : BaseEndpointResolver
{
    /// <inheritdoc/>
    protected override void ServiceSpecificHandler(IExecutionContext executionContext, EndpointParameters parameters)
    {
        var request = executionContext.RequestContext.Request;
        if (parameters["Region"] is string { Length: > 0 } region
            && rule(region, Partition.Of(region), false, false).SigningRegion is string other)
            request.AuthenticationRegion = other;
    }

    /// <inheritdoc/>
    protected override EndpointParameters MapEndpointsParameters(IRequestContext requestContext)
    {
        var config = requestContext.ClientConfig;
        return new EndpointParameters
        {
            ["Region"] = requestContext.Request.AlternateEndpoint?.SystemName ?? config.RegionEndpoint?.SystemName
                ?? config.AuthenticationRegion,
            ["UseDualStack"] = config.UseDualstackEndpoint,
            ["UseFIPS"] = config.UseFIPSEndpoint,
            ["Endpoint"] = config.ServiceURL,
        };
    }
}

/// <summary>Signature version 4 for every operation.</summary>
internal sealed class SmallAuthHandler : BaseAuthResolverHandler
{
    /// <inheritdoc/>
    protected override List<IAuthSchemeOption> ResolveAuthOptions(IExecutionContext executionContext) => AuthSchemeOption.DEFAULT_SIGV4;
}
