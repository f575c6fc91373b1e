using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Running;
using KafkaK8s.Core.Verification;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>The check with the console tools: one pod sends, another reads.</summary>
public sealed class ConsoleVerifyTests
{
    private static readonly Func<FakeRequest, bool> NewPod = r =>
        r.Method == "POST" && r.Path.EndsWith("/pods", StringComparison.Ordinal);

    [Fact]
    public async Task One_pod_sends_and_another_reads()
    {
        await using var on = await StartAsync();
        var result = await on.RunAsync();
        Assert.True(result.Passed, result.Reason);
        Assert.Equal(300, result.Received);
        Assert.NotEqual(on.Sender, on.Reader);
        Assert.Equal(["node-1 (zone-1) > node-2 (zone-2)"], result.Brokers.Select(b => b.From).Distinct());
        Assert.Equal(["node-0 zone-0", "node-1 zone-1", "node-2 zone-2"], result.Brokers.Select(b => $"{b.Node} {b.Zone}"));
        Assert.Empty(on.Warnings);
        Assert.True(on.NoPod());
    }

    [Fact]
    public async Task Without_room_for_a_second_pod_the_first_reads_too()
    {
        await using var on = await StartAsync();
        on.Server.Faults.Add(Fault.Refusal(403, "Forbidden", "exceeded quota: pods"), NewPod, skip: 1);
        var result = await on.RunAsync();
        Assert.True(result.Passed, result.Reason);
        Assert.Equal(on.Sender, on.Reader);
        Assert.Contains("exceeded quota: pods", Assert.Single(on.Warnings), StringComparison.Ordinal);
        Assert.True(on.NoPod());
    }

    [Fact]
    public async Task A_first_pod_that_is_refused_is_the_end()
    {
        await using var on = await StartAsync();
        on.Server.Faults.Add(Fault.Refusal(403, "Forbidden", "exceeded quota: pods"), NewPod);
        var e = await Assert.ThrowsAsync<KafkaK8s.Core.ClusterException>(() => on.RunAsync());
        Assert.Contains("exceeded quota: pods", e.Message, StringComparison.Ordinal);
        Assert.True(on.NoPod());
    }

    [Fact]
    public async Task Nodes_that_may_not_be_read_have_no_zone()
    {
        await using var on = await StartAsync();
        on.Server.Faults.Add(Fault.Refusal(403, "Forbidden", "nodes is forbidden"),
            r => r.Path.EndsWith("/nodes", StringComparison.Ordinal));
        var result = await on.RunAsync();
        Assert.Equal(["node-1 > node-2"], result.Brokers.Select(b => b.From).Distinct());
        Assert.Equal(["node-0 ", "node-1 ", "node-2 "], result.Brokers.Select(b => $"{b.Node} {b.Zone}"));
    }

    private static async Task<Started> StartAsync()
    {
        var cluster = await FakeCluster.StartAsync();
        for (int n = 0; n < 3; n++)
        {
            cluster.Server.Store.Put("v1", "nodes", null,
                FakeObjects.Plain("v1", "Node", $"node-{n}", new JsonObject { ["topology.kubernetes.io/zone"] = $"zone-{n}" }));
            Place(cluster, $"demo-kafka-{n}", n);
        }

        int started = 0;
        cluster.Server.Pods.Started += pod => Place(cluster, (string)pod["metadata"]!["name"]!, ++started);
        return new Started(cluster);
    }

    private static void Place(FakeCluster cluster, string pod, int node) =>
        cluster.Server.Store.Change("v1", "pods", "shop", pod, tree => tree["spec"]!["nodeName"] = $"node-{node}");

    /// <summary>Tools that keep what the producer is given, and hand it to the consumer.</summary>
    private sealed class Started : IAsyncDisposable
    {
        private readonly FakeCluster cluster;
        private readonly ConcurrentQueue<string> lines = [];

        public Started(FakeCluster cluster)
        {
            this.cluster = cluster;
            Server.Exec = ExecAsync;
        }

        public FakeApiServer Server => cluster.Server;

        public string Sender { get; private set; } = "";

        public string Reader { get; private set; } = "";

        public List<string> Warnings { get; } = [];

        public bool NoPod() => Server.Store.All("v1", "pods").All(p => !((string)p["metadata"]!["name"]!).Contains("console-tools",
            StringComparison.Ordinal) || p["metadata"]!["deletionTimestamp"] is not null);

        public async Task<TopicVerification> RunAsync()
        {
            using var connection = cluster.Connect();
            TopicVerification? result = null;
            var request = new VerifyTopicRequest("demo") { MessageCount = 300, ConsoleTools = true };
            await foreach (var e in VerifyTopic.RunAsync(connection, "shop", request, default))
            {
                if (e is Warned warned)
                    Warnings.Add(warned.Text);
                result = (e as Completed<TopicVerification>)?.Result ?? result;
            }

            return result!;
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();

        private async Task<int> ExecAsync(FakeExec exec)
        {
            string script = exec.Command[^1];
            if (script.StartsWith("ls ", StringComparison.Ordinal))
            {
                await exec.OutAsync("kafka-clients-3.9.2.jar");
            }
            else if (Regex.Match(script, @"--create --topic (\S+) --partitions (\d+)") is { Success: true } topic)
            {
                cluster.Kafka.Topic(topic.Groups[1].Value, [.. Enumerable.Range(0, int.Parse(topic.Groups[2].ValueSpan, null))
                    .Select(p => new[] { p % 3, (p + 1) % 3, (p + 2) % 3 })]);
            }
            else if (script.Contains("kafka-console-producer", StringComparison.Ordinal))
            {
                Sender = exec.Pod;
                using var reader = new StreamReader(exec.Input, Encoding.ASCII, leaveOpen: true);
                for (int n = 0; n < 300; n++)
                    lines.Enqueue((await reader.ReadLineAsync(exec.Gone))!.Split(':')[1]);
            }
            else if (script.Contains("kafka-console-consumer", StringComparison.Ordinal))
            {
                Reader = exec.Pod;
                await exec.OutAsync(string.Concat(lines.Select(l => l + "\n")));
                await Task.Delay(Timeout.Infinite, exec.Gone);
            }

            return 0;
        }
    }
}
