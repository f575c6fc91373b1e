using KafkaK8s.Core.Model;
using Xunit;

namespace KafkaK8s.Tests.Unit.Model;

public sealed class BrokerConfigTests
{
    private const string Path = "spec.template.spec.containers[name=kafka].env[name=EXTRA_PROPERTIES].value";

    [Theory]
    [InlineData("\"a=1\\nb=2\"", "\"a=1\\nc=3\"", "config[b]: 2 -> (none)|config[c]: (none) -> 3")]
    [InlineData("\"\"", "\"a=x=y\"", "config[a]: (none) -> x=y")]
    [InlineData(null, "\"a=1\"", "config[a]: (none) -> 1")]
    [InlineData("\"a=1\\na=2\"", "\"a=3\"", "config[a]: 2 -> 3")]
    [InlineData("\"a=$$(x)\"", "\"a=\\\\u00e9\"", "config[a]: $(x) -> é")]
    public void The_text_of_all_properties_is_shown_as_those_that_change(string? from, string to, string changes) =>
        Assert.Equal(changes, string.Join('|', BrokerConfig.ByName(new FieldChange(Path, from, to))
            .Select(c => $"{c}".Replace(Path, "config", StringComparison.Ordinal))));

    [Theory]
    [InlineData("\"a=1\\nb=2\"", "\"b=2\\na=1\"", Path)]
    [InlineData("1", "2", "spec.replicas")]
    public void What_changes_no_property_is_shown_as_it_is(string from, string to, string path)
    {
        var change = new FieldChange(path, from, to);
        Assert.Equal([change], BrokerConfig.ByName(change));
    }
}
