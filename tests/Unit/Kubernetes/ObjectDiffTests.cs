using KafkaK8s.Core.Kubernetes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kubernetes;

public sealed class ObjectDiffTests
{
    [Theory]
    [InlineData("""{"a":1}""", """{"a":1}""", "")]
    [InlineData("""{"a":1,"b":2}""", """{"b":2,"a":1}""", "")]
    [InlineData("""{"a":1}""", """{"a":2}""", "a: 1 -> 2")]
    [InlineData("""{"a":"x"}""", """{"a":"<é&>"}""", "a: \"x\" -> \"<é&>\"")]
    [InlineData("""{"a":{"b":1}}""", """{"a":{"b":1,"c":"x"}}""", "a.c: (none) -> \"x\"")]
    [InlineData("""{"a":{"b":1,"c":"x"}}""", """{"a":{"c":"x"}}""", "a.b: 1 -> (none)")]
    [InlineData("""{"a":{"b":1}}""", "{}", """a: {"b":1} -> (none)""")]
    [InlineData("""{"a":1}""", """{"a":{"b":1}}""", """a: 1 -> {"b":1}""")]
    [InlineData("""{"c":[{"name":"x","v":1},{"name":"y","v":2}]}""", """{"c":[{"name":"x","v":1},{"name":"y","v":3}]}""",
        "c[name=y].v: 2 -> 3")]
    [InlineData("""{"c":[{"name":"x"},{"name":"y"}]}""", """{"c":[{"name":"y"},{"name":"x"}]}""", "")]
    [InlineData("""{"c":[{"name":"x"}]}""", """{"c":[{"name":"x"},{"name":"y"}]}""", """c[name=y]: (none) -> {"name":"y"}""")]
    [InlineData("""{"c":[{"name":"x"},{"name":"y"}]}""", """{"c":[{"name":"x"}]}""", """c[name=y]: {"name":"y"} -> (none)""")]
    [InlineData("""{"c":[{"port":1,"v":1}]}""", """{"c":[{"port":1,"v":2}]}""", "c[port=1].v: 1 -> 2")]
    [InlineData("""{"c":[{"mountPath":"/a","name":"n","v":1},{"mountPath":"/b","name":"n","v":1}]}""",
        """{"c":[{"mountPath":"/a","name":"n","v":1},{"mountPath":"/b","name":"n","v":2}]}""", "c[mountPath=/b].v: 1 -> 2")]
    [InlineData("""{"c":["x","y"]}""", """{"c":["y","x"]}""", """c: ["x","y"] -> ["y","x"]""")]
    [InlineData("""{"c":[]}""", """{"c":[{"name":"x"}]}""", """c[name=x]: (none) -> {"name":"x"}""")]
    [InlineData("""{"a":null}""", "{}", "")]
    public void Tells_the_fields_that_differ(string before, string after, string fields) =>
        Assert.Equal(fields, string.Join("; ", ObjectDiff.Compare(Json.Object(before), Json.Object(after))));

    [Fact]
    public void What_the_server_sets_does_not_count()
    {
        var before =
            Json.Object(
                """{"metadata":{"name":"x","resourceVersion":"1","generation":1,"uid":"u","creationTimestamp":"t","selfLink":"s","managedFields":[{"manager":"a"}]},"status":{"replicas":1}}""");
        var after =
            Json.Object(
                """{"metadata":{"name":"x","resourceVersion":"2","generation":2,"uid":"v","creationTimestamp":"u","managedFields":[{"manager":"b"}]},"status":{"replicas":2}}""");
        Assert.Empty(ObjectDiff.Compare(before, after));
        Assert.Equal("metadata.labels",
            Assert.Single(ObjectDiff.Compare(before, Json.Object("""{"metadata":{"name":"x","labels":{"a":"b"}}}"""))).Path);
        Assert.NotNull(before["status"]); // the trees stay whole
        Assert.NotNull(before["metadata"]!["managedFields"]);
    }

    [Theory]
    [InlineData("""{"kind":"Secret","data":{"password":"aGlkZGVu","x":"a"}}""",
        """{"kind":"Secret","data":{"password":"c2VjcmV0","x":"a"}}""")]
    [InlineData("""{"kind":"Secret"}""", """{"kind":"Secret","data":{"password":"c2VjcmV0"}}""")]
    [InlineData("""{"kind":"Secret","stringData":{"password":"aGlkZGVu"}}""", """{"kind":"Secret"}""")]
    public void Values_of_Secrets_are_masked(string before, string after)
    {
        var change = Assert.Single(ObjectDiff.Compare(Json.Object(before), Json.Object(after)));
        Assert.All(new[] { change.From, change.To }, v => Assert.True(v is null or "(secret)", v));
        Assert.Contains("(secret)", change.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Values_of_other_kinds_are_shown() =>
        Assert.Equal("data.a: \"1\" -> \"2\"", Assert.Single(ObjectDiff.Compare(Json.Object("""{"kind":"ConfigMap","data":{"a":"1"}}"""),
            Json.Object("""{"kind":"ConfigMap","data":{"a":"2"}}"""))).ToString());
}
