using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Spec;

namespace KafkaK8s.Core.Operations;

/// <summary>Gives what New-KafkaCluster would send as plain YAML.</summary>
internal static class ExportManifest
{
    /// <summary>The YAML for the server of a connection, with the parameters that a standing cluster was given.</summary>
    public static async Task<string> RunAsync(KubeConnection connection, ManifestCatalog catalog, ClusterSpec given, string ns, string? writtenNamespace, CancellationToken cancel)
    {
        SpecChecks.CheckName(given.Name);
        var version = connection.ServerVersionAsync(cancel);
        var set = await connection.TryGetAsync(ResourceKind.StatefulSet, ns, new ClusterNames(given.Name).BrokerSet, cancel).ConfigureAwait(false);
        var before = SpecText.Read(set?.Annotation(ClusterNames.SpecAnnotation), given.Name);
        return Compose(catalog, SpecChecks.Merge(before, given), writtenNamespace, await version.ConfigureAwait(false));
    }

    /// <summary>The YAML for a version of Kubernetes. Pure.</summary>
    public static string Compose(ManifestCatalog catalog, ClusterSpec given, string? writtenNamespace, Version server)
    {
        if (server < ServerAdaptation.Oldest)
            throw new ClusterException("KubernetesTooOld", FailureKind.InvalidInput, server, $"Kubernetes {server} is older than {ServerAdaptation.Oldest}, the oldest that this module knows.");
        var spec = SpecChecks.Complete(given, catalog.Defaults);
        SpecChecks.Check(spec, catalog.Defaults, force: true);
        var objects = Composer.Compose(catalog, spec, given);
        ServerAdaptation.Adapt(objects, server);
        foreach (var tree in writtenNamespace is null ? [] : objects)
            tree["metadata"]!["namespace"] = writtenNamespace;
        return YamlWriter.Write(objects, $"Kafka cluster {given.Name} for Kubernetes {server.Major}.{server.Minor}, as KafkaK8s sends it.");
    }
}
