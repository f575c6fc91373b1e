using KafkaK8s.Core.Kafka;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

public sealed class ConfigCodecTests
{
    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "00")]
    public void A_request_names_topics_and_settings(short version, string synonyms) =>
        Assert.Equal(
            "0020" + $"{version:x4}" + "6b386b38" + "0008" + "6b61666b616b3873" + "00000002" + "02" + "000161" + "00000001" + "000178"
            + "02" + "000162" + "00000001" + "000178" + synonyms,
            Convert.ToHexStringLower(ConfigCodec.Request(version, ConfigOf.Topic, ["a", "b"], ["x"]))[8..]);

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "00000001" + "000179" + "000133" + "04")]
    public void A_response_gives_the_settings_of_each(short version, string synonyms)
    {
        var answers = ConfigCodec.Response(version, Convert.FromHexString(
            "6b386b38" + "00000000" + "00000002"
            + "0000" + "ffff" + "02" + "000161" + "00000002" + "000178" + "000132" + "000100" + synonyms + "000179" + "ffff" + "000001"
            + (version == 0 ? "" : "00000000")
            + "0003" + "00026e6f" + "02" + "000162" + "00000000"));
        Assert.Equal([("a", 0), ("b", 3)], answers.Select(a => (a.Name, (int)a.Error)));
        Assert.Equal(["x=2", "y="], answers[0].Values.Select(v => $"{v.Key}={v.Value}"));
        Assert.Equal([version == 0 ? "y" : "x"], answers[0].Own);
    }

    [Fact]
    public void All_settings_are_asked_for_with_what_they_are_for()
    {
        Assert.Equal("0020" + "0003" + "6b386b38" + "0008" + "6b61666b616b3873" + "00000001" + "02" + "000161" + "ffffffff" + "00" + "01",
            Convert.ToHexStringLower(ConfigCodec.Request(3, ConfigOf.Topic, ["a"], null))[8..]);
        var answer = Assert.Single(ConfigCodec.Response(3, Convert.FromHexString(
            "6b386b38" + "00000000" + "00000001" + "0000" + "ffff" + "02" + "000161" + "00000002"
            + "000178" + "000132" + "000100" + "00000000" + "03" + "00026869" + "000179" + "ffff" + "000001" + "00000000" + "09"
            + "ffff")));
        Assert.Equal(["x=hi", "y="], answer.Documentation.Select(d => $"{d.Key}={d.Value}"));
        Assert.Equal(["x=2", "y="], answer.Values.Select(v => $"{v.Key}={v.Value}"));
    }

    [Theory]
    [InlineData("6b386b3900000000")]
    [InlineData("6b386b38000000007fffffff")]
    [InlineData("6b386b380000000000000001")]
    public void Garbage_is_refused(string hex) => Assert.Throws<FormatException>(() => ConfigCodec.Response(1, Convert.FromHexString(hex)));
}
