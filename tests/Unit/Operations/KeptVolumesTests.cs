using KafkaK8s.Core.Model;
using KafkaK8s.Core.Operations;
using Xunit;

namespace KafkaK8s.Tests.Unit.Operations;

public sealed class KeptVolumesTests
{
    private static readonly ClusterNames Names = new("demo");

    // A volume each: b = a broker's, z = a server's; ordinal : broker id : cluster ids : members.
    [Theory]
    [InlineData("", 3, null)]
    [InlineData("b0:0:A b1:1:A b2:2:A z0::A:123 z1::A:123 z2::A:123", 3, null)]
    [InlineData("b0:: b1:: z0::: z1:::", 3, null)] // never used
    [InlineData("z0::A:123 z1::A:123 z2::A:123", 3, null)] // the brokers' are gone: told as a warning
    [InlineData("z0:::123 z1:::123", 3, null)] // a majority is there
    [InlineData("b0:0:A z0::A+B:1", 1, null)] // ZooKeeper remembers an older id too
    [InlineData("b0:1:A b1:0:A z0::A:1", 1, "data-demo-kafka-0 holds the data of broker 1")]
    [InlineData("b0:0:A b1:1:B z0::A:1", 1, "different clusters (data-demo-kafka-0: A, data-demo-kafka-1: B)")]
    [InlineData("b0:0:A b1:1:B b2:: z0::A:1", 1, "data-demo-kafka-2: no id")]
    [InlineData("b0:0:A", 3, "ZooKeeper's volumes are gone")]
    [InlineData("b0:0:A z0:::1", 1, "know of no cluster")]
    [InlineData("b0:0:A z0::B:1", 1, "ZooKeeper's to B")]
    [InlineData("z0:::123 z1:::123 z2:::123", 5, "give -ZooKeeperCount 3")]
    [InlineData("z0:::12345 z1:::123 z2:::12345 z3:::12345 z4:::12345", 3, "give -ZooKeeperCount 5")]
    [InlineData("z0:::123", 3, "only 1 of the ensemble's 3")]
    [InlineData("z0:::123 z1::: z2:::", 3, "only 1 of the ensemble's 3")] // two new ones beside it
    [InlineData("z0:::1234 z1:::1234", 4, "only 2 of the ensemble's 4")] // half is no majority
    [InlineData("z0:::1234 z1:::1234 z2:::1234", 4, null)]
    public void Misfit(string volumes, int servers, string? why)
    {
        string? found = KeptVolumes.Misfit([.. volumes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Volume)], servers);
        if (why is null)
            Assert.Null(found);
        else
            Assert.Contains(why, found, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_a_brokers_volume()
    {
        var volume = KeptVolumes.Parse("data-demo-kafka-12", "broker.id=12\ncluster.id=AbC-_x==\n", Names);
        Assert.Equal(("data-demo-kafka-12", 12, true, 12), (volume.Claim, volume.Node.NodeId, volume.IsBroker, volume.BrokerId));
        Assert.Equal(["AbC-_x=="], volume.ClusterIds);
        Assert.Empty(volume.Members);
    }

    [Fact]
    public void Reads_a_servers_volume()
    {
        var volume = KeptVolumes.Parse("data-demo-zk-0", "server.1\nserver.2\nserver.10\nserver.2\nzk.id=A\nzk.id=B\nzk.id=A\n", Names);
        Assert.Equal(("demo-zk-0", false, null), (volume.Node.Pod, volume.IsBroker, volume.BrokerId));
        Assert.Equal(["A", "B"], volume.ClusterIds);
        Assert.Equal([1, 2, 10], volume.Members);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("broker.id=\n")]
    [InlineData("unknown=1\r\n")]
    public void Reads_an_empty_volume(string found)
    {
        var volume = KeptVolumes.Parse("data-demo-kafka-0", found, Names);
        Assert.Null(volume.BrokerId);
        Assert.Empty(volume.ClusterIds);
        Assert.Empty(volume.Members);
    }

    [Fact]
    public void Line_ends_of_any_sort_are_taken() =>
        Assert.Equal(["A"], KeptVolumes.Parse("data-demo-kafka-0", "broker.id=0\r\ncluster.id=A\r\n", Names).ClusterIds);

    private const string Whole =
        """{"name":"volume-reader","state":{"terminated":{"exitCode":0,"message":"read=begin\nserver.1\nread=end\n"}}}""";
    private const string Sidecar = """{"name":"istio-proxy","state":{"running":{}}}""";

    // Only a whole answer is one: what could not be read must never be taken for an empty volume.
    [Theory]
    [InlineData("Succeeded", Whole, "server.1", null)]
    [InlineData("Running", $"{Sidecar},{Whole}", "server.1", null)] // a sidecar never ends
    [InlineData("Running", $"{Whole},{Sidecar}", "server.1", null)]
    [InlineData("Pending", "", null, null)]
    [InlineData("Running", """{"name":"volume-reader","state":{"running":{}}}""", null, null)]
    [InlineData("Running",
        """{"name":"istio-proxy","state":{"terminated":{"exitCode":0}}},{"name":"volume-reader","state":{"running":{}}}""", null, null)]
    [InlineData("Succeeded", """{"name":"volume-reader","state":{"terminated":{"exitCode":0}}}""", null, "without an answer")]
    [InlineData("Succeeded", """{"name":"volume-reader","state":{"terminated":{"exitCode":0,"message":"read=begin\nserver.1"}}}""", null,
        "without an answer")]
    // cut by Kubernetes
    [InlineData("Succeeded", """{"name":"volume-reader","state":{"terminated":{"exitCode":0,"message":"server.1\nread=end"}}}""", null,
        "without an answer")]
    [InlineData("Failed",
        """{"name":"volume-reader","state":{"terminated":{"exitCode":1,"message":"read=begin\nuser 1000 may not read /volume/zk\n"}}}""",
        null, "user 1000 may not read /volume/zk")]
    [InlineData("Failed", """{"name":"volume-reader","state":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}""", null,
        "out of memory")]
    [InlineData("Failed", "", null, "failed (Evicted: The node was low on memory.)")]
    public void An_answer(string phase, string containers, string? found, string? why)
    {
        var pod =
            Json.Object(
                $$"""{"metadata":{"name":"data-demo-zk-0-reader","labels":{"app.kubernetes.io/name":"volume-reader"} },"status":{"phase":"{{phase}}","reason":"Evicted","message":"The node was low on memory.","containerStatuses":[{{containers}}]} }""");
        var answer = KeptVolumes.Answer(pod);
        Assert.Equal(found is null, answer.Found is null);
        Assert.Contains(found ?? "", answer.Found ?? "", StringComparison.Ordinal);
        Assert.Equal(why is null, answer.Why is null);
        Assert.Contains(why ?? "", answer.Why ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_that_is_gone_has_not_answered() =>
        Assert.Contains("was deleted", KeptVolumes.Answer(null).Why, StringComparison.Ordinal);

    // The script itself, on a folder. A folder in the place of a file is what even root cannot read.
    [Theory]
    [InlineData("", 0, "")]
    [InlineData("log/other=x log/meta.properties=broker.id=2;cluster.id=A", 0, "broker.id=2,cluster.id=A")]
    [InlineData("log/meta.properties=version=1", 0, "")]
    [InlineData("conf/zoo.cfg=dynamicConfigFile=/data/conf/zoo.cfg.dynamic.1 conf/zoo.cfg.dynamic.1=server.1=a;server.2=b "
        + "zk/version-2/log.1={\"version\":\"1\",\"id\":\"A\"}", 0, "server.1,server.2,zk.id=A")]
    [InlineData("conf/zoo.cfg=tickTime=2000 zk/version-2/acceptedEpoch=1", 0, "")]
    [InlineData("log/meta.properties/x=1", 1, null)]
    [InlineData("conf/zoo.cfg/x=1", 1, null)]
    [InlineData("zk/version-2/log.1/x=1", 1, null)]
    public async Task The_script_says_all_or_fails(string files, int exit, string? found)
    {
        var folder = Directory.CreateTempSubdirectory("kafkak8s-reader");
        try
        {
            foreach (string file in files.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] parts = file.Split('=', 2);
                string path = Path.Combine(folder.FullName, parts[0]);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await File.WriteAllTextAsync(path, parts[1].Replace(';', '\n') + "\n");
            }

            string message = Path.Combine(folder.FullName, "message");
            string script = KeptVolumes.Script.Replace("/dev/termination-log", message, StringComparison.Ordinal).Replace("/volume",
                folder.FullName, StringComparison.Ordinal);
            using var bash = System.Diagnostics.Process.Start("bash", ["-c", script]);
            await bash.WaitForExitAsync();
            string[] lines = await File.ReadAllLinesAsync(message);
            Assert.True(exit == bash.ExitCode, string.Join('\n', lines));
            Assert.Equal("read=begin", lines[0]);
            if (found is null)
                Assert.DoesNotContain("read=end", lines);
            else
                Assert.Equal([.. found.Split(',', StringSplitOptions.RemoveEmptyEntries), "read=end"], lines[1..]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("""{"key":"kubernetes.io/hostname","operator":"In","values":["n3"]}""", "n3")]
    [InlineData("""{"key":"topology.kubernetes.io/zone","operator":"In","values":["eu-1a"]}""", "")] // it moves within its zone
    [InlineData("", "")]
    public void The_node_of_a_volume(string expression, string node) => Assert.Equal(node, string.Join(',', LostVolumes.Hosts(
        Json.Object($$"""{"spec":{"nodeAffinity":{"required":{"nodeSelectorTerms":[{"matchExpressions":[{{expression}}]}]} } } }"""))));

    private static KeptVolume Volume(string text)
    {
        string[] parts = text.Split(':');
        bool broker = text[0] == 'b';
        int ordinal = text[1] - '0';
        string claim = $"data-demo-{(broker ? "kafka" : "zk")}-{ordinal}";
        return new KeptVolume(
            claim, Names.NodeOfClaim(claim)!, parts[1].Length == 0 ? null : parts[1][0] - '0',
            parts[2].Split('+', StringSplitOptions.RemoveEmptyEntries), [.. parts.ElementAtOrDefault(3)?.Select(c => c - '0') ?? []]);
    }
}
