using System.Diagnostics;
using System.Management.Automation;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

/// <summary>However a command ends, it takes its work along: no watch and no request of it stays open.</summary>
public sealed class StopTests : IDisposable
{
    private const string New = "New-KafkaCluster demo -TimeoutSeconds 40 -KubeConfig $k";
    private const double Soon = 3;

    private readonly EngineSession engine = BuiltModule.Open();
    private readonly FakeApiServer server = new();

    public void Dispose()
    {
        engine.Dispose();
        server.Dispose();
    }

    [Fact]
    public async Task Ctrl_C_ends_a_wait_and_closes_its_watches()
    {
        var running = engine.RunAsync("param($k) " + New, new { k = server.KubeConfig });
        Eventually.Holds(() => server.OpenWatches >= 4 && engine.Host.Recording.Progress.Count > 0, "it does not wait", 30);
        double took = await StopAsync();
        var result = await running;
        Assert.Equal(PSInvocationState.Stopped, result.State);
        Assert.InRange(took, 0, Soon);
        Assert.Empty(result.Output);
        Eventually.Holds(() => server.OpenWatches == 0, "watches are still open", Soon);
        Quiet();
        AllStands();

        // The same command goes on: nothing is made twice.
        int before = server.Writes.Count;
        engine.Run("param($k) New-KafkaCluster demo -NoWait -KubeConfig $k", new { k = server.KubeConfig }).EnsureSuccess();
        Assert.DoesNotContain(server.Writes.Skip(before), w => w.Method != "PATCH");
    }

    [Theory]
    [InlineData("Get-KafkaCluster -KubeConfig $k")]
    [InlineData(New)]
    [InlineData("Remove-KafkaCluster demo -Confirm:$false -KubeConfig $k")]
    [InlineData("Export-KafkaManifest demo -KubeConfig $k")]
    [InlineData("Test-KafkaTopic demo -KubeConfig $k")]
    public async Task Ctrl_C_ends_a_request_without_an_answer(string script)
    {
        server.Instead = static _ => FakeAnswer.Never;
        var running = engine.RunAsync("param($k) " + script, new { k = server.KubeConfig });
        Eventually.Holds(() => server.Pending > 0, "it asks nothing", 30);
        double took = await StopAsync();
        Assert.Equal(PSInvocationState.Stopped, (await running).State);
        Assert.InRange(took, 0, Soon);
        Eventually.Holds(() => server.Pending == 0, "the request is still open", Soon);
    }

    [Fact]
    public async Task A_session_goes_on_after_Ctrl_C()
    {
        var running = engine.RunAsync("param($k) " + New, new { k = server.KubeConfig });
        Eventually.Holds(() => engine.Host.Recording.Progress.Count > 0, "it does not wait", 30);
        await engine.StopAsync();
        await running;
        var result = await engine.RunAsync("param($k) Get-KafkaCluster -KubeConfig $k", new { k = server.KubeConfig });
        Assert.Equal("demo", Assert.Single(result.EnsureSuccess().Output).Properties["Name"].Value);
    }

    [Fact]
    public void Downstream_that_has_enough_ends_the_command()
    {
        server.PutCluster("kafka", "a");
        server.PutCluster("kafka", "b");
        var result = engine.Run("param($k) 'a', 'b', 'absent' | Get-KafkaCluster -KubeConfig $k | Select-Object -First 1",
            new { k = server.KubeConfig }).EnsureSuccess();
        Assert.Equal("a", Assert.Single(result.Output).Properties["Name"].Value);
        Assert.Equal(2, server.Requests.Count); // one look, at sets and pods: the second name was never asked for

        int before = server.Requests.Count;
        result = engine.Run("param($k) 'one', 'two' | New-KafkaCluster -NoWait -KubeConfig $k | Select-Object -First 1",
            new { k = server.KubeConfig }).EnsureSuccess();
        Assert.Equal("one", Assert.Single(result.Output).Properties["Name"].Value);
        Assert.DoesNotContain(server.Requests.Skip(before), r => r.Path.Contains("/two-", StringComparison.Ordinal));
        Eventually.Holds(() => server.OpenWatches == 0, "watches are still open", Soon);
        Quiet();
    }

