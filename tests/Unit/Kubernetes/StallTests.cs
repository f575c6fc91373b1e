using KafkaK8s.Core.Kubernetes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kubernetes;

public sealed class StallTests
{
    public static TheoryData<string, string> States => new()
    {
        { LiveTrees.Running, "" },
        { LiveTrees.Starting, "" },
        { "{}", "" },
        { LiveTrees.Unscheduled, "pod demo-kafka-0: Unschedulable: 0/3 nodes are available: 3 Insufficient memory." },
        { """{"conditions":[{"type":"PodScheduled","status":"False","reason":"SchedulingGated"}]}""", "" },
        { LiveTrees.Container("""{"waiting":{"reason":"ContainerCreating"}}"""), "" },
        { LiveTrees.Container("""{"waiting":{"reason":"PodInitializing"}}"""), "" },
        { LiveTrees.Container("""{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling image \"x/y:1\""}}"""),
        "pod demo-kafka-0: ImagePullBackOff: Back-off pulling image \"x/y:1\"" },
        { LiveTrees.Container("""{"waiting":{"reason":"ErrImagePull","message":"not found"}}"""),
        "pod demo-kafka-0: ErrImagePull: not found" },
        { LiveTrees.Container("""{"waiting":{"reason":"InvalidImageName"}}"""), "pod demo-kafka-0: InvalidImageName" },
        { LiveTrees.Container("""{"waiting":{"reason":"CreateContainerConfigError","message":"secret \"x\" not found"}}"""),
        "pod demo-kafka-0: CreateContainerConfigError: secret \"x\" not found" },
        {
            LiveTrees.Container("""{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 10s restarting failed container"}}""",
                """{"terminated":{"exitCode":78,"reason":"Error","message":"kafka-start: a\nkafka-start: the volume belongs to broker 2\n"}}"""),
            "pod demo-kafka-0: CrashLoopBackOff: exit code 78; it last said: kafka-start: a | kafka-start: the volume belongs to broker 2"
        },
        {
            LiveTrees.Container("""{"waiting":{"reason":"CrashLoopBackOff"}}""",
                """{"terminated":{"exitCode":1,"message":"1\n2\n3\nFatal error\n  Caused by: x\n\tat a.b(C.java:1)\n\tat d\nlast\n\n"}}"""),
            "pod demo-kafka-0: CrashLoopBackOff: exit code 1; it last said: Fatal error | Caused by: x"
        },
        { LiveTrees.Container("""{"waiting":{"reason":"CrashLoopBackOff"}}""", """{"terminated":{"exitCode":137,"reason":"OOMKilled"}}"""),
        "pod demo-kafka-0: CrashLoopBackOff: out of memory" },
        { LiveTrees.Container("""{"terminated":{"exitCode":1,"reason":"Error","message":"no"}}"""),
        "pod demo-kafka-0: Exited: exit code 1; it last said: no" },
        { LiveTrees.Container("""{"terminated":{"exitCode":0,"reason":"Completed"}}"""), "" },
        { """{"initContainerStatuses":[{"name":"i","state":{"waiting":{"reason":"ImagePullBackOff","message":"m"}}}],"containerStatuses":[{"name":"kafka","state":{"waiting":{"reason":"PodInitializing"}}}]}""", "pod demo-kafka-0: ImagePullBackOff: container i: m" },
        { """{"conditions":[{"type":"Ready","status":"False"},{"type":"ContainersReady","status":"True"}],"containerStatuses":[{"ready":true,"started":true,"state":{"running":{}}}]}""", "pod demo-kafka-0: NodeNotReady: its node (unknown) does not answer" },
        // A webhook's sidecar stands first: of ours counts what ours does.
        { """{"containerStatuses":[{"name":"istio-proxy","state":{"running":{}}},{"name":"kafka","state":{"terminated":{"exitCode":1,"message":"no"}}}]}""", "pod demo-kafka-0: Exited: exit code 1; it last said: no" },
        { """{"containerStatuses":[{"name":"istio-proxy","state":{"terminated":{"exitCode":1}}},{"name":"kafka","state":{"running":{}}}]}""", "" },
        { """{"containerStatuses":[{"name":"istio-proxy","state":{"waiting":{"reason":"ErrImagePull","message":"m"}}},{"name":"kafka","state":{"running":{}}}]}""", "pod demo-kafka-0: ErrImagePull: container istio-proxy: m" },
    };

    [Theory]
    [MemberData(nameof(States))]
    public void Of_a_pod(string status, string stall) =>
        Assert.Equal(stall, string.Join("; ", Stalls.OfPod(LiveTrees.Pod("demo-kafka-0", status))));

