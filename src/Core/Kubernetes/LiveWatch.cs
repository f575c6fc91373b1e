using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace KafkaK8s.Core.Kubernetes;

/// <summary>What to watch: a kind in a namespace, narrowed by labels or fields.</summary>
/// <param name="Kind">Kind of object.</param>
/// <param name="LabelSelector">Labels that an object must carry; null for all.</param>
/// <param name="FieldSelector">Fields that it must have; null for all.</param>
/// <param name="Optional">Whether the operation goes on where the credentials do not allow it.</param>
internal sealed record WatchTarget(ResourceKind Kind, string? LabelSelector = null, string? FieldSelector = null, bool Optional = false);

/// <summary>The objects of several watches at one moment, by kind and name.</summary>
internal sealed class LiveObjects
{
    private readonly Dictionary<(string Kind, string Name), JsonObject> objects = [];

    /// <summary>All objects of a kind, in no order.</summary>
    public IEnumerable<JsonObject> Of(ResourceKind kind) => objects.Where(p => p.Key.Kind == kind.Kind).Select(p => p.Value);

    /// <summary>One object, or null.</summary>
    public JsonObject? Find(ResourceKind kind, string name) => objects.GetValueOrDefault((kind.Kind, name));

    /// <summary>The same objects in a set of their own, which stays as it is.</summary>
    public LiveObjects Copy()
    {
        var copy = new LiveObjects();
        foreach (var (key, tree) in objects)
            copy.objects.Add(key, tree);
        return copy;
    }

    /// <summary>Puts an object in, or takes it out where <paramref name="tree"/> is null.</summary>
    public void Set(ResourceKind kind, string name, JsonObject? tree)
    {
        if (tree is null)
            objects.Remove((kind.Kind, name));
        else
            objects[(kind.Kind, name)] = tree;
    }

    /// <summary>Takes out all of a kind.</summary>
    public void Clear(ResourceKind kind)
    {
        foreach (var key in objects.Keys.Where(k => k.Kind == kind.Kind).ToList())
            objects.Remove(key);
    }
}

/// <summary>Follows objects by list and watch; a lost connection is taken up again where it broke.</summary>
internal static class LiveWatch
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Yields the objects of all targets once their first lists are in, and again after each change. One and the same instance is
    /// yielded each time and changes only between two steps of the enumeration.
    /// </summary>
    public static async IAsyncEnumerable<LiveObjects> FollowAsync(
        KubeConnection connection, string ns, IReadOnlyList<WatchTarget> targets, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var changes = Channel.CreateUnbounded<Action<LiveObjects>?>(new UnboundedChannelOptions { SingleReader = true });
        var loops = targets.Select(t => Task.Run(() => LoopAsync(connection, ns, t, changes.Writer, stop.Token), CancellationToken.None))
            .ToList();
        var live = new LiveObjects();
        int listed = 0;
        try
        {
            while (await changes.Reader.WaitToReadAsync(cancel).ConfigureAwait(false))
            {
                while (changes.Reader.TryRead(out var change))
                {
                    if (change is null)
                        listed++;
                    else
                        change(live);
                }

                if (listed >= targets.Count)
                    yield return live;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // A null in the channel says: the first list of one target is in.
    private static async Task LoopAsync(KubeConnection connection, string ns, WatchTarget target,
        ChannelWriter<Action<LiveObjects>?> changes, CancellationToken cancel)
    {
        var place = new Place();
        bool first = true;
        var pause = TimeSpan.FromMilliseconds(100);
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                if (place.Version is null)
                {
                    place.Version = await ListAsync(connection, ns, target, changes, cancel).ConfigureAwait(false);
                    if (first)
                        changes.TryWrite(null);
                    first = false;
                }

                if (await WatchAsync(connection, ns, target, place, changes, cancel).ConfigureAwait(false))
                {
                    pause = TimeSpan.FromMilliseconds(100);
                    continue;
                }
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (ClusterException e) when (target.Optional && e.Kind is FailureKind.Permission)
            {
                if (first)
                    changes.TryWrite(null);
                return;
            }
            catch (ClusterException e) when (first || e.Kind is not (FailureKind.Connection or FailureKind.Unavailable))
            {
                changes.TryComplete(e);
                return;
            }
            catch (ClusterException)
            {
                place.Version = null; // the server refused for now, or the version is too old (410): list again
            }
            catch (Exception e) when (e is IOException or HttpRequestException or JsonException)
            {
                // The connection broke, perhaps within a line: resume from the last version, at a growing distance.
            }
            catch (Exception e)
            {
                changes.TryComplete(e); // a defect: whoever waits must not wait on
                throw;
            }

            try
            {
                await Task.Delay(pause, cancel).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private static async Task<string> ListAsync(KubeConnection connection, string ns, WatchTarget target,
        ChannelWriter<Action<LiveObjects>?> changes, CancellationToken cancel)
    {
        var list = await connection.GetAsync($"{target.Kind.Path(ns)}?{Query(target)}", cancel).ConfigureAwait(false);
        var items = target.Kind.ItemsOf(list);
        await changes.WriteAsync(live =>
        {
            live.Clear(target.Kind);
            foreach (var item in items)
                live.Set(target.Kind, NameOf(item), item);
        }, cancel).ConfigureAwait(false);
        return (string?)list["metadata"]?["resourceVersion"] ?? "0";
    }

    // False where the server had nothing but an error to tell.
    private static async Task<bool> WatchAsync(
        KubeConnection connection, string ns, WatchTarget target, Place place, ChannelWriter<Action<LiveObjects>?> changes,
        CancellationToken cancel)
    {
        string path =
            $"{target.Kind.Path(ns)}?watch=true&allowWatchBookmarks=true&timeoutSeconds=300"
                + $"&resourceVersion={place.Version}&{Query(target)}";
        using var response = await connection.WatchAsync(path, cancel).ConfigureAwait(false);
        bool told = false;
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false));
        while (await reader.ReadLineAsync(cancel).ConfigureAwait(false) is string line)
        {
            if (JsonNode.Parse(line) is not JsonObject e || e["object"] is not JsonObject item)
                continue;
            string type = (string?)e["type"] ?? "";
            if (type == "ERROR")
            {
                place.Version = null; // 410: the version is too old; anything else is best cured by a new list too
                return told;
            }

            told = true;
            place.Version = (string?)item["metadata"]?["resourceVersion"] ?? place.Version;
            if (type == "BOOKMARK")
                continue;
            e.Remove("object");
            await changes.WriteAsync(live => live.Set(target.Kind, NameOf(item), type == "DELETED" ? null : item), cancel)
                .ConfigureAwait(false);
        }

        return true;
    }

    private static string NameOf(JsonObject item) => (string)item["metadata"]!["name"]!;

    private static string Query(WatchTarget target) =>
        (target.LabelSelector is string labels ? $"labelSelector={Uri.EscapeDataString(labels)}&" : "")
        + (target.FieldSelector is string fields ? $"fieldSelector={Uri.EscapeDataString(fields)}" : "");

    // Where a watch is, also after it broke: the version of the last event; null to list again.
    private sealed class Place
    {
        public string? Version { get; set; }
    }
}
