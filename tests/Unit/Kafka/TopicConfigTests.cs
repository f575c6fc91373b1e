using KafkaK8s.Core;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Operations;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

public sealed class TopicConfigTests
{
    [Theory]
    [InlineData("retention.ms", "7.00:00:00", "604800000")]
    [InlineData("retention.ms", "00:00:30", "30000")]
    [InlineData("retention.ms", "7d", "604800000")]
    [InlineData("retention.ms", "2w", "1209600000")]
    [InlineData("retention.ms", "500ms", "500")]
    [InlineData("retention.ms", "-1", "-1")]
    [InlineData("retention.ms", "86400000", "86400000")]
    [InlineData("retention.bytes", "1Gi", "1073741824")]
    [InlineData("retention.bytes", "1GB", "1073741824")]
    [InlineData("retention.bytes", "10mib", "10485760")]
    [InlineData("retention.bytes", "1G", "1000000000")]
    [InlineData("max.message.bytes", "512Ki", "524288")]
    [InlineData("cleanup.policy", "compact, delete ", "compact, delete ")]
    [InlineData("min.cleanable.dirty.ratio", "0.5", "0.5")]
    public void Values_are_written_as_people_write_them(string key, string given, string kafkas) =>
        Assert.Equal(kafkas, TopicConfig.Value(key, given));

    [Theory]
    [InlineData("retention.ms", "soon")]
    [InlineData("retention.ms", "99999999999999999w")]
    [InlineData("retention.ms", "-00:00:01")]
    [InlineData("retention.bytes", "1.5")]
    [InlineData("retention.bytes", "999999999999PB")]
    public void What_is_no_duration_or_size_is_refused(string key, string given) =>
        Assert.Equal("InvalidTopicConfig", Assert.Throws<ClusterException>(() => TopicConfig.Value(key, given)).Id);

    [Theory]
    [InlineData("orders.v1_a-B", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("a b", false)]
    [InlineData("a\n", false)]
    public void Names_are_Kafkas(string name, bool fits)
    {
        if (fits)
            TopicConfig.CheckName(name);
        else
            Assert.Equal("InvalidTopicName", Assert.Throws<ClusterException>(() => TopicConfig.CheckName(name)).Id);
    }

    /// <summary>Counted over many hashes.</summary>
    [Theory]
    [InlineData(12, 24)]
    [InlineData(2, 3)]
    [InlineData(4, 6)]
    [InlineData(1, 7)]
    public void Keys_that_move_are_counted(int from, int to)
    {
        const int Hashes = 5 * 7 * 24 * 9 * 11;
        double moved = Enumerable.Range(0, Hashes).Count(h => h % from != h % to) * 100.0 / Hashes;
        Assert.Equal((int)Math.Round(moved), ChangeTopic.MovingKeys(from, to));
    }
}
