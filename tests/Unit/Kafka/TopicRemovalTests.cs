using KafkaK8s.Core.Kafka;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

public sealed class TopicRemovalTests
{
    [Fact]
    public void A_request_names_one_topic() =>
        Assert.Equal("0000001f" + "0014" + "0001" + "6b386b38" + "0008" + "6b61666b616b3873" + "00000001" + "0003" + "612d62" + "000003e8",
            Convert.ToHexStringLower(TopicRemoval.Request("a-b", 1000)));

    [Theory]
    [InlineData("0000", 0)]
    [InlineData("0029", 41)] // not the controller
    public void A_response_gives_the_error(string error, short code) =>
        Assert.Equal(code, TopicRemoval.Response(Convert.FromHexString("6b386b38" + "00000000" + "00000001" + "0003" + "612d62" + error)));

    [Theory]
    [InlineData("00000000")]
    [InlineData("6b386b380000000000000000")]
    [InlineData("6b386b3800000000000000010003")]
    public void Garbage_is_refused(string hex) =>
        Assert.Throws<FormatException>(() => { TopicRemoval.Response(Convert.FromHexString(hex)); });

    [Fact]
    public void A_name_is_new_each_time_and_says_when()
    {
        var now = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        Assert.Matches("^kafkak8s-verify-20260102030405-[0-9a-f]{6}$", TopicName.Make(now));
        Assert.NotEqual(TopicName.Make(now), TopicName.Make(now));
    }
}
