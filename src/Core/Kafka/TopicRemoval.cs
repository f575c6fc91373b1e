
namespace KafkaK8s.Core.Kafka;

/// <summary>
/// Removes a topic by one request to the controller's pod. It needs neither a JVM nor the native client, so a check can clean up
/// in moments, whatever became of the rest.
/// </summary>
/// <remarks>Source: https://kafka.apache.org/protocol.html#The_Messages_DeleteTopics (version 1, Kafka 0.11 to today).</remarks>
internal static class TopicRemoval
{
    private const short ApiKey = 20;
    private const short Version = 1;
    private const short UnknownTopic = 3;
    private const short TimedOut = 7; // the removal goes on, it only took longer than the request would wait
    private const short NotController = 41;
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Removes the topic and waits until a broker no longer lists it.</summary>
    /// <returns>Why it may still stand; null when it is gone.</returns>
    public static async Task<string?> RemoveAsync(BrokerSetView brokers, string topic, TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        string why = "no broker answers";
        while (!limit.IsCancellationRequested)
        {
            var views = await BrokerProbes.TakeAsync(brokers.Door, brokers.Brokers, AskLimit, CancellationToken.None)
                .ConfigureAwait(false);
            var view = views.Select(v => v.Answer?.View).FirstOrDefault(v => v is not null && v.ControllerId >= 0);
            if (view is not null)
            {
                if (views.All(v => v.Answer is null || !v.Answer.View.Partitions.Any(p => p.Topic == topic)))
                    return null;
                try
                {
                    string controller = brokers.Broker(view.ControllerId).Pod;
                    byte[] request = Request(topic, 1000);
                    byte[]? answer = await BrokerRequest.SendAsync(brokers.Door, controller, request, limit.Token)
                        .ConfigureAwait(false);
                    short error = answer is null ? UnknownTopic : Response(answer);
                    if (error is not (0 or UnknownTopic or TimedOut or NotController))
                        return $"{topic} may still stand: the controller refuses to remove it ({KafkaErrors.Words(error)})";
                    why = "it is marked for removal and will go when all of its brokers are there";
                }
                catch (Exception e) when (e is ClusterException or FormatException)
                {
                    why = e.Message;
                }
                catch (OperationCanceledException)
                {
                    break;
                }
            }

            await Task.Delay(Pause, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return $"{topic} may still stand: {why}";
    }

    /// <summary>A request to remove one topic, with its length in front.</summary>
    public static byte[] Request(string topic, int timeoutMilliseconds) =>
        WireWriter.Request(ApiKey, Version, BrokerRequest.Correlation, body =>
        {
            body.Count(1);
            body.Text(topic);
            body.Int32(timeoutMilliseconds);
        });

    /// <summary>Kafka's error code for the topic, 0 for none.</summary>
    /// <exception cref="FormatException">It is no such response.</exception>
    public static short Response(ReadOnlySpan<byte> bytes)
    {
        var reader = BrokerRequest.Answer(bytes);
        reader.Int32(); // throttle time
        if (reader.Count() != 1)
            throw new FormatException("the answer is about other topics");
        reader.Text();
        return reader.Int16();
    }
}
