using KafkaK8s.Core;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Rolling;
using Xunit;

namespace KafkaK8s.Tests.Unit.ZooKeeper;

public sealed class EnsembleGuardTests
{
    [Theory]
    // pods, members, refusal
    [InlineData("FLF", "1,2,3", null)]
    [InlineData("L", "1", null)]
    [InlineData("FLFF", "1,2,3", null)] // a joiner half-way
    [InlineData("FLFD", "1,2,3", null)] // a joiner that does not come up hurts nobody
    [InlineData("FL-", "1,2,3", "MemberDown")]
    [InlineData("FLD", "1,2,3", "MemberDown")]
    [InlineData("FLT", "1,2,3", "MemberDown")]
    [InlineData("DLD", "1,2,3", "QuorumLost")]
    [InlineData("DDD", "", "QuorumLost")]
    [InlineData("FFF", "1,2,3", "QuorumLost")] // nobody leads: an election
    [InlineData("LLF", "1,2,3", "QuorumLost")]
    [InlineData("FLf", "1,2,3", "MemberLagging")]
    [InlineData("FLo", "1,2,3", "ReconfigInProgress")]
    [InlineData("FLF", "1,2,3,4", "MemberDown")] // a member without a pod
    public void A_server_joins_only_a_whole_ensemble(string pods, string members, string? id) =>
        Assert.Equal(id, EnsembleGuards.MayAdd(Ensembles.View(pods, Ids(members)))?.Id);

    [Theory]
    // pods, members, who leaves, refusal
    [InlineData("FLFFF", "1,2,3,4,5", 5, null)]
    [InlineData("FLFFD", "1,2,3,4,5", 5, null)] // the dead one may leave: the way out when a node is lost
    [InlineData("FLF-", "1,2,3,4", 4, null)]
    [InlineData("FFL", "1,2,3", 3, null)] // the leader
    [InlineData("FL", "1,2", 2, null)]
    [InlineData("DLF", "1,2,3", 3, "WouldLoseQuorum")] // of two that stay one serves
    [InlineData("DLFF", "1,2,3,4", 4, null)] // of three that stay two serve
    [InlineData("L", "1", 1, "LastMember")]
    [InlineData("FLF", "1,2,3", 4, "NotAMember")]
    [InlineData("DDLD", "1,2,3,4", 4, "QuorumLost")]
    [InlineData("FLoF", "1,2,3,4", 4, "ReconfigInProgress")]
    [InlineData("fLFF", "1,2,3,4", 4, "MemberLagging")]
    [InlineData("FLFf", "1,2,3,4", 4, null)] // the one that lags is the one that leaves
    public void A_member_leaves_only_if_a_quorum_stays(string pods, string members, int leaving, string? id) =>
        Assert.Equal(id, EnsembleGuards.MayRemove(Ensembles.View(pods, Ids(members)), leaving)?.Id);

    [Theory]
    // pods, members, who restarts, forced, refusal
    [InlineData("FLF", "1,2,3", 1, false, null)]
    [InlineData("FLF", "1,2,3", 2, false, null)]
    [InlineData("FLD", "1,2,3", 3, false, null)] // down already
    [InlineData("FLD", "1,2,3", 1, false, "MemberDown")] // a second one
    [InlineData("FLFFD", "1,2,3,4,5", 1, false, "MemberDown")] // even where a quorum would stay
    [InlineData("FLFFD", "1,2,3,4,5", 1, true, "MemberDown")]
    [InlineData("L", "1", 1, false, "WouldLoseQuorum")]
    [InlineData("L", "1", 1, true, null)]
    [InlineData("FL", "1,2", 1, false, "WouldLoseQuorum")]
    [InlineData("FLFF", "1,2,3", 4, false, null)] // no member
    [InlineData("DDD", "", 1, true, "QuorumLost")]
    public void A_server_restarts_only_while_all_others_serve(string pods, string members, int restarting, bool force, string? id) =>
        Assert.Equal(id, EnsembleGuards.MayRestart(Ensembles.View(pods, Ids(members)), restarting, force)?.Id);

    [Theory]
    [InlineData("FLFFF", "1,2,3,4,5", "5,4,3,1,2")]
    [InlineData("FLDFF", "5,3,2", "3,5,2")] // the dead one first
    [InlineData("LFF", "2,1", "2,1")]
    public void The_leader_restarts_last_whatever_the_order(string pods, string asked, string order) =>
        Assert.Equal(Ids(order), EnsembleGuards.RestartOrder(Ensembles.View(pods, [1, 2, 3, 4, 5]), Ids(asked)).Select(s => s.Id));

    [Theory]
    [InlineData("FLF", false)]
    [InlineData("AAT", true)] // the leader goes: the others will agree on a new one
    [InlineData("AA-", true)]
    [InlineData("RRD", true)] // slow to answer
    [InlineData("ADD", false)] // one of three: nothing comes of it by itself
    [InlineData("DDD", false)]
    public void An_election_passes_and_a_lost_quorum_does_not(string pods, bool electing) =>
        Assert.Equal(electing, Ensembles.View(pods, [1, 2, 3]).IsElecting);

