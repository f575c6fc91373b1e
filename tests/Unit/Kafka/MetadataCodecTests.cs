using KafkaK8s.Core.Kafka;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

public sealed class MetadataCodecTests
{
    [Fact]
    public void Version_0_asks_for_all_topics_by_an_empty_list() =>
        Assert.Equal("00000016" + "0003" + "0000" + "6b386b38" + "0008" + "6b61666b616b3873" + "00000000", Hex(MetadataCodec.Request(0)));

    [Fact]
    public void Version_1_asks_for_all_topics_by_no_list() =>
        Assert.Equal("00000016" + "0003" + "0001" + "6b386b38" + "0008" + "6b61666b616b3873" + "ffffffff", Hex(MetadataCodec.Request(1)));

    [Fact]
    public void Version_4_forbids_to_create_topics() =>
        Assert.Equal("00000017" + "0003" + "0004" + "6b386b38" + "0008" + "6b61666b616b3873" + "ffffffff" + "00",
            Hex(MetadataCodec.Request(4)));

    [Fact]
    public void No_topics_are_an_empty_list() =>
        Assert.Equal("00000017" + "0003" + "0004" + "6b386b38" + "0008" + "6b61666b616b3873" + "00000000" + "00",
            Hex(MetadataCodec.Request(4, topics: false)));

    [Fact]
    public void Version_0_gives_no_controller_and_no_cluster_id()
    {
        // Kafka 0.9: two brokers, one topic "t" with one partition.
        byte[] bytes = Convert.FromHexString(
            "6b386b38" + "00000002" + "00000000" + "000161" + "00002384" + "00000001" + "000162" + "00002384"
            + "00000001" + "0000" + "000174" + "00000001" + "0000" + "00000000" + "00000001" + "00000002" + "00000001" + "00000000"
            + "00000001" + "00000001");
        var answer = MetadataCodec.Response(0, bytes);
        Assert.Null(answer.ClusterId);
        Assert.Equal(-1, answer.View.ControllerId);
        Assert.Equal([0, 1], answer.View.Brokers);
        var partition = Assert.Single(answer.View.Partitions);
        Assert.Equal(("t", 0, 1), (partition.Topic, partition.Partition, partition.Leader));
        Assert.Equal([1, 0], partition.Replicas);
        Assert.Equal([1], partition.InSync);
        Assert.True(partition.UnderReplicated);
    }

    [Fact]
    public void Version_4_gives_controller_and_cluster_id_and_skips_racks()
    {
        byte[] bytes = Convert.FromHexString(
            "6b386b38" + "00000000" + "00000001" + "00000002" + "000161" + "00002384" + "000172" + "0003" + "616263" + "00000002"
            + "00000001" + "0000" + "000174" + "00" + "00000001" + "0005" + "00000003" + "ffffffff" + "00000001" + "00000002" + "00000000");
        var answer = MetadataCodec.Response(4, bytes);
        Assert.Equal("abc", answer.ClusterId);
        Assert.Equal(2, answer.View.ControllerId);
        Assert.Equal([2], answer.View.Brokers);
        Assert.Equal(new BrokerAddress("a", 9092), answer.Addresses[2]);
        var partition = Assert.Single(answer.View.Partitions);
        Assert.Equal((3, -1), (partition.Partition, partition.Leader));
        Assert.Empty(partition.InSync);
    }

    [Theory]
    [InlineData("0000002a0000000000000000")] // another correlation id
    [InlineData("6b386b3800000001")] // cut short
    [InlineData("6b386b387fffffff")] // a length of garbage
    [InlineData("")]
    public void Garbage_is_refused(string hex) =>
        Assert.Throws<FormatException>(() => MetadataCodec.Response(0, Convert.FromHexString(hex)));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
