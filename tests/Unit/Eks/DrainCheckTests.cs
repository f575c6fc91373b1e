using System.Text.Json.Nodes;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Eks;
using Xunit;

namespace KafkaK8s.Tests.Unit.Eks;

public sealed class GroupTenantsTests
{
    private const string Broker =
        """{"app.kubernetes.io/name":"kafka","app.kubernetes.io/instance":"demo","app.kubernetes.io/part-of":"kafkak8s"}""";

    [Fact]
    public void Nobody_lives_there() => Assert.Empty(Obstacles([Node("n1", "old", "a")], [], [], []));

    [Fact]
    public void A_broker_without_another_node_holds_its_group()
    {
        string line = Assert.Single(Obstacles([Node("n1", "old", "a"), Node("n2", "new", "b")], [Pod("demo-kafka-0", "n1")], [], []));
        Assert.Equal("broker kafka/demo-kafka-0 on n1 has no other node in a that takes it", line);
    }

    [Fact]
    public void A_broker_with_another_node_in_its_zone_can_move() =>
        Assert.Empty(Obstacles([Node("n1", "old", "a"), Node("n2", "new", "a")], [Pod("demo-kafka-0", "n1")], [], []));

    [Theory]
    [InlineData("""{"labels":{"dedicated":"kafka","topology.kubernetes.io/zone":"b"}}""")] // another zone: its volume stays here
    [InlineData("""{"labels":{"topology.kubernetes.io/zone":"a"}}""")] // not the label that the pod selects
    [InlineData("""{"labels":{"dedicated":"kafka","topology.kubernetes.io/zone":"a"},"unschedulable":true}""")]
    [InlineData("""{"labels":{"dedicated":"kafka","topology.kubernetes.io/zone":"a"},"ready":"Unknown"}""")]
    [InlineData("""{"labels":{"dedicated":"kafka","topology.kubernetes.io/zone":"a"},"taints":[{"key":"spot","value":"x","effect":"NoSchedule"}]}""")]
    // leaves as well
    [InlineData("""{"labels":{"dedicated":"kafka","topology.kubernetes.io/zone":"a","eks.amazonaws.com/nodegroup":"old2"}}""")]
    public void A_node_that_does_not_take_it_is_none(string node) =>
        Assert.Single(
            new DrainCheck(["old", "old2"], [Node("n1", "old", "a"), Node("n2", node)], [Pod("demo-kafka-0", "n1")], [], []).Obstacles());

    [Theory]
    [InlineData("""{"key":"dedicated","operator":"Equal","value":"kafka","effect":"NoSchedule"}""", true)]
    [InlineData("""{"key":"dedicated","operator":"Exists"}""", true)]
    [InlineData("""{"operator":"Exists"}""", true)]
    [InlineData("""{"key":"dedicated","operator":"Equal","value":"web","effect":"NoSchedule"}""", false)]
    [InlineData("""{"key":"dedicated","operator":"Equal","value":"kafka","effect":"NoExecute"}""", false)]
    [InlineData("""{"key":"other","operator":"Exists"}""", false)]
    public void Taints_are_borne_or_not(string toleration, bool moves)
    {
        var pod = Pod("demo-kafka-0", "n1");
        pod["spec"]!["tolerations"] = new JsonArray(JsonNode.Parse(toleration));
        Assert.Equal(moves ? 0 : 1, Obstacles([Node("n1", "old", "a"), Node("n2", "new", "a")], [pod], [], []).Count);
    }

