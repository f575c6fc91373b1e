using System.Net;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Operations;
using Xunit;

namespace KafkaK8s.Tests.Unit.ZooKeeper;

public sealed class StandingEnsembleTests
{
    private static readonly ManifestDefaults Defaults = Repository.Catalog.Defaults;

    [Theory]
    // given before, given now, live replicas (0: no set), what is composed
    [InlineData(null, null, 0, null)]
    [InlineData(null, null, 3, null)]
    [InlineData(null, null, 5, 5)]
    [InlineData(5, null, 5, 5)]
    [InlineData(3, null, 4, 4)] // interrupted between two sizes
    [InlineData(3, 7, 3, 7)] // asked for: refused later, with the way to do it
    [InlineData(1, null, 0, 1)]
    public void An_ensemble_that_stands_is_as_large_as_it_is(int? before, int? now, int live, int? composed) =>
        Assert.Equal(composed, StandingEnsemble.Merge(new ClusterSpec { ZooKeeperCount = before },
            new ClusterSpec { Name = "demo", ZooKeeperCount = now }, live == 0 ? null : Ensembles.Set(live), Defaults).ZooKeeperCount);

    [Fact]
    public void A_larger_size_changes_no_template()
    {
        var spec = new ClusterSpec { Name = "demo" };
        var live = Composer.Compose(Repository.Catalog, spec, spec);
        var grown = Composer.Compose(Repository.Catalog, spec with { ZooKeeperCount = 5 }, spec);
        StandingEnsemble.KeepFirstSize(grown, Set(live, "demo-zk"), Set(live, "demo-kafka"), Ensembles.Names);
        Assert.Equal(["spec.replicas"], Json.Differences(Set(live, "demo-zk"), Set(grown, "demo-zk")));
        Assert.Empty(Json.Differences(Set(live, "demo-kafka"), Set(grown, "demo-kafka")));
    }

    [Theory]
    [InlineData(".metadata.annotations.kafkak8s.io/spec", "conflict with \\\"kafkak8s\\\" using apps/v1", true)]
    [InlineData(".metadata.annotations.kafkak8s.io/spec", "conflict with \\\"kubectl\\\" using apps/v1", false)]
    [InlineData(".spec.replicas", "conflict with \\\"kafkak8s\\\" using apps/v1", false)]
    public void Our_own_patch_of_an_annotation_is_no_conflict(string field, string message, bool own)
    {
        string body =
            $$"""{ "kind": "Status", "message": "Apply failed", "details": { "name": "x", "kind": "statefulsets", "causes": [ { "reason": "FieldManagerConflict", "message": "{{message}}", "field": "{{field}}" } ] } }""";
        Assert.Equal(own, ApiFailure.IsOwnAnnotation(body));
        Assert.Equal("FieldConflict", ApiFailure.From(HttpStatusCode.Conflict, body, "c", new Uri("https://x")).Id);
    }

    private static JsonObject Set(IReadOnlyList<JsonObject> objects, string name) =>
        objects.Single(o => o.Name() == name && (string?)o["kind"] == "StatefulSet");
}
