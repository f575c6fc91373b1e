using System.Text;
using System.Text.Json.Nodes;
using KafkaK8s.Core;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Verification;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using KafkaK8s.Tests.Unit.Kubernetes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

public sealed class ConsoleToolTests
{
    private const ulong Run = 0xfeedfacecafebeef;

    [Theory]
    // version, topics by ZooKeeper, producer, consumer, idempotent, prints partition
    [InlineData("0.9.0.1", true, "--broker-list", "--new-consumer --bootstrap-server", false, false)]
    [InlineData("0.10.0.1", true, "--broker-list", "--new-consumer --bootstrap-server", false, false)]
    [InlineData("0.10.2", true, "--broker-list", "--bootstrap-server", false, false)]
    [InlineData("0.11.0.3", true, "--broker-list", "--bootstrap-server", true, false)]
    [InlineData("2.1.1", true, "--broker-list", "--bootstrap-server", true, false)]
    [InlineData("2.2.0", false, "--broker-list", "--bootstrap-server", true, false)]
    [InlineData("2.5.0", false, "--bootstrap-server", "--bootstrap-server", true, false)]
    [InlineData("2.8.0", false, "--bootstrap-server", "--bootstrap-server", true, true)]
    [InlineData("3.9.2", false, "--bootstrap-server", "--bootstrap-server", true, true)]
    public void Flags_follow_the_version(string version, bool zooKeeper, string producer, string consumer, bool idempotent, bool prints) =>
        Assert.Equal(new ConsoleToolFlags(Version.Parse(version), zooKeeper, producer, consumer, idempotent, prints),
            ConsoleToolFlags.For(Version.Parse(version)));

    [Theory]
    [InlineData(null, 16384)]
    [InlineData(10_000, 10_000)]
    [InlineData(1_000_000, 16384)]
    public void The_producers_batches_are_no_larger_than_the_topic_takes(int? largest, int batch) =>
        Assert.Contains($" --max-partition-memory-bytes {batch} ",
            ConsoleTools.ProducerScript(ConsoleToolFlags.For(new Version(3, 9)), "b:1", "t", 5, largest), StringComparison.Ordinal);

    [Fact]
    public void The_consumer_begins_at_the_beginning_or_where_its_group_does()
    {
        var flags = ConsoleToolFlags.For(new Version(0, 9));
        Assert.Equal("exec /opt/kafka/bin/kafka-console-consumer.sh --new-consumer --bootstrap-server b:1 --topic t --from-beginning",
            ConsoleTools.ConsumerScript(flags, "b:1", "t", null));
        Assert.Equal(
            @"printf 'group.id=g\nenable.auto.commit=false\n' > /tmp/consumer.properties; exec /opt/kafka/bin/kafka-console-consumer.sh --new-consumer --bootstrap-server b:1 --topic t --consumer.config /tmp/consumer.properties",
            ConsoleTools.ConsumerScript(flags, "b:1", "t", "g"));
    }

    [Theory]
    [InlineData("kafka-clients-3.9.2.jar", "3.9.2")]
    [InlineData("jopt-simple-5.0.4.jar\nkafka-clients-0.9.0.1.jar\nkafka_2.11-0.9.0.1.jar", "0.9.0.1")]
    [InlineData("kafka-clients-2.8.0-test.jar", "2.8.0")]
    [InlineData("kafka_2.13-3.9.2.jar", null)]
    [InlineData("", null)]
    public void The_version_is_in_a_jars_name(string listing, string? version) =>
        Assert.Equal(version, ConsoleToolVersion.In(listing)?.ToString());

    [Theory] // the vectors of Kafka's own UtilsTest
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void The_hash_is_Kafkas(string text, int hash) => Assert.Equal(hash, KeyPartitioner.Murmur2(Encoding.ASCII.GetBytes(text)));

