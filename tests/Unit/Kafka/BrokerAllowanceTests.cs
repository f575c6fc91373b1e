using KafkaK8s.Core;
using KafkaK8s.Core.Verification;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

public sealed class BrokerAllowanceTests
{
    private const string Where = "demo in the namespace shop";

    private static readonly VerifyTopicRequest Request = new("demo");

    [Fact]
    public void A_topic_that_could_not_be_removed_is_not_made()
    {
        var e = Assert.Throws<ClusterException>(() => Allow(Request, ("delete.topic.enable", "false")));
        Assert.Equal(("TopicDeletionOff", FailureKind.Permission), (e.Id, e.Kind));
        Assert.Contains("demo in the namespace shop", e.Message, StringComparison.Ordinal);
        Assert.Contains("-KeepTopic", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_is_to_be_removed_that_does_not_matter()
    {
        Assert.Null(Allow(Request with { KeepTopic = true }, ("delete.topic.enable", "false")));
        Assert.Null(Allow(Request with { Topic = "orders" }, ("delete.topic.enable", "false")));
    }

    [Theory]
    [InlineData(null, "message.max.bytes")]
    [InlineData("orders", "max.message.bytes")]
    public void A_message_that_is_too_large_is_not_sent(string? topic, string key)
    {
        var request = Request with { Topic = topic, MessageSize = 9_950 };
        var e = Assert.Throws<ClusterException>(() => Allow(request, (key, "10000")));
        Assert.Equal(("MessageTooLarge", FailureKind.InvalidInput), (e.Id, e.Kind));
        Assert.Contains($"{key}=10000", e.Message, StringComparison.Ordinal);
        Assert.Contains("-MessageSize 9898 or less", e.Message, StringComparison.Ordinal);
        Assert.Equal(10_000, Allow(request with { MessageSize = 9_898 }, (key, "10000")));
    }

    [Fact]
    public void A_limit_below_every_message_is_to_be_raised() =>
        Assert.EndsWith("Nothing was sent. Raise the limit.",
            Assert.Throws<ClusterException>(() => Allow(Request, ("message.max.bytes", "150"))).Message, StringComparison.Ordinal);

    [Fact]
    public void What_the_brokers_do_not_say_refuses_nothing() => Assert.Null(Allow(Request with { MessageSize = 1_000_000 }));

    private static int? Allow(VerifyTopicRequest request, params (string Key, string Value)[] settings) =>
        BrokerAllowance.LargestBatch(request, Where, settings.ToDictionary(s => s.Key, s => (string?)s.Value));
}
