using KafkaK8s.Core.Reports;

namespace KafkaK8s.Tests.Unit.Reports;

/// <summary>A cluster in a bad night, as a report shows it.</summary>
internal static class ReportSample
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(1));

    private static readonly EksConnection Connection = new()
    {
        ClusterName = "prod",
        Region = "eu-1",
        Endpoint = "https://the-authority.example",
        CertificateAuthorityData = "the-authority",
    };

    public static ReportContent Empty() => new() { At = At, ModuleVersion = "0.1.0" };

    public static KafkaClusterCheck Check(string name, string severity, string evidence) => new()
    {
        Cluster = "demo",
        Namespace = "shop",
        Check = name,
        Severity = severity,
        Evidence = evidence,
        Context = "the-context",
        KubeConfig = "the-kubeconfig",
        Connection = Connection,
    };

    public static ReportContent Full() => Empty() with
    {
        Clusters =
        [
            new KafkaCluster
            {
                Name = "demo",
                Namespace = "shop",
                Status = ClusterStatus.Degraded,
                Reasons = ["demo-kafka-2: the node n3 does not answer"],
                Kafka = KafkaAnswer.Unhealthy,
                BrokerCount = 3,
                BrokersReady = 2,
                ZooKeeperCount = 3,
                ZooKeeperReady = 3,
                KafkaVersion = "3.9.1",
                ManifestVersion = 2,
                CreatedAt = At.AddDays(-40),
                Context = "the-context",
                KubeConfig = "the-kubeconfig",
                Connection = Connection,
            },
        ],
        Brokers =
        [
            Broker(2, "n3", "eu-1b", BrokerStatus.NotReady) with { Reasons = ["the node n3 does not answer since 00:41"] },
            Broker(0, "n1", "eu-1a", BrokerStatus.Healthy) with { IsController = true },
            Broker(1, "n2", "eu-1b", BrokerStatus.OutOfSync) with { OutOfSync = 4, Reasons = ["4 copies are not in sync"] },
        ],
        Servers =
        [
            .. Enumerable.Range(0, 3).Select(n => new ZooKeeperNode
            {
                Cluster = "demo",
                Namespace = "shop",
                Node = $"demo-zk-{n}",
                Id = n + 1,
                Mode = n == 1 ? "leader" : "follower",
                Lag = n == 2 ? 17 : 0,
                Connections = 3,
                LatencyMs = 0.4,
                Version = "3.8.4",
                Reason = n == 2 ? "17 transactions behind the leader" : "",
            }),
        ],
        Checks =
        [
            Check("PodsReady", CheckSeverity.Ok, "6 pods are ready"),
            Check("ReplicationFactor", CheckSeverity.Warning, "1 topic with fewer than 3 copies: letters"),
            Check("KafkaMode", CheckSeverity.Info, "ZooKeeper mode: Kafka 4 has none"),
            Check("PartitionsWritable", CheckSeverity.Critical, "2 partitions refuse writes: broken-0, broken-1") with
            {
                Remedy = "(Get-KafkaTopic demo broken).PartitionDetail",
                Section = "about_KafkaK8s_Health#partitionswritable",
            },
        ],
        Verifications =
        [
            new TopicVerification
            {
                Cluster = "demo",
                Namespace = "shop",
                Topic = "verify",
                Sent = 30_000,
                Acked = 29_990,
                Received = 29_990,
                ProducedPerSecond = 41_234.5,
                ConsumedPerSecond = 88_000,
                P50Ms = 4.2,
                P95Ms = 9.5,
                P99Ms = 21,
                MaxMs = 48.75,
                DurationSeconds = 12.34,
                Client = "librdkafka 2.6",
                Checks = [new("Acknowledged", false, "10 messages were not acknowledged"), new("NoLoss", true, "0 lost")],
                Brokers =
                [
                    .. Enumerable.Range(0, 3).Select(n => new BrokerVerification
                    {
                        BrokerId = n,
                        Sent = 10_000,
                        Acked = n == 2 ? 9990 : 10_000,
                        Received = n == 2 ? 9990 : 10_000,
                        P50Ms = 3.5 + n,
                        P99Ms = 12 + (n * 6.5),
                    }),
                ],
            },
        ],
        Topics =
        [
            new KafkaTopic { Name = "letters", Cluster = "demo", Partitions = 3, ReplicationFactor = 1, SizeBytes = 90_000, Messages = 512 },
            new KafkaTopic
            {
                Name = "orders",
                Cluster = "demo",
                Partitions = 12,
                ReplicationFactor = 3,
                MinInSyncReplicas = 2,
                SizeBytes = 5_000_000_000,
                Messages = 12_345_678,
            },
            new KafkaTopic
            {
                Name = "broken",
                Cluster = "demo",
                Partitions = 2,
                ReplicationFactor = 3,
                MinInSyncReplicas = 2,
                SizeBytes = 700_000_000,
                Status = TopicStatus.UnderMinIsr,
                Reason = "2 partitions have 1 copy in sync, and need 2",
                Context = "the-context",
            },
        ],
        Groups =
        [
            new KafkaConsumerGroup { Name = "quick", Cluster = "demo", State = "Stable", Members = 2, Lag = 0, Topics = ["orders"] },
            new KafkaConsumerGroup
            {
                Name = "slow",
                Cluster = "demo",
                State = "Stable",
                Members = 1,
                Lag = 12_000,
                Topics = ["letters", "orders"],
                Coordinator = 1,
                Assignor = "range",
                PartitionDetail =
                [
                    new KafkaGroupPartition
                    {
                        Group = "slow",
                        Topic = "orders",
                        Partition = 3,
                        Committed = 88_000,
                        End = 100_000,
                        ClientId = "app",
                        ClientHost = "/10.0.0.7",
                    },
                ],
            },
            new KafkaConsumerGroup { Name = "dark", Cluster = "demo" },
        ],
        Steps =
        [
            new PlanStep
            {
                Cluster = "demo",
                Step = 1,
                Action = ChangeAction.Update,
                Kind = "StatefulSet",
                Name = "demo-kafka",
                Fields = [new("spec.template.spec.containers[name=kafka].resources.limits.memory", "\"2Gi\"", "\"4Gi\"")],
                Request = "the-request",
            },
            new PlanStep
            {
                Cluster = "demo",
                Step = 2,
                Action = ChangeAction.Restart,
                Kind = "Pod",
                Name = "demo-kafka-0",
                Reason = "template",
                WaitsFor = "all copies in sync",
            },
        ],
        Logs =
        [
            new KafkaLogRecord
            {
                Cluster = "demo",
                Time = At.AddHours(1).AddSeconds(1),
                Level = "ERROR",
                Pod = "demo-kafka-2",
                Text = "Error while flushing log\njava.io.IOException: Input/output error\n\tat kafka.log.UnifiedLog.flush",
            },
            new KafkaLogRecord
            {
                Cluster = "demo",
                Time = At.AddHours(1).AddMilliseconds(500),
                Level = "WARN",
                Pod = "demo-kafka-1",
                Text = "Connection to node 2 could not be established",
            },
        ],
        Others = [new("KafkaTunnel", [new("Cluster", "demo"), new("Bootstrap", "127.0.0.1:9092"), new("State", "Open")])],
    };

    private static KafkaBroker Broker(int id, string node, string zone, string status) => new()
    {
        Cluster = "demo",
        Namespace = "shop",
        Id = id,
        Pod = $"demo-kafka-{id}",
        Node = node,
        Zone = zone,
        Status = status,
        Leaders = 14,
        Copies = 40,
        OutOfSync = 0,
        SizeBytes = 2_000_000_000,
        VolumeBytes = 10_000_000_000,
        VolumeFreeBytes = 7_000_000_000,
        Version = "3.9.1",
        Context = "the-context",
    };
}
