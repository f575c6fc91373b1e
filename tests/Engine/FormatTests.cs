using System.Xml.Linq;

namespace KafkaK8s.Tests.Engine;

public sealed class FormatTests(ModuleSession module) : IClassFixture<ModuleSession>
{
    private const string Clusters = """
        [KafkaK8s.KafkaCluster]@{ Name = 'demo'; Namespace = 'kafka'; Status = 'Ready'; ZooKeeperCount = 3; ZooKeeperReady = 3; BrokerCount = 3; BrokersReady = 3; Kafka = 'Healthy'; KafkaVersion = '3.9.2'; Bootstrap = 'demo-kafka-service.kafka.svc:9092'; CreatedAt = [DateTimeOffset]::UtcNow.AddMinutes(-5.5) }
        [KafkaK8s.KafkaCluster]@{ Name = 'a-longer-name'; Namespace = 'default'; Status = 'Degraded'; Kafka = 'NoAnswer'; Reasons = [string[]]@('pod a-longer-name-kafka-2: is starting again after exit code 1', 'broker 0 does not answer'); ZooKeeperCount = 5; ZooKeeperReady = 4; BrokerCount = 12; BrokersReady = 9; KafkaVersion = '3.9.2'; Bootstrap = 'a-longer-name-kafka-service.default.svc:9092'; CreatedAt = [DateTimeOffset]::UtcNow.AddDays(-12.1) }
        """;

    private const string Changes = """
        [KafkaK8s.PlanStep]@{ Cluster = 'demo'; Namespace = 'kafka'; Kind = 'StatefulSet'; Name = 'demo-kafka'; Action = 'Update'; Fields = [KafkaK8s.FieldChange[]]@([KafkaK8s.FieldChange]::new('spec.replicas', '3', '5'), [KafkaK8s.FieldChange]::new('spec.a', [NullString]::Value, '1'), [KafkaK8s.FieldChange]::new('spec.b', '1', '2')) }
        [KafkaK8s.PlanStep]@{ Cluster = 'demo'; Namespace = 'kafka'; Kind = 'PersistentVolumeClaim'; Name = 'data-demo-kafka-0'; Action = 'Keep'; Note = '20Gi' }
        """;

    private const string Verification = """
        [KafkaK8s.TopicVerification]@{ Cluster = 'demo'; Namespace = 'kafka'; Topic = 'kafkak8s-test-1'; Passed = $true; Sent = 1000; Acked = 1000; Received = 1000; P50Ms = 3.14; P99Ms = 25.6; ProducedPerSecond = 12345.6 }
        """;

    private const string Brokers = """
        [KafkaK8s.BrokerVerification]@{ BrokerId = 0; Partitions = [int[]](0, 3); Sent = 500; Acked = 500; Received = 499; Lost = 1; Corrupt = 2; P50Ms = 2; P99Ms = 11; From = 'tunnel'; Node = 'node-1'; Zone = 'zone-a' }
        [KafkaK8s.BrokerVerification]@{ BrokerId = 1; Partitions = [int[]](1, 4); Sent = 500; Acked = 500; Received = 500 }
        """;

    private const string Failed = """
        [KafkaK8s.TopicVerification]@{ Cluster = 'prod'; Namespace = 'kafka'; Topic = 'orders'; Sent = 1000; Acked = 1000; Received = 988; Lost = 12; Checks = [KafkaK8s.CheckResult[]]@([KafkaK8s.CheckResult]::new('AllAcked', $true, 'all'), [KafkaK8s.CheckResult]::new('NothingLost', $false, 'partition 3: 12')) }
        """;

    [Fact]
    public void Clusters_look_like_this() => Shows(Clusters, """
        Name          Namespace Status   Brokers Kafka    Reason
        ----          --------- ------   ------- -----    ------
        demo          kafka     Ready    3/3     Healthy
        a-longer-name default   Degraded 9/12    NoAnswer pod a-longer-name-kafka-2: is starting again after exit code 1; broke
                                                          r 0 does not answer
        """);

    [Fact]
    public void Clusters_that_are_well_show_the_rest() => Shows(Clusters.Split('\n')[0], """
        Name Namespace Status Brokers Kafka   Reason ZooKeeper Age KafkaVersion
        ---- --------- ------ ------- -----   ------ --------- --- ------------
        demo kafka     Ready  3/3     Healthy        3/3       5m  3.9.2
        """);

    [Fact]
    public void Changes_look_like_this() => Shows(Changes, """
        Action Kind                  Name              Change
        ------ ----                  ----              ------
        Update StatefulSet           demo-kafka        replicas: 3 -> 5, a: (none) -> 1, 1 more
        Keep   PersistentVolumeClaim data-demo-kafka-0 20Gi
        """);

