using KafkaK8s.Core;
using KafkaK8s.Core.Model;
using Xunit;

namespace KafkaK8s.Tests.Unit.Model;

public sealed class SpecCheckTests
{
    private static readonly ManifestDefaults Defaults = new(ZooKeeperCount: 3, BrokerCount: 3, ReplicationFactor: 3, MinInSyncReplicas: 2);

    public static TheoryData<string> OwnedKeys =>
        [.. SpecChecks.OwnedConfigKeys, "listener.name.internal.ssl.keystore.type", "controller.quorum.voters"];

    public static TheoryData<string> QuantityParameters =>
        [.. typeof(ClusterSpec).GetProperties().Select(p => p.Name)
            .Where(n => n.EndsWith("Size", StringComparison.Ordinal) || n.EndsWith("Memory", StringComparison.Ordinal)
                || n.EndsWith("Cpu", StringComparison.Ordinal) || n.EndsWith("Limit", StringComparison.Ordinal))];

    [Theory]
    [InlineData(-1, "InvalidCount")]
    [InlineData(0, "InvalidCount")]
    [InlineData(1, null)]
    [InlineData(2, "EvenEnsemble")]
    [InlineData(3, null)]
    [InlineData(254, "EvenEnsemble")]
    [InlineData(255, null)]
    [InlineData(256, "InvalidCount")]
    [InlineData(int.MaxValue, "InvalidCount")]
    public void Servers(int count, string? id) => AssertId(id, new ClusterSpec { ZooKeeperCount = count });

    [Theory]
    [InlineData(0, "InvalidCount")]
    [InlineData(2, null)]
    [InlineData(254, null)]
    [InlineData(256, "InvalidCount")]
    public void Servers_with_force(int count, string? id) => AssertId(id, new ClusterSpec { ZooKeeperCount = count }, force: true);

    [Fact]
    public void An_even_ensemble_is_told_its_neighbours()
    {
        var e = Assert.Throws<ClusterException>(() => Check(new ClusterSpec { ZooKeeperCount = 4 }));
        Assert.Contains("3 or 5", e.Message, StringComparison.Ordinal);
        Assert.Contains("-Force", e.Message, StringComparison.Ordinal);
        Assert.Equal((FailureKind.InvalidInput, 4), (e.Kind, e.Target));
    }

    [Theory]
    [InlineData(-1, "InvalidCount")]
    [InlineData(0, "InvalidCount")]
    [InlineData(1, null)]
    [InlineData(2, null)]
    [InlineData(1000, null)]
    public void Brokers(int count, string? id) => AssertId(id, new ClusterSpec { BrokerCount = count });

    [Theory]
    [InlineData(3, 0, null, "InvalidReplication")]
    [InlineData(3, -1, null, "InvalidReplication")]
    [InlineData(3, 3, 0, "InvalidReplication")]
    [InlineData(3, 3, -1, "InvalidReplication")]
    [InlineData(3, 4, null, "ReplicationFactorTooHigh")]
    [InlineData(null, 4, null, "ReplicationFactorTooHigh")]
    [InlineData(1, 2, null, "ReplicationFactorTooHigh")]
    [InlineData(3, 3, 4, "MinInSyncReplicasTooHigh")]
    [InlineData(3, 1, 2, "MinInSyncReplicasTooHigh")]
    [InlineData(1, null, 2, "MinInSyncReplicasTooHigh")]
    [InlineData(3, 3, 3, null)]
    [InlineData(1, 1, 1, null)]
    [InlineData(5, 5, 4, null)]
    public void Copies(int? brokers, int? factor, int? inSync, string? id) =>
        AssertId(id, new ClusterSpec { BrokerCount = brokers, ReplicationFactor = factor, MinInSyncReplicas = inSync });

    [Theory]
    [MemberData(nameof(QuantityParameters))]
    public void Every_quantity_is_checked(string parameter)
    {
        foreach (string bad in new[] { "", "0", "0Gi", "-1Gi", "10 gigs", "10GB" })
        {
            var e = Assert.Throws<ClusterException>(() => Check(With(parameter, bad)));
            Assert.Equal("InvalidQuantity", e.Id);
            Assert.Contains($"-{parameter} '{bad}'", e.Message, StringComparison.Ordinal);
        }

        Check(With(parameter, "10Gi"));
        Check(With(parameter, "500m"));
    }

