using KafkaK8s.Core.Verification;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

public sealed class ClientStatisticsTests
{
    [Theory]
    [InlineData("""{"brokers":{"a:1/0":{"throttle":{"min":0,"max":12}},"b:1/1":{"throttle":{"min":3,"max":12345}},"c":{}}}""", 12345)]
    [InlineData("""{"brokers":{"a:1/0":{"throttle":{"max":0}}}}""", 0)]
    [InlineData("{}", 0)]
    public void The_worst_broker_counts(string text, long longest) => Assert.Equal(longest, ClientStatistics.Throttled(text));
}
