using KafkaK8s.Core.Yaml;
using Xunit;

namespace KafkaK8s.Tests.Unit.Yaml;

public sealed class YamlReaderTests
{
    [Theory]
    [InlineData("a: 0555", """{"a":365}""")]
    [InlineData("a: \"0555\"", """{"a":"0555"}""")]
    [InlineData("a: 0", """{"a":0}""")]
    [InlineData("a: 08", """{"a":8}""")]
    [InlineData("a: 12", """{"a":12}""")]
    [InlineData("a: -12", """{"a":-12}""")]
    [InlineData("a: +12", """{"a":12}""")]
    [InlineData("a: 1.5", """{"a":1.5}""")]
    [InlineData("a: 1e3", """{"a":1000}""")]
    [InlineData("a: .5", """{"a":0.5}""")]
    [InlineData("a: 1.2.3", """{"a":"1.2.3"}""")]
    [InlineData("a: 10Gi", """{"a":"10Gi"}""")]
    [InlineData("a: -Xmx1g", """{"a":"-Xmx1g"}""")]
    [InlineData("a: 2026-11-22", """{"a":"2026-11-22"}""")]
    [InlineData("a: Infinity", """{"a":"Infinity"}""")]
    [InlineData("a: true", """{"a":true}""")]
    [InlineData("a: False", """{"a":false}""")]
    [InlineData("a: tRue", """{"a":"tRue"}""")]
    [InlineData("a: 'true'", """{"a":"true"}""")]
    [InlineData("a:", """{"a":null}""")]
    [InlineData("a: ~", """{"a":null}""")]
    [InlineData("a: null", """{"a":null}""")]
    [InlineData("a: ''", """{"a":""}""")]
    [InlineData("a: 'yes'", """{"a":"yes"}""")]
    [InlineData("a: yesterday", """{"a":"yesterday"}""")]
    [InlineData("a: {b: [1, {c: d}, []]}", """{"a":{"b":[1,{"c":"d"},[]]}}""")]
    [InlineData("a:\n- b: 1\n  c: 2\n- x", """{"a":[{"b":1,"c":2},"x"]}""")]
    [InlineData("a: |\n  x\n    y\n", """{"a":"x\n  y\n"}""")]
    [InlineData("a: |-\n  x\n", """{"a":"x"}""")]
    [InlineData("a: |+\n  x\n\n", """{"a":"x\n\n"}""")]
    [InlineData("a: >\n  x\n  y\n", """{"a":"x y\n"}""")]
    [InlineData("a: \"\\u00e9\\n\"", """{"a":"\u00e9\n"}""")]
    [InlineData("\"\": 1", """{"":1}""")]
    [InlineData("# c\na: b # d", """{"a":"b"}""")]
    [InlineData("a: b#c", """{"a":"b#c"}""")]
    [InlineData("a: b\r\nc: d\r\n", """{"a":"b","c":"d"}""")]
    public void Reads(string yaml, string json)
    {
        var node = Assert.Single(YamlReader.ReadAll(yaml, "x.yaml"));
        Assert.Equal(Json.Object(json).ToJsonString(), node.ToJsonString());
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("# nothing\n", 0)]
    [InlineData("---\n", 0)]
    [InlineData("---\n---\n# c\n---\n", 0)]
    [InlineData("a: 1\n---\n", 1)]
    [InlineData("a: 1\n---\n\n---\nb: 2\n---\n", 2)]
    [InlineData("---\na: 1\n...\n---\nb: 2\n", 2)]
    public void Empty_documents_are_left_out(string yaml, int count) => Assert.Equal(count, YamlReader.ReadAll(yaml, "x.yaml").Count);

    [Theory]
    [InlineData("ok: 1\na: &x 1", 2, "anchor")]
    [InlineData("ok: 1\na: &x {b: c}", 2, "anchor")]
    [InlineData("ok: 1\na: &x [b]", 2, "anchor")]
    [InlineData("&x a: 1\nok: 2", 1, "anchor")]
    [InlineData("a: 1\nb: *x", 2, "alias")]
    [InlineData("a: 1\nb:\n  - *x", 3, "alias")]
    [InlineData("a: 1\nb: 2\na: 3", 3, "twice")]
    [InlineData("o:\n  a: 1\n  a: 1", 3, "twice")]
    [InlineData("\n\n- {b: 1, b: 2}", 3, "twice")]
    [InlineData("a: 1\n\"a\": 2", 2, "twice")]
    [InlineData("a: yes", 1, "yes")]
    [InlineData("x: 1\na: No", 2, "No")]
    [InlineData("x: 1\na: [ON]", 2, "ON")]
    [InlineData("a: off", 1, "off")]
    [InlineData("a: y", 1, "y")]
    [InlineData("a: N", 1, "N")]
    [InlineData("on: 1", 1, "on")]
    [InlineData("a: 1\n<<: {b: 2}", 2, "<<")]
    [InlineData("a: 0x1F", 1, "0x1F")]
    [InlineData("a: 0o17", 1, "0o17")]
    [InlineData("a: 1_000", 1, "1_000")]
    [InlineData("a: 1e999", 1, "1e999")]
    [InlineData("a: .inf", 1, ".inf")]
    [InlineData("a: -.Inf", 1, "-.Inf")]
    [InlineData("a: .NaN", 1, ".NaN")]
    [InlineData("a: 1\nb: !!str 5", 2, "tag")]
    [InlineData("a: !x {b: 1}", 1, "tag")]
    [InlineData("a: 1\nb: [1, 2}", 2, "")]
    [InlineData("a:\n  b: 1\n\tc: 2", 3, "")]
    [InlineData("a: 1\nb: 'x", 2, "")]
    [InlineData("? [a, b]\n: 1", 1, "")]
    public void Refuses_with_file_and_line(string yaml, int line, string word)
    {
        var e = Assert.Throws<FormatException>(() => YamlReader.ReadAll(yaml, "x.yaml"));
        Assert.StartsWith($"x.yaml, line {line}:", e.Message, StringComparison.Ordinal);
        Assert.Contains(word, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_converts_to_every_type_that_holds_it()
    {
        var node = YamlReader.ReadAll("a: 3", "x.yaml")[0]["a"]!;
        Assert.Equal(3, (int)node);
        Assert.Equal(3L, (long)node);
        Assert.Equal(3d, (double)node);
    }
}
