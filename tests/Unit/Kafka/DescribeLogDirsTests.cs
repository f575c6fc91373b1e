using KafkaK8s.Core.Kafka;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

public sealed class LogDirsTests
{
    [Fact]
    public void A_request_asks_for_all_topics() =>
        Assert.Equal("0000000e" + "0023" + "0001" + "6b386b39" + "ffff" + "ffffffff", Convert.ToHexStringLower(DescribeLogDirs.Request()));

    // Two folders of logs; the topic "a" has two partitions in the first and one in the second.
    [Fact]
    public void Partitions_are_told_apart()
    {
        const string Hex = "6b386b39" + "00000000" + "00000002"
            + "0000" + "0002" + "2f31" + "00000002"
            + "0001" + "61" + "00000002" + "00000000" + "0000000000000064" + "0000000000000000" + "00" + "00000001" + "0000000000000032" + "0000000000000000" + "00"
            + "0001" + "62" + "00000001" + "00000000" + "0000000000000007" + "0000000000000000" + "00"
            + "0000" + "0002" + "2f32" + "00000001"
            + "0001" + "61" + "00000001" + "00000002" + "0000000000000001" + "0000000000000000" + "01";
        Assert.Equal([("a", 0, 100L), ("a", 1, 50L), ("a", 2, 1L), ("b", 0, 7L)], DescribeLogDirs.Response(Convert.FromHexString(Hex)).Select(t => (t.Key.Topic, t.Key.Partition, t.Value)).Order());
    }

    [Theory]
    [InlineData("00000000")]
    [InlineData("6b386b390000000000000001")]
    public void Garbage_is_refused(string hex) => Assert.Throws<FormatException>(() => { DescribeLogDirs.Response(Convert.FromHexString(hex)); });

    [Theory]
    [InlineData(3, 1572864, "3 partitions, 1.5 MiB on disk")]
    [InlineData(3, -1, "3 partitions")]
    public void A_size_is_told_where_it_is_known(int partitions, long bytes, string text) => Assert.Equal(text, new TopicSize("a", partitions, bytes).ToString());
}
