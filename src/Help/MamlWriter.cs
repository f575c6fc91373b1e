using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace KafkaK8s.Help;

/// <summary>Writes MAML, the help format of PowerShell. Pure, save for the file.</summary>
internal static class MamlWriter
{
    private static readonly XNamespace Msh = "http://msh";
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>Writes the file.</summary>
    public static void Write(IEnumerable<CmdletHelp> cmdlets, string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        var settings = new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false), NewLineChars = "\n" };
        using var writer = XmlWriter.Create(file, settings);
        Document(cmdlets).Save(writer);
    }

    private static XDocument Document(IEnumerable<CmdletHelp> cmdlets) => new(new XElement(Msh + "helpItems",
        new XAttribute("schema", "maml"),
        new XAttribute(XNamespace.Xmlns + "maml", Maml), new XAttribute(XNamespace.Xmlns + "command", Command),
        new XAttribute(XNamespace.Xmlns + "dev", Dev),
        cmdlets.Select(Cmdlet)));

    private static XElement Cmdlet(CmdletHelp help) => new(Command + "command",
        new XElement(Command + "details",
            new XElement(Command + "name", help.Name), new XElement(Command + "verb", help.Verb), new XElement(Command + "noun", help.Noun),
            new XElement(Maml + "description", Paragraphs([help.Synopsis]))),
        new XElement(Maml + "description", Paragraphs(help.Description)),
        new XElement(Command + "syntax", help.ParameterSets.Select(set => SyntaxItem(help, set))),
        new XElement(Command + "parameters", help.Parameters.Select(p => Parameter(p, p.Uses[0]))),
        new XElement(Command + "inputTypes", help.Inputs.Select(t => TypeItem("inputType", t))),
        new XElement(Command + "returnValues", help.Outputs.Select(t => TypeItem("returnValue", t))),
        help.Notes.Count == 0 ? null : new XElement(Maml + "alertSet", new XElement(Maml + "alert", Paragraphs(help.Notes))),
        new XElement(Command + "examples", help.Examples.Select(Example)),
        new XElement(Command + "relatedLinks", help.Links.Select(
            l => new XElement(Maml + "navigationLink", new XElement(Maml + "linkText", l.Text), new XElement(Maml + "uri", l.Address)))));

    private static XElement SyntaxItem(CmdletHelp help, string set) => new(Command + "syntaxItem",
        new XElement(Maml + "name", help.Name),
        help.Parameters.Select(p => (Parameter: p, Use: p.In(set))).Where(p => p.Use is not null)
        .Select(p => Parameter(p.Parameter, p.Use!)));

    private static XElement Parameter(ParameterHelp parameter, ParameterUse use) => new(Command + "parameter",
        new XAttribute("required", Word(use.Required)),
        new XAttribute("variableLength", Word(parameter.IsList)),
        new XAttribute("globbing", Word(parameter.Wildcards)),
        new XAttribute("pipelineInput", Pipeline(use)),
        new XAttribute("position", use.Position?.ToString(CultureInfo.InvariantCulture) ?? "named"),
        new XAttribute("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases)),
        new XElement(Maml + "name", parameter.Name),
        new XElement(Maml + "description", Paragraphs(parameter.Description)),
        parameter.IsSwitch ? null : new XElement(Command + "parameterValue", new XAttribute("required", "true"),
            new XAttribute("variableLength", Word(parameter.IsList)), parameter.Type),
        parameter.Values.Count == 0 ? null : new XElement(Command + "parameterValueGroup",
            parameter.Values.Select(v => new XElement(Command + "parameterValue", new XAttribute("required", "false"), v))),
        new XElement(Dev + "type", new XElement(Maml + "name", parameter.Type), new XElement(Maml + "uri")),
        new XElement(Dev + "defaultValue", parameter.Default.Length == 0 ? "None" : parameter.Default));

    private static XElement TypeItem(string element, TypeHelp type) => new(Command + element,
        new XElement(Dev + "type", new XElement(Maml + "name", type.Name)),
        new XElement(Maml + "description", Paragraphs(type.Description.Length == 0 ? [] : [type.Description])));

    private static XElement Example(ExampleHelp example, int index) => new(Command + "example",
        new XElement(Maml + "title", string.Create(CultureInfo.InvariantCulture, $"---- Example {index + 1}: {example.Title} ----")),
        new XElement(Dev + "code", example.Code),
        new XElement(Dev + "remarks", Paragraphs([.. example.Remarks, ""]))); // the empty one keeps the next title off

    private static IEnumerable<XElement> Paragraphs(IEnumerable<string> texts) => texts.Select(t => new XElement(Maml + "para", t));

    private static string Pipeline(ParameterUse use) => (use.ByValue, use.ByPropertyName) switch
    {
        (true, true) => "True (ByPropertyName, ByValue)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        _ => "False",
    };

    private static string Word(bool value) => value ? "true" : "false";
}
