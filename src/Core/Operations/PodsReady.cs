using System.Globalization;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Running;

namespace KafkaK8s.Core.Operations;

/// <summary>How far the pods of one pool are.</summary>
/// <param name="Pool">The pool, with the number of pods that it is to have.</param>
/// <param name="Ready">Pods that are ready.</param>
/// <param name="Done">Whether all are, and the controller has seen the last change.</param>
internal sealed record PoolReady(NodePool Pool, int Ready, bool Done)
{
    /// <summary>What the pool is called in texts for people.</summary>
    public string Word => Pool.Has(NodeRoles.Broker) ? "brokers" : Pool.Has(NodeRoles.ZooKeeper) ? "ZooKeeper" : "controllers";

    /// <summary>Name of the phase that ends when it is ready.</summary>
    public string Phase => char.ToUpper(Word[0], CultureInfo.InvariantCulture) + Word[1..];
}

/// <summary>How far the pods of a cluster are: what New-KafkaCluster and Wait-KafkaCluster wait for. Pure.</summary>
/// <param name="Pools">Its pools, those that start first in front.</param>
/// <param name="Awaited">What else is to say while they are not ready.</param>
internal sealed record PodsReady(IReadOnlyList<PoolReady> Pools, string Awaited)
{
    /// <summary>Whether all pods are ready.</summary>
    public bool Done => Pools.All(p => p.Done);

    /// <summary>The same as a step of a wait.</summary>
    public Progress Progress
    {
        get
        {
            int all = Pools.Sum(p => p.Pool.Count);
            var counts = Pools.GroupBy(p => p.Word).Select(g => $"{g.Key} {g.Sum(p => p.Ready)}/{g.Sum(p => p.Pool.Count)}");
            return new Progress(Done, string.Join(", ", counts) + Awaited, all == 0 ? 0 : 100 * Pools.Sum(p => p.Ready) / all);
        }
    }

    /// <summary>Looks at the pools of a cluster.</summary>
    public static PodsReady Look(LiveObjects live, ClusterNames names)
    {
        var pools = names.ManifestSet.Pools.Select(p => Of(live, names.Pool(p, 0))).ToList();
        return new PodsReady(pools, string.Concat(pools.Where(p => p.Pool.Has(NodeRoles.ZooKeeper)).Select(p => FirstStart(live, p.Pool))));
    }

    /// <summary>While no server is ready: those that have no process yet, for which the others wait. Empty where there are none.</summary>
    private static string FirstStart(LiveObjects live, NodePool pool)
    {
        if (live.Find(ResourceKind.StatefulSet, pool.Set) is not JsonObject set || Readiness.Wanted(set) == 1)
            return "";
        int wanted = Readiness.Wanted(set);
        var pods = Readiness.PodsOf(set, live.Of(ResourceKind.Pod));
        var running = pods.Where(p => Readiness.OwnStatus(p)?["state"]?["running"] is not null).Select(p => p.Name()).ToHashSet();
        if (running.Count == 0 || pods.Any(Readiness.IsPodReady))
            return "";
        var absent = Enumerable.Range(0, wanted).Select(n => pool.Node(n).Pod).Where(n => !running.Contains(n)).ToList();
        return absent.Count == 0 ? ""
            : $"; the first start of an ensemble needs all {wanted} servers, and the others wait for {string.Join(", ", absent)}";
    }

    private static PoolReady Of(LiveObjects live, NodePool pool)
    {
        if (live.Find(ResourceKind.StatefulSet, pool.Set) is not JsonObject set)
            return new PoolReady(pool, 0, Done: false);
        int wanted = Readiness.Wanted(set);
        int ready = Readiness.PodsOf(set, live.Of(ResourceKind.Pod)).Count(Readiness.IsPodReady);
        return new PoolReady(pool with { Count = wanted }, ready, Readiness.IsReady(set) && ready == wanted);
    }
}
