using System.Globalization;
using KafkaK8s.Core.Kafka;

namespace KafkaK8s.Core.Verification;

/// <summary>Draws the named checks, each with its evidence, from what a verification saw. Pure.</summary>
internal static class VerificationReport
{
    private const int Shown = 5;

    /// <summary>The result as scripts see it.</summary>
    public static TopicVerification Compose(VerificationFacts facts)
    {
        var total = facts.Books.Aggregate(default(LedgerCounts), (a, b) => a + b);
        var latency = facts.Latency?.Invoke(Enumerable.Range(0, facts.Books.Count)) ?? new LatencyHistogram();
        var checks = Checks(facts, total).ToList();
        return new TopicVerification
        {
            Cluster = facts.Cluster,
            Namespace = facts.Namespace,
            Topic = facts.Topic,
            Passed = checks.All(c => c.Passed),
            Sent = total.Sent,
            Acked = total.Acked,
            Received = total.Received,
            Lost = total.Lost,
            Duplicated = total.Duplicated,
            OutOfOrder = total.OutOfOrder,
            Corrupt = total.Corrupt,
            ProducedPerSecond = Rate(facts.Timed ?? total.Acked, facts.ProduceTime),
            ConsumedPerSecond = Rate(total.Received, facts.ConsumeTime),
            P50Ms = Known(latency.Percentile(0.50)),
            P95Ms = Known(latency.Percentile(0.95)),
            P99Ms = Known(latency.Percentile(0.99)),
            MaxMs = Known(latency.Max),
            DurationSeconds = Math.Round(facts.Duration.TotalSeconds, 3),
            Path = facts.Path,
            Client = facts.Client,
            Checks = checks,
            Brokers = Brokers(facts),
        };
    }

    /// <summary>The checks, in the order in which an operator reads them.</summary>
    internal static IEnumerable<CheckResult> Checks(VerificationFacts facts, LedgerCounts total)
    {
        yield return BrokersAnswer(facts.Before, facts.After);
        if (facts.Before.All(b => b.Answer is null))
            yield break;
        yield return new CheckResult(facts.OwnTopic ? "TopicCreated" : "TopicFound", facts.TopicFailure is null,
            facts.TopicFailure
            ?? $"{facts.Topic}: {Count(facts.Partitions.Count, "partition")}, "
                + $"{Count(facts.Partitions.Count == 0 ? 0 : facts.Partitions.Max(p => p.Replicas.Count), "copy", "copies")} of each");
        if (facts.Partitions.Count > 0)
        {
            yield return PartitionsInSync(facts);
            yield return EveryBrokerLeads(facts);
        }

        if (facts.Books.Count > 0)
        {
            yield return AllAcked(facts, total);
            foreach (var check in ReadBack(facts, total))
                yield return check;
        }

        if (facts.TimeOut is { } limit)
            yield return new CheckResult("InTime", false, $"it was not done within {limit.TotalSeconds:0.#} s{Throttled(facts)}");
        if (facts.OwnTopic && facts.TopicFailure is null && !facts.KeepTopic)
            yield return new CheckResult("TopicRemoved", facts.RemovalFailure is null, facts.RemovalFailure ?? $"{facts.Topic} is gone");
    }

    private static CheckResult BrokersAnswer(IReadOnlyList<BrokerProbe> before, IReadOnlyList<BrokerProbe> after)
    {
        var silent = before.Where(b => b.Answer is null).Select(b => $"broker {b.Broker}: {b.Failure}")
            .Concat(after.Where(b => b.Answer is null && before.Any(f => f.Broker == b.Broker && f.Answer is not null))
                .Select(b => $"broker {b.Broker}, which answered at the start: {b.Failure}")).ToList();
        var views = before.Select(b => b.Answer?.View).OfType<BrokerView>().ToList();
        var expelled = PartitionHealth.Missing(views, before.Where(b => b.Answer is not null).Select(b => b.Broker))
            .Select(id => $"broker {id} answers, but others take it for dead");
        string head = $"{views.Count} of {Count(before.Count, "broker")}";
        string[] all = [.. silent, .. views.Count > 0 ? expelled : []];
        return new CheckResult("BrokersAnswer", all.Length == 0, all.Length == 0 ? head : $"{head}; {List(all)}");
    }

