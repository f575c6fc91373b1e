using KafkaK8s.Core;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Running;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>Topics as YAML, and from there into a cluster.</summary>
public sealed class TopicFileTests
{
    [Fact]
    public void Topics_are_written_in_order_and_read_back_as_they_were()
    {
        string text = TopicFile.Write("demo", "shop",
        [
            Asked("orders", 12, 3, ("retention.ms", "604800000"), ("cleanup.policy", "compact")),
            Asked("on", 1, 1, ("a", "true"), ("b", "x: #y")),
        ]);
        Assert.Equal("""
            # Topics of shop/demo, format 1. Import-KafkaTopic makes them.
            ---
            format: 1
            topics:
            - name: "on"
              partitions: 1
              replicationFactor: 1
              config:
                a: "true"
                b: "x: #y"
            - name: orders
              partitions: 12
              replicationFactor: 3
              config:
                cleanup.policy: compact
                retention.ms: "604800000"

            """, text);
        Assert.Equal(["on 1 1 a=true;b=x: #y", "orders 12 3 cleanup.policy=compact;retention.ms=604800000"],
            TopicFile.Read(text, "f").Select(Shown));
        Assert.Equal(4, TopicFile.Read($"{text}\n{text}", "f").Count); // two exports, put together
    }

    [Fact]
    public void What_people_leave_out_or_write_as_numbers_is_read() => Assert.Equal(
        ["a   ", "b 3  half=0.5;retention.ms=604800000;x=true;z=7d"],
        TopicFile.Read(
            "format: 1\ntopics:\n- name: a\n- name: b\n  partitions: 3\n  config: { retention.ms: 604800000, x: true, half: 0.5, z: 7d }\n",
            "f").Select(Shown));

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("topics: []", "'format' is missing")]
    [InlineData("format: 2\ntopics: []", "'format' is 2; this module reads format 1")]
    [InlineData("format: 1\ntopics: {}", "'topics' is no list")]
    [InlineData("format: 1\ntopics:\n- partitions: 1", "topic 1: 'name' is missing")]
    [InlineData("format: 1\ntopics:\n- name: a\n  partition: 1", "topic 1: there is no field 'partition'")]
    [InlineData("format: 1\ntopics:\n- name: a\n  partitions: many", "topic 1 (a): 'partitions' is no number")]
    [InlineData("format: 1\ntopics:\n- name: a\n  config: { x: }", "the setting x has no value")]
    [InlineData("format: 1\ntopics:\n- name: a\n- name: [", "f, line ")]
    [InlineData("- a", "is no table with format, topics")]
    public void What_is_no_list_of_topics_is_refused_with_its_place(string text, string words)
    {
        var e = Assert.Throws<ClusterException>(() => TopicFile.Read(text, "f"));
        Assert.Equal(("InvalidTopicList", FailureKind.InvalidInput), (e.Id, e.Kind));
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_has_what_is_the_topics_own_and_names_what_is_kept_back()
    {
        await using var on = await StartAsync();
        on.Kafka.Topic("orders", [0, 1, 2], [1, 2, 0]);
        on.Kafka.Topic("__consumer_offsets", [0]);
        on.Kafka.Configs[("", "retention.ms")] = "86400000";
        on.Kafka.Configs[("orders", "retention.bytes")] = "5";
        on.Kafka.Configs[("orders", "of.a.newer.broker")] = "s3cret";
        on.Kafka.Sensitive.Add(("orders", "of.a.newer.broker"));
        var found = await ExportTopics.RunAsync(on.Admin, n => n == "orders", default);
        Assert.Equal("orders 2 3 retention.bytes=5", Shown(Assert.Single(found.Topics)));
        Assert.Equal(["of.a.newer.broker of orders"], found.KeptBack);
    }

    [Fact]
    public async Task An_import_makes_and_changes_takes_nothing_away_and_has_nothing_to_do_the_second_time()
    {
        await using var on = await StartAsync();
        on.Kafka.Topic("orders", [0, 1, 2], [1, 2, 0]);
        on.Kafka.Topic("other", [0, 1, 2]);
        on.Kafka.Configs[("orders", "cleanup.policy")] = "compact";
        TopicRequest[] list =
        [
            Asked("orders", 4, 1, ("retention.ms", "1h")),
            Asked("new", 3, 2, ("min.insync.replicas", "3")),
            Asked("plain", null, null),
            Asked("__consumer_offsets", 50, 3),
        ];
        var plan = await ImportTopics.PlanAsync(on.Admin, list, null, default);
        Assert.Empty(plan.Failures);
        Assert.Equal(["1 Create new", "2 Update orders", "3 Create plain"], plan.Steps.Select(s => $"{s.Step} {s.Action} {s.Name}"));
        Assert.True(plan.MovesKeys);
        Assert.Equal(
            ["__consumer_offsets is one of Kafka's own", "new: min.insync.replicas is 3", "orders: 50 % of the keys",
            "orders stays at a replication factor of 3"],
            plan.Warnings.Select(w => Begin(w, ["__consumer_offsets is one of Kafka's own", "new: min.insync.replicas is 3",
                "orders: 50 % of the keys", "orders stays at a replication factor of 3"])));
        Assert.Equal(2, on.Kafka.Topics.Count);

        Assert.Equal(["Create", "Update", "Create"], (await RunAsync(on, plan)).Steps.Select(s => s.Action));
        Assert.Equal(["new 3", "orders 4", "other 1", "plain 1"],
            on.Kafka.Topics.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key} {t.Value.Count}"));
        Assert.Equal(("compact", "3600000"),
            (on.Kafka.Configs[("orders", "cleanup.policy")], on.Kafka.Configs[("orders", "retention.ms")]));

        var again = await ImportTopics.PlanAsync(on.Admin, list, null, default);
        Assert.All(again.Steps, s => Assert.Equal((ChangeAction.None, "is as the list has it"), (s.Action, s.Change)));
        Assert.False(again.MovesKeys);
    }

    [Fact]
    public async Task All_that_cannot_be_imported_is_found_before_anything_is_changed()
    {
        await using var on = await StartAsync();
        on.Kafka.Topic("orders", [0], [1]);
        TopicRequest[] list = [Asked("fine", 1, 1), Asked("orders", 1, 1), Asked("wide", 1, 4), Asked("odd", 1, 1, ("retention", "1")),
            Asked("a b", 1, 1)];
        var plan = await ImportTopics.PlanAsync(on.Admin, list, null, default);
        Assert.Equal(["InvalidTopicName", "KafkaRefused", "PartitionsCannotShrink", "TooFewBrokers"],
            plan.Failures.Select(f => f.Id).Order(StringComparer.Ordinal));
        Assert.Contains("-ReplicationFactor 3 makes the new topics with fewer copies",
            plan.Failures.Single(f => f.Id == "TooFewBrokers").Message, StringComparison.Ordinal);
        Assert.Equal(["orders"], on.Kafka.Topics.Keys);
        Assert.Empty((await ImportTopics.PlanAsync(on.Admin, [Asked("wide", 1, 4)], 3, default)).Failures);
        Assert.Equal("InvalidTopicList", (await Assert.ThrowsAsync<ClusterException>(
            () => ImportTopics.PlanAsync(on.Admin, [Asked("a", 1, 1), Asked("a", 2, 1)], null, default))).Id);
    }

    [Fact]
    public async Task A_topic_that_fails_does_not_stop_the_others()
    {
        await using var on = await StartAsync();
        var plan = await ImportTopics.PlanAsync(on.Admin, [Asked("a", 1, 1), Asked("b", 1, 1)], null, default);
        on.Kafka.Topic("a", [0]); // somebody else was faster
        var (steps, failures) = await RunAsync(on, plan);
        Assert.Equal(["b"], steps.Select(s => s.Name));
        Assert.Equal(["TopicExists"], failures.Select(f => f.Id));
    }

    [Fact]
    public async Task The_topics_are_read_once_however_many_they_are()
    {
        await using var on = await StartAsync();
        for (int i = 0; i < 40; i++)
            on.Kafka.Topic($"t{i}", [0, 1, 2]);
        var list = (await ExportTopics.RunAsync(on.Admin, _ => true, default)).Topics;
        int before = on.Kafka.Requests.Count;
        Assert.Equal(40, (await ImportTopics.PlanAsync(on.Admin, list, null, default)).Steps.Count);
        Assert.InRange(on.Kafka.Requests.Count - before, 1, 20);
    }

    private static string Begin(string text, string[] starts) =>
        Array.Find(starts, s => text.StartsWith(s, StringComparison.Ordinal)) ?? text;

    private static string Shown(TopicRequest t) =>
        $"{t.Name} {t.Partitions} {t.ReplicationFactor} "
            + $"{string.Join(';', t.Config.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key}={c.Value}"))}";

    private static TopicRequest Asked(string name, int? partitions, int? copies, params (string Key, string Value)[] config) =>
        new(name) { Partitions = partitions, ReplicationFactor = copies, Config = config.ToDictionary(c => c.Key, string? (c) => c.Value) };

    private static async Task<(IReadOnlyList<PlanStep> Steps, IReadOnlyList<ClusterException> Failures)> RunAsync(Started on,
        ImportPlan plan)
    {
        IReadOnlyList<PlanStep> steps = [];
        var failures = new List<ClusterException>();
        await foreach (var e in ImportTopics.RunAsync(on.Admin, plan, default))
        {
            if (e is Failed failed)
                failures.Add(failed.Failure);
            steps = e is Completed<IReadOnlyList<PlanStep>> done ? done.Result : steps;
        }

        return (steps, failures);
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
