using System.Reflection;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;
using Xunit;

namespace KafkaK8s.Tests.Unit.Manifests;

/// <summary>Each parameter changes its slots and nothing else. A new property of the spec fails here until it has one.</summary>
public sealed class SlotTests
{
    private const string Annotation = $"StatefulSet/kafka metadata.annotations.{ClusterNames.SpecAnnotation}";

    // A value for each property that differs from the manifests. Name and Ephemeral have tests of their own.
    private static readonly Dictionary<string, object> Values = new()
    {
        [nameof(ClusterSpec.ZooKeeperCount)] = 7,
        [nameof(ClusterSpec.BrokerCount)] = 9,
        [nameof(ClusterSpec.StorageSize)] = "77Gi",
        [nameof(ClusterSpec.ZooKeeperStorageSize)] = "7Gi",
        [nameof(ClusterSpec.StorageClass)] = "fast",
        [nameof(ClusterSpec.Plaintext)] = false,
        [nameof(ClusterSpec.KafkaImage)] = "registry.example/kafka:3.8.1",
        [nameof(ClusterSpec.ZooKeeperImage)] = "registry.example/zookeeper:3.9.5",
        [nameof(ClusterSpec.BrokerMemory)] = "7Gi",
        [nameof(ClusterSpec.ZooKeeperMemory)] = "777Mi",
        [nameof(ClusterSpec.BrokerCpu)] = "7",
        [nameof(ClusterSpec.ZooKeeperCpu)] = "700m",
        [nameof(ClusterSpec.BrokerCpuLimit)] = "8",
        [nameof(ClusterSpec.ZooKeeperCpuLimit)] = "900m",
        [nameof(ClusterSpec.ReplicationFactor)] = 7,
        [nameof(ClusterSpec.MinInSyncReplicas)] = 7,
        [nameof(ClusterSpec.Config)] = new Dictionary<string, string?> { ["log.retention.hours"] = "7", ["compression.type"] = "zstd" },
        [nameof(ClusterSpec.NodeSelector)] = new Dictionary<string, string?> { ["dedicated"] = "kafka" },
        [nameof(ClusterSpec.Toleration)] = new[] { "dedicated=kafka:NoSchedule" },
    };

    public static TheoryData<string> Properties => [.. typeof(ClusterSpec).GetProperties().Select(p => p.Name)
        .Where(n => n is not nameof(ClusterSpec.Name) and not nameof(ClusterSpec.Ephemeral))];

    public static TheoryData<int> SlotNumbers => [.. Enumerable.Range(0, ManifestFields.All.Count)];

    [Theory]
    [MemberData(nameof(SlotNumbers))]
    public void A_slot_hits_one_node_of_the_manifests(int number)
    {
        var slot = ManifestFields.All[number];
        var tree = Assert.Single(Repository.Catalog.Objects,
            o => (string?)o["kind"] == slot.Kind && (string?)o["metadata"]!["name"] == slot.Name);
        var parent = Assert.IsType<JsonObject>(TreePath.Get(tree, slot.Path[..slot.Path.LastIndexOf('.')]));
        // A slot that may add has nothing in the manifests: else the mark would be wrong.
        Assert.Equal(!slot.MayAdd, parent.ContainsKey(slot.Path[(slot.Path.LastIndexOf('.') + 1)..]));
    }

    [Fact]
    public void No_two_slots_share_a_node() => Assert.Distinct(ManifestFields.All.Select(s => (s.Kind, s.Name, s.Path)));

    [Fact]
    public void Every_slot_names_a_property() =>
        Assert.All(ManifestFields.All, s => Assert.NotNull(typeof(ClusterSpec).GetProperty(s.Parameter)));

    [Theory]
    [MemberData(nameof(Properties))]
    public void A_parameter_changes_its_slots_and_the_annotation_alone(string property)
    {
        Assert.True(Values.TryGetValue(property, out object? value), $"{property} is new: give it a slot, and a value here.");
        var spec = With(property, value!);
        var slots = ManifestFields.All.Where(s => s.Parameter == property).ToList();
        Assert.NotEmpty(slots);

        var expected = slots.Select(s => $"{s.Kind}/{s.Name} {s.Path}").Append(Annotation).Order(StringComparer.Ordinal);
        var composed = Composer.Compose(Repository.Catalog, spec, spec);
        // A slot whose value is a tree shows its leaves.
        Assert.Equal(expected, Changed(composed).Select(c => slots.Find(s => c.StartsWith($"{s.Kind}/{s.Name} {s.Path}",
            StringComparison.Ordinal)) is { } s ? $"{s.Kind}/{s.Name} {s.Path}" : c).Distinct());

        string text = value switch
        {
            int n => n.ToString(System.Globalization.CultureInfo.InvariantCulture),
            string s => s,
            bool => "tls",
            string[] => """[{"key":"dedicated","operator":"Equal","value":"kafka","effect":"NoSchedule"}]""",
            Dictionary<string, string?> { Count: 1 } => """{"dedicated":"kafka"}""",
            _ => "compression.type=zstd\nlog.retention.hours=7",
        };
        Assert.All(slots, s =>
        {
            var node = TreePath.Get(composed.Single(o => Repository.Id(o) == $"{s.Kind}/{s.Name}"), s.Path);
            Assert.Equal(text, node is JsonValue ? node.ToString() : node.ToJsonString());
        });
    }

