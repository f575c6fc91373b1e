namespace KafkaK8s.Core.Verification;

/// <summary>What the messages of one partition came to.</summary>
/// <param name="Sent">Given to the producer.</param>
/// <param name="Acked">Acknowledged.</param>
/// <param name="Received">Read back, each counted once.</param>
/// <param name="Lost">Acknowledged and not read back, though the partition was read beyond its place or to its end.</param>
/// <param name="Duplicated">Read more than once, without the first time.</param>
/// <param name="OutOfOrder">Came after one with a higher number.</param>
/// <param name="Corrupt">Checksum or place do not fit.</param>
/// <param name="Foreign">Not of this run.</param>
/// <param name="Unread">Acknowledged, but the reading broke off before its place: not known to be lost.</param>
/// <param name="Gaps">Not read back, though one with a higher number was; acknowledged or not.</param>
internal readonly record struct LedgerCounts(
    long Sent, long Acked, long Received, long Lost, long Duplicated, long OutOfOrder, long Corrupt, long Foreign, long Unread = 0,
    long Gaps = 0)
{
    public static LedgerCounts operator +(LedgerCounts a, LedgerCounts b) => new(
        a.Sent + b.Sent, a.Acked + b.Acked, a.Received + b.Received, a.Lost + b.Lost,
        a.Duplicated + b.Duplicated, a.OutOfOrder + b.OutOfOrder, a.Corrupt + b.Corrupt, a.Foreign + b.Foreign, a.Unread + b.Unread,
        a.Gaps + b.Gaps);
}

/// <summary>
/// The books of a verification: who was acknowledged and who came back, two bits a message. Pure. Sending, acknowledging and
/// receiving may run on different threads, each on one.
/// </summary>
internal sealed class VerificationLedger
{
    private readonly bool exclusive;
    private readonly Page[] pages;

    /// <param name="count">Messages that will be sent over all partitions, in turn.</param>
    /// <param name="partitions">Number of partitions.</param>
    /// <param name="exclusive">Whether the topic is ours alone: then a strange record is a corrupt one.</param>
    public VerificationLedger(long count, int partitions, bool exclusive)
    {
        this.exclusive = exclusive;
        pages = [.. Enumerable.Range(0, partitions).Select(p => new Page(Share(count, partitions, p)))];
    }

    /// <summary>Number of partitions.</summary>
    public int Partitions => pages.Length;

    /// <summary>How many of <paramref name="count"/> messages, dealt out in turn, one partition gets.</summary>
    public static long Share(long count, int partitions, int partition) => (count / partitions) + (partition < count % partitions ? 1 : 0);

    /// <summary>A message was given to the producer.</summary>
    public void Sent(int partition) => pages[partition].Sent++;

    /// <summary>A message was acknowledged, at that offset.</summary>
    public void Acked(int partition, long sequence, long offset)
    {
        var page = pages[partition];
        if (!page.AckedBits.Set(sequence))
            return;
        page.Acked++;
        page.LastAckedOffset = Math.Max(page.LastAckedOffset, offset);
    }

    /// <summary>The partition could not be read to its end: what did not come is not known to be lost.</summary>
    public void BreakOff(int partition) => pages[partition].BrokenOff = true;

    /// <summary>The highest offset that was acknowledged in a partition; -1 without any.</summary>
    public long LastAckedOffset(int partition) => pages[partition].LastAckedOffset;

    /// <summary>A record came from a partition.</summary>
    public void Received(int partition, ReadRecord record)
    {
        var page = pages[partition];
        if (record.Kind == RecordKind.Foreign && !exclusive)
            page.Foreign++;
        else if (record.Kind != RecordKind.Ours || record.Partition != partition || record.Sequence < 0
            || record.Sequence >= page.ReceivedBits.Length)
            page.Corrupt++;
        else
            page.Take(record.Sequence);
    }

    /// <summary>Acknowledgements so far, over all partitions.</summary>
    public long AckedSoFar => pages.Sum(p => p.Acked);

    /// <summary>Messages read so far, over all partitions.</summary>
    public long ReceivedSoFar => pages.Sum(p => p.Received);

    /// <summary>The figures of one partition.</summary>
    public LedgerCounts Of(int partition)
    {
        var page = pages[partition];
        long missing = page.AckedBits.CountMissingIn(page.ReceivedBits, long.MaxValue);
        long lost = page.BrokenOff ? page.AckedBits.CountMissingIn(page.ReceivedBits, page.Highest) : missing;
        return new(page.Sent, page.Acked, page.Received, lost, page.Duplicated, page.OutOfOrder, page.Corrupt, page.Foreign, missing - lost,
            page.Highest + 1 - page.Received);
    }

    /// <summary>The figures of all partitions.</summary>
    public LedgerCounts Total() => Enumerable.Range(0, pages.Length).Select(Of).Aggregate(default(LedgerCounts), (a, b) => a + b);

    private sealed class Page(long count)
    {
        public readonly Bits AckedBits = new(count);
        public readonly Bits ReceivedBits = new(count);
        public long Sent, Acked, Received, Duplicated, OutOfOrder, Corrupt, Foreign;
        public long LastAckedOffset = -1;
        public long Highest = -1;
        public bool BrokenOff;

        public void Take(long sequence)
        {
            if (!ReceivedBits.Set(sequence))
            {
                Duplicated++;
                return;
            }

            Received++;
            if (sequence < Highest)
                OutOfOrder++;
            else
                Highest = sequence;
        }
    }

    private sealed class Bits(long length)
    {
        private readonly ulong[] words = new ulong[(length + 63) / 64];

        public long Length { get; } = length;

        /// <returns>False when it was set already.</returns>
        public bool Set(long index)
        {
            ref ulong word = ref words[index / 64];
            ulong bit = 1UL << (int)(index % 64);
            bool fresh = (word & bit) == 0;
            word |= bit;
            return fresh;
        }

        /// <summary>Counts what is set here and not there, of the places before a limit.</summary>
        public long CountMissingIn(Bits other, long before)
        {
            long count = 0;
            for (long i = 0; i < words.Length && i * 64 < before; i++)
            {
                ulong mask = before - (i * 64) >= 64 ? ulong.MaxValue : (1UL << (int)(before - (i * 64))) - 1;
                count += System.Numerics.BitOperations.PopCount(words[i] & ~other.words[i] & mask);
            }

            return count;
        }
    }
}
