using KafkaK8s.Core.Model;
using KafkaK8s.Core.ZooKeeper;

namespace KafkaK8s.Core.Rolling;

/// <summary>
/// Changes of an ensemble, step by step. <see cref="Next"/> alone decides what is done: a plan is that function unfolded over what each
/// step is expected to bring about, a run asks it again after each look. Pure.
/// </summary>
internal static class EnsembleSteps
{
    private const string Configured = "on condition that nobody else changed it";
    private const string Handover = "some seconds without ZooKeeper while another takes over; brokers go on serving";

    /// <summary>The step to take now; null at the goal.</summary>
    public static PlanStep? Next(EnsembleGoal goal, EnsembleState state) => goal switch
    {
        GrowTo grow => Growing(grow, state),
        ShrinkTo shrink => Shrinking(shrink, state),
        RestartServers restart => Restarting(restart, state),
        _ => null,
    };

    /// <summary>All steps from a state to the goal, if each brings about what is expected of it.</summary>
    public static IReadOnlyList<PlanStep> Unfold(EnsembleGoal goal, EnsembleState state)
    {
        while (Next(goal, state) is { } step)
            state = After(state, step);
        return state.Done;
    }

    /// <summary>What has to be seen before the next step can be told; null where nothing is missing.</summary>
    public static string? Unclear(EnsembleGoal goal, EnsembleState state, EnsembleView view)
    {
        // Without a quorum nobody knows who belongs, and an empty configuration must not be taken for one without members.
        if (goal is not RestartServers restart)
            return EnsembleGuards.Quorum(view)?.Message;
        // One whose pod is gone for the moment has to come back first, or it would be left out.
        var left = Left(restart, state).ToHashSet();
        var gone = view.Servers.Where(s => left.Contains(s.Node) && s.Pod is null).Select(s => s.Node.Pod).ToList();
        return gone.Count == 0 ? null : $"{string.Join(", ", gone)} has no pod at the moment";
    }

    /// <summary>Servers that join, in this order: pods that are there without a vote first, as the set numbers them.</summary>
    public static IReadOnlyList<NodeRef> Joining(EnsembleState state, int target) =>
        [.. Enumerable.Range(0, EnsembleGuards.MostServers).Select(state.Names.Server).Except(state.Voters)
            .Take(Math.Max(0, target - state.Voters.Count))];

    /// <summary>Servers that leave, in this order: a set only ever loses its highest.</summary>
    public static IReadOnlyList<NodeRef> Leaving(EnsembleState state, int target) =>
        [.. state.Voters.Reverse().Take(Math.Max(0, state.Voters.Count - target))];

    // What a step is expected to bring about.
    private static EnsembleState After(EnsembleState state, PlanStep step)
    {
        var server = state.Names.ServerOfPod(step.Name);
        return (step.Action switch
        {
            ChangeAction.Start => state with { Replicas = Math.Max(state.Replicas, server!.Ordinal + 1) },
            ChangeAction.Join => state with { Voters = [.. state.Voters.Append(server!).OrderBy(v => v.NodeId)] },
            ChangeAction.Leave => state with
            {
                Voters = [.. state.Voters.Where(v => v != server)],
                Leader = state.Leader == server ? null : state.Leader,
            },
            ChangeAction.Stop => state with { Replicas = Math.Min(state.Replicas, state.Needed) },
            _ => state,
        }).With(step);
    }

    private static PlanStep? Growing(GrowTo goal, EnsembleState state)
    {
        string set = state.Names.ZooKeeperSet;
        if (state.Last is { Action: ChangeAction.Record })
            return null;
        if (state.Last is { Action: ChangeAction.Join } joined)
        {
            return Step(state, ChangeAction.Verify, "Pod", joined.Name, "every member goes by the new configuration, exactly one leads",
                "if not in time, the server is taken out again and the set is scaled back");
        }

        if (Joining(state, goal.Members) is not [var server, ..])
            return Record(state);
        int members = state.Voters.Count;
        if (state.Last is { Action: ChangeAction.Start } started && started.Name == server.Pod)
        {
            members++;
            return Step(state, ChangeAction.Join, "Pod", server.Pod, $"the configuration names {members} members {Configured}",
                members == 2 ? "from now on both servers are needed"
                    : $"a quorum needs {members / 2 + 1} of {members} from now on; no server restarts");
        }

        if (state.Last is not { Action: ChangeAction.Check })
        {
            return Step(state, ChangeAction.Check, "StatefulSet", set,
                $"all {members} members serve under one leader, are caught up and go by one configuration", "none: nothing is changed");
        }

        string pod = server.Ordinal < state.Replicas ? "the pod that is there already"
            : $"the set has {server.Ordinal + 1} replicas and the new pod";
        return Step(state, ChangeAction.Start, "Pod", server.Pod, $"{pod} follows the leader, without a vote, and holds its state",
            "no other server notices; if it does not come up in time, the set is scaled back");
    }

