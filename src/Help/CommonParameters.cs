namespace KafkaK8s.Help;

/// <summary>
/// CommonParameters.md: the words for parameters of base classes. A section is named after the class, in parentheses, and holds
/// a heading for each parameter. A page of a cmdlet may say it in other words; those win.
/// </summary>
internal sealed class CommonParameters
{
    /// <summary>The file's name.</summary>
    public const string FileName = "CommonParameters.md";

    private readonly Dictionary<(string Class, string Parameter), IReadOnlyList<Block>> texts = [];
    private readonly HashSet<(string Class, string Parameter)> used = [];
    private readonly List<string> order = [];

    /// <summary>Reads the file.</summary>
    public CommonParameters(string file)
    {
        string section = "";
        var blocks = Markdown.Read(File.ReadLines(file));
        for (int i = 0; i < blocks.Count; i++)
        {
            if (blocks[i] is { Kind: BlockKind.Heading, Level: 2 } heading)
                section = heading.Text[(heading.Text.LastIndexOf('(') + 1)..].TrimEnd(')');
            else if (blocks[i] is { Kind: BlockKind.Heading, Level: 3 } parameter)
                Add(section, parameter.Text.TrimStart('-'), [.. blocks.Skip(i + 1).TakeWhile(b => b.Kind != BlockKind.Heading)]);
        }
    }

    /// <summary>The place of a parameter in the file; the last for one that is not there.</summary>
    public int PlaceOf(string parameter) => order.IndexOf(parameter) is int n and >= 0 ? n : int.MaxValue;

    /// <summary>The entries that no cmdlet uses.</summary>
    public IEnumerable<string> Unused => texts.Keys.Except(used).Select(k => $"-{k.Parameter} of {k.Class}");

    /// <summary>The text of a parameter; null where the file has none.</summary>
    public IReadOnlyList<Block>? Of(string declaringClass, string parameter)
    {
        used.Add((declaringClass, parameter));
        return texts.GetValueOrDefault((declaringClass, parameter));
    }

    private void Add(string section, string parameter, IReadOnlyList<Block> text)
    {
        texts[(section, parameter)] = text;
        order.Add(parameter);
    }
}
