using System.Text.Json.Nodes;

namespace KafkaK8s.Tests.Unit.Kubernetes;

/// <summary>Live objects as a server shows them, as text to build upon.</summary>
internal static class LiveTrees
{
    public const string Running =
        """{"phase":"Running","conditions":[{"type":"PodScheduled","status":"True"},{"type":"Ready","status":"True"}],"containerStatuses":[{"name":"kafka","ready":true,"started":true,"state":{"running":{"startedAt":"2026-11-22T10:00:00Z"}}}]}""";

    public const string Starting =
        """{"phase":"Running","conditions":[{"type":"PodScheduled","status":"True"},{"type":"Ready","status":"False","reason":"ContainersNotReady"}],"containerStatuses":[{"name":"kafka","ready":false,"started":false,"state":{"running":{}}}]}""";

    public const string Unscheduled =
        """{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/3 nodes are available: 3 Insufficient memory."}]}""";

    /// <summary>A pod of a set whose uid is the set's name.</summary>
    public static JsonObject Pod(string name, string status = Running, string revision = "r1", bool terminating = false,
        string? uid = null) => Json.Object($$"""
        {
          "kind": "Pod",
          "metadata": {
            "name": "{{name}}", "namespace": "shop", "uid": "{{uid ?? name}}", "creationTimestamp": "2026-11-22T10:00:00Z", {{Deleted(terminating)}}
            "labels": { {{Labels(name)}}, "controller-revision-hash": "{{revision}}" },
            "ownerReferences": [{ "kind": "StatefulSet", "uid": "{{name[..name.LastIndexOf('-')]}}" }]
          },
          "status": {{status}}
        }
        """);

    /// <summary>A set whose uid is its name.</summary>
    public static JsonObject Set(string name, int replicas = 3, int? ready = null, int generation = 1, int observed = 1,
        string revision = "r1", bool terminating = false) => Json.Object($$"""
        {
          "kind": "StatefulSet",
          "apiVersion": "apps/v1",
          "metadata": {
            "name": "{{name}}", "namespace": "shop", "uid": "{{name}}", "generation": {{generation}}, "creationTimestamp": "2026-11-22T09:00:00Z", {{Deleted(terminating)}}
            "labels": { {{Labels(name)}} }
          },
          "spec": { "replicas": {{replicas}}, "template": { "spec": { "containers": [{ "image": "{{(IsServer(name) ? "docker.io/x/zookeeper:3.8.6" : "docker.io/x/kafka:3.9.2")}}" }] } } },
          "status": { "observedGeneration": {{observed}}, "replicas": {{replicas}}, "readyReplicas": {{ready ?? replicas}}, "updateRevision": "{{revision}}" }
        }
        """);

    /// <summary>A pod's status with one container in a state.</summary>
    public static string Container(string state, string lastState = "{}") =>
        $$"""{"phase":"Running","conditions":[{"type":"PodScheduled","status":"True"},{"type":"Ready","status":"False"}],"containerStatuses":[{"name":"kafka","ready":false,"started":false,"state":{{state}},"lastState":{{lastState}} }]}""";

    private static bool IsServer(string name) => name.Contains("zk", StringComparison.Ordinal);

    private static string Deleted(bool terminating) => terminating ? "\"deletionTimestamp\": \"2026-11-22T11:00:00Z\"," : "";

    private static string Labels(string name) =>
        $"\"app.kubernetes.io/name\": \"{(IsServer(name) ? "zookeeper" : "kafka")}\", \"app.kubernetes.io/instance\": \"demo\", "
            + $"\"app.kubernetes.io/part-of\": \"kafkak8s\"";
}
