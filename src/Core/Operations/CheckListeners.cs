using System.Globalization;
using System.Threading.Channels;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Running;

namespace KafkaK8s.Core.Operations;

/// <summary>Tries every listener of every broker: through the API server, from this machine and, if asked for, from a pod.</summary>
internal static class CheckListeners
{
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HereLimit = TimeSpan.FromSeconds(1); // a name server that does not answer must not hold up the rest
    private static readonly TimeSpan Spare = TimeSpan.FromMinutes(1);

    /// <summary>Tries them. The end is a <see cref="Completed{T}"/> with the rows; only with a pod is anything made.</summary>
    /// <param name="connection">Connection to the API server.</param>
    /// <param name="ns">Namespace of the cluster.</param>
    /// <param name="cluster">Its name.</param>
    /// <param name="fromPod">Whether to try from a short-lived pod too.</param>
    /// <param name="limit">Longest time.</param>
    /// <param name="cancel">Cancels; a pod is removed first.</param>
    /// <exception cref="ClusterException"><c>ClusterNotFound</c>, <c>Timeout</c>, <c>ConsolePodFailed</c>, or Kubernetes cannot be
    /// asked.</exception>
    public static IAsyncEnumerable<OperationEvent> RunAsync(KubeConnection connection, string ns, string cluster, bool fromPod,
        TimeSpan limit, CancellationToken cancel) =>
        Worker.RunAsync((events, stop) => WorkAsync(connection, ns, cluster, fromPod, limit, events, stop),
            Channel.CreateUnbounded<OperationEvent>(new UnboundedChannelOptions { SingleReader = true }), cancel);

    private static async Task WorkAsync(KubeConnection connection, string ns, string cluster, bool fromPod, TimeSpan limit,
        ChannelWriter<OperationEvent> events, CancellationToken cancel)
    {
        var rows = await Limits.WithinAsync(limit, async token =>
        {
            var brokers = await BrokerSetView.FindAsync(connection, ns, cluster, token).ConfigureAwait(false);
            var found = await TryAsync(connection, brokers, token).ConfigureAwait(false);
            return fromPod ? [.. found, .. await FromPodAsync(connection, brokers, found, limit, events, token).ConfigureAwait(false)]
                : found;
        }, cluster, cancel).ConfigureAwait(false);
        var origin = connection.Origin;
        events.TryWrite(new Completed<IReadOnlyList<KafkaListenerCheck>>([.. rows
            .Select((row, i) => (row.Check, Facts: row.Facts, Place: i)).OrderBy(r => r.Check.Broker)
            .ThenBy(r => r.Facts.Listener.Port).ThenBy(r => r.Place)
            .Select(r => r.Check with
            {
                Context = origin.Context,
                KubeConfig = origin.KubeConfig,
                Connection = origin.Connection,
            })]));
    }

    private sealed record Row(ListenerFacts Facts, BrokerAddress? Advertised, KafkaListenerCheck Check, bool IsOld);

    private static async Task<IReadOnlyList<Row>> TryAsync(KubeConnection connection, BrokerSetView brokers, CancellationToken cancel)
    {
        var probes = (await BrokerProbes.TakeAsync(brokers.Door, brokers.Brokers, AskLimit, cancel).ConfigureAwait(false))
            .ToDictionary(p => p.Broker);
        var answers = probes.Values.Select(p => p.Answer).OfType<BrokerAnswer>().ToList();
        var refusing = RefusingAsync(connection, brokers, probes, answers, cancel);
        string? clusterId = answers.Select(a => a.ClusterId).FirstOrDefault(id => id is not null);
        var found = await Task.WhenAll(brokers.Brokers.Select(async node =>
        {
            var probe = probes[node.NodeId];
            bool old = probe.Answer is { } answer && answer.Version < MetadataCodec.Newest;
            var listeners = await ListenersAsync(connection, brokers, node, probe, old, cancel).ConfigureAwait(false);
            var refused = await refusing.ConfigureAwait(false);
            var rows = await Task.WhenAll(listeners.Select(listener => OfListenerAsync(connection, probe, old,
                new ListenerFacts(brokers.Names.Cluster, brokers.Namespace, node, listener, clusterId,
                    [.. refused.Where(p => p.Leader == node.NodeId)]), cancel))).ConfigureAwait(false);
            return rows.SelectMany(r => r);
        })).ConfigureAwait(false);
        return [.. found.SelectMany(f => f)];
    }

    // A broker that does not tell its listeners has at least the one that it was asked on.
    private static async Task<IReadOnlyList<BrokerListener>> ListenersAsync(KubeConnection connection, BrokerSetView brokers, NodeRef node,
        BrokerProbe probe, bool old, CancellationToken cancel)
    {
        if (probe.Answer is not null && !old)
        {
            try
            {
                var settings = await BrokerConfigs.OfBrokerAsync(brokers.Door, node.Pod, node.NodeId,
                    BrokerListener.Settings, cancel).ConfigureAwait(false);
                if (BrokerListener.Of(settings.Values) is { Count: > 0 } listeners)
                    return listeners;
            }
            catch (ClusterException e) when (e.Id is "PortForwardFailed" or "BrokerSilent" or "TlsFailed")
            {
                // It still may answer on the one that is known.
            }
        }

        return [new BrokerListener("", "PLAINTEXT", ClusterNames.InternalPort, probe.Answer?.Addresses.GetValueOrDefault(node.NodeId))];
    }

