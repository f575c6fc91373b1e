using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Running;

namespace KafkaK8s.Core.Rolling;

/// <summary>
/// One change of an ensemble at a time: a claim in an annotation of the servers' StatefulSet, written on condition that the object is
/// as it was read, and renewed while the work goes on.
/// </summary>
internal sealed class EnsembleLock : IAsyncDisposable
{
    private const int Tries = 20;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromSeconds(10);

    private readonly KubeConnection connection;
    private readonly string ns;
    private readonly ClusterNames names;
    private readonly CancellationTokenSource stop = new();
    private readonly Task renewal;
    private EnsembleChange change;
    private EnsembleChange? lostTo;
    private bool completed;

    private EnsembleLock(KubeConnection connection, string ns, ClusterNames names, EnsembleChange change)
    {
        (this.connection, this.ns, this.names, this.change) = (connection, ns, names, change);
        renewal = Task.Run(RenewAsync);
    }

    /// <summary>Takes the claim; what an earlier run left unfinished is replaced by it.</summary>
    /// <exception cref="ClusterException"><c>EnsembleBusy</c>: somebody else is at it.</exception>
    public static async Task<EnsembleLock> TakeAsync(KubeConnection connection, string ns, ClusterNames names, string command, int from, int to, CancellationToken cancel)
    {
        var mine = new EnsembleChange(from, to, command, Me, Guid.NewGuid().ToString("n")[..12], DateTimeOffset.UtcNow, Environment.ProcessId);
        await UpdateSetAsync(connection, ns, names, set =>
        {
            CheckFree(set, names);
            var before = EnsembleChange.Read(set.Annotation(ClusterNames.ChangeAnnotation));
            // An interrupted run keeps its beginning: the same count must lead to the same end when it is given again.
            if (before is { IsResize: true } && before.To == to)
                mine = mine with { From = before.From };
            return Annotate(mine);
        }, cancel).ConfigureAwait(false);
        return new EnsembleLock(connection, ns, names, mine);
    }

    /// <summary>Refuses while somebody is changing the ensemble.</summary>
    /// <exception cref="ClusterException"><c>EnsembleBusy</c>.</exception>
    public static void CheckFree(JsonObject set, ClusterNames names)
    {
        if (EnsembleChange.Read(set.Annotation(ClusterNames.ChangeAnnotation)) is { } held && held.IsHeld(DateTimeOffset.UtcNow))
            throw Busy(held, names, "Wait until it is done");
    }

    /// <summary>Refuses while somebody is changing the ensemble; what a killed command of this user on this machine left is no reason,
    /// as <see cref="OutlastAsync"/> waits for its end.</summary>
    /// <exception cref="ClusterException"><c>EnsembleBusy</c>.</exception>
    public static void CheckFreeOrLeftHere(JsonObject set, ClusterNames names)
    {
        if (EnsembleChange.Read(set.Annotation(ClusterNames.ChangeAnnotation)) is not { } held || !IsLeftHere(held))
            CheckFree(set, names);
    }

