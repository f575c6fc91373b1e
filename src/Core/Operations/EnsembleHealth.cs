using System.Globalization;
using System.Text.Json.Nodes;
using KafkaK8s.Core.ZooKeeper;
using static KafkaK8s.Core.Operations.HealthChecks;

namespace KafkaK8s.Core.Operations;

/// <summary>The checks of the ZooKeeper ensemble. Pure.</summary>
internal static class EnsembleHealth
{
    /// <summary>Transactions that a server may be behind: the servers are not asked in the same moment, and a busy ensemble goes on
    /// meanwhile.</summary>
    private const long Behind = 1000;

    public static Finding Quorum(HealthFacts facts, EnsembleView view) => view.HasQuorum
        ? Finding.Ok($"{view.Serving.Count} of {Count(view.MemberCount, "member")}, {view.Leader!.Node.Pod} leads")
        : new(CheckSeverity.Critical, view.Leaders.Count > 1 ? $"{view.Leaders.Count} servers say that they lead"
            : $"no quorum: {view.Servers.Count(s => s.Serves)} of {Count(view.Replicas, "server")} serve",
            facts.Command("Get-ZooKeeperNode"),
            [.. view.Servers.Where(s => !s.Serves).Select(s => s.Node.Pod)]);

    public static Finding InSync(HealthFacts facts, EnsembleView view)
    {
        var nodes = view.Nodes().ToList();
        var wrong = nodes.Where(n => n.Reason.Length > 0 || n.Lag > Behind).ToList();
        if (wrong.Count > 0)
        {
            var first = wrong[0];
            return new(CheckSeverity.Warning,
                $"{first.Node}: {(first.Reason.Length > 0 ? first.Reason : $"{first.Lag} transactions behind the leader")}"
                + (wrong.Count > 1 ? $"; {wrong.Count - 1} more" : ""), facts.Command("Get-ZooKeeperNode"), [.. wrong.Select(n => n.Node)]);
        }

        // The leader's own word; old servers do not give it.
        return view.Leader?.Answer.SyncedFollowers is int synced && synced < view.MemberCount - 1
            ? new(CheckSeverity.Warning, $"{synced} of {Count(view.MemberCount - 1, "follower")} in sync",
                facts.Command("Get-ZooKeeperNode"))
            : Finding.Ok($"{Count(nodes.Count, "server")}, at most {nodes.Max(n => n.Lag ?? 0)} transactions behind");
    }

    public static Finding Size(HealthFacts facts, EnsembleView view)
    {
        int members = view.Config is null ? view.Replicas : view.MemberCount;
        return members == 1
            ? new(CheckSeverity.Info, "one server: Kafka stands still while it is down", facts.Command("Add-ZooKeeperNode", "-Count 2"))
            : members % 2 == 0 ? new(CheckSeverity.Warning,
                $"{members} members: an even number is in more danger than one fewer, and tolerates no more failures",
                facts.Command(members == 2 ? "Add-ZooKeeperNode" : "Remove-ZooKeeperNode"))
            : Finding.Ok($"{members} members, of which {members / 2} may fail");
    }

    public static Finding Autopurge(HealthFacts facts, JsonObject config)
    {
        string? text = (string?)config["data"]?["zoo.static.cfg"];
        string? line =
            text?.Split('\n').Select(l => l.Trim()).LastOrDefault(l => l.StartsWith("autopurge.purgeInterval=", StringComparison.Ordinal));
        string map = facts.Model.Names.ZooKeeperConfig;
        if (text is null)
            return new(CheckSeverity.Warning, $"not checked: there is no zoo.static.cfg in the ConfigMap {map}",
                facts.Command("New-KafkaCluster", "-WhatIf"), [map]);
        return int.TryParse(line?[(line.IndexOf('=', StringComparison.Ordinal) + 1)..], NumberStyles.None, CultureInfo.InvariantCulture,
            out int hours) && hours > 0
            ? Finding.Ok($"every {Count(hours, "hour")}")
            : new(CheckSeverity.Warning, "off: snapshots and logs of transactions fill the volumes",
                facts.Command("New-KafkaCluster", "-WhatIf"), [map]);
    }
}
