using KafkaK8s.Core.Model;
using KafkaK8s.Core.ZooKeeper;

namespace KafkaK8s.Core.Rolling;

/// <summary>The steps of a change in words, from a view. Pure; the runners do the same, step by step, from fresh looks.</summary>
internal static class EnsemblePlan
{
    /// <summary>Steps from now to a larger ensemble.</summary>
    public static IReadOnlyList<PlanStep> Add(EnsembleView view, int target)
    {
        var steps = new Steps(view);
        int members = view.MemberCount;
        foreach (int ordinal in Joining(view, target))
        {
            string pod = view.Names.ZooKeeperPod(ordinal);
            bool there = ordinal < view.Replicas;
            steps.Add("Check", view.Names.ZooKeeperSet, $"all {members} members serve under one leader, are caught up and go by one configuration", "none: nothing is changed");
            steps.Add("Start", pod, $"{(there ? "the pod that is there already" : $"the set has {ordinal + 1} replicas and the new pod")} follows the leader, without a vote, and holds its state", "no other server notices; if it does not come up in time, the set is scaled back");
            members++;
            steps.Add("Join", pod, $"the configuration names {members} members on condition that nobody else changed it", members == 2 ? "from now on both servers are needed" : $"a quorum needs {members / 2 + 1} of {members} from now on; no server restarts");
            steps.Add("Verify", pod, "every member goes by the new configuration, exactly one leads", "if not in time, the server is taken out again and the set is scaled back");
        }

        return steps.Done("the size is in the cluster's spec; no pod restarts");
    }

    /// <summary>Steps from now to a smaller ensemble.</summary>
    public static IReadOnlyList<PlanStep> Remove(EnsembleView view, int target, bool deleteData)
    {
        var steps = new Steps(view);
        int members = view.MemberCount;
        foreach (int ordinal in Leaving(view, target))
        {
            string pod = view.Names.ZooKeeperPod(ordinal);
            bool leads = view.Leader?.Ordinal == ordinal;
            members--;
            steps.Add("Check", view.Names.ZooKeeperSet, $"a quorum of the {members} that stay serves and is caught up", "none: nothing is changed");
            steps.Add("Leave", pod, $"the configuration names {members} members on condition that nobody else changed it{(leads ? "; another server leads" : "")}", leads ? "it leads: some seconds without ZooKeeper while another takes over; brokers go on serving" : "none: clients that it serves connect to another");
            steps.Add("Verify", pod, "every member that stays goes by the new configuration, exactly one leads, a write is committed", "if not in time, nothing more is done: the server is out, its pod still there");
            steps.Add("Stop", pod, "the pod is gone", "clients that it serves connect to another");
            if (deleteData)
                steps.Add("DeleteVolume", ClusterNames.Claim(pod), "the volume claim is gone", "its copy of the data is gone for good; the others hold the same");
        }

        int highest = HighestStaying(view, target) + 1;
        if (view.Replicas > Math.Max(highest, view.MemberCount))
            steps.Add("Stop", $"{view.Names.ZooKeeperSet} above {highest - 1}", "pods that are in no configuration are gone", "none: they have no vote");
        return steps.Done("the size is in the cluster's spec; no pod restarts");
    }

    /// <summary>Steps of restarts.</summary>
    public static IReadOnlyList<PlanStep> Restart(EnsembleView view, IEnumerable<int> ids, string? credential)
    {
        var steps = new Steps(view);
        if (credential is not null)
            steps.Add("Rotate", view.Names.ReconfigSecret, credential, "none: the servers know the present one until each is restarted");
        foreach (var server in EnsembleGuards.RestartOrder(view, ids))
        {
            bool leads = server.Answer.Mode == "leader";
            steps.Add("Restart", view.Names.ZooKeeperPod(server.Ordinal), "all others serve before; afterwards the new pod serves, and all followers are in sync with the leader",
                leads ? "it leads: some seconds without ZooKeeper while another takes over; brokers go on serving" : "one server fewer meanwhile; clients that it serves connect to another");
        }

        if (credential is not null)
            steps.Add("Rotate", view.Names.ReconfigSecret, "the former credential is gone from the Secret", "none");
        return steps.All;
    }

    /// <summary>Ordinals that join, in this order: pods that are there without a vote first, as the set numbers them.</summary>
    public static IReadOnlyList<int> Joining(EnsembleView view, int target) =>
        [.. Enumerable.Range(0, EnsembleGuards.MostServers).Where(o => !view.IsVoter(o + 1)).Take(Math.Max(0, target - view.MemberCount))];

    /// <summary>Ordinals that leave, in this order: a set only ever loses its highest.</summary>
    public static IReadOnlyList<int> Leaving(EnsembleView view, int target) =>
        [.. (view.Config?.Voters ?? []).OrderDescending().Take(Math.Max(0, view.MemberCount - target)).Select(id => id - 1)];

    /// <summary>The highest ordinal that stays a member.</summary>
    public static int HighestStaying(EnsembleView view, int target) => (view.Config?.Voters ?? []).Order().Take(target).DefaultIfEmpty(0).Last() - 1;

    private sealed class Steps(EnsembleView view)
    {
        private readonly List<PlanStep> steps = [];

        public IReadOnlyList<PlanStep> All => steps;

        public void Add(string action, string name, string waitsFor, string risk) =>
            steps.Add(PlanSteps.Of(view.Names, view.Namespace, Kind(action), name, action, "") with { Step = steps.Count + 1, WaitsFor = waitsFor, Risk = risk });

        private static string Kind(string action) => action switch
        {
            ChangeAction.Check or ChangeAction.Record => "StatefulSet",
            ChangeAction.DeleteVolume => "PersistentVolumeClaim",
            ChangeAction.Rotate => "Secret",
            _ => "Pod",
        };

        public List<PlanStep> Done(string text)
        {
            Add("Record", view.Names.BrokerSet, text, "none");
            return steps;
        }
    }
}
