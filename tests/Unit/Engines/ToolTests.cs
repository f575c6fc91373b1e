using System.Text;
using KafkaK8s.Core;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Running;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>Kafka's own tools in a short-lived pod.</summary>
public sealed class ToolTests
{
    private static readonly string[] Files = ["kafka-configs.sh", "kafka-topics.sh"];

    [Theory]
    [InlineData("kafka-topics.sh", "--list", "--bootstrap-server b:1 --list")]
    [InlineData("kafka-topics.sh", "--bootstrap-server x:1 --list", "--bootstrap-server x:1 --list")]
    [InlineData("kafka-topics.sh", "--list --bootstrap-server=x:1", "--list --bootstrap-server=x:1")]
    [InlineData("kafka-topics.sh", "--zookeeper x:1 --list", "--zookeeper x:1 --list")]
    [InlineData("kafka-console-producer.sh", "--broker-list x:1 --topic t", "--broker-list x:1 --topic t")]
    [InlineData("kafka-metadata-quorum.sh", "--bootstrap-controller x:1 describe", "--bootstrap-controller x:1 describe")]
    [InlineData("kafka-cluster.sh", "cluster-id", "cluster-id --bootstrap-server b:1")]
    [InlineData("kafka-transactions.sh", "list", "--bootstrap-server b:1 list")]
    [InlineData("kafka-replica-verification.sh", "", "--broker-list b:1")]
    [InlineData("zookeeper-shell.sh", "ls /brokers", "z:2/kafka ls /brokers")]
    [InlineData("zookeeper-shell.sh", "x:1 ls /", "x:1 ls /")]
    [InlineData("zookeeper-security-migration.sh", "--zookeeper.acl secure", "--zookeeper.connect z:2/kafka --zookeeper.acl secure")]
    [InlineData("kafka-dump-log.sh", "--files f", "--files f")]
    [InlineData("of-another-version.sh", "--x", "--x")]
    public void The_address_is_added_where_the_tool_takes_one_and_none_is_given(string tool, string given, string all) =>
        Assert.Equal(all,
            string.Join(' ', KafkaTools.WithAddress(tool, given.Split(' ', StringSplitOptions.RemoveEmptyEntries), "b:1", "z:2/kafka")));

    [Theory]
    [InlineData("kafka-configs", "kafka-configs.sh")]
    [InlineData("kafka-configs.sh", "kafka-configs.sh")]
    [InlineData("../kafka-configs.sh", null)]
    [InlineData("/bin/sh", null)]
    [InlineData("a;b", null)]
    [InlineData("$(id)", null)]
    [InlineData("-x", null)]
    [InlineData("kafka-topics.sh --list", null)]
    public void A_name_is_a_file_of_one_folder(string tool, string? file) =>
        Assert.Equal(file, file is null ? (Assert.Throws<ClusterException>(() => KafkaTools.FileOf(tool)).Id == "InvalidToolName" ? null
            : "another error") : KafkaTools.FileOf(tool));

    [Fact]
    public void A_password_is_not_shown() => Assert.Equal(
        "kafka-configs.sh --add-config SCRAM-SHA-512=[iterations=8192,password=***] --x '' --hmac *** 'a b'",
        KafkaTools.Shown("kafka-configs.sh",
            ["--add-config", "SCRAM-SHA-512=[iterations=8192,password=s3cret]", "--x", "", "--hmac", "q1w2", "a b"]));

    [Fact]
    public async Task Lines_come_as_they_are_written_and_the_pod_goes()
    {
        await using var on = await StartAsync();
        IReadOnlyList<string> ran = [];
        on.Server.Exec = async exec =>
        {
            ran = exec.Command;
            await exec.OutAsync("one\ntw");
            await exec.ErrorAsync("careful\n\tat some.Class(File.java:1)\n");
            await exec.OutAsync("o\nü");
            return 0;
        };
        var events = await on.RunAsync("kafka-topics.sh", ["--list", "a b", "$(id); 'x'"], null);
        Assert.Equal(["one", "two", "ü"], events.OfType<Completed<string>>().Select(e => e.Result));
        Assert.Equal(["careful"], events.OfType<Warned>().Select(e => e.Text));
        Assert.Equal(["\tat some.Class(File.java:1)"], events.OfType<Note>().Select(e => e.Text));
        Assert.Equal(["timeout", "30", "/opt/kafka/bin/kafka-topics.sh", "--list", "a b", "$(id); 'x'"], ran);
        Assert.True(on.NoPod());
    }

