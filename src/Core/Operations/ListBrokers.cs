using System.Text.Json.Nodes;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Rolling;

namespace KafkaK8s.Core.Operations;

/// <summary>The brokers of a cluster, and what could not be read of them.</summary>
/// <param name="Brokers">The brokers, by id.</param>
/// <param name="Unread">Why the zones are missing; null where they are not.</param>
internal sealed record BrokerList(IReadOnlyList<KafkaBroker> Brokers, string? Unread);

/// <summary>What is known of one broker.</summary>
/// <param name="Broker">Its id and the name of its pod.</param>
/// <param name="Pod">Its pod; null where there is none.</param>
/// <param name="Probe">What it said, or why it said nothing; null where it was not asked, as its pod does not run.</param>
/// <param name="Disk">What it said of its disk; null where it said nothing.</param>
internal sealed record BrokerLook(NodeRef Broker, JsonObject? Pod, BrokerProbe? Probe, BrokerDisk? Disk);

/// <summary>Reads the brokers of a cluster: their pods and nodes by one list each, and each broker's own words, all at once.</summary>
internal static class ListBrokers
{
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(5);

    /// <summary>Reads them. A broker that does not answer is a row that says so.</summary>
    /// <exception cref="ClusterException"><c>ClusterNotFound</c>.</exception>
    public static async Task<BrokerList> RunAsync(KubeConnection connection, string ns, string cluster, CancellationToken cancel)
    {
        var finding = BrokerSetView.FindAsync(connection, ns, cluster, cancel);
        var listing = connection.ListAsync(ResourceKind.Pod, ns, new ClusterNames(cluster).Selector, cancel);
        var zoning = NodeZones.ReadAsync(connection, cancel);
        await Task.WhenAll(finding, listing, zoning).ConfigureAwait(false);
        var set = await finding.ConfigureAwait(false);
        var pods = Readiness.PodsOf(set.Tree, await listing.ConfigureAwait(false)).ToDictionary(p => p.Name());
        var (zones, unread) = await zoning.ConfigureAwait(false);
        var looks = await Task.WhenAll(set.Brokers.Select(n => LookAsync(set.Door, n, pods.GetValueOrDefault(n.Pod), cancel)))
            .ConfigureAwait(false);
        var origin = connection.Origin;
        return new BrokerList([.. Compose(set, looks).Select(b => b with
        {
            Zone = zones.GetValueOrDefault(b.Node, ""),
            Context = origin.Context,
            KubeConfig = origin.KubeConfig,
            Connection = origin.Connection,
        })], unread);
    }

    /// <summary>The brokers as objects, from what was seen. Pure.</summary>
    public static IReadOnlyList<KafkaBroker> Compose(BrokerSetView set, IReadOnlyList<BrokerLook> looks)
    {
        var views = looks.Select(l => l.Probe?.Answer?.View).OfType<BrokerView>().ToList();
        var partitions = PartitionHealth.Worst(views);
        int controller = views.Select(v => v.ControllerId).FirstOrDefault(id => id >= 0, -1);
        return [.. looks.OrderBy(l => l.Broker.NodeId).Select(look =>
        {
            int id = look.Broker.NodeId;
            var copies = partitions.Where(p => p.Replicas.Contains(id)).ToList();
            var late = copies.Where(p => !p.InSync.Contains(id)).ToList();
            string image = look.Pod is { } pod ? ImageOf(pod) : "";
            string due = look.Pod is null ? "" : RestartReason.Due(set.Tree, [look.Pod]).Select(d => d.Reason).FirstOrDefault("");
            var (status, reasons) = Judge(set.Names.Cluster, look, views, copies.Count, late, due);
            return new KafkaBroker
            {
                Cluster = set.Names.Cluster,
                Namespace = set.Namespace,
                Id = id,
                Pod = look.Broker.Pod,
                Node = (string?)look.Pod?["spec"]?["nodeName"] ?? "",
                Status = status,
                Reasons = reasons,
                IsController = controller < 0 ? null : controller == id,
                Ready = look.Pod is not null && Readiness.IsPodReady(look.Pod),
                Restarts = look.Pod is null ? 0 : (int?)Readiness.OwnStatus(look.Pod)?["restartCount"] ?? 0,
                Leaders = views.Count == 0 ? null : copies.Count(p => p.Leader == id),
                Copies = views.Count == 0 ? null : copies.Count,
                OutOfSync = views.Count == 0 ? null : late.Count,
                UnderReplicated = views.Count == 0 ? null : copies.Count(p => p.Leader == id && p.UnderReplicated),
                SizeBytes = look.Disk?.Sizes.Values.Sum(),
                VolumeBytes = look.Disk?.TotalBytes,
                VolumeFreeBytes = look.Disk?.UsableBytes,
                Image = image,
                Version = KubeObjects.ImageVersion(image),
                RestartReason = due,
            };
        })];
    }

    // The worst first: it is what the state is called after.
    private static (string Status, IReadOnlyList<string> Reasons) Judge(
        string cluster, BrokerLook look, IReadOnlyList<BrokerView> views, int copies, List<PartitionView> late, string due)
    {
        int id = look.Broker.NodeId;
        var found = new List<(string Status, string Reason)>();
        if (look.Pod is null)
            found.Add((BrokerStatus.Missing, $"there is no pod {look.Broker.Pod}"));
        else if (!Readiness.IsPodReady(look.Pod))
            found.Add((BrokerStatus.NotReady, ClusterView.WhyNotReady(look.Pod)));
        else if (look.Probe?.Answer is null)
            found.Add((BrokerStatus.NoAnswer, look.Probe?.Failure ?? "its process does not run"));
        if (look.Probe?.Answer is not null && PartitionHealth.Missing(views, [id]).Count > 0)
            found.Add((BrokerStatus.Unregistered, "another broker does not know it"));
        if (late.Count > 0)
            found.Add((BrokerStatus.OutOfSync,
                $"{late.Count} of {copies} copies are not in sync, such as {late[0].Topic}-{late[0].Partition}"));
        if (due.Length > 0)
            found.Add((BrokerStatus.RestartNeeded,
                $"it runs the template of before ({due}); Restart-KafkaBroker {cluster} {id} restarts it"));
        return (found.Select(f => f.Status).FirstOrDefault(BrokerStatus.Healthy), [.. found.Select(f => f.Reason)]);
    }

    private static string ImageOf(JsonObject pod)
    {
        var containers = KubeObjects.Items(pod["spec"]?["containers"]).ToList();
        return (string?)(containers.Find(c => (string?)c["name"] == pod.Label(ClusterNames.NameLabel))
            ?? containers.FirstOrDefault())?["image"] ?? "";
    }

    private static async Task<BrokerLook> LookAsync(BrokerDoor door, NodeRef broker, JsonObject? pod, CancellationToken cancel)
    {
        if ((string?)pod?["status"]?["phase"] != "Running")
            return new BrokerLook(broker, pod, null, null);
        var probing = BrokerProbes.TakeAsync(door, [broker], LookLimit, cancel);
        var reading = DescribeLogDirs.TryReadDiskAsync(door, broker.Pod, LookLimit, cancel);
        await Task.WhenAll(probing, reading).ConfigureAwait(false);
        return new BrokerLook(broker, pod, (await probing.ConfigureAwait(false))[0], await reading.ConfigureAwait(false));
    }
}
