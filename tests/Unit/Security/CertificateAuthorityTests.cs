using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KafkaK8s.Core.Security;
using Xunit;

namespace KafkaK8s.Tests.Unit.Security;

public sealed class CertificateAuthorityTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private readonly CertificateAuthority authority = CertificateAuthority.Create("demo cluster CA", TimeSpan.FromDays(3650), Now);

    public void Dispose() => authority.Dispose();

    // What RFC 5280 demands and .NET does not add by itself; openssl verify -x509_strict asks for it.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_leaf_has_all_extensions_that_a_strict_reader_asks_for(bool server)
    {
        using var leaf = X509Certificate2.CreateFromPem(authority.Issue("CN=kafka,O=kafkak8s", server ? ["*.a.svc", "127.0.0.1"] : [],
            server ? CertificateUse.Server : CertificateUse.Client, TimeSpan.FromDays(30), Now).Certificate);
        using var root = X509Certificate2.CreateFromPem(authority.Trust());
        var own = leaf.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single();
        var above = root.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single();
        foreach (var certificate in new[] { leaf, root })
        {
            Assert.Equal(above.SubjectKeyIdentifierBytes.ToArray(),
                certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().Single().KeyIdentifier!.Value.ToArray());
            Assert.True(certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single().Critical);
            Assert.True(certificate.Extensions.OfType<X509KeyUsageExtension>().Single().Critical);
        }

        Assert.NotEqual(above.SubjectKeyIdentifier, own.SubjectKeyIdentifier);
        Assert.Equal((true, 0), (root.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority,
            root.Extensions.OfType<X509BasicConstraintsExtension>().Single().PathLengthConstraint));
        Assert.False(leaf.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.Equal(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, root.Extensions.OfType<X509KeyUsageExtension>().Single().KeyUsages);
        Assert.Equal(X509KeyUsageFlags.DigitalSignature, leaf.Extensions.OfType<X509KeyUsageExtension>().Single().KeyUsages);
        Assert.Equal(server ? ["1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1"] : (string?[])["1.3.6.1.5.5.7.3.2"],
            leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>().Select(o => o.Value));
    }

    [Fact]
    public void The_name_is_the_principal_that_Kafka_reads_of_it()
    {
        using var leaf = X509Certificate2.CreateFromPem(Issue().Certificate);
        Assert.Equal("CN=kafka, O=kafkak8s", leaf.SubjectName.Name);
        Assert.Equal(Convert.ToHexString(new X500DistinguishedName("CN=kafka,O=kafkak8s").RawData), Convert.ToHexString(leaf.SubjectName.RawData));
        Assert.True(leaf.SerialNumberBytes.Length == 16 && leaf.SerialNumberBytes.Span[0] is >= 0x40 and < 0x80);
    }

    [Fact]
    public void A_key_is_PKCS8_in_the_clear_and_not_in_the_text_of_the_record()
    {
        var pair = Issue();
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----\n", pair.Key, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", $"{pair}", StringComparison.Ordinal);
        Assert.NotEqual(pair.Key, Issue().Key);
    }

    [Fact]
    public void A_certificate_does_not_outlive_its_authority()
    {
        using var young = CertificateAuthority.Create("demo", TimeSpan.FromDays(1), Now);
        using var leaf = X509Certificate2.CreateFromPem(
            young.Issue("CN=kafka", [], CertificateUse.Client, TimeSpan.FromDays(30), Now).Certificate);
        Assert.Equal(young.NotAfter, leaf.NotAfter);
        Assert.InRange(leaf.NotBefore.ToUniversalTime(), Now.UtcDateTime.AddMinutes(-61), Now.UtcDateTime.AddMinutes(-59));
    }

    [Fact]
    public void What_it_signs_is_trusted_by_itself_read_again_and_by_no_other_authority()
    {
        using var read = CertificateAuthority.Read(authority.Export());
        using var other = CertificateAuthority.Create("demo cluster CA", TimeSpan.FromDays(30), Now);
        var leaf = read.Issue("CN=kafka", [], CertificateUse.Client, TimeSpan.FromDays(30), Now);
        Assert.True(Trusts(authority, leaf));
        Assert.False(Trusts(other, leaf));
    }

    [Fact]
    public void A_key_of_another_certificate_is_no_authority()
    {
        using var other = CertificateAuthority.Create("demo cluster CA", TimeSpan.FromDays(30), Now);
        Assert.Throws<CryptographicException>(() => CertificateAuthority.Read(authority.Export() with { Key = other.Export().Key }));
        Assert.Throws<CryptographicException>(() => CertificateAuthority.Read(new PemPair("text", "text")));
    }

    // A server and a client of TLS, as a broker and its peer are.
    [Theory]
    [InlineData("demo-kafka-7.demo-kafka-headless.shop.svc", true)]
    [InlineData("a.b.demo-kafka-headless.shop.svc", false)]
    [InlineData("demo-kafka-7.demo-kafka-headless.other.svc", false)]
    public async Task The_wildcard_fits_each_pod_of_the_set_and_nothing_else(string host, bool fits)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener);
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        await using var stream = new SslStream(client.GetStream(), false, (_, _, chain, errors) =>
            (errors & SslPolicyErrors.RemoteCertificateNameMismatch) == 0);
        var connecting = stream.AuthenticateAsClientAsync(host);
        if (fits)
            await connecting;
        else
            await Assert.ThrowsAsync<AuthenticationException>(() => connecting);
        client.Close();
        await Record.ExceptionAsync(() => serving);
    }

    private async Task ServeAsync(TcpListener listener)
    {
        using var peer = await listener.AcceptTcpClientAsync();
        var pair = Issue();
        using var made = X509Certificate2.CreateFromPem(pair.Certificate, pair.Key);
        await using var stream = new SslStream(peer.GetStream());
        await stream.AuthenticateAsServerAsync(made);
    }

    private PemPair Issue() => authority.Issue("CN=kafka,O=kafkak8s", ["*.demo-kafka-headless.shop.svc"], CertificateUse.Server,
        TimeSpan.FromDays(30), Now);

    private static bool Trusts(CertificateAuthority authority, PemPair pair)
    {
        using var leaf = X509Certificate2.CreateFromPem(pair.Certificate);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(authority.Trust()));
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(leaf);
    }
}
