using Amazon.Runtime;

namespace Amazon.EKS.Model;

/// <summary>What all requests to EKS share.</summary>
internal abstract class AmazonEKSRequest : AmazonWebServiceRequest;
