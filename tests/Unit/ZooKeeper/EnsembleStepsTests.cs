using KafkaK8s.Core.Model;
using KafkaK8s.Core.Rolling;
using Xunit;

namespace KafkaK8s.Tests.Unit.ZooKeeper;

public sealed class EnsembleStepsTests
{
    [Fact]
    public void Servers_join_one_after_the_other()
    {
        var steps = Grow("FLF", [1, 2, 3], 5);
        Assert.Equal(
            "Check demo-zk,Start demo-zk-3,Join demo-zk-3,Verify demo-zk-3,Check demo-zk,Start demo-zk-4,Join demo-zk-4,Verify demo-zk-4,"
            + "Record demo-kafka", Text(steps));
        Assert.Equal(Enumerable.Range(1, 9), steps.Select(s => s.Step));
        Assert.All(steps,
            s => Assert.True(s is { Cluster: "demo", Namespace: "ns", Kind.Length: > 0, WaitsFor.Length: > 0, Risk.Length: > 0 }));
    }

    [Theory]
    [InlineData("FLFF", new[] { 1, 2, 3 }, 5, "Start demo-zk-3,Start demo-zk-4")] // one half way goes first
    [InlineData("LFF", new[] { 1, 3 }, 4, "Start demo-zk-1,Start demo-zk-3")] // a hole in the ids is filled first
    [InlineData("FLFFF", new[] { 1, 2, 3, 4, 5 }, 5, "")] // an earlier run did all but write it down
    public void Who_is_there_already_joins_first(string pods, int[] members, int target, string starts) =>
        Assert.Equal(starts, Text(Grow(pods, members, target).Where(s => s.Action == ChangeAction.Start)));

    [Theory]
    [InlineData("FLF", 4, "the set has 4 replicas and the new pod")]
    [InlineData("FLFF", 4, "the pod that is there already")]
    public void A_pod_that_is_there_is_not_made(string pods, int target, string words) =>
        Assert.StartsWith(words, Grow(pods, [1, 2, 3], target).Single(s => s.Action == ChangeAction.Start).WaitsFor,
            StringComparison.Ordinal);

    [Fact]
    public void The_highest_leaves_first_and_the_volumes_last() =>
        Assert.Equal(
            "Check demo-zk,Leave demo-zk-4,Verify demo-zk-4,Stop demo-zk-4,Check demo-zk,Leave demo-zk-3,Verify demo-zk-3,Stop demo-zk-3,"
            + "DeleteVolume data-demo-zk-4,DeleteVolume data-demo-zk-3,Record demo-kafka",
            Text(Shrink("FLFFF", [1, 2, 3, 4, 5], 3, "data-demo-zk-4", "data-demo-zk-3")));

    [Fact]
    public void Pods_without_a_vote_that_an_interrupted_removal_left_go_too() =>
        Assert.Equal("Stop demo-zk above 2,Record demo-kafka", Text(Shrink("FLFFF", [1, 2, 3], 3)));

    [Fact]
    public void Handing_over_is_called_a_risk() =>
        Assert.Contains("takes over", Shrink("FFFFL", [1, 2, 3, 4, 5], 4).Single(s => s.Action == "Leave").Risk, StringComparison.Ordinal);

    [Fact]
    public void Restarts_end_with_the_leader_and_an_exchange_frames_them()
    {
        var steps = Restart("FLF", "fresh", 2, 1, 3);
        Assert.Equal("Rotate demo-zk-reconfig,Restart demo-zk-2,Restart demo-zk-0,Restart demo-zk-1,Rotate demo-zk-reconfig", Text(steps));
        Assert.All(steps.Where(s => s.Action == ChangeAction.Restart), s => Assert.Equal("credential", s.Reason));
        Assert.All(Restart("FLF", null, 1, 3), s => Assert.Equal("by hand", s.Reason));
    }

    // What another look shows counts, not what was expected: Next is asked with both.
    [Fact]
    public void A_joiner_that_somebody_else_made_a_member_is_not_voted_for_again()
    {
        var state = EnsembleState.Of(Ensembles.View("FLFF", [1, 2, 3]));
        while (EnsembleSteps.Next(new GrowTo(5), state) is { Action: not ChangeAction.Join } step)
            state = state.With(step);
        Assert.Equal("Join demo-zk-3", EnsembleSteps.Next(new GrowTo(5), state)?.InWords());
        Assert.Equal("Check demo-zk", EnsembleSteps.Next(new GrowTo(5), state.Seen(Ensembles.View("FLFF", [1, 2, 3, 4])))?.InWords());
    }

    [Fact]
    public void A_restart_goes_by_who_leads_at_the_last_look()
    {
        var goal = new RestartServers([.. new[] { 1, 2, 3 }.Select(Ensembles.Names.ServerOfId)], null);
        var state = EnsembleState.Of(Ensembles.View("FLF", [1, 2, 3]));
        state = state.With(EnsembleSteps.Next(goal, state)!);
        Assert.Equal("Restart demo-zk-0", EnsembleSteps.Next(goal, state)?.InWords());
        Assert.Equal("Restart demo-zk-1", EnsembleSteps.Next(goal, state.Seen(Ensembles.View("LFF", [1, 2, 3])))?.InWords());
    }

    [Theory]
    [InlineData("FLF", false)]
    [InlineData("FL-", true)]
    public void A_server_without_a_pod_is_waited_for_and_not_left_out(string pods, bool waits)
    {
        var view = Ensembles.View(pods, [1, 2, 3]);
        var goal = new RestartServers([Ensembles.Names.ServerOfId(3)], null);
        Assert.Equal(waits, EnsembleSteps.Unclear(goal, EnsembleState.Of(view), view) is not null);
    }

    private static IReadOnlyList<PlanStep> Grow(string pods, int[] members, int target) =>
        EnsembleSteps.Unfold(new GrowTo(target), EnsembleState.Of(Ensembles.View(pods, members)));

    private static IReadOnlyList<PlanStep> Shrink(string pods, int[] members, int target, params string[] claims) =>
        EnsembleSteps.Unfold(new ShrinkTo(target, claims), EnsembleState.Of(Ensembles.View(pods, members)));

    private static IReadOnlyList<PlanStep> Restart(string pods, string? credential, params int[] ids) =>
        EnsembleSteps.Unfold(new RestartServers([.. ids.Select(Ensembles.Names.ServerOfId)], credential),
            EnsembleState.Of(Ensembles.View(pods, [1, 2, 3])));

    private static string Text(IEnumerable<PlanStep> steps) => string.Join(',', steps.Select(s => s.InWords()));
}
