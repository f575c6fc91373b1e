using System.Reflection;

namespace KafkaK8s.Help;

/// <summary>Puts together what the help says, from the classes and their pages; what is missing or surplus goes to the problems.</summary>
internal sealed class CmdletReader(Assembly assembly, string folder, string baseAddress, List<string> problems)
{
    private const int FewestExamples = 2;
    private const string About = "about_";
    private const string AnyObject = "System.Management.Automation.PSObject"; // such a parameter looks itself at what it is given

    private readonly CommonParameters common = new(Path.Combine(folder, CommonParameters.FileName));

    /// <summary>All cmdlets, by name.</summary>
    public IReadOnlyList<CmdletHelp> Read()
    {
        var classes = assembly.GetExportedTypes().Select(t => (Type: t, Cmdlet: t.Metadata("CmdletAttribute")))
            .Where(c => c.Cmdlet is not null && !c.Type.IsAbstract)
            .ToDictionary(c => NameOf(c.Cmdlet!));
        if (classes.Count == 0)
            throw new InvalidOperationException($"{assembly.GetName().Name} has no cmdlets.");
        var pages = Directory.EnumerateFiles(folder, "*-*.md").ToDictionary(f => Path.GetFileNameWithoutExtension(f));
        foreach (string missing in classes.Keys.Except(pages.Keys))
            problems.Add($"{missing} has no page: add {missing}.md.");
        foreach (string surplus in pages.Keys.Except(classes.Keys))
            problems.Add($"{surplus}.md: there is no cmdlet {surplus}.");
        var outputs = classes.Values.SelectMany(c => OutputTypes(c.Type)).Distinct().ToList();
        var help = classes.Keys.Intersect(pages.Keys).Order(StringComparer.Ordinal)
            .Select(n => Read(classes[n].Type, classes[n].Cmdlet!, HelpPage.Read(pages[n], problems), pages.Keys, outputs)).ToList();
        if (problems.Count == 0)
            problems.AddRange(common.Unused.Select(u => $"{CommonParameters.FileName} describes {u}, which no cmdlet has."));
        return help;
    }

    private CmdletHelp Read(Type type, CustomAttributeData cmdlet, HelpPage page, ICollection<string> known, IReadOnlyList<Type> outputs)
    {
        if (page.Synopsis.Length == 0)
            problems.Add($"{page.Name}.md has no synopsis: one line below the title.");
        if (page.Text("Description").Count == 0)
            problems.Add($"{page.Name}.md has no description.");
        var all = new ParameterReader(common, problems).Read(type, cmdlet, page);
        var defaultSet = cmdlet.Named("DefaultParameterSetName") as string;
        var sets = all.SelectMany(p => p.Uses).Select(u => u.Set).Where(s => s != ParameterUse.AllSets).Distinct()
            .OrderByDescending(s => s == defaultSet).ToList();
        return new CmdletHelp((string)cmdlet.ConstructorArguments[0].Value!, (string)cmdlet.ConstructorArguments[1].Value!, page.Synopsis,
            page.Text("Description"), all,
            sets.Count == 0 ? [ParameterUse.AllSets] : sets, Inputs(type, all, page, outputs), Outputs(type, page), Examples(page),
            page.Text("Notes"), Links(page, known));
    }

