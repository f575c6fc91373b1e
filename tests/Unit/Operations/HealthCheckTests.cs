using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.ZooKeeper;
using KafkaK8s.Tests.Unit.Engines;
using Xunit;

namespace KafkaK8s.Tests.Unit.Operations;

/// <summary>Each check of Test-KafkaCluster: well on a cluster as New-KafkaCluster makes it, found when one fact is broken.</summary>
public sealed class HealthCheckTests(HealthyCluster healthy) : IClassFixture<HealthyCluster>
{
    // In the order in which they are read: a check that gets lost fails here.
    private static readonly string[] Checks =
    [
        "PodsReady", "PodRestarts", "BrokersAnswer", "BrokersAgree", "OneController", "PartitionsAvailable", "PartitionsWritable",
        "PartitionsInSync", "LeadersBalanced",
        "ReplicationFactor", "MinInSyncReplicas", "UncleanElection", "SinglePartition", "ZooKeeperQuorum", "ZooKeeperInSync",
        "ZooKeeperSize", "ZooKeeperAutopurge",
        "NodeSpread", "ZoneSpread", "CopySpread", "DisruptionBudgets", "PersistentData", "VolumesBound", "VolumeUsage", "VolumeExpansion",
        "ForeignPods", "MemoryLimits", "CpuLimits",
        "HeapFits", "RunAsNonRoot", "ServiceAccountToken", "Capabilities", "RestartDue", "ManifestsCurrent", "KafkaVersion",
        "ZooKeeperVersion", "KafkaMode", "Encryption",
    ];

