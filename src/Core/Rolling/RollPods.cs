using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Running;
using KafkaK8s.Core.ZooKeeper;

namespace KafkaK8s.Core.Rolling;

/// <summary>
/// Restarts pods that still run an older template, one at a time and behind a gate: the sets' update strategy is OnDelete, so that
/// Kubernetes never restarts them by itself.
/// </summary>
internal sealed class RollPods(KubeConnection connection, ClusterNames names, string ns, ClusterWait wait)
{
    /// <summary>ZooKeeper first, its leader last; then the brokers, the controller last.</summary>
    public async IAsyncEnumerable<OperationEvent> RunAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (string set in new[] { names.ZooKeeperSet, names.BrokerSet })
        {
            var outdated = await OutdatedAsync(set, cancel).ConfigureAwait(false);
            if (outdated.Count == 0)
                continue;
            foreach (var pod in await InOrderAsync(connection, names, ns, set, outdated, cancel).ConfigureAwait(false))
            {
                await foreach (var e in RestartAsync(set, pod, cancel).ConfigureAwait(false))
                    yield return e;
            }
        }
    }

    /// <summary>Replaces outdated pods that do not serve: they cannot become well by waiting, and nobody misses them.</summary>
    public static async Task<IReadOnlyList<ClusterChange>> ReplaceUnreadyAsync(KubeConnection connection, ClusterNames names, string ns, LiveObjects live, CancellationToken cancel)
    {
        var replaced = new List<ClusterChange>();
        foreach (var set in live.Of(ResourceKind.StatefulSet).Where(IsSettled))
        {
            foreach (var pod in Readiness.PodsOf(set, live.Of(ResourceKind.Pod)).Where(p => !p.IsTerminating() && !Readiness.IsPodReady(p) && Readiness.IsOutdated(p, set)))
            {
                if (await connection.DeleteAsync(ResourceKind.Pod, ns, pod.Name(), pod.Uid(), cancel).ConfigureAwait(false))
                    replaced.Add(ChangeRows.Restart(names, ns, pod.Name(), "it was not ready, and ran an older template"));
            }
        }

        return replaced;
    }

    // Before the controller has seen the last change, its revision is still the old one.
    private static bool IsSettled(JsonObject set) => ((long?)set["status"]?["observedGeneration"] ?? 0) >= ((long?)set["metadata"]!["generation"] ?? 0);

    private async Task<IReadOnlyList<JsonObject>> OutdatedAsync(string name, CancellationToken cancel)
    {
        var set = await connection.TryGetAsync(ResourceKind.StatefulSet, ns, name, cancel).ConfigureAwait(false);
        if (set is null)
            return [];
        var pods = await connection.ListAsync(ResourceKind.Pod, ns, names.Selector, cancel).ConfigureAwait(false);
        return [.. Readiness.PodsOf(set, pods).Where(p => Readiness.IsOutdated(p, set))];
    }

    /// <summary>Outdated pods of a set in the order in which they restart, as it is at this moment.</summary>
    public static async Task<IReadOnlyList<JsonObject>> InOrderAsync(KubeConnection connection, ClusterNames names, string ns, string set, IReadOnlyList<JsonObject> outdated, CancellationToken cancel)
    {
        if (set == names.ZooKeeperSet)
        {
            var modes = await Task.WhenAll(outdated.Select(async p => (Pod: p, Mode: await FourLetterWord.ModeAsync(connection, ns, p.Name(), cancel).ConfigureAwait(false)))).ConfigureAwait(false);
            return [.. modes.OrderBy(m => m.Mode == "leader").Select(m => m.Pod)];
        }

        var pool = names.Pool(names.ManifestSet.Carrier, 0);
        var byId = outdated.ToDictionary(p => pool.OfPod(p.Name())!.NodeId);
        var views = await Task.WhenAll(outdated.Select(p => InSync.TryReadAsync(connection, ns, p.Name(), cancel))).ConfigureAwait(false);
        int controller = views.OfType<BrokerView>().Select(v => v.ControllerId).FirstOrDefault(-1);
        var unready = byId.Where(p => !Readiness.IsPodReady(p.Value)).Select(p => p.Key).ToList();
        return [.. BrokerGate.RollOrder(byId.Keys, unready, controller).Select(id => byId[id])];
    }

    /// <summary>What would hold the restarts of a set up at this moment, for the plan; empty where nothing does. The gates wait for these.</summary>
    public static async Task<string> BlockedByAsync(
        KubeConnection connection, ClusterNames names, string ns, JsonObject set, IReadOnlyList<JsonObject> own, IReadOnlyList<JsonObject> outdated, CancellationToken cancel)
    {
        int wanted = Readiness.Wanted(set);
        if (own.Count < wanted)
            return $"{wanted - own.Count} of {wanted} pods of {set.Name()} are missing";
        var unready = own.Except(outdated).Where(p => !Readiness.IsPodReady(p)).Select(p => p.Name()).ToList(); // outdated ones are replaced first
        if (unready.Count > 0)
            return $"{string.Join(", ", unready)} is not ready";
        if (set.Name() == names.BrokerSet)
            return await InSync.MissingAsync(connection, ns, names.Brokers(wanted), cancel).ConfigureAwait(false);
        var modes = await Task.WhenAll(own.Select(p => FourLetterWord.ModeAsync(connection, ns, p.Name(), cancel))).ConfigureAwait(false);
        return wanted == 1 || modes.Contains("leader") ? "" : "no ZooKeeper server leads: there is no quorum";
    }

    private async IAsyncEnumerable<OperationEvent> RestartAsync(string set, JsonObject pod, [EnumeratorCancellation] CancellationToken cancel)
    {
        string name = pod.Name();
        int brokers = 0;
        await foreach (var e in wait.UntilAsync("Restart", live => Task.FromResult(AllReady(live, set, name, null, out brokers)), cancel).ConfigureAwait(false))
            yield return e;
        if (set == names.BrokerSet)
        {
            await foreach (var e in InSync.WaitAsync(connection, ns, names.Brokers(brokers), wait, cancel).ConfigureAwait(false))
                yield return e;
        }

        if (!await connection.DeleteAsync(ResourceKind.Pod, ns, name, pod.Uid(), cancel).ConfigureAwait(false))
            yield break; // somebody else replaced it meanwhile
        yield return new Applied(ChangeRows.Restart(names, ns, name, ""));

        // The same name comes back: only another uid says that the pod is the new one.
        await foreach (var e in wait.UntilAsync("Restart", live => Task.FromResult(AllReady(live, set, name, pod.Uid(), out _)), cancel).ConfigureAwait(false))
            yield return e;
        if (set == names.BrokerSet)
        {
            await foreach (var e in InSync.WaitAsync(connection, ns, names.Brokers(brokers), wait, cancel).ConfigureAwait(false))
                yield return e;
        }
    }

    private static Progress AllReady(LiveObjects live, string setName, string next, string? formerUid, out int wanted)
    {
        wanted = 0;
        if (live.Find(ResourceKind.StatefulSet, setName) is not JsonObject set)
            return new Progress(false, $"{setName} is not there");
        wanted = Readiness.Wanted(set);
        var ready = Readiness.PodsOf(set, live.Of(ResourceKind.Pod)).Where(p => Readiness.IsPodReady(p) && p.Uid() != formerUid).ToList();
        string text = formerUid is null ? $"{ready.Count}/{wanted} of {setName} are ready; {next} is restarted when all are" : $"{next} is being restarted, {ready.Count}/{wanted} of {setName} are ready";
        return new Progress(ready.Count == wanted, text, 100 * ready.Count / Math.Max(1, wanted));
    }
}
