using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KafkaK8s.Core;
using KafkaK8s.Eks;
using Xunit;

namespace KafkaK8s.Tests.Eks;

/// <summary>A connection to a server with the cluster's certificate authority: what it trusts, and what it sends.</summary>
public sealed class ConnectionTests
{
    [Fact]
    public async Task Trusts_the_cluster_and_shows_a_token_with_each_request()
    {
        using var variables = AwsVariables.WithKeys();
        using var server = new TlsDouble();
        using var connection = EksAccess.Open(server.Connection());
        Assert.Equal(new Version(1, 34), await connection.ServerVersionAsync(default));
        Assert.Equal(new Version(1, 34), await connection.ServerVersionAsync(default));
        Assert.Equal(2, server.Authorizations.Count);
        Assert.All(server.Authorizations, a => Assert.StartsWith("Bearer k8s-aws-v1.", a, StringComparison.Ordinal));
        Assert.Equal((null, null, server.Connection()),
            (connection.Origin.Context, connection.Origin.KubeConfig, connection.Origin.Connection));
    }

    [Fact]
    public async Task Trusts_no_other()
    {
        using var variables = AwsVariables.WithKeys();
        using var server = new TlsDouble();
        using var other = new TlsDouble();
        using var connection =
            EksAccess.Open(server.Connection() with { CertificateAuthorityData = other.Connection().CertificateAuthorityData });
        var e = await Assert.ThrowsAsync<ClusterException>(() => connection.ServerVersionAsync(default));
        Assert.Equal("ApiServerUntrusted", e.Id);
        Assert.Empty(server.Authorizations);
    }

    [Fact]
    public async Task Trusts_no_other_name()
    {
        using var variables = AwsVariables.WithKeys();
        using var server = new TlsDouble("other.eks.amazonaws.com");
        using var connection = EksAccess.Open(server.Connection());
        var e = await Assert.ThrowsAsync<ClusterException>(() => connection.ServerVersionAsync(default));
        Assert.Equal("ApiServerUntrusted", e.Id);
        Assert.Contains("other.eks.amazonaws.com", e.Message, StringComparison.Ordinal);
        Assert.Empty(server.Authorizations);
    }

    [Fact]
    public async Task A_refused_token_names_the_access_entry()
    {
        using var variables = AwsVariables.WithKeys();
        using var server = new TlsDouble { Status = "401 Unauthorized" };
        using var connection = EksAccess.Open(server.Connection());
        var e = await Assert.ThrowsAsync<ClusterException>(() => connection.ServerVersionAsync(default));
        Assert.Equal(("Unauthorized", FailureKind.Authentication), (e.Id, e.Kind));
        Assert.Contains("aws eks create-access-entry --cluster-name prod", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("k8s-aws-v1", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("%%%")]
    [InlineData("bm8gY2VydGlmaWNhdGU=")]
    public void A_connection_without_an_authority_is_refused(string data)
    {
        using var variables = AwsVariables.WithKeys();
        var e = Assert.Throws<ClusterException>(() => EksAccess.Open(new EksConnection
        {
            ClusterName = "prod",
            Region = "eu-central-1",
            Endpoint = "https://127.0.0.1:1",
            CertificateAuthorityData = data
        }));
        Assert.Equal(("EksConnectionInvalid", FailureKind.InvalidInput), (e.Id, e.Kind));
    }

    /// <summary>An API server that knows its version, behind TLS with an authority of its own.</summary>
    private sealed class TlsDouble : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly X509Certificate2 certificate;

        public TlsDouble(string? name = null)
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest("CN=kubernetes", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, true));
            var names = new SubjectAlternativeNameBuilder();
            if (name is null)
                names.AddIpAddress(IPAddress.Loopback);
            else
                names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
            using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
            certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
            listener.Start();
            _ = Task.Run(async () =>
            {
                while (true)
                    _ = ServeAsync(await listener.AcceptTcpClientAsync());
            });
        }

        public ConcurrentQueue<string> Authorizations { get; } = new();

        public string Status { get; init; } = "200 OK";

        public EksConnection Connection() => new()
        {
            ClusterName = "prod",
            Region = "eu-central-1",
            Arn = "arn:aws:eks:eu-central-1:1:cluster/prod",
            Endpoint = $"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}",
            CertificateAuthorityData = Convert.ToBase64String(Encoding.ASCII.GetBytes(certificate.ExportCertificatePem())),
        };

        public void Dispose()
        {
            listener.Dispose();
            certificate.Dispose();
        }

        private async Task ServeAsync(TcpClient client)
        {
            using var _ = client;
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsServerAsync(certificate);
            using var reader = new StreamReader(tls);
            while (await reader.ReadLineAsync() is not null)
            {
                while (await reader.ReadLineAsync() is { Length: > 0 } header)
                {
                    if (header.StartsWith("Authorization: ", StringComparison.OrdinalIgnoreCase))
                        Authorizations.Enqueue(header["Authorization: ".Length..]);
                }

                const string Body = """{"major":"1","minor":"34"}""";
                await tls.WriteAsync(Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 {Status}\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}"));
            }
        }
    }
}
