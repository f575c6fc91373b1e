using KafkaK8s.Core.ZooKeeper;
using Xunit;

namespace KafkaK8s.Tests.Unit.ZooKeeper;

public sealed class FourLetterWordTests
{
    [Theory]
    [InlineData("Zookeeper version: 3.8.6-1, built on x\nLatency min/avg/max: 0/0.5/4\nConnections: 2\nZxid: 0x100000003\nMode: "
        + "leader\nNode count: 5\n", "leader")]
    [InlineData("Mode: follower\r\nNode count: 5\r\n", "follower")]
    [InlineData("Node count: 5\nMode: observer", "observer")]
    [InlineData("Mode: standalone\n", "standalone")]
    [InlineData("This ZooKeeper instance is not currently serving requests\n", "")]
    [InlineData("srvr is not executed because it is not in the whitelist.\n", "")]
    [InlineData("Node Mode: leader\n", "")]
    [InlineData("", "")]
    public void Mode(string answer, string mode) => Assert.Equal(mode, FourLetterWord.Mode(answer));

    [Theory]
    [InlineData("srvr", "Zxid: 0x100000003\nMode: follower\nNode count: 5\n", true)]
    [InlineData("srvr", "Mode: leader\nNode count: 5\nProposal sizes last/min/max: 94/48/126\n", true)]
    [InlineData("srvr", "Zxid: 0x100000003\nMode: leader\n", false)]
    [InlineData("srvr", "Mode: leader\nNode count: 5\nProposal siz", false)]
    [InlineData("srvr", "This ZooKeeper instance is not currently serving requests\n", true)]
    [InlineData("conf", "server.1=a:2888:3888:participant;0.0.0.0:2181\nversion=10000001c", true)]
    [InlineData("conf", "server.1=a:2888:3888:participant;0.0.0.0:2181\nversion=1000000", false)] // cut off: another version
    [InlineData("conf", "server.1=a:2888:3888:participant;0.0.0.0:2181\n", false)]
    [InlineData("mntr", "zk_version\t3.8.6\nzk_synced_followers\t2\n", true)]
    [InlineData("mntr", "zk_version\t3.8.6\nzk_synced_foll", false)]
    [InlineData("mntr", "", false)]
    public void The_end_of_an_answer_is_known_before_the_connection_ends(string word, string answer, bool whole) =>
        Assert.Equal(whole, FourLetterWord.IsWhole(word, answer));
}
