using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

/// <summary>What reaches the server shows what was bound.</summary>
public sealed class BindingTests(ModuleSession module) : IClassFixture<ModuleSession>
{
    // The object alone carries all four; the context's own namespace is another one.
    private const string Cluster =
        "[KafkaK8s.KafkaCluster]@{ Name = 'demo'; Namespace = 'kafka'; Context = 'second one'; KubeConfig = $k }";

    [Theory]
    [InlineData("Get-KafkaCluster demo -KubeConfig $k")]
    [InlineData("Get-KafkaCluster -Name demo -KubeConfig $k")]
    [InlineData("'demo' | Get-KafkaCluster -KubeConfig $k")]
    [InlineData("[pscustomobject]@{ Name = 'demo' } | Get-KafkaCluster -KubeConfig $k")]
    [InlineData("Get-KafkaCluster DEMO -KubeConfig $k")]
    [InlineData("Get-KafkaCluster de* -KubeConfig $k")]
    [InlineData("Get-KafkaCluster -Ns kafka demo -KubeConfig $k")]
    [InlineData("Get-KafkaCluster demo -KubeConfig $k -Context 'second one' -Namespace kafka")]
    public void Name_by_position_name_value_and_property(string script)
    {
        using var server = WithClusters("kafka");
        Assert.Equal("demo", Assert.Single(Run(server, script).EnsureSuccess().Output).Properties["Name"].Value);
    }

    [Theory]
    [InlineData("Get-KafkaCluster", "kafka/demo,kafka/other")]
    [InlineData("Get-KafkaCluster -Namespace shop", "shop/demo,shop/other")]
    [InlineData("Get-KafkaCluster -AllNamespaces", "kafka/demo,kafka/other,shop/demo,shop/other")]
    [InlineData("Get-KafkaCluster d* -AllNamespaces", "kafka/demo,shop/demo")]
    public void Get_looks_in_one_namespace_or_in_all(string script, string expected)
    {
        using var server = WithClusters("kafka");
        server.PutCluster("shop", "demo");
        server.PutCluster("shop", "other");
        var found = Run(server, script + " -KubeConfig $k").EnsureSuccess().Output
            .Select(c => $"{c.Properties["Namespace"].Value}/{c.Properties["Name"].Value}");
        Assert.Equal(expected, string.Join(',', found));
        Assert.Equal(2, server.Requests.Count); // however many clusters there are
    }

    [Fact]
    public void Get_takes_all_four_from_a_cluster()
    {
        using var server = WithClusters("kafka");
        var found = Assert.Single(Run(server, $"{Cluster} | Get-KafkaCluster").EnsureSuccess().Output);
        Assert.Equal(("demo", "kafka", "second one", server.KubeConfig),
            ((string)found.Properties["Name"].Value, (string)found.Properties["Namespace"].Value, (string)found.Properties["Context"].Value,
            (string)found.Properties["KubeConfig"].Value));
        Assert.All(server.Requests, r => Assert.Contains("/namespaces/kafka/", r.Path, StringComparison.Ordinal));
    }

