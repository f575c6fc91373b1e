using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Running;

namespace KafkaK8s.Core.Operations;

/// <summary>What to read of the logs.</summary>
/// <param name="Wanted">Whether a node is wanted.</param>
internal sealed record LogRequest(Func<NodeRef, bool> Wanted)
{
    /// <summary>Only lines of so long ago, or less.</summary>
    public TimeSpan? Since { get; init; }

    /// <summary>Only so many last lines of each pod.</summary>
    public int? Tail { get; init; }

    /// <summary>Whether to go on with what comes.</summary>
    public bool Follow { get; init; }

    /// <summary>Whether to read of each pod the log of its life before.</summary>
    public bool Previous { get; init; }

    /// <summary>The least level; null for all records.</summary>
    public string? Level { get; init; }

    /// <summary>How long to follow; null for ever.</summary>
    public TimeSpan? Limit { get; init; }
}

/// <summary>Reads the logs of a cluster's pods, all at the same time.</summary>
internal static class ReadLogs
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>The nodes of a cluster that are wanted.</summary>
    /// <exception cref="ClusterException"><c>ClusterNotFound</c>.</exception>
    public static async Task<IReadOnlyList<NodeRef>> NodesAsync(KubeConnection connection, string ns, string cluster,
        CancellationToken cancel)
    {
        var model = await ClusterModel.FindAsync(connection, ns, cluster, NodeRoles.All, ManifestSets.All, cancel).ConfigureAwait(false);
        return model.Sets.Count == 0 ? throw ClusterNames.NotFound(cluster, ns, connection.Context)
            : [.. model.Pools.SelectMany(p => p.Nodes)];
    }

    /// <summary>Reads: each record is a <see cref="Completed{T}"/>, in the order of time; those that are followed in the order in which
    /// they come.</summary>
    public static async IAsyncEnumerable<OperationEvent> RunAsync(
        KubeConnection connection, string ns, string cluster, IReadOnlyList<NodeRef> nodes, LogRequest request,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (request.Limit is { } time)
            limit.CancelAfter(time);
        int least = Array.IndexOf(LogLines.Levels, request.Level?.ToUpperInvariant());
        var events = request.Follow
            ? FollowAllAsync(connection, ns, nodes, request, limit.Token)
            : MergedAsync([.. nodes.Select(n => PodAsync(connection, ns, n, request, limit.Token))]);
        var late = request.Follow ? null : new ClusterException("Timeout", FailureKind.Timeout, cluster,
            $"The logs of {cluster} were not read within {request.Limit?.TotalSeconds:0} s. Read less with -Since, -Tail or -Pod, or give "
                + $"it longer with -TimeoutSeconds.");
        await foreach (var e in UntilAsync(events, late, limit.Token, cancel).ConfigureAwait(false))
        {
            if (e is not Completed<KafkaLogRecord> done)
                yield return e;
            else if (Array.IndexOf(LogLines.Levels, done.Result.Level) >= least)
                yield return new Completed<KafkaLogRecord>(done.Result with { Cluster = cluster, Namespace = ns });
        }
    }

    // The end of the time is the end of what is followed, and else a failure.
    private static async IAsyncEnumerable<T> UntilAsync<T>(IAsyncEnumerable<T> source, ClusterException? late, CancellationToken limit,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var items = source.GetAsyncEnumerator(CancellationToken.None);
        await using (items.ConfigureAwait(false))
        {
            while (true)
            {
                try
                {
                    if (!await items.MoveNextAsync().ConfigureAwait(false))
                        yield break;
                }
                catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancel.IsCancellationRequested)
                {
                    if (late is not null)
                        throw late;
                    yield break;
                }

                yield return items.Current;
            }
        }
    }

    // Always the earliest of the heads: constant memory, and all requests run from the beginning.
    private static async IAsyncEnumerable<OperationEvent> MergedAsync(IReadOnlyList<IAsyncEnumerable<OperationEvent>> sources)
    {
        var readers = sources.Select(s => s.GetAsyncEnumerator(CancellationToken.None)).ToList();
        try
        {
            bool[] more = await Task.WhenAll(readers.Select(r => r.MoveNextAsync().AsTask())).ConfigureAwait(false);
            while (Enumerable.Range(0, readers.Count).Where(i => more[i]).ToList() is { Count: > 0 } open)
            {
                int next =
                    open.MinBy(i => readers[i].Current is Completed<KafkaLogRecord> done ? done.Result.Time : DateTimeOffset.MinValue);
                yield return readers[next].Current;
                more[next] = await readers[next].MoveNextAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (var reader in readers)
                await reader.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async IAsyncEnumerable<OperationEvent> PodAsync(
        KubeConnection connection, string ns, NodeRef node, LogRequest request, [EnumeratorCancellation] CancellationToken cancel)
    {
        HttpResponseMessage? response = null;
        OperationEvent? failed = null;
        try
        {
            response = await connection.LogAsync(ns, node.Pod, Query(node, request, null), cancel).ConfigureAwait(false);
        }
        catch (ClusterException e) when (e.Kind is FailureKind.InvalidData or FailureKind.NotFound)
        {
            failed = request.Previous ? new Warned($"{node.Pod} has no log of a life before: its container was not restarted.")
                : new Failed(NotRead(node, e));
        }

        if (failed is not null)
            yield return failed;
        if (response is null)
            yield break;
        using (response)
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false));
            var lines = new LogLines();
            while (await LineAsync(reader, cancel).ConfigureAwait(false) is { } line)
            {
                if (lines.Take(line) is { } record)
                    yield return Of(node, record);
            }

            if (lines.End() is { } last)
                yield return Of(node, last);
        }
    }

    private static IAsyncEnumerable<OperationEvent> FollowAllAsync(
        KubeConnection connection, string ns, IReadOnlyList<NodeRef> nodes, LogRequest request, CancellationToken cancel) =>
        Worker.RunAsync((events, stop) => Task.WhenAll(nodes.Select(n => FollowAsync(connection, ns, n, request, events, stop))),
            Channel.CreateBounded<OperationEvent>(256), cancel);

    // The log of a container ends with it. The next one, be it of another pod of that name, is followed from where that one ended.
    private static async Task FollowAsync(KubeConnection connection, string ns, NodeRef node, LogRequest request,
        ChannelWriter<OperationEvent> events, CancellationToken cancel)
    {
        DateTimeOffset? last = null;
        bool told = false;
        while (!cancel.IsCancellationRequested)
        {
            var lines = new LogLines();
            try
            {
                using var response = await connection.LogAsync(ns, node.Pod, Query(node, request, last), cancel).ConfigureAwait(false);
                told = false;
                using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false));
                var reading = LineAsync(reader, cancel);
                while (true)
                {
                    // A record ends with the next one, or when nothing more comes.
                    if (lines.IsOpen && await Task.WhenAny(reading, Task.Delay(Quiet, cancel)).ConfigureAwait(false) != reading
                        && lines.End() is { } quiet)
                        await events.WriteAsync(Of(node, quiet), cancel).ConfigureAwait(false);
                    if (await reading.ConfigureAwait(false) is not { } line)
                        break;
                    reading = LineAsync(reader, cancel);
                    if (last is { } seen && LogLines.TimeOf(line) <= seen)
                        continue; // Kubernetes counts from the second's beginning
                    if (lines.Take(line) is { } record)
                        await events.WriteAsync(Of(node, record), cancel).ConfigureAwait(false);
                }
            }
            catch (ClusterException e)
                when (e.Kind is FailureKind.InvalidData or FailureKind.NotFound or FailureKind.Unavailable or FailureKind.Connection)
            {
                if (!told)
                    await events.WriteAsync(new Note($"{node.Pod}: waiting for its log. {e.Message}"), cancel).ConfigureAwait(false);
                told = true;
            }
            catch (ClusterException e)
            {
                events.TryComplete(e); // what one pod is refused, such as for want of rights, the others are too
                return;
            }

            if (lines.End() is { } rest)
                await events.WriteAsync(Of(node, rest), cancel).ConfigureAwait(false);
            if (lines.Last != default) // the node's clock, not ours
                last = lines.Last;
            await Task.Delay(Pause, cancel).ConfigureAwait(false);
        }
    }

    // A connection that breaks ends a log as a container does.
    private static async Task<string?> LineAsync(StreamReader reader, CancellationToken cancel)
    {
        try
        {
            return await reader.ReadLineAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            cancel.ThrowIfCancellationRequested();
            return null;
        }
    }

    /// <summary>The query of a log request.</summary>
    /// <remarks>Source: PodLogOptions of core/v1.</remarks>
    private static string Query(NodeRef node, LogRequest request, DateTimeOffset? since)
    {
        string query = $"container={Uri.EscapeDataString(node.Pool.Template.App)}&timestamps=true";
        if (request.Follow)
            query += "&follow=true";
        if (request.Previous)
            query += "&previous=true";
        if (since is { } time)
            return string.Create(CultureInfo.InvariantCulture, $"{query}&sinceTime={time.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}");
        if (request.Since is { } span)
            query += string.Create(CultureInfo.InvariantCulture, $"&sinceSeconds={Math.Max(1, (long)Math.Ceiling(span.TotalSeconds))}");
        return request.Tail is int tail ? string.Create(CultureInfo.InvariantCulture, $"{query}&tailLines={tail}") : query;
    }

    private static Completed<KafkaLogRecord> Of(NodeRef node, KafkaLogRecord record) => new(record with { Pod = node.Pod });

    private static ClusterException NotRead(NodeRef node, ClusterException e) =>
        new("LogNotRead", FailureKind.Unavailable, node.Pod,
            $"The log of {node.Pod} cannot be read: {e.Message} Get-KafkaCluster says how the pod is; -Previous gives the log of a "
                + $"container that ended.", e);
}
