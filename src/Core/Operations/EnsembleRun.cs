using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Rolling;
using KafkaK8s.Core.Running;
using KafkaK8s.Core.ZooKeeper;

namespace KafkaK8s.Core.Operations;

/// <summary>What the changes of an ensemble share: looks, waits, votes and sizes. Each step has its own limit of time.</summary>
/// <param name="connection">Connection to the API server.</param>
/// <param name="names">Names of the cluster.</param>
/// <param name="ns">Its namespace.</param>
/// <param name="stepLimit">Limit for each step.</param>
/// <param name="time">The clock that limits and pauses go by; null for this machine's.</param>
internal sealed class EnsembleRun(KubeConnection connection, ClusterNames names, string ns, TimeSpan stepLimit, TimeProvider? time = null)
{
    /// <summary>Key of the ConfigMap that the start script reads: the size that a first start has to reckon with.</summary>
    public const string SizeKey = "ensemble.size";

    // ZooKeeper has nothing to watch for this, and each look is three connections a server through the API server: most waits are over
    // within seconds, and one that is not need not be over at once.
    private const int QuickLooks = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(1);
    private readonly TimeProvider clock = time ?? TimeProvider.System;
    private string doing = "";
    private string named = "";

    /// <summary>Looks at the ensemble.</summary>
    public Task<EnsembleView> LookAsync(CancellationToken cancel) => EnsembleReader.ReadAsync(connection, ns, names.Cluster, cancel);

    /// <summary>
    /// Goes for a goal: looks, takes the step that <see cref="EnsembleSteps.Next"/> gives for what was seen, and looks again. A run that
    /// was interrupted anywhere is therefore gone on with by the same command.
    /// </summary>
    /// <param name="goal">The goal.</param>
    /// <param name="carry">Carries one step out, given what was seen right before. A word of its own, as <see cref="Applied"/>, stands for
    /// the step; without one the step itself is told.</param>
    /// <param name="seen">Takes each look.</param>
    /// <param name="cancel">Interrupts it; what is done stands.</param>
    public async IAsyncEnumerable<OperationEvent> TowardsAsync(
        EnsembleGoal goal, Func<PlanStep, EnsembleView, IAsyncEnumerable<OperationEvent>> carry, Action<EnsembleView> seen,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        EnsembleState? before = null;
        string last = $"Check {names.ZooKeeperSet}";
        while (true)
        {
            EnsembleView view = null!;
            string? Unclear(EnsembleView v) => EnsembleSteps.Unclear(goal, before ?? EnsembleState.Of(v), view = v);
            await foreach (var e in UntilAsync(last, Unclear, cancel).ConfigureAwait(false))
                yield return e;
            seen(view);
            var state = before?.Seen(view) ?? EnsembleState.Of(view);
            if (EnsembleSteps.Next(goal, state) is not { } step)
                yield break;
            last = step.InWords();
            bool told = false;
            await foreach (var e in carry(step, view).ConfigureAwait(false))
            {
                told |= e is Applied;
                yield return e;
            }

            if (!told)
                yield return new Applied(step);
            before = state.With(step);
        }
    }

    /// <summary>Waits, looking again and again, until a condition holds; gives the text of what is missing meanwhile.</summary>
    /// <param name="step">Name of the step, for progress.</param>
    /// <param name="missing">What is missing; null when nothing is.</param>
    /// <param name="cancel">Ends the wait.</param>
    public IAsyncEnumerable<OperationEvent> UntilAsync(string step, Func<EnsembleView, string?> missing, CancellationToken cancel) =>
        WithinStepAsync(step, token => PollAsync(step, missing, token), cancel);