    private static PlanStep? Shrinking(ShrinkTo goal, EnsembleState state)
    {
        string set = state.Names.ZooKeeperSet;
        if (state.Last is { Action: ChangeAction.Record })
            return null;
        if (state.Last is { Action: ChangeAction.Leave } left)
        {
            return Step(state, ChangeAction.Verify, "Pod", left.Name,
                "every member that stays goes by the new configuration, exactly one leads, a write is committed",
                "if not in time, nothing more is done: the server is out, its pod still there");
        }

        if (state.Last is { Action: ChangeAction.Verify } verified)
            return Step(state, ChangeAction.Stop, "Pod", verified.Name, "the pod is gone", "clients that it serves connect to another");
        int members = state.Voters.Count - 1;
        if (Leaving(state, goal.Members) is [var server, ..])
        {
            if (state.Last is not { Action: ChangeAction.Check })
            {
                return Step(state, ChangeAction.Check, "StatefulSet", set, $"a quorum of the {members} that stay serves and is caught up",
                    "none: nothing is changed");
            }

            // Who takes over from a leader that left before, nobody can say.
            bool leads = state.Leader == server;
            return Step(state, ChangeAction.Leave, "Pod", server.Pod,
                $"the configuration names {members} members {Configured}{(leads ? "; another server leads" : "")}",
                leads ? $"it leads: {Handover}" : state.Leader is null ? $"if it leads by then: {Handover}"
                    : "none: clients that it serves connect to another");
        }

        // What an interrupted run left: pods that are out of the ensemble and still there.
        if (state.Replicas > state.Needed)
        {
            return Step(state, ChangeAction.Stop, "Pod", $"{set} above {state.Needed - 1}", "pods that are in no configuration are gone",
                "none: they have no vote");
        }

        return goal.Claims.FirstOrDefault(c => !state.Has(ChangeAction.DeleteVolume, c)) is not { } claim ? Record(state)
            : Step(state, ChangeAction.DeleteVolume, "PersistentVolumeClaim", claim, "the volume claim is gone",
                "its copy of the data is gone for good; the others hold the same");
    }

    private static PlanStep? Restarting(RestartServers goal, EnsembleState state)
    {
        string secret = state.Names.ReconfigSecret;
        int exchanges = state.Done.Count(s => s.Action == ChangeAction.Rotate);
        if (goal.Credential is string first && exchanges == 0)
        {
            return Step(state, ChangeAction.Rotate, "Secret", secret, first,
                "none: the servers know the present one until each is restarted");
        }

        // Who leads may change with each restart: the order is that of the last look.
        var left = Left(goal, state).ToHashSet();
        if (state.Order.FirstOrDefault(left.Contains) is { } server)
        {
            string before = goal.Credential is null ? "" : "unless it takes the present credential already: ";
            return Step(state, ChangeAction.Restart, "Pod", server.Pod,
                $"{before}all others serve before; afterwards the new pod serves, and all followers are in sync with the leader",
                state.Leader == server ? $"it leads: {Handover}"
                    : "one server fewer meanwhile; clients that it serves connect to another") with
            {
                Reason = goal.Credential is null ? RestartReason.ByHand : RestartReason.Credential,
            };
        }

        return goal.Credential is null || exchanges > 1 ? null
            : Step(state, ChangeAction.Rotate, "Secret", secret, "the former credential is gone from the Secret", "none");
    }

    private static IEnumerable<NodeRef> Left(RestartServers goal, EnsembleState state) =>
        goal.Servers.Where(s => !state.Has(ChangeAction.Restart, s.Pod));

    private static PlanStep Record(EnsembleState state) =>
        Step(state, ChangeAction.Record, "StatefulSet", state.Names.BrokerSet,
            "the size is in the cluster's spec; no pod restarts", "none");

    private static PlanStep Step(EnsembleState state, string action, string kind, string name, string waitsFor, string risk) =>
        PlanSteps.Of(state.Names, state.Namespace, kind, name, action, "") with
        {
            Step = state.Done.Count + 1,
            WaitsFor = waitsFor,
            Risk = risk,
        };
}
