using System.Text.Json.Nodes;

namespace KafkaK8s.Core.Kubernetes;

/// <summary>A kind of object with its place in the API. A static table stands in for discovery: one request less for each group.</summary>
/// <param name="ApiVersion">Group and version, such as <c>apps/v1</c>.</param>
/// <param name="Kind">Kind.</param>
/// <param name="Plural">Name in a path.</param>
/// <param name="Namespaced">Whether it lives in a namespace.</param>
internal sealed record ResourceKind(string ApiVersion, string Kind, string Plural, bool Namespaced = true)
{
    public static readonly ResourceKind Namespace = new("v1", "Namespace", "namespaces", Namespaced: false);
    public static readonly ResourceKind ConfigMap = new("v1", "ConfigMap", "configmaps");
    public static readonly ResourceKind Secret = new("v1", "Secret", "secrets");
    public static readonly ResourceKind Service = new("v1", "Service", "services");
    public static readonly ResourceKind Endpoints = new("v1", "Endpoints", "endpoints");
    public static readonly ResourceKind Pod = new("v1", "Pod", "pods");
    public static readonly ResourceKind Event = new("v1", "Event", "events");
    public static readonly ResourceKind Node = new("v1", "Node", "nodes", Namespaced: false);
    public static readonly ResourceKind Volume = new("v1", "PersistentVolume", "persistentvolumes", Namespaced: false);
    public static readonly ResourceKind VolumeClaim = new("v1", "PersistentVolumeClaim", "persistentvolumeclaims");
    public static readonly ResourceKind StatefulSet = new("apps/v1", "StatefulSet", "statefulsets");
    public static readonly ResourceKind StorageClass = new("storage.k8s.io/v1", "StorageClass", "storageclasses", Namespaced: false);
    public static readonly ResourceKind DisruptionBudget = new("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets");

    private static readonly ResourceKind[] Known =
        [Namespace, ConfigMap, Secret, Service, Pod, Event, Node, VolumeClaim, StatefulSet, StorageClass, DisruptionBudget];

    /// <summary>The kind of a tree, at the API version that the tree names.</summary>
    /// <exception cref="FormatException">The kind is not one that the product handles.</exception>
    public static ResourceKind Of(JsonObject tree)
    {
        string kind = (string?)tree["kind"] ?? throw new FormatException("an object has no kind");
        var known = Array.Find(Known, k => k.Kind == kind)
            ?? throw new FormatException($"the kind {kind} is not one that this module handles");
        return known with { ApiVersion = (string?)tree["apiVersion"] ?? throw new FormatException($"a {kind} has no apiVersion") };
    }

    /// <summary>Path of the collection, or of one object in it. Names are escaped: none leads elsewhere.</summary>
    /// <exception cref="ClusterException">A name that no object can have.</exception>
    public string Path(string? ns, string? name = null)
    {
        string group = ApiVersion.Contains('/', StringComparison.Ordinal) ? "apis" : "api";
        string within = Namespaced && ns is not null ? $"/namespaces/{Segment(ns)}" : "";
        return $"/{group}/{ApiVersion}{within}/{Plural}{(name is null ? "" : "/" + Segment(name))}";
    }

    /// <summary>The objects of a list. An API server leaves out what kind they are, because the list says it.</summary>
    public IReadOnlyList<JsonObject> ItemsOf(JsonObject list)
    {
        var items = KubeObjects.Items(list["items"]).ToList();
        foreach (var item in items)
        {
            item["apiVersion"] ??= ApiVersion;
            item["kind"] ??= Kind;
        }

        return items;
    }

    private static string Segment(string name) => name is "" or "." or ".."
        ? throw new ClusterException("InvalidName", FailureKind.InvalidInput, name,
            $"'{name}' is not the name of a namespace or an object in Kubernetes.")
        : Uri.EscapeDataString(name);
}
