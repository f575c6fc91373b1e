namespace KafkaK8s.Eks;

/// <summary>How long to wait between looks at AWS: short at first, as much is quick, then ever longer, as requests are counted.</summary>
internal sealed class PollPause
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    private TimeSpan next = TimeSpan.FromSeconds(1);

    /// <summary>Waits once.</summary>
    public async Task WaitAsync(CancellationToken cancel)
    {
        await Task.Delay(next, cancel).ConfigureAwait(false);
        next = TimeSpan.FromTicks(Math.Min(next.Ticks * 3 / 2, Longest.Ticks));
    }
}
