using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Running;

namespace KafkaK8s.Core.Rolling;

/// <summary>
/// Restarts pods one at a time, each one back before the next: the sets' update strategy is OnDelete, so that Kubernetes never restarts
/// them by itself. What has to be so before and afterwards is for the policy of their kind to say.
/// </summary>
/// <param name="connection">Connection to the API server.</param>
/// <param name="names">Names of the cluster.</param>
/// <param name="ns">Its namespace.</param>
/// <param name="wait">Waits on its objects.</param>
/// <param name="hold">Sees to it that the cluster's lease still holds.</param>
/// <param name="force">Restart even where somebody is harmed, once that does not get better.</param>
/// <param name="time">The clock.</param>
internal sealed class Roller(
    KubeConnection connection, ClusterNames names, string ns, ClusterWait wait, Func<CancellationToken, Task> hold, bool force,
    TimeProvider time)
{
    /// <summary>A gap that has not shrunk for that long stands still.</summary>
    public static readonly TimeSpan Standstill = TimeSpan.FromSeconds(60);

    /// <summary>One that was there before the command, and has not moved since, is not given as long.</summary>
    public static readonly TimeSpan FormerStandstill = TimeSpan.FromSeconds(10);

    // Most waits are over within seconds, and one that is not need not be over at once.
    private const int QuickLooks = 40;
    private const int CrashesOfALoop = 2;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(1);

    private readonly LogRecovery recovery = new(connection, ns, time);
    private readonly HashSet<string> replaced = []; // uids: a watch shows a pod for a moment after it was deleted

    /// <summary>Restarts all pods of a set that run an older template.</summary>
    public async IAsyncEnumerable<OperationEvent> RollAsync(string set, IRollPolicy policy,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var done = new HashSet<string>();
        while (await DueAsync(set, done, cancel).ConfigureAwait(false) is { Count: > 0 } due)
        {
            await foreach (var e in TurnAsync(policy, due, done, cancel).ConfigureAwait(false))
                yield return e;
        }
    }

    /// <summary>Restarts one of the pods that are due, and names it done. Who leads changes with each restart: the one that comes first is
    /// chosen anew each time.</summary>
    public async IAsyncEnumerable<OperationEvent> TurnAsync(
        IRollPolicy policy, IReadOnlyList<(JsonObject Pod, string Reason)> due, HashSet<string> done,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var pod = (await policy.OrderAsync([.. due.Select(d => d.Pod)], cancel).ConfigureAwait(false))[0];
        await foreach (var e in ClearAsync(policy, pod, cancel).ConfigureAwait(false))
            yield return e;
        await foreach (var e in ReplaceAsync(policy, pod, due.First(d => d.Pod == pod).Reason, cancel).ConfigureAwait(false))
            yield return e;
        done.Add(pod.Name()); // once is enough, whatever its revision says
    }

    /// <summary>Whether a pod is passed over: on a lost node it does not end, so that no other would take its place; with -Force the others
    /// restart without it.</summary>
    public bool PassesOver(JsonObject pod) => force && Stalls.IsNodeLost(pod);

    /// <summary>Waits until a pod may restart.</summary>
    /// <exception cref="ClusterException"><c>RollBlocked</c>: somebody would be harmed, and waiting does not help.</exception>
    public async IAsyncEnumerable<OperationEvent> ClearAsync(IRollPolicy policy, JsonObject pod,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        string? notice = null;
        await foreach (var e in PassAsync($"{pod.Name()} is not restarted yet", $"{pod.Name()} was not restarted", async () =>
        {
            var verdict = (await policy.JudgeAsync([pod], cancel).ConfigureAwait(false))[0];
            notice = verdict.Notice;
            return verdict.Obstacle;
        }, cancel).ConfigureAwait(false))
            yield return e;
        if (notice is not null)
            yield return new Warned(notice);
    }

    /// <summary>Restarts a pod, and waits until the one that takes its place is back.</summary>
    /// <param name="policy">What its kind needs.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="reason">Why: one of <see cref="RestartReason"/>.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="ClusterException"><c>RollStopped</c>: it fails on its new template. <c>RollBlocked</c>: it does not come
    /// back.</exception>
    public async IAsyncEnumerable<OperationEvent> ReplaceAsync(
        IRollPolicy policy, JsonObject pod, string reason, [EnumeratorCancellation] CancellationToken cancel)
    {
        await hold(cancel).ConfigureAwait(false);
        if (await connection.DeleteAsync(ResourceKind.Pod, ns, pod.Name(), pod.Uid(), cancel).ConfigureAwait(false))
            yield return new Applied(PlanSteps.Restart(names, ns, pod.Name(), reason) with { WaitsFor = policy.InWords });

        // The same name comes back: only another uid says that the pod is the new one.
        await foreach (var e in wait.UntilAsync("Restart", async live =>
        {
            await wait.RetryRefusedAsync(live, cancel).ConfigureAwait(false);
            var now = live.Find(ResourceKind.Pod, pod.Name());
            bool isNew = now is not null && now.Uid() != pod.Uid();
            if (isNew && CrashLoop(now!) is { } words)
                throw Stopped(now!, words);
            return new Progress(isNew && Readiness.IsPodReady(now!),
                $"{pod.Name()} is being restarted: {(isNew ? "it is starting" : "it is ending")}");
        }, cancel).ConfigureAwait(false))
            yield return e;
        await foreach (var e in BackAsync(policy, pod, cancel).ConfigureAwait(false))
            yield return e;
    }

    /// <summary>Waits until the pod that took another's place is back, though it is ready.</summary>
    /// <exception cref="ClusterException"><c>RollBlocked</c>: it does not come back.</exception>
    public async IAsyncEnumerable<OperationEvent> BackAsync(IRollPolicy policy, JsonObject pod,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var e
            in PassAsync($"{pod.Name()} is not back yet", $"{pod.Name()} was restarted and is not back, so no other is restarted",
            () => policy.MissingAsync(pod, cancel), cancel).ConfigureAwait(false))
            yield return e;
    }

    /// <summary>
    /// Replaces outdated pods that do not serve: the fix for whatever keeps them from it may be in their new template. ZooKeeper servers at
    /// once, as they need each other to become ready; brokers one by one, and never one that recovers its logs.
    /// </summary>
    /// <exception cref="ClusterException"><c>RollStopped</c>: the first of them fails on its new template, too.</exception>
    public async Task<IReadOnlyList<PlanStep>> ReplaceUnreadyAsync(LiveObjects live, CancellationToken cancel)
    {
        var rows = new List<PlanStep>();
        foreach (var set in live.Of(ResourceKind.StatefulSet).Where(Readiness.IsSettled).ToList())
        {
            var pods = Readiness.PodsOf(set, live.Of(ResourceKind.Pod));
            var unready = pods.Where(p => !p.IsTerminating() && !Readiness.IsPodReady(p)).ToList();
            var due = RestartReason.Due(set, unready);
            var outdated = due.Select(d => d.Pod).ToList();
            if (names.PoolOfSet(set.Name())?.Has(NodeRoles.Broker) != false && outdated.Count > 0)
            {
                var renewed = unready.Except(outdated).ToList();
                if (renewed.Find(p => CrashLoop(p) is not null) is { } failing)
                    throw Stopped(failing, CrashLoop(failing)!);
                outdated = renewed.Count > 0 || pods.Any(p => p.IsTerminating() || replaced.Contains(p.Uid())) ? []
                    : await NextAsync(outdated, cancel).ConfigureAwait(false);
            }

            foreach (var pod in outdated)
            {
                await hold(cancel).ConfigureAwait(false);
                if (replaced.Add(pod.Uid())
                    && await connection.DeleteAsync(ResourceKind.Pod, ns, pod.Name(), pod.Uid(), cancel).ConfigureAwait(false))
                    rows.Add(PlanSteps.Restart(names, ns, pod.Name(), due.First(d => d.Pod == pod).Reason, "it was not ready"));
            }
        }

        return rows;
    }

    private async Task<List<JsonObject>> NextAsync(List<JsonObject> outdated, CancellationToken cancel)
    {
        foreach (var pod in outdated)
        {
            if (!await recovery.IsUnderWayAsync(pod, cancel).ConfigureAwait(false))
                return [pod];
        }

        return [];
    }

    /// <summary>The last words of a pod that fails again and again; null where it does not.</summary>
    private static string? CrashLoop(JsonObject pod) => (int?)Readiness.OwnStatus(pod)?["restartCount"] >= CrashesOfALoop
        ? Stalls.OfPod(pod).FirstOrDefault(s => s.Reason == "CrashLoopBackOff")?.Message : null;

    private ClusterException Stopped(JsonObject pod, string words) => new("RollStopped", FailureKind.Stalled, pod.Name(),
        $"{pod.Name()} of {names.Cluster} fails on its new template again and again: {words}. No other pod is restarted, those that were "
        + $"not restarted yet "
        + "run what they ran. Mend the cause and run the command again, or give the former values back.");

    private async Task<IReadOnlyList<(JsonObject Pod, string Reason)>> DueAsync(string name, HashSet<string> done, CancellationToken cancel)
    {
        var set = await connection.TryGetAsync(ResourceKind.StatefulSet, ns, name, cancel).ConfigureAwait(false);
        if (set is null)
            return [];
        var pods = await connection.ListAsync(ResourceKind.Pod, ns, names.Selector, cancel).ConfigureAwait(false);
        return RestartReason.Due(set, Readiness.PodsOf(set, pods).Where(p => !done.Contains(p.Name()) && !PassesOver(p)));
    }

    // Waits until nothing stands against it. A gap that shrinks is waited for; one that stands still is told, and decided upon.
    private async IAsyncEnumerable<OperationEvent> PassAsync(
        string doing, string failed, Func<Task<RollObstacle?>> ask, [EnumeratorCancellation] CancellationToken cancel)
    {
        RollGap? least = null;
        long since = time.GetTimestamp();
        string last = "";
        for (int looks = 0; ; looks++)
        {
            var obstacle = await AskAsync(ask, cancel).ConfigureAwait(false);
            if (obstacle is null)
                yield break;
            if (obstacle.Hold == RollHold.Unforceable || least is not { } before || obstacle.Gap.IsLessThan(before))
                (least, since) = (obstacle.Hold == RollHold.Unforceable ? null : obstacle.Gap, time.GetTimestamp());
            wait.Doing = $"{doing}: {obstacle.Text}";
            if (obstacle.Text != last)
                yield return new Waiting("Restart", wait.Doing);
            last = obstacle.Text;
            var stands = time.GetElapsedTime(since);
            if (stands >= obstacle.Patience)
            {
                if (obstacle.Hold == RollHold.Forceable && !force)
                {
                    throw new ClusterException("RollBlocked", FailureKind.Unavailable, names.Cluster,
                        $"{failed}: {obstacle.Text}, and that has not got better for {stands.TotalSeconds:0} s. What was done stands. "
                        + $"Get-KafkaCluster {names.Cluster} "
                        + "shows what is missing; bring it back and run the same command again, or go on all the same with -Force.");
                }

                yield return new Warned(
                    $"{obstacle.Text}, and that has not got better for {stands.TotalSeconds:0} s; the restarts go on all the same");
                obstacle.Bear();
                (least, since) = (null, time.GetTimestamp());
                continue;
            }

            await Task.Delay(looks < QuickLooks ? Pause : LongPause, time, cancel).ConfigureAwait(false);
        }
    }

    // An API server or a broker that cannot be asked for the moment must not end what goes on for minutes.
    private static async Task<RollObstacle?> AskAsync(Func<Task<RollObstacle?>> ask, CancellationToken cancel)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (ClusterException e)
            when (!cancel.IsCancellationRequested && e.Kind is FailureKind.Connection or FailureKind.Unavailable or FailureKind.Timeout)
        {
            return new RollObstacle(RollHold.Unforceable, e.Message);
        }
    }
}
