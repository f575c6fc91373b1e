using System.Text.RegularExpressions;

namespace KafkaK8s.Core.Model;

/// <summary>A toleration, in the form in which kubectl writes taints: <c>key[=value][:effect]</c>. Pure.</summary>
/// <param name="Key">Key of the taint.</param>
/// <param name="Value">Its value; null tolerates any.</param>
/// <param name="Effect"><c>NoSchedule</c>, <c>PreferNoSchedule</c> or <c>NoExecute</c>; null tolerates all three.</param>
internal sealed record Toleration(string Key, string? Value, string? Effect)
{
    private static readonly string[] Effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

    /// <summary>Reads the text; null where Kubernetes would refuse it.</summary>
    public static Toleration? TryParse(string text)
    {
        int colon = text.LastIndexOf(':');
        string? effect = colon < 0 ? null : text[(colon + 1)..];
        string taint = colon < 0 ? text : text[..colon];
        int equals = taint.IndexOf('=', StringComparison.Ordinal);
        string key = equals < 0 ? taint : taint[..equals];
        string? value = equals < 0 ? null : taint[(equals + 1)..];
        return Labels.IsKey(key) && (value is null || Labels.IsValue(value)) && (effect is null || Effects.Contains(effect))
            ? new(key, value, effect) : null;
    }
}

/// <summary>The rules for labels, their keys and values. Pure.</summary>
/// <remarks>Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set.</remarks>
internal static partial class Labels
{
    private const int LongestPart = 63;
    private const int LongestPrefix = 253;

    /// <summary>Whether it can be a label's key, such as <c>dedicated</c> or <c>example.com/pool</c>.</summary>
    public static bool IsKey(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string name = text[(slash + 1)..];
        return name.Length is > 0 and <= LongestPart && Word().IsMatch(name)
            && (slash < 0 || (slash is > 0 and <= LongestPrefix && Prefix().IsMatch(text.AsSpan(0, slash))));
    }

    /// <summary>Whether it can be a label's value; an empty one can.</summary>
    public static bool IsValue(string text) => text.Length == 0 || (text.Length <= LongestPart && Word().IsMatch(text));

    [GeneratedRegex(@"^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Prefix();
}
