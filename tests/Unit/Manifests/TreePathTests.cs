using System.Text.Json.Nodes;
using KafkaK8s.Core.Manifests;
using Xunit;

namespace KafkaK8s.Tests.Unit.Manifests;

public sealed class TreePathTests
{
    private const string Tree =
        """{"a":{"b":1,"list":[{"name":"x","v":{"w":2}},{"name":"y"},{"name":"y"}],"claims":[{"metadata":{"name":"data"},"spec":3}]}}""";

    [Theory]
    [InlineData("a.b", "1")]
    [InlineData("a.list[name=x].v.w", "2")]
    [InlineData("a.claims[metadata.name=data].spec", "3")]
    public void Finds_one_node(string path, string json) => Assert.Equal(json, TreePath.Get(Json.Object(Tree), path).ToJsonString());

    [Theory]
    [InlineData("a.c", "there is no c")]
    [InlineData("a.b.c", "there is no c")]
    [InlineData("a.list[name=z].v", "0 items")]
    [InlineData("a.list[name=y].v", "2 items")]
    [InlineData("a.b[name=y].v", "0 items")]
    public void Refuses_a_path_that_does_not_hit_one_node(string path, string why) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => TreePath.Get(Json.Object(Tree), path)).Message, StringComparison.Ordinal);

    [Fact]
    public void Adds_a_key_only_where_it_may()
    {
        JsonObject tree = Json.Object(Tree);
        Assert.Throws<FormatException>(() => TreePath.Set(tree, "a.list[name=x].new", 5, mayAdd: false));
        TreePath.Set(tree, "a.list[name=x].new", 5, mayAdd: true);
        Assert.Equal(5, (int)TreePath.Get(tree, "a.list[name=x].new"));
        Assert.Throws<FormatException>(() => TreePath.Set(tree, "a.none.new", 5, mayAdd: true));
    }
}
