using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Running;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Engines;
using KafkaK8s.Tests.Unit.Fakes;
using KafkaK8s.Tests.Unit.Kubernetes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace KafkaK8s.Tests.Unit.Operations;

public sealed class ClusterWaitTests
{
    [Fact]
    public async Task A_crash_is_told_at_once_and_a_pod_that_waits_for_its_volume_after_a_while()
    {
        await using var server = Start([LiveTrees.Pod("demo-kafka-0", LiveTrees.Unscheduled).ToJsonString(),
            Crashing("demo-kafka-1", "CrashLoopBackOff")], (_, to) => to.HoldAsync());
        var told = await WarningsAsync(server, count: 2);
        Assert.Equal(["pod demo-kafka-1: CrashLoopBackOff: exit code 0",
            "pod demo-kafka-0: Unschedulable: 0/3 nodes are available: 3 Insufficient memory."], told);
        Assert.True(Elapsed >= TimeSpan.FromSeconds(4)); // told though nothing changed any more
    }

    [Fact]
    public async Task A_stall_that_mends_itself_in_time_is_not_told()
    {
        var (late, mended) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = Start([LiveTrees.Pod("demo-kafka-0", LiveTrees.Unscheduled).ToJsonString()], async (r, to) =>
        {
            if (r.Path.EndsWith("/pods", StringComparison.Ordinal))
            {
                await late.Task;
                await to.EventAsync("MODIFIED", LiveTrees.Pod("demo-kafka-0").ToJsonString());
            }

            await to.HoldAsync();
        });
        Assert.Empty(await WarningsAsync(server, count: 1, seconds: 20, live =>
        {
            if (Elapsed >= TimeSpan.FromSeconds(2) && late.TrySetResult())
                Held = mended.Task;
            if (live.Of(ResourceKind.Pod).Any(Readiness.IsPodReady))
                mended.TrySetResult();
        }));
        Assert.True(mended.Task.IsCompleted);
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
        Assert.Equal(["pod demo-kafka-0: ErrImagePull", "pod demo-kafka-0: CrashLoopBackOff: exit code 0"],
            await WarningsAsync(server, count: 2, looked: _ => looks.Release()));
    }

