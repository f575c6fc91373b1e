using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Rolling;

/// <summary>The restarts that a roller will carry out, with what holds each one up at this moment.</summary>
internal static class RollPlan
{
    /// <summary>The steps, in the order of the policy.</summary>
    /// <param name="names">Names of the cluster.</param>
    /// <param name="ns">Its namespace.</param>
    /// <param name="policy">What this kind of node needs.</param>
    /// <param name="due">The pods, with the reason of each.</param>
    /// <param name="missing">What the roll waits for before all else, and replaces pods that are not ready at once; empty where nothing
    /// is missing, null where each pod waits for its turn, as in a restart by hand.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task<IReadOnlyList<PlanStep>> StepsAsync(
        ClusterNames names, string ns, IRollPolicy policy, IReadOnlyList<(JsonObject Pod, string Reason)> due, string? missing,
        CancellationToken cancel)
    {
        var order = await policy.OrderAsync([.. due.Select(d => d.Pod)], cancel).ConfigureAwait(false);
        var verdicts = await JudgeAsync(policy, order, cancel).ConfigureAwait(false);
        return [.. order.Zip(verdicts, (pod, verdict) =>
        {
            bool atOnce = missing is not null && !Readiness.IsPodReady(pod);
            return PlanSteps.Restart(names, ns, pod.Name(), due.First(d => d.Pod == pod).Reason) with
            {
                Note = atOnce ? "at once: it is not ready" : "",
                WaitsFor = policy.InWords,
                Risk = verdict.Notice ?? "",
                BlockedBy = atOnce ? "" : missing is { Length: > 0 } ? missing : verdict.Obstacle?.Text ?? "",
            };
        })];
    }

    // What cannot be asked now stands against all of them.
    private static async Task<IReadOnlyList<RollVerdict>> JudgeAsync(IRollPolicy policy, IReadOnlyList<JsonObject> pods,
        CancellationToken cancel)
    {
        try
        {
            return await policy.JudgeAsync(pods, cancel).ConfigureAwait(false);
        }
        catch (ClusterException e) when (e.Kind is FailureKind.Unavailable or FailureKind.Timeout)
        {
            return [.. pods.Select(_ => new RollVerdict(new RollObstacle(RollHold.Unforceable, e.Message)))];
        }
    }
}