    [Theory]
    [InlineData(3, 2, 100)]
    [InlineData(5000, 6, 64)] // more than one piece
    [InlineData(3, 1, 100_000)] // a line longer than a piece
    [InlineData(50, 100, 64)] // partitions without a message
    public void Lines_are_read_as_they_were_written(int count, int partitions, int size)
    {
        var keys = new HashSet<string>(); // a topic that is compacted keeps one message of each
        var ledger = new VerificationLedger(count, partitions, exclusive: true);
        var cutter = new LineCutter(line =>
        {
            int colon = line.IndexOf((byte)':');
            Assert.True(keys.Add(Encoding.ASCII.GetString(line[..colon])));
            int partition = KeyPartitioner.Partition(line[..colon], partitions);
            Assert.Equal(size, line.Length - colon - 1);
            var (said, record) = ConsoleLines.Read(line[(colon + 1)..], Run);
            Assert.Equal(partition, said);
            ledger.Received(partition, record);
        });
        foreach (var piece in ConsoleLines.Write(Run, count, partitions, size, ledger.Sent))
        {
            for (int i = 0; i < piece.Length; i += 1000) // as torn as a network may tear it
                cutter.Add(piece.Span[i..Math.Min(piece.Length, i + 1000)]);
        }

        Assert.All(Enumerable.Range(0, partitions), p => Assert.Equal(VerificationLedger.Share(count, partitions, p), ledger.Of(p).Sent));
        var total = ledger.Total();
        Assert.Equal((count, count, 0L, 0L), (total.Sent, total.Received, total.Corrupt, total.OutOfOrder));
    }

    [Fact]
    public void The_consumers_word_for_the_partition_counts()
    {
        byte[] line = Line(partition: 1);
        Assert.Equal(1, ConsoleLines.Read(line, Run).Partition);
        var (partition, record) = ConsoleLines.Read([.. "Partition:4\t"u8, .. line], Run);
        Assert.Equal(4, partition);
        Assert.Equal(1, record.Partition); // and the ledger takes the difference for corruption
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("Partition:1\tnull")]
    [InlineData("Partition:x\tAAAA")]
    public void What_is_not_ours_is_foreign(string line) =>
        Assert.Equal(RecordKind.Foreign, ConsoleLines.Read(Encoding.UTF8.GetBytes(line), Run).Record.Kind);

    [Theory]
    // received of 10 each, with gaps; failed by the producer's word; it ended; then acknowledged, lost, unread
    [InlineData(10, 10, 10, 0, 0, true, 30, 0, 0)]
    [InlineData(10, 8, 10, 2, 0, true, 30, 2, 0)]
    [InlineData(10, 8, 10, 0, 0, true, 30, 0, 2)]
    [InlineData(10, 8, 10, 2, 2, true, 28, 0, 0)]
    [InlineData(9, 8, 10, 2, 2, true, 28, 1, 0)]
    [InlineData(10, 10, 10, 0, 3, true, 30, 0, 0)] // reported as failed, and there all the same
    [InlineData(4, 0, 0, 0, 0, false, 4, 0, 0)] // cut off: nothing is known to be acknowledged but what came back
    public void The_producers_failures_explain_missing_messages_first(int a, int b, int c, int gapsInB, int failed, bool ended, int acked,
        int lost, int unread)
    {
        var books = ConsoleTally.Settle([Book(a, 0), Book(b, gapsInB), Book(c, 0)], failed, ended);
        Assert.Equal((acked, lost, unread), (books.Sum(x => x.Acked), books.Sum(x => x.Lost), books.Sum(x => x.Unread)));

        static LedgerCounts Book(int received, int gaps) => default(LedgerCounts) with { Sent = 10, Received = received, Gaps = gaps };
    }

