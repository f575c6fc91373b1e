using System.Runtime.CompilerServices;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Rolling;
using KafkaK8s.Core.Running;
using KafkaK8s.Core.ZooKeeper;

namespace KafkaK8s.Core.Operations;

/// <summary>What Add- or Remove-ZooKeeperNode was asked for.</summary>
/// <param name="Cluster">Name of the cluster.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Change">Servers to add; negative: to remove.</param>
/// <param name="Force">Allow an even ensemble.</param>
/// <param name="DeleteData">Delete the volumes of removed servers.</param>
/// <param name="StepTimeout">Limit for each step.</param>
internal sealed record ResizeRequest(string Cluster, string Namespace, int Change, bool Force, bool DeleteData, TimeSpan StepTimeout)
{
    /// <summary>Names of the pods to remove, in place of a number; null where a number was given.</summary>
    public IReadOnlyCollection<string>? Nodes { get; init; }

    /// <summary>The cmdlet's name.</summary>
    public string Command => Change > 0 ? "Add-ZooKeeperNode" : "Remove-ZooKeeperNode";
}

/// <summary>What will be done, from one look.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="View">The ensemble now.</param>
/// <param name="Target">Members that it will have.</param>
/// <param name="Resumes">An earlier run's goal is gone on with.</param>
/// <param name="Claims">Volume claims that will be deleted.</param>
/// <param name="Steps">The steps in words.</param>
internal sealed record ResizePlan(ResizeRequest Request, EnsembleView View, int Target, bool Resumes, IReadOnlyList<string> Claims, IReadOnlyList<PlanStep> Steps);

/// <summary>
/// Grows or shrinks an ensemble, one server at a time. Every step reads anew what is there, so that a run that was interrupted anywhere
/// is gone on with by the same command.
/// </summary>
/// <remarks>
/// Sizes after a change: the live StatefulSet and the spec's annotation have the new one. The templates of the pods keep the size of the
/// first start (<c>ZK_BOOTSTRAP_SERVERS</c>, <c>ZK_SERVERS</c>), so that no pod becomes outdated: the start script takes a newer size
/// from the ConfigMap, and brokers find members beyond their list by the name of the headless Service.
/// </remarks>
internal static class ResizeEnsemble
{
    private static readonly TimeSpan UndoLimit = TimeSpan.FromSeconds(90);

    /// <summary>Makes the plan, and refuses what cannot be. Changes nothing.</summary>
    /// <exception cref="ClusterException">It cannot be done now, or not at all.</exception>
    public static async Task<ResizePlan> PlanAsync(KubeConnection connection, ResizeRequest request, CancellationToken cancel)
    {
        var names = new ClusterNames(request.Cluster);
        if (request.Change == 0 || Math.Abs((long)request.Change) > EnsembleGuards.MostServers)
            throw new ClusterException("InvalidCount", FailureKind.InvalidInput, request.Change, $"-Count is 1 to {EnsembleGuards.MostServers}.");
        // Right after an interruption an election, or a vote that not all have heard of, is no reason to refuse.
        var view = await EnsembleReader.ReadSteadyAsync(connection, request.Namespace, request.Cluster,
            v => v.IsElecting || v.HasQuorum && Goal(v, request) is (var to, true) && Obstacle(v, request, to) is not null, cancel).ConfigureAwait(false);
        if (view.Set.Annotation(ClusterNames.ChangeAnnotation) is not null)
            await ClusterLease.RefuseIfHeldAsync(connection, request.Namespace, names, cancel).ConfigureAwait(false);
        if (EnsembleGuards.Quorum(view) is { } lost)
            throw lost;
        var (target, resumes) = Goal(view, request);
        if (request.Nodes is not null && NotTheHighest(view, request.Nodes, target) is { } others)
            throw others;
        if (EnsembleGuards.Size(view, target, request.Force || resumes || target == view.MemberCount) is { } size)
            throw size;
        if (Obstacle(view, request, target) is { } refusal)
            throw refusal;
        await new EnsembleRun(connection, names, request.Namespace, request.StepTimeout).PasswordsAsync(cancel).ConfigureAwait(false);
        var claims = request.Change > 0 || !request.DeleteData ? [] : Ordinals(view, target, resumes ? Unfinished(view)!.From : 0)
            .Select(o => ClusterNames.Claim(names.ZooKeeperPod(o))).Where(view.Claims.Contains).ToList();
        return new ResizePlan(request, view, target, resumes, claims, request.Change > 0 ? EnsemblePlan.Add(view, target) : EnsemblePlan.Remove(view, target, claims.Count > 0));
    }

