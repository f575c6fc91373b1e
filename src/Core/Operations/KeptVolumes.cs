using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Running;

namespace KafkaK8s.Core.Operations;

/// <summary>What stands on one kept volume.</summary>
/// <param name="Claim">Name of its claim.</param>
/// <param name="Node">The node whose pod it belongs to.</param>
/// <param name="BrokerId">A broker's id in meta.properties; null where the volume has none yet.</param>
/// <param name="ClusterIds">Cluster ids found: in meta.properties, or in ZooKeeper's log and snapshots.</param>
/// <param name="Members">Ids of the ensemble's members in ZooKeeper's configuration on the volume.</param>
internal sealed record KeptVolume(string Claim, NodeRef Node, int? BrokerId, IReadOnlyList<string> ClusterIds, IReadOnlyList<int> Members)
{
    /// <summary>Whether it is a broker's.</summary>
    public bool IsBroker => Node.Pool.Has(NodeRoles.Broker);
}

/// <summary>Volumes of an earlier cluster of the same name: read by short-lived pods, adopted where their ids fit.</summary>
internal static class KeptVolumes
{
    /// <summary>Name of the container, and the value of the pod's name label.</summary>
    public const string App = "volume-reader";

    private const string Begin = "read=begin";
    private const string End = "read=end";
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(10);

    // Both sorts of volume are read by one script; what it finds goes into the pod's termination message (4 KiB).
    // What is not there is no failure; what is there and cannot be read is one. The first and the last line say that all was said:
    // of a longer message Kubernetes keeps the end.
    // ZooKeeper fills its log with 64 MiB of NUL in advance: to grep that would be one line, larger than the pod's memory.
    internal const string Script = """
        exec >> /dev/termination-log 2>&1
        set -o pipefail
        fail() { echo "$1"; exit 1; }
        found() { [ "$1" -le 1 ] || fail "$2 cannot be read"; } # grep: 1 = no such line, more = a failure
        readable() { [ -r "$1" ] && { [ ! -d "$1" ] || [ -x "$1" ]; } || fail "user $(id -u) may not read $1"; }
        echo read=begin
        readable /volume
        for folder in log conf zk zk/version-2; do
          [ ! -e "/volume/$folder" ] || readable "/volume/$folder"
        done
        if [ -e /volume/log/meta.properties ]; then
          grep -E '^(broker|cluster)\.id=' /volume/log/meta.properties; found $? meta.properties
        fi
        if [ -e /volume/conf/zoo.cfg ]; then
          file=$(sed -n 's/^dynamicConfigFile=//p' /volume/conf/zoo.cfg) || fail "zoo.cfg cannot be read: $file"
          file=/volume/conf/${file##*/}
          if [ -f "$file" ]; then grep -o '^server\.[0-9]*' "$file"; found $? "$file"; fi
        fi
        ids=$(
          for file in /volume/zk/version-2/*; do
            [ -e "$file" ] || continue
            cat "$file" | tr '\000' '\n' | { grep -ao '{"version":"1","id":"[^"]*"}'; [ $? -le 1 ]; } ||
              { echo "$file cannot be read"; exit 1; }
          done
        ) || fail "${ids##*$'\n'}"
        printf '%s\n' "$ids" | sort -u | sed -n 's/.*"id":"\(.*\)"}/zk.id=\1/p'
        echo read=end
        """;

