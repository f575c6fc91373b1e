using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Yaml;

namespace KafkaK8s.Core.Operations;

/// <summary>Gives what New-KafkaCluster would send as plain YAML.</summary>
internal static class ExportManifest
{
    /// <summary>The YAML for the server of a connection, with the parameters that a standing cluster was given.</summary>
    public static async Task<string> RunAsync(
        KubeConnection connection, ManifestCatalog catalog, ClusterSpec given, string ns, string? writtenNamespace,
        CancellationToken cancel)
    {
        SpecChecks.CheckGiven(given);
        var version = connection.ServerVersionAsync(cancel);
        var live = ClusterModel.FindAsync(connection, ns, given.Name, catalog.Set.Roles, ManifestSets.All, cancel);
        await Task.WhenAll(version, live).ConfigureAwait(false);
        var server = await version.ConfigureAwait(false);
        var desired = DesiredCluster.Compose(catalog, given, await live.ConfigureAwait(false), server, new ComposeOptions(AllowEven: true));
        return Write(desired, given.Name, writtenNamespace, server);
    }

    /// <summary>The YAML of a cluster that does not stand, for a version of Kubernetes. Pure.</summary>
    public static string Compose(ManifestCatalog catalog, ClusterSpec given, string? writtenNamespace, Version server)
    {
        SpecChecks.CheckGiven(given);
        var none = ClusterModel.Build(new ClusterNames(given.Name, catalog.Set), "", []);
        var desired = DesiredCluster.Compose(catalog, given, none, server, new ComposeOptions(AllowEven: true));
        return Write(desired, given.Name, writtenNamespace, server);
    }

    // A separator before the first document too, so that the texts of several clusters, one behind the other, are one stream.
    private static string Write(DesiredCluster cluster, string name, string? writtenNamespace, Version server)
    {
        foreach (var tree in writtenNamespace is null ? [] : cluster.Objects)
            tree["metadata"]!["namespace"] = writtenNamespace;
        string comment = $"# Kafka cluster {name} for Kubernetes {server.Major}.{server.Minor}, as KafkaK8s sends it.";
        return $"{comment}\n---\n{YamlWriter.Write(cluster.Objects)}";
    }
}
