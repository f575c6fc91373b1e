using System.Runtime.CompilerServices;

namespace KafkaK8s.Core.Operations;

/// <summary>Puts a limit of time on a stream of events.</summary>
internal static class Limits
{
    /// <summary>Passes the events on; when the time is over, cancels the source, waits for it to end and throws what <paramref name="late"/> makes.</summary>
    public static async IAsyncEnumerable<T> WithinAsync<T>(
        TimeSpan limit, Func<CancellationToken, IAsyncEnumerable<T>> source, Func<ClusterException> late, [EnumeratorCancellation] CancellationToken cancel)
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
}
