using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KafkaK8s.Core.Kubernetes.Config;

/// <summary>
/// Whether a server is the one that is meant. Checks what Go checks: a chain to a certificate that is trusted (which may be an
/// intermediate), the time, the purpose, and the host's name among the certificate's alternative names.
/// </summary>
internal sealed class ServerTrust
{
    private const X509ChainStatusFlags EndOfChain = X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot;
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private readonly X509Certificate2Collection? authorities;
    private readonly bool checkNothing;

    private ServerTrust(X509Certificate2Collection? authorities, bool checkNothing)
    {
        this.authorities = authorities;
        this.checkNothing = checkNothing;
    }

    /// <summary>Whatever the system trusts.</summary>
    public static ServerTrust System { get; } = new(null, checkNothing: false);

    /// <summary>Anybody: <c>insecure-skip-tls-verify</c>.</summary>
    public static ServerTrust Anybody { get; } = new(null, checkNothing: true);

    /// <summary>These certificates, and none else.</summary>
    /// <exception cref="FormatException">There is no certificate in the text.</exception>
    public static ServerTrust Only(byte[] pem, string field)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(Encoding.UTF8.GetString(pem));
        }
        catch (CryptographicException e)
        {
            throw new FormatException($"{field} cannot be read: {e.Message}", e);
        }

        return certificates.Count > 0 ? new ServerTrust(certificates, checkNothing: false)
            : throw new FormatException($"{field} holds no certificate in PEM.");
    }

    /// <summary>Sets up TLS.</summary>
    public void Apply(SslClientAuthenticationOptions options)
    {
        options.CertificateChainPolicy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true, // what the certificate names is no address to call
            TrustMode = authorities is null ? X509ChainTrustMode.System : X509ChainTrustMode.CustomRootTrust,
        };
        options.CertificateChainPolicy.ApplicationPolicy.Add(ServerAuthentication);
        if (authorities is not null)
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        options.RemoteCertificateValidationCallback = (sender, certificate, chain, _) =>
            Check(((SslStream)sender).TargetHostName, certificate, chain);
    }

    private bool Check(string host, X509Certificate? certificate, X509Chain? chain)
    {
        if (checkNothing)
            return true;
        if (certificate is null || chain is null)
            throw new AuthenticationException("it showed none.");
        if (WhyUntrusted(chain) is { } why)
            throw new AuthenticationException(why);
        var leaf = certificate as X509Certificate2 ?? new X509Certificate2(certificate);
        if (!leaf.MatchesHostname(host, allowWildcards: true, allowCommonName: false))
            throw new AuthenticationException($"it is not made for the name {host}, but for {NamesOf(leaf)}.");
        return true;
    }

    // Null where the chain is good.
    private string? WhyUntrusted(X509Chain chain)
    {
        bool pinned = false;
        foreach (var element in chain.ChainElements)
        {
            var wrong = element.ChainElementStatus.FirstOrDefault(s => (s.Status & ~EndOfChain) != X509ChainStatusFlags.NoError);
            if (wrong.Status == X509ChainStatusFlags.NotTimeValid)
            {
                return string.Create(CultureInfo.InvariantCulture, $"that of {element.Certificate.Subject} is valid from "
                    + $"{element.Certificate.NotBefore.ToUniversalTime():u} to {element.Certificate.NotAfter.ToUniversalTime():u}, and "
                    + $"this machine's clock says {DateTime.UtcNow:u}.");
            }

            if (wrong.Status != X509ChainStatusFlags.NoError)
                return $"{wrong.StatusInformation.Trim().TrimEnd('.')}.";
            pinned |= authorities?.Any(a => a.RawDataMemory.Span.SequenceEqual(element.Certificate.RawDataMemory.Span)) == true;
            if (pinned)
                return null; // what stands above a certificate that is trusted does not matter
        }

        return authorities is null && chain.ChainStatus.All(s => s.Status == X509ChainStatusFlags.NoError)
            ? null
            : $"it was issued by {(chain.ChainElements is [.., var last] ? last.Certificate.Issuer : "nobody")}, which is not trusted.";
    }

    private static string NamesOf(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(e => e.EnumerateDnsNames().Concat(e.EnumerateIPAddresses().Select(a => a.ToString()))).ToList();
        return names.Count == 0 ? "no name at all" : string.Join(", ", names);
    }
}
