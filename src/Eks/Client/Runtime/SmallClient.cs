using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace KafkaK8s.Eks.Client.Runtime;

/// <summary>A client on the SDK's runtime: credentials, endpoint, signature, retries and clock skew are the SDK's.</summary>
internal abstract class SmallClient(AWSCredentials credentials, SmallConfig config, EndpointRule rule)
    : AmazonServiceClient(credentials, config)
{
    /// <inheritdoc/>
    protected override IServiceMetadata ServiceMetadata => new Metadata(Config.ServiceId);

    // The base class calls this from its constructor: rule is a field by then, as primary constructors set theirs first.
    /// <inheritdoc/>
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        pipeline.RemoveHandler<EndpointResolver>();
        pipeline.AddHandlerAfter<Marshaller>(new SmallEndpointResolver(rule));
        pipeline.AddHandlerAfter<Marshaller>(new SmallAuthHandler());
    }

    /// <summary>One call.</summary>
    protected Task<TResponse> CallAsync<TResponse>(AmazonWebServiceRequest request,
        IMarshaller<IRequest, AmazonWebServiceRequest> marshaller, ResponseUnmarshaller unmarshaller, CancellationToken cancel)
        where TResponse : AmazonWebServiceResponse, new() =>
        InvokeAsync<TResponse>(request, new InvokeOptions { RequestMarshaller = marshaller, ResponseUnmarshaller = unmarshaller }, cancel);

    private sealed record Metadata(string ServiceId) : IServiceMetadata
    {
        public IDictionary<string, string> OperationNameMapping { get; } = new Dictionary<string, string>();
    }
}
