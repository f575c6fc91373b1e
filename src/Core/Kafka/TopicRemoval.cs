using System.Buffers.Binary;
using System.Text;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Spec;

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
    private const int Correlation = 0x6b386b3a;
    private const short UnknownTopic = 3;
    private const short TimedOut = 7; // the removal goes on, it only took longer than the request would wait
    private const short NotController = 41;
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Removes the topic and waits until a broker no longer lists it.</summary>
    /// <returns>Why it may still stand; null when it is gone.</returns>
    public static async Task<string?> RemoveAsync(KubeConnection connection, string ns, ClusterNames names, IReadOnlyList<int> brokers, string topic, TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        string why = "no broker answers";
        while (!limit.IsCancellationRequested)
        {
            var views = await BrokerLooks.TakeAsync(connection, ns, names, brokers, AskLimit, CancellationToken.None).ConfigureAwait(false);
            var view = views.Select(v => v.Answer?.View).FirstOrDefault(v => v is not null && v.ControllerId >= 0);
            if (view is not null)
            {
                if (views.All(v => v.Answer is null || !v.Answer.View.Partitions.Any(p => p.Topic == topic)))
                    return null;
                try
                {
                    short? error = await SendAsync(connection, ns, names.BrokerPod(view.ControllerId), topic, limit.Token).ConfigureAwait(false);
                    if (error is null or 0 or UnknownTopic or TimedOut or NotController)
                        why = "it is marked for removal and will go when all of its brokers are there";
                    else
                        return $"{topic} may still stand: the controller answered with Kafka's error {error}";
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
    public static byte[] Request(string topic, int timeoutMilliseconds)
    {
        byte[] name = Encoding.UTF8.GetBytes(topic);
        byte[] bytes = new byte[4 + 2 + 2 + 4 + 2 + 4 + 2 + name.Length + 4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length - 4);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(4), ApiKey);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(6), Version);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), Correlation);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(12), -1); // no client id
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(14), 1);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(18), (short)name.Length);
        name.CopyTo(bytes.AsSpan(20));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(20 + name.Length), timeoutMilliseconds);
        return bytes;
    }

    /// <summary>Kafka's error code for the topic, 0 for none.</summary>
    /// <exception cref="FormatException">It is no such response.</exception>
    public static short Response(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        if (reader.Int32() != Correlation)
            throw new FormatException("the answer belongs to another request");
        reader.Int32(); // throttle time
        if (reader.Count() != 1)
            throw new FormatException("the answer is about other topics");
        reader.Text();
        return reader.Int16();
    }

    /// <returns>Null when the broker closed the connection.</returns>
    private static async Task<short?> SendAsync(KubeConnection connection, string ns, string pod, string topic, CancellationToken cancel)
    {
        var stream = await PodStream.OpenAsync(connection, ns, pod, ClusterNames.InternalPort, cancel).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            await stream.WriteAsync(Request(topic, 1000), cancel).ConfigureAwait(false);
            byte[] head = new byte[4];
            if (!await stream.ReadExactlyAsync(head, cancel).ConfigureAwait(false) || BinaryPrimitives.ReadInt32BigEndian(head) is not (> 0 and < 100_000 and int length))
                return null;
            byte[] body = new byte[length];
            return await stream.ReadExactlyAsync(body, cancel).ConfigureAwait(false) ? Response(body) : null;
        }
    }
}
