using System.Diagnostics;
using KafkaK8s.Tests.Fakes;

namespace KafkaK8s.Tests.Engine;

/// <summary>Get-KafkaCluster: what the pods tell, and what Kafka itself says.</summary>
public sealed class KafkaStatusTests(ModuleSession module) : IClassFixture<ModuleSession>
{
    [Theory]
    [InlineData("Get-KafkaCluster demo", 404, "Degraded", "NoAnswer", "Cannot reach a port of the pod demo-kafka-0*")]
    [InlineData("Get-KafkaCluster demo", 403, "Ready", "NotAsked", "Kafka was not asked: *do not allow to reach a port*pods/portforward*")]
    [InlineData("Get-KafkaCluster d*", 404, "Ready", "NotAsked", "")]
    [InlineData("Get-KafkaCluster", 404, "Ready", "NotAsked", "")]
    [InlineData("Get-KafkaCluster demo -AllNamespaces", 404, "Ready", "NotAsked", "")]
    public void Ready_means_that_Kafka_answers(string command, int portForward, string status, string kafka, string reason)
    {
        using var server = Healthy();
        server.Instead = r => r.Path.EndsWith("/portforward", StringComparison.Ordinal) ? FakeAnswer.Status(portForward, "No", "no") : null;
        var result = module.Engine.Run(
            $"param($k, $r) {command} -KubeConfig $k | ForEach-Object {{ \"$($_.Status) $($_.Kafka) $($_.Reason -like $r)\" }}",
            new { k = server.KubeConfig, r = reason }).EnsureSuccess();
        Assert.Equal([$"{status} {kafka} True"], result.As<string>());
    }

    [Fact]
    public void A_broker_that_says_nothing_costs_two_seconds()
    {
        using var server = Healthy();
        server.Instead = static r => r.Path.EndsWith("/portforward", StringComparison.Ordinal) ? FakeAnswer.Never : null;
        var clock = Stopwatch.StartNew();
        Assert.Equal(["NoAnswer"], module.Engine.Run("param($k) (Get-KafkaCluster demo -KubeConfig $k).Kafka",
            new { k = server.KubeConfig }).EnsureSuccess().As<string>());
        Assert.InRange(clock.Elapsed.TotalSeconds, 1, 5);
    }

    [Theory]
    [InlineData("Get-KafkaCluster")]
    [InlineData("Get-KafkaCluster c*")]
    [InlineData("Get-KafkaCluster -AllNamespaces")]
    [InlineData("Get-KafkaCluster -Namespace k*")]
    public void Two_requests_however_many_there_are(string command)
    {
        using var server = new FakeApiServer();
        for (int n = 0; n < 40; n++)
            server.PutCluster("kafka", $"c{n}", brokersReady: true);
        Assert.Equal(40,
            module.Engine.Run($"param($k) @({command} -KubeConfig $k).Count", new { k = server.KubeConfig }).EnsureSuccess().As<int>()[0]);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public void Clusters_that_are_named_are_asked_at_once()
    {
        using var server = Healthy();
        server.PutCluster("kafka", "other", brokersReady: true);
        server.Instead = static r => r.Path.EndsWith("/portforward", StringComparison.Ordinal) ? FakeAnswer.Never : null;
        var clock = Stopwatch.StartNew();
        Assert.Equal(["NoAnswer", "NoAnswer"], module.Engine.Run("param($k) (Get-KafkaCluster demo, other -KubeConfig $k).Kafka",
            new { k = server.KubeConfig }).EnsureSuccess().As<string>());
        Assert.InRange(clock.Elapsed.TotalSeconds, 1, 3.9);
    }

    [Theory]
    [InlineData("Get-KafkaCluster -Namespace kafak")]
    [InlineData("Get-KafkaCluster demo -Namespace kafak")]
    public void A_namespace_that_does_not_exist_is_an_error(string command)
    {
        using var server = Healthy();
        var error = Assert.Single(module.Engine.Run($"param($k) {command} -KubeConfig $k", new { k = server.KubeConfig }).Errors);
        Assert.StartsWith("KafkaK8s.NamespaceNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void A_namespace_that_may_not_be_looked_up_is_taken_as_empty()
    {
        using var server = Healthy();
        server.Instead = static r => r.Path.EndsWith("/namespaces/kafak", StringComparison.Ordinal) ? FakeAnswer.Status(403, "Forbidden",
            "namespaces \"kafak\" is forbidden: User \"u\" cannot get resource \"namespaces\"") : null;
        Assert.Empty(module.Engine.Run("param($k) Get-KafkaCluster -Namespace kafak -KubeConfig $k", new { k = server.KubeConfig })
            .EnsureSuccess().Output);
    }

    [Theory]
    [InlineData("-Namespace k*", "kafka/demo")]
    [InlineData("-Namespace *", "default/three,kafka/demo")]
    [InlineData("-Namespace k* -Name x", "")]
    public void A_namespace_may_be_a_pattern(string where, string expected)
    {
        using var server = Healthy();
        server.PutCluster("default", "three");
        var result = module.Engine.Run(
            $"param($k) Get-KafkaCluster {where} -KubeConfig $k -ErrorAction Ignore | ForEach-Object {{ \"$($_.Namespace)/$($_.Name)\" }}",
            new { k = server.KubeConfig });
        Assert.Equal(expected, string.Join(',', result.As<string>()));
    }

    [Theory]
    [InlineData("DEMO", "NoAnswer")]
    [InlineData("DEM*", "NotAsked")]
    public void A_name_in_another_case_is_the_same_cluster(string name, string kafka)
    {
        using var server = Healthy();
        Assert.Equal([kafka], module.Engine.Run($"param($k) (Get-KafkaCluster {name} -KubeConfig $k).Kafka", new { k = server.KubeConfig })
            .EnsureSuccess().As<string>());
    }

    private static FakeApiServer Healthy()
    {
        var server = new FakeApiServer();
        server.PutCluster("kafka", "demo", brokersReady: true);
        return server;
    }
}
