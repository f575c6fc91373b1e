using KafkaK8s.Core.Model;
using Xunit;

namespace KafkaK8s.Tests.Unit.Model;

public sealed class SpecTextTests
{
    [Fact]
    public void Nothing_given_is_no_text()
    {
        Assert.Null(SpecText.Write(new ClusterSpec()));
        Assert.Null(SpecText.Write(new ClusterSpec { Name = "demo", Config = new Dictionary<string, string?>(), NodeSelector = new Dictionary<string, string?>(), Toleration = [] }));
    }

    [Fact]
    public void Every_property_comes_back()
    {
        var spec = new ClusterSpec { Name = "demo" };
        foreach (var property in typeof(ClusterSpec).GetProperties().Where(p => p.Name != nameof(ClusterSpec.Name)))
        {
            property.SetValue(spec, property.PropertyType == typeof(int?) ? 7 : property.PropertyType == typeof(bool?) ? false
                : property.PropertyType == typeof(string) ? $"{property.Name} \"é\" <&'>\n"
                : property.PropertyType == typeof(IReadOnlyList<string>) ? new[] { "a", "b=c:NoSchedule" } : new Dictionary<string, string?> { ["b.c"] = "2", ["a"] = "" });
        }

        string text = SpecText.Write(spec)!;
        var read = SpecText.Read(text, "demo")!;
        static ClusterSpec Plain(ClusterSpec s) => s with { Config = null, NodeSelector = null, Toleration = null };
        Assert.Equal(Plain(spec), Plain(read));
        Assert.Equal(spec.Config!.OrderBy(p => p.Key), read.Config!.OrderBy(p => p.Key));
        Assert.Equal(spec.NodeSelector!.OrderBy(p => p.Key), read.NodeSelector!.OrderBy(p => p.Key));
        Assert.Equal(spec.Toleration, read.Toleration);
        Assert.Equal(text, SpecText.Write(read));
        Assert.DoesNotContain("demo", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\\u0026", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_properties_in_another_order_are_the_same_text() =>
        Assert.Equal(
            SpecText.Write(new ClusterSpec { Config = new Dictionary<string, string?> { ["a"] = "1", ["b"] = "2" } }),
            SpecText.Write(new ClusterSpec { Config = new Dictionary<string, string?> { ["b"] = "2", ["a"] = "1" } }));

    [Fact]
    public void The_same_tolerations_in_another_order_are_the_same_text() =>
        Assert.Equal(SpecText.Write(new ClusterSpec { Toleration = ["a", "b"] }), SpecText.Write(new ClusterSpec { Toleration = ["b", "a"] }));

    [Fact]
    public void The_text_is_this_one() =>
        Assert.Equal("""{"zooKeeperCount":5,"storageSize":"10Gi","ephemeral":false,"config":{"a":"1"}}""",
            SpecText.Write(new ClusterSpec { ZooKeeperCount = 5, StorageSize = "10Gi", Ephemeral = false, Config = new Dictionary<string, string?> { ["a"] = "1" } }));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("x")]
    [InlineData("5")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"brokerCount":"many"}""")]
    [InlineData("""{"brokerCount":1e99}""")]
    [InlineData("""{"config":[1]}""")]
    public void What_is_not_ours_is_no_spec(string? text) => Assert.Null(SpecText.Read(text, "demo"));

    [Fact]
    public void Properties_of_a_later_version_are_passed_over()
    {
        var read = SpecText.Read("""{"brokerCount":5,"tieredStorage":{"a":[1]}}""", "demo");
        Assert.Equal(new ClusterSpec { Name = "demo", BrokerCount = 5 }, read);
    }

    [Fact]
    public void The_name_is_the_one_of_the_labels() => Assert.Equal("demo", SpecText.Read("""{"name":"other"}""", "demo")!.Name);
}
