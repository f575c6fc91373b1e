using System.Text;
using System.Text.RegularExpressions;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.ZooKeeper;

/// <summary>ZooKeeper's four-letter words, asked through the API server: no tool in the pod is needed.</summary>
/// <remarks>Source: ZooKeeper Administrator's Guide, "The Four Letter Words".</remarks>
internal static partial class FourLetterWord
{
    private const string NotServing = "not currently serving requests\n";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(150);

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
                while (await ReceiveAsync(stream, IsWhole(word, answer.ToString()), limit.Token)
                    .ConfigureAwait(false) is { IsEmpty: false } bytes)
                    answer.Append(Encoding.UTF8.GetString(bytes.Span));
            }
        }
        catch (Exception e) when (e is ClusterException { Kind: not FailureKind.Authentication }
            || e is OperationCanceledException && !cancel.IsCancellationRequested)
        {
            // A server that cannot be asked is one that does not answer; what came so far counts.
        }

        return answer.ToString();
    }

    /// <summary>Whether an answer ends as one to this word does. Pure.</summary>
    /// <remarks>The close of a forwarded port arrives up to one second late: a node's container runtime holds it open for one more second
    /// after the server has closed it (containerd, <c>sandbox_portforward_linux.go</c>), and every look at an ensemble would take that
    /// long.</remarks>
    public static bool IsWhole(string word, string answer) => word switch
    {
        _ when answer.EndsWith(NotServing, StringComparison.Ordinal) => true,
        "srvr" => answer.EndsWith('\n') && answer.Contains("\nNode count: ", StringComparison.Ordinal),
        "conf" => VersionAtEnd().IsMatch(answer),
        _ => answer.EndsWith('\n'),
    };

    /// <summary>A server's role: leader, follower, observer; empty outside a quorum.</summary>
    public static async Task<string> ModeAsync(KubeConnection connection, string ns, string pod, CancellationToken cancel) =>
        Mode(await AskAsync(connection, ns, pod, "srvr", cancel).ConfigureAwait(false));

    /// <summary>Reads the role from an answer to <c>srvr</c>. Pure.</summary>
    public static string Mode(string srvr) =>
        srvr.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.StartsWith("Mode: ", StringComparison.Ordinal))?["Mode: ".Length..]
        ?? "";

    // An answer that looks whole is one when nothing more comes for a moment.
    private static async Task<ReadOnlyMemory<byte>> ReceiveAsync(PodStream stream, bool whole, CancellationToken cancel)
    {
        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (whole)
            quiet.CancelAfter(Quiet);
        try
        {
            return await stream.ReceiveAsync(quiet.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (whole && !cancel.IsCancellationRequested)
        {
            return ReadOnlyMemory<byte>.Empty;
        }
    }

    // At least the 9 digits of a transaction's number, its upper half counting from 1; there is no line break after them.
    [GeneratedRegex(@"\nversion=[0-9a-f]{9,16}\s*\z", RegexOptions.CultureInvariant)]
    private static partial Regex VersionAtEnd();
}
