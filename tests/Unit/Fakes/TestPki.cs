using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KafkaK8s.Tests.Unit.Fakes;

/// <summary>A certificate with its key, and what stands above it.</summary>
internal sealed record TestCertificate(X509Certificate2 Certificate, ECDsa Key, TestCertificate? Issuer)
{
    public string Pem => Certificate.ExportCertificatePem();

    /// <summary>The certificate and the intermediates above it.</summary>
    public string Chain => Issuer?.Issuer is null ? Pem : $"{Pem}\n{Issuer.Chain}";

    public string Pkcs8 => Key.ExportPkcs8PrivateKeyPem();

    public string Sec1 => Key.ExportECPrivateKeyPem();
}

/// <summary>Certificates that are right, or wrong in one way each.</summary>
internal sealed class TestPki
{
    public TestPki()
    {
        Root = Authority("CN=root", null);
        Intermediate = Authority("CN=intermediate", Root);
        Good = Server(Root, "localhost", IPAddress.Loopback);
        Wrong = Server(Root, "api.internal.example", null);
        ViaIntermediate = Server(Intermediate, "localhost", IPAddress.Loopback);
        Alice = Leaf("CN=alice, O=ops", Root, "1.3.6.1.5.5.7.3.2", null);
        Bob = Leaf("CN=bob, O=ops", Intermediate, "1.3.6.1.5.5.7.3.2", null);
    }

    public TestCertificate Root { get; }

    public TestCertificate Intermediate { get; }

    /// <summary>For localhost and 127.0.0.1.</summary>
    public TestCertificate Good { get; }

    /// <summary>For another host.</summary>
    public TestCertificate Wrong { get; }

    public TestCertificate ViaIntermediate { get; }

    public TestCertificate Alice { get; }

    public TestCertificate Bob { get; }

    public static TestCertificate Authority(string subject, TestCertificate? issuer) => Make(subject, issuer, null, request =>
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
    });

    public static TestCertificate Server(TestCertificate issuer, string? name, IPAddress? address, string purpose = "1.3.6.1.5.5.7.3.1",
        int days = 2, string subject = "CN=localhost")
    {
        var names = new SubjectAlternativeNameBuilder();
        if (name is not null)
            names.AddDnsName(name);
        if (address is not null)
            names.AddIpAddress(address);
        return Leaf(subject, issuer, purpose, name is null && address is null ? null : names, days);
    }

    private static TestCertificate Leaf(string subject, TestCertificate issuer, string purpose, SubjectAlternativeNameBuilder? names,
        int days = 2) => Make(subject, issuer, days, request =>
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        if (names is not null)
            request.CertificateExtensions.Add(names.Build());
    });

    private static TestCertificate Make(string subject, TestCertificate? issuer, int? days, Action<CertificateRequest> fill)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        fill(request);
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-3), DateTimeOffset.UtcNow.AddDays(days ?? 9));
        if (issuer is null)
            return new TestCertificate(request.CreateSelfSigned(from.AddDays(-1), to), key, null);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer.Certificate, true, false));
        using var made = request.Create(issuer.Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(issuer.Key), from, to,
            RandomNumberGenerator.GetBytes(8));
        return new TestCertificate(made.CopyWithPrivateKey(key), key, issuer);
    }
}