    private static LeaseRecord? Unfinished(EnsembleView view) => LeaseRecord.Read(view.Set.Annotation(ClusterNames.ChangeAnnotation));

    /// <summary>The failure of a number beside names.</summary>
    public static ClusterException CountAndNodes(int nodes) => new("CountAndNodes", FailureKind.InvalidInput, nodes,
        $"-Count was given beside {nodes} named or piped servers: give either the number or the servers.");

    private static (int Target, bool Resumes) Goal(EnsembleView view, ResizeRequest request)
    {
        // Pods without a vote go along with the members; of them alone the number of members stays.
        int change = request.Nodes is null ? request.Change : -request.Nodes.Distinct().Count(n => view.IsVoter(ClusterNames.Ordinal(n) + 1));
        int target = LeaseRecord.Target(Unfinished(view), view.MemberCount, change, request.Cluster);
        return (target, Unfinished(view) is { IsResize: true } before && before.To == target);
    }

    /// <summary>A set only ever loses its highest pods: the servers that are named are the ones that go, or nothing is done. Pure.</summary>
    public static ClusterException? NotTheHighest(EnsembleView view, IReadOnlyCollection<string> nodes, int target)
    {
        var names = view.Names;
        var known = view.Servers.Where(s => s.Pod is not null || s.Ordinal < view.Replicas || view.IsVoter(s.Id)).Select(s => names.ZooKeeperPod(s.Ordinal)).ToList();
        if (nodes.FirstOrDefault(n => !known.Contains(n)) is string unknown)
            return new ClusterException("NodeNotFound", FailureKind.NotFound, unknown, $"{names.Cluster} has no ZooKeeper server '{unknown}'. It has: {string.Join(", ", known)}.");
        var going = Ordinals(view, target, 0).Select(names.ZooKeeperPod).Intersect(known).ToHashSet();
        if (going.SetEquals(nodes))
            return null;
        int count = nodes.Distinct().Count();
        var highest = known.OrderByDescending(ClusterNames.Ordinal).Take(count).ToList();
        return new ClusterException("NotTheHighest", FailureKind.InvalidInput, string.Join(", ", nodes),
            $"A StatefulSet loses its highest pods first: {string.Join(", ", nodes.Distinct())} cannot go alone. The {count} that can go: {string.Join(", ", highest)}. Name these, or restart a server with Restart-ZooKeeperNode.");
    }

    private static ClusterException? Obstacle(EnsembleView view, ResizeRequest request, int target) =>
        request.Change > 0 ? EnsembleGuards.MayAdd(view) : target >= 1 && target < view.MemberCount ? EnsembleGuards.MayRemove(view, EnsemblePlan.Leaving(view, target)[0] + 1) : null;

