using System.Globalization;
using KafkaK8s.Core.Kafka;
using static KafkaK8s.Core.Operations.HealthChecks;

namespace KafkaK8s.Core.Operations;

/// <summary>The checks of brokers, partitions and topics. Pure.</summary>
internal static class KafkaHealth
{
    /// <summary>Copies that a topic should have, so that one broker may be down while another restarts.</summary>
    private const int Copies = 3;

    /// <summary>A topic's partitions that others than their first copy lead, in percent: Kafka moves them back above this by itself, after
    /// minutes (<c>leader.imbalance.per.broker.percentage</c>).</summary>
    private const int Imbalance = 10;

    public static Finding BrokersAnswer(HealthFacts facts, IReadOnlyList<BrokerProbe> probes)
    {
        var silent = probes.Where(p => p.Answer is null).ToList();
        return probes.Count == 0 ? new(CheckSeverity.Critical, "there are no brokers", facts.Command("Get-KafkaCluster"))
            : silent.Count == 0 ? Finding.Ok($"{probes.Count} of {Count(probes.Count, "broker")}")
            : new(CheckSeverity.Critical,
                $"{probes.Count - silent.Count} of {Count(probes.Count, "broker")}; broker {silent[0].Broker}: {silent[0].Failure}",
                facts.Command("Get-KafkaLog", $"-Pod {silent[0].Broker} -Tail 50"), [.. silent.Select(p => Name(p.Broker))]);
    }

    public static Finding BrokersAgree(HealthFacts facts, IReadOnlyList<BrokerView> views)
    {
        var unknown = PartitionHealth.Missing(views, facts.Model.Brokers.Select(b => b.NodeId));
        var strangers = views.SelectMany(v => v.Brokers).Distinct().Except(facts.Model.Brokers.Select(b => b.NodeId)).Order().ToList();
        if (unknown.Count > 0)
        {
            return new(CheckSeverity.Critical, $"not every broker knows {Such([.. unknown.Select(Name)])}",
                facts.Command("Get-KafkaLog", $"-Pod {unknown[0]} -Tail 50"), [.. unknown.Select(Name)]);
        }

        return strangers.Count == 0 ? Finding.Ok($"all know {Count(facts.Model.Brokers.Count, "broker")}")
            : new(CheckSeverity.Warning, $"brokers that are not of this cluster's set: {Such([.. strangers.Select(Name)])}",
                facts.Command("Get-KafkaCluster"), [.. strangers.Select(Name)]);
    }

    public static Finding OneController(HealthFacts facts, IReadOnlyList<BrokerView> views)
    {
        var told = views.Select(v => v.ControllerId).Distinct().Order().ToList();
        return told is [>= 0] ? Finding.Ok(Name(told[0]))
            : told is [-1] ? new(CheckSeverity.Critical, "no broker is the controller: topics and leaders cannot change",
                facts.Command("Get-ZooKeeperNode"))
            : new(CheckSeverity.Warning,
                $"the brokers do not agree on the controller: {Such([.. told.Select(c => c < 0 ? "none" : Name(c))])}",
                facts.Command("Get-ZooKeeperNode"));
    }

    public static Finding PartitionsAvailable(HealthFacts facts, IReadOnlyList<PartitionView> partitions)
    {
        var offline = partitions.Where(p => p.Leader < 0).ToList();
        return offline.Count == 0 ? Finding.Ok($"{Count(partitions.Count, "partition")} have a leader")
            : new(CheckSeverity.Critical,
                $"{Count(offline.Count, "partition")} without a leader, such as {Copied(offline[0])}: no reads, no writes",
                facts.Command("Get-KafkaTopic", "-Unavailable"), Topics(offline));
    }

