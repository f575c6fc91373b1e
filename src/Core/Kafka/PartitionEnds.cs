using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace KafkaK8s.Core.Kafka;

/// <summary>Where the partitions of a topic end.</summary>
internal static class PartitionEnds
{
    /// <summary>How long a leader may take to come to know its end.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Asks for the ends until every leader knows its own.</summary>
    /// <param name="ask">Asks once, for all partitions.</param>
    /// <param name="topic">Topic, for the error.</param>
    /// <param name="patience">Time in which to ask again.</param>
    /// <param name="limit">Ends the asking earlier.</param>
    /// <returns>The end of each partition, in the order of their numbers.</returns>
    /// <exception cref="ClusterException">PartitionUnreadable: an error that does not pass, or did not pass in time.</exception>
    public static async Task<long[]> ReadAsync(Func<Task<ListOffsetsResult>> ask, string topic, TimeSpan patience, CancellationToken limit)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                var latest = await ask().ConfigureAwait(false);
                return [.. latest.ResultInfos.Select(r => r.TopicPartitionOffsetError).OrderBy(o => o.Partition.Value)
                    .Select(o => o.Offset.Value)];
            }
            catch (KafkaException e)
            {
                var refused = e is ListOffsetsException one
                    ? one.Result.ResultInfos.Select(r => r.TopicPartitionOffsetError).Where(o => o.Error.IsError)
                        .OrderBy(o => o.Partition.Value).ToList()
                    : [];
                bool passes = refused.Count > 0 && refused.All(o => KafkaErrors.Passes(o.Error.Code));
                if (!passes || clock.Elapsed > patience || limit.IsCancellationRequested)
                {
                    string word = refused.Count > 0 ? $"partition {refused[0].Partition.Value}: {refused[0].Error.Reason}" : e.Error.Reason;
                    throw new ClusterException("PartitionUnreadable", FailureKind.Unavailable, topic,
                        $"The ends of the partitions of {topic} cannot be read ({word}). Leave -Topic out to check with a topic made for "
                            + $"it.", e);
                }

                await Task.Delay(50, limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
