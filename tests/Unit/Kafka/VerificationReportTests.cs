using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Verification;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

public sealed class VerificationReportTests
{
    private static readonly LedgerCounts Whole = new(10, 10, 10, 0, 0, 0, 0, 0);

    [Fact]
    public void A_sound_run_passes_every_check()
    {
        var result = VerificationReport.Compose(Facts());
        Assert.True(result.Passed);
        Assert.Equal(
            ["BrokersAnswer", "TopicCreated", "PartitionsInSync", "EveryBrokerLeads", "AllAcked", "NothingLost", "NothingDuplicated",
            "InOrder", "ChecksumsMatch", "TopicRemoved"],
            result.Checks.Select(c => c.Name));
        Assert.Equal((30L, 30L, 30L), (result.Sent, result.Acked, result.Received));
        Assert.Equal(30, result.ProducedPerSecond);
        Assert.Equal([0, 1, 2], result.Brokers.Select(b => b.BrokerId));
        Assert.Equal([1], result.Brokers[1].Partitions);
        Assert.Equal(10, result.Brokers[1].Received);
    }

    [Fact]
    public void Brokers_that_throttle_are_the_reason()
    {
        var facts = Facts() with { Throttled = TimeSpan.FromSeconds(12.34), TimeOut = TimeSpan.FromSeconds(60) };
        var checks = VerificationReport.Compose(facts).Checks;
        Assert.Equal("30 of 30; the brokers throttle this client (a quota): up to 12.3 s for one request",
            checks.Single(c => c.Name == "AllAcked").Evidence);
        Assert.Equal("it was not done within 60 s; the brokers throttle this client (a quota): up to 12.3 s for one request",
            checks.Single(c => c.Name == "InTime").Evidence);
    }

    [Fact]
    public void A_quota_that_holds_is_named() =>
        Assert.Equal(
            "30 of 30; a quota holds the client back: producer_byte_rate=1024 for client-id (default)",
            VerificationReport.Compose(Facts() with { Quotas = ["producer_byte_rate=1024 for client-id (default)"] }).Checks
            .Single(c => c.Name == "AllAcked").Evidence);

    [Fact]
    public void A_silent_broker_is_named()
    {
        var facts = Facts() with { Before = [Look(0), new BrokerProbe(1, null, "it does not exist"), Look(2)] };
        AssertFails(facts, "BrokersAnswer", "2 of 3 brokers; broker 1: it does not exist");
    }

    [Fact]
    public void A_broker_that_died_meanwhile_is_named()
    {
        var facts = Facts() with { After = [Look(0), Look(1), new BrokerProbe(2, null, "gone")] };
        AssertFails(facts, "BrokersAnswer", "3 of 3 brokers; broker 2, which answered at the start: gone");
    }

    [Fact]
    public void A_broker_that_is_not_in_the_cluster_is_named()
    {
        var view = new BrokerView(0, [0, 1], []);
        var facts = Facts() with { Before = [new BrokerProbe(0, new BrokerAnswer(4, "x", view), null), Look(1), Look(2)] };
        AssertFails(facts, "BrokersAnswer", "3 of 3 brokers; broker 2 answers, but others take it for dead");
    }

    [Fact]
    public void Without_any_broker_nothing_else_is_said()
    {
        var result = VerificationReport.Compose(
            Facts() with { Before = [new BrokerProbe(0, null, "no"), new BrokerProbe(1, null, "no")], Partitions = [], Books = [] });
        Assert.False(result.Passed);
        Assert.Equal("FAILED BrokersAnswer: 0 of 2 brokers; broker 0: no; broker 1: no", Assert.Single(result.Checks).ToString());
        Assert.Equal(2, result.Brokers.Count);
    }

    [Fact]
    public void A_topic_that_could_not_be_made_ends_the_checks()
    {
        var result = VerificationReport.Compose(Facts() with
        {
            TopicFailure = "Replication factor: 3 larger than available brokers: 2.",
            Partitions = [],
            Books = [],
            After = []
        });
        Assert.Equal(["BrokersAnswer", "TopicCreated"], result.Checks.Select(c => c.Name));
        Assert.False(result.Passed);
    }

