using System.Reflection;

namespace KafkaK8s.Help;

/// <summary>Puts together what the help says, from the classes and their doc comments; what is missing goes to the problems.</summary>
internal sealed class CmdletReader(Assembly assembly, DocComments docs, List<string> problems)
{
    private const int FewestExamples = 2;

    private readonly ParameterReader parameters = new(docs, problems);

    /// <summary>All cmdlets, by name.</summary>
    public IReadOnlyList<CmdletHelp> Read()
    {
        var classes = assembly.GetExportedTypes().Select(t => (Type: t, Cmdlet: t.Metadata("CmdletAttribute"))).Where(c => c.Cmdlet is not null && !c.Type.IsAbstract).ToList();
        if (classes.Count == 0)
            throw new InvalidOperationException($"{assembly.GetName().Name} has no cmdlets.");
        var known = classes.Select(c => NameOf(c.Cmdlet!)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var outputs = classes.SelectMany(c => OutputTypes(c.Type)).Distinct().ToList();
        return [.. classes.Select(c => Read(c.Type, c.Cmdlet!, known, outputs)).OrderBy(h => h.Name, StringComparer.Ordinal)];
    }

    private CmdletHelp Read(Type type, CustomAttributeData cmdlet, HashSet<string> known, IReadOnlyList<Type> outputs)
    {
        string name = NameOf(cmdlet);
        var comment = docs.Of(type);
        string synopsis = string.Join(' ', DocComments.Paragraphs(comment, "synopsis"));
        var description = DocComments.Paragraphs(comment, "description");
        if (synopsis.Length == 0)
            problems.Add($"{name} has no synopsis (<para type=\"synopsis\"> in the summary of {type.Name}).");
        if (description.Count == 0)
            problems.Add($"{name} has no description (<para type=\"description\"> in the summary of {type.Name}).");
        var all = parameters.Read(type, cmdlet, name);
        var defaultSet = cmdlet.Named("DefaultParameterSetName") as string;
        var sets = all.SelectMany(p => p.Uses).Select(u => u.Set).Where(s => s != ParameterUse.AllSets).Distinct().OrderByDescending(s => s == defaultSet).ToList();
        return new CmdletHelp((string)cmdlet.ConstructorArguments[0].Value!, (string)cmdlet.ConstructorArguments[1].Value!, synopsis, description, all,
            sets.Count == 0 ? [ParameterUse.AllSets] : sets, Inputs(all, outputs), Outputs(type, name), Examples(comment, name), Links(comment, name, known));
    }

    // By value: the parameter tells. By property name: an output of this module that has all those properties can be piped in.
    private static IReadOnlyList<TypeHelp> Inputs(IReadOnlyList<ParameterHelp> all, IReadOnlyList<Type> outputs)
    {
        var byValue = all.Where(p => p.Uses.Any(u => u.ByValue)).ToList();
        var byName = all.Where(p => p.Uses.Any(u => u.ByPropertyName)).Select(p => p.Name).ToList();
        var fitting = outputs.Where(t => byName.Count > 1 && byName.All(n => t.GetProperty(n) is not null));
        return
        [
            .. byValue.Select(p => new TypeHelp(p.FullType, $"{p.Name}: {string.Join(" ", p.Description)}")),
            .. fitting.Select(t => new TypeHelp(t.FullName!, $"Its {string.Join(", ", byName)} are taken by the parameters of these names.")),
        ];
    }

    private List<TypeHelp> Outputs(Type type, string name)
    {
        var found = OutputTypes(type).Select(t => new TypeHelp(t.FullName!, DocComments.Text(docs.Of(t)?.Element("summary")))).ToList();
        if (found.Count == 0)
            problems.Add($"{name} has no [OutputType].");
        return found;
    }

    private static IEnumerable<Type> OutputTypes(Type type) =>
        type.AllMetadata("OutputTypeAttribute").SelectMany(a => a.ConstructorArguments).SelectMany(a => a.Value switch
        {
            Type one => [one],
            IReadOnlyCollection<CustomAttributeTypedArgument> many => many.Select(v => v.Value).OfType<Type>(),
            _ => Enumerable.Empty<Type>(),
        });

    private List<ExampleHelp> Examples(System.Xml.Linq.XElement? comment, string name)
    {
        var examples = (comment?.Elements("example") ?? []).Select(e => new ExampleHelp(
            DocComments.Text(e.Element("summary")).TrimEnd('.'), DocComments.Code(e.Element("code")), [.. e.Elements("para").Select(DocComments.Text)])).ToList();
        if (examples.Count < FewestExamples)
            problems.Add($"{name} has {examples.Count} examples; {FewestExamples} are the least.");
        foreach (var _ in examples.Where(e => e.Title.Length == 0 || !e.Code.Contains(name, StringComparison.OrdinalIgnoreCase)))
            problems.Add($"{name}: each example has a <summary>, and a <code> that uses the cmdlet.");
        return examples;
    }

    private List<LinkHelp> Links(System.Xml.Linq.XElement? comment, string name, HashSet<string> known)
    {
        var links = DocComments.Typed(comment, "link").Select(e => new LinkHelp(DocComments.Text(e), (string?)e.Attribute("uri") ?? "")).ToList();
        foreach (var dead in links.Where(l => l.Address.Length == 0 && !known.Contains(l.Text)))
            problems.Add($"{name}: the link '{dead.Text}' is neither a cmdlet of this module nor has it a uri.");
        return [.. links, new LinkHelp("about_KafkaK8s", "")];
    }

    private static string NameOf(CustomAttributeData cmdlet) => $"{cmdlet.ConstructorArguments[0].Value}-{cmdlet.ConstructorArguments[1].Value}";
}
