using KafkaK8s.Core.Kafka;

namespace KafkaK8s.Core.Operations;

/// <summary>What was read of topics to make them elsewhere.</summary>
/// <param name="Topics">The topics.</param>
/// <param name="KeptBack">Settings whose values the brokers do not tell.</param>
internal sealed record ExportedTopics(IReadOnlyList<TopicRequest> Topics, IReadOnlyList<string> KeptBack);

/// <summary>Reads topics with what is their own: what another cluster needs to make them.</summary>
internal static class ExportTopics
{
    /// <summary>Reads topics; neither offsets nor sizes.</summary>
    /// <exception cref="ClusterException"><c>KafkaSilent</c>, <c>KafkaRefused</c>.</exception>
    public static async Task<ExportedTopics> RunAsync(KafkaAdmin admin, Func<string, bool> wanted, CancellationToken cancel)
    {
        var all = await TopicReader.PartitionsAsync(admin.Brokers, cancel).ConfigureAwait(false);
        var topics = all.GroupBy(p => p.Topic).Where(g => wanted(g.Key)).ToList();
        var settings = await TopicReader.SettingsAsync(admin, [.. topics.Select(g => g.Key)], cancel).ConfigureAwait(false);
        var standing = topics.Where(g => settings.ContainsKey(g.Key)).ToList(); // the others went meanwhile
        return new ExportedTopics(
            [.. standing.Select(g => new TopicRequest(g.Key)
            {
                Partitions = g.Count(),
                ReplicationFactor = g.Min(p => p.Replicas.Count),
                Config = settings[g.Key].Own.Where(c => !IsSecret(settings[g.Key], c.Key)).ToDictionary(c => c.Key, string? (c) => c.Value),
            })],
            [.. standing.SelectMany(g => settings[g.Key].Own.Keys.Where(k => IsSecret(settings[g.Key], k)).Order(StringComparer.Ordinal)
                .Select(k => $"{k} of {g.Key}"))]);
    }

    // A broker gives no value of a setting that it takes for sensitive, such as one that it does not know (KafkaConfig.maybeSensitive).
    private static bool IsSecret(TopicSettings settings, string key) => settings.All.GetValueOrDefault(key) is null;
}
