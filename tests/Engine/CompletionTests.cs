using System.Diagnostics;
using System.Management.Automation;
using KafkaK8s.Tests.Engine.Fake;

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
        Assert.Equal(["-BrokerCount", "-BrokerCpu", "-BrokerMemory"], Complete(null, "New-KafkaCluster -Broker").Order(StringComparer.Ordinal));

    // The kubeconfig stands in the line, as it would when it is not the default one.
    private List<string> Complete(string? kubeConfig, string typed)
    {
        string line = kubeConfig is null ? typed : typed.Insert(typed.IndexOf(' ', StringComparison.Ordinal), $" -KubeConfig '{kubeConfig}'");
        var result = module.Engine.Run("param($l) TabExpansion2 -inputScript $l -cursorColumn $l.Length", new { l = line });
        Assert.Empty(result.Errors);
        var matches = ((CommandCompletion)Assert.Single(result.Output).BaseObject).CompletionMatches;
        return [.. matches.Where(m => m.ResultType is CompletionResultType.ParameterValue or CompletionResultType.ParameterName).Select(m => m.CompletionText)];
    }
}