    public static Finding PartitionsWritable(HealthFacts facts, IReadOnlyList<PartitionView> partitions)
    {
        var few = partitions.Where(p => p.Leader >= 0 && p.InSync.Count < Math.Min(Demanded(facts, p.Topic) ?? 1, p.Replicas.Count))
            .ToList();
        if (few.Count > 0)
        {
            return new(CheckSeverity.Critical,
                $"{Count(few.Count, "partition")} with fewer copies in sync than min.insync.replicas, such as {Copied(few[0])}: "
                + "writes with acks=all are refused", facts.Command("Get-KafkaTopic", "-UnderMinIsr"), Topics(few));
        }

        return facts.TopicSettings.Failure is string why ? new(CheckSeverity.Warning, $"not checked: {why}")
            : Finding.Ok(Count(partitions.Count, "partition"));
    }

    public static Finding PartitionsInSync(HealthFacts facts, IReadOnlyList<PartitionView> partitions)
    {
        var lagging = partitions.Where(p => p.UnderReplicated).ToList();
        return lagging.Count == 0 ? Finding.Ok($"{Count(partitions.Count, "partition")}")
            : new(CheckSeverity.Warning, $"{Count(lagging.Count, "partition")} not in sync, such as {Copied(lagging[0])}; missing on "
                + Such([.. lagging.SelectMany(p => p.Replicas.Except(p.InSync)).Distinct().Order().Select(Name)]),
                facts.Command("Get-KafkaTopic", "-UnderReplicated"), Topics(lagging));
    }

    public static Finding LeadersBalanced(HealthFacts facts, IReadOnlyList<PartitionView> partitions)
    {
        var moved = partitions.Where(p => p.Leader >= 0 && p.Leader != p.Replicas[0]).ToList();
        return moved.Count * 100 <= partitions.Count * Imbalance
            ? Finding.Ok(partitions.Count == 0 ? "no partitions"
                : string.Join(", ", partitions.GroupBy(p => p.Leader).OrderBy(g => g.Key).Select(g => $"{Name(g.Key)} leads {g.Count()}")))
            : new(CheckSeverity.Info, $"{moved.Count} of {Count(partitions.Count, "partition")} are not led by their first copy",
                facts.Tool("kafka-leader-election.sh", "--election-type preferred --all-topic-partitions"), Topics(moved));
    }

    public static Finding ReplicationFactor(HealthFacts facts, IReadOnlyList<PartitionView> partitions)
    {
        int brokers = facts.Model.Brokers.Count;
        var few = partitions.Where(p => p.Replicas.Count < Math.Min(Copies, brokers)).ToList();
        if (few.Count > 0)
        {
            string least = few.MinBy(p => p.Replicas.Count)!.Topic;
            return new(CheckSeverity.Warning,
                $"{Count(Topics(few).Count, "topic")} with fewer than {Math.Min(Copies, brokers)} copies: {Such(Topics(few))}",
                $"(Get-KafkaTopic {facts.Model.Names.Cluster} {least} -Namespace {facts.Model.Namespace}).PartitionDetail", Topics(few));
        }

        return brokers >= Copies ? Finding.Ok($"{Copies} copies or more")
            : new(CheckSeverity.Info,
                $"{Count(brokers, "broker")} can hold {brokers} {(brokers == 1 ? "copy" : "copies")} of a topic, not {Copies}",
                facts.Command("New-KafkaCluster", $"-BrokerCount {Copies}"));
    }

    public static Finding MinInSyncReplicas(HealthFacts facts, IReadOnlyDictionary<string, Settings> topics,
        IReadOnlyList<PartitionView> partitions)
    {
        var copies = partitions.GroupBy(p => p.Topic).ToDictionary(g => g.Key, g => g.Min(p => p.Replicas.Count));
        var known = topics.Where(t => copies.ContainsKey(t.Key))
            .Select(t => (Topic: t.Key, Least: Demanded(facts, t.Key), Copies: copies[t.Key])).ToList();
        var strict = known.Where(t => t.Least >= t.Copies && t.Least > 1).OrderBy(t => t.Topic, StringComparer.Ordinal).ToList();
        if (strict.Count > 0)
        {
            return new(CheckSeverity.Warning,
                $"min.insync.replicas is not below the number of copies, so one broker that restarts stops writes: "
                + Such([.. strict.Select(t => $"{t.Topic} ({t.Least} of {t.Copies})")]),
                Topic(facts, strict[0].Topic, $"@{{ 'min.insync.replicas' = '{Math.Max(1, strict[0].Copies - 1)}' }}"),
                [.. strict.Select(t => t.Topic)]);
        }

        var lax = known.Where(t => t.Least == 1 && t.Copies > 1).Select(t => t.Topic).Order(StringComparer.Ordinal).ToList();
        return lax.Count == 0 ? Finding.Ok(Count(known.Count, "topic"))
            : new(CheckSeverity.Info, $"one copy is enough for acks=all, and its loss loses messages: {Such(lax)}",
                Topic(facts, lax[0], "@{ 'min.insync.replicas' = '2' }"), lax);
    }

