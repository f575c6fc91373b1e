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
internal sealed record RestartRequest(string Cluster, string Namespace, IReadOnlyCollection<string>? Nodes, bool RotateCredential, bool Force, TimeSpan StepTimeout);

/// <summary>What will be done, from one look.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="View">The ensemble now.</param>
/// <param name="Ids">Servers to restart.</param>
/// <param name="Steps">The steps in words.</param>
internal sealed record RestartPlan(RestartRequest Request, EnsembleView View, IReadOnlyList<int> Ids, IReadOnlyList<PlanStep> Steps);

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
        var view = await EnsembleReader.ReadSteadyAsync(connection, request.Namespace, request.Cluster, v => v.IsElecting, cancel).ConfigureAwait(false);
        if (view.Set.Annotation(ClusterNames.ChangeAnnotation) is not null)
            await ClusterLease.RefuseIfHeldAsync(connection, request.Namespace, names, cancel).ConfigureAwait(false);
        var known = view.Servers.Where(s => s.Pod is not null || s.Ordinal < view.Replicas).ToDictionary(s => names.ZooKeeperPod(s.Ordinal), s => s.Id);
        var wanted = request.RotateCredential || request.Nodes is null ? known.Keys : (IEnumerable<string>)request.Nodes.Distinct();
        if (wanted.FirstOrDefault(n => !known.ContainsKey(n)) is string unknown)
            throw new ClusterException("NodeNotFound", FailureKind.NotFound, unknown, $"{request.Cluster} has no ZooKeeper server '{unknown}'. It has: {string.Join(", ", known.Keys)}.");
        List<int> ids = [.. wanted.Select(n => known[n])];
        var order = EnsembleGuards.RestartOrder(view, ids);
        // The first only: one that is down, as an interrupted run leaves it, comes first and is awaited before the next.
        if (order.Count > 0 && EnsembleGuards.MayRestart(view, order[0].Id, request.Force) is { } refusal)
            throw refusal;
        string? credential = null;
        if (request.RotateCredential)
        {
            var secret = await connection.TryGetAsync(ResourceKind.Secret, request.Namespace, names.ReconfigSecret, cancel).ConfigureAwait(false);
            credential = ReconfigCredential.Passwords(secret).Count switch
            {
                0 => "the Secret has a new credential",
                1 => "the Secret has a new credential and the former one",
                _ => "nothing: an earlier exchange was not finished, and is gone on with",
            };
        }

        return new RestartPlan(request, view, ids, EnsemblePlan.Restart(view, ids, credential));
    }

    /// <summary>Carries the plan out; the result is the restarted servers.</summary>
    public static async IAsyncEnumerable<OperationEvent> RunAsync(KubeConnection connection, RestartPlan plan, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (request, names, ns) = (plan.Request, plan.View.Names, plan.Request.Namespace);
        var run = new EnsembleRun(connection, names, ns, request.StepTimeout);
        await foreach (var e in ClusterLease.AwaitFreeAsync(connection, ns, names, null, LeaseWatch.Shared, cancel).ConfigureAwait(false))
            yield return e;
        var lease = await ClusterLease.TakeAsync(connection, ns, names, new LeasePurpose("Restart-ZooKeeperNode"), LeaseWatch.Shared, cancel).ConfigureAwait(false);
        await using (lease.ConfigureAwait(false))
        {
            string? fresh = null;
            if (request.RotateCredential)
            {
                fresh = await ExchangeAsync(connection, ns, names, cancel).ConfigureAwait(false);
                yield return new Applied(PlanSteps.Of(names, ns, "Secret", names.ReconfigSecret, ChangeAction.Update, "a fresh credential"));
            }

            var left = plan.Ids.ToHashSet();
            while (left.Count > 0)
            {
                // Who leads may change with each restart: the order is computed again each time.
                // One whose pod is gone for the moment has to come back first, or it would be left out.
                IReadOnlyList<ServerProbe> order = [];
                await foreach (var e in run.UntilAsync("Order", v => Absent(v, order = EnsembleGuards.RestartOrder(v, left)), cancel).ConfigureAwait(false))
                    yield return e;
                if (order.Count == 0)
                    break; // they were removed meanwhile
                var (server, pod) = (order[0], order[0].Pod!);
                left.Remove(server.Id);
                if (fresh is not null && await run.TakesAsync(pod.Name(), fresh, cancel).ConfigureAwait(false) == true)
                {
                    yield return new Note($"{pod.Name()} takes the present credential already");
                    continue;
                }

                await foreach (var e in RestartAsync(connection, run, lease, plan, pod, cancel).ConfigureAwait(false))
                    yield return e;
            }

            if (fresh is not null)
            {
                yield return new Note($"Rotate {names.ReconfigSecret}");
                await connection.MergeAsync(ResourceKind.Secret, ns, names.ReconfigSecret, new JsonObject { ["data"] = new JsonObject { [ReconfigCredential.FormerKey] = null } }, cancel).ConfigureAwait(false);
            }
        }

        var after = EnsembleReader.Nodes(connection, await run.LookAsync(cancel).ConfigureAwait(false));
        yield return new Completed<IReadOnlyList<ZooKeeperNode>>([.. after.Where(n => plan.Ids.Contains(n.Id))]);
    }

    private static async IAsyncEnumerable<OperationEvent> RestartAsync(
        KubeConnection connection, EnsembleRun run, ClusterLease lease, RestartPlan plan, JsonObject pod, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (request, view, name) = (plan.Request, plan.View, pod.Name());
        var wait = new ClusterWait(connection, view.Names, request.Namespace);
        var roller = new Roller(connection, view.Names, request.Namespace, wait, lease.HoldAsync, request.Force, TimeProvider.System);
        var policy = new ZooKeeperRollPolicy(connection, view.Names, request.Namespace, request.Force);
        await foreach (var e in run.WithinStepAsync($"Check before {name}", token => roller.ClearAsync(policy, pod, token), cancel).ConfigureAwait(false))
            yield return e;
        await foreach (var e in run.WithinStepAsync($"Restart {name}", token => roller.ReplaceAsync(policy, pod, request.RotateCredential ? RestartReason.Credential : RestartReason.ByHand, token), cancel).ConfigureAwait(false))
            yield return e;
    }

    private static string? Absent(EnsembleView view, IReadOnlyList<ServerProbe> order)
    {
        var gone = order.Where(s => s.Pod is null).Select(s => view.Names.ZooKeeperPod(s.Ordinal)).ToList();
        return gone.Count == 0 ? null : $"{string.Join(", ", gone)} has no pod at the moment";
    }

    private static async Task<string> ExchangeAsync(KubeConnection connection, string ns, ClusterNames names, CancellationToken cancel)
    {
        var secret = await connection.TryGetAsync(ResourceKind.Secret, ns, names.ReconfigSecret, cancel).ConfigureAwait(false);
        if (secret is null)
            secret = await connection.CreateAsync(ReconfigCredential.NewSecret(names), ns, cancel).ConfigureAwait(false);
        else if (ReconfigCredential.Passwords(secret).Count < 2)
            secret = await connection.MergeAsync(ResourceKind.Secret, ns, names.ReconfigSecret, ReconfigCredential.Exchange(secret), cancel).ConfigureAwait(false);
        return ReconfigCredential.Passwords(secret)[0];
    }
}
