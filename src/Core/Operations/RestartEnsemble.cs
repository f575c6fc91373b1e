using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Rolling;
using KafkaK8s.Core.Running;
using KafkaK8s.Core.ZooKeeper;

namespace KafkaK8s.Core.Operations;

/// <summary>What Restart-ZooKeeperNode was asked for.</summary>
/// <param name="Cluster">Name of the cluster.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Nodes">Names of pods; null for all.</param>
/// <param name="RotateCredential">Make a fresh credential; all servers are restarted then.</param>
/// <param name="Force">Bear that there is no quorum meanwhile.</param>
/// <param name="StepTimeout">Limit for each step.</param>
internal sealed record RestartRequest(string Cluster, string Namespace, IReadOnlyCollection<string>? Nodes, bool RotateCredential,
    bool Force, TimeSpan StepTimeout);

/// <summary>What will be done, from one look.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="View">The ensemble now.</param>
/// <param name="Goal">The servers to restart.</param>
internal sealed record RestartPlan(RestartRequest Request, EnsembleView View, RestartServers Goal)
{
    /// <summary>The steps that the run will take, if each brings about what is expected of it.</summary>
    public IReadOnlyList<PlanStep> Steps => EnsembleSteps.Unfold(Goal, EnsembleState.Of(View));
}

/// <summary>Restarts servers one at a time: followers first, the leader last, each one back in sync before the next.</summary>
/// <remarks>
/// A fresh credential is taken up at a server's start. While it is exchanged the Secret holds both passwords: servers that were restarted
/// know the new one, the others the former, and what needs the superuser tries both. A server that already takes the new one is not
/// restarted again, so that an interrupted exchange is gone on with.
/// </remarks>
internal static class RestartEnsemble
{
    /// <summary>Makes the plan, and refuses what cannot be. Changes nothing.</summary>
    /// <exception cref="ClusterException">It cannot be done now, or there is no such server.</exception>
    public static async Task<RestartPlan> PlanAsync(KubeConnection connection, RestartRequest request, CancellationToken cancel)
    {
        var names = new ClusterNames(request.Cluster);
        var view = await EnsembleReader.ReadSteadyAsync(connection, request.Namespace, request.Cluster, v => v.IsElecting, cancel)
            .ConfigureAwait(false);
        if (view.Set.Annotation(ClusterNames.ChangeAnnotation) is not null)
            await ClusterLease.RefuseIfHeldAsync(connection, request.Namespace, names, cancel).ConfigureAwait(false);
        var known = view.Servers.Where(s => s.Pod is not null || s.Node.Ordinal < view.Replicas).ToDictionary(s => s.Node.Pod, s => s.Node);
        var wanted = request.RotateCredential || request.Nodes is null ? known.Keys : (IEnumerable<string>)request.Nodes.Distinct();
        if (wanted.FirstOrDefault(n => !known.ContainsKey(n)) is string unknown)
            throw new ClusterException("NodeNotFound", FailureKind.NotFound, unknown,
                $"{request.Cluster} has no ZooKeeper server '{unknown}'. It has: {string.Join(", ", known.Keys)}.");
        List<NodeRef> servers = [.. wanted.Select(n => known[n])];
        var order = EnsembleGuards.RestartOrder(view, servers.Select(s => s.NodeId));
        // The first only: one that is down, as an interrupted run leaves it, comes first and is awaited before the next.
        if (order.Count > 0 && EnsembleGuards.MayRestart(view, order[0].Id, request.Force) is { } refusal)
            throw refusal;
        string? credential = null;
        if (request.RotateCredential)
        {
            var secret = await connection.TryGetAsync(ResourceKind.Secret, request.Namespace, names.ReconfigSecret, cancel)
                .ConfigureAwait(false);
            credential = ReconfigCredential.Passwords(secret).Count switch
            {
                0 => "the Secret has a new credential",
                1 => "the Secret has a new credential and the former one",
                _ => "nothing: an earlier exchange was not finished, and is gone on with",
            };
        }

        return new RestartPlan(request, view, new RestartServers(servers, credential));
    }

