using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.Json.Nodes;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

public sealed class CompletionTests(ModuleSession module) : IClassFixture<ModuleSession>
{
    [Theory]
    [InlineData("Get-KafkaCluster -Context ", "fake", "'second one'")]
    [InlineData("New-KafkaCluster -Context s", "'second one'")]
    [InlineData("New-KafkaCluster -Context 'sec", "'second one'")]
    public void Contexts_come_from_the_kubeconfig_alone(string typed, params string[] expected)
    {
        using var server = new FakeApiServer();
        Assert.Equal(expected, Complete(server.KubeConfig, typed));
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("Get-KafkaCluster ", "alpha", "beta")]
    [InlineData("Remove-KafkaCluster -Name a", "alpha")]
    [InlineData("Test-KafkaTopic B", "beta")]
    [InlineData("New-KafkaCluster -Namespace default -Name ", "gamma")]
    [InlineData("Export-KafkaManifest -Context 'second one' ", "gamma")]
    [InlineData("Get-KafkaCluster -Namespace ", "default", "kafka")]
    [InlineData("Get-KafkaCluster -Ns k", "kafka")]
    [InlineData("New-KafkaCluster -StorageClass ", "fast", "standard")]
    public void Names_come_from_the_server(string typed, params string[] expected)
    {
        using var server = new FakeApiServer();
        server.PutCluster("kafka", "alpha");
        server.PutCluster("kafka", "beta");
        server.PutCluster("default", "gamma");
        server.Store.Put("storage.k8s.io/v1", "storageclasses", null, FakeObjects.StorageClass("fast", isDefault: false));
        Assert.Equal(expected, Complete(server.KubeConfig, typed));
    }

    [Theory]
    [InlineData("Get-KafkaCluster ")]
    [InlineData("Get-KafkaCluster -Namespace ")]
    [InlineData("New-KafkaCluster -StorageClass ")]
    public void A_server_that_does_not_answer_is_given_two_seconds(string typed)
    {
        using var server = new FakeApiServer { Instead = static _ => FakeAnswer.Never };
        var clock = Stopwatch.StartNew();
        Assert.Empty(Complete(server.KubeConfig, typed));
        Assert.InRange(clock.Elapsed.TotalSeconds, 1.9, 4);
        Eventually.Holds(() => server.Pending == 0, "the request was not given up");
    }

    [Theory]
    [InlineData("Get-KafkaCluster ")]
    [InlineData("New-KafkaCluster -Namespace ")]
    public void Failures_are_silent(string typed)
    {
        using var folder = new TempFolder();
        Assert.Empty(Complete(FakeApiServer.WriteKubeConfig(folder.Path, "http://127.0.0.1:1"), typed));
        Assert.Empty(Complete(Path.Combine(folder.Path, "absent"), typed));
        using var server = new FakeApiServer { Instead = static _ => FakeAnswer.Status(403, "Forbidden", "no") };
        Assert.Empty(Complete(server.KubeConfig, typed));
    }

