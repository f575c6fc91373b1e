using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Operations;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Operations;

/// <summary>A command reads each object once: the plan hands on what it has read.</summary>
public sealed class RequestCountTests : IAsyncDisposable
{
    private static readonly string[] Objects = [.. Repository.Catalog.Objects.Select(o => $"/demo-{o.Name()}")];

    private readonly FakeCluster cluster = new(new FakeApiServer());

    private int before;

    private FakeApiServer Server => cluster.Server;

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();

    [Fact]
    public async Task A_plan_of_a_new_cluster()
    {
        Start();
        await PlanAsync();
        AssertReadOnce();
        Assert.Equal(10, Applies(dry: true));
        Assert.Equal(25, Asked.Count);
    }

    [Fact]
    public async Task A_plan_of_a_standing_cluster()
    {
        await StandAsync();
        await PlanAsync();
        AssertReadOnce();
        Assert.Equal(24, Asked.Count);
    }

    // What the wait and the roll read, they read because it may have changed; the other objects are not asked for again.
    [Theory]
    [InlineData(null, 0)] // nothing to change: nothing is applied
    [InlineData(4, 10)]
    public async Task An_apply_goes_by_what_the_plan_has_read(int? brokers, int applies)
    {
        await StandAsync();
        var plan = await PlanAsync(brokers);
        using var connection = Server.Connect();
        await foreach (var e in DeployCluster.RunAsync(connection, plan, default))
            Assert.NotNull(e);
        AssertReadOnce("statefulsets/");
        Assert.Equal((10, applies), (Applies(dry: true), Applies(dry: false)));
    }

    private List<FakeRequest> Asked => [.. Server.Requests.Skip(before).Where(r => !r.Path.Contains("/pods/", StringComparison.Ordinal))];

    // Other patches are merges, such as those of the lease.
    private int Applies(bool dry) =>
        Asked.Count(r => r.Method == "PATCH" && r.Parameter("force") is not null && r.Parameter("dryRun") == "All" == dry);

    private void AssertReadOnce(string except = "(none)") => Assert.All(
        Asked.Where(r => r.Method == "GET" && !r.Path.Contains(except, StringComparison.Ordinal)
            && Objects.Any(o => r.Path.EndsWith(o, StringComparison.Ordinal)))
            .GroupBy(r => r.Path),
        g => Assert.Single(g));

    private void Start()
    {
        Server.Pods.Start();
        cluster.Ensemble.Bootstrap(3);
        Server.Store.Put("v1", "namespaces", null, FakeObjects.Namespace("shop"));
        var standard = FakeObjects.Plain("storage.k8s.io/v1", "StorageClass", "standard", []);
        standard["metadata"]!["annotations"] = new JsonObject { ["storageclass.kubernetes.io/is-default-class"] = "true" };
        Server.Store.Put("storage.k8s.io/v1", "storageclasses", null, standard);
    }

    private async Task StandAsync()
    {
        Start();
        Server.Store.Put("v1", "secrets", "shop", cluster.Credential("secret"));
        using var connection = Server.Connect();
        var spec = new ClusterSpec { Name = "demo" };
        foreach (var tree in Composer.Compose(Repository.Catalog, spec, spec))
            await connection.ApplyAsync(tree, "shop", false, dryRun: false, default);
        await cluster.ReadyAsync();
        before = Server.Requests.Count;
    }

    private async Task<DeployPlan> PlanAsync(int? brokers = null)
    {
        using var connection = Server.Connect();
        var request = new DeployRequest(new ClusterSpec { Name = "demo", BrokerCount = brokers }, "shop", false, false, false,
            TimeSpan.FromSeconds(30));
        return await DeployPlanner.PlanAsync(connection, Repository.Catalog, request, default);
    }
}
