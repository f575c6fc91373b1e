using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Spec;

namespace KafkaK8s.Core.Operations;

/// <summary>What stands on one kept volume.</summary>
/// <param name="Claim">Name of its claim.</param>
/// <param name="Ordinal">Ordinal of the pod that it belongs to.</param>
/// <param name="IsBroker">Whether it is a broker's; else a ZooKeeper server's.</param>
/// <param name="BrokerId">A broker's id in meta.properties; null where the volume has none yet.</param>
/// <param name="ClusterIds">Cluster ids found: in meta.properties, or in ZooKeeper's log and snapshots.</param>
/// <param name="Members">Ids of the ensemble's members in ZooKeeper's configuration on the volume.</param>
internal sealed record KeptVolume(string Claim, int Ordinal, bool IsBroker, int? BrokerId, IReadOnlyList<string> ClusterIds, IReadOnlyList<int> Members);

/// <summary>Volumes of an earlier cluster of the same name: read by short-lived pods, adopted where their ids fit.</summary>
internal static class KeptVolumes
{
    // Both sorts of volume are read by one script; what it finds goes into the pod's termination message (4 KiB).
    // ZooKeeper fills its log with 64 MiB of NUL in advance: to grep that would be one line, larger than the pod's memory.
    private const string Script = """
        cat /volume/log/meta.properties 2>/dev/null | grep -E '^(broker|cluster)\.id=' >> /dev/termination-log
        file=$(sed -n 's/^dynamicConfigFile=//p' /volume/conf/zoo.cfg 2>/dev/null)
        [ -n "$file" ] && grep -o '^server\.[0-9]*' "/volume/conf/${file##*/}" >> /dev/termination-log
        cat /volume/zk/version-2/* 2>/dev/null | tr '\000' '\n' | grep -ao '{"version":"1","id":"[^"]*"}' | sort -u | sed 's/.*"id":"\(.*\)"}/zk.id=\1/' >> /dev/termination-log
        exit 0
        """;

    /// <summary>Says why the volumes do not fit together; null when they do. Pure.</summary>
    public static string? Misfit(IReadOnlyCollection<KeptVolume> volumes, int zooKeeperCount)
    {
        var brokers = volumes.Where(v => v.IsBroker).ToList();
        var servers = volumes.Where(v => !v.IsBroker).ToList();
        if (brokers.Find(b => b.BrokerId is int id && id != b.Ordinal) is { } swapped)
            return $"{swapped.Claim} holds the data of broker {swapped.BrokerId}, not of broker {swapped.Ordinal}";
        var ids = brokers.SelectMany(b => b.ClusterIds).Distinct().ToList();
        if (ids.Count > 1)
            return $"the brokers' volumes come from different clusters ({string.Join(", ", brokers.Select(b => $"{b.Claim}: {string.Join("/", b.ClusterIds.DefaultIfEmpty("no id"))}"))})";
        var known = servers.SelectMany(s => s.ClusterIds).Distinct().ToList();
        if (ids.Count == 1 && !known.Contains(ids[0]))
            return $"the brokers' volumes belong to the cluster {ids[0]}, and {(servers.Count == 0 ? "ZooKeeper's volumes are gone" : known.Count == 0 ? "ZooKeeper's volumes know of no cluster" : $"ZooKeeper's to {string.Join(", ", known)}")}";
        int members = servers.Select(s => s.Members.Count).DefaultIfEmpty(0).Max();
        if (members > 0 && members != zooKeeperCount)
            return $"ZooKeeper's volumes belong to an ensemble of {members} servers, and {zooKeeperCount} are asked for: give -ZooKeeperCount {members}";
        int whole = servers.Count(s => s.Members.Count > 0);
        if (members > 0 && whole <= members / 2)
            return $"only {whole} of the ensemble's {members} volumes are there: the others could outvote them with nothing";
        return null;
    }

