using KafkaK8s.Core.Rolling;
using Xunit;

namespace KafkaK8s.Tests.Unit.ZooKeeper;

public sealed class EnsemblePlanTests
{
    [Fact]
    public void Servers_join_one_after_the_other()
    {
        var steps = EnsemblePlan.Add(Ensembles.View("FLF", [1, 2, 3]), 5);
        Assert.Equal("Check demo-zk,Start demo-zk-3,Join demo-zk-3,Verify demo-zk-3,Check demo-zk,Start demo-zk-4,Join demo-zk-4,Verify demo-zk-4,Record demo-kafka", Text(steps));
        Assert.Equal(Enumerable.Range(1, 9), steps.Select(s => s.Step));
        Assert.All(steps, s => Assert.True(s is { Cluster: "demo", Namespace: "ns", WaitsFor.Length: > 0, Risk.Length: > 0 }));
    }

    [Fact]
    public void A_joiner_half_way_goes_first() =>
        Assert.Equal([3, 4], EnsemblePlan.Joining(Ensembles.View("FLFF", [1, 2, 3]), 5));

    [Fact]
    public void A_hole_in_the_ids_is_filled_first() =>
        Assert.Equal([1, 3], EnsemblePlan.Joining(Ensembles.View("LFF", [1, 3]), 4));

    [Fact]
    public void The_highest_leaves_first_and_its_volume_last() =>
        Assert.Equal("Check demo-zk,Leave demo-zk-4,Verify demo-zk-4,Stop demo-zk-4,DeleteVolume data-demo-zk-4,Check demo-zk,Leave demo-zk-3,Verify demo-zk-3,Stop demo-zk-3,DeleteVolume data-demo-zk-3,Record demo-kafka",
            Text(EnsemblePlan.Remove(Ensembles.View("FLFFF", [1, 2, 3, 4, 5]), 3, deleteData: true)));

    [Fact]
    public void Pods_without_a_vote_that_an_interrupted_removal_left_go_too() =>
        Assert.Equal("Stop demo-zk above 2,Record demo-kafka", Text(EnsemblePlan.Remove(Ensembles.View("FLFFF", [1, 2, 3]), 3, deleteData: false)));

    [Fact]
    public void Handing_over_is_called_a_risk()
    {
        var steps = EnsemblePlan.Remove(Ensembles.View("FFFFL", [1, 2, 3, 4, 5]), 4, deleteData: false);
        Assert.Contains("takes over", steps.Single(s => s.Action == "Leave").Risk, StringComparison.Ordinal);
    }

    [Fact]
    public void Restarts_end_with_the_leader_and_an_exchange_frames_them() =>
        Assert.Equal("Rotate demo-zk-reconfig,Restart demo-zk-2,Restart demo-zk-0,Restart demo-zk-1,Rotate demo-zk-reconfig", Text(EnsemblePlan.Restart(Ensembles.View("FLF", [1, 2, 3]), [2, 1, 3], "fresh")));

    private static string Text(IEnumerable<PlanStep> steps) => string.Join(',', steps.Select(s => $"{s.Action} {s.Name}"));
}
