using System.Text.Json.Nodes;
using KafkaK8s.Core;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Operations;
using Xunit;

namespace KafkaK8s.Tests.Unit.Manifests;

public sealed class ServerAdaptationTests
{
    [Theory]
    [InlineData(17, "policy/v1beta1")]
    [InlineData(20, "policy/v1beta1")]
    [InlineData(21, "policy/v1")]
    [InlineData(36, "policy/v1")]
    public void Budgets_have_the_version_that_the_server_serves(int minor, string version) =>
        Assert.All(Adapted(minor).Where(o => (string?)o["kind"] == "PodDisruptionBudget"),
            b => Assert.Equal(version, (string?)b["apiVersion"]));

    [Theory]
    [InlineData(17, true)]
    [InlineData(18, true)]
    [InlineData(19, false)]
    [InlineData(36, false)]
    public void Seccomp_is_an_annotation_before_1_19_and_never_both(int minor, bool annotation) => Assert.All(Templates(minor), t =>
    {
        Assert.Equal(annotation ? "runtime/default" : null,
            (string?)t["metadata"]!["annotations"]?["seccomp.security.alpha.kubernetes.io/pod"]);
        Assert.Equal(annotation, t["spec"]!["securityContext"]!["seccompProfile"] is null);
    });

    [Theory]
    [InlineData(17, false)]
    [InlineData(18, true)]
    [InlineData(36, true)]
    public void Start_up_probes_and_the_group_policy_go_before_1_18(int minor, bool there) => Assert.All(Templates(minor), t =>
    {
        var container = t["spec"]!["containers"]![0]!;
        Assert.Equal(there, container["startupProbe"] is not null);
        Assert.Equal(there, t["spec"]!["securityContext"]!["fsGroupChangePolicy"] is not null);
    });

    [Fact]
    public void Without_a_start_up_probe_liveness_leaves_the_same_time() => Assert.All(Templates(17).Zip(Templates(18)), p =>
    {
        var startup = p.Second["spec"]!["containers"]![0]!["startupProbe"]!;
        Assert.Equal((int)startup["periodSeconds"]! * (int)startup["failureThreshold"]!,
            (int?)p.First["spec"]!["containers"]![0]!["livenessProbe"]!["initialDelaySeconds"]);
        Assert.Null(p.Second["spec"]!["containers"]![0]!["livenessProbe"]!["initialDelaySeconds"]);
    });

    [Fact]
    public void Too_old_a_server_is_refused()
    {
        var e =
            Assert.Throws<ClusterException>(() => ExportManifest.Compose(Repository.Catalog, new ClusterSpec(), null, new Version(1, 16)));
        Assert.Equal("KubernetesTooOld", e.Id);
        ExportManifest.Compose(Repository.Catalog, new ClusterSpec(), null, ServerAdaptation.Oldest);
    }

    [Theory]
    [InlineData(20, "policy/v1beta1", "policy/v1beta1")]
    [InlineData(21, "policy/v1", "policy/v1beta1")]
    [InlineData(22, "policy/v1", "policy/v1")]
    public void The_policy_api_has_evictions_one_release_later_than_budgets(int minor, string budget, string eviction) =>
        Assert.Equal((budget, eviction),
            (ServerAdaptation.BudgetVersion(new Version(1, minor)), ServerAdaptation.EvictionVersion(new Version(1, minor))));

    private static List<JsonObject> Adapted(int minor)
    {
        var objects = Repository.Catalog.Objects.Select(o => (JsonObject)o.DeepClone()).ToList();
        ServerAdaptation.Adapt(objects, new Version(1, minor));
        return objects;
    }

    private static List<JsonNode> Templates(int minor) =>
        [.. Adapted(minor).Where(o => (string?)o["kind"] == "StatefulSet").Select(s => s["spec"]!["template"]!)];
}
