using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KafkaK8s.Core.Security;

/// <summary>A certificate with its private key, as PEM.</summary>
/// <param name="Certificate">The certificate.</param>
/// <param name="Key">The key, PKCS#8 and not encrypted: Kafka and ZooKeeper read no other form (measured: SEC1, PKCS#1 and encrypted keys
/// are refused).</param>
internal sealed record PemPair(string Certificate, string Key)
{
    // A record's own text has all members in it.
    /// <inheritdoc/>
    public override string ToString() => nameof(PemPair);
}

/// <summary>What a certificate is for.</summary>
internal enum CertificateUse
{
    /// <summary>A server, which is a client of its peers as well.</summary>
    Server,

    /// <summary>A client only.</summary>
    Client,
}

/// <summary>
/// A certificate authority on P-256. It signs with SHA-256, and all extensions are there that RFC 5280 demands, of which .NET adds none by
/// itself: <c>openssl verify -x509_strict</c> takes its certificates.
/// </summary>
internal sealed class CertificateAuthority : IDisposable
{
    /// <summary>How long before its making a certificate is valid: the clocks of nodes differ.</summary>
    public static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    private readonly X509Certificate2 certificate;
    private readonly ECDsa key;

    private CertificateAuthority(X509Certificate2 certificate, ECDsa key)
    {
        this.certificate = certificate;
        this.key = key;
    }

    /// <summary>Until when it is valid.</summary>
    public DateTimeOffset NotAfter => certificate.NotAfter;

    /// <summary>Makes a new authority.</summary>
    /// <param name="name">Its common name.</param>
    /// <param name="life">How long it is valid.</param>
    /// <param name="now">The time.</param>
    public static CertificateAuthority Create(string name, TimeSpan life, DateTimeOffset now)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateAuthority(SelfSigned(name, key, life, now), key);
    }

    /// <summary>Reads an authority that was made here. One of other make is not signed with.</summary>
    /// <exception cref="CryptographicException">It is no such pair.</exception>
    public static CertificateAuthority Read(PemPair pair)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pair.Key);
            var certificate = X509Certificate2.CreateFromPem(pair.Certificate);
            using var own = certificate.GetECDsaPublicKey() ?? throw new CryptographicException("the authority's key is not one of P-256");
            return own.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo())
                ? new CertificateAuthority(certificate, key)
                : throw new CryptographicException("the key is that of another certificate");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw e as CryptographicException ?? new CryptographicException("it is no PEM of a certificate and its key", e);
        }
    }

    /// <summary>The authority as PEM.</summary>
    public PemPair Export() => new(Pem(certificate), key.ExportPkcs8PrivateKeyPem() + "\n");

    /// <summary>Its certificate as PEM: what others trust.</summary>
    public string Trust() => Pem(certificate);

    /// <summary>Signs a certificate with a key of its own. It ends with the authority at the latest.</summary>
    /// <param name="subject">Its distinguished name; Kafka's principal is this very text.</param>
    /// <param name="names">Host names, which may begin with a wildcard, and addresses; none for a client.</param>
    /// <param name="use">What it is for.</param>
    /// <param name="life">How long it is valid.</param>
    /// <param name="now">The time.</param>
    public PemPair Issue(string subject, IReadOnlyCollection<string> names, CertificateUse use, TimeSpan life, DateTimeOffset now)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName(subject), own, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForEndEntity(critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        var uses = new OidCollection { new Oid("1.3.6.1.5.5.7.3.2") }; // clientAuth
        if (use == CertificateUse.Server)
            uses.Add(new Oid("1.3.6.1.5.5.7.3.1")); // serverAuth
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(uses, critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(certificate,
            includeKeyIdentifier: true, includeIssuerAndSerial: false));
        if (names.Count > 0)
        {
            var alternatives = new SubjectAlternativeNameBuilder();
            foreach (string name in names)
            {
                if (IPAddress.TryParse(name, out var address))
                    alternatives.AddIpAddress(address);
                else
                    alternatives.AddDnsName(name);
            }

            request.CertificateExtensions.Add(alternatives.Build());
        }

        var from = now - Backdated;
        var until = from + life < NotAfter ? from + life : NotAfter;
        using var signed = request.Create(certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(key), from, until, Serial());
        return new PemPair(Pem(signed), own.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        certificate.Dispose();
        key.Dispose();
    }

    private static X509Certificate2 SelfSigned(string name, ECDsa key, TimeSpan life, DateTimeOffset now)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(name);
        var subject = builder.Build();
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority(pathLengthConstraint: 0));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        var identifier = new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false);
        request.CertificateExtensions.Add(identifier);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(identifier));
        return request.Create(subject, X509SignatureGenerator.CreateForECDsa(key), now - Backdated, now - Backdated + life, Serial());
    }

    // 16 octets, positive, the first never zero (RFC 5280, 4.1.2.2: 20 at most).
    private static byte[] Serial()
    {
        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        return serial;
    }

    private static string Pem(X509Certificate2 certificate) => certificate.ExportCertificatePem() + "\n";
}