    /// <summary>Carries the plan out; the result is the restarted servers.</summary>
    public static async IAsyncEnumerable<OperationEvent> RunAsync(KubeConnection connection, RestartPlan plan,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var (request, names, ns) = (plan.Request, plan.View.Names, plan.Request.Namespace);
        var run = new EnsembleRun(connection, names, ns, request.StepTimeout);
        var purpose = new LeasePurpose("Restart-ZooKeeperNode");
        var seen = plan.View;
        string? fresh = null;
        await foreach (var e in ClusterLease.UnderAsync(connection, ns, names, purpose, Work, cancel).ConfigureAwait(false))
            yield return e;
        var restarted = plan.Goal.Servers.Select(s => s.Pod).ToHashSet();
        yield return new Completed<IReadOnlyList<ZooKeeperNode>>(
            [.. EnsembleReader.Nodes(connection, seen).Where(n => restarted.Contains(n.Node))]);

        IAsyncEnumerable<OperationEvent> Work(ClusterLease lease)
        {
            IAsyncEnumerable<OperationEvent> Carry(PlanStep step, EnsembleView view) => step.Action switch
            {
                ChangeAction.Restart => RestartAsync(connection, run, lease, plan, step, view, fresh, cancel),
                ChangeAction.Rotate when fresh is null =>
                    run.InsistAsync(step.InWords(),
                        async token => fresh = await ExchangeAsync(connection, ns, names, token).ConfigureAwait(false), cancel),
                _ => run.InsistAsync(step.InWords(), token => RetireAsync(connection, ns, names, token), cancel),
            };

            return run.TowardsAsync(plan.Goal, Carry, v => seen = v, cancel);
        }
    }

    private static async IAsyncEnumerable<OperationEvent> RestartAsync(
        KubeConnection connection, EnsembleRun run, ClusterLease lease, RestartPlan plan, PlanStep step, EnsembleView view, string? fresh,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        if (fresh is not null && await run.TakesAsync(step.Name, fresh, cancel).ConfigureAwait(false) == true)
        {
            yield return new Applied(step with { Action = ChangeAction.None, Note = "it takes the present credential already" });
            yield break;
        }

        var (request, names, pod) = (plan.Request, view.Names, view.Servers.First(s => s.Node.Pod == step.Name).Pod!);
        var wait = new ClusterWait(connection, names, request.Namespace);
        var roller = new Roller(connection, names, request.Namespace, wait, lease.HoldAsync, request.Force, TimeProvider.System);
        var policy = new ZooKeeperRollPolicy(connection, names, request.Namespace, request.Force);
        await foreach (var e in run.WithinStepAsync($"Check before {step.Name}", token => roller.ClearAsync(policy, pod, token), cancel)
            .ConfigureAwait(false))
            yield return e;
        await foreach (var e in run.WithinStepAsync(step.InWords(), token => roller.ReplaceAsync(policy, pod, step.Reason, token), cancel)
            .ConfigureAwait(false))
            yield return e is Applied ? new Applied(step) : e;
    }

    private static Task<JsonObject> RetireAsync(KubeConnection connection, string ns, ClusterNames names, CancellationToken cancel) =>
        connection.MergeAsync(
        ResourceKind.Secret, ns, names.ReconfigSecret,
        new JsonObject { ["data"] = new JsonObject { [ReconfigCredential.FormerKey] = null } }, cancel);

    private static async Task<string> ExchangeAsync(KubeConnection connection, string ns, ClusterNames names, CancellationToken cancel)
    {
        var secret = await connection.TryGetAsync(ResourceKind.Secret, ns, names.ReconfigSecret, cancel).ConfigureAwait(false);
        if (secret is null)
            secret = await connection.CreateAsync(ReconfigCredential.NewSecret(names), ns, cancel).ConfigureAwait(false);
        else if (ReconfigCredential.Passwords(secret).Count < 2)
            secret = await connection.MergeAsync(ResourceKind.Secret, ns, names.ReconfigSecret, ReconfigCredential.Exchange(secret), cancel)
                .ConfigureAwait(false);
        return ReconfigCredential.Passwords(secret)[0];
    }
}
