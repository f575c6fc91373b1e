using System.Text.Json.Nodes;
using KafkaK8s.Core;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Operations;
using Xunit;

namespace KafkaK8s.Tests.Unit.Operations;

public sealed class ImmutableChangesTests
{
    private static readonly ClusterSpec Standing = new()
    {
        StorageSize = "20Gi",
        StorageClass = "fast",
        BrokerCount = 3,
        ZooKeeperCount = 3
    };

    public static TheoryData<string, string?, string> Requests => new()
    {
        { "same", null, "" },
        { "size written otherwise", null, "" },
        { "class left out", null, "" },
        { "more brokers", null, "" },
        { "another image", null, "" },
        { "size", "StorageChangeRefused", "20Gi" },
        { "smaller ZooKeeper size", "StorageChangeRefused", "5Gi" },
        { "class", "StorageChangeRefused", "slow" },
        { "ephemeral", "StorageChangeRefused", "has volumes" },
        { "more servers", "EnsembleResizeRefused", "Add-ZooKeeperNode kafka -Count 2" },
        { "fewer servers", "EnsembleResizeRefused", "Remove-ZooKeeperNode kafka -Count 2" },
        { "fewer brokers", "BrokerScaleInRefused", "-BrokerCount 3" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_request_for_a_standing_cluster(string request, string? id, string words)
    {
        var asked = request switch
        {
            "same" => Standing,
            "size written otherwise" => Standing with { StorageSize = "20480Mi" },
            "class left out" => Standing with { StorageClass = null },
            "more brokers" => Standing with { BrokerCount = 5 },
            "another image" => Standing with { KafkaImage = "x/y:1" },
            "size" => Standing with { StorageSize = "30Gi" },
            "smaller ZooKeeper size" => Standing with { ZooKeeperStorageSize = "1Gi" },
            "class" => Standing with { StorageClass = "slow" },
            "ephemeral" => new ClusterSpec { Ephemeral = true },
            "more servers" => Standing with { ZooKeeperCount = 5 },
            "fewer servers" => Standing with { ZooKeeperCount = 1 },
            "fewer brokers" => Standing with { BrokerCount = 2 },
            _ => throw new ArgumentOutOfRangeException(nameof(request)),
        };
        AssertRefused(id, words, Standing, asked);
    }

    [Fact]
    public void A_cluster_without_volumes_gets_none() =>
        AssertRefused("StorageChangeRefused", "has no volumes", new ClusterSpec { Ephemeral = true }, new ClusterSpec());

    [Theory]
    [InlineData("app.kubernetes.io/part-of", "bitnami", "NameTaken")]
    [InlineData("app.kubernetes.io/part-of", null, "NameTaken")]
    [InlineData(ClusterNames.ClusterLabel, "other", "NameTaken")]
    [InlineData("app.kubernetes.io/instance", "other", null)] // what deployment tools overwrite
    [InlineData("app.kubernetes.io/component", null, null)]
    public void An_object_of_somebody_else_is_left_alone(string label, string? value, string? id)
    {
        foreach (var wanted in Compose(Standing))
        {
            var live = (JsonObject)wanted.DeepClone();
            live["metadata"]!["labels"]![label] = value;
            var e = Record.Exception(() => ImmutableChanges.Check(wanted, live, new ClusterNames("kafka"))) as ClusterException;
            Assert.Equal((id, id is null ? null : Repository.Id(wanted)), (e?.Id, e?.Target));
        }
    }

    [Fact]
    public void An_object_without_labels_is_somebody_elses() =>
        Assert.Equal("NameTaken", Assert.Throws<ClusterException>(() =>
            ImmutableChanges.Check(Compose(Standing)[0], Json.Object("""{"metadata":{"name":"kafka"}}"""), new ClusterNames("kafka"))).Id);

    private static void AssertRefused(string? id, string words, ClusterSpec standing, ClusterSpec asked)
    {
        var failures = Compose(asked).Zip(Compose(standing)).Select(
            p => Record.Exception(() => ImmutableChanges.Check(p.First, p.Second, new ClusterNames("kafka")))).OfType<Exception>().ToList();
        Assert.Equal(id, failures.Select(f => Assert.IsType<ClusterException>(f).Id).Distinct().SingleOrDefault());
        Assert.All(failures, f => Assert.Contains(words, f.Message, StringComparison.Ordinal));
    }

    private static IReadOnlyList<JsonObject> Compose(ClusterSpec spec) => Composer.Compose(Repository.Catalog, spec, spec);
}
