using System.Globalization;

namespace KafkaK8s.Cmdlets;

/// <summary>How things are put into words and columns: the format file calls these, and tests check them.</summary>
public static class Words
{
    /// <summary>One line for a step that was carried out.</summary>
    public static string Of(PlanStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        string what = $"{step.Kind}/{step.Name}";
        string line = step.Action switch
        {
            ChangeAction.None => $"unchanged {what}",
            ChangeAction.Create => $"created {what}",
            ChangeAction.Update => $"changed {what}: {string.Join("; ", step.Fields)}",
            ChangeAction.Delete => $"deleted {what}",
            ChangeAction.Restart => $"restarted {what}",
            ChangeAction.Keep => $"kept {what}",
            ChangeAction.Check => $"checked {what}",
            ChangeAction.Start => $"started {what}",
            ChangeAction.Join => $"joined {what}",
            ChangeAction.Leave => $"left {what}",
            ChangeAction.Verify => $"verified {what}",
            ChangeAction.Stop => $"stopped {what}",
            ChangeAction.DeleteVolume => $"deleted {what}",
            ChangeAction.Rotate => $"rotated {what}",
            ChangeAction.Record => $"recorded {what}",
            _ => $"{step.Action} {what}",
        };
        string note = string.Join("; ", new[] { step.Reason, step.Note }.Where(t => t.Length > 0));
        return note.Length == 0 ? line : $"{line} ({note})";
    }

    /// <summary>A number with its noun: 1 object, 2 objects.</summary>
    public static string Count(int number, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? "" : "s")}");

    /// <summary>The restarts of a plan in their order, the first few by name.</summary>
    public static string Restarts(IReadOnlyCollection<PlanStep> restarts)
    {
        ArgumentNullException.ThrowIfNull(restarts);
        const int Named = 6;
        string names = string.Join(", ", restarts.Take(Named).Select(r => r.Name));
        return restarts.Count == 0 ? "no restarts"
            : $"{Count(restarts.Count, "restart")}, one at a time: {names}{(restarts.Count > Named ? ", …" : "")}";
    }

    /// <summary>A state in its colour: what is wrong, what is on its way or unknown; all else as it is.</summary>
    /// <param name="state">The state.</param>
    /// <param name="wrong">Escape sequence for what is wrong.</param>
    /// <param name="open">Escape sequence for what is on its way, or unknown.</param>
    /// <param name="reset">Escape sequence after either.</param>
    public static string Coloured(object? state, string wrong, string open, string reset)
    {
        string text = Convert.ToString(state, CultureInfo.InvariantCulture) ?? "";
        string colour = text switch
        {
            "False" or "Degraded" or "DEGRADED" or "Failed" or "FAILED" or "CREATE_FAILED" or "DELETE_FAILED" or "Unhealthy" or "NoAnswer"
                or TopicStatus.UnderMinIsr or TopicStatus.Unavailable or BrokerStatus.NotReady or BrokerStatus.Missing
                or BrokerStatus.Unregistered
                or ListenerVerdict.NameUnresolved or ListenerVerdict.NobodyAnswers or ListenerVerdict.Closed or ListenerVerdict.Silent
                or ListenerVerdict.NotKafka or ListenerVerdict.LeadsElsewhere or ListenerVerdict.MinIsr
                or KafkaUserState.NoSecret or KafkaUserState.NotInKafka or KafkaUserState.Expired
                or CheckSeverity.Critical => wrong,
            "Progressing" or "Removing" or "Advice" or "NotChecked" or "NotAsked" or "CREATING" or "UPDATING" or "DELETING"
                or TopicStatus.UnderReplicated or BrokerStatus.OutOfSync or BrokerStatus.RestartNeeded or KafkaUserState.Removed
                or CheckSeverity.Warning => open,
            _ => "",
        };
        return colour.Length == 0 ? text : colour + text + reset;
    }
}
