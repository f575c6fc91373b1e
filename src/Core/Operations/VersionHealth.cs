using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Operations;

/// <summary>The checks of versions. Pure.</summary>
/// <remarks>
/// The one table of what is still mended, as of November 2026. Kafka: https://kafka.apache.org/downloads and the project's time-based
/// release plan (https://cwiki.apache.org/confluence/display/KAFKA/Time+Based+Release+Plan), which mends the last three releases; 3.9 is
/// the last with ZooKeeper. ZooKeeper: https://zookeeper.apache.org/releases.html, where 3.7 ended on 2 February 2024 and 3.6 on 30
/// December 2022.
/// </remarks>
internal static class VersionHealth
{
    private static readonly Version OldestKafka = new(3, 9);
    private static readonly Version OldestZooKeeper = new(3, 8);

    public static Finding Kafka(HealthFacts facts) => Judge(
        facts, facts.Model.Set(NodeRoles.Broker)?.Image(), "kafka", "Kafka", OldestKafka, "-KafkaImage docker.io/apache/kafka:3.9.2");

    public static Finding ZooKeeper(HealthFacts facts)
    {
        if (facts.Model.Mode != ClusterMode.ZooKeeper)
            return Finding.Ok("no ZooKeeper");
        // The servers' own word comes first: the name of an image may say nothing.
        var told = facts.Ensemble.Value?.Servers.Select(s => s.Answer.Version).FirstOrDefault(v => v.Length > 0);
        string? image = facts.Model.Set(NodeRoles.ZooKeeper)?.Image();
        return Judge(facts, told is null ? image : $"zookeeper:{told}", "zookeeper", "ZooKeeper", OldestZooKeeper,
            "-ZooKeeperImage docker.io/library/zookeeper:3.8.6");
    }

    public static Finding Mode(HealthFacts facts) => facts.Model.Mode == ClusterMode.ZooKeeper
        ? new(CheckSeverity.Info, "it keeps its metadata in ZooKeeper, which Kafka 4.0 and newer do not know",
            "Get-Help about_KafkaK8s_Health")
        : Finding.Ok("KRaft");

    private static Finding Judge(HealthFacts facts, string? image, string product, string name, Version oldest, string parameter)
    {
        string command = facts.Command("Set-KafkaCluster", parameter);
        return image is null ? new(CheckSeverity.Warning, $"not checked: there is no {name}")
            : ImageVersions.Of(image, product) is not { } version
                ? new(CheckSeverity.Info, $"not checked: the image {image} does not tell the version of {name}")
            : version < oldest ? new(CheckSeverity.Warning, $"{name} {version}: the project mends nothing older than {oldest} any more",
                $"{command} -WhatIf", [image])
            : Finding.Ok($"{name} {version}");
    }
}
