namespace KafkaK8s;

/// <summary>Ages of objects, as kubectl shows them.</summary>
internal static class Ages
{
    /// <summary>Whole seconds since then; 0 where it is not known.</summary>
    public static long Seconds(DateTimeOffset since) =>
        since == default ? 0 : Math.Max(0, (long)(DateTimeOffset.UtcNow - since).TotalSeconds);

    /// <summary>24s, 5m, 3h, 12d: two units' worth of each before the next.</summary>
    public static string Text(long seconds) => seconds switch
    {
        < 120 => $"{seconds}s",
        < 120 * 60 => $"{seconds / 60}m",
        < 48 * 3600 => $"{seconds / 3600}h",
        _ => $"{seconds / 86400}d",
    };
}
