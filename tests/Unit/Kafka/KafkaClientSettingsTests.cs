using Confluent.Kafka;
using KafkaK8s.Core.Kafka;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

/// <summary>What the words "acknowledged", "duplicated" and "from the beginning" rest on.</summary>
public sealed class KafkaClientSettingsTests
{
    [Fact]
    public void A_message_counts_as_acknowledged_when_all_copies_have_it_and_is_not_doubled_by_a_retry()
    {
        var config = KafkaClientSettings.Producer(new("127.0.0.1:19092"), TimeSpan.FromSeconds(45), 100);
        Assert.Equal((Acks.All, true, 45_000), (config.Acks, config.EnableIdempotence, config.MessageTimeoutMs));
    }

    [Fact]
    public void A_reader_starts_where_it_is_told_and_leaves_nothing_on_the_brokers()
    {
        var config = KafkaClientSettings.Consumer(new("127.0.0.1:19092"));
        Assert.Equal((AutoOffsetReset.Error, false, true), (config.AutoOffsetReset, config.EnableAutoCommit, config.EnablePartitionEof));
    }

    [Theory]
    [InlineData(null, 1_000_000)]
    [InlineData(10_000, 10_000)]
    [InlineData(50_000_000, 1_000_000)]
    public void A_batch_is_no_larger_than_the_topic_takes(int? largest, int batch) =>
        Assert.Equal(batch, KafkaClientSettings.Producer(new("x:1"), TimeSpan.FromSeconds(1), 100, largest).BatchSize);

    [Fact]
    public void No_topic_is_made_by_asking_for_it()
    {
        Assert.False(KafkaClientSettings.Producer(new("x:1"), TimeSpan.FromSeconds(1), 100).AllowAutoCreateTopics);
        Assert.False(KafkaClientSettings.Consumer(new("x:1")).AllowAutoCreateTopics);
    }
}
