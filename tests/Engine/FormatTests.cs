namespace KafkaK8s.Tests.Engine;

public sealed class FormatTests(ModuleSession module) : IClassFixture<ModuleSession>
{
    private const string Clusters = """
        [KafkaK8s.KafkaCluster]@{ Name = 'demo'; Namespace = 'kafka'; Status = 'Ready'; ZooKeeperCount = 3; ZooKeeperReady = 3; BrokerCount = 3; BrokersReady = 3; KafkaVersion = '3.9.2'; Bootstrap = 'demo-kafka-service.kafka.svc:9092'; CreatedAt = [DateTimeOffset]::UtcNow.AddMinutes(-5.5) }
        [KafkaK8s.KafkaCluster]@{ Name = 'a-longer-name'; Namespace = 'default'; Status = 'Degraded'; ZooKeeperCount = 5; ZooKeeperReady = 4; BrokerCount = 12; BrokersReady = 9; KafkaVersion = '3.9.2'; Bootstrap = 'a-longer-name-kafka-service.default.svc:9092'; CreatedAt = [DateTimeOffset]::UtcNow.AddDays(-12.1) }
        """;

    private const string Changes = """
        [KafkaK8s.ClusterChange]@{ Cluster = 'demo'; Namespace = 'kafka'; Kind = 'StatefulSet'; Name = 'demo-kafka'; Action = 'Update'; Fields = [KafkaK8s.FieldChange[]]@([KafkaK8s.FieldChange]::new('spec.replicas', '3', '5'), [KafkaK8s.FieldChange]::new('spec.a', [NullString]::Value, '1'), [KafkaK8s.FieldChange]::new('spec.b', '1', '2')) }
        [KafkaK8s.ClusterChange]@{ Cluster = 'demo'; Namespace = 'kafka'; Kind = 'PersistentVolumeClaim'; Name = 'data-demo-kafka-0'; Action = 'Keep'; Note = '20Gi' }
        """;

    private const string Verification = """
        [KafkaK8s.TopicVerification]@{ Cluster = 'demo'; Namespace = 'kafka'; Topic = 'kafkak8s-test-1'; Passed = $true; Sent = 1000; Acked = 1000; Received = 1000; P50 = 3.14; P99 = 25.6; ProduceRate = 12345.6 }
        """;

    private const string Brokers = """
        [KafkaK8s.BrokerVerification]@{ BrokerId = 0; Partitions = [int[]](0, 3); Sent = 500; Acked = 500; Received = 499; Lost = 1; Corrupt = 2; P50 = 2; P99 = 11 }
        [KafkaK8s.BrokerVerification]@{ BrokerId = 1; Partitions = [int[]](1, 4); Sent = 500; Acked = 500; Received = 500 }
        """;

    [Fact]
    public void Clusters_look_like_this() => Shows(Clusters, """
        Name          Namespace Status   ZooKeeper Brokers Kafka Bootstrap                                    Age
        ----          --------- ------   --------- ------- ----- ---------                                    ---
        demo          kafka     Ready    3/3       3/3     3.9.2 demo-kafka-service.kafka.svc:9092            5m
        a-longer-name default   Degraded 4/5       9/12    3.9.2 a-longer-name-kafka-service.default.svc:9092 12d
        """);

    [Fact]
    public void Changes_look_like_this() => Shows(Changes, """
        Action   Kind                  Name                           Change
        ------   ----                  ----                           ------
        Update   StatefulSet           demo-kafka                     replicas: 3 -> 5, a: (none) -> 1, 1 more
        Keep     PersistentVolumeClaim data-demo-kafka-0              20Gi
        """);

    [Fact]
    public void A_verification_looks_like_this() => Shows(Verification, """
        Topic           Passed Sent Acked Received Lost Duplicated OutOfOrder P50    P99   Rate
        -----           ------ ---- ----- -------- ---- ---------- ---------- ---    ---   ----
        kafkak8s-test-1 True   1000 1000  1000     0    0          0          3.1 ms 26 ms 12,346/s
        """);

    [Fact]
    public void Brokers_look_like_this() => Shows(Brokers, """
        Broker Partitions Sent Acked Received Lost Duplicated OutOfOrder Corrupt P50    P99
        ------ ---------- ---- ----- -------- ---- ---------- ---------- ------- ---    ---
        0      {0, 3}     500  500   499      1    0          0          2       2.0 ms 11 ms
        1      {1, 4}     500  500   500      0    0          0          0       -      -
        """);

