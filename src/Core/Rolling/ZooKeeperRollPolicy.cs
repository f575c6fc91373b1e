using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.ZooKeeper;

namespace KafkaK8s.Core.Rolling;

/// <summary>Restarts of ZooKeeper servers: the others are a quorum, the leader goes last, each is in sync again before the next.</summary>
/// <param name="connection">Connection to the API server.</param>
/// <param name="names">Names of the cluster.</param>
/// <param name="ns">Its namespace.</param>
/// <param name="bearNoQuorum">Restart, too, where the ensemble is too small to spare a server.</param>
internal sealed class ZooKeeperRollPolicy(KubeConnection connection, ClusterNames names, string ns, bool bearNoQuorum) : IRollPolicy
{
    /// <inheritdoc/>
    public string InWords => "one at a time, the leader last, each back in the quorum before the next";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JsonObject>> OrderAsync(IReadOnlyList<JsonObject> pods, CancellationToken cancel)
    {
        var view = await ReadAsync(cancel).ConfigureAwait(false);
        var order = EnsembleGuards.RestartOrder(view, pods.Select(Id)).Select(s => s.Id).ToList();
        return [.. pods.OrderBy(p => order.IndexOf(Id(p)))];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RollVerdict>> JudgeAsync(IReadOnlyList<JsonObject> pods, CancellationToken cancel)
    {
        var view = await ReadAsync(cancel).ConfigureAwait(false);
        return [.. pods.Select(p => Judge(view, Id(p)))];
    }

    /// <inheritdoc/>
    public async Task<RollObstacle?> MissingAsync(JsonObject former, CancellationToken cancel) =>
        NotBack(await ReadAsync(cancel).ConfigureAwait(false), Id(former)) is { } text
            ? new RollObstacle(RollHold.Unforceable, text) : null;

    /// <summary>What is missing until a restarted server counts as back; null when it does. Pure.</summary>
    public static string? NotBack(EnsembleView view, int id)
    {
        string name = view.Names.ServerOfId(id).Pod;
        if (EnsembleGuards.Quorum(view) is { } lost)
            return lost.Message;
        if (view.Servers.FirstOrDefault(s => s.Id == id) is not { Serves: true } server)
            return $"{name} does not serve yet";
        if (view.IsVoter(id) && view.Leader!.Answer.SyncedFollowers is int synced && synced < view.MemberCount - 1)
            return $"the leader has {synced} of {view.MemberCount - 1} followers in sync";
        return view.IsVoter(id) ? EnsembleGuards.MayAdd(view)?.Message
            : view.Lag(server) > 0 ? $"{name} is {view.Lag(server)} transactions behind" : null;
    }

    private RollVerdict Judge(EnsembleView view, int id)
    {
        if (EnsembleGuards.MayRestart(view, id, bearNoQuorum) is { } refusal)
        {
            string text = refusal.Id == "QuorumLost" ? "no ZooKeeper server leads: there is no quorum" : refusal.Message;
            return new RollVerdict(new RollObstacle(RollHold.Unforceable, text));
        }

        bool alone = EnsembleGuards.MayRestart(view, id, force: false) is not null;
        return new RollVerdict(null, alone
            ? $"brokers have no ZooKeeper while {view.Names.ServerOfId(id).Pod} restarts: the others are no quorum" : null);
    }

    private int Id(JsonObject pod) => names.ServerOfPod(pod.Name())!.NodeId;

    private Task<EnsembleView> ReadAsync(CancellationToken cancel) => EnsembleReader.ReadAsync(connection, ns, names.Cluster, cancel);
}
