using System.Reflection;
using KafkaK8s.Core.Model;
using Xunit;

namespace KafkaK8s.Tests.Unit.Model;

public sealed class SpecStoreTests
{
    [Fact]
    public void Nothing_given_is_no_text()
    {
        Assert.Null(SpecStore.Write(new ClusterSpec()));
        Assert.Null(SpecStore.Write(new ClusterSpec
        {
            Name = "demo",
            Config = new Dictionary<string, string?>(),
            NodeSelector = new Dictionary<string, string?>(),
            Toleration = []
        }));
    }

    [Fact]
    public void Every_property_comes_back()
    {
        var spec = new ClusterSpec { Name = "demo" };
        foreach (var property in typeof(ClusterSpec).GetProperties().Where(p => p.Name != nameof(ClusterSpec.Name)))
        {
            property.SetValue(spec, property.PropertyType == typeof(int?) ? 7 : property.PropertyType == typeof(bool?) ? false
                : property.PropertyType == typeof(string) ? $"{property.Name} \"é\" <&'>\n"
                : property.PropertyType == typeof(IReadOnlyList<string>) ? new[] { "a", "b=c:NoSchedule" }
                    : new Dictionary<string, string?> { ["b.c"] = "2", ["a"] = "" });
        }

        string text = SpecStore.Write(spec)!;
        var read = Read(text);
        static ClusterSpec Plain(ClusterSpec s) => s with { Config = null, NodeSelector = null, Toleration = null };
        Assert.Equal(Plain(spec), Plain(read));
        Assert.Equal(spec.Config!.OrderBy(p => p.Key), read.Config!.OrderBy(p => p.Key));
        Assert.Equal(spec.NodeSelector!.OrderBy(p => p.Key), read.NodeSelector!.OrderBy(p => p.Key));
        Assert.Equal(spec.Toleration, read.Toleration);
        Assert.Equal(text, SpecStore.Write(read));
        Assert.DoesNotContain("demo", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\\u0026", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_and_lists_in_another_order_are_the_same_text()
    {
        static string? Text(PropertyInfo property, object value)
        {
            var spec = new ClusterSpec();
            property.SetValue(spec, value);
            return SpecStore.Write(spec);
        }

        foreach (var property in typeof(ClusterSpec).GetProperties())
        {
            if (property.PropertyType == typeof(IReadOnlyList<string>))
                Assert.Equal(Text(property, new[] { "a", "b" }), Text(property, new[] { "b", "a" }));
            else if (property.PropertyType == typeof(IReadOnlyDictionary<string, string?>))
                Assert.Equal(Text(property, Table("a", "b")), Text(property, Table("b", "a")));
        }

        static Dictionary<string, string?> Table(params string[] keys) => keys.ToDictionary(k => k, string? (k) => $"of {k}");
    }

    [Fact]
    public void The_text_is_this_one() =>
        Assert.Equal("""{"schema":1,"zooKeeperCount":5,"storageSize":"10Gi","ephemeral":false,"config":{"a":"1"}}""",
            SpecStore.Write(new ClusterSpec
            {
                ZooKeeperCount = 5,
                StorageSize = "10Gi",
                Ephemeral = false,
                Config = new Dictionary<string, string?> { ["a"] = "1" }
            }));

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("null", "no JSON object")]
    [InlineData("x", "'x'")]
    [InlineData("5", "no JSON object")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{", "JSON")]
    [InlineData("""{"brokerCount":"many"}""", "brokerCount")]
    [InlineData("""{"brokerCount":1e99}""", "brokerCount")]
    [InlineData("""{"config":[1]}""", "config")]
    [InlineData("""{"schema":2,"brokerCount":5}""", "its schema is 2, and this module reads up to 1")]
    [InlineData("""{"schema":"2"}""", "schema")]
    public void Damaged_text_says_why(string text, string why)
    {
        Assert.False(SpecStore.TryRead(text, "demo", out var spec, out string said));
        Assert.Contains(why, said, StringComparison.Ordinal);
        Assert.Equal(new ClusterSpec { Name = "demo" }, spec);
    }

    [Fact]
    public void Text_of_before_the_schema_had_a_version_is_read_and_stays_while_it_says_the_same()
    {
        const string former = """{"brokerCount":5,"config":{"b":"2","a":"1"}}""";
        var spec = Read(former);
        Assert.Equal(5, spec.BrokerCount);
        Assert.Equal(former, SpecStore.Write(spec, former));
        Assert.Equal("""{"schema":1,"brokerCount":6,"config":{"a":"1","b":"2"}}""", SpecStore.Write(spec with { BrokerCount = 6 }, former));
        Assert.Equal("""{"schema":1,"brokerCount":5,"config":{"a":"1","b":"2"}}""", SpecStore.Write(spec, "damaged"));
    }

    [Fact]
    public void Properties_of_a_later_version_are_passed_over() =>
        Assert.Equal(new ClusterSpec { Name = "demo", BrokerCount = 5 }, Read("""{"brokerCount":5,"tieredStorage":{"a":[1]}}"""));

    [Fact]
    public void The_name_is_the_one_of_the_labels() => Assert.Equal("demo", Read("""{"name":"other"}""").Name);

    private static ClusterSpec Read(string text)
    {
        Assert.True(SpecStore.TryRead(text, "demo", out var spec, out string why), why);
        return spec;
    }
}
