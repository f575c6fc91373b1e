namespace KafkaK8s.Core.Verification;

/// <summary>
/// Derives acknowledged and lost counts: not which messages failed, only how many. Pure.
/// </summary>
internal static class ConsoleTally
{
    /// <summary>Settles the books of all partitions.</summary>
    /// <param name="books">Sent and received, by partition.</param>
    /// <param name="failed">Messages that the producer reported as failed.</param>
    /// <param name="ended">Whether it came to its end; if not, only what came back is known to have been taken.</param>
    public static IReadOnlyList<LedgerCounts> Settle(IReadOnlyList<LedgerCounts> books, long failed, bool ended)
    {
        var settled = new List<LedgerCounts>(books.Count);
        long unexplained = ended ? failed : long.MaxValue;
        foreach (var book in books)
        {
            // A missing message is one of the failed ones as long as there are any.
            long missing = Math.Max(0, book.Sent - book.Received);
            long excused = Math.Min(missing, unexplained);
            unexplained -= excused;
            long lost = Math.Min(missing - excused, book.Gaps); // a partition is read in order: what was passed by will not come
            settled.Add(book with { Acked = book.Sent - excused, Lost = lost, Unread = missing - excused - lost });
        }

        return settled;
    }
}
