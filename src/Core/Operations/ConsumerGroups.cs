using Confluent.Kafka;
using Confluent.Kafka.Admin;
using KafkaK8s.Core.Kafka;

namespace KafkaK8s.Core.Operations;

/// <summary>Reads consumer groups.</summary>
internal static class ConsumerGroups
{
    /// <summary>Groups by the topics that they have committed offsets of.</summary>
    public static async Task<ILookup<string, string>> ReadersAsync(KafkaAdmin admin, CancellationToken cancel)
    {
        var groups = await ListAsync(admin, cancel).ConfigureAwait(false);
        var offsets = await Task.WhenAll(groups.Select(async g => (Group: g,
            Topics: (await CommittedAsync(admin, g, cancel).ConfigureAwait(false)).Select(o => o.Topic).Distinct().ToList())))
            .ConfigureAwait(false);
        return offsets.SelectMany(o => o.Topics.Select(t => (t, o.Group))).ToLookup(p => p.t, p => p.Group);
    }

    /// <summary>Reads the groups that are wanted. Where partitions end is asked once for all of them.</summary>
    public static async Task<IReadOnlyList<KafkaConsumerGroup>> RunAsync(KafkaAdmin admin, Func<string, bool> wanted,
        CancellationToken cancel)
    {
        var names = (await ListAsync(admin, cancel).ConfigureAwait(false)).Where(wanted).ToList();
        if (names.Count == 0)
            return [];
        var topics = TopicReader.PartitionsAsync(admin.Brokers, cancel);
        var describing = DescribeAsync(admin, names, cancel);
        var committed = await Task.WhenAll(names.Select(n => CommittedAsync(admin, n, cancel))).ConfigureAwait(false);
        var (described, partitions) = (await describing.ConfigureAwait(false), await topics.ConfigureAwait(false));
        var read = committed.SelectMany(c => c).Select(o => (o.Topic, o.Partition.Value))
            .Concat(described.Values.SelectMany(d => d.Members).SelectMany(m => m.Assignment?.TopicPartitions ?? [])
                .Select(p => (p.Topic, p.Partition.Value))).ToHashSet();
        var ends = await PartitionOffsets.ReadAsync(admin.Brokers,
            partitions.Where(p => read.Contains((p.Topic, p.Partition))), PartitionOffsets.Latest,
            cancel).ConfigureAwait(false);
        var origin = admin.Connection.Origin;
        return [.. names.Zip(committed, (n, c) => Compose(n, described.GetValueOrDefault(n), c, ends) with
        {
            Cluster = admin.Brokers.Names.Cluster,
            Namespace = admin.Brokers.Namespace,
            Context = origin.Context,
            KubeConfig = origin.KubeConfig,
            Connection = origin.Connection,
        })];
    }

    /// <summary>A group from what is known of it. Pure.</summary>
    public static KafkaConsumerGroup Compose(
        string name, ConsumerGroupDescription? described, IReadOnlyList<TopicPartitionOffset> committed,
        IReadOnlyDictionary<(string Topic, int Partition), long> ends)
    {
        var at = committed.ToDictionary(o => (o.Topic, o.Partition.Value), o => o.Offset.Value);
        var owners = (described?.Members ?? []).SelectMany(
            m => (m.Assignment?.TopicPartitions ?? []).Select(p => (Key: (p.Topic, p.Partition.Value), Member: m)))
            .ToLookup(p => p.Key, p => p.Member);
        var rows = at.Keys.Union(owners.Select(o => o.Key)).OrderBy(k => k.Topic, StringComparer.Ordinal).ThenBy(k => k.Value)
            .Select(k => new KafkaGroupPartition
            {
                Group = name,
                Topic = k.Topic,
                Partition = k.Value,
                Committed = at.TryGetValue(k, out long offset) ? offset : null,
                End = ends.TryGetValue(k, out long end) ? end : null,
                ClientId = owners[k].FirstOrDefault()?.ClientId ?? "",
                ClientHost = owners[k].FirstOrDefault()?.Host.TrimStart('/') ?? "",
            }).ToList();
        return new KafkaConsumerGroup
        {
            Name = name,
            Cluster = "",
            State = described is null || described.Error.IsError ? "" : described.State.ToString(),
            Members = described?.Members.Count ?? 0,
            Topics = [.. rows.Select(r => r.Topic).Distinct()],
            Lag = rows.Exists(r => r.Lag is not null) ? rows.Sum(r => r.Lag ?? 0) : null,
            Coordinator = described?.Coordinator?.Id is >= 0 and int id ? id : null,
            Assignor = described?.PartitionAssignor ?? "",
            PartitionDetail = rows,
        };
    }

    /// <summary>The failure of a group that is not there.</summary>
    public static ClusterException NotFound(string group, string cluster, IReadOnlyList<string> known)
    {
        string has = known.Count == 0 ? "It has none" : $"It has: {string.Join(", ", known.Take(10))}";
        return new ClusterException("GroupNotFound", FailureKind.NotFound, group,
            $"The cluster {cluster} has no consumer group '{group}'. {has}.");
    }

    /// <summary>Names of all groups.</summary>
    public static async Task<IReadOnlyList<string>> ListAsync(KafkaAdmin admin, CancellationToken cancel)
    {
        var options = new ListConsumerGroupsOptions { RequestTimeout = KafkaAdmin.RequestLimit };
        var listed = await admin.AskAsync("consumer groups", async client =>
        {
            try
            {
                return (await client.ListConsumerGroupsAsync(options).ConfigureAwait(false)).Valid;
            }
            catch (ListConsumerGroupsException e)
            {
                return e.Results.Valid; // what a broker that is down would have said is missing
            }
        }, cancel).ConfigureAwait(false);
        return [.. listed.Select(g => g.GroupId).Order(StringComparer.Ordinal)];
    }

    private static async Task<Dictionary<string, ConsumerGroupDescription>> DescribeAsync(KafkaAdmin admin, IReadOnlyList<string> names,
        CancellationToken cancel)
    {
        var options = new DescribeConsumerGroupsOptions { RequestTimeout = KafkaAdmin.RequestLimit };
        var all = await admin.AskAsync("consumer groups", async client =>
        {
            try
            {
                return (await client.DescribeConsumerGroupsAsync(names, options).ConfigureAwait(false)).ConsumerGroupDescriptions;
            }
            catch (DescribeConsumerGroupsException e)
            {
                return e.Results.ConsumerGroupDescriptions; // those whose coordinator is down have an error and no state
            }
        }, cancel).ConfigureAwait(false);
        return all.ToDictionary(d => d.GroupId);
    }

    /// <summary>The offsets that a group has committed.</summary>
    public static async Task<IReadOnlyList<TopicPartitionOffset>> CommittedAsync(KafkaAdmin admin, string group, CancellationToken cancel)
    {
        var options = new ListConsumerGroupOffsetsOptions { RequestTimeout = KafkaAdmin.RequestLimit };
        var answer = await admin.AskAsync(group,
            c => c.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(group, null)], options), cancel)
            .ConfigureAwait(false);
        return [.. answer.SelectMany(a => a.Partitions).Where(p => !p.Error.IsError && p.Offset.Value >= 0)
            .Select(p => p.TopicPartitionOffset)];
    }
}
