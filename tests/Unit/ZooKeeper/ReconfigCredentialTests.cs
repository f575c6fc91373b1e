using System.Text;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.ZooKeeper;
using Xunit;

namespace KafkaK8s.Tests.Unit.ZooKeeper;

public sealed class ReconfigCredentialTests
{
    // printf 'super:secret' | openssl dgst -sha1 -binary | base64.
    [Theory]
    [InlineData("secret", "super:lK75jTNcA+U9vtVEw5vB51mj/w4=")]
    [InlineData("test", "super:D/InIHSb7yEEbrWz8b9l71RjZJU=")]
    public void Digest(string password, string digest) => Assert.Equal(digest, ReconfigCredential.Digest(password));

    [Fact]
    public void The_secret_holds_a_password_and_its_digest_as_the_manifests_read_it()
    {
        var names = new ClusterNames("demo");
        var secret = ReconfigCredential.NewSecret(names);
        Assert.Equal("Secret/demo-zk-reconfig", Repository.Id(secret));
        string password = Text(secret["data"]!["password"]!);
        Assert.Matches("^[0-9A-F]{48}$", password);
        Assert.Equal(ReconfigCredential.Digest(password), Text(secret["data"]!["superDigest"]!));
        Assert.Null(secret["stringData"]);
        Assert.Equal((names.Cluster, ClusterNames.PartOf, ClusterNames.ZooKeeperApp),
            (secret.Label(ClusterNames.InstanceLabel), secret.Label(ClusterNames.PartOfLabel), secret.Label(ClusterNames.NameLabel)));
        var reference = Repository.Catalog.Find("StatefulSet", "zk")["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]!.AsArray()
            .Single(e => (string?)e!["name"] == "ZK_SUPER_DIGEST")!["valueFrom"]!["secretKeyRef"]!;
        Assert.True(secret["data"]!.AsObject().ContainsKey((string)reference["key"]!));
        Assert.Equal(new ClusterNames("kafka").ReconfigSecret, (string?)reference["name"]);
    }

    [Fact]
    public void No_two_passwords_are_alike() =>
        Assert.NotEqual(Text(ReconfigCredential.NewSecret(new ClusterNames("a"))["data"]!["password"]!),
            Text(ReconfigCredential.NewSecret(new ClusterNames("a"))["data"]!["password"]!));

    private static string Text(JsonNode base64) => Encoding.UTF8.GetString(Convert.FromBase64String((string)base64!));
}
