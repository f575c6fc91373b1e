using System.Text.Json.Nodes;
using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Running;
using KafkaK8s.Core.ZooKeeper;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using KafkaK8s.Tests.Unit.Kubernetes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Operations;

/// <summary>Two clusters in one namespace whose objects all carry the label of one Argo CD application.</summary>
public sealed class OverwrittenLabelTests
{
    private const string App = "shop-app";

    private readonly List<JsonObject> objects = [.. Cluster("demo"), .. Cluster("demo-2")];

    [Fact]
    public async Task Two_clusters_are_listed()
    {
        await using var server = Start();
        using var connection = server.Connect();
        var clusters = await ListClusters.RunAsync(connection, "shop", static _ => false, default);
        Assert.Equal([("demo", 3, 3), ("demo-2", 3, 3)], clusters.Select(c => (c.Name, c.ZooKeeperReady, c.BrokersReady)));
        Assert.Equal(2, server.Requests.Count);
        Assert.Equal("demo-2", (await ListClusters.FindAsync(connection, "shop", "demo-2", ManifestSets.All, default))!.Name);
        Assert.Null(await ListClusters.FindAsync(connection, "shop", App, ManifestSets.All, default));
    }

    [Fact]
    public async Task A_removal_takes_one_cluster()
    {
        await using var server = Start();
        using var connection = server.Connect();
        var plan = await RemoveCluster.PlanAsync(connection, new RemoveRequest("demo", "shop", true, false, TimeSpan.FromMinutes(1)),
            default);
        Assert.Equal(
            Repository.Catalog.Objects.Count + 1 + 6, // and the Secret and the volumes
            plan.Changes.Count);
        Assert.All(plan.Changes, c => Assert.DoesNotContain("demo-2", c.Name, StringComparison.Ordinal));
        var e = await Assert.ThrowsAsync<ClusterException>(() =>
            RemoveCluster.PlanAsync(connection, new RemoveRequest(App, "shop", true, false, TimeSpan.FromMinutes(1)), default));
        Assert.Equal("ClusterNotFound", e.Id);
    }

    [Fact]
    public async Task A_wait_sees_its_own_sets()
    {
        await using var server = Start();
        using var connection = server.Connect();
        List<string>? seen = null;
        await foreach (var _ in new ClusterWait(connection, new ClusterNames("demo"), "shop").UntilAsync("Test", live =>
        {
            seen = [.. live.Of(ResourceKind.StatefulSet).Select(s => s.Name()).Order()];
            return Task.FromResult(new Progress(true, ""));
        }, default))
        {
        }

        Assert.Equal(["demo-kafka", "demo-zk"], seen);
    }

    private static IEnumerable<JsonObject> Cluster(string name)
    {
        var spec = new ClusterSpec { Name = name };
        var names = new ClusterNames(name);
        foreach (var tree in Composer.Compose(Repository.Catalog, spec, spec).Append(ReconfigCredential.NewSecret(names)))
        {
            OwnershipTests.Overwrite(tree, App);
            tree["metadata"]!["uid"] = tree.Name();
            tree["metadata"]!["namespace"] = "shop";
            yield return tree;
        }

        foreach (string set in new[] { names.BrokerSet, names.ZooKeeperSet })
        {
            for (int n = 0; n < 3; n++)
            {
                var pod = LiveTrees.Pod($"{set}-{n}");
                pod["metadata"]!["labels"]![ClusterNames.InstanceLabel] = name; // else its set would let it go
                yield return pod;
                yield return new JsonObject
                {
                    ["kind"] = "PersistentVolumeClaim",
                    ["metadata"] = new JsonObject
                    {
                        ["name"] = $"data-{set}-{n}",
                        ["labels"] = new JsonObject { [ClusterNames.InstanceLabel] = name }
                    },
                };
            }
        }
    }

    // Lists and watches by labels, as a server does.
    private FakeApiServer Start() => new(async (r, to) =>
    {
        if (r.Path == "/version")
        {
            await to.SendAsync("""{"major":"1","minor":"36"}""");
            return;
        }

        if (r.IsWatch)
        {
            await Task.Delay(TimeSpan.FromSeconds(30), to.Gone);
            return;
        }

        string[] path = r.Path.Split('/');
        if (objects.Find(o => o.Name() == path[^1] && Plural(o) == path[^2]) is { } one)
        {
            await to.SendAsync(one.ToJsonString());
            return;
        }

        var wanted = (r.Parameter("labelSelector") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('='))
            .ToList();
        var found = objects.Where(o => Plural(o) == path[^1] && wanted.TrueForAll(l => o.Label(l[0]) == l[1])).Select(o => o.ToJsonString())
            .ToArray();
        await (found.Length > 0 || path[^2] == "shop" ? to.ListAsync("1", found) : to.RefuseAsync(404, "not found"));
    });

    private static string Plural(JsonObject tree) => ((string)tree["kind"]!).ToLowerInvariant() + "s";
}
