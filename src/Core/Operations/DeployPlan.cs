using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Rolling;
using KafkaK8s.Core.Security;

namespace KafkaK8s.Core.Operations;

/// <summary>What New-KafkaCluster was asked for.</summary>
/// <param name="Given">The parameters that were given; null ones were not.</param>
/// <param name="Namespace">Namespace of the cluster.</param>
/// <param name="Force">Take over fields that others own; allow an even ensemble.</param>
/// <param name="NoWait">Return once everything is applied.</param>
/// <param name="CreateNamespace">Make the namespace where it is missing.</param>
/// <param name="Timeout">Limit for the whole operation.</param>
internal sealed record DeployRequest(ClusterSpec Given, string Namespace, bool Force, bool NoWait, bool CreateNamespace, TimeSpan Timeout)
{
    /// <summary>The cmdlet's name.</summary>
    public string Command { get; init; } = "New-KafkaCluster";

    /// <summary>Change a cluster that stands, and make none.</summary>
    public bool MustStand { get; init; }

    /// <summary>Take the manifests of this module in place of those that the cluster was made of.</summary>
    public bool NewestManifests { get; init; }

    /// <summary>Take what stands for what was given before.</summary>
    public bool RebuildSpec { get; init; }
}

/// <summary>What will be done: objects in the form for this server, and what each one changes.</summary>
internal sealed record DeployPlan(DeployRequest Request, ClusterNames Names, ClusterSpec Spec)
{
    /// <summary>The objects to apply.</summary>
    public required IReadOnlyList<JsonObject> Objects { get; init; }

    /// <summary>Those of them that come after the restarts: they select pods by what only restarted ones carry.</summary>
    public IReadOnlyList<JsonObject> Late { get; init; } = [];

    /// <summary>Version of the manifests that the objects were made of.</summary>
    public int Manifests { get; init; }

    /// <summary>Version of this module's manifests.</summary>
    public int NewestManifests { get; init; }

    /// <summary>One step an object, pods that will be restarted included.</summary>
    public required IReadOnlyList<PlanStep> Changes { get; init; }

    /// <summary>Advice that stops nothing.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Volume claims of an earlier life of the cluster, when it is created again over them.</summary>
    public required IReadOnlyList<JsonObject> KeptClaims { get; init; }

    /// <summary>Whether volume claims of this cluster's names are being deleted.</summary>
    public bool ClaimsGoing { get; init; }

    /// <summary>The namespace has to be made first.</summary>
    public bool NamespaceMissing { get; init; }

    /// <summary>Whether the pool that starts first is not there: the cluster is made, with a Secret that is there before all
    /// else.</summary>
    public bool IsFirstStart { get; init; }

    /// <summary>The cluster as it will be.</summary>
    public required ClusterModel Model { get; init; }

    /// <summary>Whether nothing is to be made, changed or restarted.</summary>
    public bool IsIdle => !NamespaceMissing && KeptClaims.Count == 0 && !ClaimsGoing && Changes.All(c => c.Action == ChangeAction.None);

    /// <summary>What was read for the plan.</summary>
    public required LiveCluster Live { get; init; }
}

/// <summary>Makes the plan: reads what is there, composes what should be, and lets the server say what would change. Changes
/// nothing.</summary>
internal static class DeployPlanner
{
    private const string AfterRestarts = "after the restarts: it selects pods by what those of before do not carry";

    private static readonly string[] DefaultClassAnnotations = ["storageclass.kubernetes.io/is-default-class",
        "storageclass.beta.kubernetes.io/is-default-class"];