    [Fact]
    public void Several_types_go_through_one_pipeline()
    {
        // The engine gives the first type its table and shows what follows of other types as lists; nothing is lost or fails.
        string text = module.Engine.Format(module.Engine.Run(Clusters + "\n" + Changes + "\n" + Verification).EnsureSuccess().Output);
        Assert.Equal(module.Engine.Format(module.Engine.Run(Clusters).Output), text[..text.IndexOf("\n\n", StringComparison.Ordinal)]);
        Assert.Contains("\nFields    : {spec.replicas: 3 -> 5, spec.a: (none) -> 1, spec.b: 1 -> 2}\n", text, StringComparison.Ordinal);
        Assert.Contains("\nTopic       : kafkak8s-test-1\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Age([TimeSpan]::FromSeconds(0.4))", "0s")]
    [InlineData("Age([TimeSpan]::FromSeconds(-5))", "0s")]
    [InlineData("Age([TimeSpan]::FromSeconds(119))", "119s")]
    [InlineData("Age([TimeSpan]::FromSeconds(120))", "2m")]
    [InlineData("Age([TimeSpan]::FromMinutes(119))", "119m")]
    [InlineData("Age([TimeSpan]::FromMinutes(120))", "2h")]
    [InlineData("Age([TimeSpan]::FromHours(48))", "2d")]
    [InlineData("Age([TimeSpan]::FromHours(47))", "47h")]
    [InlineData("Age([TimeSpan]::FromDays(12.9))", "12d")]
    [InlineData("Milliseconds([double]::NaN)", "-")]
    [InlineData("Milliseconds(3.14)", "3.1 ms")]
    [InlineData("Milliseconds(25.6)", "26 ms")]
    [InlineData("Rate(0)", "-")]
    [InlineData("Rate([double]::NaN)", "-")]
    [InlineData("Rate(1234567.8)", "1,234,568/s")]
    [InlineData("Of([KafkaK8s.ClusterChange]@{ Kind = 'Service'; Name = 'x'; Action = 'Create' })", "created Service/x")]
    [InlineData("Of([KafkaK8s.ClusterChange]@{ Kind = 'Service'; Name = 'x'; Action = 'Delete' })", "deleted Service/x")]
    [InlineData("Of([KafkaK8s.ClusterChange]@{ Kind = 'Service'; Name = 'x' })", "unchanged Service/x")]
    [InlineData("Of([KafkaK8s.ClusterChange]@{ Kind = 'Pod'; Name = 'x-0'; Action = 'Restart'; Note = 'one at a time' })", "restarted Pod/x-0 (one at a time)")]
    [InlineData("Of([KafkaK8s.ClusterChange]@{ Kind = 'Pod'; Name = 'x'; Action = 'Keep'; Note = '1Gi' })", "kept Pod/x (1Gi)")]
    [InlineData("Of([KafkaK8s.ClusterChange]@{ Kind = 'Pod'; Name = 'x'; Action = 'Update'; Fields = [KafkaK8s.FieldChange[]]@([KafkaK8s.FieldChange]::new('a.b', [NullString]::Value, '2'), [KafkaK8s.FieldChange]::new('c', '1', [NullString]::Value)) })", "changed Pod/x: a.b: (none) -> 2; c: 1 -> (none)")]
    [InlineData("Fields([KafkaK8s.ClusterChange]@{ Kind = 'Pod'; Name = 'x'; Note = 'why' })", "why")]
    [InlineData("Fields([KafkaK8s.ClusterChange]@{ Kind = 'Pod'; Name = 'x'; Fields = [KafkaK8s.FieldChange[]]@([KafkaK8s.FieldChange]::new('a.b', '1', '2')) })", "b: 1 -> 2")]
    public void Words_are_put_so(string call, string expected) =>
        Assert.Equal(expected, module.Engine.Run($"[KafkaK8s.Cmdlets.Words]::{call}").EnsureSuccess().As<string>()[0]);

    [Fact]
    public void Checks_and_timings_read_as_lines()
    {
        Assert.Equal("ok Delivery: all came", Text("[KafkaK8s.CheckResult]::new('Delivery', $true, 'all came').ToString()"));
        Assert.Equal("FAILED Delivery: 3 lost", Text("[KafkaK8s.CheckResult]::new('Delivery', $false, '3 lost').ToString()"));
        Assert.Equal("Brokers 12.3 s", Text("[KafkaK8s.PhaseTiming]::new('Brokers', [TimeSpan]::FromSeconds(12.34)).ToString()"));
    }

    [Fact]
    public void A_narrow_window_still_shows_names()
    {
        using var narrow = BuiltModule.Open(width: 60);
        Assert.Contains("a-longer-name", narrow.Format(narrow.Run(Clusters).EnsureSuccess().Output), StringComparison.Ordinal);
    }

    private string Text(string script) => module.Engine.Run(script).EnsureSuccess().As<string>()[0];

    private void Shows(string script, string expected)
    {
        var objects = module.Engine.Run(script).EnsureSuccess().Output;
        Assert.Equal(expected.ReplaceLineEndings("\n"), module.Engine.Format(objects));
    }
}
