using Confluent.Kafka;
using Confluent.Kafka.Admin;
using KafkaK8s.Core.Kafka;

namespace KafkaK8s.Core.Operations;

/// <summary>Reads consumer groups.</summary>
internal static class ConsumerGroups
{
    /// <summary>Groups by the topics that they have committed offsets of.</summary>
    public static async Task<ILookup<string, string>> ReadersAsync(KafkaAdmin admin, CancellationToken cancel)
    {
        var groups = await ListAsync(admin, cancel).ConfigureAwait(false);
        var offsets = await Task.WhenAll(groups.Select(async g => (Group: g, Topics: (await CommittedAsync(admin, g, cancel).ConfigureAwait(false)).Select(o => o.Topic).Distinct().ToList())))
            .ConfigureAwait(false);
        return offsets.SelectMany(o => o.Topics.Select(t => (t, o.Group))).ToLookup(p => p.t, p => p.Group);
    }

    /// <summary>Names of all groups.</summary>
    public static async Task<IReadOnlyList<string>> ListAsync(KafkaAdmin admin, CancellationToken cancel)
    {
        var options = new ListConsumerGroupsOptions { RequestTimeout = KafkaAdmin.RequestLimit };
        var listed = await admin.AskAsync("consumer groups", async client =>
        {
            try
            {
                return (await client.ListConsumerGroupsAsync(options).ConfigureAwait(false)).Valid;
            }
            catch (ListConsumerGroupsException e)
            {
                return e.Results.Valid; // what a broker that is down would have said is missing
            }
        }, cancel).ConfigureAwait(false);
        return [.. listed.Select(g => g.GroupId).Order(StringComparer.Ordinal)];
    }

    /// <summary>The offsets that a group has committed.</summary>
    public static async Task<IReadOnlyList<TopicPartitionOffset>> CommittedAsync(KafkaAdmin admin, string group, CancellationToken cancel)
    {
        var options = new ListConsumerGroupOffsetsOptions { RequestTimeout = KafkaAdmin.RequestLimit };
        var answer = await admin.AskAsync(group, c => c.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(group, null)], options), cancel)
            .ConfigureAwait(false);
        return [.. answer.SelectMany(a => a.Partitions).Where(p => !p.Error.IsError && p.Offset.Value >= 0).Select(p => p.TopicPartitionOffset)];
    }
}