    /// <summary>Makes the plan.</summary>
    /// <exception cref="ClusterException">The request cannot be carried out; nothing was changed.</exception>
    public static async Task<DeployPlan> PlanAsync(KubeConnection connection, ManifestCatalog catalog, DeployRequest request,
        CancellationToken cancel)
    {
        SpecChecks.CheckGiven(request.Given); // before anything is asked
        var names = new ClusterNames(request.Given.Name, catalog.Set);
        var live = await LiveCluster.ReadAsync(connection, catalog, names, request.Namespace, cancel).ConfigureAwait(false);
        bool missing = CheckNamespace(live.Space, request, connection);
        if (request.MustStand && !live.Model.Pools.Any(p => live.Model.Standing(p) is not null))
            throw ClusterNames.NotFound(names.Cluster, request.Namespace, connection.Context);
        if (live.Model.Set(live.Model.Pools[0])?.Annotation(ClusterNames.ChangeAnnotation) is not null)
            await ClusterLease.RefuseIfHeldAsync(connection, request.Namespace, names, cancel).ConfigureAwait(false);
        var desired = DesiredCluster.Compose(catalog, request.Given, live.Model, live.Server,
            new ComposeOptions(AllowEven: request.Force, TakeDefaults: request.Force, request.NewestManifests, request.RebuildSpec));
        var (spec, objects) = (desired.Spec, desired.Objects);
        var model = ClusterModel.Build(names, request.Namespace, objects);
        await live.ReadAsync(connection, request.Namespace, objects, cancel).ConfigureAwait(false);
        var standing = objects.Select(live.Standing).ToList();
        for (int i = 0; i < objects.Count; i++)
        {
            if (standing[i] is JsonObject there)
                ImmutableChanges.Check(objects[i], there, names);
        }

        var late = objects.Zip(standing).Where(p => p.Second is not null && SelectsOtherPods(p.First, p.Second)).Select(p => p.First)
            .ToList();
        bool IsLate(PlanStep c) => late.Exists(o => (string?)o["kind"] == c.Kind && o.Name() == c.Name);
        bool isNew = standing.Zip(objects).Any(p => p.First is null && ResourceKind.Of(p.Second).Kind == ResourceKind.StatefulSet.Kind);
        var warnings = new List<string>([.. SpecChecks.Advise(spec, catalog.Defaults), .. ImageVersions.Advise(request.Given)]);
        if (isNew && spec.Ephemeral != true)
        {
            int volumes = model.Pools.Sum(p => p.Count) - live.Claims.Count(c => !c.IsTerminating());
            warnings.AddRange(await CheckStorageClassAsync(connection, spec, volumes, cancel).ConfigureAwait(false));
        }

        var answers = missing ? [.. objects.Select(_ => (JsonObject?)null)]
            : await DryRunAsync(connection, request, objects, live, cancel).ConfigureAwait(false);
        var changes = objects.Zip(answers, (tree, after) => Change(names, request.Namespace, tree, live.Standing(tree), after) with
        {
            Note = live.Find(tree)?.IsTerminating() == true ? "once the one of before is gone" : "",
        }).ToList();
        var sets = model.Pools.Select(live.Model.Standing).OfType<JsonObject>().ToList();
        var settings = changes.Where(c => c.Kind == "ConfigMap" && c.Fields.Any(f => f.Path.StartsWith("data", StringComparison.Ordinal)));
        warnings.AddRange(SettingsChecksum.Unread(objects, [.. settings.Select(c => c.Name)], n => sets.Find(s => s.Name() == n)));
        // By one label: pods of others may carry it too.
        string selector = $"{ClusterNames.InstanceLabel}={names.Cluster}";
        var pods = sets.Count == 0 ? []
            : await connection.ListAsync(ResourceKind.Pod, request.Namespace, selector, cancel).ConfigureAwait(false);
        warnings.AddRange(ForeignPods.Advise(sets, pods));
        var adopted = isNew && spec.Ephemeral != true ? live.Claims : [];
        bool isFirstStart = live.Model.Standing(model.Pools[0]) is null;
        if (adopted.Count > 0)
            await CheckFormerLifeAsync(connection, model, cancel).ConfigureAwait(false);
        var first = await PreparedAsync(connection, model, missing, isFirstStart, adopted, cancel).ConfigureAwait(false);
        var restarts = await RestartsAsync(connection, names, request.Namespace, sets, pods, [.. answers.OfType<JsonObject>()], cancel)
            .ConfigureAwait(false);
        return new DeployPlan(request, names, spec)
        {
            Objects = objects,
            Late = late,
            Manifests = desired.Manifests,
            NewestManifests = catalog.Version,
            Changes = PlanSteps.Numbered(
                [.. first, .. changes.Where(c => !IsLate(c)), .. restarts,
                .. changes.Where(IsLate).Select(c => c with { Note = AfterRestarts })]),
            Warnings = warnings,
            KeptClaims = adopted,
            Live = live,
            Model = model,
            ClaimsGoing = live.Claims.Any(c => c.IsTerminating()),
            NamespaceMissing = missing,
            IsFirstStart = isFirstStart,
        };
    }

    // A Service that asks for more than the pods of before carry would leave them without names and clients.
    private static bool SelectsOtherPods(JsonObject wanted, JsonObject live) =>
        (string?)wanted["kind"] is "Service" or "PodDisruptionBudget"
        && !JsonNode.DeepEquals(wanted["spec"]?["selector"], live["spec"]?["selector"]);

