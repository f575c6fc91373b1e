namespace KafkaK8s.Help;

/// <summary>The page of a cmdlet, docs/en-US/NAME.md: the words of its help. Facts such as types and positions come from the
/// class.</summary>
internal sealed class HelpPage
{
    private static readonly string[] Known = ["Description", "Examples", "Parameters", "Inputs", "Outputs", "Notes", "Related links"];

    private readonly Dictionary<string, List<Block>> sections = new(StringComparer.Ordinal);

    private HelpPage(string name) => Name = name;

    /// <summary>Name of the cmdlet, from the file.</summary>
    public string Name { get; }

    /// <summary>What stands between the title and the first section.</summary>
    public string Synopsis { get; private set; } = "";

    /// <summary>Texts of the parameters, by name, in the order of the page.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<Block> Text)> Parameters =>
        [.. Parts("Parameters").Select(p => (p.Heading.TrimStart('-'), p.Blocks))];

    /// <summary>Examples: a title, a block of PowerShell, and what follows it.</summary>
    public IReadOnlyList<ExampleHelp> Examples => [.. Parts("Examples").Select(Example)];

    /// <summary>The related links, in the order of the page.</summary>
    public IReadOnlyList<(string Text, string Target)> Links =>
        [.. Blocks("Related links").Select(b => Markdown.FirstLink(b.Text)).OfType<(string, string)>()];

    /// <summary>Reads a page; what is wrong with its form goes to the problems.</summary>
    public static HelpPage Read(string file, List<string> problems)
    {
        var page = new HelpPage(Path.GetFileNameWithoutExtension(file));
        List<Block>? section = null;
        foreach (var block in Markdown.Read(File.ReadLines(file)))
        {
            if (block is { Kind: BlockKind.Heading, Level: 1 })
            {
                if (block.Text != page.Name)
                    problems.Add($"{page.Name}.md: its title is '{block.Text}'.");
            }
            else if (block is { Kind: BlockKind.Heading, Level: 2 })
            {
                if (!Known.Contains(block.Text))
                    problems.Add($"{page.Name}.md: the section '{block.Text}' is none of: {string.Join(", ", Known)}.");
                section = page.sections[block.Text] = [];
            }
            else if (section is null)
            {
                page.Synopsis = $"{page.Synopsis} {block.Plain}".Trim();
            }
            else
            {
                section.Add(block);
            }
        }

        return page;
    }

    /// <summary>The paragraphs of a section; none where it is missing.</summary>
    public IReadOnlyList<string> Text(string section) => [.. Blocks(section).Select(b => b.Plain)];

    /// <summary>The entries of a section in the form "- `TYPE`: text".</summary>
    public IReadOnlyList<TypeHelp> Types(string section) => [.. Text(section).Select(line =>
    {
        string[] parts = line.Split(':', 2);
        return new TypeHelp(parts[0].TrimStart('-').Trim(), parts.Length > 1 ? parts[1].Trim() : "");
    })];

    /// <summary>The blocks below each heading of level 3 in a list of blocks.</summary>
    public static IEnumerable<(string Heading, IReadOnlyList<Block> Blocks)> Parts(IReadOnlyList<Block> blocks)
    {
        for (int start = 0; start < blocks.Count; start++)
        {
            if (blocks[start].Kind == BlockKind.Heading)
                yield return (blocks[start].Text, [.. blocks.Skip(start + 1).TakeWhile(b => b.Kind != BlockKind.Heading)]);
        }
    }

    private IEnumerable<(string Heading, IReadOnlyList<Block> Blocks)> Parts(string section) => Parts(Blocks(section));

    private List<Block> Blocks(string section) => sections.GetValueOrDefault(section) ?? [];

    private static ExampleHelp Example((string Heading, IReadOnlyList<Block> Blocks) part)
    {
        int code = part.Blocks.ToList().FindIndex(b => b is { Kind: BlockKind.Code, Language: "powershell" });
        return new ExampleHelp(part.Heading, code < 0 ? "" : part.Blocks[code].Text,
            [.. part.Blocks.Where((_, i) => i != code).Select(b => b.Plain)]);
    }
}
