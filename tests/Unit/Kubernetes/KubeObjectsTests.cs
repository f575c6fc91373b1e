using KafkaK8s.Core.Kubernetes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kubernetes;

public sealed class TreesTests
{
    [Theory]
    [InlineData("docker.io/apache/kafka:3.9.2", "3.9.2")]
    [InlineData("kafka:3.9.2", "3.9.2")]
    [InlineData("registry:5000/kafka", "")]
    [InlineData("registry:5000/kafka:3.9.2", "3.9.2")]
    [InlineData("registry:5000/kafka:3.9.2@sha256:abc", "3.9.2")]
    [InlineData("kafka@sha256:abc", "")]
    [InlineData("kafka", "")]
    [InlineData("", "")]
    public void The_version_is_the_tag(string image, string version) => Assert.Equal(version, KubeObjects.ImageVersion(image));
}
