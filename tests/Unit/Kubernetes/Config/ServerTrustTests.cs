using System.Net;
using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kubernetes.Config;

/// <summary>Servers that are not the one that is meant get nothing.</summary>
public sealed class ServerTrustTests
{
    private static readonly TestPki Pki = new();

    public static TheoryData<string> Frauds => ["another name", "another root", "the common name alone", "a client's certificate",
        "expired", "an intermediate's name, another key", "a leaf that signs"];

    [Theory]
    [MemberData(nameof(Frauds))]
    public async Task A_fraud_gets_no_request(string fraud)
    {
        var forged = TestPki.Authority("CN=intermediate", TestPki.Authority("CN=root", null));
        var certificate = fraud switch
        {
            "another name" => Pki.Wrong,
            "another root" => new TestPki().Good,
            "the common name alone" => TestPki.Server(Pki.Root, null, null, subject: "CN=127.0.0.1"),
            "a client's certificate" => TestPki.Server(Pki.Root, "localhost", IPAddress.Loopback, purpose: "1.3.6.1.5.5.7.3.2"),
            "expired" => TestPki.Server(Pki.Root, "localhost", IPAddress.Loopback, days: -1),
            "a leaf that signs" => TestPki.Server(Pki.Good, "localhost", IPAddress.Loopback),
            _ => TestPki.Server(forged, "localhost", IPAddress.Loopback),
        };
        foreach (string trusted in new[] { Pki.Root.Pem, Pki.Intermediate.Pem, $"{Pki.Intermediate.Pem}\n{Pki.Root.Pem}" })
        {
            await using var server = new RecordingServer("fraud", certificate);
            using var connection = Connect(server, trusted);
            var e = await Assert.ThrowsAsync<ClusterException>(() => connection.GetAsync("/version", default));
            Assert.Equal(("ApiServerUntrusted", FailureKind.Authentication), (e.Id, e.Kind));
            var socket = await Assert.ThrowsAsync<ClusterException>(() => connection.OpenSocketAsync("/x", "v4.channel.k8s.io", default));
            Assert.Equal("ApiServerUntrusted", socket.Id);
            Assert.Empty(server.Arrivals);
        }
    }

    // The reason may be this machine's clock.
    [Fact]
    public async Task A_certificate_of_another_time_is_refused_with_its_times_and_the_clocks()
    {
        var old = TestPki.Server(Pki.Root, "localhost", IPAddress.Loopback, days: -1);
        await using var server = new RecordingServer("old", old);
        using var connection = Connect(server, Pki.Root.Pem);
        var e = await Assert.ThrowsAsync<ClusterException>(() => connection.GetAsync("/version", default));
        Assert.Contains(
            $"not trusted: that of CN=localhost is valid from {old.Certificate.NotBefore.ToUniversalTime():u} to "
                + $"{old.Certificate.NotAfter.ToUniversalTime():u}, and this machine's clock says {DateTime.UtcNow:yyyy-MM-dd} ", e.Message,
                StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_intermediate_is_trusted_by_itself(bool sent)
    {
        await using var server = new RecordingServer("inter", Pki.ViaIntermediate, withIntermediates: sent);
        using var connection = Connect(server, Pki.Intermediate.Pem);
        await connection.GetAsync("/version", default);
        Assert.Single(server.Arrivals);
    }

    [Fact]
    public async Task A_redirection_is_not_followed()
    {
        await using var other = new RecordingServer("other", Pki.Good);
        await using var server = new RecordingServer("first",
            Pki.Good)
        { Answer = _ => RecordingServer.Reply(302, "", $"Location: https://127.0.0.1:{other.Port}/login\r\n") };
        using var connection = Connect(server, Pki.Root.Pem);
        var e = await Assert.ThrowsAsync<ClusterException>(() => connection.GetAsync("/version", default));
        Assert.Equal("NotAnApiServer", e.Id);
        Assert.Contains($"https://127.0.0.1:{other.Port}", e.Message, StringComparison.Ordinal);
        Assert.Empty(other.Arrivals);
    }

    private static KubeConnection Connect(RecordingServer server, string authority)
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, $$"""
            clusters: [{name: c, cluster: {server: "https://127.0.0.1:{{server.Port}}", certificate-authority-data: {{Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(authority))}} } }]
            users: [{name: u, user: {token: t} }]
            contexts: [{name: x, context: {cluster: c, user: u} }]
            current-context: x
            """);
        try
        {
            return KubeConnection.Open(file, null);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
