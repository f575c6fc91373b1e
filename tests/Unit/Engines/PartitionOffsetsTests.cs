using Confluent.Kafka;
using KafkaK8s.Core;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>Where the partitions of a topic end, by requests to their leaders' pods.</summary>
public sealed class PartitionOffsetsTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);
    private FakeCluster cluster = null!;
    private KubeConnection connection = null!;
    private BrokerSetView brokers = null!;
    private IReadOnlyList<PartitionView> partitions = [];

    public async Task InitializeAsync()
    {
        cluster = await FakeCluster.StartAsync();
        var parts = cluster.Kafka.Topic("orders", [0, 1], [1, 0], [0, 1]);
        (parts[0].End, parts[1].End, parts[2].End) = (7, 9, 5);
        connection = cluster.Connect();
        brokers = await BrokerSetView.FindAsync(connection, "shop", "demo", default);
        partitions = await TopicReader.PartitionsAsync(brokers, default);
    }

    public async Task DisposeAsync()
    {
        connection.Dispose();
        await cluster.Server.DisposeAsync();
    }

    [Fact]
    public async Task One_request_a_leader_gives_the_ends_in_the_order_of_the_partitions()
    {
        Assert.Equal([7L, 9, 5], await EndsAsync(Long));
        Assert.Equal([0, 1], Asked().Order());
    }

    [Theory]
    [InlineData(ErrorCode.OffsetNotAvailable)]
    [InlineData(ErrorCode.LeaderNotAvailable)]
    [InlineData(ErrorCode.NotLeaderForPartition)]
    [InlineData(ErrorCode.UnknownTopicOrPart)]
    public async Task A_leader_that_does_not_know_its_end_yet_is_asked_again_and_it_alone(ErrorCode word)
    {
        Refuse(word, times: 2);
        Assert.Equal([7L, 9, 5], await EndsAsync(Long));
        Assert.Equal([0, 1, 1, 1], Asked().Order());
    }

    [Fact]
    public async Task The_next_leader_is_asked_where_one_is_gone()
    {
        cluster.Kafka.Down.Add(1);
        Assert.Equal([7L, 9, 5], await EndsAsync(Long));
    }

    [Fact]
    public async Task What_does_not_pass_ends_the_asking_and_is_named()
    {
        Refuse(ErrorCode.TopicAuthorizationFailed, int.MaxValue);
        var e = await Assert.ThrowsAsync<ClusterException>(() => EndsAsync(Long));
        Assert.Equal("PartitionUnreadable", e.Id);
        Assert.Contains($"(partition 1: {new Error(ErrorCode.TopicAuthorizationFailed).Reason})", e.Message, StringComparison.Ordinal);
        Assert.Equal(2, Asked().Count());
    }

    [Fact]
    public async Task Patience_ends_and_the_word_is_the_partitions_own()
    {
        Refuse(ErrorCode.OffsetNotAvailable, int.MaxValue);
        var e = await Assert.ThrowsAsync<ClusterException>(() => EndsAsync(TimeSpan.FromMilliseconds(300)));
        Assert.Contains($"(partition 1: {new Error(ErrorCode.OffsetNotAvailable).Reason})", e.Message, StringComparison.Ordinal);
        Assert.InRange(Asked().Count(b => b == 1), 2, 10);
    }

    [Fact]
    public async Task The_end_of_the_time_ends_the_asking_after_one_round()
    {
        var ended = new CancellationToken(canceled: true);
        Assert.Equal([7L, 9, 5], await EndsAsync(Long, ended)); // messages that were sent are still counted
        Refuse(ErrorCode.OffsetNotAvailable, int.MaxValue);
        Assert.Equal("PartitionUnreadable", (await Assert.ThrowsAsync<ClusterException>(() => EndsAsync(Long, ended))).Id);
    }

    // What the leader of partition 1 says of it.
    private void Refuse(ErrorCode word, int times) => cluster.Kafka.Instead = (broker, key, _) =>
    {
        if (key != 2 || broker != 1 || times-- <= 0)
            return null;
        var w = new WireWriter();
        w.Count(1);
        w.Text("orders");
        w.Count(1);
        w.Int32(1);
        w.Int16((short)word);
        w.Int64(-1);
        w.Int64(-1);
        return w.Written();
    };

    private Task<IReadOnlyList<long>> EndsAsync(TimeSpan patience, CancellationToken limit = default) =>
        PartitionOffsets.EndsAsync(brokers, partitions, patience, limit, default);

    private IEnumerable<int> Asked() => cluster.Kafka.Requests.Where(r => r.Key == 2).Select(r => r.Broker);
}
