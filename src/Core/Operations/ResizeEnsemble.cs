using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
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
/// <param name="Goal">What it is to become.</param>
/// <param name="Target">Members that it will have.</param>
/// <param name="Resumes">An earlier run's goal is gone on with.</param>
/// <param name="Claims">Volume claims that will be deleted.</param>
internal sealed record ResizePlan(
    ResizeRequest Request, EnsembleView View, EnsembleGoal Goal, int Target, bool Resumes, IReadOnlyList<string> Claims)
{
    /// <summary>The steps that the run will take, if each brings about what is expected of it.</summary>
    public IReadOnlyList<PlanStep> Steps => EnsembleSteps.Unfold(Goal, EnsembleState.Of(View));
}

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
            throw new ClusterException("InvalidCount", FailureKind.InvalidInput, request.Change,
                $"-Count is 1 to {EnsembleGuards.MostServers}.");
        // Right after an interruption an election, or a vote that not all have heard of, is no reason to refuse.
        var view = await EnsembleReader.ReadSteadyAsync(connection, request.Namespace, request.Cluster,
            v => v.IsElecting || v.HasQuorum && Goal(v, request) is (var to, true) && Obstacle(v, request, to) is not null, cancel)
            .ConfigureAwait(false);
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
        var claims = request.Change > 0 || !request.DeleteData ? [] : Going(view, target, resumes ? Unfinished(view)!.From : 0)
            .Select(s => ClusterNames.Claim(s.Pod)).Where(view.Claims.Contains).ToList();
        return new ResizePlan(request, view, request.Change > 0 ? new GrowTo(target) : new ShrinkTo(target, claims), target, resumes,
            claims);
    }

    private static LeaseRecord? Unfinished(EnsembleView view) => LeaseRecord.Read(view.Set.Annotation(ClusterNames.ChangeAnnotation));

    /// <summary>The failure of a number beside names.</summary>
    public static ClusterException CountAndNodes(int nodes) => new("CountAndNodes", FailureKind.InvalidInput, nodes,
        $"-Count was given beside {nodes} named or piped servers: give either the number or the servers.");

    private static (int Target, bool Resumes) Goal(EnsembleView view, ResizeRequest request)
    {
        // Pods without a vote go along with the members; of them alone the number of members stays.
        int change = request.Nodes is null ? request.Change
            : -request.Nodes.Distinct().Count(n => view.Names.ServerOfPod(n) is { } server && view.IsVoter(server.NodeId));
        int target = LeaseRecord.Target(Unfinished(view), view.MemberCount, change, request.Cluster);
        return (target, Unfinished(view) is { IsResize: true } before && before.To == target);
    }

    /// <summary>A set only ever loses its highest pods: the servers that are named are the ones that go, or nothing is done.
    /// Pure.</summary>
    public static ClusterException? NotTheHighest(EnsembleView view, IReadOnlyCollection<string> nodes, int target)
    {
        var names = view.Names;
        var known = view.Servers.Where(s => s.Pod is not null || s.Node.Ordinal < view.Replicas || view.IsVoter(s.Id))
            .Select(s => s.Node.Pod).ToList();
        if (nodes.FirstOrDefault(n => !known.Contains(n)) is string unknown)
            return new ClusterException("NodeNotFound", FailureKind.NotFound, unknown,
                $"{names.Cluster} has no ZooKeeper server '{unknown}'. It has: {string.Join(", ", known)}.");
        var going = Going(view, target, 0).Select(s => s.Pod).Intersect(known).ToHashSet();
        if (going.SetEquals(nodes))
            return null;
        int count = nodes.Distinct().Count();
        var highest = known.OrderByDescending(ClusterNames.Ordinal).Take(count).ToList();
        return new ClusterException("NotTheHighest", FailureKind.InvalidInput, string.Join(", ", nodes),
            $"A StatefulSet loses its highest pods first: {string.Join(", ", nodes.Distinct())} cannot go alone. The {count} that can go: "
                + $"{string.Join(", ", highest)}. Name these, or restart a server with Restart-ZooKeeperNode.");
    }

    private static ClusterException? Obstacle(EnsembleView view, ResizeRequest request, int target) =>
        request.Change > 0 ? EnsembleGuards.MayAdd(view)
            : target >= 1 && target < view.MemberCount
                ? EnsembleGuards.MayRemove(view, EnsembleSteps.Leaving(EnsembleState.Of(view), target)[0].NodeId) : null;

    /// <summary>Carries the plan out; the result is the ensemble afterwards.</summary>
    /// <param name="connection">Connection to the API server.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="catalog">The manifests: their number of servers is meant where the spec names none.</param>
    /// <param name="cancel">Interrupts it; what is done stands.</param>
    public static async IAsyncEnumerable<OperationEvent> RunAsync(KubeConnection connection, ResizePlan plan, ManifestCatalog catalog,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var (request, names, ns) = (plan.Request, plan.View.Names, plan.Request.Namespace);
        var run = new EnsembleRun(connection, names, ns, request.StepTimeout);
        // Not while planning: a session is a write, and -WhatIf writes nothing.
        await run.CheckCredentialAsync(plan.View, cancel).ConfigureAwait(false);
        var purpose = new LeasePurpose(request.Command, plan.View.MemberCount, plan.Target);
        var seen = plan.View;
        await foreach (var e in ClusterLease.UnderAsync(connection, ns, names, purpose, WorkAsync, cancel).ConfigureAwait(false))
            yield return e;
        yield return new Completed<IReadOnlyList<ZooKeeperNode>>(EnsembleReader.Nodes(connection, seen));

        async IAsyncEnumerable<OperationEvent> WorkAsync(ClusterLease lease)
        {
            if (plan.Resumes)
                yield return new Note($"going on with an earlier change to {plan.Target} servers");
            var steps = new Carrier(connection, run, lease, plan, catalog);
            Exception? failure = null;
            var all = run.TowardsAsync(plan.Goal, (step, view) => steps.CarryAsync(step, view, cancel), v => seen = v, cancel);
            await foreach (var e in CaughtAsync(all, x => failure = x, cancel).ConfigureAwait(false))
            {
                steps.Tell(e);
                yield return e;
            }

            if (failure is ClusterException cause && steps.Joiner is { } joiner)
            {
                string undone = await UndoJoinAsync(run, lease, joiner, cancel).ConfigureAwait(false);
                throw new ClusterException(cause.Id, cause.Kind, cause.Target,
                    $"{joiner.Pod} did not become a member: {cause.Message} {undone}", cause);
            }

            if (failure is not null)
                ExceptionDispatchInfo.Throw(failure);
            lease.Complete();
        }
    }

    // A server that did not make it must not be left with a vote: it would count against the others.
    private static async Task<string> UndoJoinAsync(EnsembleRun run, ClusterLease lease, NodeRef server, CancellationToken cancel)
    {
        string again = "The same command goes on from there.";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(UndoLimit);
        try
        {
            await lease.HoldAsync(limit.Token).ConfigureAwait(false);
            await foreach (var _ in run.VoteAsync("Undo", server.NodeId, join: false, lease, limit.Token).ConfigureAwait(false))
            {
                // Nothing to say: it is the failure that is told.
            }

            var view = await run.LookAsync(limit.Token).ConfigureAwait(false);
            if (view.HasQuorum && view.Replicas == server.Ordinal + 1)
                await lease.ScaleAsync(server.Ordinal, limit.Token).ConfigureAwait(false);
            return $"It was taken back: the ensemble has {view.MemberCount} members, as before this step. {again}";
        }
        catch (Exception e)
            when (e is ClusterException or ZooKeeperException || e is OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return $"It could not be taken back ({(e is OperationCanceledException ? "no quorum in time" : e.Message)}), so the set keeps "
                + $"the pod. {again}";
        }
    }

    // A pod may go only when those who stay have a leader of their own and have committed a write without it: the check of the credential
    // opens a session and writes, each by a quorum of those who stay.
    private static async IAsyncEnumerable<OperationEvent> VerifyLeftAsync(EnsembleRun run, NodeRef left,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var e in run.UntilAsync($"Verify {left}", v => v.Leader?.Node == left ? $"{left} still leads"
            : EnsembleGuards.Quorum(v)?.Message ?? LateOnes(v), cancel).ConfigureAwait(false))
            yield return e;
        await foreach (var e in run.WithinStepAsync($"Verify {left}", token => WriteAsync(run, left, token), cancel).ConfigureAwait(false))
            yield return e;
    }

    private static async IAsyncEnumerable<OperationEvent> WriteAsync(EnsembleRun run, NodeRef left,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        while (true)
        {
            var (view, why) = await run.TryLookAsync(cancel).ConfigureAwait(false);
            if (view is not null)
                why = await TryWriteAsync(run, view, left, cancel).ConfigureAwait(false);
            if (why is null)
                yield break;
            yield return new Waiting("Verify", why);
            await Task.Delay(TimeSpan.FromMilliseconds(300), cancel).ConfigureAwait(false);
        }
    }

    private static async Task<string?> TryWriteAsync(EnsembleRun run, EnsembleView view, NodeRef without, CancellationToken cancel)
    {
        try
        {
            var session = await run.SuperSessionAsync(view.Serving.Where(s => s.Node != without), cancel).ConfigureAwait(false);
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
        var late = view.Serving.Where(s => s.Answer.Config is { } c && c.Version != view.Config!.Version).Select(s => s.Node.Pod).ToList();
        return late.Count == 0 ? null : $"{string.Join(", ", late)} has not heard of the new configuration yet";
    }

    // Servers that a removal takes away, those that an interrupted run already has included.
    private static IEnumerable<NodeRef> Going(EnsembleView view, int target, int from)
    {
        int keep = view.Voters.Take(target).Select(v => v.Ordinal).DefaultIfEmpty(-1).Last() + 1;
        int all = Math.Max(Math.Max(view.Replicas, EnsembleState.Of(view).Needed), from);
        return Enumerable.Range(keep, Math.Max(0, all - keep)).Reverse().Select(view.Names.Server);
    }

    // Hands a failure over instead of throwing it, so that it can be undone first. An interruption is none: what stands is gone on with.
    private static async IAsyncEnumerable<OperationEvent> CaughtAsync(IAsyncEnumerable<OperationEvent> source, Action<Exception> failed,
        [EnumeratorCancellation] CancellationToken cancel)
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

    // Carries single steps out.
    private sealed class Carrier(KubeConnection connection, EnsembleRun run, ClusterLease lease, ResizePlan plan, ManifestCatalog catalog)
    {
        private readonly string ns = plan.Request.Namespace;
        private readonly bool grows = plan.Goal is GrowTo;

        /// <summary>The server that is on its way to become a member, and has to be taken back if it does not arrive.</summary>
        public NodeRef? Joiner { get; private set; }

        /// <summary>One that is verified has arrived.</summary>
        public void Tell(OperationEvent e)
        {
            if (e is Applied { Step.Action: ChangeAction.Verify })
                Joiner = null;
        }

        public async IAsyncEnumerable<OperationEvent> CarryAsync(PlanStep step, EnsembleView view,
            [EnumeratorCancellation] CancellationToken cancel)
        {
            await lease.HoldAsync(cancel).ConfigureAwait(false);
            await foreach (var e in EventsAsync(step, view, cancel).ConfigureAwait(false))
                yield return e;
        }

        private IAsyncEnumerable<OperationEvent> EventsAsync(PlanStep step, EnsembleView view, CancellationToken cancel)
        {
            string name = step.InWords();
            var server = view.Names.ServerOfPod(step.Name);
            switch (step.Action)
            {
                case ChangeAction.Check when grows:
                    Joiner = EnsembleSteps.Joining(EnsembleState.Of(view), plan.Target)[0];
                    return run.SettledAsync(name, cancel);
                case ChangeAction.Check:
                    int leaving = EnsembleSteps.Leaving(EnsembleState.Of(view), plan.Target)[0].NodeId;
                    return run.UntilAsync(name, v => EnsembleGuards.MayRemove(v, leaving)?.Message, cancel);
                case ChangeAction.Start:
                    return StartAsync(name, server!, view, cancel);
                case ChangeAction.Join or ChangeAction.Leave:
                    return run.VoteAsync(name, server!.NodeId, step.Action == ChangeAction.Join, lease, cancel);
                case ChangeAction.Verify:
                    return grows ? run.SettledAsync(name, cancel) : VerifyLeftAsync(run, server!, cancel);
                case ChangeAction.Stop:
                    return StopAsync(name, view, cancel);
                case ChangeAction.DeleteVolume:
                    return run.InsistAsync(name, token => connection.DeleteAsync(ResourceKind.VolumeClaim, ns, step.Name, null, token),
                        cancel);
                case ChangeAction.Record:
                    return run.InsistAsync(name, RecordAsync, cancel);
                default:
                    throw new InvalidOperationException($"no change of an ensemble has the step {name}");
            }
        }

        private async IAsyncEnumerable<OperationEvent> StartAsync(
            string step, NodeRef server, EnsembleView before, [EnumeratorCancellation] CancellationToken cancel)
        {
            string pod = server.Pod;
            // Before the first one joins: from then on a first start without the new one would be wrong.
            await foreach (var e in run.InsistAsync(step, token => run.WriteSizeAsync(plan.Target, token), cancel).ConfigureAwait(false))
                yield return e;
            if (before.Replicas <= server.Ordinal)
            {
                await foreach (var e in run.ClaimGoneAsync(step, pod, cancel).ConfigureAwait(false))
                    yield return e;
                await foreach (var e
                    in run.InsistAsync(step, token => lease.ScaleAsync(server.Ordinal + 1, token), cancel).ConfigureAwait(false))
                    yield return e;
                yield return new Note($"created Pod/{pod}");
            }

            await foreach (var e in run.PodReadyAsync(step, pod, null, cancel).ConfigureAwait(false))
                yield return e;
            long? goal = null; // what the leader has at the first look: under load its newest is never reached
            await foreach (var e in run.UntilAsync(step, v =>
            {
                goal ??= v.Leader?.Answer.Zxid;
                var probe = v.Servers.FirstOrDefault(s => s.Node == server);
                return goal is not long ahead ? "the ensemble has no leader at the moment"
                    : probe is not { Serves: true, Answer.Zxid: long own } ? $"{pod} does not follow the leader yet"
                    : EnsembleView.Distance(ahead, own) is > 0 and long behind ? $"{pod} is {behind} transactions behind" : null;
            }, cancel).ConfigureAwait(false))
                yield return e;
        }

        private async IAsyncEnumerable<OperationEvent> StopAsync(string step, EnsembleView view,
            [EnumeratorCancellation] CancellationToken cancel)
        {
            int keep = EnsembleState.Of(view).Needed;
            if (view.Replicas > keep)
            {
                await foreach (var e in run.InsistAsync(step, token => lease.ScaleAsync(keep, token), cancel).ConfigureAwait(false))
                    yield return e;
                foreach (int ordinal in Enumerable.Range(keep, view.Replicas - keep).Reverse())
                    yield return new Note($"deleted Pod/{view.Names.ZooKeeperPod(ordinal)}");
            }

            await foreach (var e in run.PodsGoneAsync(step, keep, cancel).ConfigureAwait(false))
                yield return e;
        }

        private async Task RecordAsync(CancellationToken cancel)
        {
            await run.WriteSizeAsync(plan.Target, cancel).ConfigureAwait(false);
            await run.WriteSpecAsync(plan.Target, catalog, cancel).ConfigureAwait(false);
        }
    }
}
