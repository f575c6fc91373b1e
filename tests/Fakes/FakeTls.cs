using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace KafkaK8s.Tests.Fakes;

/// <summary>A server that wants a certificate of its authority, as a broker with <c>ssl.client.auth=required</c> does.</summary>
internal static class FakeTls
{
    /// <summary>Shakes hands; null where the two do not come to terms, and the connection is closed.</summary>
    /// <param name="inner">The connection.</param>
    /// <param name="secret">The Secret that the pod mounts.</param>
    /// <param name="cancel">Ends the handshake.</param>
    public static async Task<Stream?> AcceptAsync(Stream inner, JsonObject secret, CancellationToken cancel)
    {
        string store = Text(secret, "keystore.pem");
        using var own = X509Certificate2.CreateFromPem(store, store);
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.ImportFromPem(Text(secret, "ca.pem"));
        var tls = new SslStream(inner);
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(own, null, offline: true),
                ClientCertificateRequired = true,
                CertificateChainPolicy = policy,
                RemoteCertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None,
            }, cancel);
            return tls;
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            await tls.DisposeAsync();
            return null;
        }
    }

    private static string Text(JsonObject secret, string key) =>
        Encoding.UTF8.GetString(Convert.FromBase64String((string)secret["data"]![key]!));
}
