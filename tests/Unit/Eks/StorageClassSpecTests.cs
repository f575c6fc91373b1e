using KafkaK8s.Core;
using KafkaK8s.Eks;
using Xunit;

namespace KafkaK8s.Tests.Unit.Eks;

public sealed class StorageClassSpecTests
{
    [Fact]
    public void The_class_is_this_one() => Assert.Equal(
        """{"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","metadata":{"name":"kafka-gp3","labels":{"app.kubernetes.io/part-of":"kafkak8s"}},"provisioner":"ebs.csi.aws.com","parameters":{"type":"gp3","encrypted":"true","csi.storage.k8s.io/fstype":"xfs","iops":"6000","throughput":"500"},"volumeBindingMode":"WaitForFirstConsumer","allowVolumeExpansion":true,"reclaimPolicy":"Retain"}""",
        StorageClassSpec.Compose("kafka-gp3", 6000, 500).ToJsonString());

    [Fact]
    public void What_is_not_given_is_left_to_gp3()
    {
        var parameters = StorageClassSpec.Compose("x", null, null)["parameters"]!.AsObject();
        Assert.False(parameters.ContainsKey("iops") || parameters.ContainsKey("throughput"));
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, 750, null)]
    [InlineData(null, 751, "InvalidVolumeSpeed")]
    [InlineData(4000, 1000, null)]
    [InlineData(3999, 1000, "InvalidVolumeSpeed")]
    [InlineData(16000, null, null)]
    public void Throughput_needs_operations(int? iops, int? throughput, string? id) =>
        Assert.Equal(id,
            Record.Exception(() => StorageClassSpec.Check(iops, throughput)) is { } e ? Assert.IsType<ClusterException>(e).Id : null);

    [Fact]
    public void Too_much_is_told_what_it_needs() =>
        Assert.Contains("-Iops 4000", Assert.Throws<ClusterException>(() => StorageClassSpec.Check(3000, 1000)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_class_compares_by_its_fields()
    {
        var wanted = StorageClassSpec.Compose("x", null, null);
        var there = StorageClassSpec.Compose("x", null, null);
        there["metadata"]!["uid"] = "1";
        there["metadata"]!["labels"] = new System.Text.Json.Nodes.JsonObject { ["team"] = "x" };
        Assert.Empty(StorageClassSpec.Compare(wanted, there));
        there["reclaimPolicy"] = "Delete";
        there["parameters"]!["iops"] = "4000";
        Assert.Equal(["parameters.iops: \"4000\" -> (none)", "reclaimPolicy: \"Delete\" -> \"Retain\""],
            StorageClassSpec.Compare(wanted, there).Select(f => f.ToString()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"provisioner":"ebs.csi.aws.com","parameters":{"type":"gp3"},"volumeBindingMode":"WaitForFirstConsumer","allowVolumeExpansion":true}""", "")]
    [InlineData("""{"provisioner":"ebs.csi.eks.amazonaws.com","parameters":{"type":"gp3"},"volumeBindingMode":"WaitForFirstConsumer","allowVolumeExpansion":true}""", "")]
    // gp3 is the driver's default
    [InlineData("""{"provisioner":"ebs.csi.aws.com","volumeBindingMode":"WaitForFirstConsumer","allowVolumeExpansion":true}""", "")]
    [InlineData("""{"provisioner":"kubernetes.io/aws-ebs","parameters":{"type":"gp2"},"volumeBindingMode":"WaitForFirstConsumer","allowVolumeExpansion":true}""", "made by kubernetes.io/aws-ebs")]
    [InlineData("""{"provisioner":"ebs.csi.aws.com","parameters":{"type":"st1"},"volumeBindingMode":"Immediate"}""",
        "type st1, not gp3; binds before the pod has a zone; cannot grow")]
    public void Fit_for_brokers(string tree, string why) => Assert.Equal(why, string.Join("; ", StorageClassSpec.Unfit(Json.Object(tree))));
}
