using System.Text.RegularExpressions;
using KafkaK8s.Core.Operations;
using Xunit;

namespace KafkaK8s.Tests.Unit;

/// <summary>What the help lists by name is what the source has: error ids with their categories, and checks.</summary>
public sealed partial class HelpListTests
{
    private static readonly Dictionary<string, string> Categories = new()
    {
        ["InvalidInput"] = "InvalidArgument",
        ["InvalidData"] = "InvalidData",
        ["NotFound"] = "ObjectNotFound",
        ["Conflict"] = "ResourceExists",
        ["Authentication"] = "AuthenticationError",
        ["Permission"] = "PermissionDenied",
        ["Connection"] = "ConnectionError",
        ["Timeout"] = "OperationTimeout",
        ["Stalled"] = "OperationStopped",
        ["Unavailable"] = "ResourceUnavailable",
    };

    // A new error id needs a line in docs/en-US/about_KafkaK8s_Errors.md, below its category.
    [Fact]
    public void Every_error_id_has_a_line_below_its_category()
    {
        var thrown = Sources().SelectMany(text => Thrown().Matches(text).Select(m => (Categories[m.Groups[2].Value], m.Groups[1].Value))
            .Concat(ThrownInvalid().Matches(text).Select(m => ("InvalidArgument", m.Groups[1].Value)))).ToHashSet();
        var listed = Listed("about_KafkaK8s_Errors.md").Where(l => Categories.ContainsValue(l.Section)).ToHashSet();
        Assert.True(thrown.Count > 100);
        Assert.Empty(thrown.Except(listed));
        Assert.Empty(listed.Except(thrown));
    }

    [Fact]
    public void Every_check_has_a_line()
    {
        var topic = ResultName().Matches(Source("Verification/VerificationReport.cs")).Select(m => m.Groups[1].Value.Trim('"'));
        var eks = EksName().Matches(Source("../Eks/EksChecks.cs")).Select(m => m.Groups[1].Value);
        var listed = Listed("about_KafkaK8s_Checks.md").ToLookup(l => l.Section, l => l.Name);
        Assert.Equal(topic.Distinct().Order(StringComparer.Ordinal), listed["Test-KafkaTopic"].Order(StringComparer.Ordinal));
        Assert.Equal(eks.Distinct().Order(StringComparer.Ordinal), listed["Test-KafkaEksCluster"].Order(StringComparer.Ordinal));
    }

    // The section that a check names is a heading of this page.
    [Fact]
    public void Every_check_of_health_has_a_section()
    {
        string[] others = ["Use", "See also"];
        var headings = File.ReadLines(Path.Combine(Repository.Root, "docs", "en-US", "about_KafkaK8s_Health.md"))
            .Where(l => l.StartsWith("## ", StringComparison.Ordinal)).Select(l => l[3..]);
        Assert.Equal(HealthChecks.All.Select(c => c.Check), headings.Except(others));
    }

    [Fact]
    public void Every_command_has_a_row_in_the_readme()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        var pages = Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs", "en-US"), "*-*.md")
            .Select(f => Path.GetFileNameWithoutExtension(f));
        Assert.All(pages, name => Assert.Contains($"| [`{name}`](docs/en-US/{name}.md) |", readme, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
        .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/Help/", StringComparison.Ordinal))
        .Select(File.ReadAllText);

    private static string Source(string file) => File.ReadAllText(Path.Combine(Repository.Root, "src", "Core", file));

    private static IEnumerable<(string Section, string Name)> Listed(string page)
    {
        string section = "";
        foreach (string line in File.ReadLines(Path.Combine(Repository.Root, "docs", "en-US", page)))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                section = line[3..];
            else if (Item().Match(line) is { Success: true } item)
                yield return (section, item.Groups[1].Value);
        }
    }

    [GeneratedRegex(@"""([A-Z]\w+)"",\s+FailureKind\.(\w+)")]
    private static partial Regex Thrown();

    [GeneratedRegex(@"Invalid\(""([A-Z]\w+)""")]
    private static partial Regex ThrownInvalid();

    [GeneratedRegex(@"^- `(\w+)`: ")]
    private static partial Regex Item();

    [GeneratedRegex(@"(""[A-Z][A-Za-z]+"")(?= :|, )")]
    private static partial Regex ResultName();

    [GeneratedRegex(@"Make\(""(\w+)""")]
    private static partial Regex EksName();
}
