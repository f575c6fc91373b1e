using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Security;
using KafkaK8s.Core.ZooKeeper;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kubernetes;

/// <summary>Objects are told apart whatever a deployment tool writes into their labels.</summary>
public sealed class OwnershipTests
{
    // Names that end with, or begin with, one another.
    public static TheoryData<string> Clusters => ["kafka", "demo", "demo-2", "demo-kafka", "zk", "kafka-zk", "x-zk-cluster", "zk-0"];

    [Theory]
    [MemberData(nameof(Clusters))]
    public void Every_object_of_a_cluster_is_its_own(string cluster)
    {
        var spec = new ClusterSpec { Name = cluster };
        var objects = Composer.Compose(Repository.Catalog, spec, spec).Append(ReconfigCredential.NewSecret(new ClusterNames(cluster)))
            .ToList();
        foreach (var tree in objects)
        {
            Overwrite(tree, "argo-app");
            Assert.Equal(cluster, Ownership.ClusterOf(tree));
            ((JsonObject)tree["metadata"]!["labels"]!).Remove(ClusterNames.ClusterLabel);
            Assert.Equal(cluster, Ownership.ClusterOf(tree));
            ((JsonObject)tree["metadata"]!["labels"]!).Remove(ClusterNames.PartOfLabel);
            Assert.Null(Ownership.ClusterOf(tree));
        }

        foreach (var set in objects.Where(o => (string?)o["kind"] == "StatefulSet"))
        {
            Assert.Equal(cluster, Ownership.ClusterOf(Plain($"{set.Name()}-12", ClusterNames.PartOf)));
            Assert.Equal(cluster, Ownership.ClusterOfClaim(Plain($"data-{set.Name()}-12", null)));
        }
    }

    // A user may be called as an object of the manifests, and a cluster as the Secret of a user.
    [Theory]
    [InlineData("app1")]
    [InlineData("x-kafka-service")]
    [InlineData("a-kafka-user-b")]
    public void The_Secret_of_a_user_is_its_clusters(string user)
    {
        foreach (string cluster in Clusters.Append("kafka-user-a"))
        {
            var tree = UserSecret.WithPassword(new ClusterNames(cluster), user, "p", "t");
            Overwrite(tree, "argo-app");
            Assert.Equal(cluster, Ownership.ClusterOf(tree));
            ((JsonObject)tree["metadata"]!["labels"]!).Remove(ClusterNames.ClusterLabel);
            Assert.Equal(cluster, Ownership.ClusterOf(tree));
        }
    }

    [Theory]
    [InlineData("data-kafka", null)]
    [InlineData("cache-kafka-0", null)]
    [InlineData("data-demo-postgres-0", null)]
    [InlineData("data-kafka-kafka-0", null)] // the cluster kafka has no prefix
    public void Claims_of_others_belong_to_none(string name, string? cluster) =>
        Assert.Equal(cluster, Ownership.ClusterOfClaim(Plain(name, null)));

    [Fact]
    public void An_object_with_a_name_of_its_own_is_told_by_its_label()
    {
        var pod = Plain("demo-console-x1", ClusterNames.PartOf);
        Overwrite(pod, "demo");
        Assert.Equal("demo", Ownership.ClusterOf(pod));
    }

    [Fact]
    public void The_names_known_are_those_of_the_manifests() => Assert.Equal(
        Repository.Catalog.Objects.Select(o => o.Name()).Append(new ClusterNames("kafka").ReconfigSecret)
            .Concat(ClusterCertificates.All).Distinct().Order(),
        ManifestSets.ZooKeeper.Bases.Order());

    /// <summary>As Argo CD's label tracking does: the labels of the object itself, not those of its pods.</summary>
    internal static void Overwrite(JsonObject tree, string value) => tree["metadata"]!["labels"]![ClusterNames.InstanceLabel] = value;

    private static JsonObject Plain(string name, string? partOf) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { [ClusterNames.PartOfLabel] = partOf } },
    };
}