    [Theory]
    [MemberData(nameof(SlotNumbers))]
    public void A_slot_keeps_the_type_of_its_node(int number)
    {
        var slot = ManifestFields.All[number];
        if (slot.MayAdd)
            return;
        var value = slot.Value(With(slot.Parameter, Values[slot.Parameter]))!;
        Assert.Equal(TreePath.Get(Repository.Catalog.Find(slot.Kind, slot.Name), slot.Path).GetValueKind(), value.GetValueKind());
    }

    [Fact]
    public void An_empty_table_of_properties_takes_back_what_was_there()
    {
        var spec = new ClusterSpec { Config = new Dictionary<string, string?>() };
        Assert.Empty(Changed(Composer.Compose(Repository.Catalog, spec, spec)));
    }

    [Fact]
    public void An_empty_placement_takes_back_what_was_there()
    {
        var spec = new ClusterSpec { NodeSelector = new Dictionary<string, string?>(), Toleration = [] };
        Assert.Empty(Changed(Composer.Compose(Repository.Catalog, spec, spec)));
    }

    [Theory]
    [InlineData("dedicated=kafka:NoSchedule", """{"key":"dedicated","operator":"Equal","value":"kafka","effect":"NoSchedule"}""")]
    [InlineData("dedicated=:NoExecute", """{"key":"dedicated","operator":"Equal","value":"","effect":"NoExecute"}""")]
    [InlineData("example.com/pool:PreferNoSchedule", """{"key":"example.com/pool","operator":"Exists","effect":"PreferNoSchedule"}""")]
    [InlineData("dedicated=kafka", """{"key":"dedicated","operator":"Equal","value":"kafka"}""")]
    [InlineData("dedicated", """{"key":"dedicated","operator":"Exists"}""")]
    public void A_toleration_is_sent_so(string text, string sent)
    {
        var spec = new ClusterSpec { Toleration = [text] };
        var tolerations = TreePath.Get(Composer.Compose(Repository.Catalog, spec, spec).Single(o => Repository.Id(o) == "StatefulSet/zk"),
            "spec.template.spec.tolerations").AsArray();
        Assert.Equal(sent, Assert.Single(tolerations)!.ToJsonString());
    }

    [Fact]
    public void Ephemeral_exchanges_volumes_for_empty_folders()
    {
        var spec = new ClusterSpec { Ephemeral = true };
        foreach (var set in Composer.Compose(Repository.Catalog, spec, spec).Where(o => (string?)o["kind"] == "StatefulSet"))
        {
            Assert.Null(set["spec"]!["volumeClaimTemplates"]);
            var volume = Assert.Single(set["spec"]!["template"]!["spec"]!["volumes"]!.AsArray(), v => (string?)v!["name"] == "data");
            Assert.Equal("{}", volume!["emptyDir"]!.ToJsonString());
        }

        Assert.All(Changed(Composer.Compose(Repository.Catalog, spec, spec)), c =>
            Assert.True(c == Annotation || c.Contains(" spec.volumeClaimTemplates", StringComparison.Ordinal)
                || c.EndsWith("volumes[name=data].emptyDir", StringComparison.Ordinal)
                || c.EndsWith("volumes[name=data].name", StringComparison.Ordinal), c));
    }

    [Fact]
    public void Ephemeral_false_changes_the_annotation_alone()
    {
        var spec = new ClusterSpec { Ephemeral = false };
        Assert.Equal([Annotation], Changed(Composer.Compose(Repository.Catalog, spec, spec)));
    }

    [Fact]
    public void What_follows_from_other_values_is_not_written_down_as_given()
    {
        var given = new ClusterSpec { BrokerCount = 1 };
        var composed = Composer.Compose(Repository.Catalog, SpecChecks.Complete(given, Repository.Catalog.Defaults), given);
        Assert.Equal("""{"schema":1,"brokerCount":1}""", (string?)composed.Single(
            o => Repository.Id(o) == "StatefulSet/kafka")["metadata"]!["annotations"]![ClusterNames.SpecAnnotation]);
        Assert.Contains("StatefulSet/kafka spec.template.spec.containers[name=kafka].env[name=DEFAULT_REPLICATION_FACTOR].value",
            Changed(composed));
    }

    private static ClusterSpec With(string property, object value)
    {
        var spec = new ClusterSpec();
        // init-only to the compiler alone
        typeof(ClusterSpec).GetProperty(property, BindingFlags.Public | BindingFlags.Instance)!.SetValue(spec, value);
        return spec;
    }

    private static List<string> Changed(IReadOnlyList<JsonObject> composed) =>
        [.. Repository.Catalog.Objects.Zip(composed).SelectMany(
            p => Json.Differences(p.First, p.Second).Select(d => $"{Repository.Id(p.First)} {d}")).Order(StringComparer.Ordinal)];
}
