using System.Globalization;
using System.Text.RegularExpressions;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Eks;
using Xunit;

namespace KafkaK8s.Tests.Unit.Manifests;

/// <summary>A default that the help states is the one of the product; what the class itself sets is held by the build.</summary>
public sealed partial class HelpDefaultTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "docs", "en-US");

    // Every "Default: `value`." of a parameter that a manifest decides, on whatever page it stands.
    public static TheoryData<string, string, string> Stated
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            var parameters = ManifestFields.All.Select(s => s.Parameter).ToHashSet();
            foreach (string file in Directory.EnumerateFiles(Folder, "*.md").Order(StringComparer.Ordinal))
            {
                foreach (Match part in Section().Matches(File.ReadAllText(file)))
                {
                    if (parameters.Contains(part.Groups[1].Value) && Default().Match(part.Groups[2].Value) is { Success: true } value
                        && value.Groups[1].Value != StorageClassSpec.DefaultName)
                        data.Add(Path.GetFileName(file), part.Groups[1].Value, value.Groups[1].Value);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Stated))]
    public void A_default_in_the_help_is_the_one_of_the_manifests(string page, string parameter, string value)
    {
        var slot = ManifestFields.All.First(s => s.Parameter == parameter);
        Assert.True(value == TreePath.Get(Repository.Catalog.Find(slot.Kind, slot.Name), slot.Path)?.ToString(),
            $"{page} -{parameter}: {value}");
    }

    [Fact]
    public void Every_parameter_that_a_manifest_decides_has_its_default_in_the_help()
    {
        var stated = Stated.Select(row => (string)row[1]).ToHashSet();
        Assert.Empty(ManifestFields.All.Where(s => !s.MayAdd && s.Parameter != "Config").Select(s => s.Parameter).Except(stated));
    }

    [Fact]
    public void The_disk_of_a_node_is_the_default_of_the_help() =>
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"Default: `{GroupRequest.DefaultDiskSize}`."),
            File.ReadAllText(Path.Combine(Folder, "New-KafkaNodeGroup.md")), StringComparison.Ordinal);

    [GeneratedRegex(@"^### -(\w+)\n(.*?)(?=^##|\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Section();

    [GeneratedRegex(@"Default: `([^`]+)`")]
    private static partial Regex Default();
}
