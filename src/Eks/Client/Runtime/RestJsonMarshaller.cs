using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.Util;

namespace KafkaK8s.Eks.Client.Runtime;

/// <summary>Writes a request as REST-JSON: members of the path, of the query, and the rest as the body.</summary>
/// <typeparam name="T">Type of the request.</typeparam>
internal sealed class RestJsonMarshaller<T>(string service, string version, string method, string path)
    : IMarshaller<IRequest, AmazonWebServiceRequest>
    where T : AmazonWebServiceRequest
{
    private static readonly PropertyInfo[] Members = typeof(T).GetProperties();

    /// <inheritdoc/>
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var request = new DefaultRequest(input, service) { HttpMethod = method, ResourcePath = path };
        request.Headers[HeaderKeys.XAmzApiVersion] = version;
        foreach (var member in Members)
        {
            object? value = member.GetValue(input);
            if (member.GetCustomAttribute<UriAttribute>() is { } uri)
            {
                // An empty one would address another resource.
                if (value is not string { Length: > 0 } text)
                    throw new AmazonClientException($"Request object does not have required field {member.Name} set");
                request.AddPathResource($"{{{uri.Name}}}", text);
            }
            else if (value is not null && member.IsDefined(typeof(QueryAttribute)))
            {
                AddQuery(request, JsonNamingPolicy.CamelCase.ConvertName(member.Name), value);
            }
            else if (value is null && member.IsDefined(typeof(IdempotencyTokenAttribute)))
            {
                member.SetValue(input, Guid.NewGuid().ToString());
            }
        }

        if (method == "POST")
        {
            request.Headers[HeaderKeys.ContentTypeHeader] = "application/json";
            request.Content = JsonSerializer.SerializeToUtf8Bytes((T)input, JsonShapes.CamelCase);
        }
        else
        {
            request.UseQueryString = true;
        }

        return request;
    }

    private static void AddQuery(DefaultRequest request, string name, object value)
    {
        if (value is IEnumerable and not string)
            request.ParameterCollection.Add(name, [.. ((IEnumerable)value).Cast<object>().Select(Text)]);
        else
            request.ParameterCollection.Add(name, Text(value));
    }

    private static string Text(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        ConstantClass constant => constant.Value,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
