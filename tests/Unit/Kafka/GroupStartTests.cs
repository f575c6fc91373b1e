using KafkaK8s.Core;
using KafkaK8s.Core.Kafka;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

public sealed class GroupStartTests
{
    private static readonly PartitionView[] Partitions = [new("t", 0, 4, [4], [4]), new("t", 1, 5, [5], [5]), new("t", 2, 4, [4], [4])];

    [Theory]
    [InlineData(false, "0001")]
    [InlineData(true, "0000")]
    public async Task The_ends_of_all_leaders_are_committed_at_the_groups_coordinator(bool old, string version)
    {
        var asked = new List<string>();
        await GroupStart.AtEndsAsync((broker, request) => Task.FromResult<byte[]?>(Answer(asked, broker, request, old)), old, "t", Now, "g",
            default);
        string head = "6b386b38" + "0008" + "6b61666b616b3873";
        string latest = "ffffffffffffffff" + (old ? "00000001" : "");
        Assert.Equal(
        [
            $"4 0002{version}{head}" + "ffffffff" + "00000001" + "000174" + "00000002" + "00000000" + latest + "00000002" + latest,
            $"5 0002{version}{head}" + "ffffffff" + "00000001" + "000174" + "00000001" + "00000001" + latest,
            $"4 000a0000{head}" + "000167",
            $"6 00080002{head}" + "000167" + "ffffffff" + "0000" + "000000000036ee80" + "00000001" + "000174" + "00000003"
                + "00000000" + "0000000000000064" + "0000" + "00000002" + "0000000000000066" + "0000" + "00000001" + "0000000000000065"
                + "0000",
        ],
        asked);
    }

    [Fact]
    public async Task What_passes_is_asked_again()
    {
        var asked = new List<string>();
        int tries = 0;
        await GroupStart.AtEndsAsync((broker, request) => Task.FromResult<byte[]?>(
            Answer(asked, broker, request, false, coordinatorError: tries++ < 3 ? (short)15 : (short)0)), false, "t", Now, "g", default);
        Assert.Equal(7, asked.Count); // twice two leaders and the coordinator's name, once the commit
    }

    [Fact]
    public async Task What_does_not_pass_is_named()
    {
        var e = await Assert.ThrowsAsync<ClusterException>(() =>
            GroupStart.AtEndsAsync((broker, request) => Task.FromResult<byte[]?>(Answer([], broker, request, false, coordinatorError: 30)),
                false, "t", Now, "g", default));
        Assert.Equal("PartitionUnreadable", e.Id);
        Assert.Contains("Group authorization failed", e.Message, StringComparison.Ordinal);
    }

    private static Task<IReadOnlyList<PartitionView>> Now() => Task.FromResult<IReadOnlyList<PartitionView>>(Partitions);

    private static byte[] Answer(List<string> asked, int broker, byte[] request, bool old, short coordinatorError = 0)
    {
        asked.Add($"{broker} {Convert.ToHexStringLower(request)[8..]}");
        var w = new WireWriter();
        w.Int32(BrokerRequest.Correlation);
        switch (request[5])
        {
            case 2:
                w.Count(1);
                w.Text("t");
                int[] led = [.. Partitions.Where(p => p.Leader == broker).Select(p => p.Partition)];
                w.Count(led.Length);
                foreach (int partition in led)
                {
                    w.Int32(partition);
                    w.Int16(0);
                    if (old)
                        w.Count(1);
                    else
                        w.Int64(-1);
                    w.Int64(100 + partition);
                }

                break;
            case 10:
                w.Int16(coordinatorError);
                w.Int32(6);
                w.Text("host");
                w.Int32(9092);
                break;
            default:
                w.Count(1);
                w.Text("t");
                w.Count(1);
                w.Int32(0);
                w.Int16(0);
                break;
        }

        return w.Written();
    }
}
