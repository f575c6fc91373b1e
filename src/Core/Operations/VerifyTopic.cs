namespace KafkaK8s.Core.Operations;

internal sealed record VerifyTopicRequest(string ClusterName, string? Topic, int MessageCount, int MessageSize, int? Partitions, bool KeepTopic, bool ConsoleTools, TimeSpan Timeout);
internal static class VerifyTopic { public static IAsyncEnumerable<OperationEvent> RunAsync(Kubernetes.KubeConnection connection, string ns, VerifyTopicRequest request, CancellationToken cancel) => throw new NotImplementedException(); }
