using System.Management.Automation;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

/// <summary>The cmdlets of topics: what binds, what is asked, what a plan shows.</summary>
public sealed class TopicTests : IAsyncLifetime
{
    private readonly EngineSession engine = BuiltModule.Open();
    private FakeCluster cluster = null!;

    public async Task InitializeAsync()
    {
        cluster = await FakeCluster.StartAsync();
        cluster.Kafka.Topic("orders", [0, 1, 2], [1, 2, 0])[0].End = 10;
        cluster.Kafka.Topic("tmp-1", [0, 1, 2]);
        cluster.Kafka.Topic("tmp-2", [0, 1, 2])[0].InSync.Remove(2);
        cluster.Kafka.Lagging.Add(2);
        cluster.Kafka.Topic("__consumer_offsets", [0, 1, 2]);
    }

    public async Task DisposeAsync()
    {
        engine.Dispose();
        await cluster.Server.DisposeAsync();
    }

    [Theory]
    [InlineData("Get-KafkaTopic demo @at", "__consumer_offsets orders tmp-1 tmp-2")]
    [InlineData("Get-KafkaTopic demo orders @at", "orders")]
    [InlineData("Get-KafkaTopic demo 'tmp-*', orders @at", "orders tmp-1 tmp-2")]
    [InlineData("Get-KafkaTopic demo -UnderReplicated @at", "tmp-2")]
    [InlineData("Get-KafkaTopic demo -UnderMinIsr @at", "")]
    [InlineData("Get-KafkaTopic DEMO 'none-*' @at", "")]
    [InlineData("'orders', 'tmp-1' | Get-KafkaTopic demo @at", "orders tmp-1")]
    [InlineData("Get-KafkaCluster demo @at | Get-KafkaTopic", "__consumer_offsets orders tmp-1 tmp-2")]
    [InlineData("Get-KafkaCluster demo @at | Get-KafkaTopic -Name orders", "orders")]
    [InlineData("Get-KafkaTopic demo orders @at | Get-KafkaTopic", "orders")]
    [InlineData("Get-KafkaTopic (Get-KafkaCluster demo @at) orders @at", "orders")]
    [InlineData("[pscustomobject]@{ Cluster = 'demo'; Name = 'tmp-1' } | Get-KafkaTopic @at", "tmp-1")]
    public void Topics_are_found(string command, string names) =>
        Assert.Equal(names, string.Join(' ', Run(command).EnsureSuccess().Output.Select(t => Of(t, "Name"))));

