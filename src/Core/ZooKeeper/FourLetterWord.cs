using System.Text;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Spec;

namespace KafkaK8s.Core.ZooKeeper;

/// <summary>ZooKeeper's four-letter words, asked through the API server: no tool in the pod is needed.</summary>
/// <remarks>Source: ZooKeeper Administrator's Guide, "The Four Letter Words".</remarks>
internal static class FourLetterWord
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>The answer to a word; empty where the server gives none.</summary>
    public static async Task<string> AskAsync(KubeConnection connection, string ns, string pod, string word, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Limit);
        var answer = new StringBuilder();
        try
        {
            var stream = await PodStream.OpenAsync(connection, ns, pod, ClusterNames.ZooKeeperPort, limit.Token).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(word), limit.Token).ConfigureAwait(false);
                while (await stream.ReceiveAsync(limit.Token).ConfigureAwait(false) is { IsEmpty: false } bytes)
                    answer.Append(Encoding.UTF8.GetString(bytes.Span));
            }
        }
        catch (Exception e) when (e is ClusterException || e is OperationCanceledException && !cancel.IsCancellationRequested)
        {
            // A server that cannot be asked is one that does not answer; what came so far counts.
        }

        return answer.ToString();
    }

    /// <summary>A server's role: leader, follower, observer; empty outside a quorum.</summary>
    public static async Task<string> ModeAsync(KubeConnection connection, string ns, string pod, CancellationToken cancel) =>
        Mode(await AskAsync(connection, ns, pod, "srvr", cancel).ConfigureAwait(false));

    /// <summary>Reads the role from an answer to <c>srvr</c>. Pure.</summary>
    public static string Mode(string srvr) =>
        srvr.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.StartsWith("Mode: ", StringComparison.Ordinal))?["Mode: ".Length..] ?? "";
}
