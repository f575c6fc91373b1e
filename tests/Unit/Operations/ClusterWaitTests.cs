using System.Diagnostics;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Spec;
using KafkaK8s.Tests.Unit.Fakes;
using KafkaK8s.Tests.Unit.Kubernetes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Operations;

public sealed class ClusterWaitTests
{
    [Fact]
    public async Task A_crash_is_told_at_once_and_a_pod_that_waits_for_its_volume_after_a_while()
    {
        await using var server = Start([LiveTrees.Pod("demo-kafka-0", LiveTrees.Unscheduled).ToJsonString(), Crashing("demo-kafka-1", "CrashLoopBackOff")], (_, to) => to.HoldAsync());
        var clock = Stopwatch.StartNew();
        var told = await WarningsAsync(server, count: 2);
        Assert.Equal(["pod demo-kafka-1: CrashLoopBackOff: exit code 0", "pod demo-kafka-0: Unschedulable: 0/3 nodes are available: 3 Insufficient memory."], told);
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(30)); // told though nothing changed any more
    }

    [Fact]
    public async Task A_stall_that_mends_itself_in_time_is_not_told()
    {
        var looked = new TaskCompletionSource();
        await using var server = Start([LiveTrees.Pod("demo-kafka-0", LiveTrees.Unscheduled).ToJsonString()], async (r, to) =>
        {
            if (r.Path.EndsWith("/pods", StringComparison.Ordinal))
            {
                await looked.Task;
                await Task.Delay(500);
                await to.EventAsync("MODIFIED", LiveTrees.Pod("demo-kafka-0").ToJsonString());
            }

            await to.HoldAsync();
        });
        Assert.Empty(await WarningsAsync(server, count: 1, seconds: 6, _ => looked.TrySetResult()));
    }

    [Fact]
    public async Task A_failed_pull_and_the_next_try_are_one_warning()
    {
        using var looks = new SemaphoreSlim(0);
        await using var server = Start([Crashing("demo-kafka-0", "ErrImagePull")], async (r, to) =>
        {
            if (r.Path.EndsWith("/pods", StringComparison.Ordinal))
            {
                // One after the other: of changes that come at once only the last would be looked at.
                foreach (string reason in new[] { "ImagePullBackOff", "ErrImagePull", "ImagePullBackOff", "CrashLoopBackOff" })
                {
                    await looks.WaitAsync();
                    await to.EventAsync("MODIFIED", Crashing("demo-kafka-0", reason));
                }
            }

            await to.HoldAsync();
        });
        Assert.Equal(["pod demo-kafka-0: ErrImagePull", "pod demo-kafka-0: CrashLoopBackOff: exit code 0"], await WarningsAsync(server, count: 2, looked: _ => looks.Release()));
    }

    [Fact]
    public async Task Objects_stand_still_while_they_are_looked_at()
    {
        var looking = new TaskCompletionSource();
        // A stall that is being borne with, so that looks come by the clock, too.
        await using var server = Start([LiveTrees.Pod("demo-kafka-0", LiveTrees.Unscheduled).ToJsonString(), LiveTrees.Pod("demo-kafka-1").ToJsonString()], async (r, to) =>
        {
            if (r.Path.EndsWith("/pods", StringComparison.Ordinal))
            {
                await looking.Task;
                for (int i = 2; i < 10; i++)
                    await to.EventAsync("ADDED", LiveTrees.Pod($"demo-kafka-{i}").ToJsonString());
            }

            await to.HoldAsync();
        });
        using var connection = server.Connect();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        int looks = 0;
        await foreach (var e in new ClusterWait(connection, new ClusterNames("demo"), "shop").UntilAsync("Start", async live =>
        {
            int pods = 0;
            looks++;
            foreach (var pod in live.Of(ResourceKind.Pod))
            {
                pods++;
                if (looks == 2) // by the clock
                {
                    looking.TrySetResult();
                    await Task.Delay(300);
                }
            }

            return new Core.Operations.Progress(pods == 10, $"{pods}");
        }, limit.Token))
            _ = e;
        Assert.True(looks > 2);
    }

    [Fact]
    public async Task Progress_is_told_when_it_changes_and_the_wait_ends_when_done()
    {
        var looked = new TaskCompletionSource(); // else a busy machine sees the second pod at its first look
        await using var server = Start([LiveTrees.Pod("demo-kafka-0").ToJsonString()], async (r, to) =>
        {
            if (r.Path.EndsWith("/pods", StringComparison.Ordinal))
            {
                await looked.Task;
                await to.EventAsync("MODIFIED", LiveTrees.Pod("demo-kafka-0").ToJsonString());
                await to.EventAsync("ADDED", LiveTrees.Pod("demo-kafka-1").ToJsonString());
            }

            await to.HoldAsync();
        });
        using var connection = server.Connect();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var wait = new ClusterWait(connection, new ClusterNames("demo"), "shop");
        var told = new List<OperationEvent>();
        await foreach (var e in wait.UntilAsync("Start", live =>
        {
            looked.TrySetResult();
            int pods = live.Of(ResourceKind.Pod).Count();
            return Task.FromResult(new Core.Operations.Progress(pods == 2, $"{pods} of 2", 50 * pods));
        }, limit.Token))
            told.Add(e);
        // What is over is not waited for: the last look says so by ending the wait.
        Assert.Equal([new Waiting("Start", "1 of 2", 50)], told);
        Assert.Empty(wait.Doing); // nothing any more: a later time-out must not speak of it
    }

    private static string Crashing(string pod, string reason) => LiveTrees.Pod(pod, LiveTrees.Container($$"""{"waiting":{"reason":"{{reason}}"} }""")).ToJsonString();

    private static FakeApiServer Start(string[] pods, Func<FakeRequest, FakeAnswer, Task> watch) => new((r, to) =>
        r.IsWatch ? watch(r, to) : r.Path.EndsWith("/pods", StringComparison.Ordinal) ? to.ListAsync("1", pods) : r.Path.EndsWith("/statefulsets", StringComparison.Ordinal) ? to.ListAsync("1", LiveTrees.Set("demo-kafka").ToJsonString()) : to.ListAsync("1"));

    private static async Task<List<string>> WarningsAsync(FakeApiServer server, int count, int seconds = 30, Action<int>? looked = null)
    {
        using var connection = server.Connect();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var told = new List<string>();
        try
        {
            await foreach (var e in new ClusterWait(connection, new ClusterNames("demo"), "shop").UntilAsync("Start", _ =>
            {
                looked?.Invoke(told.Count);
                return Task.FromResult(new Core.Operations.Progress(told.Count == count, "waiting"));
            }, limit.Token))
            {
                if (e is Warned warned)
                    told.Add(warned.Text);
            }
        }
        catch (OperationCanceledException)
        {
            // what was told by then
        }

        return told;
    }
}
