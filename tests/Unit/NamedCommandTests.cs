using System.Text.RegularExpressions;
using Xunit;

namespace KafkaK8s.Tests.Unit;

/// <summary>Messages, remedies and help tell people what to type: that must be there.</summary>
public sealed partial class NamedCommandTests
{
    private static readonly HashSet<string> Common = ["Namespace", "WhatIf", "Confirm", "Context", "KubeConfig", "Connection", "Verbose",
        "TimeoutSeconds", "Force", "ErrorAction", "Examples", "Online", "Region", "ProfileName"];

    private static readonly HashSet<string> Cmdlets = [.. CmdletName().Matches(
        File.ReadAllText(Path.Combine(Repository.Root, "module", "KafkaK8s.psd1"))).Select(m => m.Groups[1].Value)];

    [Fact]
    public void Every_command_that_a_text_names_is_there_with_its_parameters()
    {
        var parameters = Cmdlets.ToDictionary(c => c, c => Heading().Matches(
            File.ReadAllText(Path.Combine(Repository.Root, "docs", "en-US", $"{c}.md"))).Select(m => m.Groups[1].Value).ToHashSet());
        int seen = 0;
        var wrong = new List<string>();
        foreach (var (file, number, line) in Lines())
        {
            foreach (Match named in Command().Matches(line))
            {
                string command = named.Value;
                seen++;
                if (!Cmdlets.Contains(command))
                    wrong.Add($"{file}:{number}: {command}");
                else if (command != "Invoke-KafkaTool") // the tool's own arguments follow
                    wrong.AddRange(Given(line[(named.Index + named.Length)..]).Where(p => !parameters[command].Contains(p) && !Common.Contains(p))
                        .Select(p => $"{file}:{number}: {command} -{p}"));
            }
        }

        Assert.Empty(wrong);
        Assert.True(seen > 300, $"only {seen} commands were found");
    }

    // Up to where the command ends, or the sentence does.
    private static IEnumerable<string> Given(string rest) => Parameter().Matches(End().Split(rest)[0]).Select(m => m.Groups[1].Value);

    private static IEnumerable<(string File, int Number, string Line)> Lines()
    {
        string[] folders = ["src", Path.Combine("docs", "en-US")];
        var files = folders.SelectMany(f => Directory.EnumerateFiles(Path.Combine(Repository.Root, f), "*", SearchOption.AllDirectories))
            .Where(f => Path.GetExtension(f) is ".cs" or ".md" && !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}",
                StringComparison.Ordinal))
            .Concat(["README.md", "CHANGELOG.md"]);
        return files.SelectMany(f => File.ReadLines(Path.Combine(Repository.Root, f)).Select((l, i) =>
            (Path.GetRelativePath(Repository.Root, Path.Combine(Repository.Root, f)), i + 1, l)));
    }

    [GeneratedRegex(@"'([A-Z]\w+-[A-Z]\w+)'")]
    private static partial Regex CmdletName();

    [GeneratedRegex(@"^### -(\w+)", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\b(?:Add|Connect|Disconnect|Enable|Export|Get|Import|Invoke|New|Receive|Remove|Reset|Restart|Send|Set|Test|Update|Wait)"
        + @"-(?:Kafka|ZooKeeper|Eks)\w+")]
    private static partial Regex Command();

    [GeneratedRegex(@"(?<!\S)-([A-Z]\w+)")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"[|;)`""]|\. |, |: |\bor\b|\band\b")]
    private static partial Regex End();
}
