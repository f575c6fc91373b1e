using KafkaK8s.Core.Kubernetes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

public sealed class ChannelFramesTests
{
    [Fact]
    public void A_port_forward_drops_the_port_once_for_each_channel()
    {
        var frames = new ChannelFrames(portBytes: 2);
        Assert.Equal(new ChannelSlice(0, 3, 0), frames.Take([0, 0x87, 0x23], true));
        Assert.Equal(new ChannelSlice(1, 3, 0), frames.Take([1, 0x87, 0x23], true));
        Assert.Equal(new ChannelSlice(0, 1, 2), frames.Take([0, 7, 8], true));
        Assert.Equal(new ChannelSlice(1, 1, 1), frames.Take([1, 9], true));
    }

    [Fact]
    public void Port_bytes_and_data_may_share_a_message_or_be_torn_apart()
    {
        var frames = new ChannelFrames(portBytes: 2);
        Assert.Equal(new ChannelSlice(0, 2, 0), frames.Take([0, 0x87], false));
        Assert.Equal(new ChannelSlice(0, 1, 2), frames.Take([0x23, 5, 6], true));
        Assert.Equal(new ChannelSlice(1, 3, 1), frames.Take([1, 0x87, 0x23, 4], true));
    }

    [Fact]
    public void Only_the_first_piece_of_a_message_names_the_channel()
    {
        var frames = new ChannelFrames(portBytes: 0);
        Assert.Equal(new ChannelSlice(2, 1, 1), frames.Take([2, 65], false));
        Assert.Equal(new ChannelSlice(2, 0, 2), frames.Take([1, 66], true));
        Assert.Equal(new ChannelSlice(1, 1, 1), frames.Take([1, 67], true));
    }

    [Fact]
    public void An_empty_first_piece_leaves_the_start_to_the_next()
    {
        var frames = new ChannelFrames(portBytes: 0);
        frames.Take([], false);
        Assert.Equal(new ChannelSlice(3, 1, 1), frames.Take([3, 123], true));
    }

    [Theory]
    [InlineData("""{"status":"Success"}""", 0, null)]
    [InlineData("""{"status":"Failure","message":"exit 7","details":{"causes":[{"reason":"ExitCode","message":"7"}]}}""", 7, "exit 7")]
    [InlineData("""{"status":"Failure","message":"executable file not found in $PATH","reason":"InternalError"}""", null,
        "executable file not found in $PATH")]
    [InlineData("not json", null, "not json")]
    public void The_status_of_an_exec_gives_its_exit_code(string json, int? code, string? failure) =>
        Assert.Equal(new ExecResult(code, failure), PodExec.ParseStatus(System.Text.Encoding.UTF8.GetBytes(json)));
}
