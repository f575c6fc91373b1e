using System.Text.Json;

namespace KafkaK8s.Core.Rolling;

/// <summary>
/// Who is changing a cluster, as an annotation of the ZooKeeper servers' StatefulSet. It keeps a second operator out, and tells the next
/// run where an interrupted change of the ensemble's size wanted to go.
/// </summary>
/// <param name="From">Members of the ensemble when a change of its size began; the same as <paramref name="To"/> where there is
/// none.</param>
/// <param name="To">Members that it goes for.</param>
/// <param name="Command">The cmdlet.</param>
/// <param name="Holder">Who is at it; null when nobody is, so that a change of the size is unfinished.</param>
/// <param name="Id">Distinguishes two runs of one holder.</param>
/// <param name="Renewed">When the holder last renewed it, by its own clock: for people, and for older modules, which compare it with
/// theirs.</param>
/// <param name="Process">Number of its process, on the machine that <paramref name="Holder"/> names; older modules ask for it.</param>
internal sealed record LeaseRecord(int From, int To, string Command, string? Holder, string? Id, DateTimeOffset Renewed,
    int? Process = null)
{
    private static readonly JsonSerializerOptions Options = new(JsonText.Readable) { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>How often it was renewed: a clock that stands still must not look like a holder that is gone.</summary>
    public int Renewals { get; init; }

    /// <summary>The cmdlet whose change of the size is unfinished, where <see cref="Command"/> is another one; null where it is the
    /// same.</summary>
    public string? Resize { get; init; }

    /// <summary>Whether it keeps a change of the ensemble's size: a restart that was not finished is simply run again.</summary>
    public bool IsResize => From != To;

    /// <summary>Reads the annotation; null where there is none or where it is not ours.</summary>
    public static LeaseRecord? Read(string? text)
    {
        try
        {
            return string.IsNullOrEmpty(text) ? null : JsonSerializer.Deserialize<LeaseRecord>(text, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The annotation's text.</summary>
    public string Write() => JsonSerializer.Serialize(this, Options);

    /// <summary>What stays when nobody holds it any more: the unfinished change of the size; null where there is none.</summary>
    public LeaseRecord? Left() =>
        IsResize ? this with { Command = Resize ?? Command, Resize = null, Holder = null, Id = null, Process = null, Renewals = 0 } : null;

    /// <summary>
    /// The size to go for. An unfinished change of the same direction is gone on with when the count leads to its end, counted from its
    /// beginning or from now; any other count is refused, as nobody could say from where it counts. The other direction counts from now.
    /// </summary>
    /// <param name="unfinished">What an earlier run left.</param>
    /// <param name="members">Members now.</param>
    /// <param name="change">What is asked for: positive to grow.</param>
    /// <param name="cluster">Name of the cluster.</param>
    /// <exception cref="ClusterException"><c>ChangeUnfinished</c>.</exception>
    public static int Target(LeaseRecord? unfinished, int members, int change, string cluster)
    {
        if (unfinished is not { IsResize: true } || Math.Sign(unfinished.To - unfinished.From) != Math.Sign(change)
            || unfinished.To == members)
        {
            bool done = unfinished is { IsResize: true } && unfinished.To == members && unfinished.From + change == unfinished.To;
            return done ? unfinished!.To : members + change;
        }

        if (unfinished.To == unfinished.From + change || unfinished.To == members + change)
            return unfinished.To;
        throw new ClusterException("ChangeUnfinished", FailureKind.Conflict, cluster,
            $"An earlier {unfinished.Resize ?? unfinished.Command} of {cluster} from {unfinished.From} to {unfinished.To} servers was "
            + $"interrupted at {members}. "
            + $"Finish it with -Count {Math.Abs(unfinished.To - unfinished.From)}, or go back the other way with "
            + $"{(change > 0 ? "Remove" : "Add")}-ZooKeeperNode.");
    }
}
