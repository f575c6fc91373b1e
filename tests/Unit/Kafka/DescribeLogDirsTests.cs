using KafkaK8s.Core.Kafka;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

public sealed class LogDirsTests
{
    [Fact]
    public void A_request_asks_for_all_topics() =>
        Assert.Equal("0000000e" + "0023" + "0001" + "6b386b38" + "ffff" + "ffffffff", Convert.ToHexStringLower(DescribeLogDirs.Request()));

    [Fact]
    public void A_newer_request_is_compact() =>
        Assert.Equal("0000000d" + "0023" + "0004" + "6b386b38" + "ffff" + "00" + "00" + "00",
            Convert.ToHexStringLower(DescribeLogDirs.Request(DescribeLogDirs.WithVolume)));

    // Two folders on file systems of 256 and 16 bytes, the second of which does not say how much is free.
    [Fact]
    public void A_newer_answer_has_the_size_of_the_file_system()
    {
        const string Hex = "6b386b38" + "00" + "00000000" + "0000" + "03"
            + "0000" + "03" + "2f31" + "02" + "02" + "61" + "02" + "00000000" + "0000000000000064" + "0000000000000000" + "00" + "00" + "00"
            + "0000000000000100" + "0000000000000080" + "00"
            + "0000" + "03" + "2f32" + "01" + "0000000000000010" + "ffffffffffffffff" + "00" + "00";
        var disk = DescribeLogDirs.Response(Convert.FromHexString(Hex), DescribeLogDirs.WithVolume);
        Assert.Equal((("a", 0), 100L), (disk.Sizes.Single().Key, disk.Sizes.Single().Value));
        Assert.Equal((272L, 128L), (disk.TotalBytes!.Value, disk.UsableBytes!.Value));
    }

    // Two folders of logs; the topic "a" has two partitions in the first and one in the second.
    [Fact]
    public void Partitions_are_told_apart()
    {
        const string Hex = "6b386b38" + "00000000" + "00000002"
            + "0000" + "0002" + "2f31" + "00000002"
            + "0001" + "61" + "00000002" + "00000000" + "0000000000000064" + "0000000000000000" + "00" + "00000001" + "0000000000000032"
            + "0000000000000000" + "00"
            + "0001" + "62" + "00000001" + "00000000" + "0000000000000007" + "0000000000000000" + "00"
            + "0000" + "0002" + "2f32" + "00000001"
            + "0001" + "61" + "00000001" + "00000002" + "0000000000000001" + "0000000000000000" + "01";
        Assert.Equal([("a", 0, 100L), ("a", 1, 50L), ("a", 2, 1L), ("b", 0, 7L)],
            DescribeLogDirs.Response(Convert.FromHexString(Hex)).Sizes.Select(t => (t.Key.Topic, t.Key.Partition, t.Value)).Order());
    }

    [Theory]
    [InlineData("00000000")]
    [InlineData("6b386b380000000000000001")]
    public void Garbage_is_refused(string hex) =>
        Assert.Throws<FormatException>(() => { DescribeLogDirs.Response(Convert.FromHexString(hex)); });

    [Theory]
    [InlineData(3, 1572864, "3 partitions, 1.5 MiB on disk")]
    [InlineData(3, -1, "3 partitions")]
    public void A_size_is_told_where_it_is_known(int partitions, long bytes, string text) =>
        Assert.Equal(text, new TopicSize("a", partitions, bytes).ToString());
}
