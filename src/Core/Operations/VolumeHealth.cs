using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using static KafkaK8s.Core.Operations.HealthChecks;

namespace KafkaK8s.Core.Operations;

/// <summary>The checks of volumes. Pure.</summary>
internal static class VolumeHealth
{
    public static Finding Persistent(HealthFacts facts)
    {
        var lost = facts.Model.Pools.Where(p => facts.Model.Storage(p) is { IsEphemeral: true }).Select(p => p.Set).ToList();
        return lost.Count == 0 ? Finding.Ok("all data is on volumes")
            : new(CheckSeverity.Warning, $"{string.Join(" and ", lost)} keep their data in the pod (emptyDir): it goes with the pod",
                $"New-KafkaCluster {facts.Model.Names.Cluster}-2 -Namespace {facts.Model.Namespace} # with volumes, then move the topics", lost);
    }

    public static Finding Bound(HealthFacts facts, IReadOnlyList<JsonObject> claims)
    {
        var open = claims.Where(c => (string?)c["status"]?["phase"] != "Bound").ToList();
        if (open.Count == 0)
            return Finding.Ok(Count(claims.Count, "volume"));
        string state = Stalls.OfClaim(open[0]).FirstOrDefault()?.ToString() ?? $"{open[0].Name()} is {(string?)open[0]["status"]?["phase"] ?? "not bound"}";
        bool lost = open.Exists(c => (string?)c["status"]?["phase"] == "Lost");
        return new(lost ? CheckSeverity.Critical : CheckSeverity.Warning, $"{open.Count} of {Count(claims.Count, "volume")} not bound; {state}",
            facts.Kubectl($"describe pvc {open[0].Name()}"), [.. open.Select(c => c.Name())]);
    }

    public static Finding Expansion(HealthFacts facts, IReadOnlyList<JsonObject> claims, IReadOnlyList<JsonObject> classes)
    {
        var allowed = classes.ToDictionary(c => c.Name(), c => (bool?)c["allowVolumeExpansion"] == true);
        var stiff = claims.Select(c => (string?)c["spec"]?["storageClassName"]).OfType<string>().Distinct().Where(c => !allowed.GetValueOrDefault(c)).ToList();
        return stiff.Count == 0 ? Finding.Ok(claims.Count == 0 ? "no volumes" : "volumes can be enlarged")
            : new(CheckSeverity.Info, $"the storage class {stiff[0]} {(allowed.ContainsKey(stiff[0]) ? "does not let volumes be enlarged" : "is not there any more")}",
                allowed.ContainsKey(stiff[0]) ? $"kubectl patch storageclass {stiff[0]} --type merge -p '{{\"allowVolumeExpansion\":true}}'" : "kubectl get storageclass", stiff);
    }
}
