using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Running;

namespace KafkaK8s.Core.Rolling;

/// <summary>What a lease is taken for.</summary>
/// <param name="Command">The cmdlet.</param>
/// <param name="From">Members of the ensemble now, for a change of its size; else 0.</param>
/// <param name="To">Members that it goes for; else 0.</param>
internal sealed record LeasePurpose(string Command, int From = 0, int To = 0)
{
    /// <summary>The cluster is removed: the objects that bear the lease go meanwhile.</summary>
    public bool Removes { get; init; }

    /// <summary>The cluster may not be there yet: then its Secret, which is made once and first of all, bears the lease.</summary>
    public bool Creates { get; init; }
}

/// <summary>
/// One change of a cluster at a time: a record in an annotation of the StatefulSet that starts first (the ZooKeeper servers', where there
/// are any), written on condition that the object is as it was read, and renewed while the work goes on.
/// </summary>
/// <remarks>
/// Before that set stands, and while it is removed, the cluster's first Secret bears the record: it is the one object that is created, not
/// applied, so that of two first creations one finds it there.
/// </remarks>
internal sealed class ClusterLease : IAsyncDisposable
{
    private const int Tries = 20;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromSeconds(10);

    // Shorter than others wait: whoever has not got through for that long asks again before it does anything more.
    private static readonly TimeSpan Sure = TimeSpan.FromSeconds(12);

    // An API server that is away for that long ends the command.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);

    private readonly KubeConnection connection;
    private readonly string ns;
    private readonly ClusterNames names;
    private readonly LeasePurpose purpose;
    private readonly LeaseWatch watch;

    // The objects that bear the record, each with the text that this run wrote there last; null where it does not know.
    private readonly Dictionary<Place, string?> places = [];
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim renewing = new(1);
    private LeaseRecord record;
    private Task renewal = Task.CompletedTask;
    private long renewedAt;
    private Place? coming;
    private ClusterException? lost;
    private bool completed;

    private ClusterLease(KubeConnection connection, string ns, ClusterNames names, LeasePurpose purpose, LeaseWatch watch)
    {
        (this.connection, this.ns, this.names, this.purpose, this.watch) = (connection, ns, names, purpose, watch);
        record = new LeaseRecord(purpose.From, purpose.To, purpose.Command, Me, Guid.NewGuid().ToString("n")[..12], watch.Time.GetUtcNow(),
            Environment.ProcessId);
        renewedAt = watch.Time.GetTimestamp();
    }

    /// <summary>Whether the Secret was made for it.</summary>
    public bool MadeSecret { get; private set; }

