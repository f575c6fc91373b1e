namespace KafkaK8s.Core.Model;

/// <summary>Rows of a plan or of its result. Pure.</summary>
internal static class ChangeRows
{
    /// <summary>A row about one object.</summary>
    public static ClusterChange Row(ClusterNames names, string ns, string kind, string name, string action, string note) =>
        new() { Cluster = names.Cluster, Namespace = ns, Kind = kind, Name = name, Action = action, Note = note };

    /// <summary>The row of a pod that restarts.</summary>
    public static ClusterChange Restart(ClusterNames names, string ns, string pod, string note) =>
        Row(names, ns, "Pod", pod, ChangeAction.Restart, note);
}
