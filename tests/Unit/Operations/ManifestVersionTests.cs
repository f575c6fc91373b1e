using System.Text.Json.Nodes;
using KafkaK8s.Core;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Running;
using KafkaK8s.Core.Yaml;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using KafkaK8s.Tests.Unit.Manifests;
using Xunit;

namespace KafkaK8s.Tests.Unit.Operations;

/// <summary>
/// A cluster that the module of commit 24b638c made, under this one. The fixture is what that module's Export-KafkaManifest gave for
/// <c>demo -Namespace shop -BrokerMemory 2Gi -ZooKeeperCount 3 -StorageSize 50Gi -Config @{ 'log.retention.hours' = 72 }</c>.
/// </summary>
public sealed class ManifestVersionTests : IAsyncDisposable
{
    private readonly FakeApiServer server = new();
    private readonly FakeCluster cluster;

    public ManifestVersionTests() => cluster = new FakeCluster(server);

    public async ValueTask DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task A_count_changes_the_count_and_nothing_else()
    {
        await StandAsync();
        var plan = await PlanAsync(new ClusterSpec { Name = "demo", BrokerCount = 4 });
        var change = Assert.Single(plan.Changes, c => c.Action != ChangeAction.None);
        Assert.Equal((ChangeAction.Update, "demo-kafka"), (change.Action, change.Name));
        Assert.Equal("spec.replicas", Assert.Single(change.Fields).Path);
        Assert.Equal((1, Repository.Catalog.Version), (plan.Manifests, plan.NewestManifests));

        await RunAsync(plan);
        Assert.Empty(server.Pods.Ended);
        Assert.Equal(4, (int)Live("kafka")["spec"]!["replicas"]!);
    }

    [Fact]
    public async Task Without_a_parameter_nothing_is_planned()
    {
        await StandAsync();
        Assert.All((await PlanAsync(new ClusterSpec { Name = "demo" })).Changes, c => Assert.Equal(ChangeAction.None, c.Action));
    }

    [Fact]
    public async Task Newer_manifests_are_taken_when_asked_for_and_Services_follow_their_pods()
    {
        await StandAsync();
        var request = new DeployRequest(new ClusterSpec { Name = "demo" }, "shop", false, false, false,
            TimeSpan.FromSeconds(30))
        { MustStand = true, NewestManifests = true };
        var plan = await PlanAsync(request);
        var rows = plan.Changes.Select(c => $"{c.Action} {c.Kind}").ToList();
        int restarts = rows.IndexOf($"{ChangeAction.Restart} Pod");
        Assert.True(restarts > 0 && rows.LastIndexOf($"{ChangeAction.Restart} Pod") < rows.IndexOf($"{ChangeAction.Update} Service"),
            string.Join('\n', rows));
        Assert.DoesNotContain(plan.Changes.SelectMany(c => c.Fields), f => f.Path.StartsWith("spec.selector.matchLabels",
            StringComparison.Ordinal) && plan.Changes.Any(c => c.Kind == "StatefulSet" && c.Fields.Contains(f)));

        // A Service that selects by the new mark while a pod of before serves takes that pod's name and clients away.
        var early = new List<string>();
        await RunAsync(plan, applied =>
        {
            if (applied.Step.Kind == "Service"
                && new[] { "zk", "kafka" }.SelectMany(s => Enumerable.Range(0, 3).Select(n => server.Store.Find("v1", "pods", "shop",
                    $"demo-{s}-{n}"))).Any(p => p is not null && p["metadata"]!["labels"]!["kafkak8s.io/cluster"] is null))
                early.Add(applied.Step.Name);
        });
        Assert.Empty(early);
        Assert.Equal(6, server.Pods.Ended.Count);
        Assert.Equal(Repository.Catalog.Version, ManifestVersion.Of(Live("kafka")));
        Assert.Equal("demo",
            (string?)server.Store.Find("v1", "services", "shop", "demo-kafka-service")!["spec"]!["selector"]!["kafkak8s.io/cluster"]);
        Assert.Null(Live("kafka")["spec"]!["selector"]!["matchLabels"]!["kafkak8s.io/cluster"]);

        Assert.All((await PlanAsync(request)).Changes, c => Assert.Equal(ChangeAction.None, c.Action));
        Assert.All((await PlanAsync(new ClusterSpec { Name = "demo" })).Changes, c => Assert.Equal(ChangeAction.None, c.Action));
    }

