using System.Runtime.CompilerServices;

namespace KafkaK8s.Core.Running;

/// <summary>Puts a limit of time on a stream of events.</summary>
internal static class Limits
{
    /// <summary>Passes the events on; when the time is over, cancels the source, waits for it to end and throws what
    /// <paramref name="late"/> makes.</summary>
    public static async IAsyncEnumerable<T> WithinAsync<T>(
        TimeSpan limit, Func<CancellationToken, IAsyncEnumerable<T>> source, Func<ClusterException> late,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timer.CancelAfter(limit);
        var events = source(timer.Token).GetAsyncEnumerator(timer.Token);
        await using (events.ConfigureAwait(false))
        {
            while (true)
            {
                try
                {
                    if (!await events.MoveNextAsync().ConfigureAwait(false))
                        yield break;
                }
                catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancel.IsCancellationRequested)
                {
                    throw late();
                }

                yield return events.Current;
            }
        }
    }

    /// <summary>The same for one task.</summary>
    public static async Task<T> WithinAsync<T>(TimeSpan limit, Func<CancellationToken, Task<T>> work, object target,
        CancellationToken cancel)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timer.CancelAfter(limit);
        try
        {
            return await work(timer.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (timer.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new ClusterException("Timeout", FailureKind.Timeout, target,
                $"No result after {limit.TotalSeconds:0} s. Nothing was changed; run the command again with a longer -TimeoutSeconds.", e);
        }
    }
}