    [Fact]
    public void A_pod_on_its_way_out_has_none() =>
        Assert.Empty(Stalls.OfPod(
            LiveTrees.Pod("demo-kafka-0", LiveTrees.Container("""{"waiting":{"reason":"CrashLoopBackOff"}}"""), terminating: true)));

    [Theory]
    [InlineData("Pending", "volume.kubernetes.io/storage-provisioner", true)]
    [InlineData("Pending", "volume.beta.kubernetes.io/storage-provisioner", true)]
    [InlineData("Pending", "other", false)] // nobody was asked for a volume yet
    [InlineData("Bound", "volume.kubernetes.io/storage-provisioner", false)]
    public void Of_a_claim(string phase, string annotation, bool stalled)
    {
        var claim =
            Json.Object(
                $$"""{"metadata":{"name":"data-demo-kafka-0","annotations":{"{{annotation}}":"ebs.csi.aws.com"} },"spec":{"storageClassName":"gp3"},"status":{"phase":"{{phase}}"} }""");
        string[] expected = stalled ? [
            "persistentvolumeclaim data-demo-kafka-0: VolumePending: ebs.csi.aws.com, the provisioner of the storage class gp3, has not "
                + "made the volume yet; does it run?"] : [];
        Assert.Equal(expected, Stalls.OfClaim(claim).Select(s => s.ToString()));
        claim["metadata"]!["deletionTimestamp"] = "2026-11-22T10:00:00Z";
        Assert.Empty(Stalls.OfClaim(claim));
    }

    // What 1.20.2 and 1.36.3 say of a pod: the first is on a node without power, the others on a node that answers.
    [Theory]
    [InlineData("""[{"type":"Ready","status":"False"},{"type":"ContainersReady","status":"True"}]""", true)]
    [InlineData("""[{"type":"Ready","status":"True"},{"type":"ContainersReady","status":"True"}]""", false)]
    [InlineData("""[{"type":"Ready","status":"False","reason":"ContainersNotReady"},{"type":"ContainersReady","status":"False","reason":"ContainersNotReady"}]""", false)]
    [InlineData("""[{"type":"Ready","status":"False","reason":"ReadinessGatesNotReady"},{"type":"ContainersReady","status":"True"}]""",
        false)]
    [InlineData("[]", false)]
    public void A_lost_node_shows_in_the_pods_conditions(string conditions, bool lost) =>
        Assert.Equal(lost, Stalls.IsNodeLost(LiveTrees.Pod("demo-kafka-0", $$"""{"conditions":{{conditions}}}""")));

    [Fact]
    public void A_pod_that_cannot_end_names_its_node_and_the_way_out()
    {
        var pod = LiveTrees.Pod("demo-kafka-0",
            """{"conditions":[{"type":"Ready","status":"False"},{"type":"ContainersReady","status":"True"}]}""", terminating: true);
        pod["spec"] = Json.Object("""{"nodeName":"n3"}""");
        string stall = Assert.Single(Stalls.OfPod(pod)).ToString();
        Assert.StartsWith("pod demo-kafka-0: NodeLost: it is being deleted, and its node n3 does not say that it has ended.", stall,
            StringComparison.Ordinal);
        Assert.EndsWith("'kubectl delete pod demo-kafka-0 -n shop --grace-period=0 --force'", stall, StringComparison.Ordinal);
    }

    [Fact]
    public void A_claim_whose_volume_is_gone() =>
        Assert.StartsWith("persistentvolumeclaim data-demo-zk-0: VolumeLost: its volume pv-1 does not exist any more",
        Assert.Single(Stalls.OfClaim(Json.Object(
            """{"metadata":{"name":"data-demo-zk-0"},"spec":{"volumeName":"pv-1"},"status":{"phase":"Lost"}}"""))).ToString(),
            StringComparison.Ordinal);