    [Fact]
    public void The_pod_is_as_restricted_as_a_broker_and_ends_by_itself()
    {
        var set = (JsonObject)JsonNode.Parse("""
            {"spec":{"replicas":3,"template":{"spec":{
              "securityContext":{"runAsUser":1001,"runAsNonRoot":true,"fsGroup":1001,"fsGroupChangePolicy":"OnRootMismatch"},
              "tolerations":[{"key":"k"}],"imagePullSecrets":[{"name":"s"}],
              "containers":[{"name":"kafka","image":"r/kafka:1","imagePullPolicy":"Never"}]}}}}
            """)!;
        var pod = ConsolePod.Tree("demo-console-tools-1", Brokers("ns", set["spec"]!), TimeSpan.FromMinutes(5));
        var spec = pod["spec"]!;
        var container = spec["containers"]![0]!;
        Assert.Equal("demo", (string?)pod["metadata"]!["labels"]![ClusterNames.InstanceLabel]);
        Assert.Equal("console-tools", (string?)pod["metadata"]!["labels"]![ClusterNames.NameLabel]);
        Assert.Equal(300, (int)spec["activeDeadlineSeconds"]!);
        Assert.Equal("""{"runAsUser":1001,"runAsNonRoot":true}""", spec["securityContext"]!.ToJsonString());
        Assert.Equal("k", (string?)spec["tolerations"]![0]!["key"]);
        Assert.Equal("s", (string?)spec["imagePullSecrets"]![0]!["name"]);
        Assert.Equal("r/kafka:1", (string?)container["image"]);
        Assert.Equal("Never", (string?)container["imagePullPolicy"]);
        Assert.Equal("""{"allowPrivilegeEscalation":false,"readOnlyRootFilesystem":true,"capabilities":{"drop":["ALL"]}}""",
            container["securityContext"]!.ToJsonString());
        Assert.NotNull(container["resources"]!["limits"]!["memory"]);
    }

    private static BrokerSetView Brokers(string ns, JsonNode spec)
    {
        var set = LiveTrees.Set("demo-kafka");
        set["spec"] = spec.DeepClone();
        return new BrokerSetView(ClusterModel.Build(new ClusterNames("demo"), ns, [set]));
    }

    // A tool's heap in a broker's pod got the broker killed.
    [Fact]
    public async Task Commands_run_in_a_pod_of_their_own_and_in_no_other()
    {
        await using var server = new FakeApiServer((r, to) =>
            r.Path.EndsWith("/exec", StringComparison.Ordinal) ? to.RefuseAsync(404, "not found")
            : r.Path.EndsWith("/pods", StringComparison.Ordinal) && r.Method == "GET" ? to.ListAsync("1")
            : to.SendAsync(
                """{"metadata":{"name":"x"},"status":{"phase":"Running","containerStatuses":[{"name":"console-tools","state":{"running":{}}}]}}"""));
        using var connection = server.Connect();
        var brokers = Brokers("shop", Json.Object("""{"replicas":3}"""));
        await using (var pod = await ConsolePod.StartAsync(connection, brokers, TimeSpan.FromMinutes(5), _ => { }, default))
        {
            await Assert.ThrowsAsync<ClusterException>(() => pod.RunAsync("true", TimeSpan.FromSeconds(5), null, null, null, default));
            await Assert.ThrowsAsync<ClusterException>(() => pod.CaptureAsync("true", TimeSpan.FromSeconds(5), default));
        }

        string name = (string)JsonNode.Parse(server.Requests.Single(r => r.Method == "POST").Body)!["metadata"]!["name"]!;
        Assert.Matches("^demo-console-tools-[0-9a-f]{6}$", name);
        var run = server.Requests.Where(r => r.Path.EndsWith("/exec", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, run.Count);
        Assert.All(run,
            r => Assert.Equal(($"/api/v1/namespaces/shop/pods/{name}/exec", "console-tools"), (r.Path, r.Parameter("container"))));
        Assert.Equal(("DELETE", $"/api/v1/namespaces/shop/pods/{name}"), (server.Requests[^1].Method, server.Requests[^1].Path));
    }

    private static byte[] Line(int partition)
    {
        byte[] message = VerificationMessage.Buffer(Run, 60);
        VerificationMessage.Number(message, partition, 0);
        return Encoding.ASCII.GetBytes(Convert.ToBase64String(message));
    }
}
