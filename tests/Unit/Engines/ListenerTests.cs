using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Running;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using KafkaK8s.Tests.Unit.Kafka;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>Test-KafkaListener: what is tried from where, and why a client cannot connect.</summary>
public sealed class ListenerTests : IAsyncLifetime
{
    private FakeCluster cluster = null!;

    private FakeKafka Kafka => cluster.Kafka;

    public async Task InitializeAsync()
    {
        cluster = await FakeCluster.StartAsync();
        Kafka.Topic("orders", [0, 1, 2], [1, 2, 0], [2, 0, 1]);
    }

    public async Task DisposeAsync() => await cluster.Server.DisposeAsync();

    [Fact]
    public async Task Each_listener_is_tried_through_the_tunnel_and_from_here_and_nothing_is_written()
    {
        int written = cluster.Server.Writes.Count;
        var rows = await RunAsync();
        Assert.Equal(
            from broker in Enumerable.Range(0, 3)
            let internalName = $"demo-kafka-{broker}.demo-kafka-headless.shop.svc:9092"
            from row in new[]
            {
                $"{broker} demo-kafka-{broker} INTERNAL {internalName} Tunnel Reached True",
                $"{broker} demo-kafka-{broker} INTERNAL {internalName} Here NotMeant False",
                $"{broker} demo-kafka-{broker} TUNNEL 127.0.0.1:{19092 + broker} Tunnel Reached True",
                $"{broker} demo-kafka-{broker} TUNNEL 127.0.0.1:{19092 + broker} Here NotMeant False",
            }
            select row,
            rows.Select(r => $"{r.Broker} {r.Pod} {r.Listener} {r.Advertised} {r.From} {r.Verdict} {r.Reached}"));
        Assert.All(rows, r => Assert.Equal(("demo", "shop", false), (r.Cluster, r.Namespace, r.IsProblem)));
        Assert.Equal("broker 1 answers", rows[4].Reason);
        Assert.Equal("an internal name, not meant to be reached from here: use Connect-KafkaCluster", rows[5].Reason);
        Assert.Equal("Connect-KafkaCluster demo -Namespace shop", rows[5].Remedy);
        Assert.Equal(written, cluster.Server.Writes.Count);
        // Of each broker the whole view once; of each listener the addresses alone.
        Assert.All(Kafka.Requests.Where(r => r.Key == 3), r => Assert.Equal(4, r.Version));
        Assert.Equal(9, Kafka.Requests.Count(r => r.Key == 3));
    }

    [Theory]
    [InlineData(0, 9094, "Reached", "broker 0 answers", "")]
    [InlineData(1, 9094, "LeadsElsewhere",
        "another broker than 0 answers: Unexpected broker id, expected 1 or empty string, but received 0",
        "Connect-KafkaCluster demo -Namespace shop")]
    [InlineData(0, 9092, "LeadsElsewhere",
        "another listener answers: it sends clients of broker 0 to demo-kafka-0.demo-kafka-headless.shop.svc:9092",
        "Connect-KafkaCluster demo -Namespace shop")]
    public async Task An_advertised_port_that_leads_elsewhere_is_told(int broker, int port, string verdict, string reason, string remedy)
    {
        await using var outside = new LoopbackListener(async client =>
        {
            using (client)
                await Kafka.ServeAsync(broker, port, client.GetStream(), default);
        });
        Advertise("OUTSIDE", 9094, id => ("127.0.0.1", id == 0 ? outside.Port : 1));
        var row = (await RunAsync()).Single(r => r is { Broker: 0, Listener: "OUTSIDE", From: "Here" });
        Assert.Equal((verdict, reason, remedy), (row.Verdict, row.Reason, row.Remedy));
        Assert.Equal((verdict == "Reached", verdict != "Reached", "127.0.0.1"), (row.Reached, row.IsProblem, Assert.Single(row.Resolved)));
    }

    [Fact]
    public async Task A_broker_of_another_cluster_is_told_by_its_cluster_id()
    {
        var other = await FakeCluster.StartAsync();
        await using var server = other.Server;
        other.Kafka.ClusterId = "other-id";
        await using var outside = new LoopbackListener(async client =>
        {
            using (client)
                await other.Kafka.ServeAsync(0, 9092, client.GetStream(), default);
        });
        Advertise("OUTSIDE", 9094, _ => ("127.0.0.1", outside.Port));
        var row = (await RunAsync()).First(r => r is { Broker: 0, Listener: "OUTSIDE", From: "Here" });
        Assert.Equal(("LeadsElsewhere", "a broker of another Kafka cluster answers (other-id, not fake-cluster)"), (row.Verdict, row.Reason));
    }

