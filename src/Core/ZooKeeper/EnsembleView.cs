using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.ZooKeeper;

/// <summary>What is known of one server: its pod, if there is one, and what it answered.</summary>
/// <param name="Node">The server.</param>
/// <param name="Pod">The pod; null where there is none.</param>
/// <param name="Answer">What it answered.</param>
/// <param name="LastWords">The last line of its log, for a pod that runs and is in no quorum.</param>
internal sealed record ServerProbe(NodeRef Node, JsonObject? Pod, ServerAnswer Answer, string LastWords = "")
{
    /// <summary>Id in the ensemble.</summary>
    public int Id => Node.NodeId;

    /// <summary>Whether it takes part in a quorum.</summary>
    public bool Serves => Answer.Mode.Length > 0 && Pod?.IsTerminating() == false;
}

/// <summary>An ensemble as its servers and objects tell at one moment. Pure.</summary>
internal sealed record EnsembleView
{
    /// <summary>Names of the cluster.</summary>
    public required ClusterNames Names { get; init; }

    /// <summary>Namespace of the cluster.</summary>
    public required string Namespace { get; init; }

    /// <summary>The servers' StatefulSet.</summary>
    public required JsonObject Set { get; init; }

    /// <summary>Every pod, and every member of the committed configuration, by ordinal.</summary>
    public required IReadOnlyList<ServerProbe> Servers { get; init; }

    /// <summary>The committed configuration; null without a quorum.</summary>
    public EnsembleConfig? Config { get; init; }

    /// <summary>Names of the volume claims that are there.</summary>
    public IReadOnlySet<string> Claims { get; init; } = new HashSet<string>();

    /// <summary>Pods that the headless Service gives a name to; null where that could not be read.</summary>
    public IReadOnlySet<string>? Resolving { get; init; }

    /// <summary>Pods that the set is to have.</summary>
    public int Replicas => Readiness.Wanted(Set);

    /// <summary>Members who vote.</summary>
    public int MemberCount => Config?.Voters.Count ?? 0;

    /// <summary>Those who say that they lead: one, when all is well.</summary>
    public IReadOnlyList<ServerProbe> Leaders => [.. Servers.Where(s => s.Serves && s.Answer.Mode == "leader")];

    /// <summary>The leader; null where there is none, or more than one says so.</summary>
    public ServerProbe? Leader => Leaders.Count == 1 ? Leaders[0] : null;

    /// <summary>Whether a majority of the members serves under one leader.</summary>
    public bool HasQuorum => Leader is not null && Config is not null && Serving.Count >= Config.Quorum;

    /// <summary>Whether there is no quorum to be seen, but as many processes as a majority needs: they will agree on a leader within
    /// seconds, or are only slow to answer where their nodes call them ready.</summary>
    public bool IsElecting =>
        !HasQuorum && Servers.Count(s => s.Pod?.IsTerminating() == false && (s.Answer.Alive || Readiness.IsPodReady(s.Pod))) > Replicas / 2;

    /// <summary>Members who vote, by id.</summary>
    public IReadOnlyList<NodeRef> Voters => [.. (Config?.Voters ?? []).Order().Select(Names.ServerOfId)];

    /// <summary>Members who vote and serve.</summary>
    public IReadOnlyList<ServerProbe> Serving => [.. Servers.Where(s => s.Serves && IsVoter(s.Id))];

    /// <summary>Builds the view.</summary>
    /// <param name="names">Names of the cluster.</param>
    /// <param name="ns">Namespace.</param>
    /// <param name="set">The servers' StatefulSet.</param>
    /// <param name="looks">One look for each pod.</param>
    /// <param name="claims">Names of the volume claims.</param>
    /// <param name="resolving">Pods with a DNS name; null where unknown.</param>
    public static EnsembleView Build(
        ClusterNames names, string ns, JsonObject set, IEnumerable<ServerProbe> looks, IEnumerable<string> claims,
        IEnumerable<string>? resolving)
    {
        var servers = looks.ToDictionary(l => l.Node);
        // Each change moves the version on: of two that answer differently the lower one has not heard of the last change yet.
        var config = servers.Values.Where(s => s.Serves).Select(s => s.Answer.Config).OfType<EnsembleConfig>().MaxBy(c => c.Version);
        var members = (config?.Members ?? []).Select(m => names.ServerOfId(m.Id));
        foreach (var node in members.Concat(Enumerable.Range(0, Readiness.Wanted(set)).Select(names.Server)))
            servers.TryAdd(node, new ServerProbe(node, null, ServerAnswer.None));
        return new EnsembleView
        {
            Names = names,
            Namespace = ns,
            Set = set,
            Servers = [.. servers.Values.OrderBy(s => s.Node.Ordinal)],
            Config = config,
            Claims = claims.ToHashSet(),
            Resolving = resolving?.ToHashSet(),
        };
    }