    [Fact]
    public void Remove_takes_all_four_from_a_cluster()
    {
        using var server = WithClusters("kafka");
        var result = Run(server, $"{Cluster} | Remove-KafkaCluster -WhatIf").EnsureSuccess();
        Assert.All(result.Output,
            o => Assert.Equal(("demo", "kafka"), ((string)o.Properties["Cluster"].Value, (string)o.Properties["Namespace"].Value)));
        Assert.Contains("kafka/demo on context second one", module.Engine.Host.Recording.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void New_takes_all_four_from_a_cluster()
    {
        using var server = new FakeApiServer();
        var result = Run(server, $"{Cluster} | New-KafkaCluster -WhatIf").EnsureSuccess();
        Assert.Contains(result.Output, o => (string)o.Properties["Name"].Value == "demo-kafka");
        Assert.All(result.Output, o => Assert.Equal("kafka", o.Properties["Namespace"].Value));
        Assert.Contains("kafka/demo on context second one", module.Engine.Host.Recording.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Export_takes_all_four_from_a_cluster()
    {
        using var server = WithClusters("kafka");
        server.Store.Change("apps/v1", "statefulsets", "kafka", "demo-kafka",
            tree => tree["metadata"]!["annotations"] = new System.Text.Json.Nodes.JsonObject { ["kafkak8s.io/spec"] = "{}" });
        string yaml = Run(server, $"{Cluster} | Export-KafkaManifest").EnsureSuccess().As<string>()[0];
        Assert.Contains("name: demo-kafka\n", yaml, StringComparison.Ordinal);
        Assert.Contains("namespace: kafka\n", yaml, StringComparison.Ordinal);
        Assert.Contains(server.Requests, r => r.Path == "/apis/apps/v1/namespaces/kafka/statefulsets/demo-kafka");
    }

    [Fact]
    public void Test_takes_all_four_from_a_cluster()
    {
        using var server = new FakeApiServer();
        var error = Assert.Single(Run(server, $"{Cluster} | Test-KafkaTopic").Errors);
        Assert.StartsWith("KafkaK8s.ClusterNotFound", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("demo", error.TargetObject);
        Assert.Equal("/apis/apps/v1/namespaces/kafka/statefulsets/demo-kafka", server.Requests[^1].Path);
        Assert.Contains(server.Requests, r => r.Path.Contains("/namespaces/kafka/", StringComparison.Ordinal));
    }

    [Fact]
    public void A_relative_kubeconfig_is_taken_from_the_current_folder()
    {
        using var server = WithClusters("kafka");
        var result = module.Engine.Run(
            "param($d, $f) $ExecutionContext.SessionState.Path.PushCurrentLocation('x'); $null = "
                + "$ExecutionContext.SessionState.Path.SetLocation($d); try { Get-KafkaCluster demo -KubeConfig $f } finally { $null = "
                + "$ExecutionContext.SessionState.Path.PopLocation('x') }",
            new { d = Path.GetDirectoryName(server.KubeConfig), f = "config" });
        Assert.Equal("demo", Assert.Single(result.EnsureSuccess().Output).Properties["Name"].Value);
    }

    [Fact]
    public void A_relative_KUBECONFIG_is_taken_from_the_current_folder_and_objects_go_back_to_their_server()
    {
        using var server = WithClusters("kafka");
        using var other = new FakeApiServer();
        var result = module.Engine.Run("""
            param($d, $other)
            $before = $env:KUBECONFIG
            Push-Location $d
            try {
                $env:KUBECONFIG = 'missing:config'
                $found = Get-KafkaCluster demo
                $env:KUBECONFIG = $other
                $found | Get-KafkaCluster
            }
            finally { $env:KUBECONFIG = $before; Pop-Location }
            """, new { d = Path.GetDirectoryName(server.KubeConfig), other = other.KubeConfig });
        var found = Assert.Single(result.EnsureSuccess().Output);
        Assert.Equal($"{Path.Combine(Path.GetDirectoryName(server.KubeConfig)!, "missing")}:{server.KubeConfig}",
            found.Properties["KubeConfig"].Value);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public void An_edited_kubeconfig_is_read_anew()
    {
        using var server = WithClusters("kafka");
        using var other = new FakeApiServer();
        var result = module.Engine.Run("""
            param($k, $other)
            $before = Get-Content -Raw $k
            Get-KafkaCluster demo -KubeConfig $k
            try {
                Copy-Item $other $k
                Get-KafkaCluster -KubeConfig $k
            }
            finally { Set-Content $k $before }
            """, new { k = server.KubeConfig, other = other.KubeConfig });
        Assert.Single(result.EnsureSuccess().Output);
        Assert.NotEmpty(other.Requests);
    }

    [Fact]
    public void Spec_parameters_reach_the_objects()
    {
        using var server = new FakeApiServer();
        Run(server,
            "New-KafkaCluster demo -KubeConfig $k -BrokerCount 5 -StorageSize 7Gi -Config @{ 'log.retention.hours' = 72; "
                + "'auto.create.topics.enable' = $false } -WhatIf").EnsureSuccess();
        var set = server.Requests.Single(r => r.Method == "PATCH" && r.Path.EndsWith("/statefulsets/demo-kafka", StringComparison.Ordinal));
        Assert.Equal(5, (int)set.Tree["spec"]!["replicas"]!);
        Assert.Contains("\"7Gi\"", set.Body, StringComparison.Ordinal);
        Assert.Contains(server.Requests, r => r.Method == "PATCH" && r.Body.Contains("log.retention.hours", StringComparison.Ordinal)
            && r.Body.Contains("72", StringComparison.Ordinal));
        string spec = (string)set.Tree["metadata"]!["annotations"]!["kafkak8s.io/spec"]!;
        Assert.Contains("\"auto.create.topics.enable\":\"false\"", spec, StringComparison.Ordinal); // as Kafka writes it, not as .NET does
        Assert.DoesNotContain("zooKeeperCount", spec, StringComparison.Ordinal); // what was not given stays open
    }

    [Fact]
    public void Values_of_Config_are_written_as_Kafka_reads_them_and_merged()
    {
        using var server = WithClusters("kafka");
        Run(server,
            "New-KafkaCluster new -KubeConfig $k -NoWait -Config @{ 'log.cleanup.policy' = 'compact', 'delete'; a = $true, 0.5, "
                + "[System.DayOfWeek]::Friday; b = 'x'; c = '' }").EnsureSuccess();
        Assert.Equal("""{"schema":1,"config":{"a":"true,0.5,Friday","b":"x","c":"","log.cleanup.policy":"compact,delete"}}""", Spec());
        Run(server, "New-KafkaCluster new -KubeConfig $k -NoWait -Config @{ a = $null; b = 'y' }").EnsureSuccess();
        Assert.Equal("""{"schema":1,"config":{"b":"y","c":"","log.cleanup.policy":"compact,delete"}}""", Spec());
        Run(server, "New-KafkaCluster new -KubeConfig $k -NoWait -Config @{}").EnsureSuccess();
        Assert.Equal("""{"schema":1,"config":{"b":"y","c":"","log.cleanup.policy":"compact,delete"}}""", Spec());

        string? Spec() => (string?)server.Writes.Last(r => r.IsApply
            && r.Path.EndsWith("/statefulsets/new-kafka", StringComparison.Ordinal)).Tree["metadata"]!["annotations"]!["kafkak8s.io/spec"];
    }

    [Fact]
    public void A_placement_reaches_both_sets_and_can_be_taken_back()
    {
        using var server = WithClusters("kafka");
        Run(server,
            "New-KafkaCluster new -KubeConfig $k -NodeSelector @{ dedicated = 'kafka' } -Toleration 'dedicated=kafka:NoSchedule' -NoWait")
            .EnsureSuccess();
        foreach (string set in new[] { "new-kafka", "new-zk" })
        {
            var pod = server.Writes.Last(
                r => r.IsApply && r.Path.EndsWith($"/statefulsets/{set}", StringComparison.Ordinal)).Tree["spec"]!["template"]!["spec"]!;
            Assert.Equal("""{"dedicated":"kafka"}""", pod["nodeSelector"]!.ToJsonString());
            Assert.Equal("""[{"key":"dedicated","operator":"Equal","value":"kafka","effect":"NoSchedule"}]""",
                pod["tolerations"]!.ToJsonString());
        }

        Run(server, "New-KafkaCluster new -KubeConfig $k -BrokerCpu 300m -NoWait").EnsureSuccess(); // what was given stays
        Assert.NotNull(Brokers(server)["spec"]!["template"]!["spec"]!["nodeSelector"]);
        Run(server, "New-KafkaCluster new -KubeConfig $k -NodeSelector @{ dedicated = $null } -Toleration @() -NoWait").EnsureSuccess();
        var bare = Brokers(server);
        Assert.Null(bare["spec"]!["template"]!["spec"]!["nodeSelector"]);
        Assert.Null(bare["spec"]!["template"]!["spec"]!["tolerations"]);
        Assert.Equal("""{"schema":1,"brokerCpu":"300m"}""", (string?)bare["metadata"]!["annotations"]!["kafkak8s.io/spec"]);

        static System.Text.Json.Nodes.JsonObject Brokers(FakeApiServer server) =>
            server.Writes.Last(r => r.IsApply && r.Path.EndsWith("/statefulsets/new-kafka", StringComparison.Ordinal)).Tree;
    }

    [Theory]
    [InlineData("Get-KafkaCluster ''", "ParameterArgumentValidationError")]
    [InlineData("Remove-KafkaCluster ''", "ParameterArgumentValidationError")]
    [InlineData("Remove-KafkaCluster $null", "ParameterArgumentValidationError")]
    [InlineData("New-KafkaCluster ''", "ParameterArgumentValidationError")]
    [InlineData("New-KafkaCluster -BrokerCount three", "CannotConvertArgumentNoMessage")]
    [InlineData("New-KafkaCluster -TimeoutSeconds 0", "ParameterArgumentValidationError")]
    [InlineData("New-KafkaCluster -Config 5", "CannotConvertArgumentNoMessage")]
    [InlineData("Export-KafkaManifest -KubernetesVersion new", "CannotConvertArgumentNoMessage")]
    [InlineData("Test-KafkaTopic -MessageCount 0", "ParameterArgumentValidationError")]
    [InlineData("Test-KafkaTopic -MessageSize 63", "ParameterArgumentValidationError")]
    [InlineData("Test-KafkaTopic -Topic ''", "ParameterArgumentValidationError")]
    [InlineData("Get-KafkaCluster -Nonsense", "NamedParameterNotFound")]
    public void Values_of_a_wrong_shape_do_not_bind(string script, string id)
    {
        var error = Assert.Single(module.Engine.Run(script).Errors);
        Assert.Equal(id, error.FullyQualifiedErrorId.Split(',')[0]);
    }

    private static FakeApiServer WithClusters(string ns)
    {
        var server = new FakeApiServer();
        server.PutCluster(ns, "demo");
        server.PutCluster(ns, "other");
        return server;
    }

    private EngineResult Run(FakeApiServer server, string script)
    {
        module.Engine.Host.Recording.Clear();
        return module.Engine.Run("param($k) " + script, new { k = server.KubeConfig });
    }
}
