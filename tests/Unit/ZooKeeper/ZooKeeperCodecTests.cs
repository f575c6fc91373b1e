using KafkaK8s.Core.ZooKeeper;
using Xunit;

namespace KafkaK8s.Tests.Unit.ZooKeeper;

/// <summary>Bytes as Java's client sends and reads them.</summary>
public sealed class ZooKeeperCodecTests
{
    [Fact]
    public void A_session_is_asked_for() => Assert.Equal(
        "0000002D" + "00000000" + "0000000000000000" + "00009C40" + "0000000000000000" + "00000010" + new string('0', 32) + "00",
        Convert.ToHexString(ZooKeeperCodec.Connect(TimeSpan.FromSeconds(40))));

    [Theory]
    [InlineData("00000000" + "00009C40" + "0100000000000007" + "00000000" + "00", 0x0100000000000007)]
    [InlineData("00000000" + "00000000" + "0000000000000000" + "00000000" + "00", 0)] // refused
    public void A_session_is_granted_or_not(string answer, long id) =>
        Assert.Equal(id, ZooKeeperCodec.Connected(Convert.FromHexString(answer)));

    [Fact]
    public void An_identity_goes_as_bytes() => Assert.Equal(
        "00000021" + "FFFFFFFC" + "00000064" + "00000000" + "00000006" + "646967657374" + "00000007" + "73757065723A70",
        Convert.ToHexString(ZooKeeperCodec.AddAuth("super:p")));

    [Fact]
    public void A_change_of_members_names_the_version_that_it_is_for() => Assert.Equal(
        "0000001D" + "00000003" + "00000010" + "FFFFFFFF" + "00000001" + "34" + "FFFFFFFF" + "000000010000001C",
        Convert.ToHexString(ZooKeeperCodec.ChangeMembers(3, null, "4", 0x10000001c)));

    [Fact]
    public void A_node_of_its_own_may_be_read_by_all_and_changed_by_none() => Assert.Equal(
        "00000031" + "00000001" + "00000001" + "00000002" + "2F61" + "00000000" + "00000001" + "00000001" + "00000005" + "776F726C64"
        + "00000006" + "616E796F6E65" + "00000001",
        Convert.ToHexString(ZooKeeperCodec.CreateReadOnlyEphemeral(1, "/a")));

    [Fact]
    public void Other_requests() => Assert.Equal(
        "0000000F" + "00000001" + "00000004" + "00000002" + "2F61" + "00" + "00000008" + "00000002" + "FFFFFFF5" + "00000017" + "00000003"
        + "00000005" + "00000002" + "2F61" + "00000001" + "07" + "FFFFFFFF",
        string.Concat(
            new[] { ZooKeeperCodec.Get(1, "/a"), ZooKeeperCodec.Close(2), ZooKeeperCodec.Set(3, "/a", [7]) }.Select(Convert.ToHexString)));

    [Theory]
    [InlineData(-103, false)]
    [InlineData(-13, true)]
    [InlineData(-14, true)]
    [InlineData(-4, true)]
    [InlineData(-102, false)]
    public void An_answer_tells_whose_it_is_and_what_went_wrong(int error, bool passing)
    {
        var head = ZooKeeperCodec.Head(Convert.FromHexString("00000003" + "0000000100000042" + error.ToString("X8") + "00000002" + "4142"),
            out var rest);
        Assert.Equal((3, error), head);
        Assert.Equal("AB", rest.Text());
        Assert.Equal(passing, new ZooKeeperException(error).IsPassing);
    }

    [Fact]
    public void What_is_cut_off_is_no_answer()
    {
        Assert.Throws<FormatException>(() => ZooKeeperCodec.Head(new byte[8], out _));
        Assert.Throws<FormatException>(() => new JuteReader(Convert.FromHexString("7FFFFFFF41")).Buffer());
    }
}