    /// <summary>Carries the plan out; the result is the ensemble afterwards.</summary>
    /// <param name="connection">Connection to the API server.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="catalog">The manifests: their number of servers is meant where the spec names none.</param>
    /// <param name="cancel">Interrupts it; what is done stands.</param>
    public static async IAsyncEnumerable<OperationEvent> RunAsync(KubeConnection connection, ResizePlan plan, ManifestCatalog catalog, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (request, names, ns) = (plan.Request, plan.View.Names, plan.Request.Namespace);
        var run = new EnsembleRun(connection, names, ns, request.StepTimeout);
        // Not while planning: a session is a write, and -WhatIf writes nothing.
        await run.CheckCredentialAsync(plan.View, cancel).ConfigureAwait(false);
        await foreach (var e in ClusterLease.AwaitFreeAsync(connection, ns, names, null, LeaseWatch.Shared, cancel).ConfigureAwait(false))
            yield return e;
        var purpose = new LeasePurpose(request.Command, plan.View.MemberCount, plan.Target);
        var lease = await ClusterLease.TakeAsync(connection, ns, names, purpose, LeaseWatch.Shared, cancel).ConfigureAwait(false);
        await using (lease.ConfigureAwait(false))
        {
            if (plan.Resumes)
                yield return new Note($"going on with an earlier change to {plan.Target} servers");
            await foreach (var e in (request.Change > 0 ? GrowAsync(run, lease, plan, cancel) : ShrinkAsync(connection, run, lease, plan, cancel)).ConfigureAwait(false))
                yield return e;
            yield return new Note($"Record {names.BrokerSet}");
            await run.WriteSpecAsync(plan.Target, catalog, cancel).ConfigureAwait(false);
            lease.Complete();
        }

        yield return new Completed<IReadOnlyList<ZooKeeperNode>>(EnsembleReader.Nodes(connection, await run.LookAsync(cancel).ConfigureAwait(false)));
    }

    private static async IAsyncEnumerable<OperationEvent> GrowAsync(EnsembleRun run, ClusterLease lease, ResizePlan plan, [EnumeratorCancellation] CancellationToken cancel)
    {
        // Before the first one joins: from then on a first start without the new one would be wrong.
        await run.WriteSizeAsync(plan.Target, cancel).ConfigureAwait(false);
        var view = plan.View;
        for (int n = 1; view.MemberCount < plan.Target; n++)
        {
            int ordinal = EnsemblePlan.Joining(view, plan.Target)[0];
            Exception? failure = null;
            await foreach (var e in CaughtAsync(JoinAsync(run, lease, plan.View, ordinal, cancel), x => failure = x, cancel).ConfigureAwait(false))
                yield return e;
            if (failure is ClusterException cause)
            {
                string undone = await UndoJoinAsync(run, lease, plan.View, ordinal, cancel).ConfigureAwait(false);
                throw new ClusterException(cause.Id, cause.Kind, cause.Target, $"{plan.View.Names.ZooKeeperPod(ordinal)} did not become a member: {cause.Message} {undone}", cause);
            }

            await foreach (var e in run.QuorumAsync($"Check {view.Names.ZooKeeperSet}", v => view = v, cancel).ConfigureAwait(false))
                yield return e;
        }
    }

    private static async IAsyncEnumerable<OperationEvent> JoinAsync(EnsembleRun run, ClusterLease lease, EnsembleView first, int ordinal, [EnumeratorCancellation] CancellationToken cancel)
    {
        string pod = first.Names.ZooKeeperPod(ordinal);
        var view = first;
        await foreach (var e in run.SettledAsync($"Check {first.Names.ZooKeeperSet}", v => view = v, cancel).ConfigureAwait(false))
            yield return e;
        await lease.HoldAsync(cancel).ConfigureAwait(false);
        if (view.Replicas <= ordinal)
        {
            await foreach (var e in run.ClaimGoneAsync($"Start {pod}", pod, cancel).ConfigureAwait(false))
                yield return e;
            await foreach (var e in run.InsistAsync($"Start {pod}", token => lease.ScaleAsync(ordinal + 1, token), cancel).ConfigureAwait(false))
                yield return e;
            yield return Done(first, "Pod", pod, ChangeAction.Create, "");
        }

        await foreach (var e in run.PodReadyAsync($"Start {pod}", pod, null, cancel).ConfigureAwait(false))
            yield return e;
        long? goal = null; // what the leader has at the first look: under load its newest is never reached
        await foreach (var e in run.UntilAsync($"Start {pod}", v =>
        {
            goal ??= v.Leader?.Answer.Zxid;
            var server = v.Servers.FirstOrDefault(s => s.Ordinal == ordinal);
            return goal is not long ahead ? "the ensemble has no leader at the moment"
                : server is not { Serves: true, Answer.Zxid: long own } ? $"{pod} does not follow the leader yet"
                : EnsembleView.Distance(ahead, own) is > 0 and long behind ? $"{pod} is {behind} transactions behind" : null;
        }, cancel).ConfigureAwait(false))
            yield return e;

        await lease.HoldAsync(cancel).ConfigureAwait(false);
        await foreach (var e in run.VoteAsync($"Join {pod}", ordinal + 1, join: true, lease, cancel).ConfigureAwait(false))
            yield return e;
        yield return Done(first, "ZooKeeperMember", pod, ChangeAction.Create, "it votes");
        await foreach (var e in run.SettledAsync($"Verify {pod}", static _ => { }, cancel).ConfigureAwait(false))
            yield return e;
    }

