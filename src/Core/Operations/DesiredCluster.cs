using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Operations;

/// <summary>What is asked of a cluster that stands, besides its parameters.</summary>
/// <param name="AllowEven">Allow an even ensemble.</param>
/// <param name="TakeDefaults">Take the manifests' values where nobody knows any more what was given.</param>
/// <param name="NewestManifests">Take the manifests of this module in place of those that the cluster was made of.</param>
/// <param name="RebuildSpec">Take what stands for what was given.</param>
internal sealed record ComposeOptions(bool AllowEven = false, bool TakeDefaults = false, bool NewestManifests = false,
    bool RebuildSpec = false);

/// <summary>
/// What a cluster should be: what is given, over what was given before and what stands. The one way to it, for New-KafkaCluster and for
/// Export-KafkaManifest. Pure.
/// </summary>
/// <param name="Spec">All values, completed and checked.</param>
/// <param name="Objects">The objects in the form for the server.</param>
/// <param name="Manifests">Version of the manifests that they were made of.</param>
internal sealed record DesiredCluster(ClusterSpec Spec, IReadOnlyList<JsonObject> Objects, int Manifests)
{
    /// <summary>Composes it.</summary>
    /// <param name="newest">The manifests of this module.</param>
    /// <param name="asked">The parameters that are given now.</param>
    /// <param name="live">The cluster as it stands; without sets where it is new.</param>
    /// <param name="server">Version of the API server.</param>
    /// <param name="options">What else is asked for.</param>
    /// <exception cref="ClusterException">The request cannot be carried out.</exception>
    public static DesiredCluster Compose(
        ManifestCatalog newest, ClusterSpec asked, ClusterModel live, Version server, ComposeOptions options)
    {
        ServerAdaptation.CheckVersion(server);
        var names = live.Names;
        var standingSets = live.Pools.Select(live.Standing).OfType<JsonObject>().ToList();
        var standingServers = live.PoolsOf(NodeRoles.ZooKeeper).Select(live.Standing).FirstOrDefault();
        var standingBrokers = live.PoolsOf(NodeRoles.Broker).Select(live.Standing).FirstOrDefault();

        var standing = (standingBrokers ?? standingSets.FirstOrDefault()) is JsonObject first
            ? newest.OfVersion(ManifestVersion.Of(first), names.Cluster)
            : newest; // one that is made anew, over its volumes too, is made of the newest
        var catalog = options.NewestManifests ? newest : standing;
        var before = options.RebuildSpec
            ? StandingSpec.Rebuild(standing, names.Cluster, standingServers, standingBrokers)
            : StandingSpec.Read(standing, names.Cluster, live.Carrier, standingServers, options.TakeDefaults);
        var given = StandingEnsemble.Merge(before, asked, standingServers, catalog.Defaults);
        var spec = SpecChecks.Complete(given, catalog.Defaults);

        // kubectl scale changes the number of brokers alone: what follows from a number that was given stays as it is.
        int count = spec.BrokerCount ?? catalog.Defaults.BrokerCount;
        int stands = asked.BrokerCount is null && standingBrokers is not null && Readiness.Wanted(standingBrokers) is > 0 and int n
            ? n : count;
        SpecChecks.Check(
            spec with { BrokerCount = Math.Max(count, stands) },
            catalog.Defaults,
            options.AllowEven || asked.ZooKeeperCount is null || before?.ZooKeeperCount == spec.ZooKeeperCount);
        if (stands != count)
            spec = spec with { BrokerCount = stands };

        spec = Secured(spec, asked, catalog, standingBrokers ?? standingServers);
        var objects = Composer.Compose(catalog, spec, given, standingBrokers?.Annotation(ClusterNames.SpecAnnotation));
        StandingEnsemble.KeepFirstSize(objects, standingServers, standingBrokers, names);
        foreach (var set in standingSets)
            StandingTemplates.Keep(objects, set, catalog == standing);
        if (asked.Config is null && given.Config is not null)
            StandingTemplates.KeepConfig(objects, given.Config, standingBrokers, names);
        // Other manifests are a change of the templates that was asked for.
        JsonObject? Keeps(string name) => catalog != standing ? null : standingSets.Find(s => s.Name() == name);
        SettingsChecksum.Write(objects, Keeps);
        ServerAdaptation.Adapt(objects, server);
        return new DesiredCluster(spec, objects, catalog.Version);
    }

    // Plaintext and TLS are not exchanged under a cluster: clients, brokers and servers would not understand each other meanwhile.
    private static ClusterSpec Secured(ClusterSpec spec, ClusterSpec asked, ManifestCatalog catalog, JsonObject? standing)
    {
        bool knows = catalog.Set.Pools.All(p => ClusterSecurity.Knows(catalog.Find(p)));
        if (standing is not null && asked.Plaintext is bool plaintext && plaintext == ClusterSecurity.IsTls(standing))
            throw SecurityChange(spec.Name, plaintext);
        if (!knows && spec.Plaintext == false)
            throw SecurityChange(spec.Name, false);
        return knows ? spec : spec with { Plaintext = null }; // older manifests are plaintext, and have no place to say so
    }

    /// <summary>The failure of a change between plaintext and TLS.</summary>
    public static ClusterException SecurityChange(string cluster, bool plaintext) => new("SecurityChange", FailureKind.Conflict, cluster,
        $"-Plaintext{(plaintext ? "" : ":$false")}: the cluster {cluster} was made {(plaintext ? "with TLS" : "without TLS")}, and that is "
            + "not changed while it stands or has volumes. Nothing was done. Make another cluster, and let clients move; or leave the "
            + "parameter out.");
}
