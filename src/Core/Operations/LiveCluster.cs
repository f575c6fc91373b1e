using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Operations;

/// <summary>What stands of a cluster, read once by a command and handed on: planning, checking, exporting and applying ask nothing
/// again.</summary>
internal sealed record LiveCluster
{
    private readonly Dictionary<(string Kind, string Name), JsonObject?> objects = [];

    /// <summary>Version of the API server.</summary>
    public required Version Server { get; init; }

    /// <summary>The namespace; null where it is not there.</summary>
    public JsonObject? Space { get; init; }

    /// <summary>The cluster as its StatefulSets say, those that are being deleted included.</summary>
    public ClusterModel Model { get; private set; } = ClusterModel.Build(new ClusterNames(ClusterSpec.DefaultName), "", []);

    /// <summary>The volume claims of its pods.</summary>
    public IReadOnlyList<JsonObject> Claims { get; init; } = [];

    /// <summary>Reads all that the manifests name, by as few requests as there are objects.</summary>
    /// <param name="connection">Connection to the API server.</param>
    /// <param name="catalog">The manifests, which say what there is to read.</param>
    /// <param name="names">Names of the cluster.</param>
    /// <param name="ns">Its namespace.</param>
    /// <param name="cancel">Ends the reading.</param>
    public static async Task<LiveCluster> ReadAsync(
        KubeConnection connection, ManifestCatalog catalog, ClusterNames names, string ns, CancellationToken cancel)
    {
        var version = connection.ServerVersionAsync(cancel);
        var space = TryGetNamespaceAsync(connection, ns, cancel);
        // All of them, as a set takes up a claim by its name alone, whatever its labels are.
        var claims = connection.ListAsync(ResourceKind.VolumeClaim, ns, "", cancel);
        await Task.WhenAll(version, space, claims).ConfigureAwait(false);
        var live = new LiveCluster
        {
            Server = await version.ConfigureAwait(false),
            Space = await space.ConfigureAwait(false),
            Claims = [.. (await claims.ConfigureAwait(false)).Where(names.OwnsClaim)],
        };
        ServerAdaptation.CheckVersion(live.Server);
        if (live.Space is not null)
        {
            var wanted = catalog.Objects.Select(o => (ServerAdaptation.KindOf(o, live.Server), names.Prefixed(o.Name())));
            await live.ReadAsync(connection, ns, wanted, cancel).ConfigureAwait(false);
        }

        live.Model = ClusterModel.Build(names, ns, live.objects.Values.OfType<JsonObject>());
        return live;
    }

    /// <summary>Reads those of the objects that the manifests of this module do not name; most often there are none.</summary>
    public Task ReadAsync(KubeConnection connection, string ns, IEnumerable<JsonObject> composed, CancellationToken cancel) =>
        Space is null ? Task.CompletedTask : ReadAsync(connection, ns, composed.Select(o => (ResourceKind.Of(o), o.Name())), cancel);

    /// <summary>The object that stands in the place of a composed one, be it on its way out; null where there is none.</summary>
    public JsonObject? Find(JsonObject composed) => objects.GetValueOrDefault(((string)composed["kind"]!, composed.Name()));

    /// <summary>The same, where it is not being deleted.</summary>
    public JsonObject? Standing(JsonObject composed) => Find(composed) is { } tree && !tree.IsTerminating() ? tree : null;

    private async Task ReadAsync(KubeConnection connection, string ns, IEnumerable<(ResourceKind Kind, string Name)> wanted,
        CancellationToken cancel)
    {
        var missing = wanted.Where(w => !objects.ContainsKey((w.Kind.Kind, w.Name))).ToList();
        var found = await Task.WhenAll(missing.Select(w => connection.TryGetAsync(w.Kind, ns, w.Name, cancel))).ConfigureAwait(false);
        foreach (var (at, tree) in missing.Zip(found))
            objects[(at.Kind.Kind, at.Name)] = tree;
    }

    // Rights in one namespace need not reach the object of that name: then the writes will tell.
    private static async Task<JsonObject?> TryGetNamespaceAsync(KubeConnection connection, string ns, CancellationToken cancel)
    {
        try
        {
            return await connection.TryGetAsync(ResourceKind.Namespace, null, ns, cancel).ConfigureAwait(false);
        }
        catch (ClusterException e) when (e.Id == "Forbidden")
        {
            return new JsonObject { ["metadata"] = new JsonObject { ["name"] = ns } };
        }
    }
}