    // A server that did not make it must not be left with a vote: it would count against the others.
    private static async Task<string> UndoJoinAsync(EnsembleRun run, ClusterLease lease, EnsembleView first, int ordinal, CancellationToken cancel)
    {
        string again = "The same command goes on from there.";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(UndoLimit);
        try
        {
            await lease.HoldAsync(limit.Token).ConfigureAwait(false);
            await foreach (var _ in run.VoteAsync("Undo", ordinal + 1, join: false, lease, limit.Token).ConfigureAwait(false))
            {
                // Nothing to say: it is the failure that is told.
            }

            var view = await run.LookAsync(limit.Token).ConfigureAwait(false);
            if (view.HasQuorum && view.Replicas == ordinal + 1)
                await lease.ScaleAsync(ordinal, limit.Token).ConfigureAwait(false);
            return $"It was taken back: the ensemble has {view.MemberCount} members, as before this step. {again}";
        }
        catch (Exception e) when (e is ClusterException or ZooKeeperException || e is OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return $"It could not be taken back ({(e is OperationCanceledException ? "no quorum in time" : e.Message)}), so the set keeps the pod. {again}";
        }
    }

    private static async IAsyncEnumerable<OperationEvent> ShrinkAsync(KubeConnection connection, EnsembleRun run, ClusterLease lease, ResizePlan plan, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (names, ns) = (plan.View.Names, plan.Request.Namespace);
        var view = plan.View;
        while (view.MemberCount > plan.Target)
        {
            int ordinal = EnsemblePlan.Leaving(view, plan.Target)[0];
            string pod = names.ZooKeeperPod(ordinal);
            await foreach (var e in run.UntilAsync($"Check {names.ZooKeeperSet}", v => EnsembleGuards.MayRemove(v, ordinal + 1)?.Message, cancel).ConfigureAwait(false))
                yield return e;
            await lease.HoldAsync(cancel).ConfigureAwait(false);
            await foreach (var e in run.VoteAsync($"Leave {pod}", ordinal + 1, join: false, lease, cancel).ConfigureAwait(false))
                yield return e;
            yield return Done(view, "ZooKeeperMember", pod, ChangeAction.Delete, "it has no vote any more");
            await foreach (var e in VerifyLeftAsync(run, ordinal, pod, cancel).ConfigureAwait(false))
                yield return e;
            await foreach (var e in StopAsync(run, lease, $"Stop {pod}", v => view = v, cancel).ConfigureAwait(false))
                yield return e;
        }

        // What an interrupted run left: pods that are out of the ensemble and still there.
        await foreach (var e in StopAsync(run, lease, $"Stop {names.ZooKeeperSet}", _ => { }, cancel).ConfigureAwait(false))
            yield return e;
        foreach (string name in plan.Claims)
        {
            if (await connection.DeleteAsync(ResourceKind.VolumeClaim, ns, name, null, cancel).ConfigureAwait(false))
                yield return Done(view, "PersistentVolumeClaim", name, ChangeAction.Delete, "");
        }

        await run.WriteSizeAsync(plan.Target, cancel).ConfigureAwait(false);
    }