    [Fact]
    public void A_broker_whose_data_lies_on_the_node_stays()
    {
        var pod = Pod("demo-kafka-0", "n1");
        pod["spec"]!["volumes"] = new JsonArray(Json.Object("""{"name":"data","emptyDir":{}}"""));
        Assert.Contains("keeps its data on the node itself",
            Assert.Single(Obstacles([Node("n1", "old", "a"), Node("n2", "new", "a")], [pod], [], [])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pod_that_nobody_would_make_anew_stays()
    {
        var pod = Pod("job", "n1", "{}", owner: null);
        Assert.Equal("pod kafka/job on n1 has no owner that would create it again",
            Assert.Single(Obstacles([Node("n1", "old", "a")], [pod], [], [])));
    }

    [Fact]
    public void Others_go_by_their_own_rules() => Assert.Empty(Obstacles([Node("n1", "old", "a")], [Pod("web-0", "n1", "{}")], [], []));

    [Fact]
    public void A_drain_passes_over_what_belongs_to_the_node()
    {
        var mirror = Pod("mirror", "n1", "{}");
        mirror["metadata"]!["annotations"] = Json.Object("""{"kubernetes.io/config.mirror":"x"}""");
        var ended = Pod("ended", "n1", "{}", owner: null);
        ended["status"] = Json.Object("""{"phase":"Succeeded"}""");
        var tenants = new DrainCheck(["old"], [Node("n1", "old", "a")],
            [Pod("web", "n1", "{}"), Pod("daemon", "n1", "{}", "DaemonSet"), mirror, ended, Pod("elsewhere", "n2", "{}")], [], []);
        Assert.Equal("web", Assert.Single(tenants.Evicted("n1"))["metadata"]!["name"]!.ToString());
        Assert.Empty(tenants.Obstacles());
    }

    [Fact]
    public void A_kept_volume_holds_the_last_group_of_its_zone()
    {
        var (volume, claim) = Volume("a");
        string line = Assert.Single(Obstacles([Node("n1", "old", "a"), Node("n2", "new", "b")], [], [volume], [claim]));
        Assert.Equal("volume pv-0 of kafka/data-demo-kafka-0 (cluster demo) can be used in a alone, where no other node for Kafka is",
            line);
        Assert.Empty(Obstacles([Node("n1", "old", "a"), Node("n2", "new", "a")], [], [volume], [claim]));
        Assert.Empty(Obstacles([Node("n1", "old", "b"), Node("n2", "new", "b")], [], [volume], [claim])); // not of these zones
    }

    [Fact]
    public void The_volume_of_a_pod_on_another_group_is_left_out()
    {
        var (volume, claim) = Volume("a");
        Assert.Empty(Obstacles([Node("n1", "old", "a"), Node("n2", """{"labels":{"topology.kubernetes.io/zone":"a"}}""")],
            [Pod("demo-kafka-0", "n2")], [volume], [claim]));
    }

    [Fact]
    public void A_volume_on_the_nodes_own_disk_holds_it()
    {
        var (volume, claim) = Volume("n1", "kubernetes.io/hostname");
        Assert.Contains("lies on the node n1 itself", Assert.Single(Obstacles([Node("n1", "old", "a"), Node("n2", "new", "a")],
            [Pod("demo-kafka-0", "n1")], [volume], [claim])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_volume_that_other_nodes_see_too_can_move()
    {
        var (volume, claim) = Volume("n1", "kubernetes.io/hostname");
        volume["spec"]!["nodeAffinity"]!["required"]!["nodeSelectorTerms"]![0]!["matchExpressions"]![0]!["values"]!.AsArray().Add("n2");
        Assert.Empty(Obstacles([Node("n1", "old", "a"), Node("n2", "new", "a")], [Pod("demo-kafka-0", "n1")], [volume], [claim]));
    }

    [Fact]
    public void Volumes_of_others_are_none_of_ours()
    {
        var (volume, claim) = Volume("a");
        claim["metadata"]!["labels"] = new JsonObject();
        Assert.Empty(Obstacles([Node("n1", "old", "a")], [], [volume], [claim]));
    }

    [Theory]
    [InlineData(new[] { 0, 1, 2 }, 2, false)]
    [InlineData(new[] { 0, 1 }, 2, true)] // one copy lags already
    [InlineData(new[] { 1, 2 }, 2, false)] // this broker's copy is the one that lags
    [InlineData(new[] { 0, 1, 2 }, 3, true)]
    [InlineData(new[] { 0 }, 1, true)]
    public void Copies_in_sync_while_broker_0_is_away(int[] inSync, int minInSync, bool below) =>
        Assert.Equal(below ? 1 : 0,
            DrainCheck.BelowMinInSync([new PartitionView("t", 0, inSync[0], [0, 1, 2], inSync)], 0, _ => minInSync).Count);

    [Fact]
    public void A_topics_own_demand_counts()
    {
        PartitionView[] partitions = [new("own", 0, 0, [0, 1, 2], [0, 1]), new("other", 0, 0, [0, 1, 2], [0, 1])];
        Assert.Equal("own", Assert.Single(DrainCheck.BelowMinInSync(partitions, 0, topic => topic == "own" ? 2 : 1)).Topic);
    }

    [Fact]
    public void A_topic_of_one_copy_would_have_no_leader() =>
        Assert.Single(DrainCheck.BelowMinInSync([new PartitionView("t", 0, 0, [0], [0])], 0, _ => 2));

    private static IReadOnlyList<string> Obstacles(JsonObject[] nodes, JsonObject[] pods, JsonObject[] volumes, JsonObject[] claims) =>
        new DrainCheck(["old"], nodes, pods, volumes, claims).Obstacles();

    private static JsonObject Node(string name, string group, string zone) =>
        Node(name,
            $$"""{"labels":{"eks.amazonaws.com/nodegroup":"{{group}}","topology.kubernetes.io/zone":"{{zone}}","dedicated":"kafka"},"taints":[{"key":"dedicated","value":"kafka","effect":"NoSchedule"}]}""");

    private static JsonObject Node(string name, string rest)
    {
        var r = Json.Object(rest);
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = r["labels"]!.DeepClone() },
            ["spec"] = new JsonObject { ["taints"] = r["taints"]?.DeepClone(), ["unschedulable"] = r["unschedulable"]?.DeepClone() },
            ["status"] = Json.Object($$"""{"conditions":[{"type":"Ready","status":"{{(string?)r["ready"] ?? "True"}}"}]}"""),
        };
    }

    private static JsonObject Pod(string name, string node, string labels = Broker, string? owner = "StatefulSet") => new()
    {
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["namespace"] = "kafka",
            ["labels"] = JsonNode.Parse(labels),
            ["ownerReferences"] = owner is null ? null : new JsonArray(new JsonObject { ["kind"] = owner }),
        },
        ["spec"] = new JsonObject
        {
            ["nodeName"] = node,
            ["nodeSelector"] = new JsonObject { ["dedicated"] = "kafka" },
            ["tolerations"] =
                new JsonArray(Json.Object("""{"key":"dedicated","operator":"Equal","value":"kafka","effect":"NoSchedule"}""")),
        },
        ["status"] = new JsonObject { ["phase"] = "Running" },
    };

    private static (JsonObject Volume, JsonObject Claim) Volume(string value, string key = "topology.ebs.csi.aws.com/zone") => (
        new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "pv-0" },
            ["spec"] = new JsonObject
            {
                ["claimRef"] = new JsonObject { ["namespace"] = "kafka", ["name"] = "data-demo-kafka-0" },
                ["nodeAffinity"] = new JsonObject
                {
                    ["required"] =
                    new JsonObject
                    {
                        ["nodeSelectorTerms"] = new JsonArray(new JsonObject
                        {
                            ["matchExpressions"] =
                        new JsonArray(new JsonObject { ["key"] = key, ["operator"] = "In", ["values"] = new JsonArray(value) })
                        })
                    }
                },
            },
        },
        new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = "data-demo-kafka-0",
                ["namespace"] = "kafka",
                ["labels"] = JsonNode.Parse(Broker)
            }
        });
}