    [Fact]
    public void There_are_eight_quantities() => Assert.Equal(8, QuantityParameters.Count);

    [Theory]
    [InlineData("StorageSize", "10Gi")]
    [InlineData("ZooKeeperStorageSize", "10Gi")]
    [InlineData("StorageClass", "fast")]
    public void Ephemeral_goes_without_storage(string parameter, string value)
    {
        AssertId("EphemeralWithStorage", With(parameter, value) with { Ephemeral = true });
        AssertId(null, With(parameter, value) with { Ephemeral = false });
    }

    [Theory]
    [MemberData(nameof(OwnedKeys))]
    public void A_property_that_the_module_sets_is_refused(string key)
    {
        var e = Assert.Throws<ClusterException>(() => Check(new ClusterSpec { Config = new Dictionary<string, string?> { [key] = "1" } }));
        Assert.Equal(("ConfigOwned", key), (e.Id, e.Target));
    }

    [Theory]
    [InlineData("log.retention.hours", "72", null)]
    [InlineData("ssl.principal.mapping.rules", "RULE:^CN=(.*?)$/$1/L, DEFAULT", null)]
    [InlineData("log.cleaner.io.max.bytes.per.second", "1.7976931348623157E308", null)]
    [InlineData("broker.rack", "", null)]
    [InlineData("my-plugin_x.Y", "a=b", null)]
    [InlineData("", "1", "InvalidConfig")]
    [InlineData("a b", "1", "InvalidConfig")]
    [InlineData("a=b", "1", "InvalidConfig")]
    [InlineData("#a", "1", "InvalidConfig")]
    [InlineData("1a", "1", "InvalidConfig")]
    [InlineData("a\nbroker.id", "1", "InvalidConfig")]
    [InlineData("a\n", "1", "InvalidConfig")]
    [InlineData("a", "1\nbroker.id=7", null)] // written so that it stays one value
    [InlineData("a", "1\\", null)]
    public void Config(string key, string value, string? id) =>
        AssertId(id, new ClusterSpec { Config = new Dictionary<string, string?> { [key] = value } });