    // What is taken by value must be listed. What is listed besides must be an object of this module that has all that a name is
    // made of: a property for every mandatory parameter that binds by property name, by the parameter's name or an alias. A cluster as a
    // whole names -Cluster.
    private IReadOnlyList<TypeHelp> Inputs(Type type, IReadOnlyList<ParameterHelp> all, HelpPage page, IReadOnlyList<Type> outputs)
    {
        var listed = page.Types("Inputs");
        var byValue = all.Where(p => p.Uses.Any(u => u.ByValue) && p.FullType != AnyObject)
            .Select(p => p.FullType.Replace("[]", "", StringComparison.Ordinal)).Distinct().ToList();
        var needed = type.GetProperties().Where(p =>
            p.AllMetadata("ParameterAttribute").Any(a => a.Named("Position") is 0 && a.Named("ValueFromPipelineByPropertyName") is true))
            .Select(p => (string[])[p.Name, .. p.Metadata("AliasAttribute")?.Strings() ?? []]).ToList();
        var fitting = outputs.Where(o => needed.Count > 0 && needed.All(names => names.Any(
            n => o.GetProperty(n) is not null || (n == "Cluster" && o.Name == "KafkaCluster")))).Select(o => o.FullName!).ToList();
        if (type.GetProperties().Any(p => p.Name == "InputObject" && p.DeclaringType == type))
            fitting.Add(typeof(string).FullName!); // what is sent is an object of any type, and mostly a text
        foreach (string missing in byValue.Except(listed.Select(t => t.Name)))
            problems.Add($"{page.Name}.md: its inputs lack `{missing}`, which a parameter takes from the pipeline.");
        foreach (string surplus in listed.Select(t => t.Name).Except(byValue).Except(fitting))
            problems.Add($"{page.Name}.md: `{surplus}` is listed among its inputs, but no parameter takes it.");
        return listed;
    }

    private IReadOnlyList<TypeHelp> Outputs(Type type, HelpPage page)
    {
        var listed = page.Types("Outputs");
        var declared = OutputTypes(type).Select(t => t.FullName!).ToList();
        if (declared.Count == 0)
            problems.Add($"{page.Name} has no [OutputType].");
        foreach (string missing in declared.Except(listed.Select(t => t.Name)))
            problems.Add($"{page.Name}.md: its outputs lack `{missing}`.");
        foreach (string surplus in listed.Select(t => t.Name).Except(declared))
            problems.Add($"{page.Name}.md: `{surplus}` is listed among its outputs, but is no [OutputType] of the cmdlet.");
        return listed;
    }

    private static IEnumerable<Type> OutputTypes(Type type) =>
        type.AllMetadata("OutputTypeAttribute").SelectMany(a => a.ConstructorArguments).SelectMany(a => a.Value switch
        {
            Type one => [one],
            IReadOnlyCollection<CustomAttributeTypedArgument> many => many.Select(v => v.Value).OfType<Type>(),
            _ => Enumerable.Empty<Type>(),
        });

    private IReadOnlyList<ExampleHelp> Examples(HelpPage page)
    {
        if (page.Examples.Count < FewestExamples)
            problems.Add($"{page.Name}.md has {page.Examples.Count} examples; {FewestExamples} are the least.");
        foreach (var bad in page.Examples.Where(e => !e.Code.Contains(page.Name, StringComparison.OrdinalIgnoreCase)))
            problems.Add($"{page.Name}.md: the example '{bad.Title}' has no block of powershell that uses the cmdlet.");
        return page.Examples;
    }

    // The first link is where Get-Help -Online goes.
    private List<LinkHelp> Links(HelpPage page, ICollection<string> known)
    {
        var links = page.Links.Select(l => l.Target.StartsWith("https://", StringComparison.Ordinal) ? new LinkHelp(l.Text, l.Target)
            : new LinkHelp(l.Text, "")).ToList();
        foreach (var dead in links.Where(l => l.Address.Length == 0 && !known.Contains(l.Text) && !IsTopic(l.Text)))
            problems.Add($"{page.Name}.md: the link '{dead.Text}' is neither a cmdlet of this module nor an address.");
        return [new LinkHelp("Online version:", $"{baseAddress}{page.Name}.md"), .. links, new LinkHelp("about_KafkaK8s", "")];
    }

    private bool IsTopic(string text) =>
        text.StartsWith(About, StringComparison.Ordinal) && File.Exists(Path.Combine(folder, $"{text}.md"));

    private static string NameOf(CustomAttributeData cmdlet) =>
        $"{cmdlet.ConstructorArguments[0].Value}-{cmdlet.ConstructorArguments[1].Value}";
}
