using System.Management.Automation;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

/// <summary>Each bad input gives one error with its id, category and a way out, and nothing is changed.</summary>
public sealed class RefusalTests(ModuleSession module) : IClassFixture<ModuleSession>
{
    // Refused before anything is asked.
    [Theory]
    [InlineData("New-KafkaCluster Demo", "InvalidName", "Demo")]
    [InlineData("New-KafkaCluster 1demo", "InvalidName", "1demo")]
    [InlineData("New-KafkaCluster demo-", "InvalidName", "demo-")]
    [InlineData("New-KafkaCluster de_mo", "InvalidName", "de_mo")]
    [InlineData("New-KafkaCluster de.mo", "InvalidName", "de.mo")]
    [InlineData("New-KafkaCluster ('a' * 41)", "NameTooLong", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("New-KafkaCluster demo -BrokerCount 0", "InvalidCount", 0)]
    [InlineData("New-KafkaCluster demo -BrokerCount -3", "InvalidCount", -3)]
    [InlineData("New-KafkaCluster demo -ZooKeeperCount 0", "InvalidCount", 0)]
    [InlineData("New-KafkaCluster demo -ZooKeeperCount 257", "InvalidCount", 257)]
    [InlineData("New-KafkaCluster demo -BrokerCount 2 -ReplicationFactor 3", "ReplicationFactorTooHigh", 3)]
    [InlineData("New-KafkaCluster demo -ReplicationFactor 0", "InvalidReplication", 0)]
    [InlineData("New-KafkaCluster demo -ReplicationFactor 2 -MinInSyncReplicas 3", "MinInSyncReplicasTooHigh", 3)]
    [InlineData("New-KafkaCluster demo -StorageSize '10 gigs'", "InvalidQuantity", "10 gigs")]
    [InlineData("New-KafkaCluster demo -ZooKeeperStorageSize 10GB", "InvalidQuantity", "10GB")]
    [InlineData("New-KafkaCluster demo -BrokerMemory 0", "InvalidQuantity", "0")]
    [InlineData("New-KafkaCluster demo -ZooKeeperMemory -1Gi", "InvalidQuantity", "-1Gi")]
    [InlineData("New-KafkaCluster demo -BrokerCpu half", "InvalidQuantity", "half")]
    [InlineData("New-KafkaCluster demo -BrokerCpuLimit half", "InvalidQuantity", "half")]
    [InlineData("New-KafkaCluster demo -ZooKeeperCpu 0", "InvalidQuantity", "0")]
    [InlineData("New-KafkaCluster demo -Ephemeral -StorageSize 1Gi", "EphemeralWithStorage", "1Gi")]
    [InlineData("New-KafkaCluster demo -Config @{ 'broker.id' = 5 }", "ConfigOwned", "broker.id")]
    [InlineData("New-KafkaCluster demo -Config @{ 'zookeeper.connect' = 'x:1' }", "ConfigOwned", "zookeeper.connect")]
    [InlineData("New-KafkaCluster demo -Config @{ 'min.insync.replicas' = 1 }", "ConfigOwned", "min.insync.replicas")]
    [InlineData("New-KafkaCluster demo -Config @{ 'listener.name.internal.x' = 1 }", "ConfigOwned", "listener.name.internal.x")]
    [InlineData("New-KafkaCluster demo -Config @{ 'log dirs' = 1 }", "InvalidConfig", "log dirs")]
    [InlineData("New-KafkaCluster demo -Config @{ 'log.retention.ms' = @{ days = 1 } }", "InvalidConfig", "log.retention.ms")]
    [InlineData("New-KafkaCluster demo -Config @{ 'log.retention.ms' = [timespan]::FromDays(1) }", "InvalidConfig", "log.retention.ms")]
    [InlineData("New-KafkaCluster demo -Config @{ 'ssl.keystore.password' = 'hunter2' } -Verbose", "SecretInConfig",
        "ssl.keystore.password")]
    [InlineData("New-KafkaCluster demo -KafkaImage docker.io/apache/kafka:4.1.2 -WhatIf", "UnsupportedImage",
        "docker.io/apache/kafka:4.1.2")]
    [InlineData("New-KafkaCluster demo -ZooKeeperImage zookeeper:3.4", "UnsupportedImage", "zookeeper:3.4")]
    [InlineData("New-KafkaCluster demo -ZooKeeperMemory 100Mi", "TooLittleMemory", "100Mi")]
    [InlineData("New-KafkaCluster demo -NodeSelector @{ 'a b' = 1 }", "InvalidPlacement", "a b")]
    [InlineData("New-KafkaCluster demo -Toleration a, 'b=c:NO_SCHEDULE'", "InvalidPlacement", "b=c:NO_SCHEDULE")]
    [InlineData("Export-KafkaManifest Demo", "InvalidName", "Demo")]
    public void A_request_that_cannot_be_asks_nothing(string script, string id, object target)
    {
        using var server = new FakeApiServer();
        var error = Refused(server, script, id, ErrorCategory.InvalidArgument);
        Assert.Equal(target, error.TargetObject);
        Assert.DoesNotContain(server.Requests, r => r.Path != "/version");
    }

    // A cluster that stands may have been given other values earlier: it is looked at first.
    [Theory]
    [InlineData("New-KafkaCluster demo -ZooKeeperCount 4", "EvenEnsemble", 4)]
    [InlineData("New-KafkaCluster demo -ReplicationFactor 4", "ReplicationFactorTooHigh", 4)]
    [InlineData("New-KafkaCluster demo -MinInSyncReplicas 4", "MinInSyncReplicasTooHigh", 4)]
    public void A_value_that_does_not_fit_the_others_changes_nothing(string script, string id, object target)
    {
        using var server = new FakeApiServer();
        Assert.Equal(target, Refused(server, script, id, ErrorCategory.InvalidArgument).TargetObject);
        Assert.DoesNotContain(server.Requests, r => r.Path.Contains("dryRun", StringComparison.Ordinal));
        Assert.Empty(server.Writes);
    }

    [Theory]
    [InlineData("Export-KafkaManifest demo -KubernetesVersion 1.16", "KubernetesTooOld")]
    [InlineData("Export-KafkaManifest demo -KubernetesVersion 1.30 -BrokerCount 0", "InvalidCount")]
    [InlineData("Export-KafkaManifest demo -KubernetesVersion 1.30 -Config @{ 'ssl.keystore.password' = 'x' }", "SecretInConfig")]
    [InlineData("Export-KafkaManifest demo -KubernetesVersion 1.30 -Config @{ listeners = 'x' }", "ConfigOwned")]
    public void So_does_an_export(string script, string id)
    {
        using var server = new FakeApiServer();
        Refused(server, script, id, ErrorCategory.InvalidArgument);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void An_even_ensemble_can_be_forced()
    {
        using var server = new FakeApiServer();
        var result = Run(server, "New-KafkaCluster demo -ZooKeeperCount 4 -Force -WhatIf").EnsureSuccess();
        Assert.Contains(result.Output, o => (string)o.Properties["Name"].Value == "demo-zk");
        Assert.Empty(server.Writes);
    }

    [Theory]
    [InlineData("New-KafkaCluster demo -StorageClass fast", "StorageClassNotFound", ErrorCategory.ObjectNotFound, "fast")]
    [InlineData("New-KafkaCluster demo -Namespace nowhere", "NamespaceNotFound", ErrorCategory.ObjectNotFound, "nowhere")]
    [InlineData("New-KafkaCluster demo -Namespace leaving", "NamespaceTerminating", ErrorCategory.ResourceExists, "leaving")]
    [InlineData("New-KafkaCluster demo -Namespace leaving -CreateNamespace", "NamespaceTerminating", ErrorCategory.ResourceExists,
        "leaving")]
    [InlineData("New-KafkaCluster taken", "NameTaken", ErrorCategory.ResourceExists, "StatefulSet/taken-kafka")]
    [InlineData("New-KafkaCluster taken -Force", "NameTaken", ErrorCategory.ResourceExists, "StatefulSet/taken-kafka")]
    [InlineData("New-KafkaCluster other", "NameTaken", ErrorCategory.ResourceExists, "Service/other-kafka-headless")]
    [InlineData("Remove-KafkaCluster taken -Confirm:$false", "ClusterNotFound", ErrorCategory.ObjectNotFound, "taken")]
    [InlineData("Remove-KafkaCluster absent -DeleteData -Confirm:$false", "ClusterNotFound", ErrorCategory.ObjectNotFound, "absent")]
    [InlineData("Get-KafkaCluster absent", "ClusterNotFound", ErrorCategory.ObjectNotFound, "absent")]
    [InlineData("Test-KafkaTopic absent", "ClusterNotFound", ErrorCategory.ObjectNotFound, "absent")]
    public void What_does_not_fit_what_is_there(string script, string id, ErrorCategory category, string target)
    {
        using var server = new FakeApiServer();
        server.Store.Put("v1", "namespaces", null, FakeObjects.Namespace("leaving", "Terminating"));
        server.Store.Put("apps/v1", "statefulsets", "kafka", FakeObjects.Plain("apps/v1", "StatefulSet", "taken-kafka"));
        server.Store.Put("v1", "services", "kafka",
            FakeObjects.Plain("v1", "Service", "other-kafka-headless", new() { ["app"] = "somebody" }));
        Assert.Equal(target, Refused(server, script, id, category).TargetObject);
    }

    [Fact]
    public void Without_a_default_storage_class_one_must_be_named()
    {
        using var server = new FakeApiServer();
        server.Store.Put("storage.k8s.io/v1", "storageclasses", null, FakeObjects.StorageClass("standard", isDefault: false));
        Assert.Contains("standard", Refused(server, "New-KafkaCluster demo", "NoDefaultStorageClass",
            ErrorCategory.ObjectNotFound).Exception.Message, StringComparison.Ordinal);
        Run(server, "New-KafkaCluster demo -StorageClass standard -WhatIf").EnsureSuccess();
    }

    public static TheoryData<string> Commands => ["Get-KafkaCluster", "New-KafkaCluster demo", "Remove-KafkaCluster demo -Confirm:$false",
        "Export-KafkaManifest demo", "Test-KafkaTopic demo"];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Refused_credentials(string command)
    {
        using var server = new FakeApiServer { Instead = static _ => FakeAnswer.Status(401, "Unauthorized", "Unauthorized") };
        var error = Refused(server, command, "Unauthorized", ErrorCategory.AuthenticationError);
        Assert.Equal("fake", error.TargetObject);
        Assert.Contains("-Context", error.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Missing_rights(string command)
    {
        using var server = new FakeApiServer
        {
            Instead = static r => r.Path == "/version" ? null
            : FakeAnswer.Status(403, "Forbidden", "User \"u\" cannot do that")
        };
        Assert.Contains("User \"u\" cannot do that",
            Refused(server, command, "Forbidden", ErrorCategory.PermissionDenied).Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dry_run_that_the_server_refuses_stops_before_the_first_write()
    {
        using var server = new FakeApiServer
        {
            Instead = static r => r.Method == "PATCH" && r.Path.EndsWith("/demo-kafka", StringComparison.Ordinal)
                ? FakeAnswer.Status(422, "Invalid", "spec.replicas: Invalid value") : null,
        };
        Refused(server, "New-KafkaCluster demo", "RefusedByServer", ErrorCategory.InvalidData);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Unreachable_server(string command)
    {
        using var folder = new TempFolder();
        string file = FakeApiServer.WriteKubeConfig(folder.Path, "http://127.0.0.1:1");
        var error = Assert.Single(module.Engine.Run($"param($k) {command} -KubeConfig $k", new { k = file }).Errors);
        Check(error, "ApiServerUnreachable", ErrorCategory.ConnectionError);
        Assert.Contains("127.0.0.1:1", error.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Unknown_context(string command)
    {
        using var server = new FakeApiServer();
        var error = Refused(server, command + " -Context nope", "ContextNotFound", ErrorCategory.ObjectNotFound);
        Assert.Contains("fake, second one", error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData(null, "KubeConfigNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("{ this is: [no yaml", "KubeConfigInvalid", ErrorCategory.InvalidArgument)]
    [InlineData("just text", "KubeConfigInvalid", ErrorCategory.InvalidArgument)]
    [InlineData("", "ContextNotFound", ErrorCategory.ObjectNotFound)] // legal, as with kubectl
    [InlineData("current-context: a\nclusters: [{name: c, cluster: {}}]\ncontexts: [{name: a, context: {cluster: c}}]", "KubeConfigInvalid",
        ErrorCategory.InvalidArgument)]
    [InlineData("apiVersion: v1\nkind: Config", "ContextNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("current-context: a\ncontexts: [{name: a, context: {cluster: gone, user: gone}}]", "KubeConfigInvalid",
        ErrorCategory.InvalidArgument)]
    public void Missing_or_malformed_kubeconfig(string? content, string id, ErrorCategory category)
    {
        using var folder = new TempFolder();
        string file = Path.Combine(folder.Path, "config");
        if (content is not null)
            File.WriteAllText(file, content);
        Check(Assert.Single(module.Engine.Run("param($k) New-KafkaCluster demo -KubeConfig $k", new { k = file }).Errors), id, category);
    }

    [Fact]
    public void Without_parameter_the_variable_KUBECONFIG_is_named_in_the_error()
    {
        var error = Assert.Single(module.Engine.Run("Get-KafkaCluster").Errors);
        Check(error, "KubeConfigNotFound", ErrorCategory.ObjectNotFound);
        Assert.Equal("/nonexistent/kubeconfig", error.TargetObject);
    }

    [Fact]
    public void One_bad_item_does_not_stop_the_others()
    {
        using var server = new FakeApiServer();
        server.PutCluster("kafka", "good");
        var result = Run(server, "'absent', 'good' | Get-KafkaCluster");
        Check(Assert.Single(result.Errors), "ClusterNotFound", ErrorCategory.ObjectNotFound);
        Assert.Equal("good", Assert.Single(result.Output).Properties["Name"].Value);
        Assert.Null(result.TerminatingError);

        result = Run(server, "'Bad', 'fine' | New-KafkaCluster -WhatIf");
        Check(Assert.Single(result.Errors), "InvalidName", ErrorCategory.InvalidArgument);
        Assert.Contains(result.Output, o => (string)o.Properties["Name"].Value == "fine-kafka");
        Assert.Null(result.TerminatingError);
    }

    [Fact]
    public void Errors_can_be_caught_and_read()
    {
        using var server = new FakeApiServer();
        var result = Run(server,
            "try { New-KafkaCluster demo -BrokerCount 0 -ErrorAction Stop } catch { $_.FullyQualifiedErrorId -like "
                + "'KafkaK8s.InvalidCount,*' }");
        Assert.Equal(true, Assert.Single(result.Output).BaseObject);
        var error = Assert.Single(Run(server, "New-KafkaCluster demo -BrokerCount 0").Errors);
        Assert.Equal("New-KafkaCluster: -BrokerCount 0: a cluster has at least one broker.", module.Engine.FormatError(error));
    }

    private ErrorRecord Refused(FakeApiServer server, string script, string id, ErrorCategory category)
    {
        var result = Run(server, script);
        var error = Assert.Single(result.Errors);
        Check(error, id, category);
        Assert.Empty(server.Writes);
        Assert.Empty(result.Output);
        return error;
    }

    private EngineResult Run(FakeApiServer server, string script) => module.Engine.Run(
        "param($k) & { $PSDefaultParameterValues = @{ '*-Kafka*:KubeConfig' = $k }; " + script + " }", new { k = server.KubeConfig });

    private static void Check(ErrorRecord error, string id, ErrorCategory category)
    {
        Assert.Equal($"KafkaK8s.{id}", error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Equal("ClusterException", error.Exception.GetType().Name);
        Assert.True(error.Exception.Message.Length > 30 && error.Exception.Message.TrimEnd().EndsWith('.'),
            $"not a sentence: {error.Exception.Message}");
    }
}
