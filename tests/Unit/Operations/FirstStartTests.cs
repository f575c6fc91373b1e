using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Operations;
using KafkaK8s.Tests.Unit.Kubernetes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Operations;

/// <summary>While the first start of an ensemble waits, it is said for whom.</summary>
public sealed class FirstStartTests
{
    private const string Waits = "; the first start of an ensemble needs all 3 servers, and the others wait for ";

    [Theory]
    // states of the pods by ordinal: r ready, s starting, u unscheduled, - no pod
    [InlineData("ss-", Waits + "demo-zk-2")] // refused by a quota
    [InlineData("usu", Waits + "demo-zk-0, demo-zk-2")]
    [InlineData("sss", "")]
    [InlineData("---", "")] // nobody waits yet
    [InlineData("rs-", "")] // a quorum serves: no first start
    public void The_servers_that_the_others_wait_for_are_named(string states, string text)
    {
        var live = new LiveObjects();
        live.Set(ResourceKind.StatefulSet, "demo-zk", LiveTrees.Set("demo-zk"));
        for (int n = 0; n < states.Length; n++)
        {
            if (states[n] != '-')
                live.Set(ResourceKind.Pod, $"demo-zk-{n}", LiveTrees.Pod($"demo-zk-{n}",
                    states[n] switch { 'r' => LiveTrees.Running, 's' => LiveTrees.Starting, _ => LiveTrees.Unscheduled }));
        }

        int ready = states.Count(s => s == 'r');
        Assert.Equal($"ZooKeeper {ready}/3, brokers 0/0{text}", PodsReady.Look(live, new ClusterNames("demo")).Progress.Text);
    }
}