    [Fact]
    public void A_verification_looks_like_this() => Shows(Verification, """
        Cluster Topic           Passed Reason Sent Lost P99Ms
        ------- -----           ------ ------ ---- ---- -----
        demo    kafkak8s-test-1 True          1000 0     25.6
        """);

    [Fact]
    public void The_list_of_a_verification_has_a_line_for_each_broker()
    {
        var result = module.Engine.Run(
            $"[KafkaK8s.TopicVerification]@{{ Brokers = [KafkaK8s.BrokerVerification[]]@({Brokers}) }} | Format-List").EnsureSuccess();
        Assert.Contains("0: 499 of 500, 1 lost, 2 corrupt", module.Engine.Format(result.Output), StringComparison.Ordinal);
    }

    [Fact]
    public void Brokers_look_like_this() => Shows(Brokers, """
        BrokerId Partitions From   Sent Received Reason            P50Ms P99Ms Node   Zone
        -------- ---------- ----   ---- -------- ------            ----- ----- ----   ----
        0        {0, 3}     tunnel 500  499      1 lost, 2 corrupt   2.0  11.0 node-1 zone-a
        1        {1, 4}            500  500
        """);

    [Fact]
    public void Every_head_is_the_name_of_a_member()
    {
        var views = XDocument.Load(Path.Combine(BuiltModule.Folder, "KafkaK8s.Format.ps1xml")).Descendants("View").ToList();
        Assert.NotEmpty(views);
        foreach (var view in views)
        {
            var heads = view.Descendants("TableColumnHeader").Select(h => (string?)h.Element("Label"))
                .Zip(view.Descendants("TableColumnItem").Select(i => (string?)i.Element("PropertyName")),
                    (label, property) => label ?? property)
                .Concat(view.Descendants("ListItem").Select(i => (string?)i.Element("Label") ?? (string?)i.Element("PropertyName")));
            foreach (string? head in heads)
                Assert.True(module.Engine.Run("param($t, $h) $null -ne ([type]$t).GetProperty($h)",
                    new { t = ((string)view.Descendants("TypeName").Single()).Split('#')[0], h = head }).EnsureSuccess().As<bool>()[0],
                    $"{view.Element("Name")!.Value}: {head}");
        }
    }

    [Theory]
    [InlineData(Clusters, "Brokers -eq '9/12'", "Name", "a-longer-name")]
    [InlineData(Clusters, "Status -eq Ready", "Name", "demo")]
    [InlineData(Clusters, "Status -eq degraded", "Name", "a-longer-name")]
    [InlineData(Clusters, "Age -eq '12d'", "Name", "a-longer-name")]
    [InlineData(Changes, "Change -like '*1 more'", "Name", "demo-kafka")]
    [InlineData(Brokers, "Reason", "BrokerId", "0")]
    public void Where_finds_what_the_table_shows(string objects, string where, string property, string expected) =>
        Assert.Equal(expected, module.Engine.Run($"@({objects}) | Where-Object {where} | ForEach-Object {{ \"$($_.{property})\" }}")
            .EnsureSuccess().As<string>().Single());