    [Theory]
    [InlineData("dedicated", "kafka", null)]
    [InlineData("node.kubernetes.io/instance-type", "r7g.xlarge", null)]
    [InlineData("a", "", null)]
    [InlineData("", "kafka", "InvalidPlacement")]
    [InlineData("a b", "kafka", "InvalidPlacement")]
    [InlineData("/a", "kafka", "InvalidPlacement")]
    [InlineData("a/", "kafka", "InvalidPlacement")]
    [InlineData("A.b/c", "kafka", "InvalidPlacement")]
    [InlineData("a", "-", "InvalidPlacement")]
    [InlineData("a", "b\n", "InvalidPlacement")]
    [InlineData("a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", null)] // 63
    [InlineData("a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "InvalidPlacement")]
    public void NodeSelector(string key, string value, string? id) =>
        AssertId(id, new ClusterSpec { NodeSelector = new Dictionary<string, string?> { [key] = value } });

    [Theory]
    [InlineData("dedicated=kafka:NoSchedule", null)]
    [InlineData("dedicated", null)]
    [InlineData("a.b/c=:NoExecute", null)]
    [InlineData("", "InvalidPlacement")]
    [InlineData("=kafka", "InvalidPlacement")]
    [InlineData("a:", "InvalidPlacement")]
    [InlineData("a=b:NO_SCHEDULE", "InvalidPlacement")]
    [InlineData("a=b:noschedule", "InvalidPlacement")]
    [InlineData("a=b=c", "InvalidPlacement")]
    [InlineData("a=b:c:NoSchedule", "InvalidPlacement")]
    public void Toleration(string text, string? id) => AssertId(id, new ClusterSpec { Toleration = [text] });

    [Theory]
    [InlineData("kafka", null)]
    [InlineData("a", null)]
    [InlineData("a-1", null)]
    [InlineData("a--b", null)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", null)] // 40
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "NameTooLong")]
    [InlineData("", "InvalidName")]
    [InlineData("A", "InvalidName")]
    [InlineData("1a", "InvalidName")]
    [InlineData("-a", "InvalidName")]
    [InlineData("a-", "InvalidName")]
    [InlineData("a.b", "InvalidName")]
    [InlineData("a_b", "InvalidName")]
    [InlineData("a/b", "InvalidName")]
    [InlineData("é", "InvalidName")]
    [InlineData("kafka\n", "InvalidName")]
    public void Names(string name, string? id) => AssertId(id, new ClusterSpec { Name = name });

    [Theory]
    [InlineData(null, null, null, null, null)] // nothing given: nothing follows
    [InlineData(1, null, null, 1, 1)]
    [InlineData(2, null, null, 2, 1)]
    [InlineData(3, null, null, null, null)]
    [InlineData(9, null, null, null, null)]
    [InlineData(3, 1, null, 1, 1)]
    [InlineData(3, 2, null, 2, 1)]
    [InlineData(5, 5, null, 5, null)]
    [InlineData(1, null, 1, 1, 1)]
    [InlineData(3, 3, 3, 3, 3)]
    [InlineData(3, null, 1, null, 1)]
    [InlineData(1, 3, 2, 3, 2)] // what was given stays, right or wrong
    public void Completion(int? brokers, int? factor, int? inSync, int? fullFactor, int? fullInSync)
    {
        var full = SpecChecks.Complete(new ClusterSpec { BrokerCount = brokers, ReplicationFactor = factor, MinInSyncReplicas = inSync },
            Defaults);
        Assert.Equal(new ClusterSpec { BrokerCount = brokers, ReplicationFactor = fullFactor, MinInSyncReplicas = fullInSync }, full);
    }

    [Fact]
    public void Merging_takes_each_property_given_and_keeps_each_not_given()
    {
        var config = new Dictionary<string, string?> { ["a"] = "1" };
        foreach (var property in typeof(ClusterSpec).GetProperties().Where(p => p.Name != nameof(ClusterSpec.Name)))
        {
            object Value(int n) => property.PropertyType switch
            {
                var t when t == typeof(int?) => n,
                var t when t == typeof(bool?) => n == 1,
                var t when t == typeof(string) => $"v{n}",
                var t when t == typeof(IReadOnlyList<string>) => new[] { $"k{n}" },
                _ => new Dictionary<string, string?> { ["k"] = $"{n}" },
            };
            var (before, given) = (new ClusterSpec { Name = "demo" }, new ClusterSpec { Name = "demo" });
            property.SetValue(before, Value(1));
            Assert.Equal(property.GetValue(before), property.GetValue(SpecChecks.Merge(before, given)));
            property.SetValue(given, Value(2));
            Assert.Equal(Value(2), property.GetValue(SpecChecks.Merge(before, given)));
            Assert.Equal(Value(2), property.GetValue(SpecChecks.Merge(null, given)));
            if (property.PropertyType != typeof(IReadOnlyDictionary<string, string?>))
                continue;
            property.SetValue(given, new Dictionary<string, string?> { ["k"] = null }); // takes it away, and is none itself
            Assert.Empty((IReadOnlyDictionary<string, string?>)property.GetValue(SpecChecks.Merge(before, given))!);
            Assert.Empty((IReadOnlyDictionary<string, string?>)property.GetValue(SpecChecks.Merge(null, given))!);
        }

        Assert.Equal(config,
            SpecChecks.Merge(new ClusterSpec { Config = config }, new ClusterSpec { Config = new Dictionary<string, string?>() }).Config!);
        Assert.Equal("given", SpecChecks.Merge(new ClusterSpec { Name = "before" }, new ClusterSpec { Name = "given" }).Name);
    }

    [Theory]
    [InlineData(null, null, null, null, "")]
    [InlineData(3, 3, null, null, "while one broker is down")]
    [InlineData(2, 2, null, null, "while one broker is down")]
    [InlineData(3, 1, null, null, "only one broker holds it")]
    [InlineData(1, 1, null, null, "Replication factor 1")]
    [InlineData(null, null, true, null, "-Ephemeral")]
    [InlineData(null, null, false, null, "")]
    [InlineData(null, null, null, "511Mi", "below 512Mi")]
    [InlineData(null, null, null, "512Mi", "")]
    [InlineData(null, null, null, "512M", "below 512Mi")]
    public void Advice(int? factor, int? inSync, bool? ephemeral, string? memory, string words)
    {
        var advice = SpecChecks.Advise(new ClusterSpec
        {
            ReplicationFactor = factor,
            MinInSyncReplicas = inSync,
            Ephemeral = ephemeral,
            BrokerMemory = memory
        }, Defaults).ToList();
        if (words.Length == 0)
            Assert.Empty(advice);
        else
            Assert.Contains(words, Assert.Single(advice), StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_are_merged_and_a_null_takes_a_name_away()
    {
        var before = new Dictionary<string, string?> { ["a"] = "1", ["b"] = "2" };
        var given = new Dictionary<string, string?> { ["b"] = null, ["c"] = "3", ["d"] = null };
        var merged = SpecChecks.Merge(new ClusterSpec { Config = before, NodeSelector = before },
            new ClusterSpec { Config = given, NodeSelector = given });
        var expected = new Dictionary<string, string?> { ["a"] = "1", ["c"] = "3" };
        Assert.Equal(expected, merged.Config!.OrderBy(p => p.Key));
        Assert.Equal(expected, merged.NodeSelector!.OrderBy(p => p.Key));
        Assert.Equal(new Dictionary<string, string?> { ["c"] = "3" }, SpecChecks.Merge(null, new ClusterSpec { Config = given }).Config);
        SpecChecks.CheckGiven(new ClusterSpec { NodeSelector = given });
    }

    [Theory]
    // the keys of type PASSWORD in KafkaConfig of Kafka 3.9.2, but for the two with certificates, which are public
    [InlineData("delegation.token.master.key")]
    [InlineData("delegation.token.secret.key")]
    [InlineData("password.encoder.old.secret")]
    [InlineData("password.encoder.secret")]
    [InlineData("sasl.jaas.config")]
    [InlineData("ssl.key.password")]
    [InlineData("ssl.keystore.key")]
    [InlineData("ssl.keystore.password")]
    [InlineData("ssl.truststore.password")]
    [InlineData("zookeeper.ssl.keystore.password")]
    [InlineData("zookeeper.ssl.truststore.password")]
    [InlineData("my.plugin.api.key")]
    public void A_secret_is_refused_and_never_shown(string key)
    {
        var e = Assert.Throws<ClusterException>(() => SpecChecks.CheckGiven(WithConfig(key, "hunter2")));
        Assert.Equal(("SecretInConfig", key), (e.Id, e.Target));
        Assert.DoesNotContain("hunter2", e.Message, StringComparison.Ordinal);
        SpecChecks.CheckGiven(WithConfig(key, null)); // it can be taken away
        Check(WithConfig(key, "hunter2")); // a cluster that stands with one can be changed
        Assert.Contains(key, Assert.Single(SpecChecks.Advise(WithConfig(key, "hunter2"), Defaults)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ssl.truststore.certificates", "-----BEGIN CERTIFICATE-----")]
    [InlineData("ssl.keystore.certificate.chain", "-----BEGIN CERTIFICATE-----")]
    [InlineData("delegation.token.max.lifetime.ms", "1")]
    [InlineData("ssl.keystore.password", "${file:/run/secrets/kafka.properties:password}")]
    public void What_is_no_secret_is_taken(string key, string value) => SpecChecks.CheckGiven(WithConfig(key, value));

    [Fact]
    public void A_private_key_is_a_secret_under_any_name() =>
        Assert.Equal("SecretInConfig",
            Assert.Throws<ClusterException>(() => SpecChecks.CheckGiven(WithConfig("my.pem", "-----BEGIN RSA PRIVATE KEY-----\nx"))).Id);

    [Theory]
    [InlineData("docker.io/apache/kafka:4.1.2", "UnsupportedImage")]
    [InlineData("apache/kafka:4", "UnsupportedImage")]
    [InlineData("kafka:v4.0", "UnsupportedImage")]
    [InlineData("registry:5000/kafka:4.1.2-alpine@sha256:0123", "UnsupportedImage")]
    [InlineData("quay.io/strimzi/kafka:0.49.0-kafka-4.1.0", "UnsupportedImage")]
    [InlineData("my/image:2.0-kafka-4.1", "UnsupportedImage")]
    [InlineData("kafka:0.9.0.1", "UnsupportedImage")]
    [InlineData("kafka:0.10.1.1", "UnsupportedImage")]
    [InlineData("kafka:0.10.2.0", null)]
    [InlineData("kafka:3.9.2-alpine", null)]
    [InlineData("kafka:3", null)]
    [InlineData("wurstmeister/kafka:2.13-2.8.1", null)]
    [InlineData("quay.io/strimzi/kafka:0.45.2-kafka-3.9.2", null)]
    public void Kafka_images(string image, string? id) => AssertImage(new ClusterSpec { KafkaImage = image }, id, told: true);

    [Theory]
    [InlineData("zookeeper:3.4", "UnsupportedImage")]
    [InlineData("docker.io/library/zookeeper:3.4.14", "UnsupportedImage")]
    [InlineData("zookeeper:3.5.10", null)]
    [InlineData("zookeeper:3.9.4-jre-17", null)]
    public void ZooKeeper_images(string image, string? id) => AssertImage(new ClusterSpec { ZooKeeperImage = image }, id, told: true);

    [Theory]
    [InlineData("kafka@sha256:0123")]
    [InlineData("kafka:my-3.9")]
    [InlineData("kafka:latest")]
    [InlineData("kafka:20260101")]
    [InlineData("kafka:4f0a1b2")] // a commit
    [InlineData("localhost:5000/kafka")]
    [InlineData("acme/broker:5.1")] // numbers its own releases
    [InlineData("confluentinc/cp-kafka:7.9.1")]
    public void An_image_that_does_not_tell_its_version_is_warned_of(string image)
    {
        AssertImage(new ClusterSpec { KafkaImage = image }, null, told: false);
        AssertImage(new ClusterSpec { ZooKeeperImage = image }, null, told: false);
    }

    [Theory]
    [InlineData("BrokerMemory", "255Mi", "TooLittleMemory")]
    [InlineData("BrokerMemory", "256Mi", null)]
    [InlineData("BrokerMemory", "1", "TooLittleMemory")]
    [InlineData("ZooKeeperMemory", "100Mi", "TooLittleMemory")]
    [InlineData("ZooKeeperMemory", "192Mi", null)]
    public void Memory_that_leaves_no_heap(string parameter, string value, string? id)
    {
        var e = Record.Exception(() => SpecChecks.CheckGiven(With(parameter, value)));
        Assert.Equal(id, (e as ClusterException)?.Id);
        if (id is not null)
            Assert.Contains($"-{parameter} {value}", e!.Message, StringComparison.Ordinal);
        Check(With(parameter, value)); // a cluster that stands with it can be changed
    }

    private static void AssertImage(ClusterSpec spec, string? id, bool told)
    {
        var e = Record.Exception(() => SpecChecks.CheckGiven(spec));
        Assert.Equal(id, e is null ? null : Assert.IsType<ClusterException>(e).Id);
        Assert.Equal(told ? 0 : 1, ImageVersions.Advise(spec).Count());
    }

    private static ClusterSpec WithConfig(string key, string? value) =>
        new() { Config = new Dictionary<string, string?> { [key] = value } };

    private static ClusterSpec With(string parameter, string value)
    {
        var spec = new ClusterSpec();
        typeof(ClusterSpec).GetProperty(parameter)!.SetValue(spec, value);
        return spec;
    }

    private static void Check(ClusterSpec spec, bool force = false) =>
        SpecChecks.Check(SpecChecks.Complete(spec, Defaults), Defaults, force);

    private static void AssertId(string? id, ClusterSpec spec, bool force = false)
    {
        var e = Record.Exception(() => Check(spec, force));
        Assert.Equal(id, e is null ? null : Assert.IsType<ClusterException>(e).Id);
    }
}
