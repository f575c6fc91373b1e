using System.Globalization;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Yaml;

namespace KafkaK8s.Core.Manifests;

/// <summary>The objects of <c>manifests/</c>: the only home of resource shape and of defaults.</summary>
internal sealed class ManifestCatalog
{
    private static readonly string[] Files = ["kafka_deploy.yaml", "kafka_service.yaml", "zk_set.yaml"];

    private ManifestCatalog(IReadOnlyList<JsonObject> objects) => Objects = objects;

    /// <summary>The objects in the order of the files, as <c>kubectl apply -f</c> takes them.</summary>
    public IReadOnlyList<JsonObject> Objects { get; }

    /// <summary>Values that relations between parameters need.</summary>
    public ManifestDefaults Defaults => new(
        (int)TreePath.Get(Find("StatefulSet", "zk"), "spec.replicas"),
        (int)TreePath.Get(Find("StatefulSet", "kafka"), "spec.replicas"),
        BrokerNumber("DEFAULT_REPLICATION_FACTOR"),
        BrokerNumber("MIN_INSYNC_REPLICAS"));

    /// <summary>Reads the files of a folder.</summary>
    /// <exception cref="ClusterException">A file is missing or not what the product can handle.</exception>
    public static ManifestCatalog Load(string folder)
    {
        var objects = new List<JsonObject>();
        foreach (string name in Files)
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
                throw new ClusterException("ManifestInvalid", FailureKind.InvalidInput, file, $"The manifest {file} cannot be used: {e.Message}", e);
            }
        }

        return new ManifestCatalog(objects);
    }

    /// <summary>The folder beside the module's <c>bin/</c>.</summary>
    public static ManifestCatalog LoadOfModule() =>
        Load(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(ManifestCatalog).Assembly.Location)!, "..", "manifests")));

    /// <summary>An object by kind and name.</summary>
    public JsonObject Find(string kind, string name) =>
        Objects.Single(o => (string?)o["kind"] == kind && (string?)o["metadata"]!["name"] == name);

    private int BrokerNumber(string variable) =>
        int.Parse((string)TreePath.Get(Find("StatefulSet", "kafka"), $"spec.template.spec.containers[name=kafka].env[name={variable}].value")!, CultureInfo.InvariantCulture);
}
