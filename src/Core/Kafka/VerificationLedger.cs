namespace KafkaK8s.Core.Kafka;

/// <summary>What the messages of one partition came to.</summary>
/// <param name="Sent">Given to the producer.</param>
/// <param name="Acked">Acknowledged.</param>
/// <param name="Received">Read back, each counted once.</param>
/// <param name="Lost">Acknowledged and not read back.</param>
/// <param name="Duplicated">Read more than once, without the first time.</param>
/// <param name="OutOfOrder">Came after one with a higher number.</param>
/// <param name="Corrupt">Checksum or place do not fit.</param>
/// <param name="Foreign">Not of this run.</param>
internal readonly record struct LedgerCounts(long Sent, long Acked, long Received, long Lost, long Duplicated, long OutOfOrder, long Corrupt, long Foreign)
{
    public static LedgerCounts operator +(LedgerCounts a, LedgerCounts b) => new(
        a.Sent + b.Sent, a.Acked + b.Acked, a.Received + b.Received, a.Lost + b.Lost,
        a.Duplicated + b.Duplicated, a.OutOfOrder + b.OutOfOrder, a.Corrupt + b.Corrupt, a.Foreign + b.Foreign);
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

    /// <summary>The highest offset that was acknowledged in a partition; -1 without any.</summary>
    public long LastAckedOffset(int partition) => pages[partition].LastAckedOffset;

    /// <summary>A record came from a partition.</summary>
    public void Received(int partition, ReadRecord record)
    {
        var page = pages[partition];
        if (record.Kind == RecordKind.Foreign && !exclusive)
            page.Foreign++;
        else if (record.Kind != RecordKind.Ours || record.Partition != partition || record.Sequence < 0 || record.Sequence >= page.ReceivedBits.Length)
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
        return new(page.Sent, page.Acked, page.Received, page.AckedBits.CountMissingIn(page.ReceivedBits), page.Duplicated, page.OutOfOrder, page.Corrupt, page.Foreign);
    }

    /// <summary>The figures of all partitions.</summary>
    public LedgerCounts Total() => Enumerable.Range(0, pages.Length).Select(Of).Aggregate(default(LedgerCounts), (a, b) => a + b);

    private sealed class Page(long count)
    {
        public readonly Bits AckedBits = new(count);
        public readonly Bits ReceivedBits = new(count);
        public long Sent, Acked, Received, Duplicated, OutOfOrder, Corrupt, Foreign;
        public long LastAckedOffset = -1;
        private long highest = -1;

        public void Take(long sequence)
        {
            if (!ReceivedBits.Set(sequence))
            {
                Duplicated++;
                return;
            }

            Received++;
            if (sequence < highest)
                OutOfOrder++;
            else
                highest = sequence;
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

        public long CountMissingIn(Bits other)
        {
            long count = 0;
            for (int i = 0; i < words.Length; i++)
                count += System.Numerics.BitOperations.PopCount(words[i] & ~other.words[i]);
            return count;
        }
    }
}
