using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Manifests;

/// <summary>Spec + manifests = the objects of one cluster. Pure: no clock, no server, no environment.</summary>
internal static class Composer
{
    // Label by which a Service selects one pod of a set: its value is the pod's name.
    private const string PodNameLabel = "statefulset.kubernetes.io/pod-name";

    /// <summary>The objects of the cluster. With a spec that says nothing these are the manifests unchanged.</summary>
    /// <param name="catalog">The manifests.</param>
    /// <param name="spec">A completed and checked spec.</param>
    /// <param name="given">The parameters as given, to be written down on the cluster.</param>
    /// <param name="former">How they are written down there now; null where they are not.</param>
    /// <param name="more">Further edits, additions and clones, by the names of the manifests and the nodes of the composition.</param>
    /// <exception cref="ClusterException"><c>ParameterUnfit</c>: a parameter that clusters of this mode do not have.</exception>
    public static IReadOnlyList<JsonObject> Compose(
        ManifestCatalog catalog, ClusterSpec spec, ClusterSpec given, string? former = null, Action<Composition>? more = null)
    {
        var composition = new Composition(catalog);
        if (spec.Ephemeral == true)
        {
            foreach (var set in composition.Sets)
                DropVolumes(set);
        }

        ManifestFields.CheckFit(catalog.Set, spec);
        foreach (var field in ManifestFields.Of(catalog.Set))
        {
            if (field.Value(spec) is JsonNode value)
                composition.Edit(field.Kind, field.Name, field.Path, value, field.MayAdd);
        }

        if (SpecStore.Write(given, former) is string text)
            composition.Find("StatefulSet", catalog.Set.Carrier.Name).Annotate(ClusterNames.SpecAnnotation, text);

        more?.Invoke(composition);
        if (spec.Name != ClusterSpec.DefaultName)
        {
            var names = new ClusterNames(spec.Name, catalog.Set);
            foreach (var tree in composition.Objects)
                Rename(tree, names);
        }

        return composition.Objects;
    }

    private static void DropVolumes(JsonObject set)
    {
        var pod = set["spec"]!["template"]!["spec"]!.AsObject();
        var volumes = pod["volumes"] as JsonArray ?? [];
        pod["volumes"] = volumes;
        foreach (var claim in KubeObjects.Items(set["spec"]!["volumeClaimTemplates"]))
            volumes.Add(new JsonObject { ["name"] = claim.Name(), ["emptyDir"] = new JsonObject() });
        set["spec"]!.AsObject().Remove("volumeClaimTemplates");
    }

    // As kustomize's namePrefix does: the object's own name, the references to others, and the labels that say whose it is.
    private static void Rename(JsonObject tree, ClusterNames names)
    {
        Relabel(tree, names);
        Prefix(tree["metadata"], "name", names);
        if ((string?)tree["kind"] != "StatefulSet")
            return;
        Prefix(tree["spec"], "serviceName", names);
        var pod = tree["spec"]!["template"]!["spec"]!;
        foreach (var volume in KubeObjects.Items(pod["volumes"]))
        {
            Prefix(volume["configMap"], "name", names);
            Prefix(volume["secret"], "secretName", names);
        }

        foreach (var variable in KubeObjects.Items(pod["containers"]).SelectMany(c => KubeObjects.Items(c["env"])))
        {
            Prefix(variable["valueFrom"]?["secretKeyRef"], "name", names);
            Prefix(variable["valueFrom"]?["configMapKeyRef"], "name", names);
            if (names.ManifestSet.NameVariables.Contains((string)variable["name"]!))
                Prefix(variable, "value", names);
        }
    }

    private static void Prefix(JsonNode? parent, string key, ClusterNames names)
    {
        if ((string?)parent?[key] is string name)
            parent[key] = names.Prefixed(name);
    }

    private static void Relabel(JsonNode? node, ClusterNames names)
    {
        if (node is JsonObject map)
        {
            foreach (string label in new[] { ClusterNames.InstanceLabel, ClusterNames.ClusterLabel }.Where(map.ContainsKey))
                map[label] = names.Cluster;
            Prefix(map, PodNameLabel, names);
            foreach (var (_, child) in map)
                Relabel(child, names);
        }
        else if (node is JsonArray array)
        {
            foreach (var child in array)
                Relabel(child, names);
        }
    }
}
