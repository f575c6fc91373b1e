using System.Text.Json.Nodes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Manifests;

/// <summary>Spec + manifests = the objects of one cluster. Pure: no clock, no server, no environment.</summary>
internal static class Composer
{
    // Environment variables whose values are names of objects.
    private static readonly HashSet<string> NameVariables = ["HEADLESS_SERVICE", "ZK_SET", "ZK_SERVICE"];

    /// <summary>The objects of the cluster. With a spec that says nothing these are the manifests unchanged.</summary>
    /// <param name="catalog">The manifests.</param>
    /// <param name="spec">A completed and checked spec.</param>
    /// <param name="given">The parameters as given, to be written down on the cluster.</param>
    /// <param name="former">How they are written down there now; null where they are not.</param>
    public static IReadOnlyList<JsonObject> Compose(ManifestCatalog catalog, ClusterSpec spec, ClusterSpec given, string? former = null)
    {
        var objects = catalog.Objects.Select(o => (JsonObject)o.DeepClone()).ToList();
        if (spec.Ephemeral == true)
            objects.ForEach(DropVolumes);
        foreach (var slot in ManifestFields.All)
        {
            if (slot.Value(spec) is JsonNode value)
                TreePath.Set(objects.Single(o => (string?)o["kind"] == slot.Kind && NameOf(o) == slot.Name), slot.Path, value, slot.MayAdd);
        }

        if (SpecStore.Write(given, former) is string text)
        {
            var metadata = objects.Single(o => (string?)o["kind"] == "StatefulSet" && NameOf(o) == "kafka")["metadata"]!.AsObject();
            var annotations = metadata["annotations"] as JsonObject ?? [];
            annotations[ClusterNames.SpecAnnotation] = text;
            metadata["annotations"] = annotations;
        }

        if (spec.Name != ClusterSpec.DefaultName)
        {
            var names = new ClusterNames(spec.Name);
            foreach (var tree in objects)
                Rename(tree, names);
        }

        return objects;
    }

    private static string NameOf(JsonObject tree) => (string)tree["metadata"]!["name"]!;

    private static void DropVolumes(JsonObject tree)
    {
        if ((string?)tree["kind"] != "StatefulSet")
            return;
        var claims = tree["spec"]!["volumeClaimTemplates"]!.AsArray();
        var volumes = tree["spec"]!["template"]!["spec"]!["volumes"]!.AsArray();
        foreach (var claim in claims)
            volumes.Add(new JsonObject { ["name"] = (string)claim!["metadata"]!["name"]!, ["emptyDir"] = new JsonObject() });
        tree["spec"]!.AsObject().Remove("volumeClaimTemplates");
    }

    // As kustomize's namePrefix does: the object's own name, the references to others, and the labels that say whose it is.
    private static void Rename(JsonObject tree, ClusterNames names)
    {
        Relabel(tree, names.Cluster);
        var metadata = tree["metadata"]!.AsObject();
        metadata["name"] = names.Prefixed((string)metadata["name"]!);
        if ((string?)tree["kind"] != "StatefulSet")
            return;
        Prefix(tree["spec"]!, "serviceName", names);
        var pod = tree["spec"]!["template"]!["spec"]!;
        foreach (var volume in pod["volumes"]!.AsArray())
        {
            Prefix(volume!["configMap"], "name", names);
            Prefix(volume["secret"], "secretName", names);
        }

        foreach (var variable in pod["containers"]!.AsArray().SelectMany(c => c!["env"]!.AsArray()))
        {
            Prefix(variable!["valueFrom"]?["secretKeyRef"], "name", names);
            Prefix(variable["valueFrom"]?["configMapKeyRef"], "name", names);
            if (NameVariables.Contains((string)variable["name"]!))
                Prefix(variable, "value", names);
        }
    }

    private static void Prefix(JsonNode? parent, string key, ClusterNames names)
    {
        if ((string?)parent?[key] is string name)
            parent[key] = names.Prefixed(name);
    }

    private static void Relabel(JsonNode? node, string cluster)
    {
        if (node is JsonObject map)
        {
            foreach (string label in new[] { ClusterNames.InstanceLabel, ClusterNames.ClusterLabel }.Where(map.ContainsKey))
                map[label] = cluster;
            foreach (var (_, child) in map)
                Relabel(child, cluster);
        }
        else if (node is JsonArray array)
        {
            foreach (var child in array)
                Relabel(child, cluster);
        }
    }
}