    private static async Task<IReadOnlyList<Row>> OfListenerAsync(KubeConnection connection, BrokerProbe probe, bool old,
        ListenerFacts facts, CancellationToken cancel)
    {
        int id = facts.Broker.NodeId;
        var advertised = facts.Listener.Advertised;
        if (probe.Answer is null || old)
        {
            // One that has just said nothing is not asked again, and one of before Kafka 0.11 takes newer requests badly.
            var attempt = probe.Answer is { } said ? new ListenerTry(Reach.Answered, [], "",
                new ListenerAnswer(said.ClusterId, said.Addresses, null, null))
                : new ListenerTry(probe.IsSilent ? Reach.Silent : Reach.NobodyAnswers, [], (probe.Failure ?? "").TrimEnd('.'));
            return [new Row(facts, advertised, ListenerVerdicts.Judge(facts, TriedFrom.Tunnel, advertised, attempt), true)];
        }

        var tunnel = await ListenerProbe.ThroughTunnelAsync(connection, facts.Namespace, facts.Broker.Pod, facts.Listener.Port, id,
            AskLimit, cancel).ConfigureAwait(false);
        advertised = tunnel.Answer?.Addresses.GetValueOrDefault(id) ?? advertised;
        var rows = new List<Row>
        {
            new(facts, advertised, ListenerVerdicts.Judge(facts, TriedFrom.Tunnel, advertised, tunnel), false),
        };
        if (advertised is not null)
        {
            var here = await ListenerProbe.FromHereAsync(advertised, id, HereLimit, cancel).ConfigureAwait(false);
            rows.Add(new Row(facts, advertised, ListenerVerdicts.Judge(facts, TriedFrom.Here, advertised, here), false));
        }

        return rows;
    }

    private static async Task<IReadOnlyList<PartitionView>> RefusingAsync(KubeConnection connection, BrokerSetView brokers,
        Dictionary<int, BrokerProbe> probes, List<BrokerAnswer> answers, CancellationToken cancel)
    {
        var partitions = PartitionHealth.Worst(answers.Select(a => a.View)).Where(p => p.Leader >= 0).ToList();
        var able = brokers.Brokers.FirstOrDefault(n => probes[n.NodeId].Answer?.Version >= MetadataCodec.Newest);
        if (able is null || partitions.Count == 0)
            return [];
        try
        {
            var settings = await BrokerConfigs.OfTopicsAsync(brokers.Door, able.Pod,
                [.. partitions.Select(p => p.Topic).Distinct()], [HealthFacts.MinInSync], cancel).ConfigureAwait(false);
            var demanded = settings.Where(s => s.Error == 0).ToDictionary(s => s.Name, s => int.TryParse(
                s.Values.GetValueOrDefault(HealthFacts.MinInSync), NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : 1);
            return [.. partitions.Where(p => p.InSync.Count < demanded.GetValueOrDefault(p.Topic, 1))];
        }
        catch (ClusterException e) when (e.Id is "PortForwardFailed" or "BrokerSilent" or "TlsFailed")
        {
            return []; // Test-KafkaCluster says that it could not be checked
        }
    }

    private static async Task<IReadOnlyList<Row>> FromPodAsync(KubeConnection connection, BrokerSetView brokers, IReadOnlyList<Row> found,
        TimeSpan limit, ChannelWriter<OperationEvent> events, CancellationToken cancel)
    {
        string cluster = brokers.Names.Cluster;
        var rows = found.Where(r => r.Check.From == TriedFrom.Tunnel && r.Advertised is not null && !r.IsOld).ToList();
        var dialled = rows.Where(r => !r.Advertised!.IsLoopback).ToList();
        IReadOnlyList<ListenerTry> tries = [];
        if (dialled.Count > 0)
        {
            List<(BrokerAddress, int)> targets = [.. dialled.Select(r => (r.Advertised!, r.Facts.Broker.NodeId))];
            var pod = await ConsolePod.StartAsync(connection, brokers, limit + Spare,
                state => events.TryWrite(new Waiting("Pod", $"waiting for a pod to try from: {state}")), cancel).ConfigureAwait(false);
            try
            {
                var said = await pod.CaptureAsync(ListenerProbe.Script(targets.Count),
                    TimeSpan.FromSeconds(ListenerProbe.PodSeconds) + Spare, cancel, ListenerProbe.Input(targets)).ConfigureAwait(false);
                if (said.ExitCode != 0)
                {
                    throw new ClusterException("ConsolePodFailed", FailureKind.Unavailable, cluster,
                        $"The addresses of {cluster} could not be tried in a pod: {said.Failure ?? said.Error.Trim()}. "
                        + "Run the command again.");
                }

                tries = ListenerProbe.FromScript(said.Output, targets);
            }
            finally
            {
                await pod.DisposeAsync().ConfigureAwait(false);
                if (pod.RemovalFailure is not null)
                    events.TryWrite(new Warned(pod.RemovalFailure));
            }
        }

        return [.. rows.Select(r => r with
        {
            Check = ListenerVerdicts.Judge(r.Facts, TriedFrom.Pod, r.Advertised,
                dialled.IndexOf(r) is >= 0 and int i ? tries[i] : null),
        })];
    }
}
