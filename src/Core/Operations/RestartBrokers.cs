using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Rolling;
using KafkaK8s.Core.Running;

namespace KafkaK8s.Core.Operations;

/// <summary>What Restart-KafkaBroker was asked for.</summary>
/// <param name="Cluster">Name of the cluster.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Ids">Ids of brokers; null for all.</param>
/// <param name="Force">Restart even where somebody is harmed, once that does not get better.</param>
/// <param name="Timeout">Limit for each broker.</param>
internal sealed record BrokerRestartRequest(string Cluster, string Namespace, IReadOnlyCollection<int>? Ids, bool Force, TimeSpan Timeout);

/// <summary>What will be done, from one look.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Set">The brokers.</param>
/// <param name="Brokers">Those that restart.</param>
/// <param name="Steps">The restarts, in the order of this moment.</param>
internal sealed record BrokerRestartPlan(BrokerRestartRequest Request, BrokerSetView Set, IReadOnlyList<NodeRef> Brokers,
    IReadOnlyList<PlanStep> Steps);

/// <summary>Restarts brokers by hand: the roller's gate before each one, the controller last, each one back in sync before the
/// next.</summary>
internal static class RestartBrokers
{
    /// <summary>Makes the plan. Changes nothing.</summary>
    /// <exception cref="ClusterException"><c>ClusterNotFound</c>, <c>BrokerNotFound</c>.</exception>
    public static async Task<BrokerRestartPlan> PlanAsync(KubeConnection connection, BrokerRestartRequest request, CancellationToken cancel)
    {
        var ns = request.Namespace;
        var finding = BrokerSetView.FindAsync(connection, ns, request.Cluster, cancel);
        var listing = connection.ListAsync(ResourceKind.Pod, ns, new ClusterNames(request.Cluster).Selector, cancel);
        await Task.WhenAll(finding, listing).ConfigureAwait(false);
        var set = await finding.ConfigureAwait(false);
        var brokers = Chosen(set, request.Ids);
        var policy = new BrokerRollPolicy(connection, set.Names, ns, former: null, TimeProvider.System);
        var due = Due(set, brokers, await listing.ConfigureAwait(false));
        var steps = due.Count == 0 ? []
            : await RollPlan.StepsAsync(set.Names, ns, policy, due, missing: null, cancel).ConfigureAwait(false);
        var absent = brokers.Where(b => due.All(d => d.Pod.Name() != b.Pod))
            .Select(b => PlanSteps.Of(set.Names, ns, "Pod", b.Pod, ChangeAction.None,
                "it has no pod at the moment: it starts anew once it has one"));
        return new BrokerRestartPlan(request, set, brokers, PlanSteps.Numbered(steps.Select(s => Told(s, set, due)).Concat(absent)));
    }

    /// <summary>Carries the plan out; the result is the restarted brokers. If it is interrupted, at most one broker is starting, and the
    /// same command begins with it.</summary>
    public static IAsyncEnumerable<OperationEvent> RunAsync(KubeConnection connection, BrokerRestartPlan plan, CancellationToken cancel) =>
        RunAsync(connection, plan, TimeProvider.System, cancel);