    /// <summary>Whether the committed configuration gives this id a vote.</summary>
    public bool IsVoter(int id) => Config?.Voters.Contains(id) == true;

    /// <summary>Transactions behind the leader; null where the two cannot be compared.</summary>
    public long? Lag(ServerProbe server) =>
        Leader?.Answer.Zxid is long ahead && server.Answer.Zxid is long own && server.Serves ? Distance(ahead, own) : null;

    /// <summary>Transactions from one to another; 0 where <paramref name="own"/> is not behind.</summary>
    /// <remarks>The upper half counts leaders and the lower half starts anew with each: a server that has not written since an election
    /// still shows the number of before, and is behind by what the new leader wrote.</remarks>
    public static long Distance(long ahead, long own) => own >= ahead ? 0 : ahead >> 32 == own >> 32 ? ahead - own : ahead & 0xffffffff;

    /// <summary>The objects that a user sees.</summary>
    public IEnumerable<ZooKeeperNode> Nodes() => Servers.Select(s =>
    {
        string name = s.Node.Pod;
        var member = Config?.Members.FirstOrDefault(m => m.Id == s.Id);
        return new ZooKeeperNode
        {
            Cluster = Names.Cluster,
            Namespace = Namespace,
            Node = name,
            Id = s.Id,
            Mode = s.Answer.Mode,
            InConfig = Config is null ? null : member is not null,
            Role = member?.Role ?? "",
            ConfigVersion = s.Answer.Config?.VersionText ?? "",
            Zxid = s.Answer.Zxid is long zxid ? FormattableString.Invariant($"0x{zxid:x}") : "",
            Lag = Lag(s),
            SyncedFollowers = s.Answer.SyncedFollowers,
            Connections = s.Answer.Connections,
            LatencyMs = s.Answer.Latency,
            Version = s.Answer.Version,
            DnsName = s.Node.Host(Names, Namespace),
            Resolves = Resolving?.Contains(name),
            Volume = Claims.Contains(ClusterNames.Claim(name)) ? ClusterNames.Claim(name) : "",
            Ready = s.Pod is not null && Readiness.IsPodReady(s.Pod),
            Restarts = s.Pod is null ? 0 : (int?)Readiness.OwnStatus(s.Pod)?["restartCount"] ?? 0,
            Reason = Reason(s, member),
        };
    });

    private string Reason(ServerProbe s, ConfigMember? member)
    {
        string pod = PodReason(s);
        if (Config is null)
            return Join("the ensemble has no quorum", pod);
        if (member is null)
        {
            return Join(!s.Serves ? "in no configuration"
                : $"in no configuration: it follows without a vote. Add-ZooKeeperNode {Names.Cluster} makes it a member; "
                + "Remove-ZooKeeperNode never ran to its end, or the set was scaled by hand", pod);
        }

        if (s.Pod is null)
        {
            return s.Node.Ordinal < Replicas ? "a member whose pod is not there yet"
                : $"a member without a pod: the set {Names.ZooKeeperSet} has only {Replicas} replicas. Scale it to {s.Node.Ordinal + 1}, "
                + $"or take the member out with Remove-ZooKeeperNode {Names.Cluster}";
        }

        if (pod.Length > 0)
            return Leader is null ? Join("the ensemble has no leader", pod) : pod;
        if (Leaders.Count > 1)
            return $"{Leaders.Count} servers say that they lead";
        return s.Answer.Config is { } own && own.Version != Config.Version
            ? $"goes by the configuration of version {own.VersionText}, the last one is {Config.VersionText}" : "";
    }

    private static string PodReason(ServerProbe s)
    {
        if (s.Pod is null)
            return "there is no pod";
        if (s.Pod.IsTerminating() && !Stalls.IsNodeLost(s.Pod))
            return "the pod is ending";
        if (Stalls.OfPod(s.Pod).Select(x => x.ToString()).FirstOrDefault() is string stall)
            return stall;
        if (s.Serves)
            return "";
        return s.LastWords.Length > 0 ? s.LastWords : s.Answer.Alive ? "in no quorum" : "does not answer";
    }

    private static string Join(string a, string b) => b.Length == 0 ? a : $"{a}; {b}";
}
