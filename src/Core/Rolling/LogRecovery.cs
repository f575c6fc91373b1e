using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Rolling;

/// <summary>
/// Whether a broker checks its logs after a hard end, which may take half an hour. It must not be killed for it: it would begin again.
/// Its own log tells, in the words of Kafka 0.9 to 3.9.
/// </summary>
/// <param name="connection">Connection to the API server.</param>
/// <param name="ns">Namespace.</param>
/// <param name="time">The clock.</param>
internal sealed partial class LogRecovery(KubeConnection connection, string ns, TimeProvider time)
{
    private const int Lines = 300;
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, (long At, bool Recovers)> asked = []; // by the pod's uid, for as long as one command runs

    /// <summary>Asks the pod's log, every now and then.</summary>
    public async Task<bool> IsUnderWayAsync(JsonObject pod, CancellationToken cancel)
    {
        if (Readiness.OwnStatus(pod)?["state"]?["running"] is null)
            return false; // no process, nothing that it does
        string uid = pod.Uid();
        if (asked.TryGetValue(uid, out var before) && time.GetElapsedTime(before.At) < Often)
            return before.Recovers;
        string log = await connection.LogTailAsync(ns, pod.Name(), ClusterNames.KafkaApp, previous: false, Lines, cancel)
            .ConfigureAwait(false);
        bool recovers = IsUnderWay(log);
        asked[uid] = (time.GetTimestamp(), recovers);
        return recovers;
    }

    /// <summary>Whether the last that a log says of it is that it goes on. Pure.</summary>
    public static bool IsUnderWay(string log)
    {
        int begun = Begun().Matches(log).Select(m => m.Index).DefaultIfEmpty(-1).Max();
        return begun >= 0 && begun > Done().Matches(log).Select(m => m.Index).DefaultIfEmpty(-1).Max();
    }

    [GeneratedRegex(@"Loading logs\b|Recovering unflushed segment|ttempting recovery for all logs"
        + "|Loading producer state|Completed load of log")]
    private static partial Regex Begun();

    [GeneratedRegex(@"Logs loading complete|Loaded \d+ logs in|started \(kafka\.server\.")]
    private static partial Regex Done();
}