    /// <summary>Waits until nobody changes the cluster any more, takes the lease for some work, and gives it back when that has
    /// ended.</summary>
    /// <param name="connection">Connection to the API server.</param>
    /// <param name="ns">Namespace of the cluster.</param>
    /// <param name="names">Names of the cluster.</param>
    /// <param name="purpose">What it is taken for.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancel">Ends the wait; the work has to look to it itself.</param>
    /// <exception cref="ClusterException"><c>EnsembleBusy</c>: somebody is seen to be at it.</exception>
    public static async IAsyncEnumerable<OperationEvent> UnderAsync(
        KubeConnection connection, string ns, ClusterNames names, LeasePurpose purpose,
        Func<ClusterLease, IAsyncEnumerable<OperationEvent>> work, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var e in AwaitFreeAsync(connection, ns, names, null, LeaseWatch.Shared, cancel).ConfigureAwait(false))
            yield return e;
        var lease = await TakeAsync(connection, ns, names, purpose, LeaseWatch.Shared, cancel).ConfigureAwait(false);
        await using (lease.ConfigureAwait(false))
        {
            await foreach (var e in work(lease).ConfigureAwait(false))
                yield return e;
        }
    }

    /// <summary>Refuses while somebody is seen to change the cluster. Without a limit it waits until the lease of one who is gone has run
    /// out; with one it gives up by then, and leaves it to the run.</summary>
    /// <exception cref="ClusterException"><c>EnsembleBusy</c>.</exception>
    public static async IAsyncEnumerable<OperationEvent> AwaitFreeAsync(
        KubeConnection connection, string ns, ClusterNames names, TimeSpan? limit, LeaseWatch watch,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        long begun = watch.Time.GetTimestamp();
        long heard = begun;
        bool told = false;
        while (true)
        {
            var (found, blip) = await TryFindAsync(connection, ns, names, cancel).ConfigureAwait(false);
            if (blip is not null)
            {
                if (watch.Time.GetElapsedTime(heard) > LongestSilence)
                    throw blip;
                await Task.Delay(Pause, watch.Time, cancel).ConfigureAwait(false);
                continue;
            }

            heard = watch.Time.GetTimestamp();
            var (place, tree) = found;
            if (tree is null || Read(tree) is not { Holder: not null } held)
                yield break;
            var sight = watch.Look(PlaceKey(connection, ns, place), held);
            if (sight.Unchanged >= LeaseWatch.Duration || watch.Time.GetElapsedTime(begun) > limit)
                yield break;
            if (sight.IsRenewed)
                throw Busy(held, names, sight, "Wait until it is done");
            if (!told)
                yield return new Waiting("Lease",
                    $"{Who(held, names)}; its lease ends when no renewal is seen for {LeaseWatch.Duration.TotalSeconds:0} s");
            told = true;
            await Task.Delay(Pause, watch.Time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The same while planning, where nothing can be told: a holder that lives renews within this time.</summary>
    /// <exception cref="ClusterException"><c>EnsembleBusy</c>.</exception>
    public static async Task RefuseIfHeldAsync(KubeConnection connection, string ns, ClusterNames names, CancellationToken cancel)
    {
        await foreach (var _ in AwaitFreeAsync(connection, ns, names, Beat + Soon, LeaseWatch.Shared, cancel).ConfigureAwait(false))
        {
            // A plan has no progress.
        }
    }

    /// <summary>Takes the lease when nobody holds it any more. A change of the ensemble's size that an earlier run left unfinished stays
    /// written, save for the one that goes on with it.</summary>
    /// <exception cref="ClusterException"><c>EnsembleBusy</c>: somebody else is at it.</exception>
    public static async Task<ClusterLease> TakeAsync(
        KubeConnection connection, string ns, ClusterNames names, LeasePurpose purpose, LeaseWatch watch, CancellationToken cancel)
    {
        var lease = new ClusterLease(connection, ns, names, purpose, watch);
        try
        {
            await lease.TakeAsync(cancel).ConfigureAwait(false);
            lease.renewal = Task.Run(lease.RenewAsync, CancellationToken.None);
            return lease;
        }
        catch
        {
            await lease.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>An object as it is to be created: the StatefulSet that starts first bears the lease from its first moment on, where every
    /// other command looks; any other is left as it is.</summary>
    public JsonObject Bearing(JsonObject tree)
    {
        var set = new Place(ResourceKind.StatefulSet, names.FirstSet);
        if ((string?)tree["kind"] != set.Kind.Kind || tree.Name() != set.Name || places.ContainsKey(set))
            return tree;
        coming = set; // an answer may be lost
        var copy = (JsonObject)tree.DeepClone();
        var annotations = copy["metadata"]!["annotations"] as JsonObject
            ?? (JsonObject)(copy["metadata"]!["annotations"] = new JsonObject());
        annotations[ClusterNames.ChangeAnnotation] = record.Write();
        return copy;
    }

    /// <summary>What <see cref="Bearing"/> gave stands now: the lease is renewed there too.</summary>
    public async Task BornAsync(JsonObject tree, CancellationToken cancel)
    {
        if (coming is not { } set)
            return;
        await renewing.WaitAsync(cancel).ConfigureAwait(false);
        places[set] = tree.Annotation(ClusterNames.ChangeAnnotation);
        coming = null;
        renewing.Release();
    }

    /// <summary>
    /// Sees to it that the lease still holds, before a step that must not be done by two. Where the last renewal is too long ago, it is
    /// renewed first, and until that has worked the step waits.
    /// </summary>
    /// <exception cref="ClusterException"><c>EnsembleBusy</c>: somebody else has taken it over. <c>LeaseLost</c>.</exception>
    public async Task HoldAsync(CancellationToken cancel)
    {
        while (true)
        {
            if (lost is not null)
                throw lost;
            var silence = watch.Time.GetElapsedTime(renewedAt);
            if (silence < Sure || places.Count == 0)
                return;
            if (silence > LongestSilence)
            {
                throw new ClusterException("LeaseLost", FailureKind.Connection, names.Cluster,
                    $"{purpose.Command} of {names.Cluster} could not renew its lease for {silence.TotalSeconds:0} s, so that somebody "
                    + $"else may be "
                    + "changing the cluster by now. It has stopped; what it did remains. Run the same command again to continue.");
            }

            if (!await TryRenewAsync(cancel).ConfigureAwait(false))
                await Task.Delay(Soon, watch.Time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Sets the number of the ensemble's pods, on condition that the lease still holds.</summary>
    public async Task ScaleAsync(int replicas, CancellationToken cancel)
    {
        await HoldAsync(cancel).ConfigureAwait(false);
        await UpdateAsync(new Place(ResourceKind.StatefulSet, names.ZooKeeperSet), set =>
        {
            if (Read(set) is { Holder: not null } held && held.Id != record.Id)
                throw TakenOver(held);
            return Readiness.Wanted(set) == replicas ? null : new JsonObject { ["spec"] = new JsonObject { ["replicas"] = replicas } };
        }, null, cancel).ConfigureAwait(false);
    }

    /// <summary>The change of the ensemble's size has reached its end: nothing is left to go on with.</summary>
    public void Complete() => completed = true;

    /// <summary>Gives the lease back; of a change of the size that is not complete the goal stays, for the next run.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await renewal.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
        renewing.Dispose();
        using var limit = new CancellationTokenSource(ReleaseLimit);
        if (coming is not null)
            places.TryAdd(coming, null);
        await Task.WhenAll(places.Keys.ToList().Select(async place =>
        {
            while (!await TryReleaseAsync(place, limit.Token).ConfigureAwait(false))
                await Task.Delay(Pause, CancellationToken.None).ConfigureAwait(false);
        })).ConfigureAwait(false);
    }

    // Whether there is nothing more to try.
    private async Task<bool> TryReleaseAsync(Place place, CancellationToken cancel)
    {
        try
        {
            var left = completed && purpose.From != purpose.To ? null : record.Left();
            if (!await TryReplaceAsync(place, left, cancel).ConfigureAwait(false))
                await UpdateAsync(place, tree => Read(tree)?.Id != record.Id ? null : Annotate(left), null, cancel).ConfigureAwait(false);
            return true;
        }
        catch (ClusterException e) when (IsBlip(e) && !cancel.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e) when (e is ClusterException or OperationCanceledException)
        {
            return true; // it runs out by itself
        }
    }

    private static string Me => $"{Environment.UserName}@{Environment.MachineName}";

    private static string PlaceKey(KubeConnection connection, string ns, Place place) =>
        $"{connection.Server} {ns} {place.Kind.Kind} {place.Name}";

    private static LeaseRecord? Read(JsonObject tree) => LeaseRecord.Read(tree.Annotation(ClusterNames.ChangeAnnotation));

    private static JsonObject Annotate(LeaseRecord? value) =>
        new() { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [ClusterNames.ChangeAnnotation] = value?.Write() } } };

    private static string Who(LeaseRecord held, ClusterNames names)
    {
        bool resizes = held is { IsResize: true, Resize: null };
        return $"{held.Holder ?? "Somebody"} is changing the cluster {names.Cluster} with "
            + $"{held.Command}{(resizes ? $" from {held.From} to {held.To} servers" : "")}";
    }

    private static ClusterException Busy(LeaseRecord held, ClusterNames names, LeaseSight? sight, string advice) =>
        new("EnsembleBusy", FailureKind.Conflict, names.Cluster,
        $"{Who(held, names)}{(sight is { } seen ? $" (seen from here since {seen.Since:HH:mm:ss})" : "")}. {advice}; "
        + $"a command that was killed counts as gone when no renewal of its lease is seen for {LeaseWatch.Duration.TotalSeconds:0} s.");

    private ClusterException TakenOver(LeaseRecord by) =>
        Busy(by, names, null, "This command did not reach the API server for a while and has stopped; what it did remains");

    // Where the lease is at the moment: one look for the set, which nearly always stands.
    private static async Task<(Place Place, JsonObject? Tree)> FindAsync(KubeConnection connection, string ns, ClusterNames names,
        CancellationToken cancel)
    {
        var set = new Place(ResourceKind.StatefulSet, names.FirstSet);
        if (await connection.TryGetAsync(set.Kind, ns, set.Name, cancel).ConfigureAwait(false) is { } tree
            && !tree.IsTerminating() && Ownership.ClusterOf(tree) == names.Cluster)
            return (set, tree);
        var secret = new Place(ResourceKind.Secret, names.FirstSecret);
        return (secret, await connection.TryGetAsync(secret.Kind, ns, secret.Name, cancel).ConfigureAwait(false));
    }

    // An API server that is away for a moment says nothing of the holder.
    private static async Task<((Place Place, JsonObject? Tree) Found, ClusterException? Blip)> TryFindAsync(
        KubeConnection connection, string ns, ClusterNames names, CancellationToken cancel)
    {
        try
        {
            return (await FindAsync(connection, ns, names, cancel).ConfigureAwait(false), null);
        }
        catch (ClusterException e) when (IsBlip(e))
        {
            return (default, e);
        }
    }

    private static bool IsBlip(ClusterException e) => e.Kind is FailureKind.Connection or FailureKind.Unavailable;

    private async Task TakeAsync(CancellationToken cancel)
    {
        var (place, tree) = await FindAsync(connection, ns, names, cancel).ConfigureAwait(false);
        bool stands = place.Kind == ResourceKind.StatefulSet;
        var secret = new Place(ResourceKind.Secret, names.FirstSecret);
        if (stands)
            await WriteAsync(place, tree, cancel).ConfigureAwait(false);
        else if (!purpose.Creates && !purpose.Removes)
            throw ClusterNames.NotFound(names.Cluster, ns, connection.Context);
        else if (tree is not null)
            await WriteAsync(place, tree, cancel).ConfigureAwait(false);
        else if (purpose.Creates)
            await MakeSecretAsync(secret, cancel).ConfigureAwait(false);

        // Whoever makes the cluster anew while it is being removed would lose the Secret again.
        if (stands && purpose.Removes
            && await connection.TryGetAsync(secret.Kind, ns, secret.Name, cancel).ConfigureAwait(false) is { } other)
            await WriteAsync(secret, other, cancel).ConfigureAwait(false);
    }

    private async Task MakeSecretAsync(Place secret, CancellationToken cancel)
    {
        var tree = FirstSecret.New(names);
        string text = record.Write();
        tree["metadata"]!["annotations"] = new JsonObject { [ClusterNames.ChangeAnnotation] = text };
        places.Add(secret, text); // before: an answer may be lost
        try
        {
            await connection.CreateAsync(tree, ns, cancel).ConfigureAwait(false);
            MadeSecret = true;
        }
        catch (ClusterException e) when (e.Kind == FailureKind.Conflict)
        {
            await WriteAsync(secret, null, cancel).ConfigureAwait(false); // somebody else was quicker
        }
    }

    // The first write on one object, which was seen as it is just now where there is such a look.
    private async Task WriteAsync(Place place, JsonObject? seen, CancellationToken cancel)
    {
        places[place] = null; // before: an answer may be lost
        await UpdateAsync(place, tree =>
        {
            var before = Read(tree);
            if (before is { Holder: not null } && before.Id != record.Id)
            {
                var sight = watch.Look(PlaceKey(connection, ns, place), before);
                if (sight.Unchanged < LeaseWatch.Duration)
                    throw Busy(before, names, sight, "Wait until it is done");
            }

            // An interrupted run keeps its beginning: the same count must lead to the same end when it is given again.
            if (before is { IsResize: true } && purpose.From == purpose.To)
                record = record with { From = before.From, To = before.To, Resize = before.Resize ?? before.Command };
            else if (before is { IsResize: true } && before.To == purpose.To)
                record = record with { From = before.From };
            return Annotate(record);
        }, seen, cancel).ConfigureAwait(false);
        places[place] = record.Write();
    }

    private async Task RenewAsync()
    {
        bool renewed = true;
        while (lost is null)
        {
            await Task.Delay(renewed ? Beat : Soon, watch.Time, stop.Token).ConfigureAwait(false);
            renewed = await TryRenewAsync(stop.Token).ConfigureAwait(false);
        }
    }

    // False where the API server is away: so it is for everything else that this run wants to do.
    private async Task<bool> TryRenewAsync(CancellationToken cancel)
    {
        await renewing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            long asked = watch.Time.GetTimestamp();
            record = record with { Renewed = watch.Time.GetUtcNow(), Renewals = record.Renewals + 1 };
            foreach (var place in places.Keys.ToList())
                await RenewAsync(place, cancel).ConfigureAwait(false);
            renewedAt = asked;
            return true;
        }
        catch (ClusterException e) when (e.Id == "ClusterNotFound" && purpose.Removes)
        {
            places.Clear(); // its end was asked for
            return true;
        }
        catch (ClusterException e) when (e.Id == "ClusterNotFound")
        {
            lost = e;
            return true;
        }
        catch (ClusterException)
        {
            return false;
        }
        finally
        {
            renewing.Release();
        }
    }

    private async Task RenewAsync(Place place, CancellationToken cancel)
    {
        var now = record;
        if (!await TryReplaceAsync(place, now, cancel).ConfigureAwait(false))
        {
            await UpdateAsync(place, tree =>
            {
                if (Read(tree) is { Holder: not null } held && held.Id != now.Id)
                {
                    lost = TakenOver(held);
                    return null;
                }

                return Annotate(now);
            }, null, cancel).ConfigureAwait(false);
        }

        places[place] = now.Write();
    }

    // In one request, on condition that the record is as this run wrote it: whoever writes the status meanwhile is no conflict.
    private async Task<bool> TryReplaceAsync(Place place, LeaseRecord? value, CancellationToken cancel)
    {
        if (places[place] is not { } written)
            return false;
        string path = $"/metadata/annotations/{ClusterNames.ChangeAnnotation.Replace("/", "~1", StringComparison.Ordinal)}";
        var change = value is null ? new JsonObject { ["op"] = "remove", ["path"] = path }
            : new JsonObject { ["op"] = "replace", ["path"] = path, ["value"] = value.Write() };
        JsonArray operations = [new JsonObject { ["op"] = "test", ["path"] = path, ["value"] = written }, change];
        return await connection.TryPatchAsync(place.Kind, ns, place.Name, operations, cancel).ConfigureAwait(false);
    }

    // The status of a set moves its version all the time: a conflict is tried again from a fresh look.
    private async Task UpdateAsync(Place place, Func<JsonObject, JsonObject?> patch, JsonObject? seen, CancellationToken cancel)
    {
        for (int i = 1; ; i++, seen = null)
        {
            var tree = seen ?? await connection.TryGetAsync(place.Kind, ns, place.Name, cancel).ConfigureAwait(false)
                ?? throw ClusterNames.NotFound(names.Cluster, ns, connection.Context);
            if (patch(tree) is not JsonObject change)
                return;
            var metadata = change["metadata"] as JsonObject ?? [];
            metadata["resourceVersion"] = (string?)tree["metadata"]!["resourceVersion"];
            change["metadata"] = metadata;
            try
            {
                await connection.MergeAsync(place.Kind, ns, place.Name, change, cancel).ConfigureAwait(false);
                return;
            }
            catch (ClusterException e) when (e.Id == "Conflict" && i < Tries)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancel).ConfigureAwait(false);
            }
        }
    }

    // One object that bears the record.
    private sealed record Place(ResourceKind Kind, string Name);
}