    [Fact]
    public void Parameters_complete_with_their_names() =>
        Assert.Equal(["-BrokerCount", "-BrokerCpu", "-BrokerCpuLimit", "-BrokerMemory"],
            Complete(null, "New-KafkaCluster -Broker").Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("Restart-ZooKeeperNode alpha ", "alpha-zk-0", "alpha-zk-1", "alpha-zk-2")]
    [InlineData("Restart-KafkaBroker alpha ", "0", "1", "2")]
    [InlineData("Get-KafkaBroker -Cluster alpha -Id 1", "1")]
    [InlineData("Test-KafkaCluster alpha zookeeper", "ZooKeeperAutopurge", "ZooKeeperInSync", "ZooKeeperQuorum", "ZooKeeperSize",
        "ZooKeeperVersion")]
    [InlineData("New-KafkaCluster -Toleration ", "dedicated=kafka:NoSchedule", "spot:NoExecute")]
    [InlineData("New-KafkaCluster -KafkaImage d", "docker.io/apache/kafka:3.9.2")]
    [InlineData("New-KafkaCluster -ZooKeeperImage d", "docker.io/library/zookeeper:3.8.6")]
    [InlineData("Export-KafkaManifest -KubernetesVersion 1.2", "1.20", "1.21", "1.22", "1.23", "1.24", "1.25", "1.26", "1.27", "1.28",
        "1.29")]
    public void What_has_a_finite_answer_is_completed(string typed, params string[] expected)
    {
        using var server = new FakeApiServer();
        server.PutCluster("kafka", "alpha");
        var node = FakeObjects.Plain("v1", "Node", "n1");
        node["spec"] = new JsonObject
        {
            ["taints"] = new JsonArray(new JsonObject
            {
                ["key"] = "dedicated",
                ["value"] = "kafka",
                ["effect"] = "NoSchedule"
            }, new JsonObject { ["key"] = "spot", ["effect"] = "NoExecute" })
        };
        server.Store.Put("v1", "nodes", null, node);
        Assert.Equal(expected, Complete(server.KubeConfig, typed));
    }