    /// <summary>Reads the volumes and refuses where they do not fit.</summary>
    public static async IAsyncEnumerable<OperationEvent> AdoptAsync(KubeConnection connection, DeployPlan plan, [EnumeratorCancellation] CancellationToken cancel)
    {
        string ns = plan.Request.Namespace;
        var readers = plan.KeptClaims.Select(c => Reader(c.Name(), plan)).OfType<JsonObject>().ToList();
        if (readers.Count == 0)
            yield break;
        yield return new Waiting("Volumes", $"reading {readers.Count} kept volumes");
        var volumes = new List<KeptVolume>();
        try
        {
            foreach (var left in await connection.ListAsync(ResourceKind.Pod, ns, $"{plan.Names.Selector},{ClusterNames.NameLabel}=volume-reader", cancel).ConfigureAwait(false))
                await connection.DeleteAsync(ResourceKind.Pod, ns, left.Name(), null, cancel).ConfigureAwait(false); // of an interrupted run
            foreach (var reader in readers)
                await connection.CreateAsync(reader, ns, cancel).ConfigureAwait(false);
            var names = readers.Select(r => r.Name()).ToHashSet();
            var wait = new ClusterWait(connection, plan.Names, ns);
            var done = new Dictionary<string, JsonObject>();
            await foreach (var e in wait.UntilAsync("Volumes", live =>
            {
                foreach (var pod in live.Of(ResourceKind.Pod).Where(p => names.Contains(p.Name()) && (string?)p["status"]?["phase"] is "Succeeded" or "Failed"))
                    done[pod.Name()] = pod;
                return Task.FromResult(new Progress(done.Count == names.Count, $"{done.Count} of {names.Count} kept volumes are read", 100 * done.Count / names.Count));
            }, cancel).ConfigureAwait(false))
                yield return e;
            volumes.AddRange(done.Values.Select(p => Parse((string)p["spec"]!["volumes"]![0]!["persistentVolumeClaim"]!["claimName"]!, Message(p), plan.Names)));
        }
        finally
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10)); // also after Ctrl+C: nothing of ours stays behind
            await Task.WhenAll(readers.Select(r => connection.DeleteAsync(ResourceKind.Pod, ns, r.Name(), null, limit.Token))).ConfigureAwait(false);
        }

        if (Misfit(volumes, plan.ZooKeeperCount) is string why)
        {
            throw new ClusterException("KeptVolumesUnfit", FailureKind.Conflict, plan.Names.Cluster,
                $"Volumes of an earlier cluster '{plan.Names.Cluster}' are there and cannot be taken over: {why}. Nothing was changed. Choose another name, or delete the volumes ('kubectl delete pvc -n {ns} -l {ClusterNames.InstanceLabel}={plan.Names.Cluster}'), which deletes their data.");
        }

        yield return new Note($"{volumes.Count} volumes of an earlier cluster '{plan.Names.Cluster}' are taken over{(volumes.SelectMany(v => v.ClusterIds).FirstOrDefault() is string id ? $" (cluster id {id})" : "")}.");
        if (volumes.All(v => !v.IsBroker) && volumes.Any(v => v.ClusterIds.Count > 0))
            yield return new Warned("The brokers' volumes of the earlier cluster are gone: ZooKeeper remembers topics whose messages are lost.");
    }

    /// <summary>Reads what a reader pod found. Pure.</summary>
    public static KeptVolume Parse(string claim, string found, ClusterNames names)
    {
        var lines = found.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string? Value(string key) => Array.Find(lines, l => l.StartsWith(key, StringComparison.Ordinal))?[key.Length..];
        return new KeptVolume(
            claim,
            ClusterNames.Ordinal(claim),
            IsBroker(claim, names),
            int.TryParse(Value("broker.id="), out int id) ? id : null,
            [.. lines.Where(l => l.StartsWith("cluster.id=", StringComparison.Ordinal) || l.StartsWith("zk.id=", StringComparison.Ordinal)).Select(l => l[(l.IndexOf('=', StringComparison.Ordinal) + 1)..]).Distinct()],
            [.. lines.Where(l => l.StartsWith("server.", StringComparison.Ordinal)).Select(l => int.Parse(l.AsSpan(7), System.Globalization.CultureInfo.InvariantCulture)).Distinct()]);
    }

    private static bool IsBroker(string claim, ClusterNames names) => claim[..claim.LastIndexOf('-')] == ClusterNames.Claim(names.BrokerSet);

    private static string Message(JsonObject pod) => (string?)Trees.Items(pod["status"]?["containerStatuses"]).FirstOrDefault()?["state"]?["terminated"]?["message"] ?? "";

    // The same image, rights and user as the pod that the volume belongs to, so that it can be pulled and can read.
    private static JsonObject? Reader(string claim, DeployPlan plan)
    {
        string set = IsBroker(claim, plan.Names) ? plan.Names.BrokerSet : plan.Names.ZooKeeperSet;
        if (claim[..claim.LastIndexOf('-')] != ClusterNames.Claim(set))
            return null;
        var template = plan.Objects.Single(o => (string?)o["kind"] == "StatefulSet" && o.Name() == set)["spec"]!["template"]!;
        var container = template["spec"]!["containers"]![0]!;
        var pod = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{claim}-reader",
                ["labels"] = new JsonObject
                {
                    [ClusterNames.NameLabel] = "volume-reader",
                    [ClusterNames.InstanceLabel] = plan.Names.Cluster,
                    [ClusterNames.PartOfLabel] = ClusterNames.PartOf,
                },
            },
            ["spec"] = new JsonObject
            {
                ["restartPolicy"] = "Never",
                ["terminationGracePeriodSeconds"] = 1,
                ["automountServiceAccountToken"] = false,
                ["enableServiceLinks"] = false,
                ["securityContext"] = template["spec"]!["securityContext"]!.DeepClone(),
                ["volumes"] = new JsonArray(new JsonObject { ["name"] = "volume", ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = claim } }),
                ["containers"] = new JsonArray(new JsonObject
                {
                    ["name"] = "reader",
                    ["image"] = (string)container["image"]!,
                    ["imagePullPolicy"] = (string?)container["imagePullPolicy"] ?? "IfNotPresent",
                    ["command"] = new JsonArray("bash", "-c", Script),
                    ["securityContext"] = container["securityContext"]!.DeepClone(),
                    ["resources"] = new JsonObject
                    {
                        ["requests"] = new JsonObject { ["cpu"] = "10m", ["memory"] = "64Mi" },
                        ["limits"] = new JsonObject { ["memory"] = "64Mi" },
                    },
                    ["volumeMounts"] = new JsonArray(new JsonObject { ["name"] = "volume", ["mountPath"] = "/volume" }),
                }),
            },
        };
        foreach (string slot in new[] { "nodeSelector", "tolerations" })
        {
            if (template["spec"]![slot] is JsonNode value)
                pod["spec"]![slot] = value.DeepClone();
        }

        return pod;
    }
}
