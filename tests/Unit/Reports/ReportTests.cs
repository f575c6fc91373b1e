using System.Globalization;
using System.Xml.Linq;
using KafkaK8s.Core.Reports;
using Xunit;

namespace KafkaK8s.Tests.Unit.Reports;

/// <summary>The report's text, read as XML: what stands where, and that nothing in it can run or ask a network.</summary>
public sealed class ReportTests
{
    private const string Nasty = "<script>alert(\"1\")</script> & 'x' \u001b[31m \ud800";
    private const string NastyShown = "<script>alert(\"1\")</script> & 'x' \ufffd[31m \ufffd";

    [Fact]
    public void Sections_stand_in_one_order_each_with_its_tables_and_plots()
    {
        var page = Page(ReportSample.Full());
        Assert.Equal(
        [
            "h1 Kafka report: demo",
            "h2 Summary", "table Clusters", "table What this report holds",
            "h2 Topology", "h3 Zone eu-1a", "h3 Zone eu-1b", "table Brokers of demo", "table ZooKeeper servers of demo",
            "h2 Checks", "table Findings, the worst first", "table Checks that are Ok",
            "h2 Verification", "h3 Topic verify of demo FAILED", "figure Time from send to acknowledgement",
            "figure The same by broker: median full, 99 % pale", "table Messages of verify by broker", "table Checks of verify",
            "h2 Topics", "figure Largest topics, all copies together", "table Topics by state and size",
            "h2 Consumer groups", "figure Groups with the most lag, in messages", "table Consumer groups by lag",
            "table Partitions with lag",
            "h2 Steps", "table Steps in their order",
            "h2 Log records", "table Log records in the order of their times",
            "h2 Other objects", "table KafkaTunnel",
        ], page.Descendants().Where(e => e.Name.LocalName is "h1" or "h2" or "h3" or "caption" or "figcaption").Select(e =>
            $"{e.Name.LocalName switch { "caption" => "table", "figcaption" => "figure", string name => name }} {Line(e)}"));
        Assert.Equal(["#topology", "#checks", "#verification", "#topics", "#groups", "#steps", "#logs", "#other"],
            page.Descendants("a").Select(a => (string?)a.Attribute("href")));
        Assert.Contains("Written 2026-03-01 11:00:00 UTC by KafkaK8s 0.1.0", page.Descendants("p").Select(p => p.Value));
    }