    public static Finding UncleanElection(HealthFacts facts, IReadOnlyDictionary<int, Settings> brokers,
        IReadOnlyDictionary<string, Settings> topics)
    {
        static bool IsOn(Settings settings) => settings.GetValueOrDefault(HealthFacts.UncleanElection) == "true";
        var on = brokers.Where(b => IsOn(b.Value)).Select(b => b.Key).Order().ToList();
        // A topic's settings hold the brokers' where it has none of its own.
        var own = on.Count > 0 ? [] : topics.Where(t => IsOn(t.Value)).Select(t => t.Key).Order(StringComparer.Ordinal).ToList();
        if (on.Count > 0)
        {
            return new(CheckSeverity.Warning,
                $"on for {Such([.. on.Select(Name)])}: a copy that is behind may lead, and what it lacks is lost",
                facts.Command("Set-KafkaCluster", "-Config @{ 'unclean.leader.election.enable' = 'false' }"), [.. on.Select(Name)]);
        }

        if (own.Count > 0)
        {
            return new(CheckSeverity.Warning, $"on for {Such(own)}: a copy that is behind may lead, and what it lacks is lost",
                Topic(facts, own[0], "@{ 'unclean.leader.election.enable' = 'false' }"), own);
        }

        var silent = facts.Model.Brokers.Select(b => b.NodeId).Except(brokers.Keys).ToList();
        return silent.Count == 0 ? Finding.Ok("off")
            : new(CheckSeverity.Warning, $"not checked: no settings from {Such([.. silent.Select(Name)])}", "", [.. silent.Select(Name)]);
    }

    public static Finding SinglePartition(HealthFacts facts, IReadOnlyList<PartitionView> partitions)
    {
        var single = partitions.GroupBy(p => p.Topic).Where(g => g.Count() == 1 && !g.Key.StartsWith("__", StringComparison.Ordinal))
            .Select(g => g.Key).ToList();
        return single.Count == 0 ? Finding.Ok("no topic")
            : new(CheckSeverity.Info,
                $"{Count(single.Count, "topic")} with one partition, which one broker and one consumer carry: {Such(single)}",
                $"Set-KafkaTopic {facts.Model.Names.Cluster} {single[0]} -Partition {Math.Max(2, facts.Model.Brokers.Count)} -Namespace "
                    + $"{facts.Model.Namespace} -WhatIf", single);
    }

    /// <summary>Copies that must be in sync for a write with acks=all; null where it is not known.</summary>
    private static int? Demanded(HealthFacts facts, string topic) =>
        facts.TopicSettings.Value?.GetValueOrDefault(topic)?.GetValueOrDefault(HealthFacts.MinInSync) is string text
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : null;

    private static string Topic(HealthFacts facts, string topic, string config) =>
        $"Set-KafkaTopic {facts.Model.Names.Cluster} {topic} -Config {config} -Namespace {facts.Model.Namespace}";

    private static string Name(int broker) => $"broker {broker.ToString(CultureInfo.InvariantCulture)}";

    private static IReadOnlyList<string> Topics(IEnumerable<PartitionView> partitions) => [.. partitions.Select(p => p.Topic).Distinct()];

    private static string Copied(PartitionView p) => $"{p.Topic}-{p.Partition} ({p.InSync.Count} of {p.Replicas.Count} copies in sync)";
}