    // What is made before the first object is applied, in this order.
    private static async Task<IReadOnlyList<PlanStep>> PreparedAsync(
        KubeConnection connection, ClusterModel model, bool namespaceMissing, bool isFirstStart,
        IReadOnlyList<JsonObject> keptClaims, CancellationToken cancel)
    {
        var (names, ns) = (model.Names, model.Namespace);
        var rows = new List<PlanStep>();
        if (namespaceMissing)
            rows.Add(PlanSteps.Of(names, ns, "Namespace", ns, ChangeAction.Create, ""));
        rows.AddRange(keptClaims.Where(c => !c.IsTerminating()).Select(c => PlanSteps.Of(names, ns, "PersistentVolumeClaim", c.Name(),
            ChangeAction.Keep, "of an earlier cluster of this name: read first, taken over where it fits")));
        if (isFirstStart && (namespaceMissing
            || await connection.TryGetAsync(ResourceKind.Secret, ns, names.FirstSecret, cancel).ConfigureAwait(false) is null))
            rows.Add(PlanSteps.Of(names, ns, "Secret", names.FirstSecret, ChangeAction.Create, ""));
        rows.AddRange((await MakeCertificates.PlanAsync(connection, model, namespaceMissing, cancel).ConfigureAwait(false))
            .Select(n => PlanSteps.Of(names, ns, "Secret", n, ChangeAction.Create, "")));
        return rows;
    }

    // Volumes of a cluster with TLS know who may write what; those of one without let everybody in. The authority tells them apart: it is
    // kept with them.
    private static async Task CheckFormerLifeAsync(KubeConnection connection, ClusterModel model, CancellationToken cancel)
    {
        bool wasSecure = await connection.TryGetAsync(ResourceKind.Secret, model.Namespace,
            model.Names.Prefixed(ClusterCertificates.Authority), cancel).ConfigureAwait(false) is not null;
        if (wasSecure != model.IsSecure)
            throw DesiredCluster.SecurityChange(model.Names.Cluster, plaintext: wasSecure);
    }

    private static bool CheckNamespace(JsonObject? space, DeployRequest request, KubeConnection connection)
    {
        if (space is null)
            return request.CreateNamespace ? true : throw ApiFailure.NamespaceNotFound(request.Namespace, connection.Context);
        if (space.IsTerminating() || (string?)space["status"]?["phase"] == "Terminating")
        {
            throw new ClusterException("NamespaceTerminating", FailureKind.Conflict, request.Namespace,
                $"The namespace {request.Namespace} is being deleted; nothing can be made in it. Wait until it is gone, or name another "
                    + $"with -Namespace.");
        }

        return false;
    }

    // Refuses what nothing would ever bind. Volumes that somebody made by hand need no object of their class.
    private static async Task<IReadOnlyList<string>> CheckStorageClassAsync(KubeConnection connection, ClusterSpec spec, int needed,
        CancellationToken cancel)
    {
        if (needed <= 0 || await TryListAsync(connection, ResourceKind.StorageClass, cancel).ConfigureAwait(false) is not { } classes)
            return [];
        if (classes.Any(c => spec.StorageClass is string named ? c.Name() == named
            : Array.Exists(DefaultClassAnnotations, a => c.Annotation(a) == "true")))
            return [];
        string missing = spec.StorageClass is null ? "No storage class is the default one"
            : $"There is no storage class '{spec.StorageClass}'";
        string without = spec.StorageClass is null ? "without a class" : "of that class";
        if (await TryListAsync(connection, ResourceKind.Volume, cancel).ConfigureAwait(false) is not { } volumes)
            return [$"{missing}; the {needed} claims wait for volumes {without} that somebody makes by hand."];
        int free = volumes.Count(v => ((string?)v["spec"]?["storageClassName"] ?? "") == (spec.StorageClass ?? "")
            && (string?)v["status"]?["phase"] is null or "Available");
        if (free >= needed)
            return [];
        if (free > 0)
            return [$"{missing}, and only {free} of {needed} volumes {without} are free; the other claims wait until somebody makes more."];
        string known = classes.Count == 0 ? "none" : string.Join(", ", classes.Select(c => c.Name()));
        throw spec.StorageClass is string name
            ? new ClusterException("StorageClassNotFound", FailureKind.NotFound, name,
                $"{missing}, and no free volume of that class. There are: {known}. Name one of them with -StorageClass.")
            : new ClusterException("NoDefaultStorageClass", FailureKind.NotFound, null,
                $"{missing}, so no volume could be made. There are: {known}. Name one with -StorageClass.");
    }

    // A right for one namespace does not reach what belongs to the whole of Kubernetes; the claims will tell.
    private static async Task<IReadOnlyList<JsonObject>?> TryListAsync(KubeConnection connection, ResourceKind kind,
        CancellationToken cancel)
    {
        try
        {
            return [.. KubeObjects.Items((await connection.GetAsync(kind.Path(null), cancel).ConfigureAwait(false))["items"])];
        }
        catch (ClusterException e) when (e.Kind is FailureKind.Permission)
        {
            return null;
        }
    }

