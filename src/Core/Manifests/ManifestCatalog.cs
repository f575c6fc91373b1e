using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Yaml;

namespace KafkaK8s.Core.Manifests;

/// <summary>The objects of <c>manifests/</c>: the only home of resource shape and of defaults.</summary>
/// <remarks>
/// The files have a version, which is written on each cluster that is made of them. Former versions are kept in <c>history/N</c>, so that
/// a cluster goes on being what it was made of until <c>Update-KafkaCluster -Manifest</c> is asked for.
/// </remarks>
internal sealed class ManifestCatalog
{
    private static readonly Lazy<ManifestCatalog> Module = new(
        () => Load(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(ManifestCatalog).Assembly.Location)!, "..", "manifests"))),
        LazyThreadSafetyMode.PublicationOnly); // a failure is not kept: the next command tries again

    private readonly string folder;
    private readonly ConcurrentDictionary<int, ManifestCatalog> former = new();

    private ManifestCatalog(string folder, ManifestSet set, IReadOnlyList<JsonObject> objects)
    {
        this.folder = folder;
        Set = set;
        Objects = objects;
    }

    /// <summary>The files beside the module's <c>bin/</c>, which are read once.</summary>
    /// <exception cref="ClusterException"><c>ManifestInvalid</c>.</exception>
    public static ManifestCatalog OfModule => Module.Value;

    /// <summary>What is known of the files.</summary>
    public ManifestSet Set { get; }

    /// <summary>The objects in the order of the files, as <c>kubectl apply -f</c> takes them.</summary>
    public IReadOnlyList<JsonObject> Objects { get; }

    /// <summary>Version of the files.</summary>
    public int Version => ManifestVersion.Of(Find(Set.Carrier));

    /// <summary>Values that relations between parameters need.</summary>
    public ManifestDefaults Defaults => new(
        Set.Pool(NodeRoles.ZooKeeper) is null ? null : Count(NodeRoles.ZooKeeper),
        Count(NodeRoles.Broker),
        BrokerNumber("DEFAULT_REPLICATION_FACTOR"),
        BrokerNumber("MIN_INSYNC_REPLICAS"));

    /// <summary>Reads the files of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="set">Which files, and what is known of them; null for the ones with ZooKeeper.</param>
    /// <exception cref="ClusterException">A file is missing or not what the product can handle.</exception>
    public static ManifestCatalog Load(string folder, ManifestSet? set = null)
    {
        set ??= ManifestSets.ZooKeeper;
        var objects = new List<JsonObject>();
        foreach (string name in set.Files)
        {
            string file = Path.Combine(folder, name);
            try
            {
                foreach (var node in YamlReader.ReadAll(File.ReadAllText(file), name))
                {
                    var tree = node as JsonObject ?? throw new FormatException($"{name}: a document is no mapping");
                    ResourceKind.Of(tree);
                    objects.Add(tree);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
            {
                throw new ClusterException("ManifestInvalid", FailureKind.InvalidInput, file,
                    $"The manifest {file} cannot be used: {e.Message}", e);
            }
        }

        return new ManifestCatalog(folder, set, objects);
    }

    /// <summary>The files of another version.</summary>
    /// <exception cref="ClusterException"><c>ManifestsTooNew</c>: a newer module made the cluster; <c>ManifestInvalid</c>.</exception>
    public ManifestCatalog OfVersion(int version, string cluster)
    {
        if (version == Version)
            return this;
        if (version > Version)
        {
            throw new ClusterException("ManifestsTooNew", FailureKind.Conflict, cluster,
                $"The cluster {cluster} was made from version {version} of the manifests, and this module has version {Version}. "
                + "Nothing was changed. Use a module that is as new as the one that made it.");
        }

        return former.GetOrAdd(version, v => Load(Path.Combine(folder, "history", v.ToString(CultureInfo.InvariantCulture)), Set));
    }

    /// <summary>An object by kind and name.</summary>
    public JsonObject Find(string kind, string name) =>
        Objects.Single(o => (string?)o["kind"] == kind && (string?)o["metadata"]!["name"] == name);

    /// <summary>The StatefulSet of a pool.</summary>
    public JsonObject Find(PoolTemplate pool) => Find("StatefulSet", pool.Name);

    private int Count(NodeRoles role) => Set.Pools.Where(p => p.Has(role)).Sum(p => (int)TreePath.Get(Find(p), "spec.replicas"));

    private int BrokerNumber(string variable)
    {
        var text = TreePath.Get(Find(Set.Carrier), $"spec.template.spec.containers[name={Set.Carrier.App}].env[name={variable}].value");
        return int.Parse((string)text!, CultureInfo.InvariantCulture);
    }
}
