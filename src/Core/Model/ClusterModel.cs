using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Core.Model;

/// <summary>The volumes of a pool.</summary>
/// <param name="Size">Size of each; null where there are none, and data goes with the pod.</param>
/// <param name="Class">Storage class; null for the default one.</param>
internal sealed record PoolStorage(string? Size, string? Class)
{
    /// <summary>Whether there are no volumes.</summary>
    public bool IsEphemeral => Size is null;

    /// <summary>The volumes of a StatefulSet.</summary>
    public static PoolStorage Of(JsonObject set)
    {
        var claims = KubeObjects.Items(set["spec"]?["volumeClaimTemplates"]);
        var claim = claims.FirstOrDefault(c => (string?)c["metadata"]?["name"] == "data")?["spec"];
        return new((string?)claim?["resources"]?["requests"]?["storage"], (string?)claim?["storageClassName"]);
    }
}

/// <summary>
/// A cluster: its mode, pools and nodes, as StatefulSets tell, be it those that stand or those that were composed. All that asks "which
/// nodes are there, and what are they called" asks this. Pure.
/// </summary>
internal sealed record ClusterModel
{
    /// <summary>What is known of its manifests; the mode is in there.</summary>
    public required ManifestSet ManifestSet { get; init; }

    /// <summary>Its names.</summary>
    public required ClusterNames Names { get; init; }

    /// <summary>Its namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>All pools of its mode; one whose StatefulSet is missing has no nodes.</summary>
    public required IReadOnlyList<NodePool> Pools { get; init; }

    /// <summary>The StatefulSets, by the name of the pool in the manifests.</summary>
    public required IReadOnlyDictionary<string, JsonObject> Sets { get; init; }

    /// <summary>Where it keeps its metadata.</summary>
    public ClusterMode Mode => ManifestSet.Mode;

    /// <summary>Whether its servers want TLS and know who comes.</summary>
    public bool IsSecure => ClusterSecurity.IsTls(Carrier);

    /// <summary>The brokers' listeners.</summary>
    public IReadOnlyList<Listener> Listeners => IsSecure ? ManifestSet.SecureListeners : ManifestSet.Listeners;

    /// <summary>Brokers.</summary>
    public IReadOnlyList<NodeRef> Brokers => Nodes(NodeRoles.Broker);

    /// <summary>ZooKeeper servers; none in a mode without.</summary>
    public IReadOnlyList<NodeRef> ZooKeeper => Nodes(NodeRoles.ZooKeeper);

    /// <summary>Controllers; none in ZooKeeper mode, where one of the brokers acts as such.</summary>
    public IReadOnlyList<NodeRef> Controllers => Nodes(NodeRoles.Controller);

    /// <summary>The StatefulSet that carries the annotations of the whole cluster; null where it is not there.</summary>
    public JsonObject? Carrier => Sets.GetValueOrDefault(ManifestSet.Carrier.Name);

    /// <summary>Version of the manifests that it was made from; 0 where no set is there.</summary>
    public int ManifestVersion => (Carrier ?? Sets.Values.FirstOrDefault()) is { } set ? Model.ManifestVersion.Of(set) : 0;

    /// <summary>Builds it from StatefulSets. Those of other clusters, and of others' that only have such a name, are left out.</summary>
    /// <param name="names">Names of the cluster, which know its manifests.</param>
    /// <param name="ns">Its namespace.</param>
    /// <param name="objects">Objects of any kind.</param>
    public static ClusterModel Build(ClusterNames names, string ns, IEnumerable<JsonObject> objects)
    {
        var sets = new Dictionary<string, JsonObject>();
        foreach (var tree in objects.Where(o => (string?)o["kind"] == "StatefulSet" && Ownership.ClusterOf(o) == names.Cluster))
        {
            if (names.PoolOfSet(tree.Name()) is { } pool)
                sets[pool.Name] = tree;
        }

        return new ClusterModel
        {
            ManifestSet = names.ManifestSet,
            Names = names,
            Namespace = ns,
            Pools = [.. names.ManifestSet.Pools.Select(p =>
                names.Pool(p, sets.TryGetValue(p.Name, out var set) ? Readiness.Wanted(set) : 0))],
            Sets = sets,
        };
    }

    /// <summary>Reads the StatefulSets with a role, in whatever mode the cluster is; a model without nodes where there are none.</summary>
    /// <param name="connection">Connection to the API server.</param>
    /// <param name="ns">Namespace.</param>
    /// <param name="cluster">Name of the cluster.</param>
    /// <param name="roles">Roles of the pools to read.</param>
    /// <param name="known">The sets of manifests that there may be.</param>
    /// <param name="cancel">Ends the reading.</param>
    public static async Task<ClusterModel> FindAsync(
        KubeConnection connection, string ns, string cluster, NodeRoles roles, IReadOnlyList<ManifestSet> known, CancellationToken cancel)
    {
        var names = new ClusterNames(cluster);
        var bases = known.SelectMany(s => s.Pools).Where(p => p.Has(roles)).Select(p => p.Name).Distinct();
        var found = await Task.WhenAll(bases.Select(b =>
            connection.TryGetAsync(ResourceKind.StatefulSet, ns, names.Prefixed(b), cancel))).ConfigureAwait(false);
        return Of(cluster, ns, [.. found.OfType<JsonObject>()], known);
    }

    /// <summary>Reads the same StatefulSets again.</summary>
    public async Task<ClusterModel> ReadAgainAsync(KubeConnection connection, CancellationToken cancel)
    {
        var found = await Task.WhenAll(Pools.Select(p =>
            connection.TryGetAsync(ResourceKind.StatefulSet, Namespace, p.Set, cancel))).ConfigureAwait(false);
        return Build(Names, Namespace, found.OfType<JsonObject>());
    }

    /// <summary>Whether the sets are still the same, with the same wishes. Their status may have moved.</summary>
    public bool IsStill(ClusterModel now) => Pools.All(p => Wishes(Standing(p)) == Wishes(now.Standing(p)));

    /// <summary>Builds it from StatefulSets, whose mode says which manifests they come from.</summary>
    public static ClusterModel Of(string cluster, string ns, IReadOnlyList<JsonObject> sets, IReadOnlyList<ManifestSet> known) =>
        Build(new ClusterNames(cluster, ManifestSets.Of(sets, known)), ns, sets);

    /// <summary>The pools with a role.</summary>
    public IEnumerable<NodePool> PoolsOf(NodeRoles role) => Pools.Where(p => p.Has(role));

    /// <summary>The StatefulSet of a pool; null where it is not there.</summary>
    public JsonObject? Set(NodePool pool) => Sets.GetValueOrDefault(pool.Template.Name);

    /// <summary>The StatefulSet of a pool that is there and not being deleted.</summary>
    public JsonObject? Standing(NodePool pool) => Set(pool) is { } set && !set.IsTerminating() ? set : null;

    /// <summary>The first StatefulSet with a role; null where there is none.</summary>
    public JsonObject? Set(NodeRoles role) => PoolsOf(role).Select(Set).FirstOrDefault(s => s is not null);

    /// <summary>The volumes of a pool; null where its StatefulSet is not there.</summary>
    public PoolStorage? Storage(NodePool pool) => Set(pool) is { } set ? PoolStorage.Of(set) : null;

    private static (string, long, string?) Wishes(JsonObject? set) => set is null
        ? default : (set.Uid(), (long?)set["metadata"]!["generation"] ?? 0, set.Annotation(ClusterNames.SpecAnnotation));

    private IReadOnlyList<NodeRef> Nodes(NodeRoles role) => [.. PoolsOf(role).SelectMany(p => p.Nodes)];
}
