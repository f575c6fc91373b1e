using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kubernetes;

public sealed class KubeConnectionTests
{
    [Fact]
    public async Task An_apply_is_a_patch_with_our_name_and_without_force()
    {
        await using var server =
            new FakeApiServer((r, to) => to.SendAsync("""{"kind":"Service"}""", r.Parameter("dryRun") is null ? 201 : 200));
        using var connection = server.Connect();
        var tree = Json.Object("""{"apiVersion":"v1","kind":"Service","metadata":{"name":"x"}}""");
        Assert.True((await connection.ApplyAsync(tree, "shop", force: false, dryRun: false, default)).Created);
        Assert.False((await connection.ApplyAsync(tree, "shop", force: true, dryRun: true, default)).Created);
        Assert.Equal(
            [("PATCH", "/api/v1/namespaces/shop/services/x", "?fieldManager=kafkak8s&force=false"),
            ("PATCH", "/api/v1/namespaces/shop/services/x", "?fieldManager=kafkak8s&force=true&dryRun=All")],
            server.Requests.Select(r => (r.Method, r.Path, "?" + r.Query)));
        Assert.All(server.Requests, r => Assert.Equal(tree.ToJsonString(), r.Body));
    }

    [Fact]
    public async Task What_is_not_there_is_null_or_false()
    {
        await using var server =
            new FakeApiServer((r, to) => to.RefuseAsync(r.Path.EndsWith("other", StringComparison.Ordinal) ? 409 : 404, "not found"));
        using var connection = server.Connect();
        Assert.Null(await connection.TryGetAsync(ResourceKind.Pod, "shop", "x", default));
        Assert.False(await connection.DeleteAsync(ResourceKind.Pod, "shop", "x", null, default));
        Assert.False(await connection.DeleteAsync(ResourceKind.Pod, "shop", "other", "uid", default)); // the same name, another object
        Assert.Contains("\"preconditions\":{\"uid\":\"uid\"}", server.Requests[^1].Body, StringComparison.Ordinal);
        Assert.Equal("", await connection.LogTailAsync("shop", "x", "kafka", previous: true, 5, default));
        Assert.Equal("ObjectNotFound", (await Assert.ThrowsAsync<ClusterException>(() => connection.GetAsync("/x", default))).Id);
    }

    [Theory]
    [InlineData("""{"major":"1","minor":"36"}""", "1.36")]
    [InlineData("""{"major":"1","minor":"20+"}""", "1.20")]
    [InlineData("""{"major":"1","minor":"17-gke.1"}""", "1.17")]
    public async Task The_version_of_the_server(string answer, string version)
    {
        await using var server = new FakeApiServer((_, to) => to.SendAsync(answer));
        using var connection = server.Connect();
        Assert.Equal(Version.Parse(version), await connection.ServerVersionAsync(default));
    }

    [Fact]
    public async Task A_list_carries_its_selector()
    {
        await using var server = new FakeApiServer((_, to) => to.ListAsync("1", """{"metadata":{"name":"a"}}"""));
        using var connection = server.Connect();
        Assert.Equal(["a"], (await connection.ListAsync(ResourceKind.Pod, null, "a=b,c in (d)", default)).Select(p => p.Name()));
        Assert.Equal(("/api/v1/pods", "a=b,c in (d)"),
            (server.Requests.Single().Path, server.Requests.Single().Parameter("labelSelector")));
    }