    private static readonly (string Check, string Severity, string Evidence, Func<HealthFacts, HealthFacts> Break)[] Broken =
    [
        ("PodsReady", "Critical", "there is no StatefulSet demo-zk",
        f => f with { Model = f.Model with { Sets = f.Model.Sets.Where(s => s.Key != "zk").ToDictionary() } }),
        ("PodsReady", "Warning", "5 of 6 pods; there is no pod demo-kafka-2",
        f => f with { Pods = [.. f.Pods.Where(p => p.Name() != "demo-kafka-2")] }),
        ("PodsReady", "Critical", "5 of 6 pods; pod demo-kafka-1: CrashLoopBackOff", f => Pod(f, "demo-kafka-1", p =>
        {
            p["status"] = new JsonObject { ["containerStatuses"] = new JsonArray(new JsonObject { ["name"] = "kafka",
                ["state"] = new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "CrashLoopBackOff" } } }) };
        })),
        ("PodRestarts", "Warning", "demo-zk-0 was restarted 4 times, the last time at", f => Ended(f, TimeSpan.FromMinutes(2))),
        ("PodRestarts", "Info", "exit code 1; it last said: ERROR boom", f => Ended(f, TimeSpan.FromHours(3))),
        ("BrokersAnswer", "Critical", "2 of 3 brokers; broker 1: silent",
        f => f with { Probes = new([.. f.Probes.Value!.Select(p => p.Broker == 1 ? new BrokerProbe(1, null, "silent") : p)]) }),
        ("BrokersAgree", "Critical", "not every broker knows broker 2", f => View(f, 0, v => v with { Brokers = [0, 1] })),
        ("BrokersAgree", "Warning", "not of this cluster's set: broker 3", f => View(f, 0, v => v with { Brokers = [0, 1, 2, 3] })),
        ("OneController", "Warning", "do not agree on the controller", f => View(f, 0, v => v with { ControllerId = 9 })),
        ("OneController", "Critical", "no broker is the controller", f => Views(f, v => v with { ControllerId = -1 })),
        ("PartitionsAvailable", "Critical", "1 partition without a leader, such as orders-1",
        f => Partition(f, "orders", 1, p => p with { Leader = -1, InSync = [] })),
        ("PartitionsWritable", "Critical", "1 partition with fewer copies in sync than min.insync.replicas, such as orders-0 (1 of 3",
        f => Partition(f, "orders", 0, p => p with { InSync = [0] })),
        ("PartitionsInSync", "Warning", "1 partition not in sync, such as orders-0 (2 of 3 copies in sync); missing on broker 2",
        f => Partition(f, "orders", 0, p => p with { InSync = [0, 1] })),
        ("LeadersBalanced", "Info", "1 of 4 partitions are not led by their first copy",
        f => Partition(f, "orders", 0, p => p with { Leader = 2 })),
        ("ReplicationFactor", "Warning", "1 topic with fewer than 3 copies: orders",
        f => Partition(f, "orders", 0, p => p with { Replicas = [0], InSync = [0] })),
        ("ReplicationFactor", "Warning", "1 topic with fewer than 3 copies: orders",
        f => Partition(f, "orders", 0, p => p with { Replicas = [0, 1], InSync = [0, 1] })),
        ("ReplicationFactor", "Info", "1 broker can hold 1 copy of a topic", f => Views(Brokers(f, 1), v => v with { Partitions = [] })),
        ("MinInSyncReplicas", "Warning", "orders (3 of 3)", f => Topic(f, "orders", HealthFacts.MinInSync, "3")),
        ("MinInSyncReplicas", "Warning", "orders (4 of 3)", f => Topic(f, "orders", HealthFacts.MinInSync, "4")),
        ("MinInSyncReplicas", "Info", "one copy is enough for acks=all", f => Topic(f, "orders", HealthFacts.MinInSync, "1")),
        ("UncleanElection", "Warning", "on for orders", f => Topic(f, "orders", HealthFacts.UncleanElection, "true")),
        ("UncleanElection", "Warning", "on for broker 1", f => f with { BrokerSettings = new(f.BrokerSettings.Value!.ToDictionary(
            b => b.Key, b => With(b.Value, HealthFacts.UncleanElection, b.Key == 1 ? "true" : "false"))) }),
        ("UncleanElection", "Warning", "not checked: no settings from broker 1",
        f => f with { BrokerSettings = new(f.BrokerSettings.Value!.Where(b => b.Key != 1).ToDictionary()) }),
        ("SinglePartition", "Info", "1 topic with one partition, which one broker and one consumer carry: orders",
        f => Views(f, v => v with { Partitions = [.. v.Partitions.Where(p => p.Partition == 0)] })),
        ("ZooKeeperQuorum", "Critical", "no quorum: 1 of 3 servers serve",
        f => Servers(f, s => s.Answer.Mode == "leader" ? s : s with { Answer = ServerAnswer.None })),
        ("ZooKeeperInSync", "Warning", "transactions behind the leader",
        f => Servers(f, s => s.Answer.Mode == "leader" ? s with { Answer = s.Answer with { Zxid = s.Answer.Zxid + 5000 } } : s)),
        ("ZooKeeperInSync", "Warning", "demo-zk-",
        f => Servers(f, s => s.Answer.Mode == "leader" || s.Id == 1 ? s : s with { Answer = ServerAnswer.None })),
        ("ZooKeeperInSync", "Warning", "1 of 2 followers in sync",
        f => Servers(f, s => s.Answer.Mode == "leader" ? s with { Answer = s.Answer with { SyncedFollowers = 1 } } : s)),
        ("ZooKeeperSize", "Warning", "4 members: an even number", f => Members(f, 4)),
        ("ZooKeeperSize", "Info", "one server", f => Members(f, 1)),
        ("ZooKeeperAutopurge", "Warning", "off: ", f => f with { EnsembleConfig =
            new(Config(f, text => text.Replace("autopurge.purgeInterval=1", "autopurge.purgeInterval=0", StringComparison.Ordinal))) }),
        ("ZooKeeperAutopurge", "Warning", "off: ", f =>
            f with { EnsembleConfig = new(Config(f, text => text.Replace("autopurge.purgeInterval=1", "", StringComparison.Ordinal))) }),
        ("ZooKeeperAutopurge", "Warning", "not checked: there is no zoo.static.cfg",
        f => f with { EnsembleConfig = new(new JsonObject()) }),
        ("NodeSpread", "Warning", "all pods of demo-zk and demo-kafka are on the node n0",
        f => Pods(f, p => p["spec"]!["nodeName"] = "n0")),
        ("NodeSpread", "Info", "and no other takes pods",
        f => Pods(f, p => p["spec"]!["nodeName"] = "n0") with { Nodes = new([.. f.Nodes.Value!.Take(1)]) }),
        ("NodeSpread", "Info", "and no other takes pods", f => Pods(f, p => p["spec"]!["nodeName"] = "n0") with { Nodes = new(
            [.. f.Nodes.Value!.Select((n, i) => i == 0 ? n : Changed(n, t => t["spec"] = new JsonObject { ["unschedulable"] = true }))]) }),
        ("ZoneSpread", "Warning", "are in the zone z0, of 3", f => Pods(f, p => p["spec"]!["nodeName"] = "n0")),
        ("ZoneSpread", "Info", "are in the zone z0, the only one", f => f with { Nodes =
            new([.. f.Nodes.Value!.Select(n => Changed(n, t => t["metadata"]!["labels"]!["topology.kubernetes.io/zone"] = "z0"))]) }),
        ("CopySpread", "Warning", "1 partition with all copies on one node, such as orders-0",
        f => Partition(Pod(f, "demo-kafka-1", p => p["spec"]!["nodeName"] = "n0"), "orders", 0, p => p with { Replicas = [0, 1] })),
        ("CopySpread", "Warning", "1 partition with all copies in one zone, such as orders-0", f => Partition(
            f with { Nodes = new([.. f.Nodes.Value!.Select(
                n => Changed(n, t => t["metadata"]!["labels"]!["topology.kubernetes.io/zone"] = n.Name() == "n2" ? "z2" : "z0"))]) },
            "orders", 0, p => p with { Replicas = [0, 1] })),
        ("DisruptionBudgets", "Warning", "no disruption budget for demo-kafka",
        f => f with { Budgets = new([.. f.Budgets.Value!.Where(b => b.Name() != "demo-kafka")]) }),
        ("PersistentData", "Warning", "demo-kafka keep their data in the pod",
        f => Set(f, "kafka", s => s["spec"]!.AsObject().Remove("volumeClaimTemplates"))),
        ("VolumesBound", "Critical", "1 of 6 volumes not bound; persistentvolumeclaim data-demo-kafka-0: VolumeLost",
        f => Claims(f, c => c["status"]!["phase"] = c.Name() == "data-demo-kafka-0" ? "Lost" : "Bound")),
        ("VolumesBound", "Warning", "6 of 6 volumes not bound", f => Claims(f, c => c["status"]!["phase"] = "Pending")),
        ("VolumeUsage", "Warning", "the volume of broker 1 is 81 % full: ", f => Disk(f, 1, 190)),
        ("VolumeUsage", "Critical", "the volume of broker 2 is 95 % full: ", f => Disk(f, 2, 50)),
        ("VolumeUsage", "Info", "not checked: the brokers do not tell", f => Disk(Disk(Disk(f, 0, null), 1, null), 2, null)),
        ("VolumeUsage", "Warning", "not checked: nothing told by broker 2",
        f => f with { Disks = new(f.Disks.Value!.Where(d => d.Key < 2).ToDictionary()) }),
        ("VolumeExpansion", "Info", "the storage class standard does not let volumes be enlarged",
        f => Claims(f, c => c["spec"]!["storageClassName"] = "standard")),
        ("VolumeExpansion", "Info", "the storage class gone is not there any more",
        f => Claims(f, c => c["spec"]!["storageClassName"] = "gone")),
        ("ForeignPods", "Warning", "sends clients to exporter, which is no pod of this cluster",
        f => f with { Endpoints = new([.. f.Endpoints.Value!.Select(e =>
            e.Name() == "demo-kafka-service" ? Changed(e, t => t["subsets"]![0]!["addresses"]!.AsArray()
                .Add(new JsonObject { ["targetRef"] = new JsonObject { ["name"] = "exporter" } })) : e)]) }),
        ("MemoryLimits", "Warning", "no memory limit for demo-kafka",
        f => Container(f, "kafka", c => c["resources"]!["limits"]!.AsObject().Remove("memory"))),
        ("CpuLimits", "Info", "demo-zk has the CPU limit 1", f => Container(f, "zk", c => c["resources"]!["limits"]!["cpu"] = "1")),
        ("HeapFits", "Warning", "demo-kafka: -Xmx900m of 1Gi", f => Container(f, "kafka",
            c => c["env"]!.AsArray().Add(new JsonObject { ["name"] = "KAFKA_JVM_OPTIONS", ["value"] = "-Dx=y -Xmx900m" }))),
        ("RunAsNonRoot", "Warning", "demo-kafka-0 may run as root",
        f => Pod(f, "demo-kafka-0", p => p["spec"]!["containers"]![0]!["securityContext"]!["runAsUser"] = 0)),
        ("RunAsNonRoot", "Warning", "demo-kafka-0 may run as root",
        f => Pod(f, "demo-kafka-0", p => p["spec"]!.AsObject().Remove("securityContext"))),
        ("ServiceAccountToken", "Info", "demo-zk-1 hold a token",
        f => Pod(f, "demo-zk-1", p => p["spec"]!.AsObject().Remove("automountServiceAccountToken"))),
        ("Capabilities", "Warning", "demo-zk-1 keep capabilities",
        f => Pod(f, "demo-zk-1", p => p["spec"]!["containers"]![0]!["securityContext"]!.AsObject().Remove("capabilities"))),
        ("Capabilities", "Warning", "demo-zk-1 keep capabilities",
        f => Pod(f, "demo-zk-1", p => p["spec"]!["containers"]![0]!["securityContext"]!["allowPrivilegeEscalation"] = true)),
        ("RestartDue", "Warning", "3 pods run what was before: demo-kafka-0 (image), demo-kafka-1 (image), demo-kafka-2 (image)",
        f => Set(f, "kafka", s =>
        {
            s["status"]!["updateRevision"] = "new";
            s["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "kafka:3.9.3";
        })),
        ("ManifestsCurrent", "Info", "the cluster was made from manifests 3, the module has 4", f => f with { ModuleManifests = 4 }),
        ("KafkaVersion", "Warning", "Kafka 3.8.1: the project mends nothing older than 3.9",
        f => Container(f, "kafka", c => c["image"] = "docker.io/apache/kafka:3.8.1")),
        ("KafkaVersion", "Info", "not checked: the image mine:latest does not tell",
        f => Container(f, "kafka", c => c["image"] = "mine:latest")),
        ("ZooKeeperVersion", "Warning", "ZooKeeper 3.7.2: the project mends nothing older than 3.8",
        f => Servers(f, s => s with { Answer = s.Answer with { Version = "3.7.2" } })),
    ];

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Broken.Length)];

    public static TheoryData<int> Reads => [.. Enumerable.Range(0, Unread.Length)];

    // What cannot be read, and the checks that need it.
    private static readonly (string[] Checks, string Severity, Func<HealthFacts, HealthFacts> Break)[] Unread =
    [
        (["NodeSpread", "ZoneSpread", "CopySpread"], "Info", f => f with { Nodes = new(null, "no right", BeyondNamespace: true) }),
        (["NodeSpread", "ZoneSpread", "CopySpread"], "Warning", f => f with { Nodes = new(null, "no right") }),
        (["VolumeExpansion"], "Info", f => f with { Classes = new(null, "no right", BeyondNamespace: true) }),
        (["VolumesBound", "VolumeExpansion"], "Warning", f => f with { Claims = new(null, "no right") }),
        (["DisruptionBudgets"], "Warning", f => f with { Budgets = new(null, "no right") }),
        (["ForeignPods"], "Warning", f => f with { Endpoints = new(null, "no right") }),
        (["ZooKeeperAutopurge"], "Warning", f => f with { EnsembleConfig = new(null, "no right") }),
        (["ZooKeeperQuorum", "ZooKeeperInSync", "ZooKeeperSize"], "Warning", f => f with { Ensemble = new(null, "no right") }),
        (["PartitionsWritable", "MinInSyncReplicas", "UncleanElection"], "Warning", f => f with { TopicSettings = new(null, "no right") }),
        (["VolumeUsage"], "Warning", f => f with { Disks = new(null, "no right") }),
        (["UncleanElection"], "Warning", f => f with { BrokerSettings = new(null, "no right") }),
        (["BrokersAnswer", "BrokersAgree", "OneController", "PartitionsAvailable", "PartitionsWritable", "PartitionsInSync",
            "LeadersBalanced", "ReplicationFactor",
            "MinInSyncReplicas", "SinglePartition", "CopySpread"], "Warning", f => f with { Probes = new(null, "no right") }),
    ];

    private static readonly string Module = File.ReadAllText(Path.Combine(Repository.Root, "module", "KafkaK8s.psd1"));

    [Fact]
    public void A_cluster_as_New_KafkaCluster_makes_it_has_nothing_above_Info()
    {
        Assert.Equal(Checks, HealthChecks.All.Select(c => c.Check));
        var checks = HealthChecks.Judge(healthy.Facts, static _ => true);
        Assert.Equal(Checks.Order(StringComparer.Ordinal), checks.Select(c => c.Check).Order(StringComparer.Ordinal));
        Assert.Equal("KafkaMode Info, Encryption Info",
            string.Join(", ", checks.Where(c => c.Severity != CheckSeverity.Ok).Select(c => $"{c.Check} {c.Severity}")));
        Assert.All(checks, c => Assert.NotEmpty(c.Evidence));
        Assert.All(checks, c => Assert.True(c.Severity != CheckSeverity.Ok || (c.Target.Count == 0 && c.Remedy.Length == 0), c.Check));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void One_broken_fact_is_found(int which)
    {
        var (check, severity, evidence, breaking) = Broken[which];
        var found = Assert.Single(HealthChecks.Judge(breaking(healthy.Facts), c => c == check));
        Assert.Equal((check, severity), (found.Check, found.Severity));
        Assert.Contains(evidence, found.Evidence, StringComparison.Ordinal);
        Assert.True(found.Remedy.Length > 0 || found.Evidence.StartsWith("not checked", StringComparison.Ordinal), "no remedy");
        Assert.Equal($"about_KafkaK8s_Health#{check.ToLowerInvariant()}", found.Section);

        // It begins with a command that there is.
        string command = found.Remedy.Split(' ', 2)[0].TrimStart('(');
        Assert.True(command is "" or "kubectl" || Module.Contains($"'{command}'", StringComparison.Ordinal), found.Remedy);
        if (command is "" or "kubectl" or "Invoke-KafkaTool")
            return;
        string help = File.ReadAllText(Path.Combine(Repository.Root, "docs", "en-US", $"{command}.md"));
        foreach (Match parameter in Regex.Matches(found.Remedy.Split('|')[0], @" -([A-Z]\w+)"))
        {
            Assert.True(parameter.Groups[1].Value is "Namespace" or "WhatIf"
                || help.Contains($"### -{parameter.Groups[1].Value}\n", StringComparison.Ordinal),
                $"{parameter.Value} of {found.Remedy}");
        }
    }

    [Theory]
    [InlineData("CpuLimits", "Set-KafkaCluster demo -ZooKeeperCpuLimit 2 -Namespace shop")]
    [InlineData("NodeSpread", "Restart-ZooKeeperNode demo demo-zk-2 -Namespace shop")]
    [InlineData("BrokersAnswer", "Get-KafkaLog demo -Pod 1 -Tail 50 -Namespace shop")]
    [InlineData("HeapFits", "Set-KafkaCluster demo -BrokerMemory 1152Mi -Namespace shop")]
    public void A_remedy_gives_the_value(string check, string remedy) => Assert.Equal(remedy, Assert.Single(
        HealthChecks.Judge(Broken.First(b => b.Check == check).Break(healthy.Facts), c => c == check)).Remedy);

    [Fact]
    public void Every_check_is_broken_once() =>
        Assert.Equal(Checks.Except(["KafkaMode", "Encryption"]).Order(), Broken.Select(b => b.Check).Distinct().Order());

    [Fact]
    public void A_cluster_with_TLS_is_told_from_one_without() => Assert.Equal(CheckSeverity.Ok, Assert.Single(HealthChecks.Judge(
        Container(healthy.Facts, "kafka", c => c["env"]!.AsArray().Single(e => (string?)e!["name"] == "SECURITY")!["value"] = "tls"),
        c => c == "Encryption")).Severity);

    [Theory]
    [MemberData(nameof(Reads))]
    public void What_could_not_be_read_is_never_Ok(int which)
    {
        var (needing, severity, breaking) = Unread[which];
        var checks = HealthChecks.Judge(breaking(healthy.Facts), static _ => true);
        Assert.Equal(needing.Order(StringComparer.Ordinal), checks.Where(c =>
            c.Evidence.StartsWith("not checked: no right", StringComparison.Ordinal)).Select(c => c.Check).Order(StringComparer.Ordinal));
        Assert.All(checks.Where(c => needing.Contains(c.Check)), c => Assert.Equal(severity, c.Severity));
    }

    [Fact]
    public void The_worst_comes_first() => Assert.Equal(
        ["Critical PartitionsWritable", "Warning PartitionsInSync", "Info KafkaMode", "Ok PodsReady"],
        HealthChecks.Judge(Partition(healthy.Facts, "orders", 0, p => p with { InSync = [0] }), static _ => true)
            .DistinctBy(c => c.Severity).Select(c => $"{c.Severity} {c.Check}"));

    private static JsonObject Changed(JsonObject tree, Action<JsonObject> change)
    {
        var copy = (JsonObject)tree.DeepClone();
        change(copy);
        return copy;
    }

    private static HealthFacts Pods(HealthFacts f, Action<JsonObject> change) =>
        f with { Pods = [.. f.Pods.Select(p => Changed(p, change))] };

    private static HealthFacts Pod(HealthFacts f, string name, Action<JsonObject> change) =>
        f with { Pods = [.. f.Pods.Select(p => p.Name() == name ? Changed(p, change) : p)] };

    private static HealthFacts Claims(HealthFacts f, Action<JsonObject> change) =>
        f with { Claims = new([.. f.Claims.Value!.Select(c => Changed(c, change))]) };

    private static HealthFacts Set(HealthFacts f, string pool, Action<JsonObject> change) =>
        f with
        {
            Model =
            f.Model with { Sets = f.Model.Sets.ToDictionary(s => s.Key, s => s.Key == pool ? Changed(s.Value, change) : s.Value) }
        };

    private static HealthFacts Container(HealthFacts f, string pool, Action<JsonObject> change) =>
        Set(f, pool, s => change(s["spec"]!["template"]!["spec"]!["containers"]![0]!.AsObject()));

    private static HealthFacts Views(HealthFacts f, Func<BrokerView, BrokerView> change) =>
        f with { Probes = new([.. f.Probes.Value!.Select(p => p with { Answer = p.Answer! with { View = change(p.Answer.View) } })]) };

    private static HealthFacts View(HealthFacts f, int broker, Func<BrokerView, BrokerView> change) =>
        f with
        {
            Probes = new([.. f.Probes.Value!.Select(p => p.Broker == broker
            ? p with { Answer = p.Answer! with { View = change(p.Answer.View) } } : p)])
        };

    private static HealthFacts Partition(HealthFacts f, string topic, int partition, Func<PartitionView, PartitionView> change) =>
        Views(f, v => v with { Partitions = [.. v.Partitions.Select(p => p.Topic == topic && p.Partition == partition ? change(p) : p)] });

    private static HealthFacts Disk(HealthFacts f, int broker, long? usable) => f with
    {
        Disks = new(f.Disks.Value!.ToDictionary(d => d.Key,
            d => d.Key == broker ? d.Value with { TotalBytes = usable is null ? null : 1000, UsableBytes = usable } : d.Value)),
    };

    private static HealthFacts Topic(HealthFacts f, string topic, string key, string value) =>
        f with
        {
            TopicSettings =
            new(f.TopicSettings.Value!.ToDictionary(t => t.Key, t => t.Key == topic ? With(t.Value, key, value) : t.Value))
        };

    private static Settings With(Settings settings, string key, string value) => new(settings) { [key] = value };

    private static HealthFacts Servers(HealthFacts f, Func<ServerProbe, ServerProbe> change) =>
        f with { Ensemble = new(f.Ensemble.Value! with { Servers = [.. f.Ensemble.Value!.Servers.Select(change)] }) };

    private static HealthFacts Members(HealthFacts f, int count) => f with
    {
        Ensemble = new(f.Ensemble.Value! with
        {
            Config = new EnsembleConfig(1,
            [.. Enumerable.Range(1, count).Select(id => new ConfigMember(id, $"h{id}", "participant"))])
        }),
    };

    private static HealthFacts Brokers(HealthFacts f, int count) =>
        f with
        {
            Model =
            f.Model with { Pools = [.. f.Model.Pools.Select(p => p.Template.Name == "kafka" ? p with { Count = count } : p)] }
        };

    private static JsonObject Config(HealthFacts f, Func<string, string> change) =>
        Changed(f.EnsembleConfig.Value!, t => t["data"]!["zoo.static.cfg"] = change((string)t["data"]!["zoo.static.cfg"]!));

    private static HealthFacts Ended(HealthFacts f, TimeSpan ago) =>
        Pod(f, "demo-zk-0", p => p["status"]!["containerStatuses"] = new JsonArray(new JsonObject
        {
            ["name"] = "zookeeper",
            ["restartCount"] = 4,
            ["state"] = new JsonObject { ["running"] = new JsonObject() },
            ["lastState"] = new JsonObject
            {
                ["terminated"] = new JsonObject
                {
                    ["exitCode"] = 1,
                    ["message"] = "ERROR boom",
                    ["finishedAt"] = (f.Now - ago).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)
                },
            },
        }));
}