    /// <summary>Waits until a pod is ready, one of another uid where one is given; tells of stalls.</summary>
    public IAsyncEnumerable<OperationEvent> PodReadyAsync(string step, string pod, string? formerUid, CancellationToken cancel)
    {
        var wait = new ClusterWait(connection, names, ns, clock);
        return WithinStepAsync(step, token => wait.UntilAsync(step, async live =>
        {
            await wait.RetryRefusedAsync(live, token).ConfigureAwait(false);
            var found = live.Find(ResourceKind.Pod, pod);
            bool ready = found is not null && found.Uid() != formerUid && Readiness.IsPodReady(found);
            doing = string.Join("; ", wait.Current.Select(s => s.ToString()).Distinct().Take(2).DefaultIfEmpty($"{pod} is starting"));
            return new Progress(ready, $"{pod} has to start and to join the others");
        }, token), cancel);
    }

    /// <summary>Waits until the volume of an earlier life of a pod is gone, where one is going: a new pod could not have it.</summary>
    public IAsyncEnumerable<OperationEvent> ClaimGoneAsync(string step, string pod, CancellationToken cancel)
    {
        var wait = new ClusterWait(connection, names, ns, clock);
        return WithinStepAsync(step, token => wait.UntilGoneAsync(step, live =>
        {
            bool going = live.Find(ResourceKind.VolumeClaim, ClusterNames.Claim(pod))?.IsTerminating() == true;
            return new Progress(!going, doing = $"the volume {ClusterNames.Claim(pod)} of a removed server is still going");
        }, token), cancel);
    }

    /// <summary>Waits until no pod of an ordinal at or above is left.</summary>
    public IAsyncEnumerable<OperationEvent> PodsGoneAsync(string step, int fromOrdinal, CancellationToken cancel)
    {
        var wait = new ClusterWait(connection, names, ns, clock);
        return WithinStepAsync(step, token => wait.UntilGoneAsync(step, live =>
        {
            var left = live.Of(ResourceKind.Pod)
                .Where(p => p.Label(ClusterNames.NameLabel) == ClusterNames.ZooKeeperApp && ClusterNames.Ordinal(p.Name()) >= fromOrdinal)
                .Select(p => p.Name()).Order().ToList();
            string ending = $"still ending: {string.Join(", ", left)}";
            doing = string.Join("; ", wait.Current.Select(s => s.ToString()).Take(2).DefaultIfEmpty(ending));
            return new Progress(left.Count == 0, ending);
        }, token), cancel);
    }

    /// <summary>
    /// Makes one server a member or takes one out: by a vote on condition that the configuration is still the one that the step began
    /// with. An answer that was lost is no answer: what counts is what stands in the configuration afterwards.
    /// </summary>
    public IAsyncEnumerable<OperationEvent> VoteAsync(string step, int id, bool join, ClusterLease lease, CancellationToken cancel) =>
        WithinStepAsync(step, token => VoteLoopAsync(step, id, join, lease, token), cancel);

    /// <summary>Waits until every voter serves with the latest configuration under one leader.</summary>
    public IAsyncEnumerable<OperationEvent> SettledAsync(string step, CancellationToken cancel) =>
        UntilAsync(step, view => EnsembleGuards.MayAdd(view)?.Message, cancel);

    /// <summary>Does something that may be done again, until the API server has heard it: one that is away for a moment must not end what
    /// goes on for minutes.</summary>
    public IAsyncEnumerable<OperationEvent> InsistAsync(string step, Func<CancellationToken, Task> work, CancellationToken cancel) =>
        WithinStepAsync(step, token => TriesAsync(step, work, token), cancel);

    private async IAsyncEnumerable<OperationEvent> TriesAsync(
        string step, Func<CancellationToken, Task> work, [EnumeratorCancellation] CancellationToken cancel)
    {
        while (await TryAsync(work, cancel).ConfigureAwait(false) is string why)
        {
            yield return new Waiting(step, why);
            await Task.Delay(Pause, clock, cancel).ConfigureAwait(false);
        }
    }

