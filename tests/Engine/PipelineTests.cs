using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

/// <summary>What comes down the pipeline is what is meant, or it is refused: nothing is guessed from an object's text.</summary>
public sealed class PipelineTests : IDisposable
{
    private const string Change =
        "[KafkaK8s.PlanStep]@{ Cluster = 'demo'; Namespace = 'kafka'; Kind = 'StatefulSet'; Name = 'demo-kafka' }";
    private const string Step =
        "[KafkaK8s.PlanStep]@{ Cluster = 'demo'; Namespace = 'kafka'; Action = 'Join'; Kind = 'Pod'; Name = 'demo-zk-3' } | "
            + "ForEach-Object { $_.psobject.TypeNames.Insert(0, 'KafkaK8s.PlanStep#Ensemble'); $_ }";
    private const string GroupStep = "[KafkaK8s.PlanStep]@{ Cluster = 'prod'; Kind = 'NodeGroup'; Name = 'kafka-a' }";
    private const string Group = "[KafkaK8s.KafkaNodeGroup]@{ Cluster = 'prod'; NodeGroup = 'kafka-a' }";
    private const string Cluster =
        "[KafkaK8s.KafkaCluster]@{ Name = 'demo'; Namespace = 'kafka'; KubeConfig = $k; BrokerCount = 7; ZooKeeperCount = 5; KafkaImage = "
            + "'apache/kafka:3.8.0' }";
    private const string Verification =
        "[KafkaK8s.TopicVerification]@{ Cluster = 'demo'; Namespace = 'kafka'; Topic = 't'; KubeConfig = $k }";
    private const string Node = "[KafkaK8s.ZooKeeperNode]@{ Cluster = 'demo'; Namespace = 'kafka'; Node = 'demo-zk-2'; KubeConfig = $k }";

    private static readonly string[] KafkaCmdlets =
    [
        "Get-KafkaCluster", "New-KafkaCluster", "Export-KafkaManifest", "Remove-KafkaCluster", "Test-KafkaTopic", "Test-KafkaCluster",
        "Test-KafkaListener",
        "Get-ZooKeeperNode", "Add-ZooKeeperNode", "Remove-ZooKeeperNode", "Restart-ZooKeeperNode", "Get-KafkaBroker", "Restart-KafkaBroker",
    ];

    private static readonly string[] EksCmdlets =
        ["Get-KafkaNodeGroup", "New-KafkaNodeGroup -InstanceType m6i.large", "Remove-KafkaNodeGroup", "Test-KafkaEksCluster",
        "Enable-KafkaEksStorage", "Connect-EksCluster"];

    private readonly EngineSession engine = BuiltModule.Open();
    private readonly FakeApiServer server = new();

    public PipelineTests() => server.PutCluster("kafka", "demo");

    public void Dispose()
    {
        engine.Dispose();
        server.Dispose();
    }

