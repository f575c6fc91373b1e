using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace KafkaK8s.Tests.Fakes;

/// <summary>
/// A ZooKeeper ensemble in memory, one server for each pod of a StatefulSet: who votes, who leads, how far each is, the four-letter words,
/// and sessions with the few requests that a change of the ensemble needs. A server lives as long as its pod runs.
/// </summary>
public sealed class FakeEnsemble
{
    private static readonly string[] Words = ["ruok", "srvr", "mntr", "conf", "stat"];

    private readonly Lock gate = new();
    private readonly FakeStore store;
    private readonly string ns;
    private readonly string set;
    private readonly string secret;
    private readonly string service;
    private readonly Dictionary<int, string> running = []; // id: uid of its pod
    private readonly Dictionary<int, string> digests = []; // id: the superuser's digest that its process was started with
    private readonly Dictionary<string, bool> nodes = []; // path: whether all may write
    private readonly SortedDictionary<int, string> members = [];
    private int leader;
    private long zxid = 0x100000000;
    private long session = 0x10000;

    internal FakeEnsemble(FakeStore store, string ns, string set, string service, string secret)
    {
        (this.store, this.ns, this.set, this.service, this.secret) = (store, ns, set, service, secret);
        Version = zxid;
    }

    /// <summary>Ids of those who vote.</summary>
    public IReadOnlyList<int> Voters
    {
        get
        {
            lock (gate)
                return [.. members.Keys];
        }
    }

    /// <summary>Version of the configuration: the transaction that made it.</summary>
    public long Version { get; private set; }

    /// <summary>Id of the leader; 0 while there is none.</summary>
    public int Leader
    {
        get
        {
            lock (gate)
                return Elect();
        }
    }

    /// <summary>What was done to the membership: <c>+4</c>, <c>-5</c>.</summary>
    public List<string> Reconfigurations { get; } = [];

    /// <summary>Servers whose process is gone though the pod says that it runs.</summary>
    public HashSet<int> Down { get; } = [];

    /// <summary>Servers that take connections and never answer.</summary>
    public HashSet<int> Silent { get; } = [];

    /// <summary>Transactions that a server is behind the leader.</summary>
    public Dictionary<int, long> Lag { get; } = [];

    /// <summary>Servers that go by the configuration of before.</summary>
    public HashSet<int> Unaware { get; } = [];

    /// <summary>The fewest members that were alive at any moment since all were.</summary>
    public int LeastServing { get; private set; } = int.MaxValue;

    /// <summary>Error that the next reconfigurations end with, in order, as in <c>KeeperException.Code</c>; 0 for none.</summary>
    public Queue<int> ReconfigErrors { get; } = new();

    /// <summary>Called once, before the next reconfiguration is looked at.</summary>
    public Action? Reconfiguring { get; set; }

    /// <summary>How many reconfigurations are done and never answered.</summary>
    public int ReconfigAnswersToLose { get; set; }

    /// <summary>Makes the first members: the pods of these ids, whether they run or not.</summary>
    public void Bootstrap(int count)
    {
        lock (gate)
        {
            for (int id = 1; id <= count; id++)
                members[id] = Line(id);
        }
    }

    /// <summary>Makes a member leader, by an election.</summary>
    public void Lead(int id)
    {
        lock (gate)
        {
            leader = id;
            zxid = ((zxid >> 32) + 1) << 32;
        }
    }

    /// <summary>Writes transactions.</summary>
    public void Write(int count)
    {
        lock (gate)
            zxid += count;
    }

    /// <summary>Gives the configuration another version, as a change by somebody else does.</summary>
    public void Move()
    {
        lock (gate)
            Version = ++zxid;
    }

    /// <summary>Whether a server was started with a password for the superuser.</summary>
    public bool Takes(int id, string password) => IsSuper(id, $"super:{password}");

    /// <summary>Whether a server takes part in a quorum.</summary>
    public bool Serves(int id)
    {
        lock (gate)
            return IsAlive(id) && Elect() != 0;
    }

