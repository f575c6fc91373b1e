using System.Globalization;
using KafkaK8s.Core.Model;
using Xunit;

namespace KafkaK8s.Tests.Unit.Model;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("1", "1")]
    [InlineData("+1", "1")]
    [InlineData("-1Gi", "-1073741824")]
    [InlineData("500m", "0.5")]
    [InlineData("1.5", "1.5")]
    [InlineData("0.5Gi", "536870912")]
    [InlineData("1k", "1000")]
    [InlineData("1M", "1000000")]
    [InlineData("1G", "1000000000")]
    [InlineData("1T", "1000000000000")]
    [InlineData("1P", "1000000000000000")]
    [InlineData("1Ki", "1024")]
    [InlineData("1Mi", "1048576")]
    [InlineData("10Gi", "10737418240")]
    [InlineData("1Ti", "1099511627776")]
    [InlineData("1Pi", "1125899906842624")]
    [InlineData("1Ei", "1152921504606846976")]
    [InlineData("1e3", "1000")]
    [InlineData("1E", "1000000000000000000")]
    [InlineData("1.Gi", "1073741824")]
    [InlineData("100u", "0.0001")]
    [InlineData("999999999999Pi", "9223372036854775807")] // the server's own upper bound
    public void Reads(string text, string value)
    {
        Assert.True(Quantity.TryParse(text, out decimal number));
        Assert.Equal(decimal.Parse(value, CultureInfo.InvariantCulture), number);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("10 gigs")]
    [InlineData("10 Gi")]
    [InlineData("10Gi ")]
    [InlineData("10Gi\n")]
    [InlineData(" 10Gi")]
    [InlineData("10gi")]
    [InlineData("10GB")]
    [InlineData("10K")]
    [InlineData("10g")]
    [InlineData("Gi")]
    [InlineData("0x10")]
    [InlineData("1,5Gi")]
    [InlineData("1.5.0Gi")]
    [InlineData("--1")]
    [InlineData("١Gi")]
    public void Refuses(string? text) => Assert.False(Quantity.TryParse(text, out _));
}
