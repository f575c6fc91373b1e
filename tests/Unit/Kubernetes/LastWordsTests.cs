using KafkaK8s.Core.Kubernetes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kubernetes;

/// <summary>Ends of logs as Kafka 3.9 and ZooKeeper 3.8 write them.</summary>
public sealed class LastWordsTests
{
    private const string NoSnapshot = """
        2026-11-22 10:00:00,101 [myid:] - INFO  [main:o.a.z.s.p.FileTxnSnapLog@124] - zookeeper.snapshot.trust.empty : false
        2026-11-22 10:00:00,120 [myid:1] - ERROR [main:o.a.z.s.q.QuorumPeer@1222] - Unable to load database on disk
        java.io.IOException: No snapshot found, but there are log entries. Something is broken!
        \tat org.apache.zookeeper.server.persistence.FileTxnSnapLog.restore(FileTxnSnapLog.java:281)
        \tat org.apache.zookeeper.server.ZKDatabase.loadDataBase(ZKDatabase.java:285)
        2026-11-22 10:00:00,125 [myid:1] - ERROR [main:o.a.z.s.q.QuorumPeerMain@114] - Unexpected exception, exiting abnormally
        java.lang.RuntimeException: Unable to run quorum server
        \tat org.apache.zookeeper.server.quorum.QuorumPeer.loadDataBase(QuorumPeer.java:1223)
        Caused by: java.io.IOException: No snapshot found, but there are log entries. Something is broken!
        \tat org.apache.zookeeper.server.persistence.FileTxnSnapLog.restore(FileTxnSnapLog.java:281)
        \t... 4 common frames omitted
        2026-11-22 10:00:00,127 [myid:1] - INFO  [main:o.a.z.a.ZKAuditProvider@42] - ZooKeeper audit is disabled.
        2026-11-22 10:00:00,128 [myid:1] - ERROR [main:o.a.z.u.ServiceUtils@48] - Exiting JVM with code 1
        """;

    private const string OtherCluster = """
        [2026-11-22 10:00:00,123] INFO Cluster ID = 4L6g3nShT-eMCtK--X86sw (kafka.server.KafkaServer)
        [2026-11-22 10:00:00,140] ERROR Fatal error during KafkaServer startup. Prepare to shutdown (kafka.server.KafkaServer)
        kafka.common.InconsistentClusterIdException: The Cluster ID 4L6g3nShT-eMCtK--X86sw doesn't match stored clusterId Some(aaaa) in meta.properties.
        \tat kafka.server.KafkaServer.startup(KafkaServer.scala:255)
        [2026-11-22 10:00:00,141] INFO shutting down (kafka.server.KafkaServer)
        [2026-11-22 10:00:00,190] INFO App info kafka.server for 0 unregistered (org.apache.kafka.common.utils.AppInfoParser)
        [2026-11-22 10:00:00,191] INFO shut down completed (kafka.server.KafkaServer)
        """;

    private const string BadValue = """
        [2026-11-22 10:00:00,123] ERROR Exiting Kafka due to fatal exception (kafka.Kafka$)
        org.apache.kafka.common.config.ConfigException: Invalid value x for configuration num.partitions: Not a number of type INT
        \tat org.apache.kafka.common.config.ConfigDef.parseType(ConfigDef.java:778)
        """;

    private const string PortInUse = """
        [2026-11-22 10:00:00,123] ERROR [KafkaServer id=0] Fatal error during KafkaServer startup. Prepare to shutdown (kafka.server.KafkaServer)
        org.apache.kafka.common.KafkaException: Socket server failed to bind to 0.0.0.0:9092: Address already in use.
        \tat kafka.network.Acceptor.openServerSocket(SocketServer.scala:740)
        Caused by: java.net.BindException: Address already in use
        \tat java.base/sun.nio.ch.Net.bind0(Native Method)
        \t... 12 more
        [2026-11-22 10:00:00,141] INFO [KafkaServer id=0] shutting down (kafka.server.KafkaServer)
        """;

    private const string NoRight = """
        [2026-11-22 10:00:00,123] ERROR Error while creating log for __consumer_offsets in dir /var/lib/kafka/data/log (org.apache.kafka.storage.internals.log.LogDirFailureChannel)
        java.nio.file.AccessDeniedException: /var/lib/kafka/data/log/.lock
        \tat java.base/sun.nio.fs.UnixException.translateToIOException(UnixException.java:90)
        """;

    [Theory]
    [InlineData(NoSnapshot,
        "ERROR [main:o.a.z.s.q.QuorumPeer@1222] - Unable to load database on disk | Caused by: java.io.IOException: No snapshot found, "
            + "but there are log entries. Something is broken!", "delete the pod's claim and then the pod")]
    [InlineData(OtherCluster,
        "ERROR Fatal error during KafkaServer startup. Prepare to shutdown (kafka.server.KafkaServer) | "
            + "kafka.common.InconsistentClusterIdException: The Cluster ID 4L6g3nShT-eMCtK--X86sw doesn't match",
            "belongs to another cluster")]
    [InlineData(BadValue,
        "ERROR Exiting Kafka due to fatal exception (kafka.Kafka$) | org.apache.kafka.common.config.ConfigException: Invalid value x for "
            + "configuration num.partitions", "")]
    [InlineData(PortInUse,
        "startup. Prepare to shutdown (kafka.server.KafkaServer) | Caused by: java.net.BindException: Address already in use",
        "has the port")]
    [InlineData(NoRight, "java.nio.file.AccessDeniedException: /var/lib/kafka/data/log/.lock", "fsGroup")]
    [InlineData("Terminating due to java.lang.OutOfMemoryError: Java heap space",
        "it last said: Terminating due to java.lang.OutOfMemoryError: Java heap space", "-BrokerMemory")]
    [InlineData("Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space\n\tat a.b.C.d(C.java:1)",
        "Exception in thread \"main\" java.lang.OutOfMemoryError", "-ZooKeeperMemory")]
    // nothing stands out
    [InlineData("a\nb\nc\nkafka-start: the volume belongs to broker 2", "it last said: b | c | kafka-start: the volume belongs to broker 2",
        "")]
    [InlineData("", "exit code 1", "")]
    public void Tell_the_cause_and_the_way_out(string log, string cause, string way)
    {
        var state = Json.Object("""{"terminated":{"exitCode":1}}""");
        state["terminated"]!["message"] = log.Replace("\\t", "\t", StringComparison.Ordinal);
        string words = LastWords.Of(state);
        Assert.Contains(cause, words, StringComparison.Ordinal);
        Assert.Contains(way, words, StringComparison.Ordinal);
        Assert.DoesNotContain("common frames", words, StringComparison.Ordinal);
        Assert.DoesNotContain("audit", words, StringComparison.Ordinal);
        Assert.DoesNotContain("2026-", words, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_line_is_cut() => Assert.InRange(LastWords.Cause("ERROR " + new string('x', 5000)).Length, 100, 310);
}
