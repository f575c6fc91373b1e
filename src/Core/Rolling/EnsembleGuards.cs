using KafkaK8s.Core.ZooKeeper;

namespace KafkaK8s.Core.Rolling;

/// <summary>When a server may join, leave or restart. Pure: each answer is a failure with its exact reason, or null.</summary>
internal static class EnsembleGuards
{
    /// <summary>Most servers that ids reach.</summary>
    public const int MostServers = 255;

    // More than what is in flight at a moment under load, far less than what a lost follower is behind.
    private const long MostLag = 1000;

    /// <summary>A server may join: all members serve, are caught up and go by one configuration.</summary>
    public static ClusterException? MayAdd(EnsembleView view) =>
        Quorum(view)
        ?? Members(view, null, "Before another server joins, all members have to serve: the new one raises the number that a quorum needs.")
        ?? OneConfig(view);

    /// <summary>A member may leave: those who stay are a quorum of what stays. The one that leaves may be dead.</summary>
    /// <param name="view">The ensemble.</param>
    /// <param name="id">Id of the one that leaves.</param>
    public static ClusterException? MayRemove(EnsembleView view, int id)
    {
        if (Quorum(view) is { } lost)
            return lost;
        var (cluster, pod) = (view.Names.Cluster, view.Names.ServerOfId(id).Pod);
        if (!view.IsVoter(id))
            return new ClusterException("NotAMember", FailureKind.NotFound, pod, $"{pod} is no member of the ensemble of {cluster}.");
        if (view.MemberCount == 1)
        {
            return new ClusterException("LastMember", FailureKind.InvalidInput, cluster,
                $"The ensemble of {cluster} has one member: it cannot leave. Remove-KafkaCluster {cluster} removes the whole cluster.");
        }

        var staying = view.Config!.Voters.Where(v => v != id).ToList();
        var serving = view.Serving.Where(s => s.Id != id).ToList();
        return serving.Count < staying.Count / 2 + 1
            ? new ClusterException("WouldLoseQuorum", FailureKind.Unavailable, cluster,
                $"Without {pod} only {serving.Count} of {staying.Count} members of {cluster} would serve, and a quorum needs "
                + $"{staying.Count / 2 + 1}. Bring {Names(view, staying.Except(serving.Select(s => s.Id)))} back first.")
            : Lagging(view, id) ?? OneConfig(view, id);
    }

    /// <summary>A server may be restarted: no other is down, and the others are a quorum.</summary>
    /// <param name="view">The ensemble.</param>
    /// <param name="id">Id of the one to restart.</param>
    /// <param name="force">Bear that there is no quorum meanwhile, as with a single server.</param>
    public static ClusterException? MayRestart(EnsembleView view, int id, bool force)
    {
        if (Quorum(view) is { } lost)
            return lost;
        if (!view.IsVoter(id))
            return null; // nobody counts on it
        string pod = view.Names.ServerOfId(id).Pod;
        if (Members(view, id, $"{pod} is restarted only while all others serve.") is { } down)
            return down;
        int others = view.Serving.Count(s => s.Id != id);
        return others < view.Config!.Quorum && !force
            ? new ClusterException("WouldLoseQuorum", FailureKind.Unavailable, view.Names.Cluster,
                $"While {pod} restarts, {others} of {view.MemberCount} members of {view.Names.Cluster} would serve, and a quorum needs "
                + $"{view.Config.Quorum}: brokers would have no ZooKeeper for some seconds. Grow the ensemble first (Add-ZooKeeperNode "
                + $"{view.Names.Cluster}), or use -Force.")
            : null;
    }

    /// <summary>The order of restarts: those that do not serve first, then followers, the leader last; the highest ordinal first among
    /// equals.</summary>
    public static IReadOnlyList<ServerProbe> RestartOrder(EnsembleView view, IEnumerable<int> ids)
    {
        var wanted = ids.ToHashSet();
        return [.. view.Servers.Where(s => wanted.Contains(s.Id))
            .OrderBy(s => s.Serves).ThenBy(s => s.Answer.Mode == "leader").ThenByDescending(s => s.Node.Ordinal)];
    }

    /// <summary>The size that is asked for can be.</summary>
    public static ClusterException? Size(EnsembleView view, int target, bool force) => target switch
    {
        < 1 => new ClusterException("LastMember", FailureKind.InvalidInput, view.Names.Cluster,
            $"The ensemble of {view.Names.Cluster} has {view.MemberCount} members; at least one has to stay. "
            + $"Remove-KafkaCluster {view.Names.Cluster} removes the whole cluster."),
        > MostServers => new ClusterException("InvalidCount", FailureKind.InvalidInput, target,
            $"An ensemble has 1 to {MostServers} servers, as ids go no further; {target} were asked for."),
        _ when target % 2 == 0 && !force => new ClusterException("EvenEnsemble", FailureKind.InvalidInput, target,
            $"{target} servers tolerate no more failures than {target - 1}. Ask for one more or one fewer, or use -Force."),
        _ => null,
    };

    /// <summary>There is a quorum under one leader.</summary>
    public static ClusterException? Quorum(EnsembleView view)
    {
        if (view.HasQuorum)
            return null;
        var down = view.Nodes().Where(n => n.Reason.Length > 0 && n.InConfig != false).Select(n => $"{n.Node}: {n.Reason}").Take(4);
        return new ClusterException("QuorumLost", FailureKind.Unavailable, view.Names.Cluster,
            $"The ensemble of {view.Names.Cluster} has no quorum under one leader, and without one no member can join, leave or be spared "
            + $"({string.Join("; ", down)}). Bring the pods back first; Get-ZooKeeperNode {view.Names.Cluster} shows them.");
    }

    private static ClusterException? Members(EnsembleView view, int? except, string why)
    {
        var down = view.Config!.Voters.Where(v => v != except && !view.Serving.Any(s => s.Id == v)).ToList();
        return down.Count > 0
            ? new ClusterException("MemberDown", FailureKind.Unavailable, view.Names.Cluster,
                $"{Names(view, down)} of {view.Names.Cluster} does not serve. {why} Bring it back, or take it out with "
                + $"Remove-ZooKeeperNode {view.Names.Cluster} if it is the last one.")
            : Lagging(view, except);
    }

    private static ClusterException? Lagging(EnsembleView view, int? except)
    {
        var behind = view.Serving.Where(s => s.Id != except && view.Lag(s) > MostLag).ToList();
        return behind.Count == 0 ? null : new ClusterException("MemberLagging", FailureKind.Unavailable, view.Names.Cluster,
            $"{Names(view, behind.Select(s => s.Id))} of {view.Names.Cluster} is {view.Lag(behind[0])} transactions behind the leader. "
            + "Run the command again when it has caught up.");
    }

    private static ClusterException? OneConfig(EnsembleView view, int? except = null)
    {
        var other = view.Serving.Where(s => s.Id != except && s.Answer.Config is { } c && c.Version != view.Config!.Version).ToList();
        return other.Count == 0 ? null : new ClusterException("ReconfigInProgress", FailureKind.Conflict, view.Names.Cluster,
            $"A change of the ensemble of {view.Names.Cluster} is under way: {Names(view, other.Select(s => s.Id))} has not heard of the "
            + $"configuration of version {view.Config!.VersionText} yet. Run the command again when Get-ZooKeeperNode shows no reasons.");
    }

    private static string Names(EnsembleView view, IEnumerable<int> ids) =>
        string.Join(", ", ids.Order().Select(id => view.Names.ServerOfId(id).Pod));
}
