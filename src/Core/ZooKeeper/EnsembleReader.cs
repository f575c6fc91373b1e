using System.Diagnostics;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.ZooKeeper;

/// <summary>Looks at an ensemble: its objects, and every server at once. A dead server costs its own time only.</summary>
internal static class EnsembleReader
{
    private const string StartScript = "zk-start: ";
    private static readonly string[] Words = ["srvr", "mntr", "conf"];
    private static readonly TimeSpan PassingLimit = TimeSpan.FromSeconds(15); // an election takes 1 to 8 s
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    /// <summary>Looks.</summary>
    /// <exception cref="ClusterException">There is no such cluster, or it has no ZooKeeper servers.</exception>
    public static async Task<EnsembleView> ReadAsync(KubeConnection connection, string ns, string cluster, CancellationToken cancel)
    {
        var names = new ClusterNames(cluster);
        var set = connection.TryGetAsync(ResourceKind.StatefulSet, ns, names.ZooKeeperSet, cancel);
        var brokers = connection.TryGetAsync(ResourceKind.StatefulSet, ns, names.BrokerSet, cancel);
        var pods = connection.ListAsync(ResourceKind.Pod, ns, names.Selector, cancel);
        var claims = connection.ListAsync(ResourceKind.VolumeClaim, ns, $"{ClusterNames.InstanceLabel}={names.Cluster}", cancel);
        var resolving = ResolvingAsync(connection, ns, names, cancel);
        await Task.WhenAll(set, brokers, pods, claims, resolving).ConfigureAwait(false);
        if (await set.ConfigureAwait(false) is not JsonObject standing || standing.Label(ClusterNames.PartOfLabel) != ClusterNames.PartOf)
        {
            throw await brokers.ConfigureAwait(false) is { } kafka && kafka.Label(ClusterNames.PartOfLabel) == ClusterNames.PartOf
                ? new ClusterException("NoEnsemble", FailureKind.NotFound, cluster,
                    $"The cluster {cluster} has no ZooKeeper servers: it keeps its metadata itself (KRaft), or its StatefulSet "
                    + $"{names.ZooKeeperSet} was deleted; then New-KafkaCluster {cluster} creates it again with its volumes.")
                : ClusterNames.NotFound(cluster, ns, connection.Context);
        }

        var volumes = (await claims.ConfigureAwait(false)).Select(c => c.Name());
        return await AskAsync(
            connection, ns, names, standing, await pods.ConfigureAwait(false), volumes, await resolving.ConfigureAwait(false), cancel)
            .ConfigureAwait(false);
    }

    /// <summary>Asks the servers of a set that was read before.</summary>
    /// <param name="connection">Connection to the API server.</param>
    /// <param name="ns">Namespace of the cluster.</param>
    /// <param name="names">Names of the cluster.</param>
    /// <param name="set">The servers' StatefulSet.</param>
    /// <param name="pods">Pods, those of the set among them.</param>
    /// <param name="claims">Names of volume claims.</param>
    /// <param name="resolving">Pods with a DNS name; null where unknown.</param>
    /// <param name="cancel">Cancels.</param>
    public static async Task<EnsembleView> AskAsync(
        KubeConnection connection, string ns, ClusterNames names, JsonObject set, IEnumerable<JsonObject> pods, IEnumerable<string> claims,
        IEnumerable<string>? resolving, CancellationToken cancel)
    {
        var looks = await Task.WhenAll(Readiness.PodsOf(set, pods)
            .Select(p => LookAsync(connection, ns, names.ServerOfPod(p.Name())!, p, cancel))).ConfigureAwait(false);
        return EnsembleView.Build(names, ns, set, looks, claims, resolving);
    }

    /// <summary>Looks again, for a short while, as long as something is in the way that passes by itself.</summary>
    /// <exception cref="ClusterException">There is no such cluster, or it has no ZooKeeper servers.</exception>
    public static async Task<EnsembleView> ReadSteadyAsync(
        KubeConnection connection, string ns, string cluster, Func<EnsembleView, bool> passing, CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            var view = await ReadAsync(connection, ns, cluster, cancel).ConfigureAwait(false);
            if (!passing(view) || Stopwatch.GetElapsedTime(start) > PassingLimit)
                return view;
            await Task.Delay(Pause, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The same as objects for the pipeline.</summary>
    public static async Task<IReadOnlyList<ZooKeeperNode>> NodesAsync(
        KubeConnection connection, string ns, string cluster, CancellationToken cancel) =>
        Nodes(connection, await ReadAsync(connection, ns, cluster, cancel).ConfigureAwait(false));

    /// <summary>A view as objects for the pipeline.</summary>
    public static IReadOnlyList<ZooKeeperNode> Nodes(KubeConnection connection, EnsembleView view)
    {
        var origin = connection.Origin;
        return [.. view.Nodes()
            .Select(n => n with { Context = origin.Context, KubeConfig = origin.KubeConfig, Connection = origin.Connection })];
    }

    private static async Task<ServerProbe> LookAsync(
        KubeConnection connection, string ns, NodeRef node, JsonObject pod, CancellationToken cancel)
    {
        if ((string?)pod["status"]?["phase"] != "Running" || pod.IsTerminating())
            return new ServerProbe(node, pod, ServerAnswer.None);
        var words = await Task.WhenAll(Words.Select(w => FourLetterWord.AskAsync(connection, ns, pod.Name(), w, cancel)))
            .ConfigureAwait(false);
        var answer = ServerAnswer.Parse(words[0], words[1], words[2]);
        string last = answer.Mode.Length > 0 ? "" : await LastWordsAsync(connection, ns, pod.Name(), cancel).ConfigureAwait(false);
        return new ServerProbe(node, pod, answer, last);
    }

    // The start script says what it waits for; the log of a server that has started is for experts.
    private static async Task<string> LastWordsAsync(KubeConnection connection, string ns, string pod, CancellationToken cancel)
    {
        try
        {
            string last = await connection.LogTailAsync(ns, pod, "zookeeper", previous: false, lines: 1, cancel).ConfigureAwait(false);
            return last.StartsWith(StartScript, StringComparison.Ordinal) ? last[StartScript.Length..] : "";
        }
        catch (ClusterException)
        {
            return "";
        }
    }

    // A name stands in DNS exactly when the Service lists its pod; nothing has to be asked inside a pod.
    private static async Task<IReadOnlyList<string>?> ResolvingAsync(
        KubeConnection connection, string ns, ClusterNames names, CancellationToken cancel)
    {
        try
        {
            var endpoints = await connection.TryGetAsync(ResourceKind.Endpoints, ns, names.ZooKeeperHeadless, cancel).ConfigureAwait(false);
            return [.. KubeObjects.Items(endpoints?["subsets"])
                .SelectMany(s => KubeObjects.Items(s["addresses"]).Concat(KubeObjects.Items(s["notReadyAddresses"])))
                .Select(a => (string?)a["targetRef"]?["name"]).OfType<string>()];
        }
        catch (ClusterException e) when (e.Kind is FailureKind.Permission)
        {
            return null;
        }
    }
}
