using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace KafkaK8s.Help;

/// <summary>
/// The doc comments of the assemblies beside the cmdlets, in the conventions that tools for PowerShell share:
/// paragraphs of a summary carry a type (synopsis, description, link), examples hold a summary and a code.
/// </summary>
internal sealed partial class DocComments
{
    private readonly Dictionary<string, XElement> members;

    /// <summary>Reads the XML files of the assembly and of the ones beside it.</summary>
    public DocComments(string assembly)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(assembly))!;
        string own = Path.ChangeExtension(Path.GetFullPath(assembly), ".xml");
        if (!File.Exists(own))
            throw new FileNotFoundException($"There is no {own}: the compiler writes it with GenerateDocumentationFile.");
        members = Directory.EnumerateFiles(folder, "KafkaK8s*.xml")
            .SelectMany(f => XDocument.Load(f, LoadOptions.PreserveWhitespace).Descendants("member"))
            .DistinctBy(m => (string)m.Attribute("name")!)
            .ToDictionary(m => (string)m.Attribute("name")!);
    }

    /// <summary>The comment of a class.</summary>
    public XElement? Of(Type type) => members.GetValueOrDefault($"T:{type.FullName}");

    /// <summary>The comment of a property, where it is declared.</summary>
    public XElement? Of(PropertyInfo property) => members.GetValueOrDefault($"P:{property.DeclaringType!.FullName}.{property.Name}");

    /// <summary>The paragraphs of a kind in a summary.</summary>
    public static IReadOnlyList<string> Paragraphs(XElement? comment, string kind) =>
        [.. Typed(comment, kind).Select(Text).Where(t => t.Length > 0)];

    /// <summary>The elements of a kind in a summary.</summary>
    public static IEnumerable<XElement> Typed(XElement? comment, string kind) =>
        (comment?.Element("summary")?.Elements("para") ?? []).Where(p => (string?)p.Attribute("type") == kind);

    /// <summary>The text of an element on one line; references by their last name.</summary>
    public static string Text(XElement? element) =>
        element is null ? "" : Blanks().Replace(string.Concat(element.Nodes().Select(Text)), " ").Trim();

    /// <summary>The text of a code element, line by line.</summary>
    public static string Code(XElement? element)
    {
        string[] lines = (element?.Value ?? "").Replace("\r\n", "\n", StringComparison.Ordinal).Trim('\n', ' ').Split('\n');
        int indent = lines.Skip(1).Where(l => l.Trim().Length > 0).Select(l => l.Length - l.TrimStart().Length).DefaultIfEmpty(0).Min();
        return string.Join('\n', lines.Select((l, i) => i == 0 || l.Length < indent ? l.TrimEnd() : l[indent..].TrimEnd()));
    }

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" or "seealso" or "paramref" } e => LastName((string?)e.Attribute("cref") ?? (string?)e.Attribute("langword") ?? (string?)e.Attribute("name") ?? ""),
        XElement e => string.Concat(e.Nodes().Select(Text)),
        _ => "",
    };

    private static string LastName(string reference) => reference[(reference.LastIndexOfAny(['.', ':']) + 1)..];

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
