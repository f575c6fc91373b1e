using System.Globalization;
using KafkaK8s.Core.Kafka;

namespace KafkaK8s.Core.Verification;

/// <summary>What the brokers' settings allow a check to do. Pure.</summary>
internal static class BrokerAllowance
{
    /// <summary>The settings of a broker that matter to a check with a topic of its own.</summary>
    public static readonly IReadOnlyCollection<string> OfBroker = [DeletionKey, BrokerLimitKey];

    /// <summary>The settings of a topic that matter.</summary>
    public static readonly IReadOnlyCollection<string> OfTopic = [TopicSettings.LargestBatchKey];

    private const string DeletionKey = "delete.topic.enable";
    private const string BrokerLimitKey = "message.max.bytes";

    /// <summary>Bytes that a batch of one message needs beside it: the batch's head (61), the record's (21 at most), the key.</summary>
    private const int Framing = 61 + 21 + VerificationMessage.KeySize;

    /// <summary>Refuses what the brokers would refuse, or could not take back, before anything is made.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="where">The cluster and its namespace, in words.</param>
    /// <param name="settings">The settings of a broker, or of the topic that was named.</param>
    /// <returns>Bytes of the largest batch; null where the brokers do not say.</returns>
    /// <exception cref="ClusterException"><c>TopicDeletionOff</c>, <c>MessageTooLarge</c>.</exception>
    public static int? LargestBatch(VerifyTopicRequest request, string where, IReadOnlyDictionary<string, string?> settings)
    {
        if (request is { Topic: null, KeepTopic: false } && settings.GetValueOrDefault(DeletionKey) == "false")
        {
            throw new ClusterException("TopicDeletionOff", FailureKind.Permission, request.ClusterName,
                $"The brokers of {where} remove no topics ({DeletionKey}=false), so the topic made for the check would stay. Nothing was "
                    + $"made. Use a topic that exists with -Topic, accept that the new one stays with -KeepTopic, or allow removal with "
                    + $"New-KafkaCluster {request.ClusterName} -Config @{{ '{DeletionKey}' = 'true' }}.");
        }

        string key = request.Topic is null ? BrokerLimitKey : TopicSettings.LargestBatchKey;
        if (!int.TryParse(settings.GetValueOrDefault(key), NumberStyles.Integer, CultureInfo.InvariantCulture, out int limit))
            return null;
        if (request.MessageSize + Framing <= limit)
            return limit;
        int largest = limit - Framing;
        string way = largest >= VerifyTopicRequest.SmallestMessage ? $"Use -MessageSize {largest} or less, or raise the limit."
            : "Raise the limit.";
        throw new ClusterException("MessageTooLarge", FailureKind.InvalidInput, request.MessageSize,
            $"A message of {request.MessageSize} bytes, which takes {request.MessageSize + Framing} bytes in its batch, is more than "
                + $"{(request.Topic is null ? $"the brokers of {where} take" : $"the topic {request.Topic} of {where} takes")} "
                + $"({key}={limit}). Nothing was sent. {way}");
    }
}