    [Fact]
    public async Task Input_is_cut_off_where_it_ends_and_the_arguments_are_no_script()
    {
        await using var on = await StartAsync();
        string got = "";
        IReadOnlyList<string> ran = [];
        on.Server.Exec = async exec =>
        {
            ran = exec.Command;
            byte[] bytes = new byte[int.Parse(exec.Command[6], System.Globalization.CultureInfo.InvariantCulture)];
            await exec.Input.ReadExactlyAsync(bytes, exec.Gone);
            got = Encoding.UTF8.GetString(bytes);
            return 0;
        };
        await on.RunAsync("kafka-console-producer.sh", ["$(id)"], "a\nü\n");
        Assert.Equal("a\nü\n", got);
        Assert.Equal(["bash", "-c", "n=$1; shift; head -c \"$n\" | \"$@\"", "bash", "5", "/opt/kafka/bin/kafka-console-producer.sh",
            "$(id)"], ran.Skip(2));
    }

    [Fact]
    public async Task Another_exit_code_is_an_error_with_the_last_lines()
    {
        await using var on = await StartAsync();
        on.Server.Exec = async exec =>
        {
            await exec.ErrorAsync("1\n2\n3\n4\n5\nError while executing\n\tat some.Class(File.java:1)\n");
            return 3;
        };
        var e = await Assert.ThrowsAsync<ClusterException>(() => on.RunAsync("kafka-topics.sh", ["--password=s3cret"], null));
        Assert.Equal(("KafkaToolFailed", 3), (e.Id, e.Data[RunTool.ExitCode]));
        Assert.Equal("kafka-topics.sh ended with exit code 3: 2\n3\n4\n5\nError while executing", e.Message);
        Assert.True(on.NoPod());
    }

    [Theory]
    [InlineData("kafka-nothing.sh", "KafkaToolNotFound", "has no kafka-nothing.sh. It has: kafka-configs.sh, kafka-topics.sh.")]
    [InlineData("kafka-topics.sh", "KafkaToolFailed", "exit code 127")] // it is there, and calls something that is not
    public async Task A_tool_that_is_not_there_is_an_error_that_names_those_that_are(string tool, string id, string words)
    {
        await using var on = await StartAsync();
        on.Server.Exec = async exec =>
        {
            if (exec.Command[2] == "bash")
                await exec.OutAsync(string.Join('\n', Files) + "\n");
            return exec.Command[2] == "bash" ? 0 : 127;
        };
        var e = await Assert.ThrowsAsync<ClusterException>(() => on.RunAsync(tool, [], null));
        Assert.Equal(id, e.Id);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.True(on.NoPod());
    }

    [Fact]
    public async Task A_tool_that_takes_too_long_is_ended_and_its_arguments_are_not_told()
    {
        await using var on = await StartAsync();
        on.Server.Exec = _ => Task.FromResult(124);
        var e = await Assert.ThrowsAsync<ClusterException>(() => on.RunAsync("kafka-topics.sh", ["--password=s3cret"], null));
        Assert.Equal(("ExecTimeout", FailureKind.Timeout), (e.Id, e.Kind));
        Assert.DoesNotContain("s3cret", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_stops_gets_back_at_once_and_the_pod_goes()
    {
        await using var on = await StartAsync();
        using var stop = new CancellationTokenSource();
        on.Server.Exec = async exec =>
        {
            await exec.OutAsync("begun\n");
            await Task.Delay(Timeout.Infinite, exec.Gone);
            return 0;
        };
        var clock = new System.Diagnostics.Stopwatch();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => on.RunAsync("kafka-topics.sh", [], null, e =>
        {
            if (e is Completed<string>)
            {
                clock.Start();
                stop.Cancel();
            }
        }, stop.Token));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 1);
        Assert.True(on.NoPod());
    }

    private static async Task<Started> StartAsync()
    {
        var cluster = await FakeCluster.StartAsync();
        var connection = cluster.Connect();
        return new Started(cluster.Server, connection, await BrokerSetView.FindAsync(connection, "shop", "demo", default));
    }

    private sealed record Started(FakeApiServer Server, KubeConnection Connection, BrokerSetView Brokers) : IAsyncDisposable
    {
        public bool NoPod() => Server.Store.All("v1", "pods").All(p => !((string)p["metadata"]!["name"]!).Contains("console-tools",
            StringComparison.Ordinal) || p["metadata"]!["deletionTimestamp"] is not null);

        public async Task<IReadOnlyList<OperationEvent>> RunAsync(string tool, string[] arguments, string? input,
            Action<OperationEvent>? told = null, CancellationToken cancel = default)
        {
            var events = new List<OperationEvent>();
            var request = new ToolRequest(tool, arguments, input is null ? null : Encoding.UTF8.GetBytes(input), TimeSpan.FromSeconds(30));
            await foreach (var e in RunTool.RunAsync(Connection, Brokers, request, cancel))
            {
                events.Add(e);
                told?.Invoke(e);
            }

            return events;
        }

        public async ValueTask DisposeAsync()
        {
            Connection.Dispose();
            await Server.DisposeAsync();
        }
    }
}