    /// <summary>Says why the volumes do not fit together; null when they do. Pure.</summary>
    public static string? Misfit(IReadOnlyCollection<KeptVolume> volumes, int zooKeeperCount)
    {
        var brokers = volumes.Where(v => v.IsBroker).ToList();
        var servers = volumes.Where(v => !v.IsBroker).ToList();
        if (brokers.Find(b => b.BrokerId is int id && id != b.Node.NodeId) is { } swapped)
            return $"{swapped.Claim} holds the data of broker {swapped.BrokerId}, not of broker {swapped.Node.NodeId}";
        var ids = brokers.SelectMany(b => b.ClusterIds).Distinct().ToList();
        if (ids.Count > 1)
            return $"the brokers' volumes come from different clusters "
                + $"({string.Join(", ", brokers.Select(b => $"{b.Claim}: {string.Join("/", b.ClusterIds.DefaultIfEmpty("no id"))}"))})";
        var known = servers.SelectMany(s => s.ClusterIds).Distinct().ToList();
        if (ids.Count == 1 && !known.Contains(ids[0]))
            return $"the brokers' volumes belong to the cluster {ids[0]}, and "
                + $"{(servers.Count == 0 ? "ZooKeeper's volumes are gone" : known.Count == 0
                    ? "ZooKeeper's volumes know of no cluster" : $"ZooKeeper's to {string.Join(", ", known)}")}";
        int members = servers.Select(s => s.Members.Count).DefaultIfEmpty(0).Max();
        if (members > 0 && members != zooKeeperCount)
            return $"ZooKeeper's volumes belong to an ensemble of {members} servers, and {zooKeeperCount} are asked for: give "
                + $"-ZooKeeperCount {members}";
        int whole = servers.Count(s => s.Members.Count > 0);
        if (members > 0 && whole <= members / 2)
            return $"only {whole} of the ensemble's {members} volumes are there: the others could outvote them with nothing";
        return null;
    }

    /// <summary>Reads the volumes and refuses where one cannot be read, or where they do not fit.</summary>
    /// <exception cref="ClusterException"><c>Stalled</c>, <c>KeptVolumeUnread</c> or <c>KeptVolumesUnfit</c>; nothing was
    /// changed.</exception>
    public static async IAsyncEnumerable<OperationEvent> AdoptAsync(
        KubeConnection connection, DeployPlan plan, ClusterWait wait, [EnumeratorCancellation] CancellationToken cancel)
    {
        string ns = plan.Request.Namespace;
        var readers = plan.KeptClaims.Select(c => Reader(c.Name(), plan)).OfType<JsonObject>().ToList();
        if (readers.Count == 0)
            yield break;
        await LostVolumes.CheckAsync(connection, plan.KeptClaims, plan.Names, ns, cancel).ConfigureAwait(false);
        yield return new Waiting("Volumes", $"reading {readers.Count} kept volumes");
        var volumes = new Dictionary<string, KeptVolume>();
        string? left = null;
        try
        {
            var old = await connection.ListAsync(ResourceKind.Pod, ns, $"{plan.Names.Selector},{ClusterNames.NameLabel}={App}", cancel)
                .ConfigureAwait(false);
            foreach (var reader in old)
                // of an interrupted run
                await connection.DeleteAsync(ResourceKind.Pod, ns, reader.Name(), reader.Uid(), cancel).ConfigureAwait(false);
            if (old.Count > 0)
            {
                var uids = old.Select(o => o.Uid()).ToHashSet();
                await foreach (var e in wait.UntilGoneAsync("Volumes", live =>
                    new Progress(!live.Of(ResourceKind.Pod).Any(p => uids.Contains(p.Uid())),
                        "the readers of an earlier run are still ending"), cancel).ConfigureAwait(false))
                    yield return e;
            }

            foreach (var reader in readers)
                await connection.CreateAsync(reader, ns, cancel).ConfigureAwait(false);
            var claims = readers.ToDictionary(r => r.Name(), ClaimOf);
            await foreach (var e in wait.UntilAsync("Volumes", live =>
            {
                foreach (var (reader, claim) in claims.Where(c => !volumes.ContainsKey(c.Value)))
                {
                    var (found, why) = Answer(live.Find(ResourceKind.Pod, reader));
                    if (why is not null)
                        throw Unread(claim, why, ns);
                    if (found is not null)
                        volumes.Add(claim, Parse(claim, found, plan.Names));
                }

                return Task.FromResult(new Progress(volumes.Count == claims.Count,
                    $"{volumes.Count} of {claims.Count} kept volumes are read", 100 * volumes.Count / claims.Count));
            }, cancel).ConfigureAwait(false))
                yield return e;
        }
        finally
        {
            left = await RemoveAsync(connection, ns, readers).ConfigureAwait(false);
        }

        if (left is not null)
            yield return new Warned(left);
        if (Misfit([.. volumes.Values], plan.Model.ZooKeeper.Count) is string unfit)
        {
            throw new ClusterException("KeptVolumesUnfit", FailureKind.Conflict, plan.Names.Cluster,
                $"Volumes of an earlier cluster '{plan.Names.Cluster}' are there and cannot be taken over: {unfit}. Nothing was changed. "
                    + $"Choose another name, or delete the volumes ('kubectl delete pvc -n {ns} -l "
                    + $"{ClusterNames.InstanceLabel}={plan.Names.Cluster}'), which deletes their data.");
        }

        yield return new Note(
            $"{volumes.Count} volumes of an earlier cluster '{plan.Names.Cluster}' are taken "
                + $"over{(volumes.Values.SelectMany(v => v.ClusterIds).FirstOrDefault() is string id ? $" (cluster id {id})" : "")}.");
        if (volumes.Values.All(v => !v.IsBroker) && volumes.Values.Any(v => v.ClusterIds.Count > 0))
            yield return new Warned(
                "The brokers' volumes of the earlier cluster are gone: ZooKeeper remembers topics whose messages are lost.");
    }

    /// <summary>
    /// What a reader pod found, or why it will never tell; neither while it is at it. Its container counts, not the pod: a sidecar that
    /// somebody's webhook put beside it may never end. Only an answer that is whole is one: half an answer would look like an empty
    /// volume. Pure.
    /// </summary>
    public static (string? Found, string? Why) Answer(JsonObject? pod)
    {
        if (pod is null)
            return (null, "the pod that reads it was deleted before it had an answer");
        var status = pod["status"];
        if (Readiness.OwnStatus(pod)?["state"] is not JsonObject state || state["terminated"] is not JsonObject ended)
        {
            string text = string.Join(": ",
                new[] { (string?)status?["reason"], (string?)status?["message"] }.Where(t => !string.IsNullOrEmpty(t)));
            return (string?)status?["phase"] is "Failed" or "Succeeded"
                ? (null, $"the pod that reads it failed ({(text.Length == 0 ? "without a reason" : text)})") : (null, null);
        }

        string message = (string?)ended["message"] ?? "";
        string[] lines = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if ((int?)ended["exitCode"] == 0 && lines.FirstOrDefault() == Begin && lines.LastOrDefault() == End)
            return (message, null);
        return (null, $"the pod that reads it ended without an answer ({LastWords.Of(state)})");
    }

    private static ClusterException Unread(string claim, string why, string ns) => new("KeptVolumeUnread", FailureKind.Unavailable, claim,
        $"The volume {claim} of an earlier cluster cannot be read, so nobody knows what it holds: {why}. Nothing was changed. "
        + $"Run the command again once that is fixed, or choose another name; only if nobody needs its data, delete the volume ('kubectl "
        + $"delete pvc -n {ns} {claim}').");

    // Also after Ctrl+C nothing of ours stays behind. That it does is no reason to hide what went wrong before: the next run removes it.
    private static async Task<string?> RemoveAsync(KubeConnection connection, string ns, IEnumerable<JsonObject> readers)
    {
        using var limit = new CancellationTokenSource(RemovalLimit);
        try
        {
            await Task.WhenAll(readers.Select(r => connection.DeleteAsync(ResourceKind.Pod, ns, r.Name(), null, limit.Token)))
                .ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is ClusterException or OperationCanceledException)
        {
            return $"The pods that read the kept volumes could not be removed ({e.Message}); 'kubectl delete pod -n {ns} -l "
                + $"{ClusterNames.NameLabel}={App}' does it.";
        }
    }

    /// <summary>Reads what a reader pod found. Pure.</summary>
    public static KeptVolume Parse(string claim, string found, ClusterNames names)
    {
        var lines = found.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string? Value(string key) => Array.Find(lines, l => l.StartsWith(key, StringComparison.Ordinal))?[key.Length..];
        return new KeptVolume(
            claim,
            names.NodeOfClaim(claim)!,
            int.TryParse(Value("broker.id="), out int id) ? id : null,
            [.. lines.Where(l => l.StartsWith("cluster.id=", StringComparison.Ordinal) || l.StartsWith("zk.id=", StringComparison.Ordinal))
                .Select(l => l[(l.IndexOf('=', StringComparison.Ordinal) + 1)..]).Distinct()],
            [.. lines.Where(l => l.StartsWith("server.", StringComparison.Ordinal))
                .Select(l => int.Parse(l.AsSpan(7), System.Globalization.CultureInfo.InvariantCulture)).Distinct()]);
    }

    private static string ClaimOf(JsonObject reader) => (string)reader["spec"]!["volumes"]![0]!["persistentVolumeClaim"]!["claimName"]!;

    // The same image, rights and user as the pod that the volume belongs to, so that it can be pulled and can read.
    private static JsonObject? Reader(string claim, DeployPlan plan)
    {
        if (plan.Names.NodeOfClaim(claim)?.Pool is not { } pool || plan.Model.Set(pool) is not { } set)
            return null;
        var template = set["spec"]!["template"]!;
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
                    [ClusterNames.NameLabel] = App,
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
                ["volumes"] = new JsonArray(
                    new JsonObject { ["name"] = "volume", ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = claim } }),
                ["containers"] = new JsonArray(new JsonObject
                {
                    ["name"] = App,
                    ["image"] = (string)container["image"]!,
                    ["imagePullPolicy"] = (string?)container["imagePullPolicy"] ?? "IfNotPresent",
                    ["command"] = new JsonArray("bash", "-c", Script),
                    ["securityContext"] = container["securityContext"]!.DeepClone(),
                    ["resources"] = new JsonObject
                    {
                        ["requests"] = new JsonObject { ["cpu"] = "10m", ["memory"] = "64Mi" },
                        ["limits"] = Readiness.Limits("64Mi", container),
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
