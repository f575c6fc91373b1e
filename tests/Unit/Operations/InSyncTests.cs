using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Rolling;
using Xunit;

namespace KafkaK8s.Tests.Unit.Operations;

public sealed class InSyncTests
{
    private static readonly PartitionView Whole = new("t", 0, 0, [0, 1, 2], [2, 0, 1]);

    [Fact]
    public void All_is_well()
    {
        Assert.Equal("", InSync.Describe([View(Whole), View(Whole), View(Whole)]));
        Assert.Equal("", InSync.Describe([]));
    }

    [Fact]
    public void A_silent_broker_is_told_first() =>
        Assert.Equal("no answer from broker 0, 2", InSync.Describe([null, new BrokerView(0, [1], []), null]));

    [Fact]
    public void A_broker_that_does_not_know_another_is_told() =>
        Assert.Equal("broker 1 does not know broker 0, 2 yet", InSync.Describe([View(), new BrokerView(0, [1], []), View()]));

    [Fact]
    public void A_broker_more_than_asked_for_is_no_fault() => Assert.Equal("", InSync.Describe([new BrokerView(0, [0, 1], []), new BrokerView(0, [0, 1, 7], [])]));

    [Fact]
    public void A_lagging_partition_is_counted_once_whoever_tells_it()
    {
        var lagging = new PartitionView("orders", 3, 0, [0, 1, 2], [0, 2]);
        Assert.Equal("1 partitions are not in sync, such as orders-3 (2 of 3 copies)", InSync.Describe([View(Whole), View(lagging, Whole), View(lagging)]));
    }

    [Fact]
    public void A_partition_without_a_leader_is_not_in_sync() =>
        Assert.StartsWith("1 partitions", InSync.Describe([View(), View(new PartitionView("t", 0, -1, [0], [0])), View()]), StringComparison.Ordinal);

    private static BrokerView View(params PartitionView[] partitions) => new(0, [0, 1, 2], partitions);
}
