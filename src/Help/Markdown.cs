using System.Text.RegularExpressions;

namespace KafkaK8s.Help;

/// <summary>What a block of a page is.</summary>
internal enum BlockKind
{
    /// <summary>A heading.</summary>
    Heading,

    /// <summary>A paragraph.</summary>
    Paragraph,

    /// <summary>An item of a list.</summary>
    Item,

    /// <summary>A fenced block of code or output.</summary>
    Code,
}

/// <summary>A block of a page.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Level">Level of a heading; else 0.</param>
/// <param name="Language">Language of a fenced block; else empty.</param>
/// <param name="Text">Its text: on one line, but for code.</param>
internal sealed record Block(BlockKind Kind, int Level, string Language, string Text)
{
    /// <summary>The text as the prompt shows it.</summary>
    public string Plain => Kind switch
    {
        BlockKind.Code => Text,
        BlockKind.Item => "- " + Markdown.Plain(Text),
        _ => Markdown.Plain(Text),
    };
}

/// <summary>The part of Markdown that the pages of the help use: headings, paragraphs, flat lists and fenced code.</summary>
internal static partial class Markdown
{
    private const string Fence = "```";

    /// <summary>Splits a page into blocks.</summary>
    public static IReadOnlyList<Block> Read(IEnumerable<string> lines)
    {
        var blocks = new List<Block>();
        List<string>? code = null;
        string language = "";
        bool continues = false;
        foreach (string line in lines)
        {
            if (line.StartsWith(Fence, StringComparison.Ordinal))
            {
                if (code is not null)
                    blocks.Add(new Block(BlockKind.Code, 0, language, string.Join('\n', code)));
                language = line[Fence.Length..].Trim();
                code = code is null ? [] : null;
                continues = false;
            }
            else if (code is not null)
            {
                code.Add(line);
            }
            else if (Heading().Match(line) is { Success: true } heading)
            {
                blocks.Add(new Block(BlockKind.Heading, heading.Groups[1].Length, "", heading.Groups[2].Value.Trim()));
                continues = false;
            }
            else if (line.StartsWith("- ", StringComparison.Ordinal))
            {
                blocks.Add(new Block(BlockKind.Item, 0, "", line[2..].Trim()));
                continues = true;
            }
            else if (line.Trim().Length == 0)
            {
                continues = false;
            }
            else if (continues)
            {
                blocks[^1] = blocks[^1] with { Text = $"{blocks[^1].Text} {line.Trim()}" };
            }
            else
            {
                blocks.Add(new Block(BlockKind.Paragraph, 0, "", line.Trim()));
                continues = true;
            }
        }

        return blocks;
    }

    /// <summary>The text without its marks: links by their text, code and emphasis without signs.</summary>
    public static string Plain(string text) => Marks().Replace(Link().Replace(text, "$1"), "$1$2");

    /// <summary>The first link in a text: its text and its target.</summary>
    public static (string Text, string Target)? FirstLink(string text) =>
        Link().Match(text) is { Success: true } m ? (Plain(m.Groups[1].Value), m.Groups[2].Value) : null;

    [GeneratedRegex(@"^(#{1,6})\s+(.+?)\s*#*$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[([^\]]+)\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`([^`]+)`|\*\*([^*]+)\*\*")]
    private static partial Regex Marks();
}
