using System.Runtime.CompilerServices;

namespace KafkaK8s.Core.Running;

/// <summary>Puts a limit of time on a stream of events.</summary>
internal static class Limits
{
    /// <summary>Passes the events on; when the time is over, cancels the source, waits for it to end and throws what
    /// <paramref name="late"/> makes.</summary>
    public static IAsyncEnumerable<T> WithinAsync<T>(
        TimeSpan limit, Func<CancellationToken, IAsyncEnumerable<T>> source, Func<ClusterException> late, CancellationToken cancel) =>
        WithinAsync(limit, source, late, TimeProvider.System, cancel);

    /// <summary>The same by another clock.</summary>
    public static async IAsyncEnumerable<T> WithinAsync<T>(
        TimeSpan limit, Func<CancellationToken, IAsyncEnumerable<T>> source, Func<ClusterException> late, TimeProvider time,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        using var timer = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancel);
        var events = source(either.Token).GetAsyncEnumerator(either.Token);
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
    public static Task<T> WithinAsync<T>(TimeSpan limit, Func<CancellationToken, Task<T>> work, object target, CancellationToken cancel) =>
        WithinAsync(limit, work, target, TimeProvider.System, cancel);

    /// <summary>The same by another clock.</summary>
    public static async Task<T> WithinAsync<T>(TimeSpan limit, Func<CancellationToken, Task<T>> work, object target, TimeProvider time,
        CancellationToken cancel)
    {
        using var timer = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancel);
        try
        {
            return await work(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (timer.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new ClusterException("Timeout", FailureKind.Timeout, target,
                $"No result after {limit.TotalSeconds:0} s. Nothing was changed; run the command again with a longer -TimeoutSeconds.", e);
        }
    }
}