    [Fact]
    public void A_shrunken_set_of_copies_is_shown_as_it_is_at_the_end()
    {
        var sick = new BrokerView(0, [0, 1], [Partition(0, 0), Partition(1, 1) with { InSync = [0, 1] },
            Partition(2, -1) with { InSync = [2] }, Partition(0, 0) with { Topic = "other", InSync = [] }]);
        var facts = Facts() with { After = [new BrokerProbe(0, new BrokerAnswer(4, "x", sick), null), Look(1), Look(2)] };
        AssertFails(facts, "PartitionsInSync", "1 of 3 partitions; t-1 has 0,1 of 0,1,2 in sync; t-2 has no leader");
    }

    [Fact]
    public void A_broker_without_a_partition_is_named() =>
        AssertFails(Facts() with { Partitions = [Partition(0, 0), Partition(1, 1), Partition(2, 1)] }, "EveryBrokerLeads",
            "2 of 3 brokers; none led by 2");

    [Fact]
    public void A_users_topic_may_have_fewer_partitions_than_there_are_brokers()
    {
        var result =
            VerificationReport.Compose(Facts() with { OwnTopic = false, Partitions = [Partition(0, 0)], Books = [Whole], Wanted = 10 });
        Assert.True(result.Passed);
        Assert.Equal("1 of 3 brokers; none led by 1,2: the topic has only 1 partition",
            result.Checks.Single(c => c.Name == "EveryBrokerLeads").Evidence);
        Assert.Contains(result.Checks, c => c.Name == "TopicFound");
        Assert.DoesNotContain(result.Checks, c => c.Name == "TopicRemoved");
    }

    [Fact]
    public void What_was_not_acknowledged_says_why()
    {
        var facts = Facts() with
        {
            Books = [Whole, Whole, Whole with { Sent = 5, Acked = 3, Received = 3 }],
            SendErrors = new Dictionary<string, long> { ["Broker: Not enough in-sync replicas"] = 2 }
        };
        AssertFails(facts, "AllAcked", "23 of 30; Broker: Not enough in-sync replicas (2 times); 5 not sent after that");
    }

    [Theory]
    [InlineData("NothingLost", "2 of 30 acknowledged messages did not come back (partition 1: 2)")]
    [InlineData("NothingDuplicated", "3 came more than once (partition 1: 3)")]
    [InlineData("InOrder", "4 came after a later one (partition 1: 4)")]
    [InlineData("ChecksumsMatch", "5 do not fit their content (partition 1: 5)")]
    public void What_is_wrong_with_the_messages_is_counted_and_placed(string check, string evidence) =>
        AssertFails(Facts() with
        {
            Books = [Whole, Whole with { Received = 8, Lost = 2, Duplicated = 3, OutOfOrder = 4, Corrupt = 5 },
            Whole]
        }, check, evidence);

    [Fact]
    public void What_is_wrong_is_counted_in_total_and_for_the_broker_that_led()
    {
        var result = VerificationReport.Compose(Facts() with
        {
            Books = [Whole, Whole with { Sent = 11, Acked = 10, Received = 8, Lost = 2,
            Duplicated = 3, OutOfOrder = 4, Corrupt = 5 }, Whole with { Corrupt = 1 }]
        });
        Assert.Equal((31L, 30L, 28L, 2L, 3L, 4L, 6L),
            (result.Sent, result.Acked, result.Received, result.Lost, result.Duplicated, result.OutOfOrder, result.Corrupt));
        var sick = result.Brokers[1];
        Assert.Equal((11L, 10L, 8L, 2L, 3L, 4L, 5L),
            (sick.Sent, sick.Acked, sick.Received, sick.Lost, sick.Duplicated, sick.OutOfOrder, sick.Corrupt));
        Assert.Equal((0L, 0L, 1L), (result.Brokers[2].Lost, result.Brokers[2].Duplicated, result.Brokers[2].Corrupt));
    }

