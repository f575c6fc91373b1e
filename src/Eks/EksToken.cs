using System.Net.Http.Headers;
using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Util;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using KafkaK8s.Core.Kubernetes.Config;

namespace KafkaK8s.Eks;

/// <summary>
/// The tokens with which an EKS cluster knows who asks, renewed as needed; what <c>aws eks get-token</c> gives. Such a token is an address
/// of STS that is signed in advance: the cluster calls it and learns whose signature it is. It is good for 15 minutes.
/// </summary>
internal sealed class EksToken(AwsSession aws, string cluster, TimeProvider clock) : ICredentialSource, IDisposable
{
    private static readonly TimeSpan Use = TimeSpan.FromMinutes(14);

    private readonly SemaphoreSlim one = new(1);
    private (string Token, string Key, DateTimeOffset Until) current;

    /// <inheritdoc/>
    public async Task<Credential> GetAsync(CancellationToken cancel) =>
        new(await GetAuthenticationHeaderAsync(cancel).ConfigureAwait(false), null);

    /// <inheritdoc/>
    // one that is made now says the same
    public Task<bool> RenewAsync(Credential refused, CancellationToken cancel) => Task.FromResult(false);

    /// <summary>The header with the token of the moment.</summary>
    public async Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken)
    {
        await one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // The SDK keeps credentials and renews them in time; a token dies with the credentials that signed it.
            var credentials = await aws.Credentials.GetCredentialsAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            var now = clock.GetUtcNow();
            if (current.Key != credentials.AccessKey || current.Until <= now)
                current = (Sign(credentials, aws.StsConfig, aws.Region, cluster, now.UtcDateTime), credentials.AccessKey, now + Use);
            return new AuthenticationHeaderValue("Bearer", current.Token);
        }
        catch (Exception e) when (aws.Explain(e, cluster) is { } failure)
        {
            throw failure;
        }
        finally
        {
            one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => one.Dispose();

    /// <summary>Makes a token: <c>k8s-aws-v1.</c> and the signed address in base64url, without padding.</summary>
    /// <param name="credentials">Who asks.</param>
    /// <param name="sts">Where STS is: its regional endpoint.</param>
    /// <param name="region">Region of the cluster.</param>
    /// <param name="cluster">Name of the cluster, part of what is signed: the token is good for no other.</param>
    /// <param name="at">Time of the signature, UTC.</param>
    public static string Sign(ImmutableCredentials credentials, AmazonSecurityTokenServiceConfig sts, string region, string cluster,
        DateTime at)
    {
        var call = new GetCallerIdentityRequest();
        var request = new DefaultRequest(call, "sts")
        {
            HttpMethod = "GET",
            ResourcePath = "/",
            Endpoint =
                new Uri(sts.DetermineServiceOperationEndpoint(new Amazon.Runtime.Endpoints.ServiceOperationEndpointParameters(call)).URL),
        };
        request.Parameters["Action"] = "GetCallerIdentity";
        request.Parameters["Version"] = "2011-06-15";
        request.Parameters["X-Amz-Expires"] = "60"; // as AWS's tools; the cluster goes by the time of the signature
        if (credentials.UseToken)
            request.Parameters["X-Amz-Security-Token"] = credentials.Token;
        request.Headers["x-k8s-aws-id"] = cluster;
        var signature = AWS4PreSignedUrlSigner.SignRequest(request, sts, new RequestMetrics(), credentials.AccessKey, credentials.SecretKey,
            "sts", region, at);
        string url = $"{AmazonServiceClient.ComposeUrl(request).AbsoluteUri}&{signature.ForQueryParameters}";
        return "k8s-aws-v1." + Convert.ToBase64String(Encoding.UTF8.GetBytes(url)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }
}
