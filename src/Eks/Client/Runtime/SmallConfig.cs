using System.Collections.ObjectModel;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Util.Internal;

namespace KafkaK8s.Eks.Client.Runtime;

/// <summary>Configuration of one service, with the defaults that AWS's generated clients have.</summary>
internal abstract class SmallConfig : ClientConfig
{
    private readonly string endpointName;
    private readonly string version;

    protected SmallConfig(string serviceId, string endpointName, string version, EndpointRule rule)
        : base(new DefaultConfigurationProvider(Modes))
    {
        this.endpointName = endpointName;
        this.version = version;
        ServiceId = serviceId;
        AuthenticationServiceName = endpointName;
        EndpointProvider = new SmallEndpointProvider(rule);
    }

    /// <inheritdoc/>
    public override string RegionEndpointServiceName => endpointName;

    /// <inheritdoc/>
    public override string ServiceVersion => version;

    /// <inheritdoc/>
    public override string UserAgent => Agent;

    /// <inheritdoc/>
    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) =>
        EndpointProvider.ResolveEndpoint(new EndpointParameters
        {
            ["Region"] = parameters?.AlternateEndpoint?.SystemName ?? RegionEndpoint?.SystemName ?? AuthenticationRegion,
            ["UseDualStack"] = UseDualstackEndpoint,
            ["UseFIPS"] = UseFIPSEndpoint,
            ["Endpoint"] = ServiceURL,
        });

    private static string Agent { get; } = InternalSDKUtils.BuildUserAgentString("KafkaK8s",
        typeof(SmallConfig).Assembly.GetName().Version!.ToString(3));

    // The five modes of the SDK, with its figures.
    private static ReadOnlyCollection<IDefaultConfiguration> Modes { get; } = new(
    [
        Mode(DefaultConfigurationMode.Standard, 3100),
        Mode(DefaultConfigurationMode.InRegion, 1100),
        Mode(DefaultConfigurationMode.CrossRegion, 3100),
        Mode(DefaultConfigurationMode.Mobile, 30000),
        Mode(DefaultConfigurationMode.Auto, 1100),
    ]);

    private static DefaultConfiguration Mode(DefaultConfigurationMode name, int connectMilliseconds) => new()
    {
        Name = name,
        RetryMode = RequestRetryMode.Standard,
        S3UsEast1RegionalEndpoint = S3UsEast1RegionalEndpointValue.Regional,
        ConnectTimeout = TimeSpan.FromMilliseconds(connectMilliseconds),
        TlsNegotiationTimeout = TimeSpan.FromMilliseconds(connectMilliseconds),
    };
}
