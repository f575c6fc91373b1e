namespace KafkaK8s.Core.Model;

/// <summary>Steps of a plan or of its result. Pure.</summary>
internal static class PlanSteps
{
    /// <summary>A step about one object.</summary>
    public static PlanStep Of(ClusterNames names, string ns, string kind, string name, string action, string note) =>
        new() { Cluster = names.Cluster, Namespace = ns, Kind = kind, Name = name, Action = action, Note = note };

    /// <summary>The step of a pod that restarts.</summary>
    public static PlanStep Restart(ClusterNames names, string ns, string pod, string reason, string note = "") =>
        Of(names, ns, "Pod", pod, ChangeAction.Restart, note) with { Reason = reason };

    /// <summary>A step's name for progress and for failures.</summary>
    public static string InWords(this PlanStep step) => $"{step.Action} {step.Name}";

    /// <summary>The steps with their places in the order.</summary>
    public static IReadOnlyList<PlanStep> Numbered(IEnumerable<PlanStep> steps) => [.. steps.Select((s, i) => s with { Step = i + 1 })];
}
