using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Security;
using Xunit;

namespace KafkaK8s.Tests.Unit.Security;

public sealed class ClusterCertificatesTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private static readonly ClusterNames Names = new("demo");

    [Fact]
    public void Authorities_come_first_and_each_role_gets_what_it_mounts()
    {
        var made = Make();
        Assert.Equal(["demo-kafka-ca: ca.crt ca.key", "demo-kafka-clients-ca: ca.crt ca.key",
            "demo-kafka-tls: ca.pem clients-ca.pem keystore.pem", "demo-zk-tls: ca.pem keystore.pem",
            "demo-kafka-admin: ca.pem client.properties keystore.pem zookeeper.properties"],
            made.Select(s => $"{s.Name()}: {string.Join(' ', s["data"]!.AsObject().Select(e => e.Key).Order(StringComparer.Ordinal))}"));
        Assert.All(made, s => Assert.Equal("demo", s.Label(ClusterNames.ClusterLabel)));
        Assert.Equal(Text(made, "demo-kafka-ca", "ca.crt"), Text(made, "demo-kafka-tls", "ca.pem"));
        Assert.Equal(Text(made, "demo-kafka-clients-ca", "ca.crt"), Text(made, "demo-kafka-tls", "clients-ca.pem"));
        // The keys of the authorities are in their own Secrets alone.
        foreach (string authority in new[] { "demo-kafka-ca", "demo-kafka-clients-ca" })
        {
            string key = Text(made, authority, "ca.key");
            Assert.All(made.Where(s => s.Name() != authority), s => Assert.DoesNotContain(s["data"]!.AsObject(),
                e => Decoded(e.Value!).Contains(key.Split('\n')[1], StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData("demo-kafka-tls", "CN=kafka, O=kafkak8s", "demo-kafka-2.demo-kafka-headless.shop.svc")]
    [InlineData("demo-kafka-tls", "CN=kafka, O=kafkak8s", "demo-kafka-service.shop.svc")]
    [InlineData("demo-zk-tls", "CN=zookeeper, O=kafkak8s", "demo-zk-0.demo-zk-headless.shop.svc")]
    [InlineData("demo-zk-tls", "CN=zookeeper, O=kafkak8s", "demo-zk-headless.shop.svc")]
    [InlineData("demo-kafka-admin", "CN=admin, O=kafkak8s", null)]
    public void A_certificate_has_the_name_that_servers_know_and_the_names_that_clients_call(string secret, string subject, string? host)
    {
        var made = Make();
        using var leaf = X509Certificate2.CreateFromPem(Text(made, secret, "keystore.pem"));
        Assert.Equal(subject, leaf.SubjectName.Name);
        Assert.True(host is null || leaf.MatchesHostname(host));
        Assert.False(leaf.MatchesHostname("demo-kafka-0.demo-kafka-headless.other.svc"));
        Assert.True(Chains(leaf, Text(made, "demo-kafka-ca", "ca.crt")));
        Assert.False(Chains(leaf, Text(made, "demo-kafka-clients-ca", "ca.crt")));
    }

    [Fact]
    public void What_is_there_stays_and_what_is_missing_is_signed_by_the_same_authority()
    {
        var first = Make();
        Assert.Empty(Make(first));
        var again = Assert.Single(Make(first, "demo-zk-tls"));
        Assert.Equal("demo-zk-tls", again.Name());
        using var leaf = X509Certificate2.CreateFromPem(Text([again], "demo-zk-tls", "keystore.pem"));
        Assert.True(Chains(leaf, Text(first, "demo-kafka-ca", "ca.crt")));
        // Who keeps the authorities elsewhere needs them only when something is to be signed.
        Assert.Empty(Make(first, "demo-kafka-ca", "demo-kafka-clients-ca"));
        // A cluster that is made again over its volumes: the authorities stayed.
        Assert.Equal(["demo-kafka-tls", "demo-zk-tls", "demo-kafka-admin"],
            Make(first, "demo-kafka-tls", "demo-zk-tls", "demo-kafka-admin").Select(s => s.Name()));
    }

    [Fact]
    public void Without_their_authority_no_others_are_made_beside_those_that_are_there()
    {
        var first = Make();
        var missing = Assert.Throws<ClusterException>(() => Make(first, "demo-kafka-ca", "demo-zk-tls"));
        Assert.Equal(("AuthorityMissing", "demo-kafka-ca"), (missing.Id, missing.Target));
        var spoilt = first.Select(s => (JsonObject)s.DeepClone()).ToList();
        spoilt[0]["data"]!["ca.key"] = spoilt[1]["data"]!["ca.key"]!.DeepClone();
        Assert.Equal("AuthorityUnusable", Assert.Throws<ClusterException>(() => Make(spoilt, "demo-zk-tls")).Id);
        spoilt[0]["data"]!.AsObject().Remove("ca.key");
        Assert.Equal("AuthorityUnusable", Assert.Throws<ClusterException>(() => Make(spoilt, "demo-zk-tls")).Id);
    }

    private static IReadOnlyList<JsonObject> Make(IEnumerable<JsonObject>? standing = null, params string[] without) =>
        ClusterCertificates.Missing(Names, "shop",
            (standing ?? []).Where(s => !without.Contains(s.Name())).ToDictionary(s => s.Name()), Now);

    private static string Text(IReadOnlyList<JsonObject> secrets, string name, string key) =>
        Decoded(secrets.Single(s => s.Name() == name)["data"]![key]!);

    private static string Decoded(JsonNode value) => Encoding.UTF8.GetString(Convert.FromBase64String((string)value!));

    private static bool Chains(X509Certificate2 leaf, string authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(leaf);
    }
}
