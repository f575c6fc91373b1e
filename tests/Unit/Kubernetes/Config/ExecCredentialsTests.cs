using System.Diagnostics;
using System.Runtime.Versioning;
using KafkaK8s.Core;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Rolling;
using KafkaK8s.Core.ZooKeeper;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kubernetes.Config;

/// <summary>Exec plugins: how often they run, when they end, and what is said when they fail.</summary>
[SupportedOSPlatform("linux")]
public sealed class ExecCredentialsTests : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kafkak8s-exec");
    private readonly TestPki pki = new();
    private readonly List<RecordingServer> servers = [];

    private RecordingServer Server => servers[0];

    public Task InitializeAsync()
    {
        servers.Add(new RecordingServer("good", pki.Good));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task It_runs_once_however_many_wait_and_its_answer_is_kept()
    {
        string file = Plugin($"sleep 0.3; {Answer("t1")}");
        using var one = KubeConnection.Open(file, null);
        using var two = KubeConnection.Open(file, null); // as completion opens one of its own
        Assert.Equal(0, Runs); // opening runs nothing
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => (i % 2 == 0 ? one : two).ServerVersionAsync(default)));
        await one.ServerVersionAsync(default);
        Assert.Equal(1, Runs);
        Assert.All(Server.Arrivals, a => Assert.Equal("Bearer t1", a.Header("Authorization")));
    }

    [Fact]
    public async Task What_has_expired_is_asked_for_again()
    {
        using var connection = KubeConnection.Open(Plugin(Answer("t$n", "2020-01-01T00:00:00Z")), null);
        await connection.ServerVersionAsync(default);
        await connection.ServerVersionAsync(default);
        Assert.Equal(["Bearer t1", "Bearer t2"], Server.Arrivals.Select(a => a.Header("Authorization")));
    }

    [Fact]
    public async Task What_the_server_refuses_is_asked_for_once_more_and_the_request_goes_out_again()
    {
        Server.Answer = a => a.Header("Authorization") == "Bearer t1" ? RecordingServer.Reply(401, "{}") : null;
        using var connection = KubeConnection.Open(Plugin(Answer("t$n")), null);
        await Task.WhenAll(connection.ServerVersionAsync(default), connection.ServerVersionAsync(default),
            connection.ServerVersionAsync(default));
        Assert.Equal(2, Runs);
        Server.Answer = _ => RecordingServer.Reply(401, "{}");
        Assert.Equal("Unauthorized", (await Assert.ThrowsAsync<ClusterException>(() => connection.ServerVersionAsync(default))).Id);
        Assert.Equal(3, Runs); // not for ever
    }

    [Fact]
    public async Task It_ends_when_nobody_waits_for_it_any_more()
    {
        using var connection = KubeConnection.Open(Plugin("echo $$ > pid; exec sleep 60"), null, folder.FullName);
        using var cancel = new CancellationTokenSource();
        var asked = connection.ServerVersionAsync(cancel.Token);
        string pid = Path.Combine(folder.FullName, "pid");
        while (!File.Exists(pid) || File.ReadAllText(pid).Trim().Length == 0)
            await Task.Delay(20);
        var clock = Stopwatch.StartNew();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        while (Directory.Exists($"/proc/{File.ReadAllText(pid).Trim()}") && clock.Elapsed < TimeSpan.FromSeconds(20))
            await Task.Delay(20);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15), $"It was there {clock.Elapsed} later.");
        Assert.Empty(Server.Arrivals);
    }

    [Fact]
    public async Task Questions_with_a_short_limit_share_one_run()
    {
        string file = Plugin($"sleep 4; {Answer("t1")}");
        for (int i = 0; i < 30 && Server.Arrivals.IsEmpty; i++)
        {
            using var connection = KubeConnection.Open(file, null); // each TAB has one of its own
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            try
            {
                await connection.ServerVersionAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                // as completion gives up
            }
        }

        Assert.NotEmpty(Server.Arrivals);
        Assert.Equal(1, Runs);
    }

    [Theory]
    [InlineData("echo 'session expired, run: login' >&2; exit 3", "ended with 3: session expired, run: login")]
    [InlineData("echo secret-in-output", "did not answer with JSON")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1beta1\",\"status\":{\"token\":\"secret-in-output\"}}'", "v1, which the kubeconfig asks for")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"secret\":\"secret-in-output\"}}'", "neither a token nor a certificate")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"clientKeyData\":\"secret-in-output\"}}'", "only one of certificate and key")]
    [InlineData("cat; echo '{}'", "did not answer with an ExecCredential")] // standard input is closed, so that nobody waits for it
    public async Task Its_failure_is_told_without_what_it_gave(string script, string words)
    {
        using var connection = KubeConnection.Open(Plugin(script), null);
        var e = await Assert.ThrowsAsync<ClusterException>(() => connection.ServerVersionAsync(default));
        Assert.Equal(("CredentialPluginFailed", FailureKind.Authentication), (e.Id, e.Kind));
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-in-output", e.ToString(), StringComparison.Ordinal);
        Assert.Empty(Server.Arrivals);
    }

    [Fact]
    public async Task A_program_in_the_current_folder_is_not_run_by_its_name()
    {
        string file = Plugin(Answer("t"), "command: plugin");
        var e = await Assert.ThrowsAsync<ClusterException>(async () =>
        {
            using var connection = KubeConnection.Open(file, null, Path.Combine(folder.FullName, "bin"));
            await connection.ServerVersionAsync(default);
        });
        Assert.Contains("is not on the PATH", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_that_ends_during_a_watch_ends_who_waits()
    {
        Server.Answer = a => a.Target.Contains("watch=true", StringComparison.Ordinal)
            ? RecordingServer.Reply(401, "{}")
            : RecordingServer.Reply(200, """{"kind":"List","metadata":{"resourceVersion":"1"},"items":[]}""");
        using var connection = KubeConnection.Open(Plugin($"[ $n = 1 ] || {{ echo 'log in again' >&2; exit 1; }}; {Answer("t1")}"), null);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var e = await Assert.ThrowsAsync<ClusterException>(async () =>
        {
            await foreach (var live in LiveWatch.FollowAsync(connection, "shop", [new WatchTarget(ResourceKind.Pod)], limit.Token))
                _ = live;
        });
        Assert.Equal("CredentialPluginFailed", e.Id);
        Assert.Contains("log in again", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_that_ends_is_not_taken_for_a_broker_or_a_server_that_does_not_answer()
    {
        using var connection = KubeConnection.Open(Plugin("echo 'log in again' >&2; exit 1"), null);
        Assert.Equal("CredentialPluginFailed",
            (await Assert.ThrowsAsync<ClusterException>(() => InSync.TryReadAsync(
                new BrokerDoor(connection, new ClusterNames("demo"), "shop"), "demo-kafka-0", default))).Id);
        Assert.Equal("CredentialPluginFailed", (await Assert.ThrowsAsync<ClusterException>(
            () => FourLetterWord.AskAsync(connection, "shop", "demo-zk-0", "ruok", default))).Id);
    }

    private int Runs =>
        File.Exists(Path.Combine(folder.FullName, "runs")) ? File.ReadAllLines(Path.Combine(folder.FullName, "runs")).Length : 0;

    private static string Answer(string token, string? until = null)
    {
        string expiry = until is null ? "" : $",\\\"expirationTimestamp\\\":\\\"{until}\\\"";
        return "echo \"{\\\"kind\\\":\\\"ExecCredential\\\",\\\"apiVersion\\\":\\\"client.authentication.k8s.io/v1\\\",\\\"status\\\":{\\\"token\\\":\\\"" + token + "\\\"" + expiry + "}}\"";
    }

    // A kubeconfig whose plugin writes down each run; $n in the script is the number of the run.
    private string Plugin(string script, string command = "command: bin/plugin")
    {
        Directory.CreateDirectory(Path.Combine(folder.FullName, "bin"));
        string path = Path.Combine(folder.FullName, "bin", "plugin");
        File.WriteAllText(path, $"#!/bin/sh\necho run >> '{folder.FullName}/runs'\nn=$(wc -l < '{folder.FullName}/runs')\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(folder.FullName, "ca.pem"), pki.Root.Pem);
        string file = Path.Combine(folder.FullName, "config");
        File.WriteAllText(file, $$"""
            clusters: [{name: c, cluster: {server: "https://127.0.0.1:{{Server.Port}}", certificate-authority: ca.pem} }]
            users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, {{command}} } } }]
            contexts: [{name: x, context: {cluster: c, user: u} }]
            current-context: x
            """);
        return file;
    }
}
