using System.Net;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;

namespace KafkaK8s.Eks.Client.Runtime;

/// <summary>Makes the exception of a service from what its answer says.</summary>
internal delegate AmazonServiceException ExceptionMaker(ErrorResponse error);

/// <summary>Reads an answer or an error that is JSON.</summary>
/// <typeparam name="T">Type of the answer.</typeparam>
internal sealed class JsonUnmarshaller<T>(JsonSerializerOptions options, ExceptionMaker exception) : JsonResponseUnmarshaller
    where T : AmazonWebServiceResponse
{
    /// <inheritdoc/>
    public override AmazonWebServiceResponse Unmarshall(JsonUnmarshallerContext input) =>
        JsonSerializer.Deserialize<T>(input.Stream, options)
        ?? throw new AmazonUnmarshallingException(null, "", "the answer is null", null);

    /// <inheritdoc/>
    public override AmazonServiceException UnmarshallException(JsonUnmarshallerContext input, Exception innerException,
        HttpStatusCode statusCode)
    {
        var reader = new StreamingUtf8JsonReader(input.Stream);
        var error = JsonErrorResponseUnmarshaller.GetInstance().Unmarshall(input, ref reader);
        error.InnerException = innerException;
        error.StatusCode = statusCode;
        return exception(error);
    }
}
