using System.Net;
using Amazon.EKS.Model;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace Amazon.EKS
{
    /// <summary>An error that EKS answered with.</summary>
    internal class AmazonEKSException(string message, Exception? innerException, ErrorType errorType, string? errorCode, string? requestId,
        HttpStatusCode statusCode)
        : AmazonServiceException(message, innerException, errorType, errorCode, requestId, statusCode)
    {
        /// <summary>The exception of the error's code.</summary>
        internal static AmazonServiceException From(ErrorResponse e) => e.Code switch
        {
            nameof(AccessDeniedException) => new AccessDeniedException(e),
            nameof(ClientException) => new ClientException(e),
            nameof(InvalidParameterException) => new InvalidParameterException(e),
            nameof(InvalidRequestException) => new InvalidRequestException(e),
            nameof(ResourceInUseException) => new ResourceInUseException(e),
            nameof(ResourceLimitExceededException) => new ResourceLimitExceededException(e),
            nameof(ResourceNotFoundException) => new ResourceNotFoundException(e),
            nameof(ServerException) => new ServerException(e),
            nameof(ServiceUnavailableException) => new ServiceUnavailableException(e),
            nameof(ThrottlingException) => new ThrottlingException(e),
            _ => new AmazonEKSException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode),
        };
    }
}

namespace Amazon.EKS.Model
{
    /// <summary>The credentials do not allow it.</summary>
    internal sealed class AccessDeniedException(ErrorResponse e)
        : AmazonEKSException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode);

    /// <summary>The client's fault: rights, an ARN, a name.</summary>
    internal sealed class ClientException(ErrorResponse e)
        : AmazonEKSException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode);

    /// <summary>A parameter is invalid.</summary>
    internal sealed class InvalidParameterException(ErrorResponse e)
        : AmazonEKSException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode);

    /// <summary>The request does not fit the state of the cluster.</summary>
    internal sealed class InvalidRequestException(ErrorResponse e)
        : AmazonEKSException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode);

    /// <summary>It exists, or something is at work on it.</summary>
    internal sealed class ResourceInUseException(ErrorResponse e)
        : AmazonEKSException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode);

    /// <summary>A quota of the account is reached.</summary>
    internal sealed class ResourceLimitExceededException(ErrorResponse e)
        : AmazonEKSException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode);

    /// <summary>There is no such cluster, node group, add-on or update in this region.</summary>
    internal sealed class ResourceNotFoundException(ErrorResponse e)
        : AmazonEKSException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode);

    /// <summary>The service's fault.</summary>
    internal sealed class ServerException(ErrorResponse e)
        : AmazonEKSException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode);

    /// <summary>The service is down for now.</summary>
    internal sealed class ServiceUnavailableException(ErrorResponse e)
        : AmazonEKSException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode);

    /// <summary>Too many requests.</summary>
    internal sealed class ThrottlingException(ErrorResponse e)
        : AmazonEKSException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode);
}
