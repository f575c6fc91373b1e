using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KafkaK8s.Core;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;
using Xunit;

namespace KafkaK8s.Tests.Unit.Manifests;

/// <summary>What the manifests must keep to, whoever edits them.</summary>
public sealed partial class ManifestRuleTests
{
    private static IEnumerable<JsonObject> Sets => Repository.Catalog.Objects.Where(o => (string?)o["kind"] == "StatefulSet");

    private static IEnumerable<JsonNode> Containers =>
        Sets.SelectMany(s => s["spec"]!["template"]!["spec"]!["containers"]!.AsArray()).Select(c => c!);

    [Fact]
    public void There_are_two_sets() => Assert.Equal(["kafka", "zk"], Sets.Select(s => (string?)s["metadata"]!["name"]).Order());

    [Fact]
    public void No_object_names_a_namespace() => Assert.All(Repository.Catalog.Objects, o => Assert.Null(o["metadata"]!["namespace"]));

    [Fact]
    public void No_object_is_there_twice() => Assert.Distinct(Repository.Catalog.Objects.Select(Repository.Id));

    [Fact]
    public void Pods_keep_to_the_restricted_standard()
    {
        foreach (var pod in Sets.Select(s => s["spec"]!["template"]!["spec"]!))
        {
            var security = pod["securityContext"]!;
            Assert.True((bool?)security["runAsNonRoot"]);
            Assert.NotEqual(0, (int)security["runAsUser"]!);
            Assert.Equal("RuntimeDefault", (string?)security["seccompProfile"]!["type"]);
            Assert.All(new[] { "hostNetwork", "hostPID", "hostIPC" }, k => Assert.Null(pod[k]));
            Assert.All(pod["volumes"]!.AsArray(), v => Assert.Contains(v!.AsObject().Select(p => p.Key).Single(k => k != "name"),
                new[] { "configMap", "emptyDir", "secret", "persistentVolumeClaim" }));
        }

        foreach (var container in Containers)
        {
            var security = container["securityContext"]!;
            Assert.False((bool?)security["allowPrivilegeEscalation"]);
            Assert.True((bool?)security["readOnlyRootFilesystem"]);
            Assert.Equal("""["ALL"]""", security["capabilities"]!["drop"]!.ToJsonString());
            Assert.Null(security["capabilities"]!["add"]);
            Assert.Null(security["privileged"]);
        }
    }

    [Fact]
    public void Pods_get_no_token_and_no_service_links() => Assert.All(Sets.Select(s => s["spec"]!["template"]!["spec"]!), pod =>
    {
        Assert.False((bool?)pod["automountServiceAccountToken"]);
        Assert.False((bool?)pod["enableServiceLinks"]);
    });

    [Fact]
    public void Memory_has_a_limit_equal_to_its_request_and_CPU_has_none() => Assert.All(Containers, c =>
    {
        Assert.NotNull(c["resources"]!["requests"]!["cpu"]);
        Assert.Equal((string)c["resources"]!["requests"]!["memory"]!, (string?)c["resources"]!["limits"]!["memory"]);
        Assert.Null(c["resources"]!["limits"]!["cpu"]);
    });

    // Alpine's resolver tries the search list only for names with fewer dots than this; ours have three.
    [Fact]
    public void Names_are_completed_from_the_search_list_whatever_the_default() => Assert.All(Sets, s =>
    {
        var option = Assert.Single(s["spec"]!["template"]!["spec"]!["dnsConfig"]!["options"]!.AsArray())!;
        var names = new ClusterNames("demo");
        int dots = new[] { names.BrokerHost(0, "ns"), names.Server(0).Host(names, "ns") }.Max(n => n.Count(c => c == '.'));
        Assert.Equal("ndots", (string?)option["name"]);
        Assert.True(int.Parse((string)option["value"]!, CultureInfo.InvariantCulture) > dots);
    });

    [Fact]
    public void Every_command_that_the_manifests_name_exists()
    {
        var commands = CommandName().Matches(string.Concat(Directory.GetFiles(Repository.Manifests).Select(File.ReadAllText)))
            .Select(m => m.Value).Distinct().ToList();
        Assert.Contains("New-KafkaCluster", commands);
        string module = File.ReadAllText(Path.Combine(Repository.Root, "module", "KafkaK8s.psd1"));
        Assert.All(commands, c => Assert.Contains($"'{c}'", module, StringComparison.Ordinal));
    }

    [Fact]
    public void Containers_have_all_three_probes() =>
        Assert.All(Containers, c => Assert.All(new[] { "startupProbe", "readinessProbe", "livenessProbe" }, p => Assert.NotNull(c[p])));