    // The server's own answer to each apply, all at once: what it would refuse is known before anything is changed. In the place of an
    // object that is on its way out nothing can be applied yet.
    private static async Task<IReadOnlyList<JsonObject?>> DryRunAsync(
        KubeConnection connection, DeployRequest request, IReadOnlyList<JsonObject> objects, LiveCluster live, CancellationToken cancel) =>
        await Task.WhenAll(objects.Select(async tree => live.Find(tree)?.IsTerminating() == true ? null
            : (await connection.ApplyAsync(tree, request.Namespace, request.Force, dryRun: true, cancel).ConfigureAwait(false)).Object))
            .ConfigureAwait(false);

    /// <summary>The line of one object, from what it was and what it is after an apply.</summary>
    public static PlanStep Change(ClusterNames names, string ns, JsonObject tree, JsonObject? before, JsonObject? after)
    {
        // What is written beside the fields stands last: what it is written for matters more.
        IReadOnlyList<FieldChange> fields = before is null || after is null ? []
            : [.. Compare(before, after).OrderBy(f => f.Path.StartsWith("metadata.annotations", StringComparison.Ordinal))];
        return new PlanStep
        {
            Cluster = names.Cluster,
            Namespace = ns,
            Kind = (string)tree["kind"]!,
            Name = tree.Name(),
            Action = before is null ? ChangeAction.Create : fields.Count == 0 ? ChangeAction.None : ChangeAction.Update,
            Fields = fields,
        };
    }

    // Secrets that an older module let into -Config are not shown, though they may be what changes.
    private static IReadOnlyList<FieldChange> Compare(JsonObject before, JsonObject after)
    {
        var fields = BesideRecord(before, after);
        if (fields.Count == 0 || (string?)after["kind"] != "StatefulSet")
            return fields;
        var shown = BesideRecord(BrokerConfig.WithoutSecrets(before), BrokerConfig.WithoutSecrets(after));
        return shown.Count > 0 ? [.. shown.SelectMany(BrokerConfig.ByName)]
            : [.. fields.Select(f => f with { From = "(secret)", To = "(secret)" })];
    }

    // What was given is written down for the next command and says nothing new: it is told only where nothing else changes.
    private static IReadOnlyList<FieldChange> BesideRecord(JsonObject before, JsonObject after)
    {
        var others = Differences(WithoutRecord(before), WithoutRecord(after));
        return others.Count > 0 ? others : Differences(before, after);
    }

    private static JsonObject WithoutRecord(JsonObject tree)
    {
        var copy = (JsonObject)tree.DeepClone();
        if (copy["metadata"]?["annotations"] is JsonObject annotations && annotations.Remove(ClusterNames.SpecAnnotation)
            && annotations.Count == 0)
            copy["metadata"]!.AsObject().Remove("annotations");
        return copy;
    }

    // The lease is renewed all the time, and is no change of the cluster.
    private static IReadOnlyList<FieldChange> Differences(JsonObject before, JsonObject after) =>
        [.. ObjectDiff.Compare(before, after).Where(f => !f.Path.Contains(ClusterNames.ChangeAnnotation, StringComparison.Ordinal))];

    // Pods do not follow their template by themselves (OnDelete): those that must restart are part of the plan, in the order of the roll.
    private static async Task<IReadOnlyList<PlanStep>> RestartsAsync(
        KubeConnection connection, ClusterNames names, string ns, IReadOnlyList<JsonObject> sets, IReadOnlyList<JsonObject> pods,
        IReadOnlyList<JsonObject> answers, CancellationToken cancel)
    {
        var restarts = new List<PlanStep>();
        foreach (var set in sets)
        {
            var own = Readiness.PodsOf(set, pods);
            var after = StandingTemplates.Set(answers, set.Name());
            bool changed = after is not null && ObjectDiff.Compare(Template(set), Template(after)).Count > 0;
            var due = RestartReason.Due(set, own, changed ? after : null);
            var outdated = due.Select(d => d.Pod).ToList();
            if (due.Count == 0)
                continue;
            var policy = DeployCluster.Policies(connection, names, ns, null).First(p => p.Set == set.Name()).Policy;
            restarts.AddRange(
                await RollPlan.StepsAsync(names, ns, policy, due, MissingPods(set, own, outdated), cancel).ConfigureAwait(false));
        }

        return restarts;
    }

    private static JsonObject Template(JsonObject set) => (JsonObject)set["spec"]!["template"]!;

    // Pods that the roll waits for before all else; outdated ones that are not ready are replaced first.
    private static string MissingPods(JsonObject set, IReadOnlyList<JsonObject> own, IReadOnlyList<JsonObject> outdated)
    {
        int wanted = Readiness.Wanted(set);
        if (own.Count < wanted)
            return $"{wanted - own.Count} of {wanted} pods of {set.Name()} are missing";
        var unready = own.Except(outdated).Where(p => !Readiness.IsPodReady(p)).Select(p => p.Name()).ToList();
        return unready.Count > 0 ? $"{string.Join(", ", unready)} is not ready" : "";
    }
}
