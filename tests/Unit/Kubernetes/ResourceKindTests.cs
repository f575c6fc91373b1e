using KafkaK8s.Core.Kubernetes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kubernetes;

public sealed class ResourceKindTests
{
    [Fact]
    public void Paths()
    {
        Assert.Equal("/api/v1/namespaces/shop/pods", ResourceKind.Pod.Path("shop"));
        Assert.Equal("/api/v1/namespaces/shop/pods/x", ResourceKind.Pod.Path("shop", "x"));
        Assert.Equal("/api/v1/pods", ResourceKind.Pod.Path(null));
        Assert.Equal("/apis/apps/v1/namespaces/shop/statefulsets/kafka", ResourceKind.StatefulSet.Path("shop", "kafka"));
        Assert.Equal("/apis/apps/v1/statefulsets", ResourceKind.StatefulSet.Path(null));
        Assert.Equal("/api/v1/namespaces/shop", ResourceKind.Namespace.Path(null, "shop"));
        Assert.Equal("/api/v1/namespaces", ResourceKind.Namespace.Path("ignored"));
        Assert.Equal("/apis/storage.k8s.io/v1/storageclasses", ResourceKind.StorageClass.Path("ignored"));
        Assert.Equal("/apis/policy/v1/namespaces/shop/poddisruptionbudgets/zk", ResourceKind.DisruptionBudget.Path("shop", "zk"));
    }

    [Theory]
    [InlineData("""{"kind":"PodDisruptionBudget","apiVersion":"policy/v1beta1"}""",
        "/apis/policy/v1beta1/namespaces/shop/poddisruptionbudgets")]
    [InlineData("""{"kind":"Service","apiVersion":"v1"}""", "/api/v1/namespaces/shop/services")]
    public void A_tree_names_its_own_version(string json, string path) =>
        Assert.Equal(path, ResourceKind.Of(Json.Object(json)).Path("shop"));

    [Theory]
    [InlineData("""{"kind":"Deployment","apiVersion":"apps/v1"}""", "Deployment")]
    [InlineData("""{"apiVersion":"apps/v1"}""", "no kind")]
    [InlineData("""{"kind":"Pod"}""", "no apiVersion")]
    public void Other_trees_are_refused(string json, string word) =>
        Assert.Contains(word, Assert.Throws<FormatException>(() => ResourceKind.Of(Json.Object(json))).Message, StringComparison.Ordinal);
}