    [Fact]
    public async Task A_cluster_of_a_newer_module_is_refused()
    {
        await StandAsync();
        server.Store.Change("apps/v1", "statefulsets", "shop", "demo-kafka",
            tree => tree["metadata"]!["annotations"]![ClusterNames.ManifestsAnnotation] = $"{Repository.Catalog.Version + 1}");
        var e = await Assert.ThrowsAsync<ClusterException>(() => PlanAsync(new ClusterSpec { Name = "demo" }));
        Assert.Equal(("ManifestsTooNew", FailureKind.Conflict), (e.Id, e.Kind));
    }

    [Theory]
    [InlineData("{", "SpecUnreadable")]
    [InlineData("""{"schema":2}""", "SpecUnreadable")]
    [InlineData(null, "SpecLost")]
    public async Task A_record_that_is_lost_or_damaged_is_refused_and_rebuilt_on_demand(string? text, string id)
    {
        await StandAsync();
        server.Store.Change("apps/v1", "statefulsets", "shop", "demo-kafka",
            tree => tree["metadata"]!["annotations"]![ClusterNames.SpecAnnotation] = text);
        if (text is null)
            server.Store.Change("apps/v1", "statefulsets", "shop", "demo-kafka",
                tree => tree["metadata"]!.AsObject().Remove("annotations"));
        var e = await Assert.ThrowsAsync<ClusterException>(() => PlanAsync(new ClusterSpec { Name = "demo", BrokerCount = 4 }));
        Assert.Equal((id, FailureKind.InvalidData), (e.Id, e.Kind));
        Assert.Contains("Set-KafkaCluster demo -RebuildSpec", e.Message, StringComparison.Ordinal);

        var plan = await PlanAsync(new DeployRequest(new ClusterSpec { Name = "demo" }, "shop", false, false, false,
            TimeSpan.FromSeconds(30))
        { MustStand = true, RebuildSpec = true });
        var change = Assert.Single(plan.Changes, c => c.Action != ChangeAction.None);
        Assert.Equal("demo-kafka", change.Name);
        Assert.StartsWith("metadata.annotations", Assert.Single(change.Fields).Path, StringComparison.Ordinal);
        Assert.Equal("""{"schema":1,"storageSize":"50Gi","brokerMemory":"2Gi","config":{"log.retention.hours":"72"}}""",
            Spec(plan.Objects));
    }

    [Fact]
    public async Task A_cluster_of_defaults_has_lost_nothing()
    {
        await StandAsync(Composer.Compose(Repository.Catalog,
            SpecChecks.Complete(new ClusterSpec { Name = "demo" }, Repository.Catalog.Defaults), new ClusterSpec { Name = "demo" }));
        Assert.All((await PlanAsync(new ClusterSpec { Name = "demo" })).Changes, c => Assert.Equal(ChangeAction.None, c.Action));
    }

