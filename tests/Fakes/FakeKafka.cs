using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace KafkaK8s.Tests.Fakes;

/// <summary>A partition: who has copies, who of them is in sync, who leads.</summary>
public sealed class FakePartition(string topic, int id, IReadOnlyList<int> replicas)
{
    public string Topic => topic;

    public int Id => id;

    public IReadOnlyList<int> Replicas => replicas;

    public List<int> InSync { get; } = [.. replicas];

    /// <summary>Id of the broker that leads; -1 for none.</summary>
    public int Leader { get; set; } = replicas[0];

    /// <summary>Where its log begins.</summary>
    public long Start { get; set; }

    /// <summary>Where its log ends.</summary>
    public long End { get; set; }

    /// <summary>The fewest copies that were in sync at any moment.</summary>
    public int LeastInSync { get; internal set; } = replicas.Count;

    /// <summary>Whether it was without a leader at any moment.</summary>
    public bool WasOffline { get; internal set; }
}

/// <summary>A listener of a broker: the port that it listens on, and where clients are told that it is.</summary>
public sealed record FakeListener(string Name, int Port, string Host, int Advertised, string Protocol = "PLAINTEXT");

/// <summary>A rule of the authorizer, by Kafka's numbers.</summary>
public sealed record FakeAcl(byte Resource, string Name, byte Pattern, string Principal, string Host, byte Operation, byte Permission);

/// <summary>
/// Brokers in memory, one for each pod of a StatefulSet: topics with their copies, a controller, and the requests that this product sends.
/// A broker lives as long as its pod runs; when it goes, its copies fall out of sync and others lead, and when it is back it catches up.
/// </summary>
public sealed class FakeKafka
{
    private readonly Lock gate = new();
    private readonly string ns;
    private readonly string set;
    private readonly int firstId;
    private readonly Func<int, string> host;
    private readonly SortedDictionary<int, long> running = []; // id: since when
    private readonly SortedDictionary<string, List<FakePartition>> topics = new(StringComparer.Ordinal);
    private int controller = -1;

    internal FakeKafka(string ns, string set, int firstId, Func<int, string> host)
    {
        (this.ns, this.set, this.firstId, this.host) = (ns, set, firstId, host);
        Listeners = id => IsTls()
            ? [new FakeListener("INTERNAL", 9092, host(id), 9092, "SSL"),
                new FakeListener("TUNNEL", 9095, "127.0.0.1", 19092 + id - firstId, "SSL"), new FakeListener("PROBE", 9096, "127.0.0.1", 9096)]
            : [new FakeListener("INTERNAL", 9092, host(id), 9092), new FakeListener("TUNNEL", 9095, "127.0.0.1", 19092 + id - firstId)];
    }

    /// <summary>Whether the brokers want TLS.</summary>
    public Func<bool> IsTls { get; init; } = static () => false;

    /// <summary>Id of the Kafka cluster.</summary>
    public string ClusterId { get; set; } = "fake-cluster";

    /// <summary>Brokers that answer and that no broker tells of.</summary>
    public HashSet<int> Hidden { get; } = [];

    /// <summary>The listeners of each broker.</summary>
    public Func<int, IReadOnlyList<FakeListener>> Listeners { get; set; }

    /// <summary>How long a broker that is back needs until its copies are in sync.</summary>
    public TimeSpan CatchUpTime { get; set; } = TimeSpan.Zero;

    /// <summary>Brokers whose copies do not get in sync.</summary>
    public HashSet<int> Lagging { get; } = [];

    /// <summary>Brokers whose process is gone though the pod says that it runs.</summary>
    public HashSet<int> Down { get; } = [];

    /// <summary>Brokers that take connections and never answer.</summary>
    public HashSet<int> Silent { get; } = [];

    /// <summary>Settings of topics by topic and key; the brokers' where the topic is empty.</summary>
    public Dictionary<(string Topic, string Key), string> Configs { get; } = new() { [("", "min.insync.replicas")] = "2" };

    /// <summary>Settings whose values a broker keeps to itself, by topic and key.</summary>
    public HashSet<(string Topic, string Key)> Sensitive { get; } = [];

