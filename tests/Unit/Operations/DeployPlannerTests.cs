using System.Text.Json.Nodes;
using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Yaml;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Operations;

/// <summary>The plan against an API server in process. Whatever comes of it, nothing but dry runs may be sent.</summary>
public sealed class DeployPlannerTests
{
    private const string DefaultClass =
        """{"metadata":{"name":"standard","annotations":{"storageclass.kubernetes.io/is-default-class":"true"}}}""";

    private readonly Dictionary<string, string> objects =
        new() { ["/api/v1/namespaces/shop"] = """{"metadata":{"name":"shop"},"status":{"phase":"Active"}}""" };
    private string[] classes = [DefaultClass];
    private int classesStatus = 200;
    private string[]? volumes = [];
    private string version = """{"major":"1","minor":"36"}""";

    [Fact]
    public async Task A_new_cluster_is_all_created()
    {
        var plan = await PlanAsync(new ClusterSpec { Name = "demo" });
        Assert.Equal(Repository.Catalog.Objects.Count + 1, plan.Changes.Count); // and the Secret
        Assert.All(plan.Changes, c => Assert.Equal((ChangeAction.Create, "demo", "shop"), (c.Action, c.Cluster, c.Namespace)));
        Assert.Equal((true, false, 3, 3), (plan.IsFirstStart, plan.NamespaceMissing, plan.Model.ZooKeeper.Count, plan.Model.Brokers.Count));
        Assert.Empty(plan.Warnings);
    }

    [Fact]
    public async Task A_cluster_as_asked_for_is_left_alone()
    {
        Stand(new ClusterSpec());
        var plan = await PlanAsync(new ClusterSpec());
        Assert.All(plan.Changes, c => Assert.Equal(ChangeAction.None, c.Action));
        Assert.False(plan.IsFirstStart);
    }

    [Fact]
    public async Task What_was_given_earlier_stays()
    {
        Stand(new ClusterSpec { BrokerCount = 5, StorageSize = "50Gi" });
        var plan = await PlanAsync(new ClusterSpec { BrokerMemory = "2Gi" });
        Assert.Equal(new ClusterSpec { BrokerCount = 5, StorageSize = "50Gi", BrokerMemory = "2Gi" }, plan.Spec);
        var change = Assert.Single(plan.Changes, c => c.Action != ChangeAction.None);
        // Nor is the record of what was given among the fields.
        Assert.Equal(["limits.memory", "requests.memory"], change.Fields.Select(f => f.Path.Split("resources.")[^1]).Order());
    }

    // The step is not empty, and is carried out.
    [Fact]
    public async Task A_record_that_changes_alone_is_told()
    {
        Stand(new ClusterSpec());
        var plan = await PlanAsync(new ClusterSpec { BrokerCount = 3 }); // the default, which nobody had given
        var change = Assert.Single(plan.Changes, c => c.Action != ChangeAction.None);
        Assert.Equal(ChangeAction.Update, change.Action);
        Assert.Contains("brokerCount", change.Change, StringComparison.Ordinal);
        Assert.Single(change.Fields);
        Assert.False(plan.IsIdle);
    }

    [Theory]
    [InlineData(5, 5, null)] // as many copies as there are brokers, which were given earlier
    [InlineData(5, null, 4)]
    public async Task Values_relate_to_what_was_given_earlier(int brokers, int? factor, int? inSync)
    {
        Stand(new ClusterSpec { BrokerCount = brokers, ReplicationFactor = 4 });
        var plan = await PlanAsync(new ClusterSpec { ReplicationFactor = factor, MinInSyncReplicas = inSync ?? 4 });
        Assert.Equal((factor ?? 4, inSync ?? 4), (plan.Spec.ReplicationFactor, plan.Spec.MinInSyncReplicas));
    }

    [Fact]
    public async Task An_even_ensemble_that_stands_needs_no_force_again()
    {
        Stand(new ClusterSpec { ZooKeeperCount = 4 });
        Assert.Equal(4, (await PlanAsync(new ClusterSpec { ZooKeeperCount = 4 })).Model.ZooKeeper.Count);
        Assert.Equal(4, (await PlanAsync(new ClusterSpec { BrokerMemory = "2Gi" })).Model.ZooKeeper.Count);
    }

