using System.Text.Json;

namespace KafkaK8s.Core.Rolling;

/// <summary>
/// The change of an ensemble that is under way, as an annotation of the servers' StatefulSet. It keeps a second operator out, and tells
/// the next run where an interrupted one wanted to go.
/// </summary>
/// <param name="From">Members when it began.</param>
/// <param name="To">Members that it goes for; the same for a restart.</param>
/// <param name="Command">The cmdlet.</param>
/// <param name="Holder">Who is at it; null when nobody is, so that it is unfinished.</param>
/// <param name="Id">Distinguishes two runs of one holder.</param>
/// <param name="Renewed">When the holder last said that it is still at it.</param>
/// <param name="Process">Number of its process, on the machine that <paramref name="Holder"/> names.</param>
internal sealed record EnsembleChange(int From, int To, string Command, string? Holder, string? Id, DateTimeOffset Renewed, int? Process = null)
{
    /// <summary>A holder that has not renewed for that long is gone: its machine was switched off, its process killed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly JsonSerializerOptions Options = new(JsonText.Readable) { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Whether the sizes differ: a restart that was not finished is simply run again.</summary>
    public bool IsResize => From != To;

    /// <summary>Reads the annotation; null where there is none or where it is not ours.</summary>
    public static EnsembleChange? Read(string? text)
    {
        try
        {
            return string.IsNullOrEmpty(text) ? null : JsonSerializer.Deserialize<EnsembleChange>(text, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The annotation's text.</summary>
    public string Write() => JsonSerializer.Serialize(this, Options);

    /// <summary>Whether somebody is at it now.</summary>
    public bool IsHeld(DateTimeOffset now) => Holder is not null && now - Renewed < Patience;

    /// <summary>
    /// The size to go for. An unfinished change of the same direction is gone on with when the count leads to its end, counted from its
    /// beginning or from now; any other count is refused, as nobody could say from where it counts. The other direction counts from now.
    /// </summary>
    /// <param name="unfinished">What an earlier run left.</param>
    /// <param name="members">Members now.</param>
    /// <param name="change">What is asked for: positive to grow.</param>
    /// <param name="cluster">Name of the cluster.</param>
    /// <exception cref="ClusterException"><c>ChangeUnfinished</c>.</exception>
    public static int Target(EnsembleChange? unfinished, int members, int change, string cluster)
    {
        if (unfinished is not { IsResize: true } || Math.Sign(unfinished.To - unfinished.From) != Math.Sign(change) || unfinished.To == members)
            return unfinished is { IsResize: true } && unfinished.To == members && unfinished.From + change == unfinished.To ? unfinished.To : members + change;
        if (unfinished.To == unfinished.From + change || unfinished.To == members + change)
            return unfinished.To;
        throw new ClusterException("ChangeUnfinished", FailureKind.Conflict, cluster,
            $"An earlier {unfinished.Command} of {cluster} from {unfinished.From} to {unfinished.To} servers was interrupted at {members}. Finish it with -Count {Math.Abs(unfinished.To - unfinished.From)}, or go back the other way with {(change > 0 ? "Remove" : "Add")}-ZooKeeperNode.");
    }
}
