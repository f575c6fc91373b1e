using System.Management.Automation;

namespace KafkaK8s.Tests.Runner.Model;

/// <summary>Which tests to run.</summary>
internal sealed record TestFilter(IReadOnlyList<string> Tags, IReadOnlyList<string> ExcludedTags, IReadOnlyList<string> Names)
{
    public bool Selects(TestCase test)
    {
        string[] tags = [.. test.EffectiveTags];
        return (Tags.Count == 0 || MatchesAny(tags, Tags))
            && !MatchesAny(tags, ExcludedTags)
            && (Names.Count == 0 || MatchesAny([test.FullName, test.Name], Names));
    }

    private static bool MatchesAny(IReadOnlyList<string> values, IReadOnlyList<string> patterns) =>
        patterns.Any(pattern => values.Any(WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase).IsMatch));
}
