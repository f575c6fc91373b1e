using System.Text.Json.Nodes;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using static KafkaK8s.Core.Operations.HealthChecks;

namespace KafkaK8s.Core.Operations;

/// <summary>The checks of volumes. Pure.</summary>
internal static class VolumeHealth
{
    /// <summary>From here on there is time to enlarge a volume or to let messages go; in percent.</summary>
    private const int Full = 80;

    /// <summary>From here on there is not.</summary>
    private const int AlmostOver = 90;

    public static Finding Persistent(HealthFacts facts)
    {
        var lost = facts.Model.Pools.Where(p => facts.Model.Storage(p) is { IsEphemeral: true }).Select(p => p.Set).ToList();
        return lost.Count == 0 ? Finding.Ok("all data is on volumes")
            : new(CheckSeverity.Warning, $"{string.Join(" and ", lost)} keep their data in the pod (emptyDir): it goes with the pod",
                $"New-KafkaCluster {facts.Model.Names.Cluster}-2 -Namespace {facts.Model.Namespace} # with volumes, then move the topics",
                lost);
    }

    public static Finding Bound(HealthFacts facts, IReadOnlyList<JsonObject> claims)
    {
        var open = claims.Where(c => (string?)c["status"]?["phase"] != "Bound").ToList();
        if (open.Count == 0)
            return Finding.Ok(Count(claims.Count, "volume"));
        string state = Stalls.OfClaim(open[0]).FirstOrDefault()?.ToString()
            ?? $"{open[0].Name()} is {(string?)open[0]["status"]?["phase"] ?? "not bound"}";
        bool lost = open.Exists(c => (string?)c["status"]?["phase"] == "Lost");
        return new(lost ? CheckSeverity.Critical : CheckSeverity.Warning,
            $"{open.Count} of {Count(claims.Count, "volume")} not bound; {state}",
            facts.Kubectl($"describe pvc {open[0].Name()}"), [.. open.Select(c => c.Name())]);
    }

    public static Finding Usage(HealthFacts facts, IReadOnlyDictionary<int, BrokerDisk> disks)
    {
        var used = disks.Where(d => d.Value is { TotalBytes: > 0, UsableBytes: not null })
            .Select(d => (Broker: $"broker {d.Key}",
                Percent: (int)((d.Value.TotalBytes!.Value - d.Value.UsableBytes!.Value) * 100 / d.Value.TotalBytes.Value)))
            .OrderByDescending(d => d.Percent).ToList();
        var full = used.Where(d => d.Percent > Full).ToList();
        if (full.Count > 0)
        {
            return new(full[0].Percent > AlmostOver ? CheckSeverity.Critical : CheckSeverity.Warning,
                $"the volume of {full[0].Broker} is {full[0].Percent} % "
                    + $"full{(full.Count > 1 ? $", {full.Count} volumes are over {Full} %" : "")}: a broker ends when its volume is full",
                $"{facts.Command("Get-KafkaTopic")} | Sort-Object SizeBytes -Descending", [.. full.Select(d => d.Broker)]);
        }

        string[] silent = [.. facts.Model.Brokers.Select(b => $"broker {b.NodeId}").Except(used.Select(d => d.Broker))];
        // Brokers of before Kafka 3.3 cannot tell, and nobody can do anything about it here.
        return silent.Length == 0 && used.Count > 0 ? Finding.Ok($"at most {used[0].Percent} % full")
            : disks.Count > 0 && used.Count == 0
                ? new(CheckSeverity.Info, "not checked: the brokers do not tell the size of their volumes (Kafka 3.3 and newer do)")
            : new(CheckSeverity.Warning,
                $"not checked: {(silent.Length == 0 ? "there are no brokers" : $"nothing told by {Such(silent)}")}", "", silent);
    }

    public static Finding Expansion(HealthFacts facts, IReadOnlyList<JsonObject> claims, IReadOnlyList<JsonObject> classes)
    {
        var allowed = classes.ToDictionary(c => c.Name(), c => (bool?)c["allowVolumeExpansion"] == true);
        var stiff = claims.Select(c => (string?)c["spec"]?["storageClassName"]).OfType<string>().Distinct()
            .Where(c => !allowed.GetValueOrDefault(c)).ToList();
        return stiff.Count == 0 ? Finding.Ok(claims.Count == 0 ? "no volumes" : "volumes can be enlarged")
            : new(CheckSeverity.Info,
                $"the storage class {stiff[0]} "
                    + $"{(allowed.ContainsKey(stiff[0]) ? "does not let volumes be enlarged" : "is not there any more")}",
                allowed.ContainsKey(stiff[0]) ? $"kubectl patch storageclass {stiff[0]} --type merge -p '{{\"allowVolumeExpansion\":true}}'"
                : "kubectl get storageclass", stiff);
    }
}
