using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Tests.Fakes;

namespace KafkaK8s.Tests.Unit.Fakes;

/// <summary>The product's connection to a fake server.</summary>
internal static class FakeConnections
{
    /// <summary>Opens a connection by a kubeconfig of its own.</summary>
    public static KubeConnection Connect(this FakeApiServer server, string user = "token: t0ken") =>
        KubeConnection.Open(server.KubeConfigOf(user), null);

    /// <summary>Opens a connection to the cluster's server.</summary>
    public static KubeConnection Connect(this FakeCluster cluster) => cluster.Server.Connect();
}
