using KafkaK8s.Core.ZooKeeper;
using Xunit;

namespace KafkaK8s.Tests.Unit.ZooKeeper;

public sealed class EnsembleViewTests
{
    private const string Conf =
        "clientPort=2181\nserverId=2\nmembership: "
            + "\nserver.1=zk-0.zk-headless.ns.svc:2888:3888:participant;0.0.0.0:2181\nserver.12=zk-11.zk-headless.ns.svc:2888:3888:observer;2181\nversion=10000001c";

    [Fact]
    public void A_configuration_is_read_from_conf_that_ends_without_a_line_end()
    {
        var config = EnsembleConfig.Parse(Conf)!;
        Assert.Equal((0x10000001cL, "10000001c", 1), (config.Version, config.VersionText, config.Quorum));
        Assert.Equal([new ConfigMember(1, "zk-0.zk-headless.ns.svc", "participant"),
            new ConfigMember(12, "zk-11.zk-headless.ns.svc", "observer")], config.Members);
        Assert.Equal([1], config.Voters);
    }

    [Theory]
    [InlineData("")]
    [InlineData("This ZooKeeper instance is not currently serving requests\n")]
    [InlineData("server.1=zk-0:2888:3888;2181\n")] // cut off before the version
    [InlineData("version=0")]
    public void Without_both_there_is_none(string text) => Assert.Null(EnsembleConfig.Parse(text));

    [Fact]
    public void What_we_ask_for_can_be_read_back() =>
        Assert.Equal(new ConfigMember(4, "a.b.svc", "participant"),
            EnsembleConfig.Parse(EnsembleConfig.Parse(Conf)!.Participant(4, "a.b.svc") + "\nversion=1")!.Members.Single());

    [Fact]
    public void A_server_answers_for_itself()
    {
        var answer = ServerAnswer.Parse(
            "Zookeeper version: 3.8.0-${mvngit.commit.id}, built on 2022\nLatency min/avg/max: 0/0.3217/12\nReceived: 123\nConnections: "
                + "4\nOutstanding: 0\nZxid: 0x10000021c\nMode: leader\nNode count: 140\n",
            "zk_version\t3.8.0\nzk_synced_followers\t2.0\nzk_synced_non_voting_followers\t1\n", Conf);
        Assert.Equal(("leader", 0x10000021cL, 0.3217, 4, 2, "3.8.0", true), (answer.Mode, answer.Zxid!.Value, answer.Latency!.Value,
            answer.Connections!.Value, answer.SyncedFollowers!.Value, answer.Version, answer.Alive));
        Assert.Equal(0x10000001c, answer.Config!.Version);
    }

    [Fact]
    public void Out_of_a_quorum_it_says_nothing()
    {
        var answer = ServerAnswer.Parse("This ZooKeeper instance is not currently serving requests\n", "", Conf);
        Assert.Equal(("", null, null, true), (answer.Mode, answer.Zxid, answer.Config, answer.Alive));
    }

    [Fact]
    public void A_healthy_ensemble_has_no_reasons()
    {
        var nodes = Ensembles.View("FLF", [1, 2, 3]).Nodes().ToList();
        Assert.All(nodes, n => Assert.Equal(("", true, true), (n.Reason, n.InConfig!.Value, n.Ready)));
        Assert.Equal(["follower", "leader", "follower"], nodes.Select(n => n.Mode));
        Assert.Equal([2L, 0L, 2L], nodes.Select(n => n.Lag!.Value));
        Assert.Equal(["data-demo-zk-0", "data-demo-zk-1", ""], nodes.Select(n => n.Volume));
        Assert.Equal([true, true, false], nodes.Select(n => n.Resolves!.Value));
        Assert.Equal(("demo-zk-1", 2, "0x200000f00", "demo-zk-1.demo-zk-headless.ns.svc", "participant", "200000001", 1),
            (nodes[1].Node, nodes[1].Id, nodes[1].Zxid, nodes[1].DnsName, nodes[1].Role, nodes[1].ConfigVersion, nodes[1].Restarts));
    }

    [Theory]
    [InlineData("FLF", new[] { 1, 2, 3, 4 }, 3, "4: a member without a pod*Remove-ZooKeeperNode*")]
    [InlineData("FLF-", new[] { 1, 2, 3, 4 }, 4, "4: a member whose pod is not there yet")]
    [InlineData("FLFF", new[] { 1, 2, 3 }, 4, "4: in no configuration*Add-ZooKeeperNode demo*")]
    [InlineData("FLFD", new[] { 1, 2, 3 }, 4, "4: in no configuration; does not answer")]
    [InlineData("FLD", new[] { 1, 2, 3 }, 3, "3: does not answer")]
    [InlineData("FLT", new[] { 1, 2, 3 }, 3, "3: the pod is ending")]
    [InlineData("FLo", new[] { 1, 2, 3 }, 3, "3: goes by the configuration of version 100000000, the last one is 200000001")]
    [InlineData("LLF", new[] { 1, 2, 3 }, 3, "1: 2 servers say that they lead")]
    [InlineData("DDD", new int[0], 3, "1: the ensemble has no quorum; does not answer")]
    public void What_is_amiss_is_said(string pods, int[] members, int replicas, string expected)
    {
        var node = Ensembles.View(pods, members, replicas).Nodes().Single(n => n.Id == expected[0] - '0');
        Assert.Matches("^" + string.Join(".*", expected[3..].Split('*').Select(System.Text.RegularExpressions.Regex.Escape)) + "$",
            node.Reason);
    }

    [Fact]
    public void Without_a_quorum_nobody_knows_who_belongs() => Assert.All(Ensembles.View("DDD", []).Nodes(), n => Assert.Null(n.InConfig));

    [Theory]
    [InlineData(0x100000010, 0x100000010, 0)]
    [InlineData(0x100000010, 0x100000001, 15)]
    [InlineData(0x100000001, 0x100000010, 0)] // asked at slightly different moments
    [InlineData(0x200000000, 0x100000010, 0)] // nothing was written since the election
    [InlineData(0x200000003, 0x100000010, 3)]
    public void A_distance_counts_what_the_leader_has_and_the_other_has_not(long ahead, long own, long distance) =>
        Assert.Equal(distance, EnsembleView.Distance(ahead, own));
}