    [Fact]
    public void Nothing_runs_and_nothing_is_fetched()
    {
        var page = Page(Nasties());
        Assert.Empty(page.Descendants("script"));
        string[] loading = ["link", "img", "iframe", "object", "embed", "base", "form", "image", "use", "foreignObject"];
        Assert.DoesNotContain(page.Descendants(), e => loading.Contains(e.Name.LocalName));
        Assert.All(page.Descendants().Attributes(), a =>
        {
            Assert.False(a.Name.LocalName.StartsWith("on", StringComparison.Ordinal), $"{a}");
            Assert.True(a.Name.LocalName is not ("src" or "srcset" or "style" or "action"), $"{a}");
            Assert.True(a.Name.LocalName != "href" || a.Value.StartsWith('#'), $"{a}");
        });
        string style = page.Descendants("style").Single().Value;
        Assert.DoesNotContain("url(", style, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", style, StringComparison.Ordinal);
        Assert.Equal(style.Length, style.Count(c => c is not ('<' or '>' or '&'))); // a browser does not decode them there
        Assert.Contains("@media print", style, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", style, StringComparison.Ordinal);
        Assert.Equal("default-src 'none'; style-src 'unsafe-inline'",
            (string?)page.Descendants("meta").Single(m => m.Attribute("http-equiv") is not null).Attribute("content"));
    }

    [Fact]
    public void Text_of_the_cluster_stays_text()
    {
        var content = Nasties();
        string text = ReportPage.Write(content);
        Assert.DoesNotContain("<script", text, StringComparison.OrdinalIgnoreCase);
        var page = Page(content);
        var cells = page.Descendants().Where(e => e.Name.LocalName is "th" or "td" or "code" or "title" or "h1")
            .Select(e => e.Value).ToLookup(v => v);
        // topic and check as headings of rows; evidence, remedy in its cell and its code, log, other; the page's title twice
        Assert.Equal(9, cells[NastyShown].Count());
        Assert.All(page.Descendants("desc").Where(d => ((string?)d.Attribute("id"))!.StartsWith("topics", StringComparison.Ordinal)),
            d => Assert.StartsWith(NastyShown, d.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void Everything_is_named_for_who_does_not_see_it()
    {
        var page = Page(ReportSample.Full());
        Assert.Equal("en", (string?)page.Attribute("lang"));
        Assert.Single(page.Descendants("main"));
        Assert.All(page.Descendants("table"), t => Assert.Single(t.Elements("caption")));
        Assert.All(page.Descendants("th"), h => Assert.Contains((string?)h.Attribute("scope"), new[] { "col", "row" }));
        Assert.All(page.Descendants("tr"), r => Assert.NotEmpty(r.Elements("th")));
        var ids = page.Descendants().Attributes("id").Select(a => a.Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(page.Descendants().Attributes("aria-labelledby").SelectMany(a => a.Value.Split(' ')), id => Assert.Contains(id, ids));
        Assert.Equal(4, page.Descendants("svg").Count());
        Assert.All(page.Descendants("svg"), svg =>
        {
            Assert.Equal("img", (string?)svg.Attribute("role"));
            Assert.All(new[] { "title", "desc" }, name => Assert.NotEqual("", svg.Elements(name).Single().Value));
        });
        Assert.Equal("median: 4.2 ms; 95 %: 9.5 ms; 99 %: 21 ms; longest: 48.75 ms",
            page.Descendants("desc").Single(d => (string?)d.Attribute("id") == "verification-1-latency-desc").Value);
        // A colour has its word.
        Assert.All(page.Descendants("span").Where(s => ((string?)s.Attribute("class"))!.StartsWith("badge", StringComparison.Ordinal)),
            b => Assert.NotEqual("", b.Value));
    }

    [Fact]
    public void The_worst_comes_first()
    {
        var page = Page(ReportSample.Full());
        Assert.Equal(["Critical PartitionsWritable", "Warning ReplicationFactor", "Info KafkaMode"],
            Rows(page, "Findings, the worst first").Select(r => $"{r[1]} {r[0]}"));
        Assert.Equal(["broken", "orders", "letters"], Rows(page, "Topics by state and size").Select(r => r[0]));
        Assert.Equal(["dark not known", "slow 12,000", "quick 0"], Rows(page, "Consumer groups by lag").Select(r => $"{r[0]} {r[4]}"));
        Assert.Equal(["1Critical", "1Warning", "1Info", "1Ok"], page.Descendants("ul")
            .Single(u => (string?)u.Attribute("class") == "counts").Elements("li").Select(Line));
        Assert.Equal(["12:00:00.500", "12:00:01.000"], Rows(page, "Log records in the order of their times").Select(r => r[0][11..]));
        Assert.Equal("(Get-KafkaTopic demo broken).PartitionDetail", page.Descendants("code").First().Value);
    }

    [Fact]
    public void A_word_that_is_not_known_is_no_Ok()
    {
        var page = Page(ReportSample.Empty() with { Checks = [ReportSample.Check("Odd", "Fatal", "new")] });
        Assert.Equal(["Fatal"], Rows(page, "Findings, the worst first").Select(r => r[1]));
        Assert.Equal("1Warning", page.Descendants("ul").Single(u => (string?)u.Attribute("class") == "counts").Elements("li")
            .Select(Line).Single(l => l.EndsWith("Warning", StringComparison.Ordinal)));
    }

    [Fact]
    public void Bars_are_as_long_as_their_values()
    {
        var plot = Plots.Bars("p", "t", [new("a", 50, "50"), new("b", 100, "100", true), new("c", 0, "0")]);
        Assert.Equal(["185", "370", "0"], plot.Descendants("rect").Select(r => (string?)r.Attribute("width")));
        Assert.Equal(["bar", "bar second", "bar"], plot.Descendants("rect").Select(r => (string?)r.Attribute("class")));
        Assert.Equal("a: 50; b: 100; c: 0", plot.Descendants("desc").Single().Value);
        var line = Plots.Line("l", "t", "ms", [new("median", 0, "0"), new("longest", 40, "40")]);
        Assert.Equal("120,200 650,24", (string?)line.Descendants("polyline").Single().Attribute("points"));
        Assert.Equal(["0 ms", "10 ms", "20 ms", "30 ms", "40 ms"],
            line.Descendants("text").Select(t => t.Value).Where(t => t.EndsWith(" ms", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.03, 0.05)]
    [InlineData(1, 1)]
    [InlineData(11, 20)]
    [InlineData(51, 100)]
    public void Scales_have_round_steps(double least, double step) => Assert.Equal(step, Plots.Step(least), 9);

    [Fact]
    public void The_same_content_is_the_same_text_everywhere()
    {
        string text = ReportPage.Write(ReportSample.Full());
        var before = CultureInfo.CurrentCulture;
        try
        {
            var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (other.NumberFormat.NumberDecimalSeparator, other.NumberFormat.NumberGroupSeparator) = (",", ".");
            CultureInfo.CurrentCulture = other;
            Assert.Equal(text, ReportPage.Write(ReportSample.Full()));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.DoesNotContain('\r', text);
        Assert.StartsWith("<!DOCTYPE html>\n<html lang=\"en\">", text, StringComparison.Ordinal);
        // HTML knows no empty element but these: a browser would take the rest of the page into any other.
        Assert.All(System.Text.RegularExpressions.Regex.Matches(text, @"<(\w+)[^<>]*/>").Select(m => m.Groups[1].Value),
            name => Assert.Contains(name, new[] { "meta", "rect", "line", "circle", "polyline" }));
    }

    [Fact]
    public void The_way_to_the_cluster_is_not_in_it()
    {
        string text = ReportPage.Write(ReportSample.Full());
        Assert.All(new[] { "the-context", "the-kubeconfig", "the-authority", "the-request" },
            secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    }

    [Fact]
    public void Without_objects_there_is_a_summary_alone() =>
        Assert.Equal(["Summary"], Page(ReportSample.Empty()).Descendants("h2").Select(h => h.Value));

    private static ReportContent Nasties() => ReportSample.Empty() with
    {
        Title = Nasty,
        Topics = [new KafkaTopic { Name = Nasty, Cluster = "demo", SizeBytes = 5 }],
        Checks = [ReportSample.Check(Nasty, CheckSeverity.Warning, Nasty) with { Remedy = Nasty }],
        Logs = [new KafkaLogRecord { Cluster = "demo", Text = Nasty }],
        Others = [new("KafkaTunnel", [new("Bootstrap", Nasty)])],
    };

    private static XElement Page(ReportContent content) => XDocument.Parse(ReportPage.Write(content)).Root!;

    private static List<string[]> Rows(XElement page, string caption) =>
        [.. page.Descendants("table").Single(t => t.Element("caption")!.Value == caption).Element("tbody")!.Elements("tr")
            .Select(r => r.Elements().Select(Line).ToArray())];

    private static string Line(XElement element) => element.Value.Trim();
}
