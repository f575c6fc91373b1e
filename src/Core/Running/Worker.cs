using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace KafkaK8s.Core.Running;

/// <summary>Turns work that tells of itself from several threads into a stream of events.</summary>
internal static class Worker
{
    /// <summary>
    /// Runs the work and gives its events. Leaving the enumeration early cancels the work and waits until it has cleaned up; what it fails
    /// of is thrown here, as a cancellation where it was cancelled.
    /// </summary>
    /// <param name="work">The work.</param>
    /// <param name="events">The channel of its events; a bounded one makes it wait for the pipeline.</param>
    /// <param name="cancel">Cancels it.</param>
    public static async IAsyncEnumerable<OperationEvent> RunAsync(Func<ChannelWriter<OperationEvent>, CancellationToken, Task> work,
        Channel<OperationEvent> events, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var running = Task.Run(() => ToEndAsync(work, events.Writer, stop.Token), CancellationToken.None);
        try
        {
            // Not with the token: the work ends the channel itself, after it has cleaned up.
            await foreach (var e in events.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                yield return e;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(false);
        }
    }

    private static async Task ToEndAsync(Func<ChannelWriter<OperationEvent>, CancellationToken, Task> work,
        ChannelWriter<OperationEvent> events, CancellationToken cancel)
    {
        try
        {
            await work(events, cancel).ConfigureAwait(false);
            events.TryComplete();
        }
        catch (Exception e)
        {
            events.TryComplete(cancel.IsCancellationRequested && e is not OperationCanceledException
                ? new OperationCanceledException(e.Message, e, cancel) : e);
        }
    }
}