    [Theory]
    [InlineData(0, false, "LastMember")]
    [InlineData(-1, true, "LastMember")]
    [InlineData(1, false, null)]
    [InlineData(4, false, "EvenEnsemble")]
    [InlineData(4, true, null)]
    [InlineData(255, false, null)]
    [InlineData(257, true, "InvalidCount")]
    public void Sizes(int target, bool force, string? id) =>
        Assert.Equal(id, EnsembleGuards.Size(Ensembles.View("FLF", [1, 2, 3]), target, force)?.Id);

    [Theory]
    [InlineData("FLF", "1,2,3", 1, null)]
    [InlineData("DLF", "1,2,3", 1, "demo-zk-0 does not serve yet")]
    [InlineData("fLF", "1,2,3", 1, "transactions behind")]
    [InlineData("FLFF", "1,2,3,4", 1, "2 of 3 followers in sync")]
    [InlineData("FFF", "1,2,3", 1, "no quorum")]
    public void A_restarted_server_is_back_when_it_serves_and_all_are_in_sync(string pods, string members, int id, string? missing)
    {
        string? text = ZooKeeperRollPolicy.NotBack(Ensembles.View(pods, Ids(members)), id);
        if (missing is null)
            Assert.Null(text);
        else
            Assert.Contains(missing, text, StringComparison.Ordinal);
    }

    [Theory]
    // from, to, members now, asked, target (0: refused)
    [InlineData(0, 0, 3, 2, 5)]
    [InlineData(3, 5, 4, 2, 5)] // interrupted half-way, the same command again
    [InlineData(3, 5, 4, 1, 5)] // what is missing
    [InlineData(3, 5, 3, 2, 5)] // before the first one joined
    [InlineData(3, 5, 5, 2, 5)] // all joined, but not written down
    [InlineData(3, 5, 4, 3, 0)]
    [InlineData(3, 5, 4, -1, 3)] // back again
    [InlineData(5, 3, 4, -2, 3)]
    [InlineData(5, 3, 3, -2, 3)] // out, but the pods are still there
    [InlineData(5, 3, 4, -3, 0)]
    [InlineData(3, 3, 3, 2, 5)] // an unfinished restart says nothing of sizes
    public void An_interrupted_change_is_gone_on_with_by_the_same_command(int from, int to, int members, int asked, int target)
    {
        var unfinished = to == 0 ? null : new LeaseRecord(from, to, "Add-ZooKeeperNode", null, null, default);
        if (target == 0)
            Assert.Equal("ChangeUnfinished",
                Assert.Throws<ClusterException>(() => LeaseRecord.Target(unfinished, members, asked, "demo")).Id);
        else
            Assert.Equal(target, LeaseRecord.Target(unfinished, members, asked, "demo"));
    }

    [Fact]
    public void A_lease_can_be_read_back_and_what_is_left_of_it_is_the_change_of_the_size()
    {
        var change = new LeaseRecord(3, 5, "Add-ZooKeeperNode", "me@here", "x", DateTimeOffset.UtcNow, 7) { Renewals = 2 };
        Assert.Equal(change, LeaseRecord.Read(change.Write()));
        Assert.Equal(change with { Holder = null, Id = null, Process = null, Renewals = 0 }, change.Left());
        Assert.Equal("Add-ZooKeeperNode", (change with { Command = "New-KafkaCluster", Resize = "Add-ZooKeeperNode" }).Left()!.Command);
        Assert.Null((change with { To = 3 }).Left());
        Assert.Null(LeaseRecord.Read("not ours"));
        Assert.Null(LeaseRecord.Read(null));
    }

    [Theory]
    // pods, members, ordinals that are named, members afterwards, refusal
    [InlineData("FLFFF", "1,2,3,4,5", "4", 4, null)]
    [InlineData("FLFFF", "1,2,3,4,5", "3,4", 3, null)]
    [InlineData("FLFFF", "1,2,3,4,5", "4,3,4", 3, null)] // the order, and one twice, are no matter
    [InlineData("FLFFF", "1,2,3,4,5", "0", 4, "NotTheHighest")]
    [InlineData("FLFFF", "1,2,3,4,5", "2,4", 3, "NotTheHighest")]
    [InlineData("FLFF", "1,2,3", "3", 3, null)] // a pod without a vote alone
    [InlineData("FLFF", "1,2,3", "2", 2, "NotTheHighest")] // the pod above it would go too
    [InlineData("FLFF", "1,2,3", "2,3", 2, null)]
    [InlineData("FLF", "1,2,3", "7", 3, "NodeNotFound")]
    public void Servers_that_are_named_are_the_ones_that_go(string pods, string members, string named, int target, string? id) =>
        Assert.Equal(id, ResizeEnsemble.NotTheHighest(Ensembles.View(pods, Ids(members)),
            [.. Ids(named).Select(Ensembles.Names.ZooKeeperPod)], target)?.Id);

    private static int[] Ids(string text) => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
}
