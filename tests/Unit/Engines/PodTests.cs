using System.Text;
using KafkaK8s.Core;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.ZooKeeper;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>Commands in pods and forwarded ports, over real WebSockets of the fake server.</summary>
public sealed class PodTests
{
    [Fact]
    public async Task A_command_gets_its_input_and_gives_its_output_its_errors_and_its_end()
    {
        await using var server = WithPod();
        server.Exec = async exec =>
        {
            Assert.Equal((Pod, "main"), (exec.Pod, exec.Container));
            Assert.Equal(["timeout", "10", "bash", "-c", "wc -c"], exec.Command);
            byte[] input = new byte[200_000];
            await exec.Input.ReadExactlyAsync(input);
            await exec.OutAsync($"{input.Count(b => b == (byte)'x')}");
            await exec.ErrorAsync("warned");
            return 3;
        };
        using var connection = server.Connect();
        var said = await PodExec.CaptureAsync(connection, "shop", Pod, "main", ["bash", "-c", "wc -c"], TimeSpan.FromSeconds(10), default,
            new string('x', 200_000));
        Assert.Equal((3, "200000", "warned"), (said.ExitCode, said.Output, said.Error));
        Assert.Contains("exit status 3", said.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Input_that_nobody_reads_holds_nobody_up()
    {
        await using var server = WithPod();
        server.Exec = _ => Task.FromResult(0);
        using var connection = server.Connect();
        var said = await PodExec.CaptureAsync(connection, "shop", Pod, "main", ["true"], TimeSpan.FromSeconds(10), default,
            new string('x', 5_000_000));
        Assert.Equal(0, said.ExitCode);
    }

    [Fact]
    public async Task A_command_that_says_nothing_more_is_given_up()
    {
        await using var server = WithPod();
        server.Exec = async exec =>
        {
            await Task.Delay(Timeout.Infinite, exec.Gone);
            return 0;
        };
        using var connection = server.Connect();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => PodExec.CaptureAsync(connection, "shop", Pod, "main", ["sleep"], TimeSpan.FromSeconds(60), cancel.Token));
    }

    [Fact]
    public async Task A_connection_that_breaks_while_a_command_runs_is_told()
    {
        await using var server = WithPod();
        server.Exec = async exec =>
        {
            await exec.OutAsync("half");
            throw new IOException("cut");
        };
        using var connection = server.Connect();
        var e = await Assert.ThrowsAsync<ClusterException>(
            () => PodExec.CaptureAsync(connection, "shop", Pod, "main", ["true"], TimeSpan.FromSeconds(10), default));
        Assert.Equal(("ExecFailed", FailureKind.Connection), (e.Id, e.Kind));
    }

    [Theory]
    [InlineData("other", FailureKind.NotFound, "it does not exist")]
    [InlineData("pending", FailureKind.Unavailable, "it is Pending")]
    public async Task A_pod_that_cannot_run_a_command_is_told(string pod, FailureKind kind, string why)
    {
        await using var server = WithPod();
        server.Exec = _ => Task.FromResult(0);
        using var connection = server.Connect();
        var e = await Assert.ThrowsAsync<ClusterException>(
            () => PodExec.CaptureAsync(connection, "shop", pod, "main", ["true"], TimeSpan.FromSeconds(10), default));
        Assert.Equal(("ExecFailed", kind), (e.Id, e.Kind));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "Unauthorized")]
    [InlineData(403, "Forbidden")]
    [InlineData(500, "ExecFailed")]
    public async Task A_server_that_refuses_a_command_is_told(int status, string id)
    {
        await using var server = WithPod();
        server.Exec = _ => Task.FromResult(0);
        server.Faults.Add(Fault.Refusal(status, "No", "no"), r => r.IsSocket);
        using var connection = server.Connect();
        var e = await Assert.ThrowsAsync<ClusterException>(
            () => PodExec.CaptureAsync(connection, "shop", Pod, "main", ["true"], TimeSpan.FromSeconds(10), default));
        Assert.Equal(id, e.Id);
    }

    [Fact]
    public async Task A_forwarded_port_carries_bytes_both_ways()
    {
        await using var server = WithPod();
        server.Ports = (_, pod, port) => (pod, port) == (Pod, 7) ? EchoAsync : null;
        using var connection = server.Connect();
        await using var stream = await PodStream.OpenAsync(connection, "shop", Pod, 7, default);
        byte[] sent = new byte[1_000_000];
        Random.Shared.NextBytes(sent);
        var writing = stream.WriteAsync(sent, default);
        byte[] back = new byte[sent.Length];
        Assert.True(await stream.ReadExactlyAsync(back, default));
        await writing;
        Assert.Equal(sent, back);
    }

