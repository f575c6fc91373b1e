using KafkaK8s.Core.Kafka;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

public sealed class PartitionHealthTests
{
    [Theory]
    [InlineData("0,1,2|0,1,2|0,1,2", "")]
    [InlineData("0,1,2|0,1", "2")]
    [InlineData("0,1", "2")]
    [InlineData("", "0,1,2")] // nobody answers
    public void Missing_is_whom_one_view_does_not_list(string views, string missing) =>
        Assert.Equal(Ids(missing),
            PartitionHealth.Missing([.. views.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(v => View(v))], [0, 1, 2]));

    [Fact]
    public void Under_replicated_is_what_one_view_takes_for_it_and_the_worst_of_them_counts()
    {
        var whole = View("0,1,2", Partition("t", 0, 0, "0,1,2", "0,1,2"), Partition("t", 1, 1, "0,1,2", "0,1"));
        var lagging = View("0,1,2", Partition("t", 0, 0, "0,1,2", "0,1,2"), Partition("t", 1, 1, "0,1,2", "1"));
        var found = Assert.Single(PartitionHealth.UnderReplicated([whole, lagging]));
        Assert.Equal(("t", 1), (found.Topic, found.Partition));
        Assert.Equal([1], found.InSync);
    }

    [Fact]
    public void A_partition_without_a_leader_is_not_in_sync() =>
        Assert.Single(PartitionHealth.UnderReplicated([View("0", Partition("t", 0, -1, "0", "0"))]));

    private static BrokerView View(string brokers, params PartitionView[] partitions) => new(0, Ids(brokers), partitions);

    private static PartitionView Partition(string topic, int partition, int leader, string replicas, string inSync) =>
        new(topic, partition, leader, Ids(replicas), Ids(inSync));

    private static int[] Ids(string text) => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
}