    private static async Task<string?> TryAsync(Func<CancellationToken, Task> work, CancellationToken cancel)
    {
        try
        {
            await work(cancel).ConfigureAwait(false);
            return null;
        }
        catch (ClusterException e) when (IsBlip(e) && e.Id != "LeaseLost")
        {
            return e.Message;
        }
    }

    /// <summary>A session with the superuser's rights, with one of the servers given.</summary>
    /// <exception cref="ClusterException">There is no credential, or the servers refuse it.</exception>
    /// <exception cref="ZooKeeperException">None of them can be talked to now.</exception>
    public async Task<ZooKeeperSession> SuperSessionAsync(IEnumerable<ServerProbe> servers, CancellationToken cancel)
    {
        var passwords = await PasswordsAsync(cancel).ConfigureAwait(false);
        bool refused = false;
        foreach (var server in servers)
        {
            foreach (string password in passwords)
            {
                if (await TrySuperAsync(server.Node.Pod, password, cancel).ConfigureAwait(false) is not { } session)
                    break; // no session at all: the next server
                bool super = false;
                try
                {
                    super = await session.IsSuperAsync(cancel).ConfigureAwait(false);
                    refused |= !super;
                }
                finally
                {
                    if (!super)
                        await session.DisposeAsync().ConfigureAwait(false);
                }

                if (super)
                    return session;
            }
        }

        throw refused
            ? new ClusterException("CredentialRefused", FailureKind.Permission, names.ReconfigSecret,
                $"The servers of {names.Cluster} do not take the credential in the Secret {names.ReconfigSecret}: it was changed after "
                + $"they started, or made by hand. {FreshCredential}")
            : new ZooKeeperException(ZooKeeperException.ConnectionLoss);
    }

    /// <summary>The credential's passwords.</summary>
    /// <exception cref="ClusterException"><c>CredentialMissing</c>.</exception>
    public async Task<IReadOnlyList<string>> PasswordsAsync(CancellationToken cancel)
    {
        var secret = await connection.TryGetAsync(ResourceKind.Secret, ns, names.ReconfigSecret, cancel).ConfigureAwait(false);
        var passwords = ReconfigCredential.Passwords(secret);
        return passwords.Count > 0 ? passwords
            : throw new ClusterException("CredentialMissing", FailureKind.Permission, names.ReconfigSecret,
            $"There is no credential in the Secret {names.ReconfigSecret} (a cluster that kubectl made has none), and only with it members "
            + $"can join or leave. {FreshCredential}");
    }

    private string FreshCredential => $"Restart-ZooKeeperNode {names.Cluster} -RotateCredential makes a fresh one and restarts the servers "
        + "one at a time, as they take it up at their start.";

    /// <summary>Checks before anything is changed that the credential is good. It opens a session, which is a write.</summary>
    public async Task CheckCredentialAsync(EnsembleView view, CancellationToken cancel)
    {
        try
        {
            var session = await SuperSessionAsync(view.Serving.OrderByDescending(s => s == view.Leader), cancel).ConfigureAwait(false);
            await session.DisposeAsync().ConfigureAwait(false);
        }
        catch (ZooKeeperException e)
        {
            throw new ClusterException("ZooKeeperSilent", FailureKind.Unavailable, names.Cluster,
                $"No server of {names.Cluster} grants a session: {e.Message}. Get-ZooKeeperNode {names.Cluster} shows their state.", e);
        }
    }

    /// <summary>Whether a server takes a password for the superuser's; null where it cannot be asked.</summary>
    public async Task<bool?> TakesAsync(string pod, string password, CancellationToken cancel)
    {
        try
        {
            if (await TrySuperAsync(pod, password, cancel).ConfigureAwait(false) is not { } session)
                return null;
            await using (session.ConfigureAwait(false))
                return await session.IsSuperAsync(cancel).ConfigureAwait(false);
        }
        catch (ZooKeeperException)
        {
            return null;
        }
    }

