using System.Threading.Channels;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Running;
using KafkaK8s.Core.Verification;

namespace KafkaK8s.Core.Operations;

/// <summary>Sends numbered, checksummed messages through every broker of a cluster, reads them back, and says what came of it.</summary>
internal static class VerifyTopic
{
    /// <summary>
    /// Runs the check. Its end is a <see cref="Completed{T}"/> with a <see cref="TopicVerification"/>, passed or not: a sick cluster
    /// is a result. Leaving the enumeration early cancels the check and waits until it has cleaned up.
    /// </summary>
    /// <exception cref="ClusterException">The check could not be made: no such cluster or topic, no way to it, brokers too old.</exception>
    public static IAsyncEnumerable<OperationEvent> RunAsync(
        KubeConnection connection, string ns, VerifyTopicRequest request, CancellationToken cancel) =>
        Worker.RunAsync((events, stop) => WorkAsync(connection, ns, request, events, stop),
            Channel.CreateUnbounded<OperationEvent>(new UnboundedChannelOptions { SingleReader = true }), cancel);

    private static async Task WorkAsync(KubeConnection connection, string ns, VerifyTopicRequest request,
        ChannelWriter<OperationEvent> events, CancellationToken cancel)
    {
        var brokers = await Limits.WithinAsync(request.Timeout, token =>
            BrokerSetView.FindAsync(connection, ns, request.ClusterName, token), request.ClusterName, cancel).ConfigureAwait(false);
        var time = new VerifyTime(request.Timeout);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(request.Timeout);
        var facts = await VerifyTopicSteps.BeginAsync(connection, brokers, request, events, cancel).ConfigureAwait(false);
        if (facts.Answers.Any())
        {
            facts = request.ConsoleTools
                ? await VerifyTopicByConsole.RunAsync(connection, brokers, request, facts, time, events, limit.Token, cancel)
                    .ConfigureAwait(false)
                : await VerifyTopicByTunnel.RunAsync(connection, brokers, request, facts, time, events, limit.Token, cancel)
                    .ConfigureAwait(false);
        }

        var result = VerificationReport.Compose(facts with { Duration = time.Taken });
        events.TryWrite(new Completed<TopicVerification>(result with
        {
            Context = connection.Origin.Context,
            KubeConfig = connection.Origin.KubeConfig,
            Connection = connection.Origin.Connection
        }));
    }
}