    /// <summary>Whether a topic is made while the answer says already that it took too long.</summary>
    public bool SlowToMake { get; set; }

    /// <summary>Kafka's error code that a removal of a topic ends with, for as long as there are any; 0 for none.</summary>
    public Queue<short> RemovalErrors { get; } = new();

    /// <summary>Bytes of each broker's file system, and those of them that it can still use.</summary>
    public (long Total, long Usable) Volume { get; set; } = (1000, 250);

    /// <summary>Offsets that groups committed, by group, topic and partition.</summary>
    public Dictionary<(string Group, string Topic, int Partition), long> Committed { get; } = [];

    /// <summary>Members of groups, by group.</summary>
    public Dictionary<string, int> Members { get; } = [];

    /// <summary>What the brokers keep of users' passwords, by user.</summary>
    public Dictionary<string, (byte[] Salt, byte[] Salted, int Iterations)> Scram { get; } = [];

    /// <summary>The rules of the authorizer.</summary>
    public List<FakeAcl> Acls { get; } = [];

    /// <summary>Kafka's error code for every question about users; 0 for none.</summary>
    public short ScramError { get; set; }

    /// <summary>Requests by key, in order: 3 Metadata, 20 DeleteTopics…</summary>
    public List<(int Broker, short Key, short Version)> Requests { get; } = [];

    /// <summary>Answers in place of the usual ones: broker, key and the rest of the request to a frame's body behind the correlation id;
    /// null for the usual one.</summary>
    public Func<int, short, short, byte[]?> Instead { get; set; } = static (_, _, _) => null;

    /// <summary>Requests by key and version that a broker does not know: it closes the connection.</summary>
    public Func<short, short, bool> Unknown { get; set; } = static (_, _) => false;

    /// <summary>Id of the active controller; -1 for none.</summary>
    public int Controller
    {
        get
        {
            lock (gate)
            {
                Settle();
                return controller;
            }
        }

        set
        {
            lock (gate)
                controller = value;
        }
    }

    /// <summary>Topics by name, as they are now.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<FakePartition>> Topics
    {
        get
        {
            lock (gate)
            {
                Settle();
                return topics.ToDictionary(t => t.Key, t => (IReadOnlyList<FakePartition>)[.. t.Value]);
            }
        }
    }

    /// <summary>Makes a topic: the copies of each partition, the first of which leads.</summary>
    public IReadOnlyList<FakePartition> Topic(string name, params int[][] replicas)
    {
        lock (gate)
            return topics[name] = [.. replicas.Select((r, i) => new FakePartition(name, i, r))];
    }

    /// <summary>Whether a user would be let in with a password.</summary>
    public bool LetsIn(string user, string password)
    {
        lock (gate)
        {
            return Scram.TryGetValue(user, out var kept) && Rfc2898DeriveBytes.Pbkdf2(password, kept.Salt, kept.Iterations,
                HashAlgorithmName.SHA512, 64).AsSpan().SequenceEqual(kept.Salted);
        }
    }

    internal bool IsAlive(int id)
    {
        lock (gate)
            return running.ContainsKey(id) && !Down.Contains(id);
    }

