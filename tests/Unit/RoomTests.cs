using System.Text.RegularExpressions;
using Xunit;

namespace KafkaK8s.Tests.Unit;

/// <summary>Each folder of src/Core is a room that knows only rooms before it, so that none of them can be understood only
/// together.</summary>
public sealed partial class RoomTests
{
    // Kubernetes/Config belongs to Kubernetes.
    private static readonly string[] Rooms = ["Yaml", "Kubernetes", "Model", "Manifests", "Running", "Security", "Kafka", "ZooKeeper",
        "Rolling", "Verification", "Reports", "Operations"];

    private static string Core => Path.Combine(Repository.Root, "src", "Core");

    public static TheoryData<string> All => [.. Rooms];

    [Fact]
    public void All_rooms_are_named_here() => Assert.Equal(
        Rooms.Order(),
        Directory.EnumerateDirectories(Core).Select(d => Path.GetFileName(d)!).Where(d => d is not ("bin" or "obj")).Order());

    [Theory]
    [MemberData(nameof(All))]
    public void A_room_knows_only_those_before_it(string room)
    {
        var known = Rooms.TakeWhile(r => r != room).Append(room).ToHashSet();
        var files = Directory.EnumerateFiles(Path.Combine(Core, room), "*.cs", SearchOption.AllDirectories).ToList();
        Assert.NotEmpty(files);
        var strangers = files.SelectMany(
            f => Named(File.ReadAllText(f)).Where(n => !known.Contains(n)).Select(n => $"{Path.GetFileName(f)} names {n}"));
        Assert.Equal([], strangers);
    }

    [Fact]
    public void Core_does_not_know_Eks() => Assert.DoesNotContain(
        Directory.EnumerateFiles(Core, "*.cs", SearchOption.AllDirectories).Where(f => !f.Contains("/obj/", StringComparison.Ordinal)),
        f => Amazon().IsMatch(File.ReadAllText(f)));

    [Fact]
    public void Lines_have_140_characters_at_most() => Assert.Equal([], Directory.EnumerateFiles(
            Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
        .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal))
        .SelectMany(f => File.ReadLines(f).Select((line, i) => (line.Length, At: $"{Path.GetRelativePath(Repository.Root, f)}:{i + 1}")))
        .Where(l => l.Length > 140).Select(l => l.At));

    // By using lines, and by names that are spelt from a parent on.
    private static IEnumerable<string> Named(string text) =>
        Using().Matches(text).Select(m => m.Groups[1].Value)
            .Concat(Rooms.Where(r => Regex.IsMatch(text, $@"(?m)^(?!\s*(//|namespace|using)).*(?<![\w.""'/ -])(Core\.)?{r}\.[A-Z]\w+\.")))
            .Distinct();

    [GeneratedRegex(@"(?m)^using (?:static )?KafkaK8s\.Core\.(\w+)")]
    private static partial Regex Using();

    [GeneratedRegex(@"KafkaK8s\.Eks|using Amazon")]
    private static partial Regex Amazon();
}
