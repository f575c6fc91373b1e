using System.Text;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using KafkaK8s.Core;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Running;
using KafkaK8s.Core.Security;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;
using ClientConfig = KafkaK8s.Core.Operations.ClientConfig;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>Clusters with TLS, on fake brokers that want a certificate of their authority.</summary>
public sealed class TlsTests
{
    private static readonly ClusterSpec Given = new() { Name = "demo", Plaintext = false };
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_cluster_is_made_with_its_certificates_and_the_same_command_again_changes_nothing()
    {
        var cluster = Nothing();
        await using var server = cluster.Server;
        var made = await DeployAsync(cluster, Given);
        Assert.Equal((ClusterStatus.Ready, KafkaAnswer.Healthy), (made.Status, made.Kafka));
        string[] secrets = ["demo-kafka-ca", "demo-kafka-clients-ca", "demo-kafka-tls", "demo-zk-tls", "demo-kafka-admin"];
        Assert.Equal(secrets, made.Changes.Where(c => c.Kind == "Secret" && c.Name != "demo-zk-reconfig").Select(c => c.Name));
        var before = secrets.Select(s => Secret(cluster, s)!.ToJsonString()).ToList();
        var again = await DeployAsync(cluster, Given with { Plaintext = null });
        Assert.All(again.Changes, c => Assert.Equal(ChangeAction.None, c.Action));
        Assert.Equal(before, secrets.Select(s => Secret(cluster, s)!.ToJsonString()));
        // Not in what is shown, nor in any object but the Secrets themselves.
        var keys = secrets.SelectMany(s => Secret(cluster, s)!["data"]!.AsObject()).Where(e => e.Key is "ca.key" or "keystore.pem")
            .Select(e => Encoding.UTF8.GetString(Convert.FromBase64String((string)e.Value!)).Split('\n')[1]).ToList();
        Assert.Equal(5, keys.Count);
        string told = string.Join('\n', made.Changes.Concat(again.Changes)) + string.Join('\n',
            server.Store.All("apps/v1", "statefulsets").Concat(server.Store.All("v1", "configmaps")).Select(o => o.ToJsonString()));
        Assert.All(keys, k => Assert.DoesNotContain(k, told, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_certificate_that_is_lost_is_made_again_by_the_same_authority()
    {
        var cluster = Nothing();
        await using var server = cluster.Server;
        await DeployAsync(cluster, Given);
        server.Store.Remove("v1", "secrets", "shop", "demo-kafka-admin");
        using var connection = cluster.Connect();
        Assert.Equal("OperatorCertificateMissing", (await Assert.ThrowsAsync<ClusterException>(
            () => BrokerSetView.FindAsync(connection, "shop", "demo", default))).Id);
        var listed = Assert.Single(await ListClusters.RunAsync(connection, "shop", _ => true, default));
        Assert.Equal(KafkaAnswer.NoAnswer, listed.Kafka);
        Assert.Contains("demo-kafka-admin", listed.Reason, StringComparison.Ordinal);
        var made = await DeployAsync(cluster, Given);
        Assert.Equal(["demo-kafka-admin"], made.Changes.Where(c => c.Action == ChangeAction.Create).Select(c => c.Name));
        Assert.Equal(KafkaAnswer.Healthy, made.Kafka);
    }

    // Who answers is no broker of the cluster, or who asks is not its operator.
    [Theory]
    [InlineData("demo-kafka-tls", "other", "demo", "shop")] // another authority's certificate, and it trusts that one alone
    [InlineData("demo-kafka-admin", "other", "demo", "shop")]
    [InlineData("demo-kafka-tls", "same", "other", "shop")] // made for other names
    public async Task A_certificate_that_is_not_meant_is_refused(string secret, string authority, string name, string ns)
    {
        var cluster = Nothing();
        await using var server = cluster.Server;
        await DeployAsync(cluster, Given);
        var standing = authority == "other" ? [] : ClusterCertificates.Kept.ToDictionary(
            n => $"{name}-{n}", n =>
            {
                var kept = Secret(cluster, $"demo-{n}")!;
                kept["metadata"]!["name"] = $"{name}-{n}";
                return kept;
            });
        var foreign = ClusterCertificates.Missing(new ClusterNames(name), ns, standing, DateTimeOffset.UtcNow)
            .Single(s => s.Name() == secret.Replace("demo", name, StringComparison.Ordinal));
        server.Store.Change("v1", "secrets", "shop", secret, tree => tree["data"] = foreign["data"]!.DeepClone());
        using var connection = cluster.Connect();
        var view = await BrokerSetView.FindAsync(connection, "shop", "demo", default);
        var probe = Assert.Single(await BrokerProbes.TakeAsync(view.Door, [view.Brokers[0]], Limit, default));
        Assert.Null(probe.Answer);
        Assert.Contains("TLS", probe.Failure, StringComparison.Ordinal);
        Assert.Null(await DescribeLogDirs.TryReadAsync(view.Door, view.Brokers[0].Pod, Limit, default));
    }

    [Theory]
    [InlineData("{\"keystore.pem\":\"bm90aGluZw==\",\"ca.pem\":\"bm90aGluZw==\"}")]
    [InlineData("{\"keystore.pem\":\"?\"}")]
    [InlineData("{}")]
    public void A_Secret_that_holds_no_certificate_is_told(string data)
    {
        var secret = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "demo-kafka-admin" }, ["data"] = JsonNode.Parse(data) };
        var e = Assert.Throws<ClusterException>(() => OperatorIdentity.Of(secret));
        Assert.Equal(("OperatorCertificateUnusable", "demo-kafka-admin"), (e.Id, e.Target));
    }

    [Fact]
    public async Task The_tunnel_lets_in_who_knows_its_password_and_nobody_else()
    {
        var cluster = Nothing();
        await using var server = cluster.Server;
        await DeployAsync(cluster, Given);
        cluster.Kafka.Topic("orders", [0, 1, 2]);
        using var connection = cluster.Connect();
        await using var tunnel = Tunnel.Open(await BrokerSetView.FindAsync(connection, "shop", "demo", default));
        Assert.DoesNotContain(tunnel.Entry.Login!.Password, $"{tunnel.Entry}", StringComparison.Ordinal);
        var (seen, heard) = await Task.Run(() => Ask(KafkaClientSettings.Admin(tunnel.Entry)));
        Assert.True(seen == "orders", heard);
        int before = cluster.Kafka.Requests.Count(r => r.Key == 3);
        var (none, words) = await Task.Run(() => Ask(KafkaClientSettings.Admin(tunnel.Entry with { Login = TunnelLogin.New() })));
        Assert.Null(none);
        Assert.Contains("Get-KafkaClientConfig", words, StringComparison.Ordinal);
        (none, _) = await Task.Run(() => Ask(KafkaClientSettings.Admin(tunnel.Entry with { Login = null })));
        Assert.Null(none);
        Assert.Equal(before, cluster.Kafka.Requests.Count(r => r.Key == 3)); // no broker was asked
    }

    // What Get-KafkaClientConfig writes down is what a client needs, and the tunnel's own text has nothing of it.
    [Fact]
    public async Task A_tunnel_that_is_held_gives_its_login_to_who_asks_for_it()
    {
        var cluster = Nothing();
        await using var server = cluster.Server;
        await DeployAsync(cluster, Given);
        cluster.Kafka.Topic("orders", [0, 1, 2]);
        using var connection = cluster.Connect();
        var held = await HeldTunnels.OpenAsync(connection, "shop", "demo", default);
        var lines = ClientConfig.Of("Librdkafka", held);
        var (seen, heard) = await Task.Run(() => Ask(new AdminClientConfig(lines.Select(l => l.Split('=', 2)).ToDictionary(p => p[0], p => p[1]))));
        Assert.True(seen == "orders", heard);
        string password = lines.Single(l => l.StartsWith("sasl.password=", StringComparison.Ordinal)).Split('=')[1];
        Assert.Equal(
            [$"bootstrap.servers={held.Bootstrap}", "security.protocol=SASL_PLAINTEXT", "sasl.mechanism=PLAIN",
            "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username=\"operator\" "
                + $"password=\"{password}\";"],
            ClientConfig.Of("Java", held));
        Assert.Contains($"      sasl.jaas.config: 'org.apache.kafka.common.security.plain.PlainLoginModule required username=\"operator\" "
            + $"password=\"{password}\";'", ClientConfig.Of("Spring", held));
        string dotNet = string.Join('\n', ClientConfig.Of("DotNet", held));
        Assert.Equal(("SaslPlaintext", "Plain", password), ((string)JsonNode.Parse(dotNet)!["Kafka"]!["SecurityProtocol"]!,
            (string)JsonNode.Parse(dotNet)!["Kafka"]!["SaslMechanism"]!, (string)JsonNode.Parse(dotNet)!["Kafka"]!["SaslPassword"]!));
        Assert.DoesNotContain(password, $"{held}", StringComparison.Ordinal);
        await HeldTunnels.CloseAsync(held);
    }

    [Fact]
    public async Task Authorities_stay_with_the_volumes_and_go_with_them()
    {
        var cluster = Nothing();
        await using var server = cluster.Server;
        await DeployAsync(cluster, Given);
        string kept = Secret(cluster, "demo-kafka-ca")!["data"]!.ToJsonString();
        var plan = await RemoveAsync(cluster, deleteData: false);
        Assert.Equal(["demo-kafka-ca", "demo-kafka-clients-ca"],
            plan.Where(c => c.Kind == "Secret" && c.Action == ChangeAction.Keep).Select(c => c.Name).Order());
        Assert.Null(Secret(cluster, "demo-kafka-tls"));
        Assert.Equal("SecurityChange", (await Assert.ThrowsAsync<ClusterException>(
            () => DeployAsync(cluster, Given with { Plaintext = true }))).Id);
        using (var connection = cluster.Connect())
        {
            var again = await DeployPlanner.PlanAsync(connection, Repository.Catalog,
                new DeployRequest(Given, "shop", false, false, false, Limit), default);
            Assert.Equal(["demo-zk-reconfig", "demo-kafka-tls", "demo-zk-tls", "demo-kafka-admin"],
                again.Changes.Where(c => c.Kind == "Secret").Select(c => c.Name));
        }

        Assert.Equal(kept, Secret(cluster, "demo-kafka-ca")!["data"]!.ToJsonString());
        await RemoveAsync(cluster, deleteData: true);
        Assert.Null(Secret(cluster, "demo-kafka-ca"));
        Assert.Null(Secret(cluster, "demo-kafka-clients-ca"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cluster_that_stands_keeps_what_it_was_made_with(bool plaintext)
    {
        var cluster = Nothing();
        await using var server = cluster.Server;
        await DeployAsync(cluster, Given with { Plaintext = plaintext });
        Assert.Equal("SecurityChange", (await Assert.ThrowsAsync<ClusterException>(
            () => DeployAsync(cluster, Given with { Plaintext = !plaintext }))).Id);
        Assert.All((await DeployAsync(cluster, Given with { Plaintext = null })).Changes, c => Assert.Equal(ChangeAction.None, c.Action));
        Assert.Equal(!plaintext, cluster.IsTls);
    }

    private static JsonObject? Secret(FakeCluster cluster, string name) => cluster.Server.Store.Find("v1", "secrets", "shop", name);

    private static FakeCluster Nothing()
    {
        var cluster = new FakeCluster(new FakeApiServer());
        cluster.Server.Store.Put("v1", "namespaces", null, FakeObjects.Namespace(cluster.Namespace));
        cluster.Ensemble.Bootstrap(3);
        cluster.Server.Pods.Start();
        return cluster;
    }

    private static async Task<KafkaCluster> DeployAsync(FakeCluster cluster, ClusterSpec given)
    {
        using var connection = cluster.Connect();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3)); // for one that hangs
        var request = new DeployRequest(given, cluster.Namespace, false, false, false, TimeSpan.FromSeconds(60));
        var plan = await DeployPlanner.PlanAsync(connection, Repository.Catalog, request, limit.Token);
        OperationEvent? last = null;
        await foreach (var e in DeployCluster.RunAsync(connection, plan, limit.Token))
            last = e;
        return Assert.IsType<Completed<KafkaCluster>>(last).Result;
    }

    private static async Task<IReadOnlyList<PlanStep>> RemoveAsync(FakeCluster cluster, bool deleteData)
    {
        using var connection = cluster.Connect();
        var request = new RemoveRequest("demo", "shop", deleteData, false, TimeSpan.FromMinutes(1));
        var plan = await RemoveCluster.PlanAsync(connection, request, default);
        await foreach (var e in RemoveCluster.RunAsync(connection, plan, default))
            Assert.NotNull(e);
        return plan.Changes;
    }

    /// <returns>The topic that the brokers name, or the first words of what is wrong.</returns>
    private static (string? Topic, string Words) Ask(AdminClientConfig config)
    {
        string words = "";
        using var admin = new AdminClientBuilder(config).SetLogHandler((_, _) => { })
            .SetErrorHandler((_, e) => words += $"{e.Reason}; ").Build();
        try
        {
            return (admin.GetMetadata(TimeSpan.FromSeconds(4)).Topics.Single().Topic, words);
        }
        catch (KafkaException e)
        {
            return (null, $"{words}{e.Message}");
        }
    }
}
