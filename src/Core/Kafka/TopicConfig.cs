using System.Globalization;
using System.Text.RegularExpressions;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Kafka;

/// <summary>Names and settings of topics as people write them, in Kafka's own form. Pure.</summary>
internal static partial class TopicConfig
{
    /// <summary>Partitions of one topic; more than any cluster of today serves well.</summary>
    public const int MostPartitions = 100_000;

    private const long Kibi = 1024;

    /// <summary>Refuses what Kafka takes for no name of a topic.</summary>
    /// <remarks>Source: org.apache.kafka.common.internals.Topic.validate.</remarks>
    /// <exception cref="ClusterException"><c>InvalidTopicName</c>.</exception>
    public static void CheckName(string topic)
    {
        if (!Name().IsMatch(topic) || topic is "." or "..")
        {
            throw new ClusterException("InvalidTopicName", FailureKind.InvalidInput, topic,
                $"'{topic}' is no name of a topic: 1 to 249 letters, digits, '.', '_' and '-', and not '.' or '..' alone.");
        }
    }

    /// <summary>Refuses a number of partitions or copies that Kafka could not take.</summary>
    /// <exception cref="ClusterException"><c>InvalidCount</c>.</exception>
    public static void CheckCount(string parameter, int? count, int most)
    {
        if (count < 1 || count > most)
            throw new ClusterException("InvalidCount", FailureKind.InvalidInput, count, $"-{parameter} {count}: it is 1 to {most}.");
    }

    /// <summary>
    /// A setting's value as Kafka takes it. A duration (<c>….ms</c>) may be 7.00:00:00, 7d, 12h, 30m, 45s or 500ms; a size
    /// (<c>….bytes</c>) 512Ki, 1Gi, 10MB. Kafka's own numbers, and all else, stay as they are.
    /// </summary>
    /// <exception cref="ClusterException"><c>InvalidTopicConfig</c>.</exception>
    public static string Value(string key, string given)
    {
        string text = given.Trim();
        bool isNumber = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
        if (isNumber)
            return text;
        if (key.EndsWith(".ms", StringComparison.Ordinal))
            return Milliseconds(text)
                ?? throw Unfit(key, given, "a duration such as 7.00:00:00, 7d, 12h, 30m, 45s, 500ms, or milliseconds");
        return key.EndsWith(".bytes", StringComparison.Ordinal)
            ? Bytes(text) ?? throw Unfit(key, given, "a size such as 512Ki, 1Gi, 10MB, or bytes")
            : given;
    }

    /// <summary>A duration as 10m, 2h, 7d or 00:10:00; null where it is none.</summary>
    public static TimeSpan? Span(string text) =>
        Milliseconds(text.Trim()) is string ms && double.Parse(ms, CultureInfo.InvariantCulture) is > 0 and var n
        && n < TimeSpan.MaxValue.TotalMilliseconds ? TimeSpan.FromMilliseconds(n) : null;

    private static string? Milliseconds(string text)
    {
        if (Duration().Match(text) is { Success: true } m && long.TryParse(m.Groups[1].ValueSpan, out long n))
        {
            long unit = m.Groups[2].Value switch
            {
                "ms" => 1,
                "s" => 1000,
                "m" => 60_000,
                "h" => 3_600_000,
                "d" => 86_400_000,
                _ => 604_800_000
            };
            return n <= long.MaxValue / unit ? Number(n * unit) : null;
        }

        // A number without a colon would be taken for days.
        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span)
            && span >= TimeSpan.Zero
            ? Number((long)span.TotalMilliseconds)
            : null;
    }

    // KB, MB and GB are PowerShell's own, of 1024; Ki, Mi and Gi, and k, M and G of 1000, those of Kubernetes.
    private static string? Bytes(string text)
    {
        if (Size().Match(text) is { Success: true } m && long.TryParse(m.Groups[1].ValueSpan, out long n))
        {
            long unit = (long)Math.Pow(Kibi, "KMGTP".IndexOf(char.ToUpperInvariant(m.Groups[2].Value[0]), StringComparison.Ordinal) + 1);
            return n <= long.MaxValue / unit ? Number(n * unit) : null;
        }

        return Quantity.TryParse(text, out decimal value) && value is >= 0 and <= long.MaxValue && decimal.Truncate(value) == value
            ? Number((long)value) : null;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static ClusterException Unfit(string key, string given, string what) => new(
        "InvalidTopicConfig", FailureKind.InvalidInput, key, $"-Config: {key} = '{given}' is no value of this setting. Give {what}.");

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,249}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"^([0-9]{1,18})(ms|s|m|h|d|w)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();

    [GeneratedRegex(@"^([0-9]{1,18})([KMGTP])i?B\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Size();
}