    [Fact]
    public void A_name_that_is_not_there_is_an_error_and_the_others_are_shown()
    {
        var result = Run("Get-KafkaTopic demo orders, nowhere @at");
        Assert.Equal("orders", Of(Assert.Single(result.Output), "Name"));
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("KafkaK8s.TopicNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("It has: orders, tmp-1, tmp-2.", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_question_removes_what_was_piped_and_nothing_else()
    {
        engine.Host.Answers.Enqueue("Y");
        Run("Get-KafkaTopic demo 'tmp-*' @at | Remove-KafkaTopic").EnsureSuccess();
        Assert.Equal(["__consumer_offsets", "orders"], cluster.Kafka.Topics.Keys);
        Assert.Contains("Remove 2 topics (tmp-1, tmp-2) for good", Assert.Single(engine.Host.Recording.Questions).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_wildcard_leaves_Kafkas_own_topics_alone()
    {
        Run("Remove-KafkaTopic demo * @at -Confirm:$false").EnsureSuccess();
        Assert.Equal(["__consumer_offsets"], cluster.Kafka.Topics.Keys);
        Assert.StartsWith("KafkaK8s.InternalTopic,", Assert.Single(
            Run("Remove-KafkaTopic demo __consumer_offsets @at -Confirm:$false").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Remove-KafkaTopic demo orders @at -WhatIf", "Delete orders: 10 messages, 30 B on disk")]
    [InlineData("New-KafkaTopic demo new -Partition 3 @at -WhatIf",
        "Create new: partitions: (none) -> 3, replicationFactor: (none) -> the brokers' default")]
    [InlineData("Set-KafkaTopic demo orders -Partition 4 @at -WhatIf", "Update orders: partitions: 2 -> 4")]
    public void A_plan_changes_nothing(string command, string row)
    {
        Assert.Equal(row,
            Assert.Single(Run($"{command} | ForEach-Object {{ \"$($_.Action) $($_.Name): $($_.Change)\" }}").Output).ToString());
        Assert.Equal(4, cluster.Kafka.Topics.Count);
        Assert.Equal(2, cluster.Kafka.Topics["orders"].Count);
    }

    [Theory]
    [InlineData("[pscustomobject]@{ Name = 'new'; Partition = '3'; ReplicationFactor = '' } | New-KafkaTopic demo @at", 3, 3)]
    [InlineData("Get-KafkaTopic demo orders @at | New-KafkaTopic -Name new", 2, 3)]
    [InlineData("Get-KafkaCluster demo @at | New-KafkaTopic -Name new -ReplicationFactor 1", 1, 1)]
    public void A_topic_is_made_of_what_was_piped(string command, int partitions, int copies)
    {
        var made = Assert.Single(Run(command).EnsureSuccess().Output);
        Assert.Equal(("new", partitions, copies), (Of(made, "Name"), Of(made, "Partitions"), Of(made, "ReplicationFactor")));
    }

    [Fact]
    public void More_partitions_move_keys_and_are_asked_for()
    {
        engine.Host.Answers.Enqueue("N");
        var result = Run("Set-KafkaTopic demo orders -Partition 4 @at");
        Assert.Contains("50 % of the keys", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Single(engine.Host.Recording.Questions);
        Assert.Equal(2, cluster.Kafka.Topics["orders"].Count);
        Run("Set-KafkaTopic demo orders -Config @{ 'retention.ms' = '1h' } @at").EnsureSuccess();
        Assert.Single(engine.Host.Recording.Questions);
        Assert.Equal("3600000", cluster.Kafka.Configs[("orders", "retention.ms")]);
    }

    [Theory]
    [InlineData("cleanup.policy=compact, 'retention.ms = 1h'", "compact 3600000")]
    [InlineData("cleanup.policy=", " ")]
    [InlineData("@{ 'cleanup.policy' = 'delete' }", "delete ")]
    public void Settings_may_be_given_as_texts(string config, string expected)
    {
        Run($"New-KafkaTopic demo new @at -Config {config}").EnsureSuccess();
        var settings = cluster.Kafka.Configs;
        Assert.Equal(expected, $"{settings[("new", "cleanup.policy")]} {settings.GetValueOrDefault(("new", "retention.ms"))}");
    }

    [Theory]
    [InlineData("compact", "'compact' is no setting: give name=value")]
    [InlineData("a=1, =2", "'=2' is no setting")]
    [InlineData("a=1, a=2", "a is given twice")]
    public void A_text_that_is_no_setting_is_refused(string config, string words)
    {
        var error = Assert.Single(Run($"New-KafkaTopic demo new @at -Config {config}").Errors);
        Assert.Contains(words, error.Exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("new", cluster.Kafka.Topics.Keys);
    }

    [Theory]
    [InlineData("New-KafkaTopic demo new", "min", "min.insync.replicas= What min.insync.replicas is for.")]
    [InlineData("Set-KafkaTopic demo orders", "a=1,clean", "cleanup.policy= What cleanup.policy is for.")]
    [InlineData("Set-KafkaCluster demo", "", "cleanup.policy= What cleanup.policy is for.")]
    public void Names_of_settings_complete_with_what_they_are_for(string command, string typed, string expected)
    {
        cluster.Kafka.Configs[("", "cleanup.policy")] = "delete";
        var found = engine.Run(
            "param($l) (TabExpansion2 $l $l.Length).CompletionMatches | ForEach-Object { \"$($_.CompletionText) $($_.ToolTip)\" }",
            new { l = $"{command} -Namespace shop -KubeConfig '{cluster.Server.KubeConfig}' -Config {typed}" }).EnsureSuccess();
        Assert.Equal([expected], found.As<string>());
    }

    [Theory]
    [InlineData("Get-KafkaTopic demo", "-Name o", "orders")]
    [InlineData("Set-KafkaTopic demo orders", "-Config min", "min.insync.replicas=")]
    public void Names_complete_from_a_broker_that_is_ready(string command, string typed, string expected)
    {
        var pods = cluster.Server.Pods;
        var mayBeReady = pods.MayBeReady;
        pods.MayBeReady = pod => (string)pod["metadata"]!["name"]! != "demo-kafka-0" && mayBeReady(pod);
        cluster.Server.Store.Change("v1", "pods", "shop", "demo-kafka-0", pod =>
        {
            foreach (var condition in pod["status"]!["conditions"]!.AsArray().Where(c => (string?)c!["type"] == "Ready"))
                condition!["status"] = "False";
        });
        int before = cluster.Kafka.Requests.Count;
        var found = engine.Run("param($l) (TabExpansion2 $l $l.Length).CompletionMatches.CompletionText",
            new { l = $"{command} -Namespace shop -KubeConfig '{cluster.Server.KubeConfig}' {typed}" }).EnsureSuccess();
        Assert.Equal([expected], found.As<string>());
        Assert.All(cluster.Kafka.Requests.Skip(before), r => Assert.Equal(1, r.Broker));
    }

    [Theory]
    [InlineData("(Get-KafkaConsumerGroup demo audit @at).PartitionDetail", "orders-1 3")]
    [InlineData("(ConvertFrom-Csv 'Topic,Partition,Offset', 'orders,0,4')", "orders-0 4")]
    [InlineData("('[{\"Topic\":\"orders\",\"Partition\":0,\"Committed\":null},{\"Topic\":\"orders\",\"Partition\":1,\"Committed\":2}]' | "
        + "ConvertFrom-Json)",
        "orders-1 2")]
    public void A_group_is_put_where_a_note_says(string note, string expected)
    {
        var parts = cluster.Kafka.Topics["orders"];
        (parts[0].End, parts[1].End) = (10, 10);
        cluster.Kafka.Committed[("billing", "orders", 0)] = 8;
        cluster.Kafka.Committed[("audit", "orders", 1)] = 3;
        var plan = Run($"Reset-KafkaConsumerGroupOffset demo billing @at -ToPosition {note} -WhatIf"
            + " | ForEach-Object { \"$($_.Name) $($_.Fields[0].To)\" }").EnsureSuccess().Output;
        Assert.Equal(expected, Assert.Single(plan).ToString());
    }

    [Theory]
    [InlineData("'text'", "'text' has no Topic and Partition")]
    [InlineData("@{ Topic = 'orders'; Partition = 0 }", "has no Topic and Partition")]
    [InlineData("([pscustomobject]@{ Topic = 'orders'; Partition = 0 })", "orders-0 has no Offset")]
    [InlineData("([pscustomobject]@{ Topic = 'orders'; Partition = 0; Offset = '-3' })", "'-3' is no offset of orders-0")]
    [InlineData("([pscustomobject]@{ Topic = 'orders'; Partition = 0; Offset = 'end' })", "'end' is no offset of orders-0")]
    [InlineData("(1, 2 | ForEach-Object { [pscustomobject]@{ Topic = 'orders'; Partition = 0; Offset = $_ } })", "orders-0 is there twice")]
    public void What_is_no_note_of_offsets_is_refused(string note, string words)
    {
        var error = Assert.Single(Run($"Reset-KafkaConsumerGroupOffset demo billing @at -ToPosition {note} -Confirm:$false").Errors);
        Assert.StartsWith("KafkaK8s.InvalidPosition,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(words, error.Exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(cluster.Kafka.Requests, r => r.Key == 8);
    }

    private static object Of(PSObject row, string property) => row.Properties[property].Value;

    private EngineResult Run(string command) =>
        engine.Run($"param($k) $at = @{{ KubeConfig = $k; Namespace = 'shop' }}; {command}", new { k = cluster.Server.KubeConfig });
}
