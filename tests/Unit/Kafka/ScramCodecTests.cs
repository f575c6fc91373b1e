using KafkaK8s.Core.Kafka;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

public sealed class ScramCodecTests
{
    [Fact]
    public void A_request_names_users() => Assert.Equal(
        "00000014" + "0032" + "0000" + "6b386b38" + "ffff" + "00" + "03" + "02" + "61" + "00" + "03" + "6262" + "00" + "00",
        Convert.ToHexStringLower(ScramCodec.Request(["a", "bb"])));

    // No list at all: one that is empty would ask for none.
    [Fact]
    public void A_request_may_ask_for_all() => Assert.Equal("0000000d" + "0032" + "0000" + "6b386b38" + "ffff" + "00" + "00" + "00",
        Convert.ToHexStringLower(ScramCodec.Request(null)));

    // "a" has a password for SCRAM-SHA-512, "b" one for SCRAM-SHA-256 alone, and nobody knows "c".
    [Fact]
    public void A_response_gives_those_that_have_a_password()
    {
        var answer = ScramCodec.Response(Convert.FromHexString("6b386b38" + "00" + "00000000" + "0000" + "00" + "04"
            + "02" + "61" + "0000" + "00" + "03" + "01" + "00001000" + "00" + "02" + "00002000" + "00" + "00"
            + "02" + "62" + "0000" + "00" + "02" + "01" + "00001000" + "00" + "00"
            + "02" + "63" + "005b" + "03" + "6e6f" + "01" + "00" + "00"));
        Assert.Equal((0, null), (answer.Error, answer.Message));
        Assert.Equal(["a"], answer.Users);
    }

    [Fact]
    public void A_refusal_is_told()
    {
        var answer = ScramCodec.Response(Convert.FromHexString("6b386b38" + "00" + "00000000" + "001f" + "03" + "6e6f" + "01" + "00"));
        Assert.Equal((31, "no"), (answer.Error, answer.Message));
        answer = ScramCodec.Response(Convert.FromHexString("6b386b38" + "00" + "00000000" + "0000" + "00" + "02"
            + "02" + "61" + "0029" + "03" + "6e6f" + "01" + "00" + "00"));
        Assert.Equal((41, "a: no"), (answer.Error, answer.Message));
    }

    [Theory]
    [InlineData("6b386b390000000000000000")]
    [InlineData("6b386b38000000000000000009")]
    [InlineData("6b386b38")]
    public void Garbage_is_refused(string hex) => Assert.Throws<FormatException>(() => ScramCodec.Response(Convert.FromHexString(hex)));
}
