using System.Runtime.CompilerServices;
using System.Threading.Channels;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Rolling;
using KafkaK8s.Core.Running;

namespace KafkaK8s.Core.Operations;

/// <summary>A cluster that is waited for.</summary>
/// <param name="Connection">Connection to its API server.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Cluster">Its name.</param>
internal sealed record AwaitedCluster(KubeConnection Connection, string Namespace, string Cluster)
{
    /// <summary>The sets of manifests that it may come from.</summary>
    public IReadOnlyList<ManifestSet> Known { get; init; } = ManifestSets.All;
}

/// <summary>Waits until clusters serve: what New-KafkaCluster waits for, without changing anything.</summary>
internal static class WaitForClusters
{
    /// <summary>Waits for all at once. Each one is given when it is ready; one that fails does not end the wait for the others.</summary>
    public static IAsyncEnumerable<OperationEvent> RunAsync(IReadOnlyList<AwaitedCluster> clusters, TimeSpan timeout,
        CancellationToken cancel) =>
        Worker.RunAsync((events, stop) => Task.WhenAll(clusters.Select(c => FollowAsync(c, timeout, events, stop))),
            Channel.CreateUnbounded<OperationEvent>(new UnboundedChannelOptions { SingleReader = true }), cancel);

    private static async Task FollowAsync(AwaitedCluster cluster, TimeSpan timeout, ChannelWriter<OperationEvent> events,
        CancellationToken cancel)
    {
        var wait = new ClusterWait(cluster.Connection, new ClusterNames(cluster.Cluster), cluster.Namespace);
        try
        {
            await foreach (var e in Limits.WithinAsync(timeout, token => StepsAsync(cluster, wait, token),
                () => Late(cluster, timeout, wait), cancel).ConfigureAwait(false))
            {
                var told = e is Waiting waiting ? waiting with { Text = $"{cluster.Namespace}/{cluster.Cluster}: {waiting.Text}" } : e;
                await events.WriteAsync(told, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (ClusterException e)
        {
            await events.WriteAsync(new Failed(e), CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async IAsyncEnumerable<OperationEvent> StepsAsync(AwaitedCluster cluster, ClusterWait wait,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var (connection, ns) = (cluster.Connection, cluster.Namespace);
        var model = await ClusterModel.FindAsync(connection, ns, cluster.Cluster, NodeRoles.All, cluster.Known, cancel)
            .ConfigureAwait(false);
        if (model.Sets.Count == 0)
            throw ClusterNames.NotFound(cluster.Cluster, ns, connection.Context);
        var names = model.Names;
        IReadOnlyList<NodeRef> brokers = [];
        await foreach (var e in wait.UntilAsync("Start", live =>
        {
            var pods = PodsReady.Look(live, names);
            brokers = [.. pods.Pools.Where(p => p.Pool.Has(NodeRoles.Broker)).SelectMany(p => p.Pool.Nodes)];
            var progress = pods.Progress;
            return Task.FromResult(Outdated(live, names) is { Length: > 0 } text
                ? progress with { Done = false, Text = progress.Text + text } : progress);
        }, cancel).ConfigureAwait(false))
            yield return e;
        var door = await BrokerDoor.OfAsync(connection, model, cancel).ConfigureAwait(false);
        await foreach (var e in InSync.WaitAsync(door, brokers, wait, cancel).ConfigureAwait(false))
            yield return e;
        var ready = await ListClusters.FindAsync(connection, ns, cluster.Cluster, cluster.Known, cancel).ConfigureAwait(false);
        yield return new Completed<KafkaCluster>(ready ?? throw ClusterNames.NotFound(cluster.Cluster, ns, connection.Context));
    }

    // Nobody restarts them while this command waits.
    private static string Outdated(LiveObjects live, ClusterNames names)
    {
        var pods = live.Of(ResourceKind.StatefulSet)
            .SelectMany(set => Readiness.PodsOf(set, live.Of(ResourceKind.Pod)).Where(p => Readiness.IsOutdated(p, set)))
            .Select(p => p.Name()).Order(StringComparer.Ordinal).ToList();
        return pods.Count == 0 ? ""
            : $"; {string.Join(", ", pods)} runs an older template, and New-KafkaCluster {names.Cluster} restarts it";
    }

    private static ClusterException Late(AwaitedCluster cluster, TimeSpan timeout, ClusterWait wait)
    {
        bool stalled = wait.Unmended.Count > 0;
        string why = stalled ? string.Join("; ", wait.Unmended.Distinct().Take(4))
            : wait.Doing.Length > 0 ? wait.Doing : "the API server has not answered";
        return new ClusterException(stalled ? "Stalled" : "Timeout", stalled ? FailureKind.Stalled : FailureKind.Timeout, cluster.Cluster,
            $"The cluster {cluster.Cluster} in the namespace {cluster.Namespace} is not ready after {timeout.TotalSeconds:0} s: {why}. "
                + $"Nothing was changed. Get-KafkaCluster {cluster.Cluster} -Namespace {cluster.Namespace} shows its state; wait again "
                + $"with a longer -TimeoutSeconds.");
    }
}
