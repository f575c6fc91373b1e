using System.Text.RegularExpressions;
using System.Management.Automation;

namespace KafkaK8s.Tests.Runner.Assertions;

/// <summary>The operators by the name of their switch. Throw and Exist need the session and stand in the cmdlet.</summary>
internal static class Operators
{
    public static readonly IReadOnlyDictionary<string, Operator> ByName = new Dictionary<string, Operator>
    {
        ["Be"] = new((actual, expected) => Comparison.SameItems(actual, expected, ignoreCase: true), Nicely.Format)
        {
            TakesAll = true,
            Got = Comparison.FormatAll,
        },
        ["BeExactly"] = new((actual, expected) => Comparison.SameItems(actual, expected, ignoreCase: false), expected => "exactly " + Nicely.Format(expected))
        {
            TakesAll = true,
            Got = Comparison.FormatAll,
        },
        ["BeNullOrEmpty"] = new((actual, _) => Comparison.IsNullOrEmpty(actual), _ => "$null or empty") { TakesAll = true, Got = Comparison.FormatAll },
        ["HaveCount"] = new((actual, expected) => Comparison.Items(actual).Length == Comparison.ToInt(expected), expected => $"a collection with size {expected}")
        {
            TakesAll = true,
            Got = actual => $"size {Comparison.Items(actual).Length}: {Nicely.Format(actual)}",
        },
        ["Contain"] = new((actual, expected) => Comparison.Holds(actual, expected), expected => $"{Nicely.Format(expected)} in the collection") { TakesAll = true },
        ["BeIn"] = new((actual, expected) => Comparison.Holds(expected, actual), expected => $"one of {Nicely.Format(expected)}"),
        ["BeTrue"] = new((actual, _) => LanguagePrimitives.IsTrue(actual), _ => "$true"),
        ["BeFalse"] = new((actual, _) => !LanguagePrimitives.IsTrue(actual), _ => "$false"),
        ["BeGreaterThan"] = new((actual, expected) => Comparison.Compare(actual, expected) > 0, expected => $"a value greater than {Nicely.Format(expected)}"),
        ["BeGreaterOrEqual"] = new((actual, expected) => Comparison.Compare(actual, expected) >= 0, expected => $"a value of {Nicely.Format(expected)} or more"),
        ["BeLessThan"] = new((actual, expected) => Comparison.Compare(actual, expected) < 0, expected => $"a value less than {Nicely.Format(expected)}"),
        ["BeLessOrEqual"] = new((actual, expected) => Comparison.Compare(actual, expected) <= 0, expected => $"a value of {Nicely.Format(expected)} or less"),
        ["BeLike"] = new((actual, expected) => Comparison.Like(actual, expected), expected => $"something like {Nicely.Format(expected)}"),
        ["Match"] = new(
            (actual, expected) => Regex.IsMatch(Comparison.ToText(actual), Comparison.ToText(expected), RegexOptions.IgnoreCase),
            expected => $"a match of {Nicely.Format(expected)}"),
        ["BeOfType"] = new(Comparison.IsOfType, expected => $"an object of type {expected}")
        {
            Got = actual => actual is null ? "$null" : $"{Nicely.Format(actual)} of type [{PSObject.AsPSObject(actual).BaseObject.GetType().FullName}]",
        },
    };
}
