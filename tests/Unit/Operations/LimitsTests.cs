using System.Runtime.CompilerServices;
using KafkaK8s.Core;
using KafkaK8s.Core.Running;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace KafkaK8s.Tests.Unit.Operations;

public sealed class LimitsTests
{
    private readonly List<string> ended = [];

    [Fact]
    public async Task Passes_all_on_in_time()
    {
        Assert.Equal([1, 2], await ReadAsync(TimeSpan.FromMinutes(1), c => Source(forever: false, c)));
        Assert.Equal(["source"], ended);
    }

    [Fact]
    public async Task When_time_is_over_the_source_ends_first_and_the_failure_is_ours()
    {
        var e = await Assert.ThrowsAsync<ClusterException>(() => ReadAsync(TimeSpan.FromMilliseconds(100), c => Source(forever: true, c)));
        Assert.Equal("Late", e.Id);
        Assert.Equal(["source", "late"], ended);
    }

    [Fact]
    public async Task The_limit_goes_by_the_clock_that_is_given()
    {
        var clock = new FakeTimeProvider();
        var stream = ReadAsync(TimeSpan.FromHours(1), c => Source(forever: true, c), time: clock);
        var task = Limits.WithinAsync(TimeSpan.FromHours(1), async c =>
        {
            await Task.Delay(Timeout.Infinite, c);
            return 0;
        }, "demo", clock, default);
        clock.Advance(TimeSpan.FromMinutes(59.9));
        await Task.Delay(100);
        Assert.False(stream.IsCompleted || task.IsCompleted);
        clock.Advance(TimeSpan.FromMinutes(0.1));
        Assert.Equal("Late", (await Assert.ThrowsAsync<ClusterException>(() => stream.WaitAsync(TimeSpan.FromSeconds(30)))).Id);
        Assert.Equal("Timeout", (await Assert.ThrowsAsync<ClusterException>(() => task.WaitAsync(TimeSpan.FromSeconds(30)))).Id);
    }

    [Fact]
    public async Task The_callers_cancellation_stays_one()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => ReadAsync(TimeSpan.FromMinutes(1), c => Source(forever: true, c), cancel: cancel.Token));
        Assert.Equal(["source"], ended);
    }

    [Fact]
    public async Task Failures_of_the_source_pass() =>
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => ReadAsync(TimeSpan.FromMinutes(1), _ => throw new InvalidOperationException()));

    [Fact]
    public async Task Leaving_early_ends_the_source()
    {
        await foreach (int n in Limits.WithinAsync(TimeSpan.FromMinutes(1), c => Source(forever: true, c), Late, default))
        {
            if (n == 2)
                break;
        }

        Assert.Equal(["source"], ended);
    }

    private async Task<List<int>> ReadAsync(TimeSpan limit, Func<CancellationToken, IAsyncEnumerable<int>> source,
        TimeProvider? time = null, CancellationToken cancel = default)
    {
        var seen = new List<int>();
        await foreach (int n in Limits.WithinAsync(limit, source, Late, time ?? TimeProvider.System, cancel))
            seen.Add(n);
        return seen;
    }

    private ClusterException Late()
    {
        ended.Add("late");
        return new ClusterException("Late", FailureKind.Timeout, null, "late");
    }

    private async IAsyncEnumerable<int> Source(bool forever, [EnumeratorCancellation] CancellationToken cancel)
    {
        try
        {
            yield return 1;
            await Task.Yield();
            yield return 2;
            if (forever)
                await Task.Delay(Timeout.Infinite, cancel);
        }
        finally
        {
            ended.Add("source");
        }
    }
}
