using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Operations;

/// <summary>
/// What a cluster should be: what is given, over what was given before and what stands. The one way to it, for New-KafkaCluster and for
/// Export-KafkaManifest. Pure.
/// </summary>
/// <param name="Spec">All values, completed and checked.</param>
/// <param name="Objects">The objects in the form for the server.</param>
internal sealed record DesiredCluster(ClusterSpec Spec, IReadOnlyList<JsonObject> Objects)
{
    /// <summary>Composes it.</summary>
    /// <param name="catalog">The manifests.</param>
    /// <param name="asked">The parameters that are given now.</param>
    /// <param name="servers">The ZooKeeper servers' StatefulSet as it stands; null where there is none.</param>
    /// <param name="brokers">The brokers' StatefulSet as it stands; null where there is none.</param>
    /// <param name="server">Version of the API server.</param>
    /// <param name="force">Allow an even ensemble.</param>
    /// <exception cref="ClusterException">The request cannot be carried out.</exception>
    public static DesiredCluster Compose(
        ManifestCatalog catalog, ClusterSpec asked, JsonObject? servers, JsonObject? brokers, Version server, bool force)
    {
        ServerAdaptation.CheckVersion(server);
        var names = new ClusterNames(asked.Name);
        // A set of that name may be somebody else's: then it says nothing of this cluster.
        var (ourServers, ourBrokers) = (Ours(servers, names), Ours(brokers, names));
        var before = SpecText.Read(ourBrokers?.Annotation(ClusterNames.SpecAnnotation), names.Cluster);
        var standingServers = ourServers?.IsTerminating() == false ? ourServers : null;
        var standingBrokers = ourBrokers?.IsTerminating() == false ? ourBrokers : null;
        var given = StandingEnsemble.Merge(before, asked, standingServers, names, catalog.Defaults);
        var spec = SpecChecks.Complete(given, catalog.Defaults);

        // kubectl scale changes the number of brokers alone: what follows from a number that was given stays as it is.
        int count = spec.BrokerCount ?? catalog.Defaults.BrokerCount;
        int stands = asked.BrokerCount is null && standingBrokers is not null && Readiness.Wanted(standingBrokers) is > 0 and int n
            ? n : count;
        SpecChecks.Check(
            spec with { BrokerCount = Math.Max(count, stands) },
            catalog.Defaults,
            force || asked.ZooKeeperCount is null || before?.ZooKeeperCount == spec.ZooKeeperCount);
        if (stands != count)
            spec = spec with { BrokerCount = stands };

        var objects = Composer.Compose(catalog, spec, given);
        StandingEnsemble.KeepFirstSize(objects, standingServers, standingBrokers, names);
        StandingTemplates.Keep(objects, standingServers, standingBrokers, names);
        if (asked.Config is null && given.Config is not null)
            StandingTemplates.KeepConfig(objects, given.Config, standingBrokers, names);
        ServerAdaptation.Adapt(objects, server);
        return new DesiredCluster(spec, objects);
    }

    private static JsonObject? Ours(JsonObject? set, ClusterNames names) =>
        set is not null && Ownership.ClusterOf(set) == names.Cluster ? set : null;
}
