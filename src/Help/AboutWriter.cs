using System.Text;

namespace KafkaK8s.Help;

/// <summary>Writes an about topic, the text that Get-Help about_NAME shows, from its page.</summary>
internal static class AboutWriter
{
    private const int Width = 80;
    private const string Indent = "    ";

    /// <summary>The text of a page: its title, the first paragraph as the short description, the rest as the long one.</summary>
    public static string Text(IReadOnlyList<Block> page)
    {
        var text = new StringBuilder();
        bool described = false;
        Block? before = null;
        foreach (var block in page)
        {
            if (before is not null && !(block.Kind == BlockKind.Item && before.Kind == BlockKind.Item) && !IsTitle(before))
                text.Append('\n');
            if (block is { Kind: BlockKind.Heading, Level: 1 })
                text.Append("TOPIC\n").Append(Indent).Append(block.Text).Append("\n\nSHORT DESCRIPTION\n");
            else if (block is { Kind: BlockKind.Heading, Level: 2 })
                text.Append(block.Plain.ToUpperInvariant()).Append('\n');
            else if (block.Kind == BlockKind.Code)
                text.AppendJoin('\n', block.Text.Split('\n').Select(l => (Indent + l).TrimEnd())).Append('\n');
            else
                text.AppendJoin('\n', Wrap(block.Plain, block.Kind == BlockKind.Item ? Indent + "  " : Indent)).Append('\n');
            if (!described && block.Kind == BlockKind.Paragraph)
            {
                described = true;
                text.Append("\nLONG DESCRIPTION\n");
                before = null;
                continue;
            }

            before = block;
        }

        return text.ToString();
    }

    private static bool IsTitle(Block block) => block is { Kind: BlockKind.Heading, Level: < 3 };

    // The first line of an item begins with its dash; the others stand below its words.
    private static IEnumerable<string> Wrap(string text, string indent)
    {
        var line = new StringBuilder(Indent);
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.ToString().Trim().Length > 0 && line.Length + word.Length > Width - 1)
            {
                yield return line.ToString().TrimEnd();
                line.Clear().Append(indent);
            }

            line.Append(word).Append(' ');
        }

        yield return line.ToString().TrimEnd();
    }
}