    // What a kubelet fails at once and mends at the next try is no stall; by the server's own times, whatever ours is.
    [Theory]
    [InlineData("FailedMount", "10:00:00", "10:00:00", "no relationship found between node 'n3' and this object", false)]
    [InlineData("FailedMount", "10:00:00", "10:00:08", "configmap \"demo-kafka-scripts\" not found", false)]
    [InlineData("FailedMount", "10:00:00", "10:00:15", "configmap \"demo-kafka-scripts\" not found", true)]
    [InlineData("FailedMount", "10:00:00", "10:00:00", "timed out waiting for the condition", true)] // the end of two minutes
    [InlineData("FailedCreatePodSandBox", "10:00:00", "10:00:05", "no IP", false)]
    [InlineData("FailedCreatePodSandBox", "10:00:00", "10:00:25", "no IP", true)]
    [InlineData("FailedCreate", "10:00:00", "10:00:00", "exceeded quota", true)]
    // its set still lacks the pod, however long ago it was said
    [InlineData("FailedCreate", "08:00:00", "08:00:00", "exceeded quota", true)]
    [InlineData("ProvisioningFailed", "10:00:00", "10:00:00", "no room", true)]
    [InlineData("FailedAttachVolume", "10:00:00", "10:00:00", "Multi-Attach error", true)]
    [InlineData("Unhealthy", "10:00:00", "10:00:30", "probe failed", false)]
    public void Of_events(string reason, string first, string last, string message, bool counts)
    {
        var e = Event(reason, message);
        (e["firstTimestamp"], e["lastTimestamp"]) = ($"2026-11-22T{first}Z", $"2026-11-22T{last}Z");
        string[] expected = counts ? [$"pod demo-kafka-0: {reason}: {message}"] : [];
        Assert.Equal(expected, Stalls.OfEvents([e], _ => true).Select(s => s.ToString()));
        Assert.Empty(Stalls.OfEvents([e], _ => false));
    }

    [Fact]
    public void Events_with_a_series_tell_by_it_how_long_it_lasts()
    {
        var e = Event("FailedMount", "x");
        (e["eventTime"], e["series"]) = ("2026-11-22T10:00:01.000000Z",
            Json.Object("""{"lastObservedTime":"2026-11-22T10:05:00.000000Z"}"""));
        Assert.Single(Stalls.OfEvents([e], _ => true));
    }

    [Fact]
    public void Events_of_one_reason_count_together_and_the_last_one_is_told()
    {
        var (one, two) = (Event("FailedCreatePodSandBox", "sandbox a"), Event("FailedCreatePodSandBox", "sandbox b"));
        (one["lastTimestamp"], two["lastTimestamp"]) = ("2026-11-22T10:00:00Z", "2026-11-22T10:00:20Z");
        one["metadata"]!["creationTimestamp"] = "2026-11-22T10:00:00Z";
        two["metadata"]!["creationTimestamp"] = "2026-11-22T10:00:20Z";
        Assert.Equal(["pod demo-kafka-0: FailedCreatePodSandBox: sandbox b"],
            Stalls.OfEvents([one, two], _ => true).Select(s => s.ToString()));
    }

    [Theory]
    [InlineData("FailedCreate",
        "create Pod demo-kafka-0 in StatefulSet demo-kafka failed error: pods \"demo-kafka-0\" is forbidden: exceeded quota: q", true)]
    [InlineData("FailedCreate",
        "create Pod demo-kafka-0 in StatefulSet demo-kafka failed error: admission webhook \"p.example\" denied the request: no", true)]
    [InlineData("FailedCreate",
        "create Pod demo-kafka-0 in StatefulSet demo-kafka failed error: Internal error occurred: failed calling webhook \"p.example\"",
        false)]
    [InlineData("FailedMount", "is forbidden", false)]
    public void A_refusal(string reason, string message, bool refusal) =>
        Assert.Equal(refusal, Stalls.IsRefusal(new Stall("statefulset demo-kafka", reason, message)));

    [Theory]
    [InlineData("{}", false)]
    [InlineData("""{"containerStatuses":[{"state":{"waiting":{"reason":"ContainerCreating"}}}]}""", false)]
    [InlineData("""{"containerStatuses":[{"state":{"waiting":{"reason":"ImagePullBackOff"}}}]}""", true)]
    [InlineData("""{"containerStatuses":[{"state":{"running":{}}}]}""", true)]
    [InlineData("""{"containerStatuses":[{"state":{"waiting":{"reason":"ContainerCreating"}},"lastState":{"terminated":{}}}]}""", true)]
    [InlineData("""{"initContainerStatuses":[{"state":{"running":{}}}],"containerStatuses":[{"state":{"waiting":{"reason":"PodInitializing"}}}]}""", true)]
    public void A_pod_is_prepared(string status, bool prepared) =>
        Assert.Equal(prepared, Stalls.IsPrepared(LiveTrees.Pod("demo-kafka-0", status)));

    private static System.Text.Json.Nodes.JsonObject Event(string reason, string message)
    {
        var e =
            Json.Object(
                """{"metadata":{"name":"e","creationTimestamp":"2026-11-22T10:00:00Z"},"involvedObject":{"kind":"Pod","name":"demo-kafka-0"}}""");
        (e["reason"], e["message"]) = (reason, $" {message}\n");
        return e;
    }
}
