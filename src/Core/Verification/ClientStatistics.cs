using System.Text.Json;

namespace KafkaK8s.Core.Verification;

/// <summary>Reads the native client's statistics. Pure.</summary>
/// <remarks>Source: https://github.com/confluentinc/librdkafka/blob/master/STATISTICS.md.</remarks>
internal static class ClientStatistics
{
    /// <summary>The longest time, in milliseconds, for which a broker throttled a request since the statistics before.</summary>
    public static long Throttled(string statistics)
    {
        using var tree = JsonDocument.Parse(statistics);
        long longest = 0;
        if (tree.RootElement.TryGetProperty("brokers", out var brokers))
        {
            foreach (var broker in brokers.EnumerateObject())
            {
                if (broker.Value.TryGetProperty("throttle", out var throttle) && throttle.TryGetProperty("max", out var max))
                    longest = Math.Max(longest, max.GetInt64());
            }
        }

        return longest;
    }
}