    [Fact]
    public void Liveness_is_one_connection_of_bash_to_the_loopback() => Assert.All(Containers, c =>
    {
        // A connection from outside would leave a failed handshake in the log of a server with TLS.
        var command = c["livenessProbe"]!["exec"]!["command"]!.AsArray().Select(w => (string)w!).ToList();
        Assert.Equal(["bash", "open"], [command[0], command[^1]]);
        Assert.True((int)c["livenessProbe"]!["periodSeconds"]! >= 20);
    });

    [Fact]
    public void Images_have_a_registry_and_a_pinned_version() =>
        Assert.All(Containers, c => Assert.Matches(ImageName(), (string)c["image"]!));

    [Fact]
    public void The_end_of_a_log_stays_in_the_status() =>
        Assert.All(Containers, c => Assert.Equal("FallbackToLogsOnError", (string?)c["terminationMessagePolicy"]));

    [Fact]
    public void Every_port_of_a_Service_has_a_protocol()
    {
        var ports = Repository.Catalog.Objects.Where(o => (string?)o["kind"] == "Service").SelectMany(s => s["spec"]!["ports"]!.AsArray())
            .ToList();
        Assert.NotEmpty(ports);
        Assert.All(ports, p => Assert.Equal("TCP", (string?)p!["protocol"]));
    }

    [Fact]
    public void Headless_services_publish_addresses_that_are_not_ready() => Assert.All(Sets, s =>
    {
        var service = Repository.Catalog.Find("Service", (string)s["spec"]!["serviceName"]!);
        Assert.Equal("None", (string?)service["spec"]!["clusterIP"]);
        Assert.True((bool?)service["spec"]!["publishNotReadyAddresses"]);
    });