    [Fact]
    public async Task A_port_that_nobody_listens_on_is_told_at_the_first_read()
    {
        await using var server = WithPod();
        server.Ports = (_, _, _) => null;
        using var connection = server.Connect();
        await using var stream = await PodStream.OpenAsync(connection, "shop", Pod, 7, default);
        var e = await Assert.ThrowsAsync<ClusterException>(async () => await stream.ReceiveAsync(default));
        Assert.Equal("PortForwardFailed", e.Id);
        Assert.Contains("port 7 of the pod web-0: connection refused, as nothing listens there", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pods_end_closes_and_what_it_sent_before_is_read()
    {
        await using var server = WithPod();
        server.Ports = (_, _, _) => async (stream, cancel) => await stream.WriteAsync("bye"u8.ToArray(), cancel);
        using var connection = server.Connect();
        await using var stream = await PodStream.OpenAsync(connection, "shop", Pod, 7, default);
        Assert.Equal("bye", Encoding.ASCII.GetString((await stream.ReceiveAsync(default)).Span));
        Assert.True((await stream.ReceiveAsync(default)).IsEmpty);
    }

    [Theory]
    [InlineData("Cut", "ApiServerUnreachable")]
    [InlineData("Error", "PortForwardFailed")]
    [InlineData("TooMany", "PortForwardFailed")]
    public async Task A_way_that_cannot_be_opened_is_told(string fault, string id)
    {
        await using var server = WithPod();
        server.Ports = (_, _, _) => EchoAsync;
        server.Faults.Add(fault switch { "Cut" => Fault.Cut, "Error" => Fault.Error, _ => Fault.TooMany }, r => r.IsSocket, times: 9);
        using var connection = server.Connect();
        var e = await Assert.ThrowsAsync<ClusterException>(() => PodStream.OpenAsync(connection, "shop", Pod, 7, default));
        Assert.Equal(id, e.Id);
    }

    // Whoever asks through a port gets an answer, none, or a failure of the product; never an exception of the socket.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 0)]
    [InlineData(5, 4)]
    [InlineData(7, 6)]
    public async Task A_way_that_breaks_in_the_middle_is_no_raw_failure(int read, int answered)
    {
        await using var server = WithPod();
        server.Ports = (_, _, _) => async (stream, cancel) =>
        {
            for (int i = 0; i < read; i++) // of none that are read the break comes before the request, or while it is sent
            {
                await stream.ReadExactlyAsync(new byte[1], cancel);
                if (i < answered)
                    await stream.WriteAsync(new byte[] { 0, 0, 0, 9 }.AsMemory(i % 4, 1), cancel);
            }

            throw new ConnectionCutException();
        };
        using var connection = server.Connect();
        for (int i = 0; i < 20; i++)
        {
            await FourLetterWord.AskAsync(connection, "shop", Pod, "srvr and more", default);
            await Assert.ThrowsAsync<ZooKeeperException>(
                async () => await ZooKeeperSession.OpenAsync(connection, "shop", Pod, "secret", default));
            var e = await Assert.ThrowsAsync<ClusterException>(
                () => BrokerMetadata.ReadAsync(new BrokerDoor(connection, new ClusterNames("demo"), "shop"), Pod, TimeSpan.FromSeconds(5), default));
            Assert.True(e.Id is "PortForwardFailed" or "BrokerSilent", e.Id);
            await DescribeLogDirs.TryReadAsync(new BrokerDoor(connection, new ClusterNames("demo"), "shop"), Pod, TimeSpan.FromSeconds(5), default);
            e = await Assert.ThrowsAsync<ClusterException>(
                () => BrokerConfigs.OfTopicsAsync(new BrokerDoor(connection, new ClusterNames("demo"), "shop"), Pod, ["t"], ["k"], default));
            Assert.True(e.Id is "PortForwardFailed" or "BrokerSilent", e.Id);
        }
    }

    private const string Pod = "web-0";

    private static async Task EchoAsync(Stream stream, CancellationToken cancel) => await stream.CopyToAsync(stream, cancel);

    private static FakeApiServer WithPod()
    {
        var server = new FakeApiServer();
        foreach (var (name, phase) in new[] { (Pod, "Running"), ("pending", "Pending") })
        {
            var pod = FakeObjects.Plain("v1", "Pod", name);
            pod["status"] = Json.Object($$"""{"phase":"{{phase}}"}""");
            server.Store.Put("v1", "pods", "shop", pod);
        }

        return server;
    }
}