    /// <summary>The server sorts the names in an object; an export of a cluster that stands reads as one that does not.</summary>
    [Fact]
    public async Task What_cannot_change_and_is_the_same_keeps_the_order_of_the_manifests()
    {
        var objects = Composer.Compose(Repository.Catalog,
            SpecChecks.Complete(new ClusterSpec { Name = "demo" }, Repository.Catalog.Defaults), new ClusterSpec { Name = "demo" });
        await StandAsync(objects);
        foreach (string set in new[] { "demo-zk", "demo-kafka" })
        {
            server.Store.Change("apps/v1", "statefulsets", "shop", set, tree =>
            {
                var labels = tree["spec"]!["selector"]!["matchLabels"]!.AsObject();
                tree["spec"]!["selector"]!["matchLabels"] =
                    new JsonObject(labels.Reverse().Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())));
            });
        }

        static string Selector(IEnumerable<JsonObject> of, string set) =>
            of.Single(o => Repository.Id(o) == $"StatefulSet/{set}")["spec"]!["selector"]!.ToJsonString();
        var planned = (await PlanAsync(new ClusterSpec { Name = "demo" })).Objects;
        Assert.Equal(Selector(objects, "demo-zk"), Selector(planned, "demo-zk"));
        Assert.Equal(Selector(objects, "demo-kafka"), Selector(planned, "demo-kafka"));
    }

    [Fact]
    public async Task What_another_tool_set_is_no_loss_but_a_conflict()
    {
        await StandAsync(Composer.Compose(Repository.Catalog,
            SpecChecks.Complete(new ClusterSpec { Name = "demo" }, Repository.Catalog.Defaults), new ClusterSpec { Name = "demo" }));
        server.Store.Change("apps/v1", "statefulsets", "shop", "demo-kafka", tree =>
        {
            var container = tree["spec"]!["template"]!["spec"]!["containers"]![0]!;
            container["image"] = "docker.io/apache/kafka:3.8.1";
            tree["metadata"]!["managedFields"] = JsonNode.Parse("""
                [{"manager":"kafkak8s","operation":"Apply","fieldsV1":{"f:spec":{"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"kafka\"}":{"f:name":{}}}}}}}},
                 {"manager":"kubectl-set","operation":"Update","fieldsV1":{"f:spec":{"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"kafka\"}":{"f:image":{}}}}}}}}]
                """);
        });
        var e = await Record.ExceptionAsync(() => PlanAsync(new ClusterSpec { Name = "demo" }));
        Assert.NotEqual("SpecLost", (e as ClusterException)?.Id);
    }

    [Fact]
    public async Task Nothing_is_made_where_a_cluster_must_stand()
    {
        server.Store.Put("v1", "namespaces", null, FakeObjects.Namespace("shop"));
        var e = await Assert.ThrowsAsync<ClusterException>(() => PlanAsync(new DeployRequest(new ClusterSpec { Name = "demo" }, "shop",
            false, false, false, TimeSpan.FromSeconds(30))
        { MustStand = true }));
        Assert.Equal("ClusterNotFound", e.Id);
        Assert.Empty(server.Writes);
    }

    /// <summary>Every parameter is read back from the objects that it made.</summary>
    [Fact]
    public void What_was_given_is_rebuilt_from_the_objects()
    {
        var given = GoldenTests.Everything with
        {
            Plaintext = false,
            BrokerCpuLimit = "8",
            ZooKeeperCpuLimit = "2",
            Config = new Dictionary<string, string?> { ["a"] = " $(X) a$$b \\ \"é\"\n\t=", ["num.io.threads"] = "16" },
            Toleration = ["dedicated=kafka:NoSchedule", "gpu=1", "maintenance:NoExecute", "spot"],
        };
        Assert.All(typeof(ClusterSpec).GetProperties().Where(p => p.Name != nameof(ClusterSpec.Ephemeral)),
            p => Assert.NotNull(p.GetValue(given)));
        Assert.Equal(SpecStore.Write(given), SpecStore.Write(Rebuilt(given)));
        var ephemeral = new ClusterSpec { Name = "demo", Ephemeral = true };
        Assert.Equal(SpecStore.Write(ephemeral), SpecStore.Write(Rebuilt(ephemeral)));
    }

    private static ClusterSpec Rebuilt(ClusterSpec given)
    {
        var objects = Composer.Compose(Repository.Catalog, given, given);
        JsonObject Set(string name) => objects.Single(o => Repository.Id(o) == $"StatefulSet/demo-{name}");
        return StandingSpec.Rebuild(Repository.Catalog, "demo", Set("zk"), Set("kafka"));
    }

    private static string? Spec(IReadOnlyList<JsonObject> objects) =>
        (string?)objects.Single(
            o => Repository.Id(o) == "StatefulSet/demo-kafka")["metadata"]!["annotations"]![ClusterNames.SpecAnnotation];

    private JsonObject Live(string set) => server.Store.Find("apps/v1", "statefulsets", "shop", $"demo-{set}")!;

    private Task StandAsync() => StandAsync([.. YamlReader.ReadAll(File.ReadAllText(
        Path.Combine(Repository.Root, "tests", "Unit", "Fixtures", "cluster-24b638c.yaml")), "fixture").Select(d => d.AsObject())]);

    // Applied by the server itself, as that module did it.
    private async Task StandAsync(IReadOnlyList<JsonObject> objects)
    {
        server.Pods.Start();
        cluster.Ensemble.Bootstrap(3);
        server.Store.Put("v1", "namespaces", null, FakeObjects.Namespace("shop"));
        server.Store.Put("v1", "secrets", "shop", cluster.Credential("secret"));
        using var connection = server.Connect();
        foreach (var tree in objects)
            await connection.ApplyAsync((JsonObject)tree.DeepClone(), "shop", false, dryRun: false, default);
        await cluster.ReadyAsync();
    }

    private Task<DeployPlan> PlanAsync(ClusterSpec given) =>
        PlanAsync(new DeployRequest(given, "shop", false, false, false, TimeSpan.FromSeconds(30)));

    private async Task<DeployPlan> PlanAsync(DeployRequest request)
    {
        using var connection = server.Connect();
        return await DeployPlanner.PlanAsync(connection, Repository.Catalog, request, default);
    }

    private async Task RunAsync(DeployPlan plan, Action<Applied>? seen = null)
    {
        using var connection = server.Connect();
        await foreach (var e in DeployCluster.RunAsync(connection, plan, default))
        {
            if (e is Applied applied)
                seen?.Invoke(applied);
        }
    }
}
