using System.Globalization;
using System.Xml.Linq;
using static KafkaK8s.Core.Reports.Html;

namespace KafkaK8s.Core.Reports;

/// <summary>A bar of a plot.</summary>
/// <param name="Label">What it is of.</param>
/// <param name="Value">Its length.</param>
/// <param name="Text">The value as people read it.</param>
/// <param name="Second">Whether it is of the second kind: paler, with an outline.</param>
internal readonly record struct Bar(string Label, double Value, string Text, bool Second = false);

/// <summary>Plots as inline SVG. Each has a title and a description that holds all of its figures.</summary>
internal static class Plots
{
    private const int Width = 720;
    private const int BarStart = 230;
    private const int BarRoom = 370;
    private const int Row = 24;
    private const int LabelLength = 30;

    /// <summary>Bars from left to right, one below the other.</summary>
    public static XElement Bars(string id, string title, IReadOnlyList<Bar> bars)
    {
        double most = bars.Max(b => b.Value);
        int height = (bars.Count * Row) + 8;
        var axis = Tag("line", ("class", "axis"), ("x1", N(BarStart)), ("y1", "2"), ("x2", N(BarStart)), ("y2", N(height - 2)));
        return Image(id, title, Words(bars), height, bars.SelectMany((b, i) =>
        {
            double length = most > 0 ? BarRoom * b.Value / most : 0;
            int top = 4 + (i * Row);
            return new[]
            {
                Tag("text", ("x", N(BarStart - 8)), ("y", N(top + 16)), ("text-anchor", "end"), Short(b.Label)),
                Tag("rect", ("class", b.Second ? "bar second" : "bar"), ("x", N(BarStart)), ("y", N(top + 3)), ("width", N(length)),
                    ("height", N(Row - 6))),
                Tag("text", ("class", "value"), ("x", N(BarStart + length + 8)), ("y", N(top + 16)), b.Text),
            };
        }).Append(axis));
    }

    /// <summary>Values over a few points of a distribution, with a scale at the left that begins at 0.</summary>
    public static XElement Line(string id, string title, string unit, IReadOnlyList<Bar> points)
    {
        const int left = 80, right = Width - 70, top = 24, bottom = 200;
        double step = Step(points.Max(p => p.Value) / 4);
        int steps = Math.Max(1, (int)Math.Ceiling(points.Max(p => p.Value) / step));
        double Y(double value) => bottom - ((bottom - top) * value / (steps * step));
        double X(int i) => points.Count == 1 ? (left + right) / 2.0 : left + 40 + ((right - left - 40.0) * i / (points.Count - 1));
        var grid = Enumerable.Range(0, steps + 1).SelectMany(i => new[]
        {
            Tag("line", ("class", i == 0 ? "axis" : "grid"), ("x1", N(left)), ("y1", N(Y(i * step))), ("x2", N(right)),
                ("y2", N(Y(i * step)))),
            Tag("text", ("x", N(left - 8)), ("y", N(Y(i * step) + 4)), ("text-anchor", "end"), $"{N(i * step)} {unit}"),
        });
        var curve = Tag("polyline", ("class", "curve"),
            ("points", string.Join(' ', points.Select((p, i) => $"{N(X(i))},{N(Y(p.Value))}"))));
        var marks = points.SelectMany((p, i) => new[]
        {
            Tag("circle", ("class", "bar"), ("cx", N(X(i))), ("cy", N(Y(p.Value))), ("r", "4")),
            Tag("text", ("class", "value"), ("x", N(X(i))), ("y", N(Y(p.Value) - 9)), ("text-anchor", "middle"), p.Text),
            Tag("text", ("x", N(X(i))), ("y", N(bottom + 20)), ("text-anchor", "middle"), p.Label),
        });
        return Image(id, title, Words(points), bottom + 32, [.. grid, curve, .. marks]);
    }

    // 1, 2 or 5 times a power of ten, at least as large as asked for.
    internal static double Step(double least)
    {
        if (least <= 0)
            return 1;
        double power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        return power * (least <= power ? 1 : least <= 2 * power ? 2 : least <= 5 * power ? 5 : 10);
    }

    private static XElement Image(string id, string title, string description, int height, IEnumerable<XElement> content) =>
        Tag("figure", Tag("figcaption", title), Tag("svg", ("viewBox", $"0 0 {N(Width)} {N(height)}"), ("role", "img"),
            ("aria-labelledby", $"{id}-title {id}-desc"),
            Tag("title", ("id", $"{id}-title"), title), Tag("desc", ("id", $"{id}-desc"), description), content));

    private static string Words(IEnumerable<Bar> values) => string.Join("; ", values.Select(v => $"{v.Label}: {v.Text}"));

    private static string Short(string label) => label.Length <= LabelLength ? label : label[..(LabelLength - 1)] + "…";

    private static string N(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
