using System.Runtime.CompilerServices;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Running;

namespace KafkaK8s.Core.Rolling;

/// <summary>The last gate: every broker answers, knows all others, and all copies are in sync.</summary>
internal static class InSync
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250); // Kafka has nothing to watch
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Waits until it is so; what is missing stands in <paramref name="wait"/>, for a wait that runs out of time.</summary>
    public static async IAsyncEnumerable<OperationEvent> WaitAsync(
        KubeConnection connection, string ns, IReadOnlyList<NodeRef> brokers, ClusterWait wait, [EnumeratorCancellation] CancellationToken cancel)
    {
        string last = "";
        while (true)
        {
            string missing = await MissingAsync(connection, ns, brokers, cancel).ConfigureAwait(false);
            if (missing.Length == 0)
                yield break;
            wait.Doing = missing;
            if (missing != last)
                yield return new Waiting("InSync", missing);
            last = missing;
            await Task.Delay(Pause, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>What is not so yet, in words; empty when all is well.</summary>
    public static async Task<string> MissingAsync(
        KubeConnection connection, string ns, IReadOnlyList<NodeRef> brokers, CancellationToken cancel)
    {
        return Describe(await ReadAsync(connection, ns, brokers, cancel).ConfigureAwait(false));
    }

    /// <summary>The views of all brokers, by id; null for one that does not answer.</summary>
    public static async Task<IReadOnlyDictionary<int, BrokerView?>> ReadAsync(
        KubeConnection connection, string ns, IReadOnlyList<NodeRef> brokers, CancellationToken cancel)
    {
        var views = await Task.WhenAll(brokers.Select(n => TryReadAsync(connection, ns, n.Pod, cancel))).ConfigureAwait(false);
        return brokers.Zip(views).ToDictionary(p => p.First.NodeId, p => p.Second);
    }

    /// <summary>What is not so in these views, by the brokers' ids; null for one that did not answer. Pure.</summary>
    public static string Describe(IReadOnlyDictionary<int, BrokerView?> views)
    {
        var silent = views.Where(v => v.Value is null).Select(v => v.Key).Order().ToList();
        if (silent.Count > 0)
            return $"no answer from broker {string.Join(", ", silent)}";
        foreach (var (id, view) in views.OrderBy(v => v.Key))
        {
            var unknown = views.Keys.Except(view!.Brokers).Order().ToList();
            if (unknown.Count > 0)
                return $"broker {id} does not know broker {string.Join(", ", unknown)} yet";
        }

        var lagging = BrokerGate.UnderReplicated(views.Values.OfType<BrokerView>());
        return lagging.Count == 0 ? "" : $"{lagging.Count} partitions are not in sync, such as {lagging[0].Topic}-{lagging[0].Partition} ({lagging[0].InSync.Count} of {lagging[0].Replicas.Count} copies)";
    }

    /// <summary>One broker's view; null where it does not answer.</summary>
    public static async Task<BrokerView?> TryReadAsync(KubeConnection connection, string ns, string pod, CancellationToken cancel)
    {
        try
        {
            return await BrokerMetadata.ReadAsync(connection, ns, pod, AskTimeout, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ClusterException { Kind: not FailureKind.Authentication } or IOException or System.Net.WebSockets.WebSocketException || e is OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return null;
        }
    }
}
