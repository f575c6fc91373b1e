using System.Threading.Channels;
using KafkaK8s.Core.Running;
using Xunit;

namespace KafkaK8s.Tests.Unit.Running;

public sealed class WorkerTests
{
    [Fact]
    public async Task Events_come_in_order_and_a_failure_after_them()
    {
        var heard = new List<string>();
        await Assert.ThrowsAsync<FormatException>(async () =>
        {
            await foreach (var e in Run((events, _) =>
            {
                events.TryWrite(new Note("one"));
                events.TryWrite(new Note("two"));
                throw new FormatException();
            }))
                heard.Add(((Note)e).Text);
        });
        Assert.Equal(["one", "two"], heard);
    }

    [Fact]
    public async Task Who_leaves_early_waits_until_all_is_cleaned_up()
    {
        bool cleaned = false;
        await foreach (var _ in Run(async (events, cancel) =>
        {
            events.TryWrite(new Note("one"));
            try
            {
                await Task.Delay(Timeout.Infinite, cancel);
            }
            finally
            {
                await Task.Delay(50, CancellationToken.None);
                cleaned = true;
            }
        }))
            break;
        Assert.True(cleaned);
    }

    [Fact]
    public async Task A_failure_of_work_that_was_cancelled_is_a_cancellation()
    {
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Run(async (events, cancel) =>
            {
                events.TryWrite(new Note("one"));
                await Task.Delay(Timeout.Infinite, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw new FormatException("the socket was aborted");
            }, stop.Token))
                await stop.CancelAsync();
        });
    }

    private static IAsyncEnumerable<OperationEvent> Run(Func<ChannelWriter<OperationEvent>, CancellationToken, Task> work,
        CancellationToken cancel = default) => Worker.RunAsync(work, Channel.CreateBounded<OperationEvent>(8), cancel);
}
