using KafkaK8s.Core.ZooKeeper;
using Xunit;

namespace KafkaK8s.Tests.Unit.ZooKeeper;

public sealed class FourLetterWordTests
{
    [Theory]
    [InlineData("Zookeeper version: 3.8.6-1, built on x\nLatency min/avg/max: 0/0.5/4\nConnections: 2\nZxid: 0x100000003\nMode: leader\nNode count: 5\n", "leader")]
    [InlineData("Mode: follower\r\nNode count: 5\r\n", "follower")]
    [InlineData("Node count: 5\nMode: observer", "observer")]
    [InlineData("Mode: standalone\n", "standalone")]
    [InlineData("This ZooKeeper instance is not currently serving requests\n", "")]
    [InlineData("srvr is not executed because it is not in the whitelist.\n", "")]
    [InlineData("Node Mode: leader\n", "")]
    [InlineData("", "")]
    public void Mode(string answer, string mode) => Assert.Equal(mode, FourLetterWord.Mode(answer));
}
