using KafkaK8s.Core;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Running;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>Topics, by the native client through the tunnel, on fake brokers.</summary>
public sealed class TopicTests
{
    [Fact]
    public async Task A_topic_is_read_with_all_that_the_brokers_know()
    {
        await using var on = await StartAsync();
        var parts = on.Kafka.Topic("orders", [0, 1, 2], [1, 2, 0]);
        (parts[0].Start, parts[0].End, parts[1].End) = (10, 110, 50);
        on.Kafka.Configs[("orders", "retention.ms")] = "1000";
        var topic = Assert.Single(await ListTopics.RunAsync(on.Admin, _ => true, default));
        Assert.Equal(("orders", "demo", "shop", 2, 3, 2),
            (topic.Name, topic.Cluster, topic.Namespace, topic.Partitions, topic.ReplicationFactor, topic.MinInSyncReplicas!.Value));
        Assert.Equal((150, 480, "480 B", TopicStatus.Healthy, ""),
            (topic.Messages!.Value, topic.SizeBytes!.Value, topic.Size, topic.Status, topic.Reason));
        Assert.Equal("retention.ms=1000", string.Join(';', topic.Config.Select(c => $"{c.Key}={c.Value}")));
        Assert.Equal(["0: 10-110 at 0", "1: 0-50 at 1"],
            topic.PartitionDetail.Select(p => $"{p.Partition}: {p.Start}-{p.End} at {p.Leader}"));
    }

    [Fact]
    public async Task The_worst_partition_makes_the_state_and_the_reason_names_the_brokers()
    {
        await using var on = await StartAsync();
        on.Kafka.Topic("a-late", [0, 1, 2])[0].InSync.Remove(2);
        on.Kafka.Topic("b-few", [0, 1, 2], [1, 2, 0])[1].InSync.RemoveAll(id => id != 1);
        on.Kafka.Lagging.UnionWith([0, 2]);
        on.Kafka.Topic("c-gone", [2]);
        on.Kafka.Down.Add(2);
        var topics = await ListTopics.RunAsync(on.Admin, _ => true, default);
        Assert.Equal([TopicStatus.UnderReplicated, TopicStatus.UnderMinIsr, TopicStatus.Unavailable], topics.Select(t => t.Status));
        Assert.Equal("1 of 1 partitions: copies out of sync on broker 2", topics[0].Reason);
        Assert.StartsWith("1 of 2 partitions: fewer than 2 copies in sync: writes with acks=all are refused; missing on broker 0, 2",
            topics[1].Reason, StringComparison.Ordinal);
        Assert.Equal("1 of 1 partitions: no leader", topics[2].Reason);
        Assert.Null(topics[2].Messages); // nobody can say it
        Assert.Null(topics[0].SizeBytes);
    }

    [Fact]
    public async Task No_broker_that_answers_is_an_error_and_not_an_empty_list()
    {
        await using var on = await StartAsync();
        on.Kafka.Down.UnionWith([0, 1, 2]);
        var e = await Assert.ThrowsAsync<ClusterException>(() => ListTopics.RunAsync(on.Admin, _ => true, default));
        Assert.Equal(("KafkaSilent", FailureKind.Unavailable), (e.Id, e.Kind));
    }

    [Fact]
    public async Task A_topic_is_made_when_it_was_agreed_to_and_not_before()
    {
        await using var on = await StartAsync();
        var plan = await ChangeTopic.PlanNewAsync(on.Admin,
            new TopicRequest("orders") { Partitions = 4, Config = new Dictionary<string, string?> { ["retention.ms"] = "7d" } }, default);
        Assert.Empty(on.Kafka.Topics);
        Assert.Equal(["partitions: (none) -> 4", "replicationFactor: (none) -> the brokers' default",
            "config[retention.ms]: (none) -> 604800000"], plan.Step.Fields.Select(f => f.ToString()));
        var made = await ResultAsync<KafkaTopic>(ChangeTopic.NewAsync(on.Admin, plan, default));
        Assert.Equal((4, 3, "604800000"), (made.Partitions, made.ReplicationFactor, made.Config["retention.ms"]));
    }

    [Fact]
    public async Task A_topic_that_takes_long_to_make_is_waited_for()
    {
        await using var on = await StartAsync();
        on.Kafka.SlowToMake = true;
        var plan = await ChangeTopic.PlanNewAsync(on.Admin, new TopicRequest("orders") { Partitions = 4 }, default);
        Assert.Equal(4, (await ResultAsync<KafkaTopic>(ChangeTopic.NewAsync(on.Admin, plan, default))).Partitions);
    }

    [Theory]
    [InlineData("orders", 1, "TopicExists")]
    [InlineData("new", 9, "KafkaRefused")] // nine copies on three brokers, in the broker's own words
    [InlineData("a b", 1, "InvalidTopicName")]
    [InlineData("new", 0, "InvalidCount")]
    [InlineData("new", 40_000, "InvalidCount")]
    [InlineData("__consumer_offsets", 1, "InternalTopic")]
    public async Task What_cannot_be_made_is_refused_before_anything_is_made(string name, int copies, string id)
    {
        await using var on = await StartAsync();
        on.Kafka.Topic("orders", [0]);
        var e = await Assert.ThrowsAsync<ClusterException>(
            () => ChangeTopic.PlanNewAsync(on.Admin, new TopicRequest(name) { ReplicationFactor = copies }, default));
        Assert.Equal(id, e.Id);
        if (id == "KafkaRefused")
            Assert.Contains("only 3 broker(s) are registered", e.Message, StringComparison.Ordinal);
        Assert.Equal(["orders"], on.Kafka.Topics.Keys);
    }

