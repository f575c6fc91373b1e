using Confluent.Kafka;
using Confluent.Kafka.Admin;
using KafkaK8s.Core;
using KafkaK8s.Core.Kafka;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

public sealed class PartitionEndsTests
{
    private int asked;

    [Theory]
    [InlineData(ErrorCode.OffsetNotAvailable)]
    [InlineData(ErrorCode.NotLeaderForPartition)]
    [InlineData(ErrorCode.UnknownTopicOrPart)]
    public async Task A_leader_that_does_not_know_its_end_yet_is_asked_again(ErrorCode word)
    {
        var ends = await ReadAsync(TimeSpan.FromMinutes(1), () => asked < 3 ? throw Refusal(ErrorCode.NoError, word) : Answer());
        Assert.Equal([7L, 9L], ends);
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task What_does_not_pass_ends_the_asking()
    {
        var e = await Assert.ThrowsAsync<ClusterException>(() =>
            ReadAsync(TimeSpan.FromMinutes(1), () => throw Refusal(ErrorCode.OffsetNotAvailable, ErrorCode.TopicAuthorizationFailed)));
        Assert.Equal(("PartitionUnreadable", 1), (e.Id, asked));
        Assert.Contains("(partition 0: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_fails_as_a_whole_ends_the_asking()
    {
        var e = await Assert.ThrowsAsync<ClusterException>(
            () => ReadAsync(TimeSpan.FromMinutes(1), () => throw new KafkaException(new Error(ErrorCode.Local_TimedOut, "no answer"))));
        Assert.Equal(1, asked);
        Assert.Contains("(no answer)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Patience_ends_and_the_word_is_the_partitions_own()
    {
        var e = await Assert.ThrowsAsync<ClusterException>(
            () => ReadAsync(TimeSpan.FromMilliseconds(200), () => throw Refusal(ErrorCode.NoError, ErrorCode.OffsetNotAvailable)));
        Assert.InRange(asked, 2, 10);
        Assert.Contains($"(partition 1: {new Error(ErrorCode.OffsetNotAvailable).Reason})", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_the_time_ends_the_asking()
    {
        using var limit = new CancellationTokenSource(200);
        await Assert.ThrowsAsync<ClusterException>(
            () => ReadAsync(TimeSpan.FromMinutes(1), () => throw Refusal(ErrorCode.NoError, ErrorCode.OffsetNotAvailable), limit.Token));
    }

    private Task<long[]> ReadAsync(TimeSpan patience, Func<ListOffsetsResult> answer, CancellationToken limit = default) =>
        PartitionEnds.ReadAsync(
        () =>
        {
            asked++;
            return Task.FromResult(answer());
        },
        "t", patience, limit);

    // partition 1 first: the library gives them in the order of the leaders' answers
    private static ListOffsetsResult Answer() => new() { ResultInfos = [Info(1, 9, ErrorCode.NoError), Info(0, 7, ErrorCode.NoError)] };

    private static ListOffsetsException Refusal(ErrorCode first, ErrorCode second) => new(new ListOffsetsReport
    {
        Error = new Error(ErrorCode.Local_Partial, "An error occurred in list offsets, check individual topic partiton in result."),
        ResultInfos = [Info(1, -1, second), Info(0, -1, first)],
    });

    private static ListOffsetsResultInfo Info(int partition, long end, ErrorCode word) => new()
    {
        TopicPartitionOffsetError = new TopicPartitionOffsetError("t", partition, end, new Error(word)),
    };
}