    /// <summary>Waits until the claim of a killed command has run out.</summary>
    /// <remarks>That its process is gone is not proof enough to take it over at once: two containers may go by one machine's name. A claim
    /// that is renewed meanwhile is in other hands.</remarks>
    /// <exception cref="ClusterException"><c>EnsembleBusy</c>: somebody else is at it.</exception>
    public static async IAsyncEnumerable<OperationEvent> OutlastAsync(KubeConnection connection, string ns, ClusterNames names, [EnumeratorCancellation] CancellationToken cancel)
    {
        EnsembleChange? left = null;
        while (true)
        {
            var set = await connection.TryGetAsync(ResourceKind.StatefulSet, ns, names.ZooKeeperSet, cancel).ConfigureAwait(false);
            if (EnsembleChange.Read(set?.Annotation(ClusterNames.ChangeAnnotation)) is not { } held || !held.IsHeld(DateTimeOffset.UtcNow))
                yield break;
            if (!IsLeftHere(held) || left is not null && left != held)
                throw Busy(held, names, "Wait until it is done");
            if (left is null)
                yield return new Waiting("Claim", $"an earlier {held.Command} of yours was killed; its claim runs out {EnsembleChange.Patience.TotalSeconds:0} s after its last sign");
            left = held;
            await Task.Delay(Pause, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Fails when somebody else has taken the claim over, because this process did not get through for too long.</summary>
    /// <exception cref="ClusterException"><c>EnsembleBusy</c>.</exception>
    public void ThrowIfLost()
    {
        if (lostTo is { } other)
            throw Busy(other, names, "This command did not reach the API server for a while and has stopped; what it did remains");
    }

    /// <summary>Sets the number of pods, on condition that the claim still holds.</summary>
    public Task ScaleAsync(int replicas, CancellationToken cancel) => UpdateSetAsync(connection, ns, names, set =>
    {
        if (EnsembleChange.Read(set.Annotation(ClusterNames.ChangeAnnotation)) is { } held && held.Id != change.Id)
            throw Busy(held, names, "This command has stopped; what it did remains");
        return Readiness.Wanted(set) == replicas ? null : new JsonObject { ["spec"] = new JsonObject { ["replicas"] = replicas } };
    }, cancel);

    /// <summary>The change has reached its end: nothing is left to go on with.</summary>
    public void Complete() => completed = true;

    /// <summary>Gives the claim back; of a resize that is not complete the goal stays, for the next run.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await renewal.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
        if (lostTo is not null)
            return;
        using var limit = new CancellationTokenSource(ReleaseLimit);
        try
        {
            await UpdateSetAsync(connection, ns, names, set =>
                EnsembleChange.Read(set.Annotation(ClusterNames.ChangeAnnotation))?.Id != change.Id ? null
                : Annotate(completed || !change.IsResize ? null : change with { Holder = null, Id = null }), limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ClusterException or OperationCanceledException)
        {
            // It runs out by itself.
        }
    }

    private static string Me => $"{Environment.UserName}@{Environment.MachineName}";

    private static bool IsLeftHere(EnsembleChange held) => held.Holder == Me && held.Process is int id && !IsRunning(id);

    private static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static ClusterException Busy(EnsembleChange held, ClusterNames names, string advice) => new("EnsembleBusy", FailureKind.Conflict, names.Cluster,
        $"{held.Holder ?? "Somebody"} is changing the ensemble of {names.Cluster} with {held.Command}{(held.IsResize ? $" from {held.From} to {held.To} servers" : "")}. {advice}; a command that was killed counts as gone {EnsembleChange.Patience.TotalSeconds:0} s after its last sign.");

    private static JsonObject Annotate(EnsembleChange? value) =>
        new() { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [ClusterNames.ChangeAnnotation] = value?.Write() } } };

    private async Task RenewAsync()
    {
        while (true)
        {
            await Task.Delay(Beat, stop.Token).ConfigureAwait(false);
            try
            {
                await UpdateSetAsync(connection, ns, names, set =>
                {
                    var now = EnsembleChange.Read(set.Annotation(ClusterNames.ChangeAnnotation));
                    if (now is { Holder: not null } && now.Id != change.Id)
                    {
                        lostTo = now;
                        return null;
                    }

                    return Annotate(change = change with { Renewed = DateTimeOffset.UtcNow });
                }, stop.Token).ConfigureAwait(false);
                if (lostTo is not null)
                    return;
            }
            catch (ClusterException)
            {
                // The API server is away: so it is for everything else that this run wants to do.
            }
        }
    }

    // The status of a set moves its version all the time: a conflict is tried again from a fresh look.
    private static async Task UpdateSetAsync(KubeConnection connection, string ns, ClusterNames names, Func<JsonObject, JsonObject?> patch, CancellationToken cancel)
    {
        for (int i = 1; ; i++)
        {
            var set = await connection.TryGetAsync(ResourceKind.StatefulSet, ns, names.ZooKeeperSet, cancel).ConfigureAwait(false)
                ?? throw ClusterNames.NotFound(names.Cluster, ns, connection.Context);
            if (patch(set) is not JsonObject change)
                return;
            var metadata = change["metadata"] as JsonObject ?? [];
            metadata["resourceVersion"] = (string?)set["metadata"]!["resourceVersion"];
            change["metadata"] = metadata;
            try
            {
                await connection.MergeAsync(ResourceKind.StatefulSet, ns, names.ZooKeeperSet, change, cancel).ConfigureAwait(false);
                return;
            }
            catch (ClusterException e) when (e.Id == "Conflict" && i < Tries)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancel).ConfigureAwait(false);
            }
        }
    }
}
