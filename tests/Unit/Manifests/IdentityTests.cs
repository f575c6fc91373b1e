using System.Text.Json.Nodes;
using KafkaK8s.Core;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Yaml;
using Xunit;

namespace KafkaK8s.Tests.Unit.Manifests;

/// <summary>Without parameters New-KafkaCluster and <c>kubectl apply -f manifests/</c> are the same.</summary>
public sealed class IdentityTests
{
    private static readonly Version Newest = new(1, 36);

    [Fact]
    public void No_parameters_give_the_files_unchanged()
    {
        var composed = Composer.Compose(Repository.Catalog, SpecChecks.Complete(new ClusterSpec(), Repository.Catalog.Defaults),
            new ClusterSpec());
        ServerAdaptation.Adapt(composed, Newest);
        AssertSame(FilesAsRead(), composed);
    }

    // But for the checksum of the settings, which nobody keeps by hand.
    [Fact]
    public void The_exported_YAML_reads_back_as_the_files()
    {
        var exported = YamlReader.ReadAll(ExportManifest.Compose(Repository.Catalog, new ClusterSpec(), null, Newest), "export");
        foreach (var template in exported.Where(o => (string?)o["kind"] == "StatefulSet").Select(o => o["spec"]!["template"]!))
        {
            Assert.NotNull(SettingsChecksum.Of(template));
            Assert.Single(template["metadata"]!["annotations"]!.AsObject());
            template["metadata"]!.AsObject().Remove("annotations");
        }

        AssertSame(FilesAsRead(), exported);
    }

    [Fact]
    public void Composing_leaves_the_catalog_alone()
    {
        var catalog = ManifestCatalog.Load(Repository.Manifests);
        var spec = new ClusterSpec { Name = "demo", Ephemeral = true, BrokerCount = 5 };
        ServerAdaptation.Adapt(Composer.Compose(catalog, spec, spec), new Version(1, 17));
        AssertSame(FilesAsRead(), catalog.Objects);
    }

    [Fact]
    public void The_catalog_holds_every_file_of_the_folder()
    {
        int documents = Directory.GetFiles(Repository.Manifests, "*.y*ml").Sum(f => YamlReader.ReadAll(File.ReadAllText(f), f).Count);
        Assert.Equal(documents, Repository.Catalog.Objects.Count);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var e = Assert.Throws<ClusterException>(() => ManifestCatalog.Load("/nowhere"));
        Assert.Equal("ManifestInvalid", e.Id);
        Assert.Contains("kafka_deploy.yaml", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind: Deployment\napiVersion: apps/v1\nmetadata: {name: x}", "Deployment")]
    [InlineData("- a\n- b", "no mapping")]
    [InlineData("kind: Service\nmetadata: {name: x}", "apiVersion")]
    [InlineData("apiVersion: v1\nmetadata: {name: x}", "kind")]
    public void An_object_that_the_product_cannot_handle_is_refused(string yaml, string word)
    {
        var folder = Directory.CreateTempSubdirectory("kafkak8s-manifests");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "kafka_deploy.yaml"), yaml);
            var e = Assert.Throws<ClusterException>(() => ManifestCatalog.Load(folder.FullName));
            Assert.Equal("ManifestInvalid", e.Id);
            Assert.Contains(word, e.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Read here anew, so that a fault of the catalog cannot hide.
    private static List<JsonNode> FilesAsRead() =>
        [.. new[] { "kafka_deploy.yaml", "kafka_service.yaml", "zk_set.yaml" }.SelectMany(
            f => YamlReader.ReadAll(File.ReadAllText(Path.Combine(Repository.Manifests, f)), f))];

    private static void AssertSame(List<JsonNode> expected, IReadOnlyList<JsonNode> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.Empty(Json.Differences(expected[i], actual[i]));
            Assert.True(JsonNode.DeepEquals(expected[i], actual[i]), Repository.Id(expected[i].AsObject()));
        }
    }
}