    [Fact]
    public async Task An_outside_name_that_does_not_resolve_is_a_problem()
    {
        Advertise("OUTSIDE", 9094, id => ($"b{id}.invalid", 30000 + id));
        var row = (await RunAsync()).Single(r => r is { Broker: 2, Listener: "OUTSIDE", From: "Here" });
        Assert.Equal(("NameUnresolved", "b2.invalid:30002", true), (row.Verdict, row.Advertised, row.IsProblem));
        Assert.StartsWith("b2.invalid does not resolve: ", row.Reason, StringComparison.Ordinal);
        Assert.Equal("Let b2.invalid:30002 lead to port 9094 of the pod demo-kafka-2: its DNS record, load balancer and firewall", row.Remedy);
    }

    [Fact]
    public async Task A_listener_that_wants_a_login_is_not_asked_and_is_no_problem()
    {
        Advertise("OUTSIDE", 9094, id => ("127.0.0.1", 1), "SASL_SSL");
        var row = (await RunAsync()).Single(r => r is { Broker: 0, Listener: "OUTSIDE", From: "Tunnel" });
        Assert.Equal(("Secured", false, false), (row.Verdict, row.Reached, row.IsProblem));
        Assert.StartsWith("a connection opens; SASL_SSL wants more", row.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writes_that_are_refused_are_told_at_the_broker_that_leads()
    {
        Kafka.Configs[("orders", "min.insync.replicas")] = "3";
        Kafka.Lagging.Add(2);
        foreach (var partition in Kafka.Topics["orders"].Take(2))
            partition.InSync.Remove(2);
        var rows = (await RunAsync()).Where(r => r.From == "Tunnel" && r.Listener == "INTERNAL").ToList();
        Assert.Equal(["MinIsr", "MinIsr", "Reached"], rows.Select(r => r.Verdict));
        Assert.All(rows, r => Assert.True(r.Reached));
        Assert.Equal("broker 1 answers, and refuses writes with acks=all to 1 partition that it leads, such as orders-1: fewer copies in sync "
            + "than min.insync.replicas", rows[1].Reason);
        Assert.Equal("Get-KafkaTopic demo -UnderMinIsr -Namespace shop", rows[1].Remedy);
    }

    [Fact]
    public async Task A_broker_that_does_not_answer_is_one_row_with_the_reason()
    {
        Kafka.Down.Add(1);
        var rows = await RunAsync();
        var row = Assert.Single(rows, r => r.Broker == 1);
        Assert.Equal(("Tunnel", "NobodyAnswers", true), (row.From, row.Verdict, row.IsProblem));
        Assert.Contains("connection refused", row.Reason, StringComparison.Ordinal);
        Assert.Equal("Get-KafkaBroker demo 1 -Namespace shop", row.Remedy);
        Assert.Equal(9, rows.Count);
    }

    [Fact]
    public async Task A_broker_that_is_not_registered_is_told()
    {
        // It answers, and its answer has the other two alone.
        Kafka.Hidden.Add(1);
        var row = (await RunAsync()).First(r => r is { Broker: 1, From: "Tunnel" });
        Assert.Equal(("Unregistered", false), (row.Verdict, row.Reached));
    }

    [Fact]
    public async Task An_old_broker_is_asked_nothing_that_it_takes_badly()
    {
        Kafka.Unknown = (key, version) => key != 3 || version > 0;
        var rows = await RunAsync(fromPod: true);
        Assert.Equal(["0 Tunnel Reached", "1 Tunnel Reached", "2 Tunnel Reached"], rows.Select(r => $"{r.Broker} {r.From} {r.Verdict}"));
        Assert.Equal("a broker answers, and does not say which it is", rows[0].Reason);
        Assert.DoesNotContain(Kafka.Requests, r => r.Key == 32);
        Assert.Equal(3, Kafka.Requests.Count(r => r is { Key: 3, Version: 4 }));
    }

    [Fact]
    public async Task From_a_pod_names_and_ways_are_those_of_the_inside_and_the_pod_goes()
    {
        await using var broker0 = new LoopbackListener(async client =>
        {
            using (client)
                await Kafka.ServeAsync(0, 9092, client.GetStream(), default);
        });
        int made = 0;
        cluster.Server.Exec = async exec =>
        {
            made++;
            // The bash of this machine, with names as the cluster's DNS would give them: one is known, one leads to broker 0, one is unknown.
            string input = "";
            using var reader = new StreamReader(exec.Input);
            for (int n = 0; n < 3; n++)
                input += await reader.ReadLineAsync(exec.Gone) + "\n";
            input = input.Replace("demo-kafka-0.demo-kafka-headless.shop.svc 9092", $"127.0.0.1 {broker0.Port}", StringComparison.Ordinal)
                .Replace("demo-kafka-1.demo-kafka-headless.shop.svc 9092", $"127.0.0.1 {broker0.Port}", StringComparison.Ordinal)
                .Replace("demo-kafka-headless.shop.svc", "demo-kafka-headless.invalid", StringComparison.Ordinal);
            await exec.OutAsync(await ListenerProbeTests.BashAsync(exec.Command[^1], input));
            return 0;
        };
        var rows = (await RunAsync(fromPod: true)).Where(r => r.From == "Pod").ToList();
        Assert.Equal(
            ["0 INTERNAL Reached", "0 TUNNEL NotMeant", "1 INTERNAL LeadsElsewhere", "1 TUNNEL NotMeant", "2 INTERNAL NameUnresolved",
                "2 TUNNEL NotMeant"],
            rows.Select(r => $"{r.Broker} {r.Listener} {r.Verdict}"));
        Assert.Equal("another broker than 1 answers: Unexpected broker id, expected 0 or empty string, but received 1", rows[2].Reason);
        Assert.Equal("demo-kafka-2.demo-kafka-headless.shop.svc does not resolve: no such name", rows[4].Reason);
        Assert.Equal("New-KafkaCluster demo -WhatIf -Namespace shop", rows[4].Remedy);
        Assert.Equal(1, made);
        NoPod();
    }

    [Fact]
    public async Task A_script_that_does_not_run_is_an_error_and_no_verdict()
    {
        cluster.Server.Exec = async exec =>
        {
            await exec.ErrorAsync("bash: not found");
            return 127;
        };
        Assert.Equal("ConsolePodFailed", (await Assert.ThrowsAsync<ClusterException>(() => RunAsync(fromPod: true))).Id);
        NoPod();
    }

    [Fact]
    public async Task Who_stops_gets_back_at_once_and_the_pod_goes()
    {
        using var stop = new CancellationTokenSource();
        var clock = new System.Diagnostics.Stopwatch();
        cluster.Server.Exec = async exec =>
        {
            clock.Start();
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, exec.Gone);
            return 0;
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(fromPod: true, stop.Token));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 1);
        NoPod();
    }