    /// <summary>The same by another clock, that of the lease left out.</summary>
    public static async IAsyncEnumerable<OperationEvent> RunAsync(
        KubeConnection connection, BrokerRestartPlan plan, TimeProvider time, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (request, ns, names) = (plan.Request, plan.Request.Namespace, plan.Set.Names);
        await foreach (var e in ClusterLease.UnderAsync(connection, ns, names, new LeasePurpose("Restart-KafkaBroker"), WorkAsync, cancel)
            .ConfigureAwait(false))
            yield return e;
        var after = await ListBrokers.RunAsync(connection, ns, request.Cluster, cancel).ConfigureAwait(false);
        var restarted = plan.Brokers.Select(b => b.NodeId).ToHashSet();
        yield return new Completed<IReadOnlyList<KafkaBroker>>([.. after.Brokers.Where(b => restarted.Contains(b.Id))]);

        async IAsyncEnumerable<OperationEvent> WorkAsync(ClusterLease lease)
        {
            var former = await InSync.LaggingAsync(plan.Set.Door with { Connection = connection }, plan.Set.Brokers, cancel)
                .ConfigureAwait(false);
            var wait = new ClusterWait(connection, names, ns, time);
            var roller = new Roller(connection, names, ns, wait, lease.HoldAsync, request.Force, time);
            var policy = new BrokerRollPolicy(connection, names, ns, former, time);
            var done = new HashSet<string>();
            var passed = new HashSet<string>();
            while (await LeftAsync().ConfigureAwait(false) is { Count: > 0 } due)
            {
                var turn = Limits.WithinAsync(
                    request.Timeout, token => roller.TurnAsync(policy, due, done, token), () => Late(plan, wait, done), time, cancel);
                await foreach (var e in turn.ConfigureAwait(false))
                    yield return e;
            }

            if (passed.Count > 0)
                yield return new Warned(
                    $"{string.Join(", ", passed.Order(StringComparer.Ordinal))} is on a node that does not answer, and was not restarted");

            async Task<IReadOnlyList<(JsonObject Pod, string Reason)>> LeftAsync()
            {
                var pods = await connection.ListAsync(ResourceKind.Pod, ns, names.Selector, cancel).ConfigureAwait(false);
                passed.UnionWith(Due(plan.Set, plan.Brokers, pods).Where(d => roller.PassesOver(d.Pod)).Select(d => d.Pod.Name()));
                return [.. Due(plan.Set, plan.Brokers, pods).Where(d => !done.Contains(d.Pod.Name()) && !passed.Contains(d.Pod.Name()))];
            }
        }
    }

    private static IReadOnlyList<NodeRef> Chosen(BrokerSetView set, IReadOnlyCollection<int>? ids)
    {
        var known = set.Brokers.ToDictionary(b => b.NodeId);
        return ids is null ? set.Brokers : [.. ids.Distinct()
            .Select(id => known.TryGetValue(id, out var broker) ? broker : throw NotFound(set.Names.Cluster, id, known.Keys))];
    }

    /// <summary>The failure of a broker that is not there.</summary>
    public static ClusterException NotFound(string cluster, int id, IEnumerable<int> known) =>
        new("BrokerNotFound", FailureKind.NotFound, id,
        $"The cluster {cluster} has no broker {id}. It has: {string.Join(", ", known.Order())}.");

    // One that has no pod for the moment starts anew by itself.
    private static IReadOnlyList<(JsonObject Pod, string Reason)> Due(BrokerSetView set, IReadOnlyList<NodeRef> brokers,
        IEnumerable<JsonObject> pods)
    {
        var wanted = brokers.Select(b => b.Pod).ToHashSet();
        return [.. Readiness.PodsOf(set.Tree, pods).Where(p => wanted.Contains(p.Name())).Select(p => (p, RestartReason.ByHand))];
    }

    // A restart by hand brings a template that waits for one, too.
    private static PlanStep Told(PlanStep step, BrokerSetView set, IReadOnlyList<(JsonObject Pod, string Reason)> due)
    {
        var news = RestartReason.Due(set.Tree, [due.First(d => d.Pod.Name() == step.Name).Pod]);
        return news.Count == 0 ? step : step with { Note = $"it starts on its new template ({news[0].Reason})" };
    }

    private static ClusterException Late(BrokerRestartPlan plan, ClusterWait wait, HashSet<string> done)
    {
        string cluster = plan.Set.Names.Cluster;
        string left = string.Join(',', plan.Brokers.Where(b => !done.Contains(b.Pod)).Select(b => b.NodeId));
        string why = wait.Unmended.Count > 0 ? string.Join("; ", wait.Unmended.Distinct().Take(4)) : wait.Doing;
        return new ClusterException("StepTimeout", FailureKind.Timeout, cluster,
            $"The restart of a broker of {cluster} is not done after {plan.Request.Timeout.TotalSeconds:0} "
            + $"s{(why.Length == 0 ? "" : $": {why}")}. "
            + $"What was done stands; for the rest, once that is mended: Restart-KafkaBroker {cluster} {left}, with a longer "
            + $"-TimeoutSeconds if need be.");
    }
}
