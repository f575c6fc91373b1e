using System.Text.Json.Nodes;
using KafkaK8s.Core.Yaml;
using Xunit;
using YamlDotNet.Serialization;

namespace KafkaK8s.Tests.Unit.Yaml;

/// <summary>What is written reads back as the same tree, by our reader and by another one.</summary>
public sealed class YamlWriterTests
{
    private static readonly string[] Texts =
    [
        "", " ", "a", "plain-word", "a b", "two  spaces", " leading", "trailing ", "\tleading tab", "in\ttab", "12", "-12", "0555", "1.5",
        "1e3", "0x1F", "1_000", ".5", ".inf", "1:30",
        "null", "Null", "~", "true", "False", "yes", "No", "on", "OFF", "y", "N", "<<", "=", "-", "- a", "?", "? a", ":", "a:", "a: b",
        ": a", "#", "# a", "a #b", "a#b", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a",
        "{", "{a: b}", "[", "[a]", "]", ",", "'", "''", "it's", "\"", "say \"x\"", "\\", "a\\nb", "---", "...", "--- a", "2026-11-22", "é",
        "日本語", "🐘", "\u00a0", "\u2028", "\ufeff", "\u0085", "\u0007", "\u007f",
        "\n", "\n\n", "a\n", "a\n\n", "a\n\n\n", "a\nb", "a\nb\n", "a\n\nb", "\na", "\n\na\n", " a\nb", "  a\n b\n", "a \nb", "a\n b",
        "a\n  b\n", "a\nb ", "a\n ", "a\n \n", " \n", "\ta\nb", "a\n\tb\n", "a\r\nb", "a\rb", "\r\n", "a\n# b\n", "# a\nb", "---\na",
        "a\n---\nb\n", "a\n...\n", "a: b\nc: d\n", "a\n\u0007b", "a\n\u0085b", "é\n🐘\n", "-a\n- b",
        "/etc/x", "a/b", "10Gi", "docker.io/apache/kafka:3.9.2", new string('x', 3000), string.Join(' ', Enumerable.Repeat("word", 200)),
        string.Join('\n', Enumerable.Repeat(new string('y', 300), 3)),
    ];

    public static TheoryData<int> TextNumbers => [.. Enumerable.Range(0, Texts.Length)];

    [Theory]
    [MemberData(nameof(TextNumbers))]
    public void A_text_comes_back_as_it_was(int number)
    {
        string text = Texts[number];
        AssertRoundTrip(new JsonObject
        {
            ["value"] = text,
            ["list"] = new JsonArray(text, new JsonObject { ["deep"] = text, ["b"] = 1 }),
            ["after"] = 1
        });
    }

    [Theory]
    [MemberData(nameof(TextNumbers))]
    public void A_key_comes_back_as_it_was(int number) =>
        AssertRoundTrip(new JsonObject { [Texts[number]] = 1, ["after-" + number] = new JsonObject { [Texts[number]] = "x" } });

    [Theory]
    [InlineData("""{"a":null,"b":true,"c":false,"d":0,"e":-1,"f":1.5,"g":123456789012,"h":{},"i":[],"j":[[],{},[1]],"k":[null]}""")]
    [InlineData("{}")]
    public void Other_values_come_back_as_they_were(string json) => AssertRoundTrip(Json.Object(json));

    [Fact]
    public void All_manifests_come_back_as_they_were()
    {
        var objects = Repository.Catalog.Objects;
        var read = YamlReader.ReadAll(YamlWriter.Write(objects), "written");
        Assert.Equal(objects.Count, read.Count);
        Assert.All(objects.Zip(read), p => Assert.True(JsonNode.DeepEquals(p.First, p.Second), Repository.Id(p.First)));
        Assert.All(objects, AssertRoundTrip);
    }

    [Fact]
    public void Scripts_are_written_as_blocks()
    {
        string yaml = YamlWriter.Write(Repository.Catalog.Objects);
        Assert.Contains("  kafka-start.sh: |\n    #!/bin/bash\n", yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("\\n", yaml.Split("kafka-ready.sh")[0].Split("printf")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_no_trailing_separator()
    {
        string yaml = YamlWriter.Write(Repository.Catalog.Objects);
        Assert.EndsWith("\n", yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("---", yaml.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
        Assert.Equal(Repository.Catalog.Objects.Count - 1, yaml.Split('\n').Count(l => l == "---"));
    }

    [Fact]
    public void Words_that_some_readers_take_for_booleans_are_quoted()
    {
        string yaml = YamlWriter.Write([new JsonObject { ["a"] = "yes", ["b"] = "off", ["c"] = "1.20", ["d"] = "012" }]);
        Assert.Equal("a: \"yes\"\nb: \"off\"\nc: \"1.20\"\nd: \"012\"\n", yaml);
    }

    private static void AssertRoundTrip(JsonObject tree)
    {
        string yaml = YamlWriter.Write([tree]);
        var read = Assert.Single(YamlReader.ReadAll(yaml, "written"));
        Assert.True(JsonNode.DeepEquals(tree, read), $"{tree.ToJsonString()}\nwas written as\n{yaml}\nand read as\n{read.ToJsonString()}");

        // A second reader, that knows nothing of ours; it gives plain numbers and words as texts.
        object? other = new DeserializerBuilder().Build().Deserialize<object?>(yaml);
        Assert.Equal(Plain(tree), Plain(other));
    }

    private static string Plain(object? node) => node switch
    {
        null => "null",
        JsonObject map => "{" + string.Join(',', map.Select(p => $"{p.Key.Length}:{p.Key}={Plain(p.Value)}")) + "}",
        JsonArray array => "[" + string.Join(',', array.Select(Plain)) + "]",
        JsonValue value => $"<{value}>",
        IDictionary<object, object?> map =>
            "{" + string.Join(',', map.Select(p => $"{((string)p.Key).Length}:{p.Key}={Plain(p.Value)}")) + "}",
        IList<object?> list => "[" + string.Join(',', list.Select(Plain)) + "]",
        _ => $"<{node}>",
    };
}
