using System.Text.Json.Nodes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;
using Xunit;

namespace KafkaK8s.Tests.Unit.Manifests;

/// <summary>A named cluster stands for itself: every name has the prefix and every reference finds its object.</summary>
public sealed class RenameTests
{
    // Words of the manifests that are no names of Kubernetes objects, though they look like one.
    private static readonly HashSet<string> NotNames = ["kafka", "zookeeper", "broker", "data", "scripts", "run", "tmp"];

    private static readonly IReadOnlyList<JsonObject> Demo = Compose("demo");

    [Fact]
    public void Every_object_has_the_prefix()
    {
        var before = Repository.Catalog.Objects.Select(o => $"{(string?)o["kind"]}/demo-{(string?)o["metadata"]!["name"]}");
        Assert.Equal(before, Demo.Select(Repository.Id));
    }

    [Fact]
    public void The_cluster_of_the_plain_manifests_has_no_prefix() =>
        Assert.Equal(Repository.Catalog.Objects.Select(Repository.Id), Compose(ClusterSpec.DefaultName).Select(Repository.Id));

    [Fact]
    public void No_value_is_left_that_names_an_object_of_the_plain_manifests()
    {
        var old = Repository.Catalog.Objects.Select(o => (string)o["metadata"]!["name"]!).Append("zk-reconfig").Except(NotNames)
            .ToHashSet();
        foreach (var tree in Demo)
        {
            var left = Json.Leaves(tree)
                .Where(l => !l.Key.StartsWith("data.", StringComparison.Ordinal) && old.Contains(l.Value.Trim('"')));
            Assert.Empty(left.Select(l => $"{Repository.Id(tree)} {l.Key} = {l.Value}"));
        }
    }

    [Theory]
    [InlineData("kafka")]
    [InlineData("demo")]
    [InlineData("zk")]
    [InlineData("kafka-kafka")]
    public void All_references_find_their_object(string cluster)
    {
        var names = new ClusterNames(cluster);
        var objects = Compose(cluster);
        var known = objects.Select(Repository.Id).Append($"Secret/{names.ReconfigSecret}").ToHashSet();
        var references = objects.Where(o => (string?)o["kind"] == "StatefulSet").SelectMany(References).ToList();
        Assert.Empty(references.Except(known));
        // Both sets name a Service and a ConfigMap; the brokers name the ensemble's set and Service, and the servers the Secret.
        foreach (string kind in new[] { "Service", "ConfigMap", "Secret", "StatefulSet" })
            Assert.Contains(references, r => r.StartsWith(kind + "/", StringComparison.Ordinal));
    }

    [Fact]
    public void The_names_that_the_code_uses_are_the_composed_ones()
    {
        var names = new ClusterNames("demo");
        string[] used = [$"StatefulSet/{names.BrokerSet}", $"StatefulSet/{names.ZooKeeperSet}", $"Service/{names.BootstrapService}",
            $"Service/{names.BrokerHeadless}"];
        Assert.Empty(used.Except(Demo.Select(Repository.Id)));
    }

    [Theory]
    [InlineData("kafka")]
    [InlineData("demo")]
    public void Labels_and_selectors_name_the_cluster(string cluster)
    {
        foreach (var tree in Compose(cluster))
        {
            Assert.Equal(cluster, (string?)tree["metadata"]!["labels"]![ClusterNames.InstanceLabel]);
            Assert.Equal(ClusterNames.PartOf, (string?)tree["metadata"]!["labels"]![ClusterNames.PartOfLabel]);
            var instances = Json.Leaves(tree).Where(l => l.Key.EndsWith(ClusterNames.InstanceLabel, StringComparison.Ordinal))
                .Select(l => l.Value).Distinct();
            Assert.Equal([$"\"{cluster}\""], instances);
            var marks = Json.Leaves(tree).Where(l => l.Key.EndsWith(ClusterNames.ClusterLabel, StringComparison.Ordinal)).ToList();
            Assert.Equal(Json.Leaves(tree).Count(l => l.Key.EndsWith(ClusterNames.InstanceLabel, StringComparison.Ordinal)), marks.Count);
            Assert.All(marks, m => Assert.Equal($"\"{cluster}\"", m.Value));
        }
    }

    [Fact]
    public void A_selector_finds_the_pods_of_its_own_part_alone()
    {
        var pods = Demo.Where(o => (string?)o["kind"] == "StatefulSet").ToDictionary(o => (string)o["metadata"]!["name"]!,
            o => o["spec"]!["template"]!["metadata"]!["labels"]!.AsObject());
        foreach (var tree in Demo.Where(o => o["spec"]?["selector"] is not null))
        {
            var selector = (tree["spec"]!["selector"]!["matchLabels"] ?? tree["spec"]!["selector"])!.AsObject();
            var found = pods.Where(p => selector.All(s => (string?)p.Value[s.Key] == (string?)s.Value)).Select(p => p.Key);
            Assert.Equal(Repository.Id(tree).Contains("zk", StringComparison.Ordinal) ? "demo-zk" : "demo-kafka", Assert.Single(found));
        }
    }

    // An exporter or a Job may carry the common labels: clients must not be sent to it, and the budget must not count it.
    [Fact]
    public void No_selector_finds_a_pod_of_another_tool_with_the_common_labels()
    {
        var selectors =
            Demo.Select(o => (o["spec"]?["selector"]?["matchLabels"] ?? o["spec"]?["selector"])?.AsObject()).OfType<JsonObject>().ToList();
        Assert.Equal(8, selectors.Count);
        Assert.All(selectors, s => Assert.Equal("demo", (string?)s[ClusterNames.ClusterLabel]));
    }

    [Fact]
    public void With_the_longest_name_every_name_is_still_a_label()
    {
        string cluster = new('a', ClusterNames.LongestCluster);
        SpecChecks.CheckName(cluster);
        var names = new ClusterNames(cluster);
        var longest = Compose(cluster).Select(o => (string)o["metadata"]!["name"]!)
            .Concat([names.ReconfigSecret, ClusterNames.Claim(names.BrokerPod(999)) + "-reader",
                $"{names.BrokerSet}-{new string('9', 10)}"]);
        Assert.All(longest, n => Assert.InRange(n.Length, 1, 63));
    }

    private static IReadOnlyList<JsonObject> Compose(string cluster)
    {
        var spec = new ClusterSpec { Name = cluster };
        return Composer.Compose(Repository.Catalog, spec, spec);
    }

    private static IEnumerable<string> References(JsonObject set)
    {
        yield return $"Service/{(string?)set["spec"]!["serviceName"]}";
        var pod = set["spec"]!["template"]!["spec"]!;
        foreach (var volume in pod["volumes"]!.AsArray())
        {
            if (volume!["configMap"] is JsonNode map)
                yield return $"ConfigMap/{(string?)map["name"]}";
        }

        foreach (var variable in pod["containers"]!.AsArray().SelectMany(c => c!["env"]!.AsArray()))
        {
            string name = (string)variable!["name"]!;
            if (variable["valueFrom"]?["secretKeyRef"] is JsonNode secret)
                yield return $"Secret/{(string?)secret["name"]}";
            else if (name.EndsWith("_SERVICE", StringComparison.Ordinal))
                yield return $"Service/{(string?)variable["value"]}";
            else if (name.EndsWith("_SET", StringComparison.Ordinal))
                yield return $"StatefulSet/{(string?)variable["value"]}";
        }
    }
}