    /// <summary>A kubeconfig may come from anybody: what TAB puts on the line is one argument, and that name.</summary>
    [Theory]
    [InlineData("a&b")]
    [InlineData("a(b)")]
    [InlineData("$(Get-Date)")]
    [InlineData("$x")]
    [InlineData("a;b")]
    [InlineData("a|b")]
    [InlineData("a`b")]
    [InlineData("@x")]
    [InlineData("-x")]
    [InlineData("--%")]
    [InlineData("{x}")]
    [InlineData("a,b")]
    [InlineData("a>b")]
    [InlineData("#x")]
    [InlineData("it's")]
    [InlineData("it\u2019s; Get-Date")]
    [InlineData("\u2013x")]
    [InlineData("a\"b")]
    [InlineData("arn:aws:eks:eu-central-1:111122223333:cluster/prod")]
    [InlineData("admin@prod.example.com")]
    public void A_name_stays_one_argument(string context)
    {
        using var folder = new TempFolder();
        string file = Path.Combine(folder.Path, "config");
        File.WriteAllText(file,
            $"contexts: [{{name: {System.Text.Json.JsonSerializer.Serialize(context)}, context: {{cluster: c, user: u}} }}]");
        string line = "Get-KafkaCluster -Context " + Assert.Single(Complete(file, "Get-KafkaCluster -Context "));
        var tree = Parser.ParseInput(line, out _, out var errors);
        Assert.Empty(errors);
        var command = Assert.Single(tree.FindAll(a => a is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>());
        Assert.Equal(3, command.CommandElements.Count);
        Assert.Equal(context, Assert.IsType<StringConstantExpressionAst>(command.CommandElements[2]).Value);
    }

    [Fact]
    public void A_name_with_control_characters_is_not_offered()
    {
        using var folder = new TempFolder();
        string file = Path.Combine(folder.Path, "config");
        File.WriteAllText(file,
            """contexts: [{name: "a\u001b[2Jb", context: {cluster: c, user: u} }, {name: good, context: {cluster: c, user: u} }]""");
        Assert.Equal(["good"], Complete(file, "Get-KafkaCluster -Context "));
    }

    [Fact]
    public void A_relative_kubeconfig_is_taken_from_the_folder_of_the_prompt()
    {
        using var server = new FakeApiServer();
        using var prompt = BuiltModule.Open();
        prompt.Run("param($f) Set-Location $f", new { f = Path.GetDirectoryName(server.KubeConfig) }).EnsureSuccess();
        Assert.Equal(["fake", "'second one'"],
            Matches(prompt, "Get-KafkaCluster -KubeConfig ./config -Context ").Select(m => m.CompletionText));
    }

    /// <summary>Parameters whose values nobody can know, or which are numbers: TAB gives nothing for them.</summary>
    private static readonly string[] FreeText =
    [
        "ArgumentList", "Back", "BrokerCount", "BrokerCpu", "BrokerCpuLimit", "BrokerMemory", "Connection", "Count", "DiskSize",
        "FromOffset", "FromTimestamp",
        "Header", "InputObject", "Iops", "IrsaRole", "Key", "MessageCount", "MessageSize", "MinInSyncReplicas", "NodeSelector",
        "NodesPerZone", "Partition",
        "PodIdentityRole", "Prefix", "ReplicationFactor", "ShiftBy", "Since", "StorageSize", "Tail", "Throughput", "TimeoutSeconds",
        "Title", "ToOffset", "ToPosition", "ToTimestamp", "TransactionalId", "Tunnel",
        "ZooKeeperCount", "ZooKeeperCpu", "ZooKeeperCpuLimit", "ZooKeeperMemory", "ZooKeeperStorageSize",
    ];

    [Fact]
    public void Every_parameter_has_a_completer_or_is_free_text()
    {
        var open = Parameters()
            .Where(p => p.Attributes.OfType<ArgumentCompleterAttribute>().All(a => a.GetType() != typeof(ArgumentCompleterAttribute)))
            .Where(p => p.Name is not ("KubeConfig" or "Path") && p.ParameterType != typeof(SwitchParameter) && !p.ParameterType.IsEnum
                && !p.Attributes.OfType<ValidateSetAttribute>().Any());
        Assert.Equal(FreeText, open.Select(p => p.Name).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_parameter_but_a_path_is_completed_with_file_names()
    {
        using var folder = new TempFolder();
        File.WriteAllText(Path.Combine(folder.Path, "a-file.txt"), "");
        using var prompt = BuiltModule.Open();
        prompt.Run("param($f) Set-Location $f", new { f = folder.Path }).EnsureSuccess();
        foreach (string cmdlet in BuiltModule.Cmdlets)
        {
            foreach (var parameter in Parameters(cmdlet).Where(p => p.ParameterType != typeof(SwitchParameter)))
            {
                var found = Matches(prompt, $"{cmdlet} -{parameter.Name} ").Where(m => m.ResultType is CompletionResultType.ProviderItem
                    or CompletionResultType.ProviderContainer).Select(m => m.ListItemText);
                Assert.True(found.Contains("a-file.txt") == (parameter.Name is "KubeConfig" or "Path"),
                    $"{cmdlet} -{parameter.Name}: {string.Join(", ", found)}");
            }
        }
    }

    private IEnumerable<ParameterMetadata> Parameters() => BuiltModule.Cmdlets.SelectMany(Parameters);

    private IEnumerable<ParameterMetadata> Parameters(string cmdlet) =>
        ((CmdletInfo)module.Engine.Run("param($n) Get-Command $n", new { n = cmdlet })
            .EnsureSuccess().Output[0].BaseObject).Parameters.Values
            .Where(p => !Cmdlet.CommonParameters.Contains(p.Name) && !Cmdlet.OptionalCommonParameters.Contains(p.Name));

    // The kubeconfig stands in the line, as it would when it is not the default one.
    private List<string> Complete(string? kubeConfig, string typed)
    {
        string line = kubeConfig is null ? typed
            : typed.Insert(typed.IndexOf(' ', StringComparison.Ordinal), $" -KubeConfig '{kubeConfig}'");
        return [.. Matches(module.Engine, line).Where(
            m => m.ResultType is CompletionResultType.ParameterValue or CompletionResultType.ParameterName).Select(m => m.CompletionText)];
    }

    private static System.Collections.ObjectModel.Collection<CompletionResult> Matches(EngineSession prompt, string line)
    {
        var result = prompt.Run("param($l) TabExpansion2 -inputScript $l -cursorColumn $l.Length", new { l = line });
        Assert.Empty(result.Errors);
        return ((CommandCompletion)Assert.Single(result.Output).BaseObject).CompletionMatches;
    }
}
