using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Manifests;

/// <summary>
/// The objects of a cluster while they are composed, with the names of the manifests: the cluster's prefix comes last. All that a
/// parameter changes is an edit, an addition or a clone.
/// </summary>
internal sealed class Composition
{
    private readonly ManifestSet set;
    private readonly List<JsonObject> objects;

    /// <param name="catalog">The manifests, which stay as they are.</param>
    public Composition(ManifestCatalog catalog)
    {
        set = catalog.Set;
        objects = [.. catalog.Objects.Select(o => (JsonObject)o.DeepClone())];
    }

    /// <summary>The objects, in the order of the files; what was added stands behind.</summary>
    public IReadOnlyList<JsonObject> Objects => objects;

    /// <summary>The cluster as the objects say at this moment: its pools and nodes.</summary>
    public ClusterModel Model => ClusterModel.Build(new ClusterNames(ClusterSpec.DefaultName, set), "", objects);

    /// <summary>The StatefulSets.</summary>
    public IEnumerable<JsonObject> Sets => objects.Where(o => (string?)o["kind"] == ResourceKind.StatefulSet.Kind);

    /// <summary>An object by kind and name, to be edited.</summary>
    /// <exception cref="InvalidOperationException">There is none, or more than one.</exception>
    public JsonObject Find(string kind, string name) => objects.Single(o => (string?)o["kind"] == kind && o.Name() == name);

    /// <summary>Sets one field.</summary>
    /// <exception cref="FormatException">The path does not hit exactly one node.</exception>
    public void Edit(string kind, string name, string path, JsonNode? value, bool mayAdd = false) =>
        TreePath.Set(Find(kind, name), path, value, mayAdd);

    /// <summary>Adds an object. It gets the labels that say whose it is.</summary>
    /// <exception cref="InvalidOperationException">There is one of that kind and name.</exception>
    public JsonObject Add(JsonObject tree)
    {
        ResourceKind.Of(tree);
        if (objects.Exists(o => (string?)o["kind"] == (string?)tree["kind"] && o.Name() == tree.Name()))
            throw new InvalidOperationException($"{(string?)tree["kind"]}/{tree.Name()} is there already");
        var labels = tree["metadata"]!["labels"] as JsonObject ?? [];
        foreach (string label in new[] { ClusterNames.InstanceLabel, ClusterNames.ClusterLabel })
            labels[label] = ClusterSpec.DefaultName;
        labels[ClusterNames.PartOfLabel] = ClusterNames.PartOf;
        tree["metadata"]!["labels"] = labels;
        objects.Add(tree);
        return tree;
    }

    /// <summary>Adds a copy of an object under another name, such as a Service for each broker.</summary>
    /// <exception cref="InvalidOperationException">There is no such object, or one of the new name.</exception>
    public JsonObject Clone(string kind, string name, string newName)
    {
        var copy = (JsonObject)Find(kind, name).DeepClone();
        copy["metadata"]!["name"] = newName;
        return Add(copy);
    }
}
