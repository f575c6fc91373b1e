using System.Globalization;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.ZooKeeper;

namespace KafkaK8s.Tests.Unit.ZooKeeper;

/// <summary>Ensembles for tests, in a short hand.</summary>
internal static class Ensembles
{
    public static readonly ClusterNames Names = new("demo");

    /// <summary>
    /// One word a pod, by ordinal: <c>L</c> leader, <c>F</c> follower, <c>f</c> follower far behind, <c>D</c> pod that does not answer,
    /// <c>T</c> pod that is ending, <c>-</c> no pod, <c>A</c> pod that
    /// lives and is in no quorum, <c>R</c> ready pod that does not answer, <c>o</c> follower that goes by an older configuration.
    /// </summary>
    /// <param name="pods">The words.</param>
    /// <param name="members">Ids of those who vote.</param>
    /// <param name="replicas">What the set is to have; the number of words where it is not given.</param>
    public static EnsembleView View(string pods, int[] members, int? replicas = null)
    {
        var config = new EnsembleConfig(0x200000001,
            [.. members.Select(id => new ConfigMember(id, Names.ServerOfId(id).Host(Names, "ns"), "participant"))]);
        var looks = pods.Select((c, i) => (c, i)).Where(p => p.c != '-')
            .Select(p => new ServerProbe(Names.Server(p.i), Pod(p.i, p.c), Answer(p.c, config)));
        return EnsembleView.Build(Names, "ns", Set(replicas ?? pods.Length), looks, ["data-demo-zk-0", "data-demo-zk-1"],
            ["demo-zk-0", "demo-zk-1"]);
    }

    private static ServerAnswer Answer(char c, EnsembleConfig config) => c switch
    {
        'L' => new("leader", 0x200000f00, config) { Alive = true, SyncedFollowers = 2 },
        'F' => new("follower", 0x200000efe, config) { Alive = true },
        'A' => new("", null, null) { Alive = true },
        'f' => new("follower", 0x200000001, config) { Alive = true },
        'o' => new("follower", 0x200000efe, config with { Version = 0x100000000 }) { Alive = true },
        _ => ServerAnswer.None,
    };

    public static JsonObject Set(int replicas) => Json.Object($$"""
        { "kind": "StatefulSet", "metadata": { "name": "demo-zk", "uid": "s", "labels": { "app.kubernetes.io/part-of": "kafkak8s" } }, "spec": { "replicas": {{replicas.ToString(CultureInfo.InvariantCulture)}} } }
        """);

    private static JsonObject Pod(int ordinal, char c) => Json.Object($$"""
        { "metadata": { "name": "demo-zk-{{ordinal}}", "uid": "p{{ordinal}}"{{(c == 'T' ? ", \"deletionTimestamp\": \"2026-01-01T00:00:00Z\"" : "")}} },
          "status": { "phase": "Running", "conditions": [ { "type": "Ready", "status": "{{(char.IsLetter(c) && c is not ('D' or 'A') ? "True" : "False")}}" } ], "containerStatuses": [ { "restartCount": 1 } ] } }
        """);
}
