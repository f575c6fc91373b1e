using KafkaK8s.Core.Kafka;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

/// <summary>Lines of a pod's log become records. The lines are those of the images.</summary>
public sealed class LogLinesTests
{
    [Fact]
    public void Records_of_brokers_have_level_and_text_and_their_stack_traces() => Assert.Equal(
        [
            "INFO|[KafkaServer id=0] started (kafka.server.KafkaServer)",
            "ERROR|Error while reading checkpoint (kafka.server.LogDirFailureChannel)\njava.io.IOException: No space\n\tat "
                + "a.B.c(B.java:1)\nCaused by: java.lang.Error\n\t... 3 more",
            "INFO|KafkaConfig values: \n\tadvertised.listeners = x\n\tbroker.id = 0",
            "|kafka-start: stopping",
            "WARN|last (a.B)",
        ],
        Read(
            "[2026-11-27 08:00:01,123] INFO [KafkaServer id=0] started (kafka.server.KafkaServer)",
            "[2026-11-27 08:00:02,123] ERROR Error while reading checkpoint (kafka.server.LogDirFailureChannel)",
            "java.io.IOException: No space",
            "\tat a.B.c(B.java:1)",
            "Caused by: java.lang.Error",
            "\t... 3 more",
            "[2026-11-27 08:00:03,123] INFO KafkaConfig values: ",
            "\tadvertised.listeners = x",
            "\tbroker.id = 0",
            "kafka-start: stopping",
            "[2026-11-27 08:00:05,000] WARN last (a.B)"));

    [Fact]
    public void Records_of_ZooKeeper_have_their_own_form() => Assert.Equal(
        [
            "|zk-start: member again, with the config of the volume",
            "|ZooKeeper JMX enabled by default",
            "INFO|[main:o.a.z.s.q.QuorumPeerMain@177] - Starting quorum peer",
            "WARN|[NIOWorkerThread-1:o.a.z.s.NIOServerCnxn@371] - Unexpected "
                + "exception\norg.apache.zookeeper.server.ServerCnxn$EndOfStreamException: Unable to read\n\tat a.B.c(B.java:1)",
        ],
        Read(
            "zk-start: member again, with the config of the volume",
            "ZooKeeper JMX enabled by default",
            "2026-11-27 08:00:01,123 [myid:1] - INFO  [main:o.a.z.s.q.QuorumPeerMain@177] - Starting quorum peer",
            "2026-11-27 08:00:01,124 [myid:] - WARN  [NIOWorkerThread-1:o.a.z.s.NIOServerCnxn@371] - Unexpected exception",
            "org.apache.zookeeper.server.ServerCnxn$EndOfStreamException: Unable to read",
            "\tat a.B.c(B.java:1)"));

    [Fact]
    public void A_trace_of_the_virtual_machine_stays_together() => Assert.Equal(
        ["|Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space\n\tat a.B.c(B.java:1)", "|other"],
        Read("Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space", "\tat a.B.c(B.java:1)", "other"));

    [Fact]
    public void The_time_is_that_of_the_first_line()
    {
        var lines = new LogLines();
        Assert.Null(lines.Take("2026-11-27T08:00:01.123456700Z [2026-11-27 08:00:01,123] INFO a"));
        Assert.Null(lines.Take("2026-11-27T08:00:02.5Z \tmore"));
        var record = lines.End()!;
        Assert.Equal(DateTimeOffset.Parse("2026-11-27T08:00:01.1234567Z", System.Globalization.CultureInfo.InvariantCulture), record.Time);
        Assert.Equal(("a\n\tmore", "a"), (record.Text, record.Line));
        Assert.Null(lines.End());
    }

    private static List<string> Read(params string[] raw)
    {
        var lines = new LogLines();
        var records = raw.Select((l, i) => lines.Take($"2026-11-27T08:00:{i:00}.5Z {l}")).ToList();
        records.Add(lines.End());
        return [.. records.OfType<KafkaLogRecord>().Select(r => $"{r.Level}|{r.Text}")];
    }
}
