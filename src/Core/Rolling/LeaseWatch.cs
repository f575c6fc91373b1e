namespace KafkaK8s.Core.Rolling;

/// <summary>What was seen of a record that somebody else holds.</summary>
/// <param name="Since">When this run of the holder was seen first, by this machine's clock: for people.</param>
/// <param name="Unchanged">For how long no renewal was seen here, by a clock that nobody sets.</param>
/// <param name="IsRenewed">Whether a renewal was seen here less than the lease's duration ago.</param>
internal readonly record struct LeaseSight(DateTimeOffset Since, TimeSpan Unchanged, bool IsRenewed);

/// <summary>
/// Judges leases by the renewals that are observed here, as client-go does: a record that changes is stamped with this process's own
/// monotonic clock. The times that it bears are never compared with ours: two machines' clocks may differ by any amount.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class LeaseWatch(TimeProvider time)
{
    /// <summary>A holder that was not seen to renew for that long is gone: its machine was switched off, its process killed.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(20);

    private readonly object gate = new();
    private readonly Dictionary<string, Seen> seen = [];

    /// <summary>What all commands of this process have seen: of two looks with half a minute between them, the second can tell at
    /// once.</summary>
    public static LeaseWatch Shared { get; } = new(TimeProvider.System);

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>Stamps a record that was just read.</summary>
    /// <param name="place">Which lease it is of.</param>
    /// <param name="record">The record.</param>
    public LeaseSight Look(string place, LeaseRecord record)
    {
        lock (gate)
        {
            string text = record.Write();
            long now = time.GetTimestamp();
            if (!seen.TryGetValue(place, out var before) || before.Id != record.Id)
                before = new Seen(record.Id, text, time.GetLocalNow(), now, now, null);
            else if (before.Text != text) // it was renewed after the look before
                before = before with { Text = text, ChangedAt = now, RenewedAfter = before.LookedAt };
            seen[place] = before = before with { LookedAt = now };
            bool renewed = before.RenewedAfter is long after && time.GetElapsedTime(after, now) < Duration;
            return new LeaseSight(before.Since, time.GetElapsedTime(before.ChangedAt, now), renewed);
        }
    }

    private sealed record Seen(string? Id, string Text, DateTimeOffset Since, long ChangedAt, long LookedAt, long? RenewedAfter);
}