    internal void PodChanged(JsonObject? before, JsonObject? after)
    {
        var pod = (after ?? before)!;
        string name = (string)pod["metadata"]!["name"]!;
        if ((string?)pod["metadata"]!["namespace"] != ns || !name.StartsWith($"{set}-", StringComparison.Ordinal)
            || !int.TryParse(name.AsSpan(set.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal))
            return;
        int id = firstId + ordinal;
        lock (gate)
        {
            if (!FakePods.IsRunning(after))
                running.Remove(id);
            else if (!running.ContainsKey(id))
                running[id] = Environment.TickCount64;
            Settle();
        }
    }

    /// <summary>Serves a connection to a listener of a broker.</summary>
    public async Task ServeAsync(int id, int port, Stream stream, CancellationToken cancel, bool isTls = false)
    {
        if (Silent.Contains(id))
            await Task.Delay(Timeout.Infinite, cancel);
        while (await Frames.ReadAsync(stream, cancel) is { } body)
        {
            var request = new Reader(body);
            short key = request.Short();
            short version = request.Short();
            int correlation = request.Int();
            _ = request.Text();
            request.Flexible = key is 50 or 51;
            request.Tags();
            lock (gate)
                Requests.Add((id, key, version));
            if (!IsAlive(id) || Unknown(key, version) || Listeners(id).Any(l => l.Port == port && l.Protocol != (isTls ? "SSL" : "PLAINTEXT"))
                || (Instead(id, key, version) ?? Answer(id, port, key, version, request)) is not { } answer)
                return; // a version that it does not know
            await stream.WriteAsync(new Writer().Int(correlation).Raw(answer).Frame(), cancel);
        }
    }

    // What changed by itself: who is gone leads nothing and is in sync with nothing, save the last one; who is back catches up.
    private void Settle()
    {
        if (!IsAlive(controller))
            controller = running.Keys.Where(IsAlive).DefaultIfEmpty(-1).First();
        foreach (var partition in topics.Values.SelectMany(t => t))
        {
            var living = partition.InSync.Where(IsAlive).ToList();
            if (living.Count > 0)
                partition.InSync.RemoveAll(id => !living.Contains(id));
            else
                partition.InSync.RemoveRange(1, partition.InSync.Count - 1);
            if (!living.Contains(partition.Leader))
                partition.Leader = living.Count > 0 ? living[0] : -1;
            if (partition.Leader >= 0)
                partition.InSync.AddRange(
                    partition.Replicas.Where(id => !partition.InSync.Contains(id) && IsAlive(id) && !Lagging.Contains(id)
                    && Environment.TickCount64 - running[id] >= CatchUpTime.TotalMilliseconds));
            partition.LeastInSync = Math.Min(partition.LeastInSync, living.Count);
            partition.WasOffline |= partition.Leader < 0;
        }
    }

    private byte[]? Answer(int id, int port, short key, short version, Reader request)
    {
        lock (gate)
        {
            Settle();
            var answer = new Writer(flexible: version >= (key switch { 18 => 3, 35 => 2, 50 or 51 => 0, _ => 9 }));
            var done = (key, version) switch
            {
                (2, 0 or 1) => Ends(id, version, request, answer),
                (3, >= 0 and <= 12) => Metadata(port, version, request, answer),
                (8, 2) => Commit(request, answer),
                (9, 5) => Fetched(request, answer),
                (10, 0) => answer.Short(0).Int(id).Text(host(id)).Int(9092),
                (15, 0) => Described(request, answer),
                (16, 0) => Groups(answer),
                (18, >= 0 and <= 3) => Versions(version, answer),
                (19, 4) => Create(id, request, answer),
                (20, 1) => Delete(id, request, answer),
                (29, 1) => DescribeAcls(request, answer),
                (30, 1) => CreateAcls(request, answer),
                (31, 1) => DeleteAcls(request, answer),
                (32, 0 or 1 or 3) => Describe(id, version, request, answer),
                (35, 1 or 4) => LogDirs(id, version, answer),
                (37, 0) => More(id, request, answer),
                (44, 0) => Alter(request, answer),
                (50, 0) => DescribeScram(request, answer),
                (51, 0) => AlterScram(id, request, answer),
                _ => null,
            };
            return done?.Frame()[4..];
        }
    }

    private Writer Metadata(int port, short version, Reader request, Writer answer)
    {
        bool none = version is >= 1 and < 9 && request.Int() == 0; // an empty list is no topic since version 1
        answer.Tags(); // the end of the answer's head
        if (version >= 3)
            answer.Int(0);
        FakeListener? On(int id) => Listeners(id).FirstOrDefault(l => l.Port == port); // who has no such listener is not told there
        answer.Each(running.Keys.Where(id => IsAlive(id) && !Hidden.Contains(id) && On(id) is not null).ToList(), id =>
        {
            var told = On(id)!;
            answer.Int(id).Text(told.Host).Int(told.Advertised);
            if (version >= 1)
                answer.Text(null);
            answer.Tags();
        });
        if (version >= 2)
            answer.Text(ClusterId);
        if (version >= 1)
            answer.Int(controller);
        answer.Each(none ? [] : topics.Keys.ToList(), topic =>
        {
            answer.Short(0).Text(topic);
            if (version >= 10)
                answer.Long(1).Long(topic.GetHashCode(StringComparison.Ordinal)); // its id
            if (version >= 1)
                answer.Bool(false);
            answer.Each(topics[topic], p => Partition(version, answer, p));
            if (version >= 8)
                answer.Int(int.MinValue);
            answer.Tags();
        });
        if (version is >= 8 and <= 10)
            answer.Int(int.MinValue);
        return answer.Tags();
    }

    private static void Partition(short version, Writer answer, FakePartition p)
    {
        answer.Short(p.Leader < 0 ? 5 : 0).Int(p.Id).Int(p.Leader);
        if (version >= 7)
            answer.Int(1); // the leader's epoch
        answer.Ints(p.Replicas.ToList()).Ints(p.InSync);
        if (version >= 5)
            answer.Ints([]); // copies on dead disks
        answer.Tags();
    }

    private static Writer Versions(short version, Writer answer)
    {
        (int Key, int Min, int Max)[] known =
        [
            (2, 0, 1), (3, 0, 12), (8, 2, 2), (9, 5, 5), (10, 0, 0), (15, 0, 0), (16, 0, 0), (17, 0, 1), (18, 0, 3), (19, 4, 4),
            (20, 1, 1), (29, 1, 1), (30, 1, 1), (31, 1, 1), (32, 0, 3), (35, 1, 4), (36, 0, 2), (37, 0, 0), (44, 0, 0), (50, 0, 0),
            (51, 0, 0),
        ];
        answer.Short(0).Each(known, k => answer.Short(k.Key).Short(k.Min).Short(k.Max).Tags());
        return version >= 1 ? answer.Int(0).Tags() : answer;
    }

    private Writer Ends(int id, short version, Reader request, Writer answer)
    {
        _ = request.Int();
        var asked = request.Each(() => (Topic: request.Text()!, Partitions: request.Each(() =>
        {
            int partition = request.Int();
            bool earliest = request.Long() == -2;
            if (version == 0)
                _ = request.Int();
            return (Id: partition, Earliest: earliest);
        })));
        return answer.Each(asked, t => answer.Text(t.Topic).Each(t.Partitions, wanted =>
        {
            int n = wanted.Id;
            var found = topics.GetValueOrDefault(t.Topic)?.Find(p => p.Id == n);
            int error = found is null ? 3 : found.Leader != id ? 6 : 0;
            answer.Int(n).Short(error);
            if (version >= 1)
                answer.Long(-1).Long(error == 0 ? At(found!, wanted.Earliest) : -1);
            else
                answer.Each(error == 0 ? new[] { At(found!, wanted.Earliest) } : [], offset => answer.Long(offset));
        }));
    }

    private static long At(FakePartition partition, bool earliest) => earliest ? partition.Start : partition.End;

    private Writer Groups(Writer answer) =>
        answer.Short(0).Each(Committed.Keys.Select(c => c.Group).Distinct().ToList(), g => answer.Text(g).Text("consumer"));

    private Writer Described(Reader request, Writer answer) => answer.Each(request.Each(() => request.Text()!), group =>
    {
        bool stands = Committed.Keys.Any(c => c.Group == group);
        int members = Members.GetValueOrDefault(group);
        answer.Short(0).Text(group).Text(members > 0 ? "Stable" : stands ? "Empty" : "Dead").Text("consumer").Text(members > 0 ? "range"
            : "");
        answer.Each(Enumerable.Range(0, members).ToList(),
            n => answer.Text($"member-{n}").Text($"client-{n}").Text("/10.0.0.1").Int(0).Int(0));
    });

    private Writer Fetched(Reader request, Writer answer)
    {
        string group = request.Text()!;
        var own = Committed.Where(c => c.Key.Group == group).GroupBy(c => c.Key.Topic).ToList();
        return answer.Int(0).Each(own,
            t => answer.Text(t.Key).Each(t.ToList(), c => answer.Int(c.Key.Partition).Long(c.Value).Int(-1).Text("").Short(0))).Short(0);
    }

    // The controller judges; what it would refuse in earnest it refuses when it is only asked.
    private Writer Create(int id, Reader request, Writer answer)
    {
        var asked = request.Each(() => (Name: request.Text()!, Partitions: request.Int(), Copies: request.Short(),
            Assigned: request.Each(() => (request.Int(), request.Each(request.Int))),
            Configs: request.Each(() => (Key: request.Text()!, Value: request.Text()))));
        _ = request.Int();
        bool validateOnly = request.Byte() == 1;
        return answer.Int(0).Each(asked, t =>
        {
            int count = t.Partitions < 0 ? 1 : t.Partitions;
            int copies = t.Copies < 0 ? Math.Min(3, running.Count) : t.Copies;
            var (error, words) = id != controller ? (41, "This is not the correct controller for this cluster.")
                : topics.ContainsKey(t.Name) ? (36, $"Topic '{t.Name}' already exists.")
                : copies > running.Count ? (38,
                    $"Unable to replicate the partition {copies} time(s): The target replication factor of {copies} cannot be reached "
                        + $"because only {running.Count} broker(s) are registered.")
                : BadSetting(t.Configs.Select(c => (c.Key, c.Value))) is string bad ? (40, bad) : (0, (string?)null);
            if (error == 0 && !validateOnly)
            {
                Topic(t.Name, [.. Enumerable.Range(0, count)
                    .Select(p => running.Keys.Concat(running.Keys).Skip(p % running.Count).Take(copies).ToArray())]);
                foreach (var (key, value) in t.Configs)
                    Configs[(t.Name, key)] = value!;
                if (SlowToMake)
                    (error, words) = (7, "The request timed out.");
            }

            answer.Text(t.Name).Short(error).Text(words);
        });
    }

    private Writer More(int id, Reader request, Writer answer)
    {
        var asked =
            request.Each(() => (Name: request.Text()!, Count: request.Int(), Assigned: request.Each(() => request.Each(request.Int))));
        _ = request.Int();
        bool validateOnly = request.Byte() == 1;
        return answer.Int(0).Each(asked, t =>
        {
            var partitions = topics.GetValueOrDefault(t.Name);
            var (error, words) = id != controller ? (41, "This is not the correct controller for this cluster.")
                : partitions is null ? (3, "This server does not host this topic-partition.")
                : t.Count <= partitions.Count ? (37,
                    $"Topic currently has {partitions.Count} partitions, which is higher than the requested {t.Count}.")
                    : (0, (string?)null);
            while (error == 0 && !validateOnly && partitions!.Count < t.Count)
                partitions.Add(new FakePartition(t.Name, partitions.Count, partitions[0].Replicas));
            answer.Text(t.Name).Short(error).Text(words);
        });
    }

    private Writer Alter(Reader request, Writer answer)
    {
        var asked = request.Each(() => (Of: request.Byte(), Name: request.Text()!,
            Changes: request.Each(() => (Key: request.Text()!, Op: request.Byte(), Value: request.Text()))));
        bool validateOnly = request.Byte() == 1;
        return answer.Int(0).Each(asked, a =>
        {
            string? bad = BadSetting(a.Changes.Where(c => c.Op == 0).Select(c => (c.Key, c.Value)));
            foreach (var (key, op, value) in validateOnly || bad is not null ? [] : a.Changes)
            {
                if (op == 0)
                    Configs[(a.Name, key)] = value!;
                else
                    Configs.Remove((a.Name, key));
            }

            answer.Short(bad is null ? 0 : 40).Text(bad).Raw(a.Of).Text(a.Name);
        });
    }

    private static string? BadSetting(IEnumerable<(string Key, string? Value)> settings)
    {
        string[] known = ["cleanup.policy", "retention.ms", "retention.bytes", "min.insync.replicas", "max.message.bytes", "segment.bytes"];
        foreach (var (key, value) in settings)
        {
            if (!known.Contains(key))
                return $"Unknown topic config name: {key}";
            if (key.EndsWith(".ms", StringComparison.Ordinal) && !long.TryParse(value, CultureInfo.InvariantCulture, out _))
                return $"Invalid value {value} for configuration {key}: Not a number of type LONG";
        }

        return null;
    }

    private Writer Commit(Reader request, Writer answer)
    {
        string group = request.Text()!;
        _ = (request.Int(), request.Text(), request.Long());
        var given = request.Each(() => (Topic: request.Text()!,
            Partitions: request.Each(() => (Id: request.Int(), Offset: request.Long(), Note: request.Text()))));
        foreach (var (topic, partitions) in given)
        {
            foreach (var (partition, offset, _) in partitions)
                Committed[(group, topic, partition)] = offset;
        }

        return answer.Each(given, t => answer.Text(t.Topic).Each(t.Partitions, p => answer.Int(p.Id).Short(0)));
    }

    private Writer Delete(int id, Reader request, Writer answer)
    {
        var names = request.Each(() => request.Text()!);
        return answer.Int(0).Each(names, name =>
        {
            short error = RemovalErrors.TryDequeue(out short told) ? told
                : id != controller ? (short)41 : topics.ContainsKey(name) ? (short)0 : (short)3;
            if (error == 0)
                topics.Remove(name);
            answer.Text(name).Short(error);
        });
    }

    private string? OwnSetting(int id, string key)
    {
        string Joined(Func<FakeListener, string> write) => string.Join(',', Listeners(id).Select(write));
        return key switch
        {
            "listeners" => Joined(l => $"{l.Name}://:{l.Port}"),
            "advertised.listeners" => Joined(l => $"{l.Name}://{l.Host}:{l.Advertised}"),
            "listener.security.protocol.map" => Joined(l => $"{l.Name}:{l.Protocol}"),
            _ => null,
        };
    }

    private Writer Describe(int id, short version, Reader request, Writer answer)
    {
        var asked = request.Each(() => (Of: request.Byte(), Name: request.Text()!, Keys: request.Each(() => request.Text()!)));
        return answer.Int(0).Each(asked, a =>
        {
            bool isTopic = a.Of == 2;
            // No list of keys asks for all of them.
            var keys = a.Keys.Count > 0 ? a.Keys
                : [.. Configs.Keys.Where(c => c.Topic == "" || (isTopic && c.Topic == a.Name)).Select(c => c.Key).Distinct()];
            var values = keys.Select(k => (Key: k, Value: (isTopic ? Configs.GetValueOrDefault((a.Name, k)) : null)
                ?? Configs.GetValueOrDefault(("", k)) ?? (isTopic ? null : OwnSetting(id, k)))).Where(v => v.Value is not null).ToList();
            if (!isTopic && a.Name != $"{id}")
            {
                answer.Short(42).Text($"Unexpected broker id, expected {id} or empty string, but received {a.Name}").Raw(a.Of).Text(a.Name)
                    .Each(Array.Empty<int>(), _ => { });
                return;
            }

            answer.Short(isTopic && !topics.ContainsKey(a.Name) ? 3 : 0).Text(null).Raw(a.Of).Text(a.Name).Each(values, v =>
            {
                bool own = isTopic && Configs.ContainsKey((a.Name, v.Key));
                bool secret = Sensitive.Contains((a.Name, v.Key));
                answer.Text(v.Key).Text(secret ? null : v.Value).Bool(false).Raw(own ? (byte)1 : (byte)5).Bool(secret);
                if (version >= 1)
                    answer.Int(0);
                if (version >= 3)
                    answer.Raw(2).Text($"What {v.Key} is for.");
            });
        });
    }

    private Writer DescribeScram(Reader request, Writer answer)
    {
        var asked = request.Maybe(() => Named(request)) ?? [.. Scram.Keys];
        return answer.Tags().Int(0).Short(ScramError).Text(ScramError == 0 ? null : "not for you").Each(ScramError == 0 ? asked : [], user =>
        {
            var own = Scram.Where(s => s.Key == user).Select(s => s.Value.Iterations).ToList();
            answer.Text(user).Short(own.Count > 0 ? 0 : 91)
                .Text(own.Count > 0 ? null : $"Attempt to describe a user credential that does not exist: {user}")
                .Each(own, iterations => answer.Raw(2).Int(iterations).Tags()).Tags();
        }).Tags();
    }

    private static string Named(Reader request)
    {
        string name = request.Text()!;
        request.Tags();
        return name;
    }

    private Writer AlterScram(int id, Reader request, Writer answer)
    {
        var results = new List<(string User, short Error)>();
        var gone = request.Each(() => (User: request.Text()!, Mechanism: request.Byte(), End: request.Tags()));
        foreach (var (user, mechanism, _) in gone)
            results.Add((user, id != controller ? (short)41 : mechanism == 2 && Scram.Remove(user) ? (short)0 : (short)91));
        var told = request.Each(() => (User: request.Text()!, Mechanism: request.Byte(), Iterations: request.Int(),
            Salt: request.Buffer()!, Salted: request.Buffer()!, End: request.Tags()));
        foreach (var (user, mechanism, iterations, salt, salted, _) in told)
        {
            short error = id != controller ? (short)41 : mechanism != 2 ? (short)33 : iterations is < 4096 or > 16384 ? (short)93 : (short)0;
            if (error == 0)
                Scram[user] = (salt, salted, iterations);
            results.Add((user, error));
        }

        return answer.Tags().Int(0).Each(results, r => answer.Text(r.User).Short(r.Error).Text(null).Tags()).Tags();
    }

    // A filter says 1 for any number, and nothing for any text.
    private static Func<FakeAcl, bool> AclFilter(Reader request)
    {
        var (resource, name, pattern, principal, host, operation, permission) = (request.Byte(), request.Text(), request.Byte(),
            request.Text(), request.Text(), request.Byte(), request.Byte());
        return a => (resource == 1 || resource == a.Resource) && (name ?? a.Name) == a.Name && (pattern == 1 || pattern == a.Pattern)
            && (principal ?? a.Principal) == a.Principal && (host ?? a.Host) == a.Host && (operation == 1 || operation == a.Operation)
            && (permission == 1 || permission == a.Permission);
    }

    private Writer DescribeAcls(Reader request, Writer answer)
    {
        var found = Acls.Where(AclFilter(request)).GroupBy(a => (a.Resource, a.Name, a.Pattern)).ToList();
        return answer.Int(0).Short(0).Text(null).Each(found, g => answer.Raw(g.Key.Resource).Text(g.Key.Name).Raw(g.Key.Pattern)
            .Each(g.ToList(), a => answer.Text(a.Principal).Text(a.Host).Raw(a.Operation, a.Permission)));
    }

    private Writer CreateAcls(Reader request, Writer answer)
    {
        var asked = request.Each(() => new FakeAcl(request.Byte(), request.Text()!, request.Byte(), request.Text()!, request.Text()!,
            request.Byte(), request.Byte()));
        foreach (var acl in asked.Where(a => !Acls.Contains(a)))
            Acls.Add(acl);
        return answer.Int(0).Each(asked, _ => answer.Short(0).Text(null));
    }

    private Writer DeleteAcls(Reader request, Writer answer)
    {
        var asked = request.Each(() => AclFilter(request));
        return answer.Int(0).Each(asked, filter =>
        {
            var gone = Acls.Where(filter).ToList();
            Acls.RemoveAll(gone.Contains);
            answer.Short(0).Text(null).Each(gone, a => answer.Short(0).Text(null).Raw(a.Resource).Text(a.Name).Raw(a.Pattern)
                .Text(a.Principal).Text(a.Host).Raw(a.Operation, a.Permission));
        });
    }

    private Writer LogDirs(int id, short version, Writer answer)
    {
        var own = topics.Where(t => t.Value.Exists(p => p.Replicas.Contains(id))).ToList();
        answer.Tags().Int(0); // the end of the answer's head
        if (version >= 3)
            answer.Short(0);
        answer.Each(["/data"], dir =>
        {
            answer.Short(0).Text(dir).Each(own, t => answer.Text(t.Key)
                .Each(t.Value.Where(p => p.Replicas.Contains(id)).ToList(), p => answer.Int(p.Id).Long(p.End).Long(0).Bool(false).Tags())
                .Tags());
            if (version >= 4)
                answer.Long(Volume.Total).Long(Volume.Usable);
            answer.Tags();
        });
        return answer.Tags();
    }
}