    [Fact]
    public async Task Wrong_values_are_refused_before_anything_is_asked()
    {
        await using var server = Start();
        await AssertRefusedAsync(server, "InvalidQuantity", new ClusterSpec { StorageSize = "10 gigs" });
        await AssertRefusedAsync(server, "InvalidName", new ClusterSpec { Name = "A" });
        await AssertRefusedAsync(server, "InvalidCount", new ClusterSpec { BrokerCount = 0 });
        await AssertRefusedAsync(server, "ConfigOwned",
            new ClusterSpec { Config = new Dictionary<string, string?> { ["broker.id"] = "1" } });
        await AssertRefusedAsync(server, "ReplicationFactorTooHigh", new ClusterSpec { BrokerCount = 1, ReplicationFactor = 2 });
        await AssertRefusedAsync(server, "MinInSyncReplicasTooHigh", new ClusterSpec { ReplicationFactor = 1, MinInSyncReplicas = 2 });
        await AssertRefusedAsync(server, "EphemeralWithStorage", new ClusterSpec { Ephemeral = true, StorageSize = "1Gi" });
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("EvenEnsemble")]
    [InlineData("ReplicationFactorTooHigh")]
    [InlineData("MinInSyncReplicasTooHigh")]
    public async Task Wrong_relations_are_refused_with_nothing_sent(string id)
    {
        await using var server = Start();
        await AssertRefusedAsync(server, id, id switch
        {
            "EvenEnsemble" => new ClusterSpec { ZooKeeperCount = 2 },
            "ReplicationFactorTooHigh" => new ClusterSpec { ReplicationFactor = 4 },
            _ => new ClusterSpec { MinInSyncReplicas = 4 },
        });
        Assert.All(server.Requests, r => Assert.Equal("GET", r.Method));
    }