    // A pod may go only when those who stay have a leader of their own and have committed a write without it: the check of the credential
    // opens a session and writes, each by a quorum of those who stay.
    private static async IAsyncEnumerable<OperationEvent> VerifyLeftAsync(EnsembleRun run, int ordinal, string pod, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var e in run.UntilAsync($"Verify {pod}", v => v.Leader?.Ordinal == ordinal ? $"{pod} still leads" : EnsembleGuards.Quorum(v)?.Message ?? LateOnes(v), cancel).ConfigureAwait(false))
            yield return e;
        await foreach (var e in run.WithinStepAsync($"Verify {pod}", token => WriteAsync(run, ordinal, token), cancel).ConfigureAwait(false))
            yield return e;
    }

    private static async IAsyncEnumerable<OperationEvent> WriteAsync(EnsembleRun run, int ordinal, [EnumeratorCancellation] CancellationToken cancel)
    {
        while (true)
        {
            var (view, why) = await run.TryLookAsync(cancel).ConfigureAwait(false);
            if (view is not null)
                why = await TryWriteAsync(run, view, ordinal, cancel).ConfigureAwait(false);
            if (why is null)
                yield break;
            yield return new Waiting("Verify", why);
            await Task.Delay(TimeSpan.FromMilliseconds(300), cancel).ConfigureAwait(false);
        }
    }

    private static async Task<string?> TryWriteAsync(EnsembleRun run, EnsembleView view, int without, CancellationToken cancel)
    {
        try
        {
            var session = await run.SuperSessionAsync(view.Serving.Where(s => s.Ordinal != without), cancel).ConfigureAwait(false);
            await session.DisposeAsync().ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is ZooKeeperException or ClusterException { Kind: FailureKind.Connection or FailureKind.Unavailable })
        {
            return $"no write is committed yet: {e.Message}";
        }
    }

    private static string? LateOnes(EnsembleView view)
    {
        var late = view.Serving.Where(s => s.Answer.Config is { } c && c.Version != view.Config!.Version).Select(s => view.Names.ZooKeeperPod(s.Ordinal)).ToList();
        return late.Count == 0 ? null : $"{string.Join(", ", late)} has not heard of the new configuration yet";
    }

    private static async IAsyncEnumerable<OperationEvent> StopAsync(EnsembleRun run, ClusterLease lease, string step, Action<EnsembleView> seen, [EnumeratorCancellation] CancellationToken cancel)
    {
        EnsembleView view = null!;
        await foreach (var e in run.QuorumAsync(step, v => seen(view = v), cancel).ConfigureAwait(false))
            yield return e;
        int keep = view.Config!.Voters.Max();
        if (view.Replicas > keep)
        {
            await foreach (var e in run.InsistAsync(step, token => lease.ScaleAsync(keep, token), cancel).ConfigureAwait(false))
                yield return e;
            foreach (int ordinal in Enumerable.Range(keep, view.Replicas - keep).Reverse())
                yield return Done(view, "Pod", view.Names.ZooKeeperPod(ordinal), ChangeAction.Delete, "");
        }

        await foreach (var e in run.PodsGoneAsync(step, keep, cancel).ConfigureAwait(false))
            yield return e;
    }

    // Ordinals that a removal takes away, those that an interrupted run already has included.
    private static IEnumerable<int> Ordinals(EnsembleView view, int target, int from)
    {
        int keep = EnsemblePlan.HighestStaying(view, target) + 1;
        return Enumerable.Range(keep, Math.Max(0, Math.Max(Math.Max(view.Replicas, view.Config?.Voters.Max() ?? 0), from) - keep)).Reverse();
    }

    private static Applied Done(EnsembleView view, string kind, string name, string action, string note) =>
        new(PlanSteps.Of(view.Names, view.Namespace, kind, name, action, note));

    // Hands a failure over instead of throwing it, so that it can be undone first. An interruption is none: what stands is gone on with.
    private static async IAsyncEnumerable<OperationEvent> CaughtAsync(IAsyncEnumerable<OperationEvent> source, Action<Exception> failed, [EnumeratorCancellation] CancellationToken cancel)
    {
        var events = source.GetAsyncEnumerator(cancel);
        await using (events.ConfigureAwait(false))
        {
            while (true)
            {
                try
                {
                    if (!await events.MoveNextAsync().ConfigureAwait(false))
                        yield break;
                }
                catch (ClusterException e)
                {
                    failed(e);
                    yield break;
                }

                yield return events.Current;
            }
        }
    }
}
