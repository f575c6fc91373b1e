using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kubernetes;

public sealed class KubeConnectionTests
{
    [Fact]
    public async Task An_apply_is_a_patch_with_our_name_and_without_force()
    {
        await using var server = new FakeApiServer((r, to) => to.SendAsync("""{"kind":"Service"}""", r.Parameter("dryRun") is null ? 201 : 200));
        using var connection = server.Connect();
        var tree = Json.Object("""{"apiVersion":"v1","kind":"Service","metadata":{"name":"x"}}""");
        Assert.True((await connection.ApplyAsync(tree, "shop", force: false, dryRun: false, default)).Created);
        Assert.False((await connection.ApplyAsync(tree, "shop", force: true, dryRun: true, default)).Created);
        Assert.Equal(
            [("PATCH", "/api/v1/namespaces/shop/services/x", "?fieldManager=kafkak8s&force=false"), ("PATCH", "/api/v1/namespaces/shop/services/x", "?fieldManager=kafkak8s&force=true&dryRun=All")],
            server.Requests.Select(r => (r.Method, r.Path, "?" + r.Query)));
        Assert.All(server.Requests, r => Assert.Equal(tree.ToJsonString(), r.Body));
    }

    [Fact]
    public async Task What_is_not_there_is_null_or_false()
    {
        await using var server = new FakeApiServer((r, to) => to.RefuseAsync(r.Path.EndsWith("other", StringComparison.Ordinal) ? 409 : 404, "not found"));
        using var connection = server.Connect();
        Assert.Null(await connection.TryGetAsync(ResourceKind.Pod, "shop", "x", default));
        Assert.False(await connection.DeleteAsync(ResourceKind.Pod, "shop", "x", null, default));
        Assert.False(await connection.DeleteAsync(ResourceKind.Pod, "shop", "other", "uid", default)); // the same name, another object
        Assert.Contains("\"preconditions\":{\"uid\":\"uid\"}", server.Requests.Last().Body, StringComparison.Ordinal);
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
        Assert.Equal(("/api/v1/pods", "a=b,c in (d)"), (server.Requests.Single().Path, server.Requests.Single().Parameter("labelSelector")));
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
}
