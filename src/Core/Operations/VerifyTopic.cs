namespace KafkaK8s.Core.Operations;

internal static class VerifyTopic
{
    public static IAsyncEnumerable<OperationEvent> RunAsync(Kubernetes.KubeConnection connection, string ns, VerifyTopicRequest request, CancellationToken cancel) => throw new NotImplementedException();
}