    [Fact]
    public async Task Objects_stand_still_while_they_are_looked_at()
    {
        var looking = new TaskCompletionSource();
        // A stall that is being borne with, so that looks come by the clock, too.
        await using var server = Start([LiveTrees.Pod("demo-kafka-0", LiveTrees.Unscheduled).ToJsonString(),
            LiveTrees.Pod("demo-kafka-1").ToJsonString()], async (r, to) =>
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
        using var pump = Pump();
        await foreach (var e in new ClusterWait(connection, new ClusterNames("demo"), "shop", clock).UntilAsync("Start", async live =>
        {
            int pods = 0;
            looks++;
            foreach (var pod in live.Of(ResourceKind.Pod))
            {
                pods++;
                if (looks == 2) // by the clock
                {
                    looking.TrySetResult();
                    await Task.Delay(100);
                }
            }

            return new Progress(pods == 10, $"{pods}");
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
            return Task.FromResult(new Progress(pods == 2, $"{pods} of 2", 50 * pods));
        }, limit.Token))
            told.Add(e);
        // What is over is not waited for: the last look says so by ending the wait.
        Assert.Equal([new Waiting("Start", "1 of 2", 50)], told);
        Assert.Empty(wait.Doing); // nothing any more: a later time-out must not speak of it
    }

    private const string Quota =
        "create Pod demo-kafka-0 in StatefulSet demo-kafka failed error: pods demo-kafka-0 is forbidden: exceeded quota: q";

    // The server's clock is an hour behind: its times are compared with each other alone.
    [Fact]
    public async Task A_refusal_of_before_is_a_stall_while_the_set_lacks_the_pod()
    {
        await using var server = Start([], (_, to) => to.HoldAsync(), [Refused(1)]);
        Assert.Equal([$"statefulset demo-kafka: FailedCreate: {Quota}"], await WarningsAsync(server, count: 1));
        await using var complete = Start([.. Enumerable.Range(0, 3)
            .Select(n => LiveTrees.Pod($"demo-kafka-{n}", LiveTrees.Starting).ToJsonString())], (_, to) => to.HoldAsync(), [Refused(1)]);
        Assert.Empty(await WarningsAsync(complete, count: 1, seconds: 6));
        await using var another = Start([], (_, to) => to.HoldAsync(), [Refused(1, uid: "of an earlier life")]);
        Assert.Empty(await WarningsAsync(another, count: 1, seconds: 6));
    }

    [Fact]
    public async Task A_refusal_told_during_the_wait_ends_it()
    {
        var looked = new TaskCompletionSource(); // an event that is there at the first look is one of before
        await using var server = Start([], async (r, to) =>
        {
            if (r.Path.EndsWith("/events", StringComparison.Ordinal))
            {
                await looked.Task;
                await to.EventAsync("MODIFIED", Refused(2));
            }

            await to.HoldAsync();
        }, [Refused(1)]);
        var e = await Assert.ThrowsAsync<ClusterException>(
            () => WarningsAsync(server, count: 9, seconds: int.MaxValue, _ => looked.TrySetResult()));
        Assert.Equal("RefusedByPolicy", e.Id);
        Assert.Contains("exceeded quota: q", e.Message, StringComparison.Ordinal);
        Assert.True(Elapsed >= TimeSpan.FromSeconds(4)); // not at the first moment: a fresh namespace lacks its service account
    }

    [Theory]
    [InlineData(true, 2)] // the annotation comes and goes
    [InlineData(false, 0)]
    public async Task A_set_that_was_refused_before_is_tried_again_at_once(bool former, int patches)
    {
        await using var server = Start([], (_, to) => to.HoldAsync(), former ? [Refused(1)] : []);
        using var connection = server.Connect();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var pump = Pump(); // on a busy machine the stall is told at the second look, and then no third one comes by the clock
        var wait = new ClusterWait(connection, new ClusterNames("demo"), "shop", clock);
        int looks = 0;
        await foreach (var e in wait.UntilAsync("Start", async live =>
        {
            await wait.RetryRefusedAsync(live, limit.Token);
            return new Progress(!former || ++looks > 1, "waiting");
        }, limit.Token))
            _ = e;
        var sent = server.Requests.Where(r => r.Method == "PATCH").ToList();
        Assert.Equal(patches, sent.Count);
        Assert.All(sent, r => Assert.EndsWith("/statefulsets/demo-kafka", r.Path, StringComparison.Ordinal));
        Assert.All(sent, r => Assert.DoesNotContain("spec", r.Body, StringComparison.Ordinal));
        if (former)
            Assert.Contains("\"kafkak8s.io/retry\":null", sent[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_ends_is_no_stall_unless_its_node_is_lost()
    {
        var lost = LiveTrees.Pod("demo-kafka-1",
            """{"conditions":[{"type":"Ready","status":"False"},{"type":"ContainersReady","status":"True"}]}""", terminating: true);
        await using var server = Start([LiveTrees.Pod("demo-kafka-0", LiveTrees.Unscheduled).ToJsonString(), lost.ToJsonString()],
            (_, to) => to.HoldAsync());
        using var connection = server.Connect();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var pump = Pump();
        var wait = new ClusterWait(connection, new ClusterNames("demo"), "shop", clock);
        await foreach (var e in wait.UntilGoneAsync("Remove", _ => new Progress(false, "still going: demo-kafka-1"), limit.Token))
        {
            if (e is not Warned warned)
                continue;
            Assert.StartsWith("pod demo-kafka-1: NodeLost: ", warned.Text, StringComparison.Ordinal);
            break;
        }

        Assert.Equal(["pod demo-kafka-1"], wait.Unmended.Select(s => s.Subject));
    }

    [Fact]
    public async Task A_joining_server_waits_until_the_volume_of_its_earlier_life_is_gone()
    {
        const string Going =
            """{"metadata":{"name":"data-demo-zk-3","deletionTimestamp":"2026-11-22T10:00:00Z"},"status":{"phase":"Bound"}}""";
        var told = new TaskCompletionSource();
        await using var server = new FakeApiServer(async (r, to) =>
        {
            bool claims = r.Path.EndsWith("/persistentvolumeclaims", StringComparison.Ordinal);
            if (!r.IsWatch)
            {
                await to.ListAsync("1", claims ? [Going] : []);
                return;
            }

            if (claims)
            {
                await told.Task;
                await to.EventAsync("DELETED", Going);
            }

            await to.HoldAsync();
        });
        using var connection = server.Connect();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var events = new List<OperationEvent>();
        await foreach (var e in new EnsembleRun(connection, new ClusterNames("demo"), "shop", TimeSpan.FromSeconds(20)).ClaimGoneAsync(
            "Start demo-zk-3", "demo-zk-3", limit.Token))
        {
            events.Add(e);
            if (e is Waiting)
                told.TrySetResult();
        }

        Assert.Contains("the volume data-demo-zk-3 of a removed server is still going", events.OfType<Waiting>().Select(w => w.Text));
    }

    // A blip of the API server in the middle of a vote must not send a healthy join into its undoing.
    [Fact]
    public async Task A_look_that_the_API_server_cannot_answer_is_tried_again_later()
    {
        await using var server = new FakeApiServer((_, to) => to.RefuseAsync(500, "etcdserver: request timed out"));
        using var connection = server.Connect();
        var (view, why) = await new EnsembleRun(connection, new ClusterNames("demo"), "shop", TimeSpan.FromSeconds(20)).TryLookAsync(
            CancellationToken.None);
        Assert.Null(view);
        Assert.Contains("etcdserver", why, StringComparison.Ordinal);
    }

    // Looks, pauses and the limit of a step of an ensemble's change all go by one clock.
    [Fact]
    public async Task A_step_of_an_ensemble_ends_by_the_clock_that_is_given()
    {
        int looks = 0;
        await using var server = new FakeApiServer((_, to) =>
        {
            Interlocked.Increment(ref looks);
            return to.RefuseAsync(500, "etcdserver: request timed out");
        });
        using var connection = server.Connect();
        var run = new EnsembleRun(connection, new ClusterNames("demo"), "shop", TimeSpan.FromMinutes(10), clock);
        var step = Task.Run(async () =>
        {
            await foreach (var _ in run.UntilAsync("Check demo-zk", _ => null, CancellationToken.None))
            {
                // It waits for an answer.
            }

            return 0;
        });
        var e = await Assert.ThrowsAsync<ClusterException>(() => Passing.PassAsync(step, TimeSpan.FromSeconds(5), clock));
        Assert.Equal("StepTimeout", e.Id);
        Assert.Contains("not done after 600 s: ", e.Message, StringComparison.Ordinal);
        Assert.InRange(Elapsed, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(20)); // a slow machine is heard late
        Assert.True(looks > 10);
    }

    [Fact]
    public async Task A_removal_takes_the_pods_of_killed_commands_along()
    {
        string Helper(string name) =>
            $$"""{"metadata":{"name":"demo-{{name}}","uid":"u-{{name}}","namespace":"shop","labels":{"app.kubernetes.io/name":"{{name}}"} } }""";
        await using var server = new FakeApiServer((r, to) => r.Path == "/version" ? to.SendAsync("""{"major":"1","minor":"36"}""")
            : to.ListAsync("1", r.Path.EndsWith("/pods", StringComparison.Ordinal)
                ? [Helper("console-tools"), Helper("volume-reader"), Helper("exporter")] : []));
        using var connection = server.Connect();
        var plan = await RemoveCluster.PlanAsync(connection, new RemoveRequest("demo", "shop", false, false, TimeSpan.FromSeconds(5)),
            CancellationToken.None);
        Assert.Equal(["Pod/demo-console-tools", "Pod/demo-volume-reader"], plan.Changes.Select(c => $"{c.Kind}/{c.Name}"));
    }

    private static string Refused(int version, string uid = "demo-kafka") => $$"""
        {"metadata":{"name":"e","resourceVersion":"{{version}}","creationTimestamp":"2020-01-01T00:00:00Z"},"type":"Warning","reason":"FailedCreate","message":"{{Quota}}",
        "lastTimestamp":"2020-01-01T00:00:00Z","involvedObject":{"kind":"StatefulSet","name":"demo-kafka","uid":"{{uid}}"} }
        """.Replace("\n", "", StringComparison.Ordinal);

    private static string Crashing(string pod, string reason) =>
        LiveTrees.Pod(pod, LiveTrees.Container($$"""{"waiting":{"reason":"{{reason}}"} }""")).ToJsonString();

    private static FakeApiServer Start(string[] pods, Func<FakeRequest, FakeResponse, Task> watch, string[]? events = null) =>
        new((r, to) =>
        r.IsWatch ? watch(r, to) : r.Method == "PATCH" ? to.SendAsync(LiveTrees.Set("demo-kafka").ToJsonString())
        : r.Path.EndsWith("/events", StringComparison.Ordinal) ? to.ListAsync("1", events ?? [])
            : r.Path.EndsWith("/pods", StringComparison.Ordinal) ? to.ListAsync("1", pods) : r.Path.EndsWith("/statefulsets",
                StringComparison.Ordinal) ? to.ListAsync("1", LiveTrees.Set("demo-kafka").ToJsonString()) : to.ListAsync("1"));

    private readonly FakeTimeProvider clock = new();
    private readonly DateTimeOffset begun;

    public ClusterWaitTests() => begun = clock.GetUtcNow();

    // What the wait's own clock says.
    private TimeSpan Elapsed => clock.GetUtcNow() - begun;

    // The clock stands until this is done.
    private Task Held { get; set; } = Task.CompletedTask;

    private Timer Pump() => new(_ => clock.Advance(TimeSpan.FromSeconds(1)), null, 20, 20);

    // The clock goes on by half seconds from the first look to the last second, or until there is enough.
    private async Task<List<string>> WarningsAsync(FakeApiServer server, int count, int seconds = 300, Action<LiveObjects>? looked = null)
    {
        using var connection = server.Connect();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var told = new List<string>();
        var first = new TaskCompletionSource();
        var reading = Task.Run(async () =>
        {
            await foreach (var e in new ClusterWait(connection, new ClusterNames("demo"), "shop", clock).UntilAsync("Start", live =>
            {
                looked?.Invoke(live);
                first.TrySetResult();
                return Task.FromResult(new Core.Running.Progress(told.Count == count, "waiting"));
            }, limit.Token))
            {
                if (e is Warned warned)
                    told.Add(warned.Text);
            }
        });
        await Task.WhenAny(first.Task, reading);
        for (var end = Elapsed + TimeSpan.FromSeconds(seconds); !reading.IsCompleted && Elapsed < end && !limit.IsCancellationRequested;)
        {
            await Held.WaitAsync(limit.Token);
            clock.Advance(TimeSpan.FromSeconds(0.5));
            await Task.WhenAny(reading, Task.Delay(5));
        }

        await limit.CancelAsync();
        try
        {
            await reading;
        }
        catch (OperationCanceledException)
        {
            // what was told by then
        }

        return told;
    }
}