    /// <summary>The worse of the two looks counts: the one at the end, and the one at the start where a copy lagged then.</summary>
    private static CheckResult PartitionsInSync(VerificationFacts facts)
    {
        var views = facts.After.Select(b => b.Answer?.View).OfType<BrokerView>()
            .Select(v => v with { Partitions = [.. v.Partitions.Where(p => p.Topic == facts.Topic)] });
        var lagging = PartitionHealth.UnderReplicated([.. views, new BrokerView(-1, [], facts.Partitions)]);
        return lagging.Count == 0
            ? new("PartitionsInSync", true, $"{facts.Partitions.Count} of {Count(facts.Partitions.Count, "partition")}")
            : new("PartitionsInSync", false, $"{facts.Partitions.Count - lagging.Count} of {Count(facts.Partitions.Count, "partition")}; "
                + List(lagging.Select(p => p.Leader < 0 ? $"{p.Topic}-{p.Partition} has no leader"
                    : $"{p.Topic}-{p.Partition} has {Ids(p.InSync)} of {Ids(p.Replicas)} in sync")));
    }

    private static CheckResult EveryBrokerLeads(VerificationFacts facts)
    {
        var idle = facts.Before.Select(b => b.Broker).Where(id => facts.Partitions.All(p => p.Leader != id)).ToList();
        int all = facts.Before.Count;
        if (idle.Count == 0)
            return new("EveryBrokerLeads", true, $"{all} of {Count(all, "broker")}");
        // Who leads a topic of the user's is not the test's doing: leaders move at every restart, and a new broker leads nothing of what
        // was there.
        string evidence = $"{all - idle.Count} of {Count(all, "broker")}; none led by {Ids(idle)}";
        return facts.OwnTopic ? new("EveryBrokerLeads", false, evidence)
            : new("EveryBrokerLeads", true,
                $"{evidence}: {(facts.Partitions.Count < all
                    ? $"the topic has only {Count(facts.Partitions.Count, "partition")}"
                    : "so the leaders of this topic stand now")}");
    }

    private static CheckResult AllAcked(VerificationFacts facts, LedgerCounts total)
    {
        string head = $"{Number(total.Acked)} of {Number(facts.Wanted)}";
        if (total.Acked == facts.Wanted)
            return new("AllAcked", true, head + Throttled(facts));
        string unsent = total.Sent < facts.Wanted ? $"; {Number(facts.Wanted - total.Sent)} not sent after that" : "";
        return new("AllAcked", false, $"{head}; {Complaints(facts.SendErrors, "no reason was given")}{unsent}{Throttled(facts)}");
    }

    private static IEnumerable<CheckResult> ReadBack(VerificationFacts facts, LedgerCounts total)
    {
        var gone = new List<string>();
        if (total.Lost > 0)
            gone.Add(
                $"{Number(total.Lost)} of {Number(total.Acked)} acknowledged messages did not come back "
                    + $"({WorstPartitions(facts, c => c.Lost)})");
        if (total.Unread > 0)
            gone.Add(
                $"{Number(total.Unread)} could not be read, so it is not known ({WorstPartitions(facts, c => c.Unread)}): "
                    + $"{Complaints(facts.ReadErrors, "nothing came any more")}");
        yield return new("NothingLost", gone.Count == 0, gone.Count == 0 ? $"{Number(total.Received)} read back" : string.Join("; ", gone));
        yield return new("NothingDuplicated", total.Duplicated == 0, total.Duplicated == 0
            ? "each once" : $"{Number(total.Duplicated)} came more than once ({WorstPartitions(facts, c => c.Duplicated)})");
        string order = facts.OrderNote is null ? "" : $"; {facts.OrderNote}";
        yield return new("InOrder", total.OutOfOrder == 0, (total.OutOfOrder == 0
            ? $"in each of {Count(facts.Books.Count, "partition")}"
            : $"{Number(total.OutOfOrder)} came after a later one ({WorstPartitions(facts, c => c.OutOfOrder)})") + order);
        string foreign = total.Foreign > 0 ? $"; {Number(total.Foreign)} messages of others left aside" : "";
        yield return new("ChecksumsMatch", total.Corrupt == 0, (total.Corrupt == 0
            ? $"{Number(total.Received)} of {Number(total.Received)}"
            : $"{Number(total.Corrupt)} do not fit their content ({WorstPartitions(facts, c => c.Corrupt)})") + foreign);
    }

    private static List<BrokerVerification> Brokers(VerificationFacts facts)
    {
        var led = facts.Partitions.Where(p => p.Partition < facts.Books.Count).ToLookup(p => p.Leader, p => p.Partition);
        var brokers = new List<BrokerVerification>();
        foreach (int id in facts.Before.Select(b => b.Broker).Union(led.Select(g => g.Key)).Order())
        {
            int[] partitions = [.. led[id].Order()];
            var sum = partitions.Select(p => facts.Books[p]).Aggregate(default(LedgerCounts), (a, b) => a + b);
            var latency = facts.Latency?.Invoke(partitions) ?? new LatencyHistogram();
            brokers.Add(new BrokerVerification
            {
                BrokerId = id,
                From = From(facts),
                Node = facts.Nodes.GetValueOrDefault(id, ""),
                Zone = facts.Zones.GetValueOrDefault(facts.Nodes.GetValueOrDefault(id, ""), ""),
                Partitions = partitions,
                Sent = sum.Sent,
                Acked = sum.Acked,
                Received = sum.Received,
                Lost = sum.Lost,
                Duplicated = sum.Duplicated,
                OutOfOrder = sum.OutOfOrder,
                Corrupt = sum.Corrupt,
                P50Ms = Known(latency.Percentile(0.50)),
                P99Ms = Known(latency.Percentile(0.99)),
            });
        }

        return brokers;
    }

    private static string From(VerificationFacts facts)
    {
        if (facts.SentFrom is null || facts.ReadFrom is null)
            return facts.Path == VerificationPath.Tunnel ? "tunnel" : "";
        string sent = Place(facts.SentFrom), read = Place(facts.ReadFrom);
        return sent == read ? sent : $"{sent} > {read}";

        string Place(string node) => facts.Zones.GetValueOrDefault(node, "") is { Length: > 0 } zone ? $"{node} ({zone})" : node;
    }

    private static string WorstPartitions(VerificationFacts facts, Func<LedgerCounts, long> figure) =>
        List(facts.Books.Select((c, p) => (Partition: p, Figure: figure(c))).Where(x => x.Figure > 0).OrderByDescending(x => x.Figure)
            .Select(x => $"partition {x.Partition}: {Number(x.Figure)}"));

    private static string Complaints(IReadOnlyDictionary<string, long> errors, string none) =>
        errors.Count == 0 ? none
        : List(errors.OrderByDescending(e => e.Value).Select(e => e.Value == 1 ? e.Key : $"{e.Key} ({Number(e.Value)} times)"));

    private static string Throttled(VerificationFacts facts) =>
        facts.Quotas.Count > 0 ? $"; a quota holds the client back: {List(facts.Quotas)}"
        : facts.Throttled <= TimeSpan.Zero ? ""
        : string.Create(CultureInfo.InvariantCulture,
            $"; the brokers throttle this client (a quota): up to {facts.Throttled.TotalSeconds:0.0} s for one request");

    // JSON has no word for "not a number".
    private static double? Known(double milliseconds) => double.IsNaN(milliseconds) ? null : Math.Round(milliseconds, 1);

    private static double Rate(long messages, TimeSpan time) =>
        messages == 0 || time <= TimeSpan.Zero ? 0 : Math.Round(messages / time.TotalSeconds, 1);

    private static string List(IEnumerable<string> items)
    {
        var list = items.ToList();
        return list.Count <= Shown ? string.Join("; ", list) : $"{string.Join("; ", list.Take(Shown))}; and {list.Count - Shown} more";
    }

    private static string Ids(IEnumerable<int> ids) => string.Join(',', ids.Order());

    private static string Count(int n, string one, string? many = null) => $"{n} {(n == 1 ? one : many ?? one + "s")}";

    private static string Number(long n) => n.ToString("N0", CultureInfo.InvariantCulture);
}