    [Fact]
    public async Task A_change_names_what_differs_and_changes_that_alone()
    {
        await using var on = await StartAsync();
        on.Kafka.Topic("orders", [0, 1, 2], [1, 2, 0]);
        on.Kafka.Configs[("", "retention.ms")] = "86400000";
        on.Kafka.Configs[("orders", "cleanup.policy")] = "compact";
        on.Kafka.Configs[("orders", "retention.bytes")] = "5";
        var asked = new TopicRequest("orders")
        {
            Partitions = 4,
            Config = new Dictionary<string, string?>
            {
                ["retention.ms"] = "1h",
                ["retention.bytes"] = null,
                ["cleanup.policy"] = "compact",
                ["segment.bytes"] = null
            },
        };
        var plan = await ChangeTopic.PlanSetAsync(on.Admin, asked, default);
        Assert.Equal(["partitions: 2 -> 4", "config[retention.bytes]: 5 -> the brokers'",
            "config[retention.ms]: 86400000 (the brokers') -> 3600000"], plan.Step.Fields.Select(f => f.ToString()));
        Assert.Contains("50 % of the keys", Assert.Single(plan.Warnings), StringComparison.Ordinal);
        Assert.Equal(2, on.Kafka.Topics["orders"].Count);
        Assert.Equal("5", on.Kafka.Configs[("orders", "retention.bytes")]);

        var changed = await ResultAsync<KafkaTopic>(ChangeTopic.SetAsync(on.Admin, plan, default));
        Assert.Equal((4, "cleanup.policy=compact;retention.ms=3600000"),
            (changed.Partitions, string.Join(';', changed.Config.OrderBy(c => c.Key).Select(c => $"{c.Key}={c.Value}"))));
        Assert.Equal(ChangeAction.None, (await ChangeTopic.PlanSetAsync(on.Admin, asked, default)).Step.Action);
    }

    [Theory]
    [InlineData("orders", 1, "retention.ms", "1", "PartitionsCannotShrink")]
    [InlineData("orders", 2, "retention.ms", "soon", "InvalidTopicConfig")]
    [InlineData("orders", 2, "retention", "1", "KafkaRefused")]
    [InlineData("other", 2, "retention.ms", "1", "TopicNotFound")]
    [InlineData("__consumer_offsets", 3, "retention.ms", "1", "InternalTopic")]
    public async Task What_cannot_be_changed_is_refused_before_anything_is_changed(string topic, int partitions, string key, string value,
        string id)
    {
        await using var on = await StartAsync();
        on.Kafka.Topic("orders", [0], [1]);
        on.Kafka.Topic("__consumer_offsets", [0], [1]);
        var asked = new TopicRequest(topic) { Partitions = partitions, Config = new Dictionary<string, string?> { [key] = value } };
        var e = await Assert.ThrowsAsync<ClusterException>(() => ChangeTopic.PlanSetAsync(on.Admin, asked, default));
        Assert.Equal(id, e.Id);
        Assert.DoesNotContain(on.Kafka.Configs.Keys, k => k.Topic.Length > 0);
        Assert.Equal(2, on.Kafka.Topics["orders"].Count);
    }

    [Fact]
    public async Task A_removal_says_what_is_lost_and_who_has_read_it_and_waits_until_it_is_gone()
    {
        await using var on = await StartAsync();
        on.Kafka.Topic("orders", [0, 1, 2])[0].End = 1234;
        on.Kafka.Topic("other", [1]);
        on.Kafka.Committed[("billing", "orders", 0)] = 7;
        on.Kafka.Committed[("audit", "other", 0)] = 7;
        var plan = await RemoveTopics.PlanAsync(on.Admin, ["orders"], default);
        Assert.Equal("1,234 messages, 3.62 KiB on disk; read by billing", Assert.Single(plan).Note);
        Assert.Contains("orders", on.Kafka.Topics.Keys);
        await ResultAsync<IReadOnlyList<PlanStep>>(RemoveTopics.RunAsync(on.Admin, plan, TimeSpan.FromSeconds(20), default));
        Assert.Equal(["other"], on.Kafka.Topics.Keys);
    }

    [Theory]
    [InlineData("__consumer_offsets", "InternalTopic")]
    [InlineData("nowhere", "TopicNotFound")]
    public async Task What_must_not_or_cannot_be_removed_is_refused(string topic, string id)
    {
        await using var on = await StartAsync();
        on.Kafka.Topic("__consumer_offsets", [0]);
        on.Kafka.Topic("orders", [0]);
        Assert.Equal(id,
            (await Assert.ThrowsAsync<ClusterException>(() => RemoveTopics.PlanAsync(on.Admin, ["orders", topic], default))).Id);
        Assert.Equal(2, on.Kafka.Topics.Count);
    }

    private static async Task<T> ResultAsync<T>(IAsyncEnumerable<OperationEvent> events)
    {
        T? result = default;
        await foreach (var e in events)
            result = e is Completed<T> done ? done.Result : result;
        return Assert.IsAssignableFrom<T>(result);
    }

    private static async Task<Started> StartAsync()
    {
        var cluster = await FakeCluster.StartAsync();
        var connection = cluster.Connect();
        return new Started(cluster, connection, await KafkaAdmin.OpenAsync(connection, "shop", "demo", default));
    }

    private sealed record Started(FakeCluster Cluster, Core.Kubernetes.KubeConnection Connection, KafkaAdmin Admin) : IAsyncDisposable
    {
        public FakeKafka Kafka => Cluster.Kafka;

        public async ValueTask DisposeAsync()
        {
            await Admin.DisposeAsync();
            Connection.Dispose();
            await Cluster.Server.DisposeAsync();
        }
    }
}
