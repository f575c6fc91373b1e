namespace KafkaK8s.Tests.Engine;

/// <summary>With a version no server is asked: there is no kubeconfig here at all.</summary>
public sealed class ExportTests(ModuleSession module) : IClassFixture<ModuleSession>
{
    [Theory]
    [InlineData("1.17", "policy/v1beta1", false, true)]
    [InlineData("1.20", "policy/v1beta1", true, false)]
    [InlineData("1.21", "policy/v1", true, false)]
    [InlineData("1.36", "policy/v1", true, false)]
    public void Fits_the_version(string version, string budget, bool startupProbe, bool seccompAnnotation)
    {
        string yaml = Export($"demo -KubernetesVersion {version}");
        Assert.Equal(["apps/v1", budget, "v1"], yaml.Split('\n').Where(l => l.StartsWith("apiVersion: ", StringComparison.Ordinal))
            .Select(l => l[12..]).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(startupProbe, yaml.Contains("startupProbe:", StringComparison.Ordinal));
        Assert.Equal(seccompAnnotation, yaml.Contains("seccomp.security.alpha.kubernetes.io/pod", StringComparison.Ordinal));
        Assert.Contains($"for Kubernetes {version}", yaml.Split('\n')[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Carries_parameters_names_and_namespace()
    {
        string yaml = Export("demo -KubernetesVersion 1.20 -BrokerCount 5 -Namespace prod");
        string[] lines = yaml.Split('\n');
        Assert.Contains("  name: demo-kafka", lines);
        Assert.Contains("  name: demo-zk", lines);
        Assert.Contains("  replicas: 5", lines);
        Assert.Equal(lines.Count(l => l.StartsWith("apiVersion:", StringComparison.Ordinal)), lines.Count(l => l == "  namespace: prod"));
        Assert.DoesNotContain("kind: Secret", lines);
    }

    [Fact]
    public void Is_one_string_and_without_a_name_the_plain_manifests()
    {
        string yaml = Export("-KubernetesVersion 1.36");
        Assert.Contains("  name: kafka\n", yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("namespace:", string.Join('\n', yaml.Split('\n').Where(l => !l.TrimStart().StartsWith('#')))
            .Replace("fieldPath: metadata.namespace", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Several_clusters_are_one_stream_of_documents()
    {
        var output = module.Engine.Run("'demo', 'test' | Export-KafkaManifest -KubernetesVersion 1.36").EnsureSuccess().Output;
        string[] lines = string.Join('\n', output.Select(o => (string)o.BaseObject)).Split('\n');
        Assert.Equal(2, output.Count);
        Assert.Equal(lines.Count(l => l.StartsWith("kind: ", StringComparison.Ordinal)), lines.Count(l => l == "---"));
    }

    // One that ReadSpec forgets would do nothing, and nobody would be told.
    [Fact]
    public void Every_property_of_a_spec_has_a_parameter_that_reaches_it()
    {
        const string Script = """
            $given = @{
                ZooKeeperCount = 5; BrokerCount = 7; StorageSize = '77Gi'; ZooKeeperStorageSize = '7Gi'; StorageClass = 'fast'; Ephemeral = $false
                Plaintext = $false
                KafkaImage = 'registry.example/kafka:3.9.2'; ZooKeeperImage = 'registry.example/zookeeper:3.9.5'
                BrokerMemory = '7Gi'; ZooKeeperMemory = '777Mi'; BrokerCpu = '7'; ZooKeeperCpu = '700m'; BrokerCpuLimit = '8'; ZooKeeperCpuLimit = '900m'
                ReplicationFactor = 4; MinInSyncReplicas = 3; Config = @{ 'log.retention.hours' = 7 }; NodeSelector = @{ dedicated = 'kafka' }
                Toleration = 'dedicated=kafka:NoSchedule'
            }
            $yaml = Export-KafkaManifest demo -KubernetesVersion 1.36 @given
            [KafkaK8s.ClusterSpec].GetProperties().Name | Where-Object { $_ -ne 'Name' } | Where-Object {
                -not ($given.ContainsKey($_) -and $yaml -cmatch ('"' + $_.Substring(0, 1).ToLowerInvariant() + $_.Substring(1) + '\\?":'))
            }
            """;
        Assert.Empty(module.Engine.Run(Script).EnsureSuccess().Output.Select(o => (string)o.BaseObject));
    }

    private string Export(string arguments) =>
        Assert.IsType<string>(Assert.Single(module.Engine.Run($"Export-KafkaManifest {arguments}").EnsureSuccess().Output).BaseObject);
}