    [Fact]
    public async Task A_missing_namespace_is_refused_or_planned()
    {
        objects.Clear();
        await AssertRefusedAsync("NamespaceNotFound", new ClusterSpec());
        var plan = await PlanAsync(new ClusterSpec(), createNamespace: true);
        Assert.True(plan.NamespaceMissing);
        Assert.All(plan.Changes, c => Assert.Equal(ChangeAction.Create, c.Action));
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"shop"},"status":{"phase":"Terminating"}}""")]
    [InlineData("""{"metadata":{"name":"shop","deletionTimestamp":"2026-11-22T10:00:00Z"}}""")]
    public async Task A_namespace_on_its_way_out_is_refused(string json)
    {
        objects["/api/v1/namespaces/shop"] = json;
        await AssertRefusedAsync("NamespaceTerminating", new ClusterSpec());
    }

    [Fact]
    public async Task A_storage_class_that_is_not_there_is_refused()
    {
        await AssertRefusedAsync("StorageClassNotFound", new ClusterSpec { StorageClass = "fast" });
        classes = ["""{"metadata":{"name":"slow"}}"""];
        await AssertRefusedAsync("NoDefaultStorageClass", new ClusterSpec());
        classes = [];
        await AssertRefusedAsync("NoDefaultStorageClass", new ClusterSpec());
        classes = ["""{"metadata":{"name":"old","annotations":{"storageclass.beta.kubernetes.io/is-default-class":"true"}}}"""];
        Assert.Empty((await PlanAsync(new ClusterSpec())).Warnings);
        classes = [];
        await PlanAsync(new ClusterSpec { Ephemeral = true });
        classesStatus = 403; // a right for one namespace does not reach storage classes
        await PlanAsync(new ClusterSpec());
    }

    // What `kubectl apply -f manifests/` would bind is not refused: volumes made by hand need no object of their class.
    [Theory]
    [InlineData("manual")]
    [InlineData(null)]
    public async Task Volumes_made_by_hand_need_no_storage_class(string? name)
    {
        classes = [];
        var spec = new ClusterSpec
        {
            StorageClass = name,
            ZooKeeperCount = 1,
            BrokerCount = 1,
            ReplicationFactor = 1,
            MinInSyncReplicas = 1
        };
        string Volume(string phase) =>
            $$"""{"metadata":{"name":"v"},"spec":{"storageClassName":"{{name}}"},"status":{"phase":"{{phase}}"} }""";
        volumes = [Volume("Available"), Volume("Available"), Volume("Bound")];
        Assert.DoesNotContain((await PlanAsync(spec)).Warnings, w => w.Contains("class", StringComparison.Ordinal));
        volumes = [Volume("Available"), Volume("Released")];
        Assert.Contains((await PlanAsync(spec)).Warnings, w => w.Contains("only 1 of 2 volumes", StringComparison.Ordinal));
        volumes = null; // no right to see them
        Assert.Contains((await PlanAsync(spec)).Warnings, w => w.Contains("2 claims wait for volumes", StringComparison.Ordinal));
        volumes = [Volume("Bound")];
        await AssertRefusedAsync(name is null ? "NoDefaultStorageClass" : "StorageClassNotFound", spec);
        objects["/api/v1/namespaces/shop/persistentvolumeclaims"] =
            """{"items":[{"metadata":{"name":"data-kafka-0"}},{"metadata":{"name":"data-zk-0"}}]}""";
        await PlanAsync(spec); // the volumes of an earlier life are there
    }

    [Fact]
    public async Task A_cluster_of_an_older_module_is_left_alone()
    {
        var given = new ClusterSpec
        {
            Config = new Dictionary<string, string?>
            {
                ["ssl.keystore.password"] = "hunter$$2",
                ["log.retention.hours"] = "48"
            }
        };
        Stand(given, Oldest);
        foreach (string path in objects.Keys.Where(p => p.Contains("/shop/", StringComparison.Ordinal)).ToList())
        {
            var tree = Json.Object(objects[path]);
            MakeOld(tree);
            objects[path] = tree.ToJsonString();
        }

        var plan = await PlanAsync(new ClusterSpec());
        Assert.All(plan.Changes, c => Assert.Equal((ChangeAction.None, 0), (c.Action, c.Fields.Count)));
        Assert.All(await ExportedAsync(), AssertStands);
        Assert.Contains("ssl.keystore.password", Assert.Single(plan.Warnings), StringComparison.Ordinal);

        // Neither what it held nor what it becomes shows a secret.
        plan = await PlanAsync(new ClusterSpec { Config = new Dictionary<string, string?> { ["log.retention.hours"] = "72" } });
        var change = Assert.Single(plan.Changes, c => c.Action != ChangeAction.None);
        Assert.StartsWith("log.retention.hours: 48 -> 72", change.Change, StringComparison.Ordinal);
        Assert.Contains(change.Fields, f => f.Path.StartsWith("spec.template", StringComparison.Ordinal)
            && f.Path.EndsWith("[log.retention.hours]", StringComparison.Ordinal));
        Assert.DoesNotContain("hunter", string.Join('\n', change.Fields), StringComparison.Ordinal);
        Assert.DoesNotContain(change.Fields,
            f => f.Path.Contains(ClusterNames.ClusterLabel, StringComparison.Ordinal) || f.Path.Contains("dns", StringComparison.Ordinal));
        plan = await PlanAsync(new ClusterSpec { Config = new Dictionary<string, string?> { ["ssl.keystore.password"] = null } });
        Assert.DoesNotContain("hunter", string.Join('\n', plan.Changes.SelectMany(c => c.Fields)), StringComparison.Ordinal);
        Assert.Equal("""{"schema":1,"config":{"log.retention.hours":"48"}}""", (string?)plan.Objects.Single(
            o => Repository.Id(o) == "StatefulSet/kafka")["metadata"]!["annotations"]![ClusterNames.SpecAnnotation]);
    }

    [Fact]
    public async Task Pods_of_others_behind_the_Services_of_an_older_cluster_are_named()
    {
        Stand(new ClusterSpec(), Oldest);
        Change("kafka", MakeOld);
        objects["/api/v1/namespaces/shop/pods"] =
            $$"""{"items":[{"metadata":{"name":"exporter-0","labels":{"{{ClusterNames.NameLabel}}":"kafka","{{ClusterNames.InstanceLabel}}":"kafka"} } }]}""";
        Assert.StartsWith("exporter-0: not of kafka, ", Assert.Single((await PlanAsync(new ClusterSpec())).Warnings),
            StringComparison.Ordinal);
        Stand(new ClusterSpec()); // new clusters select by their mark
        Assert.Empty((await PlanAsync(new ClusterSpec())).Warnings);
    }

    // As the manifests of commit 24b638c were, and as its module wrote properties.
    private static void MakeOld(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                map.Remove(ClusterNames.ClusterLabel);
                map.Remove("dnsConfig");
                map.Remove(ClusterNames.ManifestsAnnotation);
                if (map["annotations"] is JsonObject { Count: 1 } marked && marked.ContainsKey(ClusterNames.ManifestsAnnotation))
                    map.Remove("annotations");
                if ((string?)((map["name"] as JsonValue)?.GetValueKind() == System.Text.Json.JsonValueKind.String ? map["name"]
                    : null) == BrokerConfig.Variable)
                    map["value"] = ((string)map["value"]!).Replace("$$$$", "$$", StringComparison.Ordinal);
                foreach (var (_, child) in map)
                    MakeOld(child);
                break;
            case JsonArray array:
                foreach (var child in array)
                    MakeOld(child);
                break;
        }
    }

    [Fact]
    public async Task A_cluster_that_stands_needs_no_storage_class()
    {
        classes = [];
        Stand(new ClusterSpec());
        await PlanAsync(new ClusterSpec());
    }

    [Fact]
    public async Task A_name_that_is_taken_is_refused()
    {
        objects["/api/v1/namespaces/shop/services/demo-kafka-service"] =
            """{"kind":"Service","metadata":{"name":"demo-kafka-service","labels":{"app":"somebody"}}}""";
        var e = await AssertRefusedAsync("NameTaken", new ClusterSpec { Name = "demo" });
        Assert.Equal("Service/demo-kafka-service", e.Target);
    }

    [Fact]
    public async Task What_cannot_change_is_refused()
    {
        Stand(new ClusterSpec());
        await AssertRefusedAsync("StorageChangeRefused", new ClusterSpec { StorageSize = "30Gi" });
        await AssertRefusedAsync("EnsembleResizeRefused", new ClusterSpec { ZooKeeperCount = 5 });
        await AssertRefusedAsync("BrokerScaleInRefused", new ClusterSpec { BrokerCount = 2 });
    }

    [Fact]
    public async Task An_old_server_is_asked_in_its_own_versions()
    {
        version = """{"major":"1","minor":"20+"}""";
        await using var server = Start();
        await PlanAsync(server, new ClusterSpec(), createNamespace: false);
        Assert.Contains(server.Requests, r => r.Path == "/apis/policy/v1beta1/namespaces/shop/poddisruptionbudgets/zk");
        Assert.DoesNotContain(server.Requests, r => r.Path.StartsWith("/apis/policy/v1/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Volumes_of_an_earlier_life_are_in_the_plan_of_a_new_cluster_alone()
    {
        objects["/api/v1/namespaces/shop/persistentvolumeclaims"] =
            """{"items":[{"metadata":{"name":"data-kafka-0"}},{"metadata":{"name":"cache-kafka-0"}}]}""";
        Assert.Equal("data-kafka-0", (string?)Assert.Single((await PlanAsync(new ClusterSpec())).KeptClaims)["metadata"]!["name"]);
        Stand(new ClusterSpec());
        Assert.Empty((await PlanAsync(new ClusterSpec())).KeptClaims);
    }

    [Fact]
    public async Task A_server_that_is_too_old_is_refused()
    {
        version = """{"major":"1","minor":"16"}""";
        await AssertRefusedAsync("KubernetesTooOld", new ClusterSpec());
    }

    // What follows from a number that was given (copies, in-sync copies) stays, so that no pod restarts.
    [Theory]
    [InlineData(null, 5)]
    [InlineData(null, 2)]
    [InlineData(1, 3)]
    public async Task Brokers_that_kubectl_scaled_stay(int? before, int now)
    {
        Stand(new ClusterSpec { BrokerCount = before });
        Change("kafka", set => set["spec"]!["replicas"] = now);
        var plan = await PlanAsync(new ClusterSpec());
        Assert.All(plan.Changes, c => Assert.Equal(ChangeAction.None, c.Action));
        Assert.Equal(now, plan.Model.Brokers.Count);
        Assert.All(await ExportedAsync(), AssertStands);
    }

    [Fact]
    public async Task Brokers_that_kubectl_took_away_altogether_come_back()
    {
        Stand(new ClusterSpec());
        Change("kafka", set => set["spec"]!["replicas"] = 0);
        Assert.Equal(3, (await PlanAsync(new ClusterSpec())).Model.Brokers.Count);
    }

    [Fact]
    public async Task An_ensemble_that_has_grown_is_exported_as_it_stands()
    {
        Stand(new ClusterSpec(), Oldest);
        Change("zk", set => set["spec"]!["replicas"] = 5);
        Change("kafka",
            set => set["metadata"]!["annotations"] = new JsonObject { [ClusterNames.SpecAnnotation] = """{"zooKeeperCount":5}""" });
        Assert.All(await ExportedAsync(), AssertStands);
        Assert.All((await PlanAsync(new ClusterSpec())).Changes, c => Assert.Equal(ChangeAction.None, c.Action));
    }

    [Fact]
    public async Task A_copy_of_two_exports_is_one_stream_of_documents()
    {
        Stand(new ClusterSpec());
        await using var server = Start();
        using var connection = server.Connect();
        string both = await ExportManifest.RunAsync(connection, Repository.Catalog, new ClusterSpec(), "shop", null, default)
            + ExportManifest.Compose(Repository.Catalog, new ClusterSpec { Name = "demo" }, null, new Version(1, 36));
        var documents = YamlReader.ReadAll(both, "both");
        Assert.Equal(2 * Repository.Catalog.Objects.Count, documents.Count);
        Assert.Distinct(documents.Select(d => Repository.Id(d.AsObject())));
    }

    private async Task<IReadOnlyList<JsonObject>> ExportedAsync()
    {
        await using var server = Start();
        using var connection = server.Connect();
        return [.. YamlReader.ReadAll(await ExportManifest.RunAsync(connection, Repository.Catalog, new ClusterSpec(), "shop", null,
            default), "export").Select(d => d.AsObject())];
    }

    private void AssertStands(JsonObject tree)
    {
        var live = Json.Object(objects[ResourceKind.Of(tree).Path("shop", (string)tree["metadata"]!["name"]!)]);
        Assert.Empty(Json.Differences(live, tree));
    }

    private void Change(string set, Action<JsonObject> how)
    {
        string path = ResourceKind.StatefulSet.Path("shop", set);
        var tree = Json.Object(objects[path]);
        how(tree);
        objects[path] = tree.ToJsonString();
    }

    private static ManifestCatalog Oldest => Repository.Catalog.OfVersion(1, "kafka");

    private void Stand(ClusterSpec given, ManifestCatalog? of = null)
    {
        foreach (var tree in Composer.Compose(of ?? Repository.Catalog, SpecChecks.Complete(given, Repository.Catalog.Defaults), given))
            objects[ResourceKind.Of(tree).Path("shop", (string)tree["metadata"]!["name"]!)] = tree.ToJsonString();
    }

    private FakeApiServer Start() => new((r, to) =>
        r.Path == "/version" ? to.SendAsync(version)
        : r.Path.EndsWith("/storageclasses", StringComparison.Ordinal)
            ? classesStatus == 200 ? to.ListAsync("1", classes) : to.RefuseAsync(classesStatus, "no")
        : r.Path.EndsWith("/persistentvolumes", StringComparison.Ordinal)
            ? volumes is null ? to.RefuseAsync(403, "no") : to.ListAsync("1", volumes)
        : r.Method == "PATCH" ? to.SendAsync(r.Body)
        : objects.TryGetValue(r.Path, out string? json) ? to.SendAsync(json)
        : r.Path.EndsWith("/pods", StringComparison.Ordinal) || r.Path.EndsWith("/persistentvolumeclaims", StringComparison.Ordinal)
            ? to.ListAsync("1")
        : to.RefuseAsync(404, "not found"));

    private async Task<DeployPlan> PlanAsync(ClusterSpec given, bool createNamespace = false)
    {
        await using var server = Start();
        return await PlanAsync(server, given, createNamespace);
    }

    private static async Task<DeployPlan> PlanAsync(FakeApiServer server, ClusterSpec given, bool createNamespace)
    {
        using var connection = server.Connect();
        try
        {
            return await DeployPlanner.PlanAsync(connection, Repository.Catalog,
                new DeployRequest(given, "shop", false, false, createNamespace, TimeSpan.FromMinutes(1)), default);
        }
        finally
        {
            Assert.All(server.Requests, r =>
                Assert.True(r.Method == "GET" || r.Method == "PATCH" && r.Parameter("dryRun") == "All", $"{r.Method} {r.Path}?{r.Query}"));
        }
    }

    private async Task<ClusterException> AssertRefusedAsync(string id, ClusterSpec given)
    {
        await using var server = Start();
        var e = await AssertRefusedAsync(server, id, given);
        Assert.DoesNotContain(server.Requests, r => r.Method == "PATCH");
        return e;
    }

    private static async Task<ClusterException> AssertRefusedAsync(FakeApiServer server, string id, ClusterSpec given)
    {
        var e = await Assert.ThrowsAsync<ClusterException>(() => PlanAsync(server, given, createNamespace: false));
        Assert.Equal(id, e.Id);
        return e;
    }
}
