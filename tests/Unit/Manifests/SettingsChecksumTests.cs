using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Operations;
using Xunit;

namespace KafkaK8s.Tests.Unit.Manifests;

/// <summary>Settings reach pods by a checksum in their template.</summary>
public sealed class SettingsChecksumTests
{
    private static readonly Version Newest = new(1, 36);

    [Fact]
    public void Both_sets_of_a_new_cluster_have_one_and_each_goes_by_its_own_ConfigMap()
    {
        var before = Compose(null, null);
        var changed = Compose(null, null, "kafka-config");
        Assert.Matches("^[0-9a-f]{16}$", Sum(before, "zk"));
        Assert.Equal(Sum(before, "zk"), Sum(changed, "zk"));
        Assert.NotEqual(Sum(before, "kafka"), Sum(changed, "kafka"));
        Assert.Equal(Sum(before, "kafka"), Sum(Compose(null, null), "kafka"));
    }

    // Nobody asked for their restart.
    [Fact]
    public void Sets_that_stand_without_one_keep_their_template()
    {
        var plain = Compose(null, null, checksum: false);
        var standing = Compose(Set(plain, "zk"), Set(plain, "kafka"));
        Assert.Null(Sum(standing, "zk"));
        Assert.Equal(Set(plain, "kafka")["spec"]!["template"]!.ToJsonString(), Set(standing, "kafka")["spec"]!["template"]!.ToJsonString());
        string word = Assert.Single(SettingsChecksum.Unread(standing, ["kafka-config"], n => Set(plain, n)));
        Assert.Contains("The pods of kafka read the new text of kafka-config at their next restart", word, StringComparison.Ordinal);
    }

    [Fact]
    public void Sets_that_stand_with_one_get_the_new_one()
    {
        var before = Compose(null, null);
        var after = Compose(Set(before, "zk"), Set(before, "kafka"), "kafka-config");
        Assert.Equal(Sum(before, "zk"), Sum(after, "zk"));
        Assert.NotEqual(Sum(before, "kafka"), Sum(after, "kafka"));
        Assert.Empty(SettingsChecksum.Unread(after, ["kafka-config"], n => Set(before, n)));
    }

    // What kubectl is given of it is what New-KafkaCluster would send.
    [Fact]
    public void The_files_have_none_and_the_export_has_one_in_each_set()
    {
        Assert.DoesNotContain(Repository.Catalog.Objects, o => SettingsChecksum.Of(o["spec"]?["template"]) is not null);
        string yaml = ExportManifest.Compose(Repository.Catalog, new ClusterSpec { Name = "demo" }, null, Newest);
        Assert.Equal(2, yaml.Split(ClusterNames.SettingsAnnotation).Length - 1);
    }

    private static List<JsonObject> Compose(JsonObject? servers, JsonObject? brokers, string? changedMap = null, bool checksum = true)
    {
        var objects = Repository.Catalog.Objects.Select(o => (JsonObject)o.DeepClone()).ToList();
        if (changedMap is not null)
            objects.Single(o => (string?)o["kind"] == "ConfigMap" && o.Name() == changedMap)["data"]!["server.properties"] =
                "num.partitions=9";
        if (checksum)
            SettingsChecksum.Write(objects, n => n == "zk" ? servers : brokers);
        return objects;
    }

    private static JsonObject Set(IReadOnlyList<JsonObject> objects, string name) =>
        objects.Single(o => (string?)o["kind"] == "StatefulSet" && o.Name() == name);

    private static string? Sum(IReadOnlyList<JsonObject> objects, string set) =>
        SettingsChecksum.Of(Set(objects, set)["spec"]!["template"]);
}
