using KafkaK8s.Core;
using KafkaK8s.Eks;
using Xunit;
using static KafkaK8s.Tests.Unit.Eks.EksSamples;

namespace KafkaK8s.Tests.Unit.Eks;

public sealed class InstanceFitTests
{
    [Theory]
    [InlineData("m5.large", null)]
    [InlineData("m7g.large", null)]
    [InlineData("r7g.xlarge", null)]
    [InlineData("r6i.xlarge,r5.xlarge", null)]
    [InlineData("t3.medium", "InstanceTypeUnfit")]
    [InlineData("t3.2xlarge", "InstanceTypeUnfit")]
    [InlineData("c7g.medium", "InstanceTypeTooSmall")]
    [InlineData("c6i.large", "InstanceTypeTooSmall")]
    [InlineData("r6i.xlarge,m5.large", "InstanceTypesDiffer")]
    [InlineData("r6i.xlarge,r7g.xlarge", "InstanceTypesDiffer")] // same size, another architecture
    [InlineData("m5.large,t3.2xlarge", "InstanceTypesDiffer")]
    public void Fit(string types, string? id) => Assert.Equal(id, IdOf(types, Load));

    [Theory]
    [InlineData("m5.large", 6400, 1.5, null)]
    [InlineData("m5.large", 7168, 1, "InstanceTypeTooSmall")] // 7 GiB of 8: firmware, kernel and kubelet have their part
    [InlineData("m5.large", 1024, 2, "InstanceTypeTooSmall")]
    [InlineData("r7g.xlarge", 28672, 3, null)]
    [InlineData("r7g.xlarge", 32768, 1, "InstanceTypeTooSmall")]
    public void Room_for_the_broker(string type, int mib, double cpus, string? id) =>
        Assert.Equal(id, IdOf(type, new NodeLoad(mib, (decimal)cpus)));

    [Fact]
    public void Too_small_has_the_numbers()
    {
        var e = Assert.Throws<ClusterException>(() => InstanceFit.Check([Type("m5.large")], new NodeLoad(16896, 0.35m), Zones));
        Assert.Equal(
            "m5.large (2 CPUs, 8 GiB, x86_64) leaves 6647 MiB and 1.68 CPUs to pods, and a broker with a ZooKeeper server asks for 16896 "
                + "MiB and 0.35 CPUs. Choose a larger type, or a smaller -BrokerMemory or -BrokerCpu.", e.Message);
    }

    [Fact]
    public void Every_zone_must_offer_it()
    {
        var e = Assert.Throws<ClusterException>(
            () => InstanceFit.Check([Type("r7g.xlarge"), Type("r6g.xlarge", ["eu-central-1a"])], Load, Zones));
        Assert.Equal(("InstanceTypeNotOffered", "r6g.xlarge"), (e.Id, e.Target));
        Assert.Contains("in eu-central-1b, eu-central-1c; it does in eu-central-1a.", e.Message, StringComparison.Ordinal);
        InstanceFit.Check([Type("r6g.xlarge", ["eu-central-1a"])], Load, ["eu-central-1a"]);
    }

    [Theory]
    [InlineData("x86_64", false, "AL2023_x86_64_STANDARD")]
    [InlineData("arm64", false, "AL2023_ARM_64_STANDARD")]
    [InlineData("x86_64", true, "BOTTLEROCKET_x86_64")]
    [InlineData("arm64", true, "BOTTLEROCKET_ARM_64")]
    public void The_image_follows_the_architecture(string architecture, bool bottlerocket, string ami) =>
        Assert.Equal(ami, InstanceFit.AmiType(architecture, bottlerocket));

    // Allocatable as nodes reported it elsewhere lies a little above: the rest are the daemons of every node.
    [Theory]
    [InlineData("m5.large", 6647, 1.68)]
    [InlineData("r7g.xlarge", 29061, 3.67)]
    public void Room_for_pods(string type, int mib, double cpus) =>
        Assert.Equal((mib, (decimal)cpus), (InstanceFit.UsableMemoryMib(Type(type)), InstanceFit.UsableCpus(Type(type))));

    private static string? IdOf(string types, NodeLoad load) =>
        Record.Exception(() => InstanceFit.Check([.. types.Split(',').Select(t => Type(t))], load, Zones)) is { } e
        ? Assert.IsType<ClusterException>(e).Id : null;
}
