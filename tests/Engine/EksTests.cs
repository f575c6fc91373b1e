using System.Management.Automation;
using System.Text.Json.Nodes;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

/// <summary>Connect-EksCluster and its connection on the pipeline. One server plays both EKS and the cluster's API server.</summary>
public sealed class EksTests : IClassFixture<ModuleSession>, IDisposable
{
    private const string Connect = "Connect-EksCluster prod -Region eu-central-1";
    private const string Arn = "arn:aws:eks:eu-central-1:123456789012:cluster/prod";

    private readonly ModuleSession module;
    private readonly FakeApiServer server = new();
    private readonly TempFolder folder = new();

    public EksTests(ModuleSession module)
    {
        this.module = module;
        server.Instead = request => request.Path == "/clusters/prod" ? new FakeAnswer(200, new JsonObject
        {
            ["cluster"] = new JsonObject
            {
                ["name"] = "prod",
                ["arn"] = Arn,
                ["status"] = "ACTIVE",
                ["version"] = "1.34",
                ["endpoint"] = server.Address,
                ["certificateAuthority"] = new JsonObject { ["data"] = BuiltModule.Authority },
            },
        }) : null;
        server.PutCluster("kafka", "demo");
        BuiltModule.SetAws(("AWS_ENDPOINT_URL", server.Address), ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "secret"));
    }

    public void Dispose()
    {
        BuiltModule.SetAws();
        File.WriteAllText(BuiltModule.AwsConfig, "");
        server.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Gives_what_a_connection_needs_and_no_secret()
    {
        var found = Assert.Single(Run(Connect).EnsureSuccess().Output);
        Assert.Equal(("prod", "eu-central-1", Arn, server.Address, "1.34", "ACTIVE", null),
            (Value(found, "ClusterName"), Value(found, "Region"), Value(found, "Arn"), Value(found, "Endpoint"), Value(found, "Version"),
            Value(found, "Status"), Value(found, "ProfileName")));
        Assert.DoesNotContain(found.Properties,
            p => $"{p.Value}".Contains("k8s-aws", StringComparison.Ordinal) || $"{p.Value}".Contains("AKIA", StringComparison.Ordinal));
        Assert.Equal($"""
            ClusterName Region       ProfileName Status Version Endpoint
            ----------- ------       ----------- ------ ------- --------
            prod        eu-central-1             ACTIVE 1.34    {server.Address}
            """.ReplaceLineEndings("\n"), module.Engine.Format([found]));
    }

    [Theory]
    [InlineData(Connect + " | Get-KafkaCluster -Namespace kafka")]
    [InlineData(Connect + " | Get-KafkaCluster demo -Namespace kafka")]
    [InlineData("Get-KafkaCluster -Ns kafka -Connection (" + Connect + ")")]
    [InlineData("[pscustomobject]@{ Name = 'demo'; Namespace = 'kafka'; Connection = (" + Connect + ") } | Get-KafkaCluster")]
    [InlineData(Connect + " | Get-KafkaCluster -Namespace kafka | Get-KafkaCluster")]
    public void Goes_down_the_pipeline_and_is_carried_on(string script)
    {
        var found = Assert.Single(Run(script).EnsureSuccess().Output);
        Assert.Equal(("demo", null, null), (Value(found, "Name"), Value(found, "Context"), Value(found, "KubeConfig")));
        Assert.Equal("prod", Value(PSObject.AsPSObject(Value(found, "Connection")!), "ClusterName"));
        Assert.All(server.Requests.Where(r => r.Path.StartsWith("/api", StringComparison.Ordinal)),
            r => Assert.Contains("/namespaces/kafka/", r.Path, StringComparison.Ordinal));
    }

    // WhatIf is not handed on: the next command would act on the connection.
    [Theory]
    [InlineData("")]
    [InlineData(" -WriteKubeConfig -KubeConfig $f")]
    public void WhatIf_gives_no_connection(string more)
    {
        string file = Path.Combine(folder.Path, "config");
        Assert.Empty(Run($"$f = '{file}'; {Connect}{more} -WhatIf | New-KafkaCluster new -Namespace kafka -NoWait").EnsureSuccess().Output);
        Assert.False(File.Exists(file));
        Assert.Empty(server.Writes);
        Assert.StartsWith("What if: ", module.Engine.Host.Recording.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cluster_is_planned_through_it()
    {
        var result = Run(Connect + " | New-KafkaCluster new -Namespace kafka -WhatIf").EnsureSuccess();
        Assert.Contains(result.Output, o => (string?)Value(o, "Name") == "new-kafka");
        Assert.Contains($"kafka/new on context {Arn}", module.Engine.Host.Recording.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_name_of_the_EKS_cluster_is_never_taken_for_a_Kafka_cluster_s()
    {
        var error = Assert.Single(Run(Connect + " | Get-ZooKeeperNode -Namespace kafka absent").Errors);
        Assert.Equal("absent", error.TargetObject);
        Assert.DoesNotContain(server.Requests, r => r.Path.Contains("prod-", StringComparison.Ordinal));
        Run(Connect + " | Test-KafkaTopic -Namespace kafka");
        Assert.Contains(server.Requests, r => r.Path.EndsWith("/statefulsets/kafka", StringComparison.Ordinal)); // the default name
    }

    [Theory]
    [InlineData("-Context fake", "-Context")]
    [InlineData("-KubeConfig /nonexistent", "-KubeConfig")]
    public void Two_servers_at_once_are_refused(string more, string named)
    {
        var error = Assert.Single(Run($"{Connect} | Get-KafkaCluster {more}").Errors);
        Assert.StartsWith("KafkaK8s.TwoConnections,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
        Assert.Contains(named, error.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Connect-EksCluster absent -Region eu-central-1", "EksClusterNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Connect-EksCluster prod", "AwsRegionMissing", ErrorCategory.InvalidArgument)]
    [InlineData("Connect-EksCluster prod -Region eu-central-1 -ProfileName absent", "AwsProfileNotFound", ErrorCategory.ObjectNotFound)]
    public void Bad_input_gives_one_error_with_its_id(string script, string id, ErrorCategory category)
    {
        var usual = server.Instead;
        server.Instead = r => r.Path.StartsWith("/clusters", StringComparison.Ordinal) && usual(r) is null
            ? new FakeAnswer(404,
                new JsonObject { ["__type"] = "ResourceNotFoundException", ["message"] = "No cluster found for name: absent." }) : usual(r);
        var error = Assert.Single(Run(script).Errors);
        Assert.StartsWith($"KafkaK8s.{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(category, error.CategoryInfo.Category);
    }

    [Fact]
    public void An_unknown_region_is_refused_before_anything_is_sent()
    {
        BuiltModule.SetAws(("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "secret"));
        var error = Assert.Single(Run("Connect-EksCluster prod -Region eu-centrl-1").Errors);
        Assert.StartsWith("KafkaK8s.AwsRegionUnknown,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void One_bad_name_does_not_stop_the_others()
    {
        var usual = server.Instead;
        server.Instead = r => usual(r) ?? new FakeAnswer(404,
            new JsonObject { ["__type"] = "ResourceNotFoundException", ["message"] = "No cluster found for name: absent." });
        var result = Run("'absent', 'prod' | Connect-EksCluster -Region eu-central-1");
        Assert.Single(result.Errors);
        Assert.Equal("prod", Value(Assert.Single(result.Output), "ClusterName"));
    }

    [Fact]
    public void The_kubeconfig_is_written_on_demand_only()
    {
        string file = Path.Combine(folder.Path, "config");
        Run($"{Connect} -KubeConfig '{file}'").EnsureSuccess();
        Assert.False(File.Exists(file));
        // nothing that a command could take up
        Assert.Empty(Run($"{Connect} -WriteKubeConfig -KubeConfig '{file}' -WhatIf").EnsureSuccess().Output);
        Assert.False(File.Exists(file));
        Assert.Contains($"Write the context {Arn}", module.Engine.Host.Recording.Text(), StringComparison.Ordinal);
        Run($"{Connect} -WriteKubeConfig -KubeConfig '{file}'").EnsureSuccess();
        Assert.Contains($"current-context: \"{Arn}\"", File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Connect-EksCluster prod -Region eu-c", "eu-central-1", "eu-central-2")]
    [InlineData("Connect-EksCluster prod -ProfileName ", "other", "work")]
    public void Regions_and_profiles_complete(string typed, params string[] expected)
    {
        File.WriteAllText(BuiltModule.AwsConfig,
            "[profile other]\naws_access_key_id = a\naws_secret_access_key = b\n[profile work]\naws_access_key_id = "
                + "a\naws_secret_access_key = b\n");
        var result = module.Engine.Run("param($l) TabExpansion2 -inputScript $l -cursorColumn $l.Length", new { l = typed });
        Assert.Equal(expected,
            ((CommandCompletion)Assert.Single(result.Output).BaseObject).CompletionMatches.Select(m => m.CompletionText));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void Names_complete_through_a_connection()
    {
        string line = "Get-KafkaCluster -Connection $c -Namespace kafka -Name ";
        var result = module.Engine.Run($"param($l) $global:c = {Connect}; TabExpansion2 -inputScript $l -cursorColumn $l.Length",
            new { l = line });
        Assert.Equal(["demo"],
            ((CommandCompletion)Assert.Single(result.Output).BaseObject).CompletionMatches.Select(m => m.CompletionText));
    }

    private static object? Value(PSObject from, string name) => from.Properties[name].Value;

    private EngineResult Run(string script) => module.Engine.Run(script);
}