    [Theory]
    [InlineData(Clusters, "Name|Namespace|Status|Reason|demo|a-longer-name|Degraded|NoAnswer|pod a-longer-name-kafka-2")]
    [InlineData(Verification, "Cluster|Topic|Passed|Reason|Sent|Lost|P99Ms|25.6")]
    [InlineData("[KafkaK8s.TopicVerification]@{ Cluster = 'demo'; Topic = 'kafkak8s-verify-20261126222423-e0e778'; Passed = $true; Sent = "
        + "1000; P99Ms = 1003.5 }", "Cluster|Topic|Passed|Reason|Sent|Lost|P99Ms|1003.5")]
    [InlineData("[KafkaK8s.ZooKeeperNode]@{ Cluster = 'tour'; Node = 'tour-zk-0'; Id = 1; Mode = 'follower'; Ready = $true; Zxid = "
        + "'0x10000000db'; LatencyMs = 83.6 }", "Cluster|Node|Id|Mode|Ready|Reason|Lag|InConfig|Connections|LatencyMs|83.6")]
    [InlineData("[KafkaK8s.KafkaBroker]@{ Cluster = 'demo'; Namespace = 'kafka'; Pod = 'demo-kafka-0'; Id = 0; Zone = 'eu-central-1a'; "
        + "IsController = $true; Leaders = 17; Copies = 50; SizeBytes = 1735166787; VolumeBytes = 1000; VolumeFreeBytes = 570 }",
        "Id|Pod|Status|Role|Leaders|Copies|Size|Used|Zone|demo-kafka-0|Healthy|controller|1.62 GiB|43 %|eu-central-1a")]
    [InlineData("[KafkaK8s.KafkaBroker]@{ Cluster = 'a-longer-name'; Namespace = 'kafka'; Pod = 'a-longer-name-kafka-11'; Id = 11; Status "
        + "= 'RestartNeeded'; Zone = 'eu-central-1a' }", "Id|Pod|Status|Role|a-longer-name-kafka-11|RestartNeeded")]
    [InlineData(Failed, "Cluster|Passed|Reason|prod|False|NothingLost|Topic|orders")]
    [InlineData("[KafkaK8s.ZooKeeperNode]@{ Cluster = 'a-longer-name'; Namespace = 'kafka'; Node = 'a-longer-name-zk-3'; Id = 4; Reason = "
        + "'there is no pod' }", "Node|Id|Ready|Reason|a-longer-name-zk-3|False|there is no pod")]
    [InlineData("[KafkaK8s.KafkaNodeGroup]@{ Cluster = 'prod'; NodeGroup = 'kafka-eu-central-1a'; Zones = [string[]]'eu-central-1a'; "
        + "Status = 'DEGRADED'; Issues = [string[]]'Ec2: no' }", "NodeGroup|Status|Reason|kafka-eu-central-1a|DEGRADED|Ec2: no")]
    [InlineData("[KafkaK8s.EksCheck]@{ Cluster = 'prod'; Check = 'VersionSupported'; Status = 'Advice'; Evidence = 'extended support'; "
        + "Remedy = 'Upgrade the cluster' }", "Check|Status|Evidence|Remedy|VersionSupported|Advice|extended support|Upgrade the cluster")]
    [InlineData("[KafkaK8s.KafkaClusterCheck]@{ Cluster = 'prod'; Check = 'PartitionsAvailable'; Severity = 'Critical'; Evidence = '1 "
        + "partition without a leader'; Remedy = 'Get-KafkaTopic prod -Unavailable' }",
        "Check|Severity|Evidence|Remedy|PartitionsAvailable|Critical|1 partition|Get-KafkaTopic")]
    [InlineData("[KafkaK8s.KafkaListenerCheck]@{ Cluster = 'prod'; Namespace = 'kafka'; Broker = 11; Pod = 'prod-kafka-11'; Listener = "
        + "'INTERNAL'; Advertised = 'prod-kafka-11.prod-kafka-headless.kafka.svc:9092'; From = 'Tunnel'; Verdict = 'LeadsElsewhere'; "
        + "Reason = 'another broker answers' }",
        "Broker|Listener|Advertised|From|Verdict|Reason|11|INTERNAL|prod-kafka-11|Tunnel|LeadsElsewhere|another broker")]
    [InlineData("[KafkaK8s.KafkaUser]@{ Name = 'team-orders'; Cluster = 'prod'; Authentication = 'Certificate'; State = 'Removed'; Grants = "
        + "12; Until = [DateTimeOffset]'2029-01-31T12:00:00Z'; Reason = 'everything is denied to it' }",
        "Name|Authentication|State|Grants|Until|Reason|team-orders|Certificate|Removed|12|2029-01-31|everything is")]
    [InlineData("[KafkaK8s.KafkaAccess]@{ Cluster = 'prod'; User = 'team-orders'; Resource = 'TransactionalId'; Name = 'orders-2029'; "
        + "Pattern = 'Prefixed'; Operation = 'DescribeConfigs'; Permission = 'Allow' }",
        "User|Permission|Operation|Resource|Name|Pattern|team-orders|Allow|DescribeConfigs|TransactionalId|orders-2029|Prefixed")]
    [InlineData("[KafkaK8s.PlanStep]@{ Cluster = 'demo'; Namespace = 'kafka'; Step = 1; Action = 'Restart'; Kind = 'Pod'; Name = "
        + "'demo-zk-0'; WaitsFor = 'it follows again'; Risk = 'no quorum' } | ForEach-Object { $_.psobject.TypeNames.Insert(0, "
        + "'KafkaK8s.PlanStep#Ensemble'); $_ }", "Step|Action|Name|WaitsFor|Risk|demo-zk-0|it follows again|no quorum")]
    public void Eighty_columns_suffice(string objects, string shown)
    {
        using var prompt = BuiltModule.Open(width: 80);
        string text = prompt.Format(prompt.Run(objects).EnsureSuccess().Output);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Assert.All(shown.Split('|'), word => Assert.Contains(word, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("'Degraded'", "<Degraded>")]
    [InlineData("$false", "<False>")]
    [InlineData("'Progressing'", "{Progressing>")]
    [InlineData("'Critical'", "<Critical>")]
    [InlineData("'Warning'", "{Warning>")]
    [InlineData("'LeadsElsewhere'", "<LeadsElsewhere>")]
    [InlineData("'NotMeant'", "NotMeant")]
    [InlineData("'Ready'", "Ready")]
    [InlineData("$null", "")]
    public void What_is_not_well_has_a_colour(string state, string expected) =>
        Assert.Equal(expected, Text($"[KafkaK8s.Cmdlets.Words]::Coloured({state}, '<', '{{', '>')"));

    [Fact]
    public void Plain_text_has_no_colour()
    {
        using var plain = BuiltModule.Open(width: 80);
        plain.Run("$PSStyle.OutputRendering = 'PlainText'").EnsureSuccess();
        int before = plain.Host.Recording.Lines.Count;
        plain.Format(plain.Run(Clusters).EnsureSuccess().Output);
        Assert.All(plain.Host.Recording.Lines.Skip(before), line => Assert.DoesNotContain('\u001b', line.Text));
    }

    [Fact]
    public void Several_types_go_through_one_pipeline()
    {
        // The engine gives the first type its table and shows what follows of other types as lists; nothing is lost or fails.
        string text = module.Engine.Format(module.Engine.Run(Clusters + "\n" + Changes + "\n" + Verification).EnsureSuccess().Output);
        Assert.Equal(module.Engine.Format(module.Engine.Run(Clusters).Output), text[..text.IndexOf("\n\n", StringComparison.Ordinal)]);
        Assert.Contains("\nFields    : {spec.replicas: 3 -> 5, spec.a: (none) -> 1, spec.b: 1 -> 2}\n", text, StringComparison.Ordinal);
        Assert.Contains("\nTopic             : kafkak8s-test-1\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Of([KafkaK8s.PlanStep]@{ Kind = 'Service'; Name = 'x'; Action = 'Create' })", "created Service/x")]
    [InlineData("Of([KafkaK8s.PlanStep]@{ Kind = 'Service'; Name = 'x'; Action = 'Delete' })", "deleted Service/x")]
    [InlineData("Of([KafkaK8s.PlanStep]@{ Kind = 'Service'; Name = 'x' })", "unchanged Service/x")]
    [InlineData("Of([KafkaK8s.PlanStep]@{ Kind = 'Pod'; Name = 'x-0'; Action = 'Restart'; Note = 'one at a time' })",
        "restarted Pod/x-0 (one at a time)")]
    [InlineData("Of([KafkaK8s.PlanStep]@{ Kind = 'Pod'; Name = 'x'; Action = 'Keep'; Note = '1Gi' })", "kept Pod/x (1Gi)")]
    [InlineData("Of([KafkaK8s.PlanStep]@{ Kind = 'Pod'; Name = 'x'; Action = 'Update'; Fields = "
        + "[KafkaK8s.FieldChange[]]@([KafkaK8s.FieldChange]::new('a.b', [NullString]::Value, '2'), [KafkaK8s.FieldChange]::new('c', '1', "
        + "[NullString]::Value)) })", "changed Pod/x: a.b: (none) -> 2; c: 1 -> (none)")]
    public void Words_are_put_so(string call, string expected) =>
        Assert.Equal(expected, module.Engine.Run($"[KafkaK8s.Cmdlets.Words]::{call}").EnsureSuccess().As<string>()[0]);

    [Theory]
    [InlineData(-5, "0s")]
    [InlineData(0.4, "0s")]
    [InlineData(118, "118s")]
    [InlineData(120, "2m")]
    [InlineData(119 * 60, "119m")]
    [InlineData(120 * 60, "2h")]
    [InlineData(47 * 3600, "47h")]
    [InlineData(48 * 3600, "2d")]
    [InlineData(12.9 * 86400, "12d")]
    public void Ages_are_put_so(double seconds, string expected) =>
        Assert.Equal(expected, module.Engine.Run(
            "param($s) ([KafkaK8s.KafkaCluster]@{ Name = 'x'; Namespace = 'y'; CreatedAt = [DateTimeOffset]::UtcNow.AddSeconds(-$s) }).Age",
            new { s = seconds }).EnsureSuccess().As<string>()[0]);

    [Fact]
    public void Checks_and_timings_read_as_lines()
    {
        Assert.Equal("ok Delivery: all came", Text("[KafkaK8s.CheckResult]::new('Delivery', $true, 'all came').ToString()"));
        Assert.Equal("FAILED Delivery: 3 lost", Text("[KafkaK8s.CheckResult]::new('Delivery', $false, '3 lost').ToString()"));
        Assert.Equal("Brokers 12.3 s", Text("[KafkaK8s.PhaseTiming]::new('Brokers', 12.34).ToString()"));
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