    [Fact]
    public async Task Refused_credentials_are_told()
    {
        await using var server = new FakeApiServer((_, to) => to.RefuseAsync(401, "Unauthorized"));
        using var connection = server.Connect();
        var e = await Assert.ThrowsAsync<ClusterException>(() => connection.ServerVersionAsync(default));
        Assert.Equal(("Unauthorized", FailureKind.Authentication, "fake"), (e.Id, e.Kind, e.Target));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told()
    {
        var server = new FakeApiServer((_, _) => Task.CompletedTask);
        using var connection = server.Connect();
        await server.DisposeAsync();
        var e = await Assert.ThrowsAsync<ClusterException>(() => connection.ServerVersionAsync(default));
        Assert.Equal(("ApiServerUnreachable", FailureKind.Connection), (e.Id, e.Kind));
        Assert.Contains("refused", e.Message, StringComparison.Ordinal);
        Assert.Contains("fake", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_hangs_up_is_told()
    {
        await using var server = new FakeApiServer((_, _) => throw new IOException("cut"));
        using var connection = server.Connect();
        var e = await Assert.ThrowsAsync<ClusterException>(() => connection.ServerVersionAsync(default));
        Assert.Equal(("ApiServerUnreachable", FailureKind.Connection), (e.Id, e.Kind));
    }

    [Fact]
    public async Task The_callers_cancellation_is_no_failure_of_the_server()
    {
        await using var server = new FakeApiServer((_, to) => to.HoldAsync());
        using var connection = server.Connect();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.ServerVersionAsync(cancel.Token));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_server_that_asks_to_come_again_is_asked_again(int status)
    {
        int asked = 0;
        await using var server = new FakeApiServer((_, to) => ++asked < 3
            ? to.SendAsync("""{"kind":"Status","message":"busy"}""", status, headers: "Retry-After: 0\r\n")
            : to.SendAsync("""{"major":"1","minor":"36"}"""));
        using var connection = server.Connect();
        Assert.Equal(new Version(1, 36), await connection.ServerVersionAsync(default));
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task A_server_that_asks_for_ever_is_given_up_and_one_that_does_not_ask_is_not_asked_again()
    {
        await using var server = new FakeApiServer((r, to) =>
            to.SendAsync("{}", 503, headers: r.Path == "/asks" ? "Retry-After: 0\r\n" : r.Path == "/hour" ? "Retry-After: 3600\r\n" : ""));
        using var connection = server.Connect();
        Assert.Equal("ApiServerError", (await Assert.ThrowsAsync<ClusterException>(() => connection.GetAsync("/asks", default))).Id);
        Assert.Equal(10, server.Requests.Count);
        await Assert.ThrowsAsync<ClusterException>(() => connection.GetAsync("/hour", default));
        await Assert.ThrowsAsync<ClusterException>(() => connection.GetAsync("/other", default));
        Assert.Equal(12, server.Requests.Count);
    }

    [Fact]
    public async Task An_eviction_that_must_wait_is_told_at_once()
    {
        await using var server = new FakeApiServer(
            (_, to) => to.SendAsync("""{"kind":"Status","message":"the budget says no"}""", 429, headers: "Retry-After: 10\r\n"));
        using var connection = server.Connect();
        Assert.Equal("the budget says no", await connection.TryEvictAsync("policy/v1", "shop", "x", "uid", default));
    }

    [Theory]
    [InlineData("<html>log in</html>", "text/html", "text/html")]
    [InlineData("log in", "application/json", "no JSON")]
    [InlineData("[1]", "application/json", "no object")]
    [InlineData("", "application/json", "no JSON")]
    public async Task An_answer_that_no_API_server_gives_is_told_at_once(string body, string type, string words)
    {
        await using var server =
            new FakeApiServer((r, to) => r.IsWatch || r.Path == "/version" ? to.SendAsync(body, 200, type) : to.ListAsync("1"));
        using var connection = server.Connect();
        var e = await Assert.ThrowsAsync<ClusterException>(() => connection.ServerVersionAsync(default));
        Assert.Equal(("NotAnApiServer", FailureKind.InvalidData), (e.Id, e.Kind));
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        if (type != "text/html")
            return;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        Assert.Equal("NotAnApiServer", (await Assert.ThrowsAsync<ClusterException>(async () =>
        {
            await foreach (var live in LiveWatch.FollowAsync(connection, "shop", [new WatchTarget(ResourceKind.Pod)], limit.Token))
                _ = live;
        })).Id);
    }

    [Fact]
    public async Task Names_lead_nowhere_else()
    {
        await using var server = new FakeApiServer((_, to) => to.RefuseAsync(404, "no"));
        using var connection = server.Connect();
        await connection.TryGetAsync(ResourceKind.Pod, "../nodes?x=", "a/b#c", default);
        Assert.Equal("/api/v1/namespaces/..%2Fnodes%3Fx%3D/pods/a%2Fb%23c", server.Requests.Single().Path);
        foreach (string bad in new[] { "", ".", ".." })
            Assert.Equal("InvalidName",
                (await Assert.ThrowsAsync<ClusterException>(() => connection.TryGetAsync(ResourceKind.Pod, bad, "x", default))).Id);
        await connection.LogTailAsync("shop", "x", "a&follow=true", previous: false, 5, default);
        Assert.Equal("a&follow=true", server.Requests[^1].Parameter("container"));
    }

    [Fact]
    public async Task A_connection_ends_when_the_last_one_lets_it_go()
    {
        await using var server = new FakeApiServer((_, to) => to.SendAsync("""{"major":"1","minor":"36"}"""));
        var connection = server.Connect();
        connection.Hold();
        connection.Dispose();
        await connection.ServerVersionAsync(default);
        connection.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => connection.ServerVersionAsync(default));
    }

    [Fact]
    public async Task Who_is_refused_over_http_is_told_why()
    {
        await using var server = new FakeApiServer((_, to) => to.RefuseAsync(401, "no"));
        using var connection = server.Connect();
        Assert.Contains("plain http", (await Assert.ThrowsAsync<ClusterException>(() => connection.ServerVersionAsync(default))).Message,
            StringComparison.Ordinal);
    }
}
