using System.Globalization;
using System.Xml.Linq;
using static KafkaK8s.Core.Reports.Html;

namespace KafkaK8s.Core.Reports;

/// <summary>A report as one HTML file that needs no network and no script. Pure: the same content gives the same text.</summary>
public static class ReportPage
{
    // So many bars can be read; the tables have all rows.
    private const int MostBars = 15;
    private const int MostPartitions = 20;

    private static readonly string[] TopicStates =
        [TopicStatus.Unavailable, TopicStatus.UnderMinIsr, TopicStatus.UnderReplicated, TopicStatus.Healthy];

    /// <summary>The file's text.</summary>
    public static string Write(ReportContent content)
    {
        var clusters = ClustersOf(content);
        string title = content.Title ?? (clusters.Count == 0 ? "Kafka report" : $"Kafka report: {string.Join(", ", clusters)}");
        XElement[] sections =
        [
            .. Section("topology", "Topology", Topology(content)),
            .. Section("checks", "Checks", Checks(content)),
            .. Section("verification", "Verification", content.Verifications.SelectMany(Verification)),
            .. Section("topics", "Topics", Topics(content.Topics)),
            .. Section("groups", "Consumer groups", Groups(content.Groups)),
            .. Section("steps", "Steps", Steps([.. content.Clusters.SelectMany(c => c.Changes), .. content.Steps])),
            .. Section("logs", "Log records", Logs(content.Logs)),
            .. Section("other", "Other objects", Others(content.Others)),
        ];
        return Page(Tag("html", ("lang", "en"),
            Tag("head",
                Tag("meta", ("charset", "utf-8")),
                Tag("meta", ("http-equiv", "Content-Security-Policy"), ("content", "default-src 'none'; style-src 'unsafe-inline'")),
                Tag("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1")),
                Tag("meta", ("name", "color-scheme"), ("content", "light dark")),
                Tag("title", title),
                Tag("style", ReportStyle.Css)),
            Tag("body", Tag("main",
                Tag("header",
                    Tag("h1", title),
                    Tag("p", ("class", "quiet"), $"Written {Time(content.At)} UTC by KafkaK8s {content.ModuleVersion}")),
                Tag("nav", ("aria-label", "Sections"), Tag("ul", sections.Select(s =>
                    Tag("li", Tag("a", ("href", $"#{(string?)s.Attribute("id")}"), s.Element("h2")!.Value))))),
                Section("summary", "Summary", Summary(content, clusters)),
                sections))));
    }

    private static List<string> ClustersOf(ReportContent content) =>
    [
        .. content.Clusters.Select(c => c.Name)
            .Concat(content.Brokers.Select(b => b.Cluster)).Concat(content.Servers.Select(s => s.Cluster))
            .Concat(content.Checks.Select(c => c.Cluster)).Concat(content.EksChecks.Select(c => c.Cluster))
            .Concat(content.Verifications.Select(v => v.Cluster)).Concat(content.Topics.Select(t => t.Cluster))
            .Concat(content.Groups.Select(g => g.Cluster)).Concat(content.Steps.Select(s => s.Cluster))
            .Concat(content.Logs.Select(l => l.Cluster)).Where(n => n.Length > 0).Distinct().Order(StringComparer.Ordinal),
    ];

    private static IEnumerable<XElement> Section(string id, string title, IEnumerable<XElement> parts)
    {
        var all = parts.ToList();
        return all.Count == 0 ? []
            : [Tag("section", ("id", id), ("aria-labelledby", $"{id}-heading"), Tag("h2", ("id", $"{id}-heading"), title), all)];
    }

    private static IEnumerable<XElement> Summary(ReportContent content, List<string> clusters)
    {
        var findings = Findings(content);
        if (findings.Count > 0)
        {
            var counts = CheckSeverity.All.Select(s => (Severity: s, Count: findings.Count(f => f.Severity == s))).ToList();
            yield return Tag("ul", ("class", "counts"), counts.Select(c =>
                Tag("li", Tag("strong", Text(c.Count)), Badge(c.Severity, c.Count > 0 ? c.Severity : "none"))));
        }

        var facts = new List<(string What, string Count)>
        {
            ("Brokers", Of(content.Brokers, b => b.Status is BrokerStatus.Healthy or BrokerStatus.RestartNeeded, "healthy")),
            ("ZooKeeper servers", Of(content.Servers, s => s.Reason.Length == 0, "well")),
            ("Checks", Of(findings, f => f.Severity is CheckSeverity.Ok or CheckSeverity.Info, "Ok or Info")),
            ("Verifications", Of(content.Verifications, v => v.Passed, "passed")),
            ("Topics", Of(content.Topics, t => t.Status == TopicStatus.Healthy, "healthy")),
            ("Consumer groups", Of(content.Groups, g => g.Lag == 0, "without lag")),
            ("Steps", Text(content.Steps.Count + content.Clusters.Sum(c => c.Changes.Count))),
            ("Log records", Text(content.Logs.Count)),
            ("Other objects", Text(content.Others.Count)),
        };
        if (content.Clusters.Count > 0)
        {
            yield return Table("Clusters",
                ["Cluster", "Namespace", "State", "Kafka says", "Brokers", "ZooKeeper", "Kafka", "Manifests", "Made (UTC)", "~Reason"],
                content.Clusters.Select(c => new object?[]
                {
                    c.Name, c.Namespace, StateBadge(c.Status, ClusterStatus.Ready, ClusterStatus.Degraded), c.Kafka, c.Brokers, c.ZooKeeper,
                    c.KafkaVersion, c.ManifestVersion == 0 ? "" : Text(c.ManifestVersion),
                    c.CreatedAt == default ? "" : Time(c.CreatedAt), c.Reason,
                }));
        }

        yield return Table("What this report holds", ["Kind", "Objects"],
            facts.Where(f => f.Count.Length > 0 && f.Count != "0").Select(f => new object?[] { f.What, f.Count })
                .Prepend(["Clusters", string.Join(", ", clusters)]).Where(r => (string)r[1]! is { Length: > 0 }));
    }

    private static string Of<T>(IReadOnlyList<T> all, Func<T, bool> well, string word) =>
        all.Count == 0 ? "" : $"{Text(all.Count)}, {Text(all.Count(well))} {word}";

    private static IEnumerable<XElement> Topology(ReportContent content)
    {
        foreach (var cluster in content.Brokers.GroupBy(b => b.Cluster))
        {
            var zones = cluster.GroupBy(b => b.Zone).OrderBy(z => z.Key, StringComparer.Ordinal);
            yield return Tag("div", ("class", "zones"), zones.Select(zone =>
                Tag("div", ("class", "zone"), Tag("h3", zone.Key.Length > 0 ? $"Zone {zone.Key}" : "Zone not known"),
                    zone.GroupBy(b => b.Node).OrderBy(n => n.Key, StringComparer.Ordinal).Select(node =>
                        Tag("div", ("class", "node"),
                            Tag("strong", node.Key.Length > 0 ? $"Node {node.Key}" : "On no node"),
                            Tag("ul", node.OrderBy(b => b.Id).Select(b => Tag("li",
                                $"broker {N(b.Id)}{(b.Role.Length > 0 ? ", " + b.Role : "")} ", BrokerBadge(b)))))))));
            yield return Table($"Brokers of {cluster.Key}",
                ["#Id", "Pod", "State", "Role", "#Leaders", "#Copies", "#Out of sync", "#Data", "#Volume used", "Kafka", "~Reason"],
                cluster.OrderBy(b => b.Id).Select(b => new object?[]
                {
                    N(b.Id), b.Pod, BrokerBadge(b), b.Role, Text(b.Leaders), Text(b.Copies), Text(b.OutOfSync), b.Size, b.Used, b.Version,
                    b.Reason,
                }));
        }

        foreach (var cluster in content.Servers.GroupBy(s => s.Cluster))
        {
            yield return Table($"ZooKeeper servers of {cluster.Key}",
                ["#Id", "Pod", "State", "Mode", "#Behind", "#Connections", "#Latency", "Version", "~Reason"],
                cluster.OrderBy(s => s.Id).Select(s => new object?[]
                {
                    N(s.Id), s.Node, s.Reason.Length == 0 ? Badge("Ok", CheckSeverity.Ok) : Badge("Look", CheckSeverity.Warning), s.Mode,
                    Text(s.Lag), Text(s.Connections), Ms(s.LatencyMs), s.Version, s.Reason,
                }));
        }
    }

    private static XElement BrokerBadge(KafkaBroker broker) => Badge(broker.Status, broker.Status switch
    {
        BrokerStatus.Healthy => CheckSeverity.Ok,
        BrokerStatus.RestartNeeded => CheckSeverity.Info,
        BrokerStatus.OutOfSync => CheckSeverity.Warning,
        _ => CheckSeverity.Critical,
    });

    private static XElement StateBadge(string state, string good, string bad) =>
        Badge(state, state == good ? CheckSeverity.Ok : state == bad ? CheckSeverity.Critical : CheckSeverity.Info);

    // A check of a Kafka or an EKS cluster: the word that it has, and the severity that this stands for.
    private sealed record Finding(
        string Cluster, string Word, string Severity, string Check, string Evidence, string Remedy, string Section);

    private static List<Finding> Findings(ReportContent content)
    {
        var kafka = content.Checks.Select(c => new Finding(c.Cluster, c.Severity, Severity(c.Severity), c.Check,
            c.Evidence, c.Remedy, c.Section));
        var eks = content.EksChecks.Select(c => new Finding(c.Cluster, c.Status, c.Status switch
        {
            EksCheckStatus.Passed => CheckSeverity.Ok,
            EksCheckStatus.Advice => CheckSeverity.Info,
            EksCheckStatus.Failed => CheckSeverity.Critical,
            _ => CheckSeverity.Warning,
        }, c.Check, c.Evidence, c.Remedy, ""));
        return [.. kafka.Concat(eks).OrderBy(f => Rank(CheckSeverity.All, f.Severity))];
    }

    // A word of a module that is newer than this one must not count as well.
    private static string Severity(string word) => CheckSeverity.All.Contains(word) ? word : CheckSeverity.Warning;

    private static IEnumerable<XElement> Checks(ReportContent content)
    {
        var findings = Findings(content);
        foreach (var (caption, rows) in new[]
        {
            ("Findings, the worst first", findings.Where(f => f.Severity != CheckSeverity.Ok).ToList()),
            ("Checks that are Ok", findings.Where(f => f.Severity == CheckSeverity.Ok).ToList()),
        })
        {
            if (rows.Count > 0)
            {
                bool remedies = rows.Exists(f => f.Remedy.Length > 0);
                string[] columns = ["Check", "Severity", "Cluster", "~Evidence", "~Remedy"];
                yield return Table(caption, remedies ? columns : columns[..^1], rows.Select(f => (IReadOnlyList<object?>)
                    [f.Check, Badge(f.Word, f.Severity), f.Cluster,
                    f.Section.Length > 0 && f.Severity != CheckSeverity.Ok ? Tag("div", f.Evidence, Tag("div", ("class", "quiet"),
                        $"Help: {f.Section}")) : f.Evidence,
                    .. remedies ? [f.Remedy.Length > 0 ? Tag("code", f.Remedy) : ""] : Array.Empty<object?>()]));
            }
        }
    }

    private static IEnumerable<XElement> Verification(TopicVerification v, int i)
    {
        string id = $"verification-{N(i + 1)}";
        yield return Tag("h3", $"Topic {v.Topic} of {v.Cluster} ", v.Passed ? Badge("Passed", CheckSeverity.Ok)
            : Badge("FAILED", CheckSeverity.Critical));
        yield return Tag("p", $"{Text(v.Sent)} messages sent, {Text(v.Acked)} acknowledged (acks=all), {Text(v.Received)} read back, in "
            + $"{v.DurationSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s. {Text((long)v.ProducedPerSecond)} sent and "
            + $"{Text((long)v.ConsumedPerSecond)} read per second. Path: {v.Path}{(v.Client.Length > 0 ? $", {v.Client}" : "")}.");
        var times = new[] { ("median", v.P50Ms), ("95 %", v.P95Ms), ("99 %", v.P99Ms), ("longest", v.MaxMs) }
            .Where(t => t.Item2 is not null).Select(t => new Bar(t.Item1, t.Item2!.Value, Ms(t.Item2))).ToList();
        if (times.Count > 0)
            yield return Plots.Line($"{id}-latency", "Time from send to acknowledgement", "ms", times);
        var brokers = v.Brokers.OrderBy(b => b.BrokerId).ToList();
        var bars = brokers.SelectMany(b => new[] { ("median", b.P50Ms), ("99 %", b.P99Ms) }.Where(t => t.Item2 is not null)
            .Select((t, k) => new Bar($"broker {N(b.BrokerId)}, {t.Item1}", t.Item2!.Value, Ms(t.Item2), k == 1))).ToList();
        if (bars.Count > 0)
            yield return Plots.Bars($"{id}-brokers", "The same by broker: median full, 99 % pale", bars);
        string[] columns = ["#Sent", "#Acked", "#Received", "#Lost", "#Duplicated", "#Out of order", "#Corrupt", "#Median", "#99 %"];
        yield return Table($"Messages of {v.Topic} by broker", ["Broker", .. columns], brokers.Select(b => Row($"broker {N(b.BrokerId)}",
            [b.Sent, b.Acked, b.Received, b.Lost, b.Duplicated, b.OutOfOrder, b.Corrupt], b.P50Ms, b.P99Ms)).Append(Row("all",
            [v.Sent, v.Acked, v.Received, v.Lost, v.Duplicated, v.OutOfOrder, v.Corrupt], v.P50Ms, v.P99Ms)));
        if (v.Checks.Count > 0)
        {
            yield return Table($"Checks of {v.Topic}", ["Check", "Result", "~Evidence"], v.Checks.OrderBy(c => c.Passed).Select(c =>
                new object?[]
                {
                    c.Name, c.Passed ? Badge("ok", CheckSeverity.Ok) : Badge("FAILED", CheckSeverity.Critical), c.Evidence,
                }));
        }
    }

    private static object?[] Row(string name, long[] figures, double? median, double? p99) =>
        [name, .. figures.Select(f => Text(f)), Ms(median), Ms(p99)];

    private static IEnumerable<XElement> Topics(IReadOnlyList<KafkaTopic> topics)
    {
        if (topics.Count == 0)
            yield break;
        var largest = topics.Where(t => t.SizeBytes > 0).OrderByDescending(t => t.SizeBytes).ThenBy(t => t.Name, StringComparer.Ordinal)
            .Take(MostBars).Select(t => new Bar(t.Name, t.SizeBytes!.Value, t.Size)).ToList();
        if (largest.Count > 0)
            yield return Plots.Bars("topics-size", "Largest topics, all copies together", largest);
        yield return Table("Topics by state and size",
            ["~Topic", "Cluster", "State", "#Partitions", "#Copies", "#Min ISR", "#Size", "#Messages", "~Reason"],
            topics.OrderBy(t => Rank(TopicStates, t.Status)).ThenByDescending(t => t.SizeBytes ?? -1)
                .ThenBy(t => t.Name, StringComparer.Ordinal).Select(t => new object?[]
                {
                    t.Name, t.Cluster, Badge(t.Status, t.Status switch
                    {
                        TopicStatus.Healthy => CheckSeverity.Ok,
                        TopicStatus.UnderReplicated => CheckSeverity.Warning,
                        _ => CheckSeverity.Critical,
                    }), Text(t.Partitions), Text(t.Copies), Text(t.MinIsr), t.Size, Text(t.Messages), t.Reason,
                }));
    }

    private static IEnumerable<XElement> Groups(IReadOnlyList<KafkaConsumerGroup> groups)
    {
        if (groups.Count == 0)
            yield break;
        // A lag that nobody can tell comes first: it may be any.
        var sorted = groups.OrderByDescending(g => g.Lag ?? long.MaxValue).ThenBy(g => g.Name, StringComparer.Ordinal).ToList();
        var bars = sorted.Where(g => g.Lag > 0).Take(MostBars).Select(g => new Bar(g.Name, g.Lag!.Value, Text(g.Lag))).ToList();
        if (bars.Count > 0)
            yield return Plots.Bars("groups-lag", "Groups with the most lag, in messages", bars);
        yield return Table("Consumer groups by lag",
            ["~Group", "Cluster", "State", "#Members", "#Lag", "~Topics", "Coordinator", "Assignor"],
            sorted.Select(g => new object?[]
            {
                g.Name, g.Cluster, g.State, Text(g.Members), g.Lag is null ? "not known" : Text(g.Lag), string.Join(", ", g.Topics),
                g.Coordinator is int id ? $"broker {N(id)}" : "", g.Assignor,
            }));
        var behind = sorted.SelectMany(g => g.PartitionDetail).Where(p => p.Lag > 0).OrderByDescending(p => p.Lag)
            .ThenBy(p => p.Group, StringComparer.Ordinal).ThenBy(p => p.Topic, StringComparer.Ordinal).ThenBy(p => p.Partition).ToList();
        if (behind.Count > 0)
        {
            string caption = behind.Count > MostPartitions
                ? $"The {N(MostPartitions)} partitions with the most lag, of {Text(behind.Count)}" : "Partitions with lag";
            yield return Table(caption, ["~Group", "~Topic", "#Partition", "#Committed", "#End", "#Lag", "~Client"],
                behind.Take(MostPartitions).Select(p => new object?[]
                {
                    p.Group, p.Topic, N(p.Partition), Text(p.Committed), Text(p.End), Text(p.Lag), $"{p.ClientId} {p.ClientHost}".Trim(),
                }));
        }
    }

    private static IEnumerable<XElement> Steps(IReadOnlyList<PlanStep> steps) => steps.Count == 0 ? [] :
    [
        Table("Steps in their order", ["#Step", "Action", "Kind", "~Name", "Cluster", "~Change", "~Waits for", "~Risk"],
            steps.Select((s, i) => new object?[]
            {
                N(s.Step > 0 ? s.Step : i + 1), s.Action, s.Kind, s.Name, s.Cluster,
                s.Fields.Count > 0 ? s.Fields.Select(f => Tag("code", $"{f}")) : s.Change, s.WaitsFor, s.Risk,
            })),
    ];

    private static IEnumerable<XElement> Logs(IReadOnlyList<KafkaLogRecord> logs) => logs.Count == 0 ? [] :
    [
        Table("Log records in the order of their times", ["Time (UTC)", "Level", "Pod", "Text"],
            logs.OrderBy(l => l.Time).Select(l => new object?[]
            {
                l.Time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture), l.Level switch
                {
                    "" => "",
                    "FATAL" or "ERROR" => Badge(l.Level, CheckSeverity.Critical),
                    "WARN" => Badge(l.Level, CheckSeverity.Warning),
                    _ => l.Level,
                }, l.Pod, Tag("div", ("class", "text"), l.Text),
            })),
    ];

    private static IEnumerable<XElement> Others(IReadOnlyList<OtherObject> others) =>
        others.GroupBy(o => o.Type).OrderBy(g => g.Key, StringComparer.Ordinal).Select(type =>
        {
            var columns = type.SelectMany(o => o.Values).Select(v => v.Key).Distinct().ToList();
            return Table(type.Key, [.. columns.Select(c => "~" + c)], type.Select(o =>
                columns.Select(c => (object?)o.Values.FirstOrDefault(v => v.Key == c).Value ?? "").ToList()));
        });

    private static int Rank(IReadOnlyList<string> words, string word)
    {
        int at = words.TakeWhile(w => w != word).Count();
        return at < words.Count ? at : -1; // a word that this version does not know is looked at first
    }

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
}
