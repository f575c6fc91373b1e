using System.Net;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace KafkaK8s.Eks.Client.Runtime;

/// <summary>Writes a request as a form: AWS's Query protocol, as of IAM.</summary>
internal sealed class QueryMarshaller(string service, string version, string action, Dictionary<string, string?> parameters)
    : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    /// <inheritdoc/>
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var request = new DefaultRequest(input, service) { HttpMethod = "POST", ResourcePath = "/" };
        request.Parameters["Action"] = action;
        request.Parameters["Version"] = version;
        foreach (var (name, value) in parameters.Where(p => p.Value is not null))
            request.Parameters[name] = value;
        return request;
    }
}

/// <summary>Reads an answer or an error that is XML: the element <c>…Result</c>, without its namespace.</summary>
/// <typeparam name="T">Type of the answer.</typeparam>
internal sealed class QueryUnmarshaller<T>(Func<XElement, T> read, ExceptionMaker exception) : XmlResponseUnmarshaller
    where T : AmazonWebServiceResponse
{
    /// <inheritdoc/>
    public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext input) =>
        read(Load(input).Elements().First(e => e.Name.LocalName.EndsWith("Result", StringComparison.Ordinal)));

    /// <inheritdoc/>
    public override AmazonServiceException UnmarshallException(XmlUnmarshallerContext input, Exception innerException,
        HttpStatusCode statusCode)
    {
        var root = Load(input);
        var error = root.Descendants("Error").FirstOrDefault();
        return exception(new ErrorResponse
        {
            Code = (string?)error?.Element("Code"),
            Message = (string?)error?.Element("Message"),
            RequestId = (string?)root.Descendants("RequestId").FirstOrDefault(),
            Type = (string?)error?.Element("Type") == "Receiver" ? ErrorType.Receiver : ErrorType.Sender,
            InnerException = innerException,
            StatusCode = statusCode,
        });
    }

    private static XElement Load(XmlUnmarshallerContext input)
    {
        var root = XElement.Load(input.Stream);
        foreach (var element in root.DescendantsAndSelf())
            element.Name = element.Name.LocalName;
        return root;
    }
}
