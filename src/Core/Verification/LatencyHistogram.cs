using System.Numerics;

namespace KafkaK8s.Core.Verification;

/// <summary>
/// Latencies in constant memory: each power of two of microseconds is split into 64 buckets, so that a percentile is off by 1.6 % at
/// most, for any number of messages. One writer at a time.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 6;
    private const int Sub = 1 << SubBits;

    private readonly long[] buckets = new long[Sub * (64 - SubBits)];

    /// <summary>Latencies recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The longest one, exact, in milliseconds; NaN without any.</summary>
    public double Max { get; private set; } = double.NaN;

    /// <summary>Adds one latency.</summary>
    public void Add(TimeSpan latency)
    {
        long microseconds = Math.Max(0, latency.Ticks / TimeSpan.TicksPerMicrosecond);
        buckets[Index(microseconds)]++;
        Count++;
        Max = Count == 1 ? latency.TotalMilliseconds : Math.Max(Max, latency.TotalMilliseconds);
    }

    /// <summary>Adds all of another one.</summary>
    public void Add(LatencyHistogram other)
    {
        if (other.Count == 0)
            return;
        for (int i = 0; i < buckets.Length; i++)
            buckets[i] += other.buckets[i];
        Max = Count == 0 ? other.Max : Math.Max(Max, other.Max);
        Count += other.Count;
    }

    /// <summary>The time in milliseconds within which that share of all (0 to 1) was done; NaN without any.</summary>
    public double Percentile(double share)
    {
        if (Count == 0)
            return double.NaN;
        long rank = Math.Clamp((long)Math.Ceiling(share * Count), 1, Count);
        long seen = 0;
        int index = 0;
        while ((seen += buckets[index]) < rank)
            index++;
        return Math.Min(Middle(index) / 1000.0, Max);
    }

    private static int Index(long value)
    {
        if (value < Sub)
            return (int)value;
        int shift = BitOperations.Log2((ulong)value) - SubBits;
        return ((shift + 1) * Sub) + (int)(value >> shift) - Sub;
    }

    /// <summary>The middle of a bucket's range, in microseconds.</summary>
    private static double Middle(int index)
    {
        if (index < Sub)
            return index;
        int shift = (index / Sub) - 1;
        long low = (long)(Sub + (index % Sub)) << shift;
        return low + (((1L << shift) - 1) / 2.0);
    }
}
