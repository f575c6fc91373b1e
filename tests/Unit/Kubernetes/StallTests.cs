using System.Globalization;
using KafkaK8s.Core.Kubernetes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kubernetes;

public sealed class StallTests
{
    private static readonly DateTimeOffset Since = DateTimeOffset.Parse("2026-11-22T10:00:00Z", CultureInfo.InvariantCulture);

    public static TheoryData<string, string> States => new()
    {
        { LiveTrees.Running, "" },
        { LiveTrees.Starting, "" },
        { "{}", "" },
        { LiveTrees.Unscheduled, "pod demo-kafka-0: Unschedulable: 0/3 nodes are available: 3 Insufficient memory." },
        { """{"conditions":[{"type":"PodScheduled","status":"False","reason":"SchedulingGated"}]}""", "" },
        { LiveTrees.Container("""{"waiting":{"reason":"ContainerCreating"}}"""), "" },
        { LiveTrees.Container("""{"waiting":{"reason":"PodInitializing"}}"""), "" },
        { LiveTrees.Container("""{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling image \"x/y:1\""}}"""), "pod demo-kafka-0: ImagePullBackOff: Back-off pulling image \"x/y:1\"" },
        { LiveTrees.Container("""{"waiting":{"reason":"ErrImagePull","message":"not found"}}"""), "pod demo-kafka-0: ErrImagePull: not found" },
        { LiveTrees.Container("""{"waiting":{"reason":"InvalidImageName"}}"""), "pod demo-kafka-0: InvalidImageName" },
        { LiveTrees.Container("""{"waiting":{"reason":"CreateContainerConfigError","message":"secret \"x\" not found"}}"""), "pod demo-kafka-0: CreateContainerConfigError: secret \"x\" not found" },
        {
            LiveTrees.Container("""{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 10s restarting failed container"}}""", """{"terminated":{"exitCode":78,"reason":"Error","message":"kafka-start: a\nkafka-start: the volume belongs to broker 2\n"}}"""),
            "pod demo-kafka-0: CrashLoopBackOff: exit code 78; it last said: kafka-start: a | kafka-start: the volume belongs to broker 2"
        },
        {
            LiveTrees.Container("""{"waiting":{"reason":"CrashLoopBackOff"}}""", """{"terminated":{"exitCode":1,"message":"1\n2\n3\nFatal error\n  Caused by: x\n\tat a.b(C.java:1)\n\tat d\nlast\n\n"}}"""),
            "pod demo-kafka-0: CrashLoopBackOff: exit code 1; it last said: Fatal error | Caused by: x | last"
        },
        { LiveTrees.Container("""{"waiting":{"reason":"CrashLoopBackOff"}}""", """{"terminated":{"exitCode":137,"reason":"OOMKilled"}}"""), "pod demo-kafka-0: CrashLoopBackOff: out of memory" },
        { LiveTrees.Container("""{"terminated":{"exitCode":1,"reason":"Error","message":"no"}}"""), "pod demo-kafka-0: Exited: exit code 1; it last said: no" },
        { LiveTrees.Container("""{"terminated":{"exitCode":0,"reason":"Completed"}}"""), "" },
        { """{"initContainerStatuses":[{"name":"i","state":{"waiting":{"reason":"ImagePullBackOff","message":"m"}}}],"containerStatuses":[{"name":"kafka","state":{"waiting":{"reason":"PodInitializing"}}}]}""", "pod demo-kafka-0: ImagePullBackOff: m" },
        { """{"conditions":[{"type":"Ready","status":"False","reason":"NodeNotReady"}],"containerStatuses":[{"ready":true,"started":true,"state":{"running":{}}}]}""", "" }, // a lost node is told by the view, not as a stall
    };

    [Theory]
    [MemberData(nameof(States))]
    public void Of_a_pod(string status, string stall) => Assert.Equal(stall, string.Join("; ", Stalls.OfPod(LiveTrees.Pod("demo-kafka-0", status))));

    [Fact]
    public void A_pod_on_its_way_out_has_none() =>
        Assert.Empty(Stalls.OfPod(LiveTrees.Pod("demo-kafka-0", LiveTrees.Container("""{"waiting":{"reason":"CrashLoopBackOff"}}"""), terminating: true)));

    [Theory]
    [InlineData("Pending", "volume.kubernetes.io/storage-provisioner", true)]
    [InlineData("Pending", "volume.beta.kubernetes.io/storage-provisioner", true)]
    [InlineData("Pending", "other", false)] // nobody was asked for a volume yet
    [InlineData("Bound", "volume.kubernetes.io/storage-provisioner", false)]
    public void Of_a_claim(string phase, string annotation, bool stalled)
    {
        var claim = Json.Object($$"""{"metadata":{"name":"data-demo-kafka-0","annotations":{"{{annotation}}":"ebs.csi.aws.com"} },"spec":{"storageClassName":"gp3"},"status":{"phase":"{{phase}}"} }""");
        string[] expected = stalled ? ["persistentvolumeclaim data-demo-kafka-0: VolumePending: ebs.csi.aws.com, the provisioner of the storage class gp3, has not made the volume yet; does it run?"] : [];
        Assert.Equal(expected, Stalls.OfClaim(claim).Select(s => s.ToString()));
        claim["metadata"]!["deletionTimestamp"] = "2026-11-22T10:00:00Z";
        Assert.Empty(Stalls.OfClaim(claim));
    }

    [Theory]
    [InlineData("FailedMount", "demo-kafka-0", "\"lastTimestamp\":\"2026-11-22T10:00:00Z\"", true)]
    [InlineData("FailedMount", "demo-kafka-0", "\"lastTimestamp\":\"2026-11-22T09:59:59Z\"", false)]
    [InlineData("FailedMount", "demo-kafka-0", "\"lastTimestamp\":null,\"eventTime\":\"2026-11-22T10:00:01.123456Z\"", true)]
    [InlineData("FailedMount", "demo-kafka-0", "\"eventTime\":\"2026-11-22T09:00:00.000000Z\",\"series\":{\"lastObservedTime\":\"2026-11-22T10:05:00.000000Z\"}", true)]
    [InlineData("FailedMount", "other-0", "\"lastTimestamp\":\"2026-11-22T10:00:00Z\"", false)]
    [InlineData("Unhealthy", "demo-kafka-0", "\"lastTimestamp\":\"2026-11-22T10:00:00Z\"", false)]
    [InlineData("FailedCreate", "demo-kafka-0", "\"lastTimestamp\":\"2026-11-22T10:00:00Z\"", true)]
    [InlineData("ProvisioningFailed", "demo-kafka-0", "\"lastTimestamp\":\"2026-11-22T10:00:00Z\"", true)]
    [InlineData("FailedAttachVolume", "demo-kafka-0", "\"lastTimestamp\":\"2026-11-22T10:00:00Z\"", true)]
    [InlineData("FailedCreatePodSandBox", "demo-kafka-0", "\"lastTimestamp\":\"2026-11-22T10:00:00Z\"", true)]
    public void Of_events(string reason, string name, string time, bool counts)
    {
        var e = Json.Object($$"""{"metadata":{"name":"e","creationTimestamp":"2026-11-22T08:00:00Z"},"reason":"{{reason}}","message":" no room\n","involvedObject":{"kind":"Pod","name":"{{name}}"},{{time}}}""");
        string[] expected = counts ? [$"pod {name}: {reason}: no room"] : [];
        Assert.Equal(expected, Stalls.OfEvents([e], n => n.StartsWith("demo-", StringComparison.Ordinal), Since).Select(s => s.ToString()));
    }
}
