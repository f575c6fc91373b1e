using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace KafkaK8s.Core.Reports;

/// <summary>Elements of a page that is HTML and well-formed XML at once; what encodes the text is .NET's own XML writer.</summary>
internal static class Html
{
    // Elements that HTML closes by themselves, and shapes of SVG. All others need an end tag: a browser takes <p/> for <p>.
    private static readonly HashSet<string> Childless = ["meta", "rect", "line", "circle", "polyline"];

    /// <summary>An element. A string is text, a pair of strings an attribute, null nothing.</summary>
    public static XElement Tag(string name, params object?[] content)
    {
        var element = new XElement(name, content.Select(c => c switch
        {
            string text => new XText(Clean(text)),
            (string key, string value) => new XAttribute(key, Clean(value)),
            _ => c,
        }));
        if (element.IsEmpty && !Childless.Contains(name))
            element.Add(new XText(""));
        return element;
    }

    /// <summary>The page as text, the same on every machine.</summary>
    public static string Page(XElement root)
    {
        var text = new StringBuilder("<!DOCTYPE html>\n");
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings
        {
            OmitXmlDeclaration = true,
            Indent = true,
            IndentChars = " ",
            NewLineChars = "\n",
        }))
        {
            root.Save(writer);
        }

        return text.Append('\n').ToString();
    }

    /// <summary>A table with its caption. The first cell of a row is the heading of the row.</summary>
    /// <param name="caption">The caption.</param>
    /// <param name="columns">Headings of the columns; a # before one aligns its numbers to the right, a ~ lets long
    /// names break anywhere.</param>
    /// <param name="rows">The rows: text or elements.</param>
    public static XElement Table(string caption, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<object?>> rows) =>
        Tag("div", ("class", "wide"), ("role", "region"), ("aria-label", caption), ("tabindex", "0"), Tag("table",
            Tag("caption", caption),
            Tag("thead", Tag("tr", columns.Select(c => Tag("th", ("scope", "col"), Kind(c), c.TrimStart('#', '~'))))),
            Tag("tbody", rows.Select(row => Tag("tr", row.Select((cell, i) => i == 0
                ? Tag("th", ("scope", "row"), Kind(columns[i]), cell)
                : Tag("td", Kind(columns[i]), cell)))))));

    /// <summary>A state, whose word says what its colour says.</summary>
    /// <param name="word">The word.</param>
    /// <param name="severity">A word of <see cref="CheckSeverity"/>, which chooses the colour.</param>
    public static XElement Badge(string word, string severity) => Tag("span", ("class", $"badge {severity.ToLowerInvariant()}"), word);

    /// <summary>A number with groups of three digits; nothing for null.</summary>
    public static string Text(long? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? "";

    /// <summary>Milliseconds.</summary>
    public static string Ms(double? ms) => ms is double value ? value.ToString("#,0.##", CultureInfo.InvariantCulture) + " ms" : "";

    /// <summary>A time, in UTC.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static object? Kind(string column) =>
        column.StartsWith('#') ? ("class", "number") : column.StartsWith('~') ? ("class", "long") : null;

    // XML has no way to write most control characters, and half of a surrogate pair is none.
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.Replace("\r\n", "\n", StringComparison.Ordinal).EnumerateRunes())
            clean.Append(rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? Rune.ReplacementChar : rune);
        return clean.ToString();
    }
}
