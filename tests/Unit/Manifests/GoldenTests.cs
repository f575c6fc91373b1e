using System.Text.Json.Nodes;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Yaml;
using Xunit;

namespace KafkaK8s.Tests.Unit.Manifests;

/// <summary>
/// What each option sends, as files to look at. A file holds the objects that differ from the manifests; the scripts in
/// ConfigMaps are left out where they are those of the manifests. <c>KAFKAK8S_GOLDEN=write dotnet test</c> writes the files anew.
/// </summary>
public sealed class GoldenTests
{
    /// <summary>Each parameter that takes a value, but the limits of CPU.</summary>
    internal static readonly ClusterSpec Everything = new()
    {
        Name = "demo",
        ZooKeeperCount = 5,
        BrokerCount = 7,
        StorageSize = "1Ti",
        ZooKeeperStorageSize = "20Gi",
        StorageClass = "fast",
        KafkaImage = "registry.example/kafka:3.9.2",
        ZooKeeperImage = "registry.example/zookeeper:3.9.5",
        BrokerMemory = "16Gi",
        ZooKeeperMemory = "2Gi",
        BrokerCpu = "4",
        ZooKeeperCpu = "1",
        ReplicationFactor = 5,
        MinInSyncReplicas = 3,
        Config = new Dictionary<string, string?> { ["num.io.threads"] = "16" },
        NodeSelector = new Dictionary<string, string?> { ["kubernetes.io/arch"] = "arm64", ["dedicated"] = "kafka" },
        Toleration = ["spot", "dedicated=kafka:NoSchedule"],
    };

    private static readonly Version Newest = new(1, 36);

    private static readonly Dictionary<string, (ClusterSpec Spec, string? Namespace, Version Server)> Cases = new()
    {
        ["name"] = (new ClusterSpec { Name = "demo" }, null, Newest),
        ["zookeeper-count"] = (new ClusterSpec { ZooKeeperCount = 5 }, null, Newest),
        ["broker-count"] = (new ClusterSpec { BrokerCount = 5 }, null, Newest),
        ["small"] = (new ClusterSpec { ZooKeeperCount = 1, BrokerCount = 1 }, null, Newest),
        ["storage"] = (new ClusterSpec { StorageSize = "100Gi", ZooKeeperStorageSize = "10Gi", StorageClass = "fast" }, null, Newest),
        ["ephemeral"] = (new ClusterSpec { Ephemeral = true }, null, Newest),
        ["images"] = (new ClusterSpec
        {
            KafkaImage = "registry.example/kafka:3.8.1",
            ZooKeeperImage = "registry.example/zookeeper@sha256:0123"
        }, null, Newest),
        ["resources"] = (new ClusterSpec { BrokerMemory = "4Gi", BrokerCpu = "2", ZooKeeperMemory = "1Gi", ZooKeeperCpu = "500m" }, null,
            Newest),
        ["replication"] = (new ClusterSpec { ReplicationFactor = 2, MinInSyncReplicas = 1 }, null, Newest),
        ["config"] = (new ClusterSpec
        {
            Config = new Dictionary<string, string?>
            {
                ["log.retention.hours"] = "72",
                ["compression.type"] = "zstd",
                ["ssl.principal.mapping.rules"] = "RULE:^CN=(.*?),.*$/$1/ # \"é\""
            }
        }, null, Newest),
        ["placement"] = (new ClusterSpec
        {
            NodeSelector = new Dictionary<string, string?> { ["dedicated"] = "kafka" },
            Toleration = ["dedicated=kafka:NoSchedule"]
        }, null, Newest),
        ["everything"] = (Everything, "shop", Newest),
        ["kubernetes-1.17"] = (new ClusterSpec(), null, new Version(1, 17)),
        ["kubernetes-1.18"] = (new ClusterSpec(), null, new Version(1, 18)),
        ["kubernetes-1.20"] = (new ClusterSpec(), null, new Version(1, 20)),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    private static bool Write => Environment.GetEnvironmentVariable("KAFKAK8S_GOLDEN") == "write";

    [Theory]
    [MemberData(nameof(Names))]
    public void Sends_what_the_golden_file_says(string name)
    {
        var (spec, ns, server) = Cases[name];
        string actual = Render(YamlReader.ReadAll(ExportManifest.Compose(Repository.Catalog, spec, ns, server), "export"));
        string file = Repository.Golden(name);
        if (Write)
            File.WriteAllText(file, actual);
        Assert.True(File.Exists(file), $"{file} is missing: write it with KAFKAK8S_GOLDEN=write.");
        Assert.Equal(File.ReadAllText(file), actual);
    }

    [Fact]
    public void No_golden_file_is_left_over() =>
        Assert.Equal(Cases.Keys.Order(StringComparer.Ordinal), Directory.GetFiles(Path.GetDirectoryName(Repository.Golden("x"))!)
            .Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal));

    private static string Render(IReadOnlyList<JsonNode> composed)
    {
        Assert.Equal(Repository.Catalog.Objects.Count, composed.Count);
        var changed = new List<JsonObject>();
        foreach (var (before, after) in Repository.Catalog.Objects.Zip(composed.Select(c => c.AsObject())))
        {
            if (JsonNode.DeepEquals(before, after))
                continue;
            foreach (var (key, value) in (before["data"] as JsonObject ?? []).ToList())
            {
                if (JsonNode.DeepEquals(value, after["data"]![key]))
                    after["data"]![key] = "(as in the manifests)";
            }

            changed.Add(after);
        }

        return YamlWriter.Write(changed);
    }
}
