using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Operations;
using Xunit;

namespace KafkaK8s.Tests.Unit.Operations;

public sealed class KafkaLookTests
{
    private static readonly KafkaCluster Pods = new()
    {
        Name = "demo",
        Namespace = "kafka",
        Status = ClusterStatus.Ready,
        BrokerCount = 3,
        BrokersReady = 3
    };

    [Fact]
    public void All_in_sync_is_healthy()
    {
        var cluster = KafkaProbe.Judge(Pods, View([0, 1, 2], Part("t", 0, 0, 1, 2)), [0, 1, 2], minInSync: 2);
        Assert.Equal((KafkaAnswer.Healthy, ClusterStatus.Ready, ""), (cluster.Kafka, cluster.Status, cluster.Reason));
    }

    [Theory]
    [InlineData(ClusterStatus.Ready, -1, "0,1,2", "Kafka: 1 partition without a leader, such as t-7: no reads, no writes",
        ClusterStatus.Degraded)]
    [InlineData(ClusterStatus.Ready, 0, "0",
        "Kafka: 1 partition with fewer than 2 copies in sync (min.insync.replicas), such as t-7 (1 of 3 copies): producers with acks=all "
            + "are refused", ClusterStatus.Degraded)]
    [InlineData(ClusterStatus.Progressing, 0, "0",
        "Kafka: 1 partition with fewer than 2 copies in sync (min.insync.replicas), such as t-7 (1 of 3 copies): producers with acks=all "
            + "are refused", ClusterStatus.Degraded)]
    [InlineData(ClusterStatus.Ready, 0, "0,1", "Kafka: 1 partition not in sync, such as t-7 (2 of 3 copies)", ClusterStatus.Degraded)]
    [InlineData(ClusterStatus.Progressing, 0, "0,1", "Kafka: 1 partition not in sync, such as t-7 (2 of 3 copies)",
        ClusterStatus.Progressing)]
    public void What_Kafka_misses_degrades(string pods, int leader, string inSync, string reason, string status)
    {
        var part = new PartitionView("t", 7, leader, [0, 1, 2], [.. inSync.Split(',').Select(int.Parse)]);
        var cluster = KafkaProbe.Judge(Pods with { Status = pods }, View([0, 1, 2], part), [0, 1, 2], minInSync: 2);
        // A partition without a leader is told once, as that.
        Assert.Equal((KafkaAnswer.Unhealthy, status, reason), (cluster.Kafka, cluster.Status, cluster.Reason));
    }

    [Fact]
    public void One_copy_is_enough_for_a_topic_of_one_copy() =>
        Assert.Equal(KafkaAnswer.Healthy,
            KafkaProbe.Judge(Pods, View([0, 1, 2], new PartitionView("t", 0, 0, [0], [0])), [0, 1, 2], minInSync: 2).Kafka);

    [Fact]
    public void A_broker_that_is_not_registered_is_named() =>
        Assert.Equal((ClusterStatus.Degraded, "Kafka does not know broker 1"),
            (KafkaProbe.Judge(Pods, View([0, 2]), [0, 1, 2], 2).Status, KafkaProbe.Judge(Pods, View([0, 2]), [0, 1, 2], 2).Reason));

    // Ids are those of the nodes; no count tells them.
    [Fact]
    public void Brokers_are_known_by_their_ids() =>
        Assert.Equal("Kafka does not know broker 101",
            KafkaProbe.Judge(Pods with { BrokerCount = 2 }, View([0, 100]), [100, 101], 2).Reason);

    private static PartitionView Part(string topic, int number, params int[] copies) => new(topic, number, copies[0], copies, copies);

    private static BrokerView View(int[] brokers, params PartitionView[] partitions) => new(0, brokers, partitions);
}
