using KafkaK8s.Core.Kubernetes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kubernetes;

public sealed class ReadinessTests
{
    [Theory]
    [InlineData("""{"metadata":{"generation":2},"spec":{"replicas":3},"status":{"observedGeneration":2,"replicas":3,"readyReplicas":3}}""",
        true)]
    [InlineData("""{"metadata":{"generation":2},"spec":{"replicas":3},"status":{"observedGeneration":3,"replicas":3,"readyReplicas":3}}""",
        true)]
    // not seen yet
    [InlineData("""{"metadata":{"generation":2},"spec":{"replicas":3},"status":{"observedGeneration":1,"replicas":3,"readyReplicas":3}}""",
        false)]
    [InlineData("""{"metadata":{"generation":2},"spec":{"replicas":3},"status":{"observedGeneration":2,"replicas":3,"readyReplicas":2}}""",
        false)]
    // one on its way out
    [InlineData("""{"metadata":{"generation":2},"spec":{"replicas":3},"status":{"observedGeneration":2,"replicas":4,"readyReplicas":3}}""",
        false)]
    [InlineData("""{"metadata":{"generation":2},"spec":{"replicas":3},"status":{"observedGeneration":2,"replicas":3}}""", false)]
    // replicas default to 1
    [InlineData("""{"metadata":{"generation":1},"spec":{},"status":{"observedGeneration":1,"replicas":1,"readyReplicas":1}}""", true)]
    [InlineData("""{"metadata":{"generation":1},"spec":{"replicas":3}}""", false)]
    [InlineData("""{"metadata":{"generation":1},"spec":{"replicas":0},"status":{"observedGeneration":1}}""", true)]
    public void A_set_is_ready(string set, bool ready) => Assert.Equal(ready, Readiness.IsReady(Json.Object(set)));

    [Theory]
    [InlineData(LiveTrees.Running, false, true)]
    [InlineData(LiveTrees.Running, true, false)]
    [InlineData(LiveTrees.Starting, false, false)]
    [InlineData(LiveTrees.Unscheduled, false, false)]
    [InlineData("{}", false, false)]
    // after the loss of a node the container still says ready
    [InlineData("""{"conditions":[{"type":"Ready","status":"False"},{"type":"ContainersReady","status":"True"}],"containerStatuses":[{"ready":true}]}""", false, false)]
    [InlineData("""{"conditions":[{"type":"Ready","status":"Unknown"}]}""", false, false)]
    [InlineData("""{"conditions":[{"type":"ContainersReady","status":"True"}]}""", false, false)]
    public void A_pod_is_ready(string status, bool terminating, bool ready) =>
        Assert.Equal(ready, Readiness.IsPodReady(LiveTrees.Pod("demo-kafka-0", status, terminating: terminating)));

    [Theory]
    [InlineData(LiveTrees.Running, true, false)]
    [InlineData("{}", true, false)]
    [InlineData("""{"containerStatuses":[{"state":{"waiting":{}}}]}""", true, false)]
    [InlineData("""{"containerStatuses":[{"name":"kafka","state":{"running":{}}},{"name":"x","state":{"terminated":{}}}]}""", true, false)]
    // a sidecar never ends
    [InlineData("""{"containerStatuses":[{"name":"istio-proxy","state":{"running":{}}},{"name":"kafka","state":{"terminated":{}}}]}""",
        true, true)]
    [InlineData("""{"containerStatuses":[{"state":{"terminated":{"exitCode":143}}}]}""", true, true)]
    [InlineData("""{"containerStatuses":[{"state":{"terminated":{"exitCode":143}}}]}""", false, false)] // it will be started again
    public void A_pod_has_ended(string status, bool terminating, bool ended) =>
        Assert.Equal(ended, Readiness.HasEnded(LiveTrees.Pod("demo-kafka-0", status, terminating: terminating)));

    [Theory]
    [InlineData("r1", "r1", false)]
    [InlineData("r1", "r2", true)]
    public void A_pod_is_outdated(string own, string latest, bool outdated) =>
        Assert.Equal(outdated,
            Readiness.IsOutdated(LiveTrees.Pod("demo-kafka-0", revision: own), LiveTrees.Set("demo-kafka", revision: latest)));

    [Fact]
    public void Without_a_revision_nothing_is_outdated()
    {
        Assert.False(Readiness.IsOutdated(LiveTrees.Pod("demo-kafka-0"), Json.Object("""{"metadata":{}}""")));
        Assert.False(Readiness.IsOutdated(Json.Object("""{"metadata":{}}"""), LiveTrees.Set("demo-kafka")));
    }

    [Fact]
    public void Pods_of_a_set_are_those_that_it_owns_in_the_order_of_their_ordinals()
    {
        string[] pods = ["demo-kafka-10", "demo-kafka-2", "demo-zk-0", "other-kafka-1", "demo-kafka-0"];
        Assert.Equal(["demo-kafka-0", "demo-kafka-2", "demo-kafka-10"],
            Readiness.PodsOf(LiveTrees.Set("demo-kafka"), pods.Select(p => LiveTrees.Pod(p))).Select(p => p.Name()));
        Assert.Empty(Readiness.PodsOf(LiveTrees.Set("demo-kafka"), [Json.Object("""{"metadata":{"name":"demo-kafka-0"}}""")]));
    }
}
