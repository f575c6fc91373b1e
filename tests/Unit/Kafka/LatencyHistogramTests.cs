using KafkaK8s.Core.Verification;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Without_a_latency_there_is_no_percentile() => Assert.True(double.IsNaN(new LatencyHistogram().Percentile(0.5)));

    [Fact]
    public void One_latency_is_every_percentile()
    {
        var histogram = Of(12.345);
        Assert.Equal(12.345, histogram.Max, 6);
        Assert.InRange(histogram.Percentile(0.5), 12.345 * 0.984, 12.345);
        Assert.Equal(histogram.Percentile(0.5), histogram.Percentile(0.99));
    }

    [Theory]
    [InlineData(0.50, 500)]
    [InlineData(0.95, 950)]
    [InlineData(0.99, 990)]
    [InlineData(1.00, 1000)]
    public void Percentiles_are_near(double share, double milliseconds) =>
        Assert.InRange(Of([.. Enumerable.Range(1, 1000).Select(n => (double)n)]).Percentile(share), milliseconds * 0.984,
            milliseconds * 1.016);

    [Fact]
    public void Two_histograms_add_up()
    {
        var sum = Of(1, 2);
        sum.Add(Of(100));
        Assert.Equal(3, sum.Count);
        Assert.Equal(100, sum.Max, 6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.000001)]
    [InlineData(86_400_000)] // a day
    public void The_extremes_have_a_bucket(double milliseconds) => Assert.Equal(1, Of(milliseconds).Count);

    private static LatencyHistogram Of(params double[] milliseconds)
    {
        var histogram = new LatencyHistogram();
        foreach (double ms in milliseconds)
            histogram.Add(TimeSpan.FromMilliseconds(ms));
        return histogram;
    }
}
