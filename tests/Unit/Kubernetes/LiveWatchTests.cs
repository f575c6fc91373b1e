using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kubernetes;

public sealed class LiveWatchTests
{
    private static readonly WatchTarget Pods = new(ResourceKind.Pod, "a=b");
    private static readonly WatchTarget Events = new(ResourceKind.Event, FieldSelector: "type=Warning", Optional: true);

    [Fact]
    public async Task Lists_then_follows_changes()
    {
        await using var server = new FakeApiServer(async (r, to) =>
        {
            if (!r.IsWatch)
            {
                await to.ListAsync("7", Pod("a", "5"), Pod("b", "6"));
                return;
            }

            await to.EventAsync("MODIFIED", Pod("a", "8", "new"));
            await to.EventAsync("DELETED", Pod("b", "9"));
            await to.EventAsync("ADDED", Pod("c", "10"));
            await to.HoldAsync();
        });
        Assert.Equal("a=new c=", await UntilAsync(server, [Pods], "a=new c="));
        var (list, watch) = (server.Requests[0], server.Requests[^1]);
        Assert.Equal(("/api/v1/namespaces/shop/pods", "a=b"), (list.Path, list.Parameter("labelSelector")));
        Assert.Equal(("7", "true", "a=b"),
            (watch.Parameter("resourceVersion"), watch.Parameter("allowWatchBookmarks"), watch.Parameter("labelSelector")));
    }

    [Fact]
    public async Task A_watch_that_ends_is_resumed_from_the_last_version_bookmarks_included()
    {
        await using var server = new FakeApiServer(async (r, to) =>
        {
            if (!r.IsWatch)
            {
                await to.ListAsync("1", Pod("a", "1"));
            }
            else if (r.Parameter("resourceVersion") == "1")
            {
                await to.EventAsync("MODIFIED", Pod("a", "2", "second"));
                await to.EventAsync("BOOKMARK", """{"kind":"Pod","metadata":{"resourceVersion":"30"}}""");
            }
            else
            {
                await to.EventAsync("MODIFIED", Pod("a", "31", "third"));
                await to.HoldAsync();
            }
        });
        Assert.Equal("a=third", await UntilAsync(server, [Pods], "a=third"));
        Assert.Equal(["1", "30"], Watches(server));
        Assert.Single(server.Requests, r => !r.IsWatch);
    }

    [Fact]
    public async Task A_cut_connection_is_resumed_from_the_last_version_without_a_new_list()
    {
        var read = new TaskCompletionSource();
        await using var server = new FakeApiServer(async (r, to) =>
        {
            if (!r.IsWatch)
            {
                await to.ListAsync("1", Pod("a", "1"));
            }
            else if (r.Parameter("resourceVersion") == "1")
            {
                await to.EventAsync("MODIFIED", Pod("a", "2", "second"));
                await read.Task;
                throw new IOException("cut");
            }
            else
            {
                await to.EventAsync("MODIFIED", Pod("a", "3", "third"));
                await to.HoldAsync();
            }
        });
        Assert.Equal("a=third", await UntilAsync(server, [Pods], "a=third", seen =>
        {
            if (seen == "a=second")
                read.TrySetResult();
        }));
        Assert.Equal(["1", "2"], Watches(server)); // from 1 again, what was seen would be played once more
        Assert.Single(server.Requests, r => !r.IsWatch);
    }