    // Partition 0 took 1 to 100 ms, the others a second each.
    [Fact]
    public void Rates_and_latencies_are_told_in_total_and_for_each_broker()
    {
        var result = VerificationReport.Compose(
            Facts() with { Latency = Took, ProduceTime = TimeSpan.FromSeconds(2), ConsumeTime = TimeSpan.FromSeconds(0.5) });
        Assert.Equal((15.0, 60.0), (result.ProducedPerSecond, result.ConsumedPerSecond));
        Assert.Equal((50.0, 100.0, 1000.0, 1000.0), (Math.Round(result.P50Ms!.Value / 10) * 10, Math.Round(result.P95Ms!.Value / 100) * 100,
            Math.Round(result.P99Ms!.Value / 100) * 100, result.MaxMs!.Value));
        Assert.Equal((50.0, 100.0, 1000.0), (Math.Round(result.Brokers[0].P50Ms!.Value / 10) * 10,
            Math.Round(result.Brokers[0].P99Ms!.Value / 10) * 10, Math.Round(result.Brokers[1].P50Ms!.Value / 100) * 100));
        Assert.Null(VerificationReport.Compose(Facts()).P50Ms);

        static LatencyHistogram Took(IEnumerable<int> partitions)
        {
            var all = new LatencyHistogram();
            foreach (double ms in partitions.SelectMany(p => p == 0 ? Enumerable.Range(1, 100).Select(n => (double)n) : [1000.0]))
                all.Add(TimeSpan.FromMilliseconds(ms));
            return all;
        }
    }

    [Fact]
    public void What_could_not_be_read_is_not_called_lost() =>
        AssertFails(
            Facts() with
            {
                Books = [Whole, Whole, Whole with { Received = 6, Lost = 1, Unread = 3 }],
                ReadErrors = new Dictionary<string, long> { ["Local: Broker transport failure"] = 1 }
            },
            "NothingLost",
            "1 of 30 acknowledged messages did not come back (partition 2: 1); 3 could not be read, so it is not known (partition 2: 3): "
                + "Local: Broker transport failure");

    [Fact]
    public void Messages_of_others_are_mentioned() =>
        Assert.Equal("30 of 30; 7 messages of others left aside",
            VerificationReport.Compose(Facts() with { OwnTopic = false, Books = [Whole, Whole, Whole with { Foreign = 7 }] }).Checks
            .Single(c => c.Name == "ChecksumsMatch").Evidence);

    [Fact]
    public void A_check_that_ran_out_of_time_fails() =>
        AssertFails(Facts() with { TimeOut = TimeSpan.FromSeconds(60) }, "InTime", "it was not done within 60 s");

    [Fact]
    public void A_topic_that_stays_against_our_will_fails_the_check_and_one_that_is_kept_does_not()
    {
        AssertFails(Facts() with { RemovalFailure = "t may still stand" }, "TopicRemoved", "t may still stand");
        Assert.True(VerificationReport.Compose(Facts() with { KeepTopic = true }).Passed);
    }

    private static void AssertFails(VerificationFacts facts, string check, string evidence)
    {
        var result = VerificationReport.Compose(facts);
        Assert.False(result.Passed);
        var found = result.Checks.Single(c => c.Name == check);
        Assert.False(found.Passed);
        Assert.Equal(evidence, found.Evidence);
    }

    private static VerificationFacts Facts() => new()
    {
        Cluster = "demo",
        Namespace = "ns",
        Topic = "t",
        OwnTopic = true,
        Wanted = 30,
        Path = VerificationPath.Tunnel,
        Client = "test",
        Before = [Look(0), Look(1), Look(2)],
        After = [Look(0), Look(1), Look(2)],
        Partitions = [Partition(0, 0), Partition(1, 1), Partition(2, 2)],
        Books = [Whole, Whole, Whole],
        ProduceTime = TimeSpan.FromSeconds(1),
        ConsumeTime = TimeSpan.FromSeconds(1),
    };

    private static BrokerProbe Look(int id) =>
        new(id, new BrokerAnswer(4, "x", new BrokerView(0, [0, 1, 2], [Partition(0, 0), Partition(1, 1), Partition(2, 2)])), null);

    private static PartitionView Partition(int partition, int leader) => new("t", partition, leader, [0, 1, 2], [0, 1, 2]);
}