    internal void Started(JsonObject pod)
    {
        if (OrdinalOf(pod) is not { } ordinal)
            return;
        string? encoded = (string?)store.Find("v1", "secrets", ns, secret)?["data"]?["superDigest"];
        lock (gate)
            digests[ordinal + 1] = encoded is null ? "" : Encoding.UTF8.GetString(Convert.FromBase64String(encoded));
    }

    internal void PodChanged(JsonObject? before, JsonObject? after)
    {
        if (OrdinalOf((after ?? before)!) is not { } ordinal)
            return;
        lock (gate)
        {
            if (FakePods.IsRunning(after))
                running[ordinal + 1] = (string)after!["metadata"]!["uid"]!;
            else if (running.Remove(ordinal + 1) && members.ContainsKey(ordinal + 1))
                LeastServing = Math.Min(LeastServing, members.Keys.Count(IsAlive));
        }
    }

    internal async Task ServeAsync(int id, Stream stream, CancellationToken cancel)
    {
        if (Silent.Contains(id))
            await Task.Delay(Timeout.Infinite, cancel);
        if (await Frames.HeadAsync(stream, cancel) is not { } head)
            return;
        string word = Encoding.ASCII.GetString(head);
        if (Array.IndexOf(Words, word) >= 0)
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Answer(id, word)), cancel);
        else
            await SessionAsync(id, stream, head, cancel);
    }

    /// <summary>Whether something listens on the port.</summary>
    internal bool IsAlive(int id)
    {
        lock (gate)
            return running.ContainsKey(id) && !Down.Contains(id);
    }

    private int? OrdinalOf(JsonObject pod)
    {
        string name = (string)pod["metadata"]!["name"]!;
        return (string?)pod["metadata"]!["namespace"] == ns && name.StartsWith($"{set}-", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(set.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal) ? ordinal : null;
    }

    private string Line(int id) => $"{set}-{id - 1}.{service}.{ns}.svc:2888:3888:participant;2181";

    // Who leads goes on leading; of a majority of others the highest does. 0 where there is no majority.
    private int Elect()
    {
        var alive = members.Keys.Where(IsAlive).ToList();
        if (alive.Count <= members.Count / 2)
            return leader = 0;
        if (alive.Contains(leader))
            return leader;
        zxid = ((zxid >> 32) + 1) << 32;
        return leader = alive.OrderBy(id => Lag.GetValueOrDefault(id)).ThenByDescending(id => id).First();
    }

    private string Answer(int id, string word)
    {
        lock (gate)
        {
            if (word == "ruok")
                return "imok";
            int lead = Elect();
            if (lead == 0)
                return "This ZooKeeper instance is not currently serving requests\n";
            string mode = id == lead ? "leader" : "follower";
            string own = (zxid - Lag.GetValueOrDefault(id)).ToString("x", CultureInfo.InvariantCulture);
            int synced = members.Keys.Count(m => m != lead && IsAlive(m) && Lag.GetValueOrDefault(m) == 0);
            return word switch
            {
                "mntr" => $"zk_version\t3.8.6-0000, built on 2025-01-01\nzk_server_state\t{mode}\n"
                    + (id == lead ? $"zk_synced_followers\t{synced}\n" : "") + "zk_znode_count\t5\n",
                "conf" => $"clientPort=2181\nserverId={id}\nmembership: \n{Config(id)}",
                _ =>
                    $"Zookeeper version: 3.8.6-0000, built on 2025-01-01\nLatency min/avg/max: 0/0.5/3\nReceived: 10\nSent: "
                        + $"9\nConnections: 1\nOutstanding: 0\nZxid: 0x{own}\nMode: {mode}\nNode count: 5\n",
            };
        }
    }

    private string former = "";

    private string Config(int id = 0) => Unaware.Contains(id) && former.Length > 0 ? former
        : string.Concat(members.Select(m => $"server.{m.Key}={m.Value}\n"))
            + $"version={Version.ToString("x", CultureInfo.InvariantCulture)}";

    private async Task SessionAsync(int id, Stream stream, byte[] head, CancellationToken cancel)
    {
        _ = await Frames.ReadAsync(stream, cancel, head);
        if (!Serves(id))
            return; // a server outside of a quorum closes the connection
        await stream.WriteAsync(
            new Writer().Int(0).Int(40000).Long(Interlocked.Increment(ref session)).Buffer(new byte[16]).Bool(false).Frame(), cancel);
        Write(1);
        bool super = false;
        var own = new List<string>();
        try
        {
            while (await Frames.ReadAsync(stream, cancel) is { } body)
            {
                var request = new Reader(body);
                int xid = request.Int();
                int type = request.Int();
                if (!Serves(id))
                    return;
                if (type == 100)
                {
                    _ = (request.Int(), request.LongText());
                    super = IsSuper(id, request.LongText() ?? "");
                }

                var (error, answer) = Do(type, request, super, own);
                if (type == 16 && error == 0 && ReconfigAnswersToLose > 0)
                {
                    ReconfigAnswersToLose--;
                    return;
                }

                await stream.WriteAsync(new Writer().Int(xid).Long(zxid).Int(error).Raw(error == 0 ? answer : []).Frame(), cancel);
                if (type == -11)
                    return;
            }
        }
        finally
        {
            lock (gate)
                own.ForEach(path => nodes.Remove(path));
        }
    }

    private bool IsSuper(int id, string identity)
    {
#pragma warning disable CA5350 // ZooKeeper's digest scheme is SHA-1.
        string digest = $"{identity.Split(':')[0]}:{Convert.ToBase64String(SHA1.HashData(Encoding.UTF8.GetBytes(identity)))}";
#pragma warning restore CA5350
        lock (gate)
            return digests.GetValueOrDefault(id) == digest;
    }

    private (int Error, byte[] Answer) Do(int type, Reader request, bool super, List<string> own)
    {
        byte[] stat = new byte[68];
        lock (gate)
        {
            switch (type)
            {
                case 1: // create
                    string path = request.LongText()!;
                    _ = request.Buffer();
                    var acl = request.Each(() => (Perms: request.Int(), Scheme: request.LongText(), Id: request.LongText()));
                    nodes[path] = acl.Any(a => (a.Perms & 2) != 0);
                    own.Add(path);
                    zxid++;
                    return (0, Body(new Writer().Buffer(Encoding.UTF8.GetBytes(path))));
                case 5: // set
                    if (!nodes.TryGetValue(request.LongText()!, out bool open))
                        return (-101, []);
                    if (!open && !super)
                        return (-102, []);
                    zxid++;
                    return (0, stat);
                case 4: // get
                    return request.LongText() == "/zookeeper/config"
                        ? (0, Body(new Writer().Buffer(Encoding.UTF8.GetBytes(Config())).Raw(stat))) : (-101, []);
                case 16:
                    return Reconfigure(request, super) is not 0 and var refused ? (refused, [])
                        : (0, Body(new Writer().Buffer(Encoding.UTF8.GetBytes(Config())).Raw(stat)));
                default: // ping, auth, close
                    return (0, []);
            }
        }
    }

    private int Reconfigure(Reader request, bool super)
    {
        string? joining = request.LongText();
        string? leaving = request.LongText();
        _ = request.LongText();
        long condition = request.Long();
        if (!super)
            return -102;
        if (ReconfigErrors.TryDequeue(out int error) && error != 0)
            return error;
        var first = Reconfiguring;
        Reconfiguring = null;
        first?.Invoke();
        if (condition != -1 && condition != Version)
            return -103;
        var wanted = new SortedDictionary<int, string>(members);
        if (joining is not null)
        {
            string[] pair = joining["server.".Length..].Split('=', 2);
            wanted[int.Parse(pair[0], CultureInfo.InvariantCulture)] = pair[1];
        }

        if (leaving is not null)
            wanted.Remove(int.Parse(leaving, CultureInfo.InvariantCulture));
        if (wanted.Keys.Count(IsAlive) <= wanted.Count / 2)
            return -13;
        former = Config();
        Reconfigurations.AddRange(wanted.Keys.Except(members.Keys).Select(id => $"+{id}"));
        Reconfigurations.AddRange(members.Keys.Except(wanted.Keys).Select(id => $"-{id}"));
        members.Clear();
        foreach (var (id, line) in wanted)
            members[id] = line;
        Version = ++zxid;
        Elect();
        return 0;
    }

    private static byte[] Body(Writer writer) => writer.Frame()[4..];
}
