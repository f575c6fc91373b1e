using KafkaK8s.Core.Kafka;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

public sealed class BrokerGateTests
{
    [Theory]
    [InlineData("0,1,2|0,1,2|0,1,2", "")]
    [InlineData("0,1,2|0,1", "2")]
    [InlineData("0,1", "2")]
    [InlineData("", "0,1,2")] // nobody answers
    public void Missing_is_whom_one_view_does_not_list(string views, string missing) =>
        Assert.Equal(Ids(missing), BrokerGate.Missing([.. views.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(v => View(v))], [0, 1, 2]));

    [Fact]
    public void Under_replicated_is_what_one_view_takes_for_it_and_the_worst_of_them_counts()
    {
        var whole = View("0,1,2", Partition("t", 0, 0, "0,1,2", "0,1,2"), Partition("t", 1, 1, "0,1,2", "0,1"));
        var lagging = View("0,1,2", Partition("t", 0, 0, "0,1,2", "0,1,2"), Partition("t", 1, 1, "0,1,2", "1"));
        var found = Assert.Single(BrokerGate.UnderReplicated([whole, lagging]));
        Assert.Equal(("t", 1), (found.Topic, found.Partition));
        Assert.Equal([1], found.InSync);
    }

    [Fact]
    public void A_partition_without_a_leader_is_not_in_sync() =>
        Assert.Single(BrokerGate.UnderReplicated([View("0", Partition("t", 0, -1, "0", "0"))]));

    [Theory]
    // replicas, in sync, min in sync, broker 1 may restart, unavailable meanwhile
    [InlineData("0,1,2", "0,1,2", 2, true, false)] // two stay
    [InlineData("0,1,2", "0,1", 2, false, false)] // one would stay
    [InlineData("0,1,2", "0,2", 2, true, false)] // not in sync itself, two others are
    [InlineData("0,1,2", "0", 2, false, false)] // below already, and it holds a copy that may be the next in sync
    [InlineData("0,2,3", "0", 2, true, false)] // holds no copy
    [InlineData("0,1", "0,1", 2, true, true)] // copies = minimum: would never be allowed otherwise
    [InlineData("1", "1", 1, true, true)] // a single copy
    [InlineData("0,1", "0,1", 1, true, false)]
    public void A_restart_leaves_each_partition_what_producers_need(string replicas, string inSync, int minInSync, bool allowed, bool unavailable)
    {
        var view = View("0,1,2,3", Partition("t", 0, 0, replicas, inSync));
        var verdict = BrokerGate.MayRestart(view, 1, _ => minInSync);
        Assert.Equal(allowed, verdict.Allowed);
        Assert.Equal(allowed ? 0 : 1, verdict.Blocking.Count);
        Assert.Equal(unavailable ? 1 : 0, verdict.Unavailable.Count);
    }

    [Fact]
    public void An_offline_partition_anywhere_forbids_a_restart() =>
        Assert.False(BrokerGate.MayRestart(View("0,1,2", Partition("t", 0, -1, "2", "2")), 1, _ => 1).Allowed);

    [Fact]
    public void A_broker_that_is_dead_anyway_may_restart() =>
        Assert.True(BrokerGate.MayRestart(View("0,2", Partition("t", 0, 0, "0,1,2", "0")), 1, _ => 2).Allowed);

    [Theory]
    [InlineData("0,1,2", "", 0, "1,2,0")]
    [InlineData("0,1,2", "", -1, "0,1,2")]
    [InlineData("0,1,2,3", "2", 0, "2,1,3,0")]
    [InlineData("0,1,2", "0,1", 1, "0,1,2")]
    [InlineData("2,1,0,1", "", 2, "0,1,2")]
    public void Roll_order_is_unready_first_and_the_controller_last(string brokers, string unready, int controller, string order) =>
        Assert.Equal(Ids(order), BrokerGate.RollOrder(Ids(brokers), Ids(unready), controller));

    private static BrokerView View(string brokers, params PartitionView[] partitions) => new(0, Ids(brokers), partitions);

    private static PartitionView Partition(string topic, int partition, int leader, string replicas, string inSync) => new(topic, partition, leader, Ids(replicas), Ids(inSync));

    private static int[] Ids(string text) => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
}
