using Amazon;
using Amazon.EC2;
using Amazon.EKS;
using Amazon.IdentityManagement;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;
using Amazon.Runtime.Internal;
using Amazon.SecurityToken;
using Amazon.ServiceQuotas;
using KafkaK8s.Core;

namespace KafkaK8s.Eks;

/// <summary>
/// One region of AWS with one set of credentials, and the clients for it. Credentials, endpoints and retries are found as AWS's own
/// tools find them: parameters, variables AWS_…, the shared files, single sign-on, container and web identity, instance metadata.
/// </summary>
internal sealed class AwsSession : IDisposable
{
    private readonly Lazy<IAmazonEKS> eks;
    private readonly Lazy<IAmazonEC2> ec2;
    private readonly Lazy<IAmazonIdentityManagementService> iam;
    private readonly Lazy<IAmazonServiceQuotas> quotas;
    private readonly IDisposable? resolver;

    private AwsSession(RegionEndpoint region, string? profileName, CredentialProfile? profile, AWSCredentials credentials,
        IDisposable? resolver)
    {
        RegionEndpoint = region;
        ProfileName = profileName;
        Profile = profile;
        Credentials = credentials;
        this.resolver = resolver;
        eks = new(() => new AmazonEKSClient(credentials, Configured<AmazonEKSConfig>()));
        ec2 = new(() => new AmazonEC2Client(credentials, Configured<AmazonEC2Config>()));
        iam = new(() => new AmazonIdentityManagementServiceClient(credentials, Configured<AmazonIdentityManagementServiceConfig>()));
        quotas = new(() => new AmazonServiceQuotasClient(credentials, Configured<AmazonServiceQuotasConfig>()));
    }

    /// <summary>Name of the region, such as eu-central-1.</summary>
    public string Region => RegionEndpoint.SystemName;

    /// <summary>Partition of the region: aws, aws-cn, aws-us-gov. It is the second part of ARNs.</summary>
    public string Partition => RegionEndpoint.PartitionName;

    /// <summary>Name of the profile that was asked for; null where the credentials come from AWS's default chain.</summary>
    public string? ProfileName { get; }

    /// <summary>Where the credentials come from.</summary>
    public AWSCredentials Credentials { get; }

    /// <summary>EKS.</summary>
    public IAmazonEKS Eks => eks.Value;

    /// <summary>EC2: subnets, instance types and what each zone offers.</summary>
    public IAmazonEC2 Ec2 => ec2.Value;

    /// <summary>IAM: roles and their policies.</summary>
    public IAmazonIdentityManagementService Iam => iam.Value;

    /// <summary>Service Quotas.</summary>
    public IAmazonServiceQuotas Quotas => quotas.Value;

    /// <summary>Configuration of STS, for the tokens of clusters.</summary>
    public AmazonSecurityTokenServiceConfig StsConfig => Configured<AmazonSecurityTokenServiceConfig>();

    private RegionEndpoint RegionEndpoint { get; }

    private CredentialProfile? Profile { get; }

    /// <summary>Finds region and credentials; nothing is sent, save where the region or the credentials come from instance
    /// metadata.</summary>
    /// <param name="region">The region, else that of AWS_REGION, AWS_DEFAULT_REGION, the profile, or the instance.</param>
    /// <param name="profileName">The profile, else AWS's default chain: variables, the profile of AWS_PROFILE or default, web identity,
    /// container, instance.</param>
    /// <exception cref="ClusterException">AwsProfileNotFound, AwsRegionMissing, AwsRegionUnknown, AwsCredentialsMissing,
    /// AwsLoginNeeded.</exception>
    public static AwsSession Open(string? region, string? profileName)
    {
        // Both keep what they saw first in this process, but a PowerShell session changes its variables.
        FallbackInternalConfigurationFactory.Reset();
        FallbackRegionFactory.Reset();
        var profile = AwsProfiles.Find(profileName);
        var endpoint = AwsRegions.Find(region, profile);
        if (profileName is not null)
            return new AwsSession(endpoint, profileName, profile, AwsProfiles.CredentialsOf(profile!), null);

        var resolver = new DefaultAWSCredentialsIdentityResolver();
        try
        {
            return new AwsSession(endpoint, null, profile, resolver.ResolveIdentity(new AmazonEKSConfig { RegionEndpoint = endpoint }),
                resolver);
        }
        catch (Exception e) when (e is AmazonClientException or InvalidOperationException or ArgumentException)
        {
            resolver.Dispose();
            throw AwsFailure.NoCredentials(e, null, profile);
        }
    }

    /// <summary>What a failure of a call means to an operator; null for what is no failure of AWS.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="cluster">Name of the EKS cluster that the call was about.</param>
    public ClusterException? Explain(Exception failure, string? cluster) => AwsFailure.From(failure, Region, ProfileName, Profile, cluster);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var client in new[] { Made(eks), Made(ec2), Made(iam), Made(quotas), resolver })
            client?.Dispose();
    }

    private static IDisposable? Made<T>(Lazy<T> client)
        where T : IDisposable => client.IsValueCreated ? client.Value : null;

    private T Configured<T>()
        where T : ClientConfig, new()
    {
        var config = Filled(new T());
        // AWS_ENDPOINT_URL= says nothing, but the SDK takes it for an address.
        return config.ServiceURL is "" ? Filled(new T { IgnoreConfiguredEndpointUrls = true }) : config;
    }

    private T Filled<T>(T config)
        where T : ClientConfig
    {
        config.RegionEndpoint = RegionEndpoint;
        if (ProfileName is not null)
            config.Profile = new Profile(ProfileName);
        return config;
    }
}
