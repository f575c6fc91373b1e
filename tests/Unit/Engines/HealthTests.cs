using KafkaK8s.Core;
using KafkaK8s.Core.Operations;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>How Test-KafkaCluster reads: what it asks, and that nothing that fails hides the rest.</summary>
public sealed class HealthTests(HealthyCluster healthy) : IClassFixture<HealthyCluster>
{
    [Fact]
    public async Task Everything_is_read_once_and_nothing_is_written()
    {
        var (server, kafka) = (healthy.Cluster.Server, healthy.Cluster.Kafka);
        var (before, asked, written) = (server.Requests.Count, kafka.Requests.Count, server.Writes.Count);
        Assert.Equal(["KafkaMode", "Encryption"], (await RunAsync()).Where(c => c.Severity != CheckSeverity.Ok).Select(c => c.Check));
        Assert.Equal(written, server.Writes.Count);
        Assert.Equal(
            ["/api/v1/namespaces/shop/configmaps/demo-zk-config", "/api/v1/namespaces/shop/endpoints",
            "/api/v1/namespaces/shop/persistentvolumeclaims", "/api/v1/namespaces/shop/pods",
                "/api/v1/nodes", "/apis/apps/v1/namespaces/shop/statefulsets", "/apis/policy/v1/namespaces/shop/poddisruptionbudgets",
                "/apis/storage.k8s.io/v1/storageclasses"],
            server.Requests.Skip(before).Where(r => !r.IsSocket).Select(r => r.Path).Order(StringComparer.Ordinal));
        // Of each broker its view and its settings and its disk, of one the settings of all topics.
        Assert.Equal("3: 3, 32: 4, 35: 3",
            string.Join(", ", kafka.Requests.Skip(asked).CountBy(r => r.Key).OrderBy(r => r.Key).Select(r => $"{r.Key}: {r.Value}")));
    }

    [Theory]
    [InlineData("/api/v1/nodes", "Info", "NodeSpread", "ZoneSpread", "CopySpread")]
    [InlineData("/apis/storage.k8s.io/v1/storageclasses", "Info", "VolumeExpansion")]
    [InlineData("/apis/policy/v1/namespaces/shop/poddisruptionbudgets", "Warning", "DisruptionBudgets")]
    public async Task A_right_that_is_missing_is_told_and_the_rest_is_checked(string path, string severity, params string[] checks)
    {
        healthy.Cluster.Server.Instead = r => r.Path == path ? FakeAnswer.Status(403, "Forbidden", "no") : null;
        try
        {
            var found = (await RunAsync()).Where(c => c.Severity != CheckSeverity.Ok && c.Check is not ("KafkaMode" or "Encryption")).ToList();
            Assert.Equal(checks.Order(StringComparer.Ordinal), found.Select(c => c.Check).Order(StringComparer.Ordinal));
            Assert.All(found, c => Assert.StartsWith("not checked: ", c.Evidence, StringComparison.Ordinal));
            Assert.All(found, c => Assert.Equal(severity, c.Severity));
        }
        finally
        {
            healthy.Cluster.Server.Instead = static _ => null;
        }
    }

    [Fact]
    public async Task Old_servers_have_their_budgets_elsewhere()
    {
        await using var server = new FakeApiServer(new Version(1, 20));
        var cluster = new FakeCluster(server);
        await HealthyCluster.DeployAsync(cluster);
        server.Instead = r => r.Path.StartsWith("/apis/policy/v1/", StringComparison.Ordinal)
            ? FakeAnswer.Status(404, "NotFound", "the server could not find the requested resource") : null;
        using var connection = cluster.Connect();
        Assert.Equal(CheckSeverity.Ok,
            Assert.Single(await CheckCluster.RunAsync(connection, "shop", "demo", 2, c => c == "DisruptionBudgets", default)).Severity);
    }

    [Fact]
    public async Task A_broker_and_a_server_that_do_not_answer_are_findings()
    {
        healthy.Cluster.Kafka.Down.Add(1);
        try
        {
            var checks = (await RunAsync()).ToDictionary(c => c.Check);
            Assert.Equal((CheckSeverity.Critical, "broker 1"),
                (checks["BrokersAnswer"].Severity, Assert.Single(checks["BrokersAnswer"].Target)));
            Assert.Equal(CheckSeverity.Warning, checks["PartitionsInSync"].Severity);
            Assert.Equal("not checked: no settings from broker 1", checks["UncleanElection"].Evidence);
            healthy.Cluster.Kafka.Down.UnionWith([0, 2]);
            checks = (await RunAsync()).ToDictionary(c => c.Check);
            Assert.Equal("not checked: no broker answers", checks["PartitionsAvailable"].Evidence);
            Assert.Equal(CheckSeverity.Ok, checks["ZooKeeperQuorum"].Severity);
        }
        finally
        {
            healthy.Cluster.Kafka.Down.Clear();
            await healthy.Cluster.ReadyAsync();
            HealthyCluster.MakeTopics(healthy.Cluster.Kafka);
        }
    }

    [Fact]
    public async Task A_cluster_that_is_not_there_is_an_error()
    {
        using var connection = healthy.Cluster.Connect();
        Assert.Equal("ClusterNotFound", (await Assert.ThrowsAsync<ClusterException>(
            () => CheckCluster.RunAsync(connection, "shop", "other", 2, static _ => true, default))).Id);
    }

    private async Task<IReadOnlyList<KafkaClusterCheck>> RunAsync()
    {
        using var connection = healthy.Cluster.Connect();
        return await CheckCluster.RunAsync(connection, "shop", "demo", 2, static _ => true, default);
    }
}
