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
        Assert.Equal("", Describe(View(Whole), View(Whole), View(Whole)));
        Assert.Equal("", Describe());
    }

    [Fact]
    public void A_silent_broker_is_told_first() =>
        Assert.Equal("no answer from broker 0, 2", Describe(null, new BrokerView(0, [1], []), null));

    [Fact]
    public void A_broker_that_does_not_know_another_is_told() =>
        Assert.Equal("broker 1 does not know broker 0, 2 yet", Describe(View(), new BrokerView(0, [1], []), View()));

    [Fact]
    public void A_broker_more_than_asked_for_is_no_fault() =>
        Assert.Equal("", Describe(new BrokerView(0, [0, 1], []), new BrokerView(0, [0, 1, 7], [])));

    [Fact]
    public void A_lagging_partition_is_counted_once_whoever_tells_it()
    {
        var lagging = new PartitionView("orders", 3, 0, [0, 1, 2], [0, 2]);
        Assert.Equal("1 partitions are not in sync, such as orders-3 (2 of 3 copies)",
            Describe(View(Whole), View(lagging, Whole), View(lagging)));
    }

    [Fact]
    public void A_partition_without_a_leader_is_not_in_sync() =>
        Assert.StartsWith("1 partitions", Describe(View(), View(new PartitionView("t", 0, -1, [0], [0])), View()),
            StringComparison.Ordinal);

    [Fact]
    public void Brokers_are_known_by_their_ids() => Assert.Equal(
        "broker 100 does not know broker 101 yet",
        InSync.Describe(
            new Dictionary<int, BrokerView?> { [100] = new BrokerView(0, [100], []), [101] = new BrokerView(0, [100, 101], []) }));

    private static string Describe(params BrokerView?[] views) =>
        InSync.Describe(views.Select((view, id) => (view, id)).ToDictionary(p => p.id, p => p.view));

    private static BrokerView View(params PartitionView[] partitions) => new(0, [0, 1, 2], partitions);
}
