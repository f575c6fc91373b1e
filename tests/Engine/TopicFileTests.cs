using System.Management.Automation;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

/// <summary>Topics from one cluster to another: what binds, what is asked, what a plan shows.</summary>
public sealed class TopicFileTests : IAsyncLifetime, IDisposable
{
    private readonly EngineSession engine = BuiltModule.Open();
    private readonly TempFolder folder = new();
    private FakeCluster from = null!;
    private FakeCluster to = null!;

    public async Task InitializeAsync()
    {
        from = await FakeCluster.StartAsync();
        to = await FakeCluster.StartAsync(brokers: 1, name: "other");
        from.Kafka.Topic("orders", [0, 1, 2], [1, 2, 0]);
        from.Kafka.Topic("letters", [0, 1, 2]);
        from.Kafka.Topic("__consumer_offsets", [0, 1, 2]);
        from.Kafka.Configs[("orders", "retention.ms")] = "1000";
    }

    public async Task DisposeAsync()
    {
        await from.Server.DisposeAsync();
        await to.Server.DisposeAsync();
    }

    public void Dispose()
    {
        engine.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("Export-KafkaTopic demo @at", "letters orders")]
    [InlineData("Export-KafkaTopic demo 'o*' @at", "orders")]
    [InlineData("Export-KafkaTopic demo @at -IncludeInternal", "__consumer_offsets letters orders")]
    [InlineData("Export-KafkaTopic demo __consumer_offsets @at", "__consumer_offsets")]
    [InlineData("Get-KafkaTopic demo @at | Export-KafkaTopic", "letters orders")]
    [InlineData("Get-KafkaCluster demo @at | Export-KafkaTopic", "letters orders")]
    [InlineData("'orders' | Export-KafkaTopic demo @at", "orders")]
    [InlineData("Export-KafkaTopic demo 'none*' @at", "")]
    public void Topics_are_exported(string command, string names)
    {
        string text = Assert.Single(Run(command).EnsureSuccess().As<string>());
        Assert.StartsWith("# Topics of shop/demo, format 1.", text, StringComparison.Ordinal);
        Assert.Equal(names, string.Join(' ',
            text.Split('\n').Where(l => l.StartsWith("- name: ", StringComparison.Ordinal)).Select(l => l[8..].Trim('"'))));
    }

    [Theory]
    [InlineData("Export-KafkaTopic demo @at | Import-KafkaTopic other @to -ReplicationFactor 1")]
    [InlineData("Get-KafkaTopic demo @at 3> $null | Import-KafkaTopic other @to -ReplicationFactor 1 3> $null")]
    [InlineData("Export-KafkaTopic demo @at -Path $d/t.yaml; Import-KafkaTopic other $d/t.yaml @to -ReplicationFactor 1")]
    [InlineData("Export-KafkaTopic demo @at -Path $d/t.yaml; Get-Content $d/t.yaml | Import-KafkaTopic other @to -ReplicationFactor 1")]
    [InlineData("Get-KafkaTopic demo @at | Export-Clixml $d/t.xml -Depth 4; Import-Clixml $d/t.xml | Import-KafkaTopic other @to "
        + "-ReplicationFactor 1 3> $null")]
    public void Topics_come_to_another_cluster_once(string command)
    {
        Assert.Equal(["Create letters", "Create orders"], Run(command).EnsureSuccess().Output.Select(Shown));
        Assert.Equal(["letters", "orders"], to.Kafka.Topics.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("1000", to.Kafka.Configs[("orders", "retention.ms")]);
        Assert.Equal(["None letters", "None orders"], Run(command).Output.Select(Shown));
        Assert.Equal(3, from.Kafka.Topics.Count);
    }

    [Fact]
    public void A_list_that_cannot_be_imported_as_a_whole_changes_nothing()
    {
        var result = Run("Export-KafkaTopic demo @at | Import-KafkaTopic other @to");
        Assert.Equal(["KafkaK8s.TooFewBrokers", "KafkaK8s.TooFewBrokers"],
            result.Errors.Select(e => e.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Contains("Nothing was changed: 2 topics of 2", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Assert.Empty(to.Kafka.Topics);
    }

    [Fact]
    public void A_plan_shows_the_steps_of_all_topics_and_changes_nothing()
    {
        to.Kafka.Topic("orders", [0]);
        var result = Run("Export-KafkaTopic demo @at | Import-KafkaTopic other @to -ReplicationFactor 1 -WhatIf");
        Assert.Equal(["Create letters", "Update orders"], result.Output.Select(Shown));
        Assert.Contains("Import topics (1 to make, 1 to change, 0 as they are)", engine.Host.Recording.Text(), StringComparison.Ordinal);
        Assert.Single(to.Kafka.Topics["orders"]);
        engine.Host.Answers.Enqueue("N"); // more partitions move keys, and are asked for
        Run("Export-KafkaTopic demo @at | Import-KafkaTopic other @to -ReplicationFactor 1");
        Assert.Single(engine.Host.Recording.Questions);
        Assert.Equal(["orders"], to.Kafka.Topics.Keys);
    }

    [Theory]
    [InlineData("Get-KafkaCluster demo @at | Import-KafkaTopic other @to", "InvalidTopicList")]
    [InlineData("Import-KafkaTopic other @to", "InvalidTopicList")]
    [InlineData("'no list' | Import-KafkaTopic other @to", "InvalidTopicList")]
    [InlineData("Import-KafkaTopic other $d/none.yaml @to", "FileNotRead")]
    [InlineData("Export-KafkaTopic demo @at -Path $d/none/t.yaml", "FileNotWritten")]
    [InlineData("Export-KafkaTopic demo nowhere @at", "TopicNotFound")]
    public void What_cannot_be_is_refused(string command, string id)
    {
        Assert.Equal($"KafkaK8s.{id}", Assert.Single(Run(command).Errors).FullyQualifiedErrorId.Split(',')[0]);
        Assert.Empty(to.Kafka.Topics);
    }

    [Fact]
    public void A_file_is_written_only_when_it_was_agreed_to()
    {
        Run("Export-KafkaTopic demo @at -Path $d/t.yaml -WhatIf").EnsureSuccess();
        Assert.False(File.Exists(Path.Combine(folder.Path, "t.yaml")));
    }

    private static string Shown(PSObject step) => $"{step.Properties["Action"].Value} {step.Properties["Name"].Value}";

    private EngineResult Run(string command) => engine.Run(
        $"param($k, $o, $d) $at = @{{ KubeConfig = $k; Namespace = 'shop' }}; $to = @{{ KubeConfig = $o; Namespace = 'shop' }}; {command}",
        new { k = from.Server.KubeConfig, o = to.Server.KubeConfig, d = folder.Path });
}