    /// <summary>Tells the start script how many servers a first start has to reckon with. In a ConfigMap, as a change of the pods' template
    /// would make all of them outdated.</summary>
    /// <remarks>Without it an ensemble that has grown could lose the volumes of its first servers, and these would start an empty one
    /// among themselves while the others still have the data.</remarks>
    public async Task WriteSizeAsync(int size, CancellationToken cancel)
    {
        var map = await connection.TryGetAsync(ResourceKind.ConfigMap, ns, names.ZooKeeperConfig, cancel).ConfigureAwait(false);
        string text = size.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (map is null || (string?)map["data"]?[SizeKey] == text)
            return;
        var change = new JsonObject { ["data"] = new JsonObject { [SizeKey] = text } };
        await connection.MergeAsync(ResourceKind.ConfigMap, ns, names.ZooKeeperConfig, change, cancel).ConfigureAwait(false);
    }

    /// <summary>Writes the size into the cluster's spec, so that a later New-KafkaCluster asks for the same.</summary>
    /// <remarks>Text that is damaged stays: the next New- or Set-KafkaCluster says so, and goes by the number of servers that
    /// stand.</remarks>
    public async Task WriteSpecAsync(int size, ManifestCatalog catalog, CancellationToken cancel)
    {
        var set = await connection.TryGetAsync(ResourceKind.StatefulSet, ns, names.BrokerSet, cancel).ConfigureAwait(false);
        if (set is null)
            return;
        string? text = set.Annotation(ClusterNames.SpecAnnotation);
        catalog = catalog.OfVersion(ManifestVersion.Of(set), names.Cluster);
        var spec = new ClusterSpec { Name = names.Cluster };
        if (text is null)
        {
            // Text that is lost would be lost for good with new text in its place.
            var servers = await connection.TryGetAsync(ResourceKind.StatefulSet, ns, names.ZooKeeperSet, cancel).ConfigureAwait(false);
            spec = StandingSpec.Rebuild(catalog, names.Cluster, servers, set) with { ZooKeeperCount = null };
        }
        else if (!SpecStore.TryRead(text, names.Cluster, out spec, out _))
            return;
        if ((spec.ZooKeeperCount ?? catalog.Defaults.ZooKeeperCount) == size)
            return;
        var metadata = new JsonObject
        {
            ["resourceVersion"] = (string?)set["metadata"]!["resourceVersion"],
            ["annotations"] = new JsonObject { [ClusterNames.SpecAnnotation] = SpecStore.Write(spec with { ZooKeeperCount = size }) },
        };
        try
        {
            var change = new JsonObject { ["metadata"] = metadata };
            await connection.MergeAsync(ResourceKind.StatefulSet, ns, names.BrokerSet, change, cancel).ConfigureAwait(false);
        }
        catch (ClusterException e) when (e.Id == "Conflict")
        {
            await WriteSpecAsync(size, catalog, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Names a step as it begins, and puts its limit of time on it. A step may have several parts of one name.</summary>
    public async IAsyncEnumerable<OperationEvent> WithinStepAsync(
        string step, Func<CancellationToken, IAsyncEnumerable<OperationEvent>> source, [EnumeratorCancellation] CancellationToken cancel)
    {
        doing = "";
        if (step != named)
            yield return new Note(named = step);
        var late = () => new ClusterException("StepTimeout", FailureKind.Timeout, names.Cluster,
            $"{step}: not done after {stepLimit.TotalSeconds:0} s{(doing.Length == 0 ? "" : $": {doing}")}.");
        await foreach (var e in Limits.WithinAsync(stepLimit, source, late, clock, cancel).ConfigureAwait(false))
        {
            if (e is Waiting waiting)
                doing = waiting.Text;
            yield return e;
        }
    }

    private async IAsyncEnumerable<OperationEvent> PollAsync(
        string step, Func<EnsembleView, string?> missing, [EnumeratorCancellation] CancellationToken cancel)
    {
        string last = "";
        for (int looks = 0; ; looks++)
        {
            var (view, text) = await TryLookAsync(cancel).ConfigureAwait(false);
            text = view is null ? text : missing(view);
            if (text is null)
                yield break;
            doing = text;
            if (text != last)
                yield return new Waiting(step, last = text);
            await Task.Delay(looks < QuickLooks ? Pause : LongPause, clock, cancel).ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<OperationEvent> VoteLoopAsync(
        string step, int id, bool join, ClusterLease lease, [EnumeratorCancellation] CancellationToken cancel)
    {
        long? version = null;
        string last = "";
        while (true)
        {
            var (view, text) = await TryLookAsync(cancel).ConfigureAwait(false);
            if (view is not null && view.HasQuorum && view.IsVoter(id) == join)
                yield break;
            text ??= EnsembleGuards.Quorum(view!)?.Message ?? "";
            if (view is not null && text.Length == 0)
            {
                version ??= view.Config!.Version;
                if (view.Config!.Version != version)
                {
                    throw new ClusterException("ConfigMoved", FailureKind.Conflict, names.Cluster,
                        $"Somebody else changed the ensemble of {names.Cluster} meanwhile (its configuration has the version "
                        + $"{view.Config.VersionText} now). Look at Get-ZooKeeperNode {names.Cluster}, and run the command again if "
                        + "it is still wanted.");
                }

                await lease.HoldAsync(cancel).ConfigureAwait(false);
                text = await TryVoteAsync(view, id, join, version.Value, cancel).ConfigureAwait(false);
            }

            if (text.Length > 0)
            {
                doing = text;
                if (text != last)
                    yield return new Waiting(step, last = text);
                await Task.Delay(Pause, clock, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Looks at the ensemble; null, with the reason, while the API server is away: that must not end what goes on for
    /// minutes.</summary>
    public async Task<(EnsembleView? View, string? Why)> TryLookAsync(CancellationToken cancel)
    {
        try
        {
            return (await LookAsync(cancel).ConfigureAwait(false), null);
        }
        catch (ClusterException e) when (IsBlip(e))
        {
            return (null, e.Message);
        }
    }

    private static bool IsBlip(ClusterException e) => e.Kind is FailureKind.Connection or FailureKind.Unavailable;

    // Empty when it was accepted (or has to be looked up); else why not yet.
    private async Task<string> TryVoteAsync(EnsembleView view, int id, bool join, long version, CancellationToken cancel)
    {
        try
        {
            // Whoever leaves cannot be the one to tell of it.
            var others = view.Serving.Where(s => s.Id != id).OrderByDescending(s => s == view.Leader);
            var session = await SuperSessionAsync(others, cancel).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                await session.ReconfigAsync(join ? view.Config!.Participant(id, names.ServerOfId(id).Host(names, ns)) : null,
                    join ? null : id.ToString(System.Globalization.CultureInfo.InvariantCulture), version, cancel).ConfigureAwait(false);
            }

            return "";
        }
        catch (ClusterException e) when (IsBlip(e))
        {
            return e.Message; // whether the vote was heard shows in the next look
        }
        catch (ZooKeeperException e) when (e.IsPassing || e.Code == ZooKeeperException.BadVersion)
        {
            return $"ZooKeeper does not do it yet: {e.Message}"; // a version that has moved shows in the next look
        }
        catch (ZooKeeperException e)
        {
            throw new ClusterException("ReconfigRefused", FailureKind.Unavailable, names.Cluster,
                $"ZooKeeper refuses the change of the ensemble of {names.Cluster}: {e.Message}.", e);
        }
    }

    private async Task<ZooKeeperSession?> TrySuperAsync(string pod, string password, CancellationToken cancel)
    {
        try
        {
            return await ZooKeeperSession.OpenAsync(connection, ns, pod, password, cancel).ConfigureAwait(false);
        }
        catch (ZooKeeperException)
        {
            return null;
        }
    }
}