    [Fact]
    public void Each_set_has_a_budget_of_one()
    {
        var budgets = Repository.Catalog.Objects.Where(o => (string?)o["kind"] == "PodDisruptionBudget").ToList();
        Assert.Equal(2, budgets.Count);
        Assert.All(budgets, b => Assert.Equal("""{"maxUnavailable":1}""", new JsonObject(b["spec"]!.AsObject()
            .Where(p => p.Key != "selector").Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))).ToJsonString()));
    }

    [Fact]
    public void Sets_start_in_parallel_and_never_roll_by_themselves() => Assert.All(Sets, s =>
    {
        Assert.Equal("Parallel", (string?)s["spec"]!["podManagementPolicy"]);
        Assert.Equal("""{"type":"OnDelete"}""", s["spec"]!["updateStrategy"]!.ToJsonString());
        Assert.True(JsonNode.DeepEquals(s["spec"]!["selector"]!["matchLabels"]![ClusterNames.InstanceLabel],
            s["spec"]!["template"]!["metadata"]!["labels"]![ClusterNames.InstanceLabel]));
    });

    [Fact]
    public void Every_mount_has_a_volume_or_a_claim() => Assert.All(Sets, s =>
    {
        var pod = s["spec"]!["template"]!["spec"]!;
        var volumes = pod["volumes"]!.AsArray().Select(v => (string)v!["name"]!)
            .Concat(s["spec"]!["volumeClaimTemplates"]!.AsArray().Select(c => (string)c!["metadata"]!["name"]!)).ToList();
        var mounts = pod["containers"]!.AsArray().SelectMany(c => c!["volumeMounts"]!.AsArray()).Select(m => (string)m!["name"]!).ToList();
        Assert.Equal(volumes.Order(), mounts.Distinct().Order());
        Assert.Contains("data", mounts);
        Assert.Single(s["spec"]!["volumeClaimTemplates"]!.AsArray(), c => (string?)c!["metadata"]!["name"] == "data");
    });

    [Fact]
    public void Every_script_that_a_container_runs_is_in_its_ConfigMap() => Assert.All(Sets, s =>
    {
        var pod = s["spec"]!["template"]!["spec"]!;
        var config = Repository.Catalog.Find("ConfigMap",
            (string)pod["volumes"]!.AsArray().Single(v => (string?)v!["name"] == "scripts")!["configMap"]!["name"]!)["data"]!.AsObject();
        var scripts = Json.Leaves(pod["containers"]).Where(l => l.Key.Contains("command[", StringComparison.Ordinal))
            .Select(l => l.Value.Trim('"')).Where(v => v.StartsWith("/scripts/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(scripts);
        Assert.All(scripts, f => Assert.True(config.ContainsKey(f["/scripts/".Length..]), f));
    });

    [Fact]
    public void Ports_of_the_code_are_those_of_the_manifests()
    {
        Assert.Contains(ClusterNames.InternalPort, Ports("kafka-service"));
        Assert.Contains(ClusterNames.ZooKeeperPort, Ports("zk-headless"));
        Assert.Contains($"TUNNEL://127.0.0.1:{ClusterNames.TunnelPort}",
            (string)Repository.Catalog.Find("ConfigMap", "kafka-config")["data"]!["kafka-start.sh"]!, StringComparison.Ordinal);

        static IEnumerable<int> Ports(string service) =>
            Repository.Catalog.Find("Service", service)["spec"]!["ports"]!.AsArray().Select(p => (int)p!["port"]!);
    }

    [Fact]
    public void Defaults_that_relations_need_are_those_of_the_files()
    {
        // Looked up in the text of the files, not by the catalog's own way.
        string kafka = File.ReadAllText(Path.Combine(Repository.Manifests, "kafka_deploy.yaml"));
        string zk = File.ReadAllText(Path.Combine(Repository.Manifests, "zk_set.yaml"));
        var expected = new ManifestDefaults(
            Number(zk, @"^  replicas: (\d+)$"), Number(kafka, @"^  replicas: (\d+)$"),
            Number(kafka, @"name: DEFAULT_REPLICATION_FACTOR\n\s+value: ""(\d+)"""),
            Number(kafka, @"name: MIN_INSYNC_REPLICAS\n(?:\s+#.*\n)*\s+value: ""(\d+)"""));
        Assert.Equal(expected, Repository.Catalog.Defaults);
        Assert.Equal(expected.ZooKeeperCount, Number(zk, @"name: ZK_BOOTSTRAP_SERVERS\n\s+value: ""(\d+)"""));
        Assert.Equal(expected.ZooKeeperCount, Number(kafka, @"name: ZK_SERVERS\n\s+value: ""(\d+)"""));
    }

    [Fact]
    public void The_manifests_are_a_spec_that_passes_its_own_checks()
    {
        var spec = SpecChecks.Complete(new ClusterSpec(), Repository.Catalog.Defaults);
        SpecChecks.Check(spec, Repository.Catalog.Defaults, force: false);
        Assert.Empty(SpecChecks.Advise(spec, Repository.Catalog.Defaults));
        Assert.Equal(new ClusterSpec(), spec);
    }

    [Fact]
    public void Quantities_of_the_manifests_are_ones_that_a_parameter_may_have()
    {
        var quantities = ManifestFields.All.Where(s => !s.MayAdd && s.Path.Contains(".resources.", StringComparison.Ordinal))
            .Select(s => (string)TreePath.Get(Repository.Catalog.Find(s.Kind, s.Name), s.Path)!).ToList();
        Assert.NotEmpty(quantities);
        Assert.All(quantities, q => Assert.True(Quantity.TryParse(q, out decimal value) && value > 0, q));
    }

    // The config keys that the start script sets by itself must be refused in -Config.
    [Fact]
    public void Every_property_that_the_start_script_puts_is_owned()
    {
        string script = (string)Repository.Catalog.Find("ConfigMap", "kafka-config")["data"]!["kafka-start.sh"]!;
        var put = Put().Matches(script).Select(m => m.Groups[1].Value).ToList();
        Assert.Contains("broker.id", put);
        // Stricter versions are welcome.
        var rest = put.Except(SpecChecks.OwnedConfigKeys).Where(key => key is not "ssl.enabled.protocols").ToList();
        Assert.All(rest, key => Assert.Equal("ConfigOwned", Assert.Throws<ClusterException>(() => SpecChecks.CheckGiven(new ClusterSpec
        {
            Plaintext = false,
            Config = new Dictionary<string, string?> { [key] = "x" },
        })).Id));
    }

    private static int Number(string text, string pattern) =>
        int.Parse(Assert.Single(Regex.Matches(text, pattern, RegexOptions.Multiline).Cast<Match>()).Groups[1].Value,
            CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^[a-z0-9.-]+\.[a-z]+/[a-z0-9._/-]+:[0-9]+\.[0-9]+\.[0-9]+$")]
    private static partial Regex ImageName();

    [GeneratedRegex(@"\b[A-Z][a-z]+-(Kafka|ZooKeeper|Eks)[A-Za-z]+")]
    private static partial Regex CommandName();

    [GeneratedRegex(@"^\s*put ([a-z.]+) ", RegexOptions.Multiline)]
    private static partial Regex Put();
}
