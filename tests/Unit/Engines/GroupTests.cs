using KafkaK8s.Core;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Running;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>Consumer groups, by the native client through the tunnel, on fake brokers.</summary>
public sealed class GroupTests : IAsyncLifetime
{
    private FakeCluster cluster = null!;
    private Core.Kubernetes.KubeConnection connection = null!;
    private KafkaAdmin admin = null!;

    public async Task InitializeAsync()
    {
        cluster = await FakeCluster.StartAsync();
        connection = cluster.Connect();
        admin = await KafkaAdmin.OpenAsync(connection, "shop", "demo", default);
        var parts = cluster.Kafka.Topic("orders-eu", [0, 1, 2], [1, 2, 0]);
        (parts[0].Start, parts[0].End, parts[1].End) = (100, 200, 50);
        cluster.Kafka.Topic("other", [0])[0].End = 7;
        cluster.Kafka.Committed[("billing", "orders-eu", 0)] = 150;
        cluster.Kafka.Committed[("billing", "orders-eu", 1)] = 50;
        cluster.Kafka.Committed[("audit", "other", 0)] = 7;
    }

    public async Task DisposeAsync()
    {
        await admin.DisposeAsync();
        connection.Dispose();
        await cluster.Server.DisposeAsync();
    }

    [Fact]
    public async Task Lag_is_told_for_all_groups_with_the_ends_asked_once()
    {
        cluster.Kafka.Members["billing"] = 2;
        var groups = await ConsumerGroups.RunAsync(admin, _ => true, default);
        Assert.Equal(["audit Empty 0 0 other", "billing Stable 2 50 orders-eu"],
            groups.Select(g => $"{g.Name} {g.State} {g.Members} {g.Lag} {string.Join(',', g.Topics)}"));
        Assert.Equal(["0: 150 of 200, 50", "1: 50 of 50, 0"],
            groups[1].PartitionDetail.Select(p => $"{p.Partition}: {p.Committed} of {p.End}, {p.Lag}"));
        Assert.Equal(2, cluster.Kafka.Requests.Count(r => r.Key == 2)); // one for each broker that leads
    }

    [Theory]
    [InlineData("earliest", 100, 0)]
    [InlineData("latest", 200, 50)]
    [InlineData("offset", 120, 50)] // beyond the end of the second
    [InlineData("shift", 140, 40)]
    public async Task A_reset_shows_from_where_to_where_and_commits_that(string form, long first, long second)
    {
        var request = form switch
        {
            "earliest" => new ResetRequest("billing") { ToEarliest = true },
            "latest" => new ResetRequest("billing") { ToLatest = true },
            "offset" => new ResetRequest("billing") { ToOffset = 120 },
            _ => new ResetRequest("billing") { ShiftBy = -10 },
        };
        var plan = await ResetOffsets.PlanAsync(admin, request, default);
        Assert.Equal(["orders-eu-0", "orders-eu-1"], plan.Select(s => s.Name));
        Assert.Equal([first, second],
            plan.Select((s, i) => s.Action == ChangeAction.None ? (i == 0 ? 150 : 50) : long.Parse(s.Fields[0].To!)));
        Assert.Equal(150, cluster.Kafka.Committed[("billing", "orders-eu", 0)]);
        if (form == "earliest")
            Assert.Equal(["reads 50 again, 100 in all", "reads 50 again, 50 in all"], plan.Select(s => s.Note));

        KafkaConsumerGroup? after = null;
        await foreach (var e in ResetOffsets.RunAsync(admin, "billing", plan, default))
            after = e is Completed<KafkaConsumerGroup> done ? done.Result : after;
        Assert.Equal((first, second),
            (cluster.Kafka.Committed[("billing", "orders-eu", 0)], cluster.Kafka.Committed[("billing", "orders-eu", 1)]));
        Assert.Equal(200 - first + 50 - second, after!.Lag);
    }

    [Fact]
    public async Task Topics_and_partitions_narrow_it()
    {
        var plan = await ResetOffsets.PlanAsync(admin,
            new ResetRequest("billing") { Topics = ["orders-eu"], Partitions = [1], ToEarliest = true }, default);
        Assert.Equal("orders-eu-1", Assert.Single(plan).Name);
    }

    [Fact]
    public async Task It_can_be_put_where_a_note_says()
    {
        var request = new ResetRequest("billing") { ToPosition = new Dictionary<(string, int), long> { [("orders-eu", 0)] = 125 } };
        var step = Assert.Single(await ResetOffsets.PlanAsync(admin, request, default));
        Assert.Equal(("orders-eu-0", "125"), (step.Name, step.Fields[0].To));
    }

    [Theory]
    [InlineData("orders-eu", 9, "PartitionNotFound")]
    [InlineData("nowhere", 0, "TopicNotFound")]
    public async Task A_note_of_what_is_not_there_is_refused(string topic, int partition, string id)
    {
        var request = new ResetRequest("billing")
        {
            ToPosition = new Dictionary<(string, int), long> { [("orders-eu", 0)] = 125, [(topic, partition)] = 1 },
        };
        Assert.Equal(id, (await Assert.ThrowsAsync<ClusterException>(() => ResetOffsets.PlanAsync(admin, request, default))).Id);
    }

    [Fact]
    public async Task A_partition_that_is_not_there_is_refused()
    {
        var request = new ResetRequest("billing") { Topics = ["orders-eu"], Partitions = [0, 7], ToEarliest = true };
        var e = await Assert.ThrowsAsync<ClusterException>(() => ResetOffsets.PlanAsync(admin, request, default));
        Assert.Equal("PartitionNotFound", e.Id);
        Assert.StartsWith("There is no partition 7 of orders-eu.", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("billing", "orders-eu", "GroupInUse")]
    [InlineData("nobody", "orders-eu", "GroupNotFound")]
    [InlineData("audit", "nowhere", "TopicNotFound")]
    public async Task What_cannot_be_is_refused_and_nothing_is_committed(string group, string topic, string id)
    {
        cluster.Kafka.Members["billing"] = 1;
        var e = await Assert.ThrowsAsync<ClusterException>(
            () => ResetOffsets.PlanAsync(admin, new ResetRequest(group) { Topics = [topic], ToEarliest = true }, default));
        Assert.Equal(id, e.Id);
        Assert.DoesNotContain(cluster.Kafka.Requests, r => r.Key == 8);
    }
}
