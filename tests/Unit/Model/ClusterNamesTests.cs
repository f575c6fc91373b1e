using KafkaK8s.Core.Model;
using Xunit;

namespace KafkaK8s.Tests.Unit.Model;

public sealed class ClusterNamesTests
{
    [Fact]
    public void The_cluster_of_the_plain_manifests_has_no_prefix()
    {
        var names = new ClusterNames("kafka");
        Assert.Equal(("kafka", "zk", "kafka-service", "kafka-headless", "zk-reconfig"),
            (names.BrokerSet, names.ZooKeeperSet, names.BootstrapService, names.BrokerHeadless, names.ReconfigSecret));
    }

    [Fact]
    public void Any_other_has_its_name_before_all()
    {
        var names = new ClusterNames("demo");
        Assert.Equal(("demo-kafka", "demo-zk", "demo-kafka-service", "demo-kafka-headless", "demo-zk-reconfig"),
            (names.BrokerSet, names.ZooKeeperSet, names.BootstrapService, names.BrokerHeadless, names.ReconfigSecret));
        Assert.Equal(("demo-kafka-2", "demo-zk-0", "data-demo-kafka-2"),
            (names.BrokerPod(2), names.ZooKeeperPod(0), ClusterNames.Claim(names.BrokerPod(2))));
        Assert.Equal("demo-kafka-service.shop.svc:9092", names.Bootstrap("shop"));
        Assert.Equal("demo-kafka-2.demo-kafka-headless.shop.svc", names.BrokerHost(2, "shop"));
        Assert.Equal("app.kubernetes.io/part-of=kafkak8s,app.kubernetes.io/instance=demo", names.Selector);
    }

    [Theory]
    [InlineData("kafka-0", 0)]
    [InlineData("data-demo-kafka-12", 12)]
    [InlineData("kafka", -1)]
    [InlineData("kafka-", -1)]
    [InlineData("kafka-x", -1)]
    [InlineData("", -1)]
    public void Ordinals(string pod, int ordinal) => Assert.Equal(ordinal, ClusterNames.Ordinal(pod));
}