    // Rendering throws in the middle of the wait, while the watches are open and nothing else is going to happen: that is the way of
    // every early end, and no later event would end the work by itself.
    [Fact]
    public async Task An_error_while_rendering_ends_the_work()
    {
        var running = engine.RunAsync("param($k) " + New + " -WarningAction Stop", new { k = server.KubeConfig }, TimeSpan.FromSeconds(60));
        Eventually.Holds(() => engine.Host.Recording.Progress.Count > 0 && server.OpenWatches >= 4, "it does not wait", 30);
        server.Push("pods", "ADDED", Crashing("demo-kafka-0"));
        var result = await running;
        Assert.StartsWith("ActionPreferenceStop", result.TerminatingError!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("CrashLoopBackOff", result.TerminatingError.Exception.Message, StringComparison.Ordinal);
        Assert.Contains(server.Requests, r => r.IsWatch);
        Assert.Equal(ProgressRecordType.Completed,
            engine.Host.Recording.Progress.Select(p => p.RecordType).LastOrDefault(ProgressRecordType.Completed));
        Assert.InRange(result.Duration.TotalSeconds, 0, 30); // not the 40 s of the wait
        Eventually.Holds(() => server.OpenWatches == 0, "watches are still open", Soon);
        Quiet();
    }

    [Fact]
    public void Out_of_time_is_an_error_and_closes_the_watches()
    {
        var result = engine.Run("param($k) " + New.Replace("40", "2", StringComparison.Ordinal), new { k = server.KubeConfig });
        Assert.StartsWith("KafkaK8s.Timeout,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.OperationTimeout, result.Errors[0].CategoryInfo.Category);
        Assert.Contains(
            "What was created remains (Get-KafkaCluster demo -Namespace kafka shows it); run the same command again to continue",
            result.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.InRange(result.Duration.TotalSeconds, 1.9, 2 + Soon);
        Eventually.Holds(() => server.OpenWatches == 0, "watches are still open", Soon);
        Quiet();
        AllStands();
    }

    [Theory]
    [InlineData("Get-KafkaCluster")]
    [InlineData("New-KafkaCluster demo")]
    [InlineData("Remove-KafkaCluster demo -Confirm:$false")]
    [InlineData("Export-KafkaManifest demo")]
    [InlineData("Test-KafkaTopic demo")]
    public void Out_of_time_without_an_answer_is_an_error_too(string command)
    {
        server.Instead = static _ => FakeAnswer.Never;
        var result = engine.Run($"param($k) {command} -TimeoutSeconds 1 -KubeConfig $k", new { k = server.KubeConfig },
            TimeSpan.FromSeconds(20));
        Assert.StartsWith("KafkaK8s.Timeout,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Null(result.TerminatingError);
        Assert.InRange(result.Duration.TotalSeconds, 0.9, 1 + Soon);
        Eventually.Holds(() => server.Pending == 0, "the request is still open", Soon);
    }

    [Fact]
    public async Task Progress_is_written_throttled_and_completed()
    {
        using var done = new CancellationTokenSource();
        var sender = Task.Run(() =>
        {
            for (int n = 0; !done.IsCancellationRequested; n++, Thread.Sleep(15))
            {
                // The server has given the applied set a uid of its own.
                string uid = (string?)server.Store.Get(
                    FakePath.Parse("/apis/apps/v1/namespaces/kafka/statefulsets/demo-zk")!).Body["metadata"]?["uid"] ?? "";
                server.Push("pods", "MODIFIED", FakeObjects.Pod("demo-zk", 0, "demo", "zookeeper", ready: n % 2 == 0, uid));
            }
        });
        var result = await engine.RunAsync("param($k) " + New.Replace("40", "4", StringComparison.Ordinal), new { k = server.KubeConfig });
        await done.CancelAsync();
        await sender;
        var records = engine.Host.Recording.Progress;
        Assert.StartsWith("KafkaK8s.Timeout,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.All(records, r => Assert.Equal("Kafka cluster demo", r.Activity));
        Assert.Contains(records,
            r => r.StatusDescription == "ZooKeeper 1/3, brokers 0/3" && r.CurrentOperation == "Start" && r.PercentComplete == 16);
        Assert.InRange(records.Count, 4, (int)(result.Duration.TotalSeconds / 0.25) + 2); // more than a hundred changes came
        Assert.Equal(ProgressRecordType.Completed, records[^1].RecordType);
        Assert.Equal(1, records.Count(r => r.RecordType == ProgressRecordType.Completed));
    }

    [Fact]
    public async Task The_last_word_of_a_burst_is_shown()
    {
        var running = engine.RunAsync("param($k) " + New, new { k = server.KubeConfig });
        Eventually.Holds(() => engine.Host.Recording.Progress.Count > 0 && server.OpenWatches >= 4, "it does not wait", 30);
        Assert.Equal("ZooKeeper 0/3, brokers 0/3", engine.Host.Recording.Progress[0].StatusDescription);
        string uid =
            (string)server.Store.Get(FakePath.Parse("/apis/apps/v1/namespaces/kafka/statefulsets/demo-zk")!).Body["metadata"]!["uid"]!;
        for (int n = 0; n < 3; n++)
            server.Push("pods", "ADDED", FakeObjects.Pod("demo-zk", n, "demo", "zookeeper", ready: true, uid));
        Eventually.Holds(() => engine.Host.Recording.Progress[^1].StatusDescription == "ZooKeeper 3/3, brokers 0/3",
            "the last change is not shown");
        await engine.StopAsync();
        await running;
    }

    // Nothing is torn down behind the user's back.
    private void AllStands()
    {
        Assert.DoesNotContain(server.Writes, w => w.Method == "DELETE");
        Assert.Contains("statefulsets/demo-zk", server.Store.Names);
        Assert.Contains("statefulsets/demo-kafka", server.Store.Names);
    }

    private async Task<double> StopAsync()
    {
        var clock = Stopwatch.StartNew();
        await engine.StopAsync().WaitAsync(TimeSpan.FromSeconds(20));
        return clock.Elapsed.TotalSeconds;
    }

    // Work that had been left behind would list again, and open its watches anew.
    private void Quiet()
    {
        int before = server.Requests.Count;
        Thread.Sleep(700);
        Assert.Equal(before, server.Requests.Count);
    }

    private static System.Text.Json.Nodes.JsonObject Crashing(string name)
    {
        var pod = FakeObjects.Pod(name[..^2], 0, "demo", "kafka", ready: false);
        pod["status"]!["containerStatuses"] = System.Text.Json.Nodes.JsonNode.Parse("""
            [{"name":"kafka","state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":1,"message":"no space left"}}}]
            """);
        return pod;
    }
}
