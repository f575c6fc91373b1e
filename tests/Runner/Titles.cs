using System.Text.RegularExpressions;
using KafkaK8s.Tests.Runner.Assertions;

namespace KafkaK8s.Tests.Runner;

/// <summary>Fills <c>&lt;name&gt;</c> in titles. A backtick before the bracket keeps it as it stands.</summary>
internal static partial class Titles
{
    /// <summary>The answer of a resolver that does not know the name; the placeholder then stays.</summary>
    public static readonly object Unknown = new();

    public static string Expand(string title, Func<string, object?> resolve) => Placeholder().Replace(title, match =>
    {
        if (match.Groups["escaped"].Success)
            return match.Value[1..];
        object? value = resolve(match.Groups["name"].Value);
        return ReferenceEquals(value, Unknown) ? match.Value : Nicely.Plain(value);
    });

    [GeneratedRegex("(?<escaped>`<)|<(?<name>[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*)>")]
    private static partial Regex Placeholder();
}