    [Fact]
    public async Task A_cluster_that_is_not_there_is_an_error()
    {
        using var connection = cluster.Connect();
        Assert.Equal("ClusterNotFound", (await Assert.ThrowsAsync<ClusterException>(
            () => RowsAsync(connection, "other", false, default))).Id);
    }

    private void Advertise(string name, int port, Func<int, (string Host, int Port)> told, string protocol = "PLAINTEXT")
    {
        var before = Kafka.Listeners;
        Kafka.Listeners = id => [.. before(id), new FakeListener(name, port, told(id).Host, told(id).Port, protocol)];
    }

    private void NoPod() => Assert.DoesNotContain(cluster.Server.Store.All("v1", "pods"), p =>
        ((string)p["metadata"]!["name"]!).Contains("console-tools", StringComparison.Ordinal) && p["metadata"]!["deletionTimestamp"] is null);

    private async Task<IReadOnlyList<KafkaListenerCheck>> RunAsync(bool fromPod = false, CancellationToken cancel = default)
    {
        using var connection = cluster.Connect();
        return await RowsAsync(connection, "demo", fromPod, cancel);
    }

    private static async Task<IReadOnlyList<KafkaListenerCheck>> RowsAsync(KubeConnection connection, string name, bool fromPod,
        CancellationToken cancel)
    {
        IReadOnlyList<KafkaListenerCheck> rows = [];
        await foreach (var e in CheckListeners.RunAsync(connection, "shop", name, fromPod, TimeSpan.FromSeconds(60), cancel))
        {
            if (e is Completed<IReadOnlyList<KafkaListenerCheck>> done)
                rows = done.Result;
        }

        return rows;
    }
}