    [Theory]
    [InlineData("half")]
    [InlineData("garbage\n")]
    public async Task A_line_that_is_no_event_does_not_end_the_watch_for_good(string line)
    {
        int watches = 0;
        await using var server = new FakeApiServer(async (r, to) =>
        {
            if (!r.IsWatch)
            {
                await to.ListAsync("1", Pod("a", "1"));
                return;
            }

            if (Interlocked.Increment(ref watches) == 1)
            {
                await to.PieceAsync(line == "half" ? Pod("a", "2")[..10] : line); // a proxy in between ends the body in good order
                return;
            }

            await to.EventAsync("MODIFIED", Pod("a", "3", "third"));
            await to.HoldAsync();
        });
        Assert.Equal("a=third", await UntilAsync(server, [Pods], "a=third"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_version_that_is_too_old_is_cured_by_a_new_list(bool asEvent)
    {
        int lists = 0;
        await using var server = new FakeApiServer(async (r, to) =>
        {
            if (!r.IsWatch)
                await to.ListAsync(Interlocked.Increment(ref lists) == 1 ? "1" : "50",
                    lists == 1 ? [Pod("a", "1"), Pod("gone", "1")] : [Pod("a", "50", "relisted")]);
            else if (r.Parameter("resourceVersion") != "1")
                await to.HoldAsync();
            else if (asEvent)
                await to.EventAsync("ERROR",
                    """{"kind":"Status","code":410,"reason":"Expired","message":"too old resource version: 1 (50)"}""");
            else
                await to.RefuseAsync(410, "too old resource version: 1 (50)");
        });
        Assert.Equal("a=relisted", await UntilAsync(server, [Pods], "a=relisted")); // and what went meanwhile is gone
        Assert.Equal("1", Watches(server)[0]);
        Assert.Equal(2, server.Requests.Count(r => !r.IsWatch));
    }

    [Fact]
    public async Task A_server_that_cannot_for_now_is_asked_again()
    {
        int watches = 0;
        await using var server = new FakeApiServer(async (r, to) =>
        {
            if (!r.IsWatch)
                await to.ListAsync("1", Pod("a", "1", watches == 0 ? "first" : "again"));
            else if (Interlocked.Increment(ref watches) == 1)
                await to.RefuseAsync(503, "busy");
            else
                await to.HoldAsync();
        });
        Assert.Equal("a=again", await UntilAsync(server, [Pods], "a=again"));
    }

    [Fact]
    public async Task Nothing_is_shown_before_every_first_list_is_in()
    {
        var release = new TaskCompletionSource();
        await using var server = new FakeApiServer(async (r, to) =>
        {
            if (r.IsWatch)
            {
                await to.HoldAsync();
                return;
            }

            if (r.Path.EndsWith("events", StringComparison.Ordinal))
                await release.Task;
            await to.ListAsync("1", Pod("a", "1"));
        });
        using var connection = server.Connect();
        await using var seen = LiveWatch.FollowAsync(connection, "shop", [Pods, Events], default).GetAsyncEnumerator();
        var next = seen.MoveNextAsync().AsTask();
        await WaitAsync(() => server.Requests.Any(r => r.IsWatch));
        await Task.Delay(100);
        Assert.False(next.IsCompleted);
        release.SetResult();
        Assert.True(await next);
        Assert.NotNull(seen.Current.Find(ResourceKind.Event, "a"));
    }

    [Theory]
    [InlineData(false)] // the list already
    [InlineData(true)] // the watch after a list that was allowed
    public async Task An_optional_target_that_is_forbidden_is_gone_without(bool listAllowed)
    {
        var release = new TaskCompletionSource();
        await using var server = new FakeApiServer(async (r, to) =>
        {
            if (r.Path.EndsWith("events", StringComparison.Ordinal) && !(listAllowed && !r.IsWatch))
            {
                await to.RefuseAsync(403, "events is forbidden");
                return;
            }

            if (r.Path.EndsWith("pods", StringComparison.Ordinal) && !r.IsWatch)
                await release.Task;
            if (r.IsWatch)
                await to.HoldAsync();
            await to.ListAsync("1", Pod("a", "1"));
        });
        using var connection = server.Connect();
        await using var seen = LiveWatch.FollowAsync(connection, "shop", [Pods, Events], default).GetAsyncEnumerator();
        var next = seen.MoveNextAsync().AsTask();
        await WaitAsync(() => server.Requests.Count(r => r.Path.EndsWith("events", StringComparison.Ordinal)) == (listAllowed ? 2 : 1));
        await Task.Delay(200);
        Assert.False(next.IsCompleted, "Shown before the pods were listed.");
        release.SetResult();
        Assert.True(await next);
        Assert.NotNull(seen.Current.Find(ResourceKind.Pod, "a"));
    }

    [Theory]
    [InlineData(403, "Forbidden")]
    [InlineData(401, "Unauthorized")]
    [InlineData(503, "ApiServerError")] // a first list that fails is told at once
    public async Task A_needed_target_that_is_refused_is_a_failure(int status, string id)
    {
        await using var server = new FakeApiServer((r, to) => r.IsWatch ? to.HoldAsync()
            : to.RefuseAsync(status, "pods is forbidden: User \"u\" cannot list resource \"pods\""));
        Assert.Equal(id, (await Assert.ThrowsAsync<ClusterException>(() => UntilAsync(server, [Pods], "never"))).Id);
    }

    [Fact]
    public async Task Credentials_that_expire_on_the_way_end_it()
    {
        await using var server = new FakeApiServer((r, to) => r.IsWatch ? to.RefuseAsync(401, "no") : to.ListAsync("1"));
        Assert.Equal("Unauthorized", (await Assert.ThrowsAsync<ClusterException>(() => UntilAsync(server, [Pods], "never"))).Id);
    }

    [Fact]
    public async Task Cancelling_ends_every_watch()
    {
        await using var server = new FakeApiServer((r, to) => r.IsWatch ? to.HoldAsync() : to.ListAsync("1"));
        using var connection = server.Connect();
        using var cancel = new CancellationTokenSource();
        var follow = Task.Run(async () =>
        {
            await foreach (var live in LiveWatch.FollowAsync(connection, "shop", [Pods, Events], cancel.Token))
                _ = live;
        });
        await WaitAsync(() => server.OpenWatches == 2);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => follow);
        await WaitAsync(() => server.OpenWatches == 0);
    }

    [Fact]
    public async Task Leaving_the_loop_ends_every_watch()
    {
        await using var server = new FakeApiServer((r, to) => r.IsWatch ? to.HoldAsync() : to.ListAsync("1", Pod("a", "1")));
        await UntilAsync(server, [Pods, Events], "a=");
        await WaitAsync(() => server.OpenWatches == 0);
    }

    private static string Pod(string name, string version, string note = "") =>
        $$"""{"metadata":{"name":"{{name}}","resourceVersion":"{{version}}","labels":{"note":"{{note}}"} } }""";

    private static List<string?> Watches(FakeApiServer server) =>
        [.. server.Requests.Where(r => r.IsWatch).Select(r => r.Parameter("resourceVersion"))];

    // Follows until the pods are as said.
    private static async Task<string> UntilAsync(FakeApiServer server, WatchTarget[] targets, string wanted, Action<string>? seen = null)
    {
        using var connection = server.Connect();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        string last = "(nothing)";
        try
        {
            await foreach (var live in LiveWatch.FollowAsync(connection, "shop", targets, limit.Token))
            {
                last = string.Join(' ',
                    live.Of(ResourceKind.Pod).OrderBy(p => p.Name(), StringComparer.Ordinal).Select(p => $"{p.Name()}={p.Label("note")}"));
                seen?.Invoke(last);
                if (last == wanted)
                    return last;
            }
        }
        catch (OperationCanceledException)
        {
            return $"{last} after 20 s; asked: {string.Join(' ', server.Requests.Select(r => r.IsWatch ? "watch" : "list"))}";
        }

        return $"{last}, then the end";
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        for (int i = 0; i < 1000 && !condition(); i++)
            await Task.Delay(10);
        Assert.True(condition());
    }
}