    public static TheoryData<string, string> Refused()
    {
        string[] everywhere = [Change, Step, GroupStep, "[Foreign]::new()", "@{ Name = 'demo' }", "[version]'1.2'", "5"];
        var data = new TheoryData<string, string>();
        foreach (string thing in everywhere.Append(Group))
        {
            foreach (string cmdlet in KafkaCmdlets)
                data.Add(thing, $"{cmdlet} -KubeConfig $k");
        }

        foreach (string thing in everywhere.Append(Cluster.Replace("KubeConfig = $k; ", "", StringComparison.Ordinal)))
        {
            foreach (string cmdlet in EksCmdlets)
                data.Add(thing, cmdlet);
        }

        data.Add(Node, "Add-ZooKeeperNode");
        return data;
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_names_no_cluster_is_refused_with_a_sentence(string thing, string command)
    {
        var result =
            Run(
                $"{(thing == "[Foreign]::new()" ? "class Foreign { [string] $Name = 'demo'; [string] $Namespace = 'kafka' }; " : "")}{thing} | {command}");
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("ParameterArgumentTransformationError,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(thing == Node ? "give the cluster's name" : "Give the name as a string, or an object that has it: ",
            error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("New-KafkaCluster new -WhatIf -KubeConfig $k | Test-KafkaTopic -KubeConfig $k")]
    [InlineData("New-KafkaCluster new -WhatIf -KubeConfig $k | Test-KafkaTopic new -KubeConfig $k")]
    [InlineData("New-KafkaCluster new -WhatIf -KubeConfig $k | Select-Object -Property * | Remove-KafkaCluster -KubeConfig $k "
        + "-Confirm:$false")]
    public void Objects_of_WhatIf_bind_to_nothing(string script)
    {
        if (script.Contains("Select-Object", StringComparison.Ordinal))
            script = script.Replace("Select-Object -Property *",
                "ForEach-Object { $o = [pscustomobject]@{ Name = $_.Name; Namespace = $_.Namespace }; $o.psobject.TypeNames.Insert(0, "
                    + "'Selected.KafkaK8s.PlanStep#Ensemble'); $o }", StringComparison.Ordinal);
        var result = Run(script);
        Assert.NotEmpty(result.Errors);
        Assert.All(result.Errors,
            e => Assert.Contains("A PlanStep is a step of a plan (-WhatIf)", e.Exception.Message, StringComparison.Ordinal));
        Assert.Empty(result.Output);
        Assert.Empty(server.Writes);
    }

    [Theory]
    [InlineData(Cluster)]
    [InlineData(Verification)]
    [InlineData(Node)]
    [InlineData("'demo'")]
    [InlineData("'DEMO'")]
    [InlineData("[pscustomobject]@{ Name = 'demo'; Namespace = 'kafka'; Context = ''; KubeConfig = $k; Other = 5 }")]
    public void What_names_a_cluster_finds_it(string thing)
    {
        string at = thing[0] == '\'' ? " -KubeConfig $k" : "";
        Assert.Equal("demo", Assert.Single(Run($"{thing} | Get-KafkaCluster{at}").EnsureSuccess().Output).Properties["Name"].Value);
        Assert.NotEmpty(Run($"{thing} | Remove-KafkaCluster -WhatIf{at}").EnsureSuccess().Output);
        Assert.Equal(3, Run($"{thing} | Get-ZooKeeperNode{at}").EnsureSuccess().Output.Count);
    }

    [Theory]
    [InlineData("Context", "$typo")]
    [InlineData("Context", "' '")]
    [InlineData("Namespace", "''")]
    [InlineData("Namespace", "$typo")]
    [InlineData("KubeConfig", "$typo")]
    [InlineData("Connection", "$typo")]
    public void An_empty_value_on_the_command_line_is_refused(string parameter, string value)
    {
        foreach (string cmdlet in KafkaCmdlets)
        {
            string at = parameter == "KubeConfig" ? "" : "-KubeConfig $k ";
            var error = Assert.Single(Run($"{cmdlet} demo {at}-{parameter} {value}").Errors);
            Assert.StartsWith("KafkaK8s.EmptyParameter,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.StartsWith($"-{parameter} was given an empty value.", error.Exception.Message, StringComparison.Ordinal);
        }

        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("StorageClass")]
    [InlineData("KafkaImage")]
    [InlineData("BrokerMemory")]
    [InlineData("Toleration")]
    [InlineData("Config")]
    public void So_is_one_for_what_the_cluster_should_be(string parameter)
    {
        Assert.StartsWith("KafkaK8s.EmptyParameter,", Assert.Single(
            Run($"New-KafkaCluster new -KubeConfig $k -{parameter} $typo").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("../nodes?x=")]
    [InlineData("Kafka")]
    [InlineData("a/b")]
    public void What_is_no_namespace_is_not_sent(string ns)
    {
        // To Get-KafkaCluster a question mark is a wildcard, which is matched here and not sent.
        foreach (string cmdlet in KafkaCmdlets.Where(c => c != "Get-KafkaCluster" || !ns.Contains('?', StringComparison.Ordinal)))
            Assert.StartsWith("KafkaK8s.InvalidNamespace,", Assert.Single(
                Run($"{cmdlet} demo -KubeConfig $k -Namespace '{ns}'").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("demo?x=")]
    [InlineData("-demo")]
    public void What_is_no_name_is_not_sent(string name)
    {
        foreach (string cmdlet in KafkaCmdlets.Except(["Get-KafkaCluster", "Export-KafkaManifest"]))
            Assert.StartsWith("KafkaK8s.InvalidName,",
                Assert.Single(Run($"{cmdlet} -Name '{name}' -KubeConfig $k").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, r => r.Path.Contains("namespaces", StringComparison.Ordinal));
    }

    [Fact]
    public void Rows_of_a_table_are_whole_requests()
    {
        const string Rows = """
            [pscustomobject]@{ Name = 'a'; BrokerCount = '5'; StorageSize = '7Gi'; Ephemeral = ''; KubeConfig = $k; Owner = 'x' },
            [pscustomobject]@{ Name = 'b'; BrokerCount = ''; StorageSize = ''; Ephemeral = 'true'; KubeConfig = $k; Owner = '' },
            [pscustomobject]@{ Name = 'c'; KubeConfig = $k }
            """;
        Run($"{Rows} | New-KafkaCluster -NoWait -WarningAction SilentlyContinue").EnsureSuccess();
        var spec = new Dictionary<string, string>();
        foreach (string name in new[] { "a", "b", "c" })
            spec[name] = (string?)server.Writes.Single(r => r.Path.EndsWith($"/statefulsets/{name}-kafka",
                StringComparison.Ordinal)).Tree["metadata"]!["annotations"]?["kafkak8s.io/spec"] ?? "";
        Assert.Equal("""{"schema":1,"brokerCount":5,"storageSize":"7Gi"}""", spec["a"]);
        Assert.Equal("""{"schema":1,"ephemeral":true}""", spec["b"]);
        Assert.DoesNotContain("5", spec["c"], StringComparison.Ordinal); // nothing of the rows before
        Assert.DoesNotContain("ephemeral", spec["c"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BrokerCount = 'three'", "KafkaK8s.CellUnfit,")]
    [InlineData("Config = 'a'", "ParameterArgumentTransformationError,")]
    [InlineData("Ephemeral = 'perhaps'", "ParameterArgumentTransformationError,")]
    public void A_cell_that_does_not_fit_is_an_error(string cell, string id)
    {
        var error = Assert.Single(Run($"[pscustomobject]@{{ Name = 'a'; {cell} }} | New-KafkaCluster -KubeConfig $k -WhatIf").Errors);
        Assert.StartsWith(id, error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("New-KafkaCluster -WhatIf")]
    [InlineData("Export-KafkaManifest")]
    [InlineData("Test-KafkaTopic")]
    [InlineData("Get-ZooKeeperNode")]
    public void A_row_without_a_name_is_not_the_default_cluster(string command)
    {
        Assert.StartsWith("KafkaK8s.NameMissing,",
            Assert.Single(
                Run($"[pscustomobject]@{{ Cluster = 'demo'; Namespace = 'kafka'; BrokerCount = 5 }} | {command} -KubeConfig $k".Replace(
                    "Cluster = 'demo'; ", command == "Get-ZooKeeperNode" ? "" : "Cluster = 'demo'; ",
                    StringComparison.Ordinal)).Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    // What an object shows of its cluster is no request to have it so.
    [Fact]
    public void Of_a_cluster_only_its_identity_is_taken()
    {
        Run("New-KafkaCluster std -NoWait -KubeConfig $k").EnsureSuccess();
        Run($"{Cluster.Replace("'demo'", "'std'", StringComparison.Ordinal)} | New-KafkaCluster -BrokerMemory 2Gi -NoWait -Confirm:$false")
            .EnsureSuccess();
        var set = server.Writes.Last(r => r.Path.EndsWith("/statefulsets/std-kafka", StringComparison.Ordinal)).Tree;
        Assert.Equal(3, (int)set["spec"]!["replicas"]!);
        Assert.Equal("""{"schema":1,"brokerMemory":"2Gi"}""", (string?)set["metadata"]!["annotations"]!["kafkak8s.io/spec"]);
    }

    [Fact]
    public void A_spec_is_a_request()
    {
        Run(
            "[KafkaK8s.ClusterSpec]@{ Name = 'new'; BrokerCount = 4; Ephemeral = $true } | New-KafkaCluster -KubeConfig $k -NoWait "
                + "-WarningAction SilentlyContinue").EnsureSuccess();
        var set = server.Writes.Single(r => r.Path.EndsWith("/statefulsets/new-kafka", StringComparison.Ordinal)).Tree;
        Assert.Equal("""{"schema":1,"brokerCount":4,"ephemeral":true}""", (string?)set["metadata"]!["annotations"]!["kafkak8s.io/spec"]);
    }

    [Fact]
    public void Nodes_are_acted_on_once_a_cluster()
    {
        Assert.Single(Run("Get-ZooKeeperNode demo -KubeConfig $k | Remove-ZooKeeperNode -Confirm:$false").Errors);
        Assert.StartsWith("KafkaK8s.CountAndNodes,",
            Assert.Single(
                Run("Get-ZooKeeperNode demo -KubeConfig $k | Remove-ZooKeeperNode -Count 2 -Confirm:$false").Errors).FullyQualifiedErrorId,
                StringComparison.Ordinal);
        Assert.Empty(server.Writes);
    }

    private EngineResult Run(string script) => engine.Run($"param($k) {script}", new { k = server.KubeConfig });
}
