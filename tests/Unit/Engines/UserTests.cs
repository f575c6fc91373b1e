using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using KafkaK8s.Core;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Running;
using KafkaK8s.Core.Security;
using KafkaK8s.Core.Yaml;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>Users and their rights, by the native client and by our own requests, on fake brokers with TLS.</summary>
public sealed class UserTests
{
    [Fact]
    public async Task A_user_gets_a_password_that_its_Secret_has_and_the_brokers_know()
    {
        await using var on = await StartAsync();
        var plan = await ChangeUser.PlanNewAsync(on.Admin, "app1", UserSecret.Password, default);
        Assert.Equal(["Create Secret/demo-kafka-user-app1: a password", "Create Password/app1: told to the brokers"], Rows(plan.Steps));
        Assert.Null(on.Secret("app1"));
        Assert.Empty(on.Kafka.Scram);
        var made = await on.NewAsync("app1");
        Assert.Equal(("app1", "demo", "shop", "Password", "demo-kafka-user-app1", 0, KafkaUserState.Ready, ""),
            (made.Name, made.Cluster, made.Namespace, made.Authentication, made.Secret, made.Grants, made.State, made.Reason));
        var secret = on.Secret("app1")!;
        Assert.Equal(("Opaque", "app1", "demo", "kafkak8s"), ((string?)secret["type"], secret.Label("kafkak8s.io/user"),
            secret.Label("kafkak8s.io/cluster"), secret.Label("app.kubernetes.io/part-of")));
        Assert.Equal(["ca.pem", "password"], secret["data"]!.AsObject().Select(e => e.Key).Order());
        Assert.Matches("^[A-Za-z0-9]{32}$", on.Text("app1", "password"));
        Assert.Contains("BEGIN CERTIFICATE", on.Text("app1", "ca.pem"), StringComparison.Ordinal);
        Assert.True(on.Kafka.LetsIn("app1", on.Text("app1", "password")));
        Assert.Equal(8192, on.Kafka.Scram["app1"].Iterations);
        Assert.DoesNotContain(on.Text("app1", "password"), $"{plan}{string.Join(' ', plan.Steps)}{made}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_command_again_changes_nothing()
    {
        await using var on = await StartAsync();
        await on.NewAsync("app1");
        string before = on.Secret("app1")!.ToJsonString();
        var kept = on.Kafka.Scram["app1"];
        Assert.Equal(["None Secret/demo-kafka-user-app1: "],
            Rows((await ChangeUser.PlanNewAsync(on.Admin, "app1", UserSecret.Password, default)).Steps));
        await on.NewAsync("app1");
        Assert.Equal((before, kept), (on.Secret("app1")!.ToJsonString(), on.Kafka.Scram["app1"]));
    }

    // Of a command that was interrupted after the Secret, and of brokers that lost what they knew.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_missing_is_made_of_the_password_that_there_is(bool knows)
    {
        await using var on = await StartAsync();
        await on.NewAsync("app1");
        string password = on.Text("app1", "password");
        if (knows)
        {
            await ScramUsers.SetAsync(on.Admin, "app1", "another", default);
            on.Cluster.Server.Store.Change("v1", "secrets", "shop", "demo-kafka-user-app1",
                s => s["metadata"]!["annotations"] = new JsonObject { ["kafkak8s.io/credential-pending"] = "true" });
        }
        else
        {
            on.Kafka.Scram.Clear();
        }

        var listed = Assert.Single(await ListUsers.RunAsync(on.Admin, _ => true, default));
        Assert.Equal(KafkaUserState.NotInKafka, listed.State);
        Assert.Contains("New-KafkaUser demo app1", listed.Reason, StringComparison.Ordinal);
        Assert.Equal(KafkaUserState.Ready, (await on.NewAsync("app1")).State);
        Assert.Equal(password, on.Text("app1", "password"));
        Assert.True(on.Kafka.LetsIn("app1", password));
    }

    [Fact]
    public async Task A_user_with_a_certificate_is_signed_by_the_users_authority_alone()
    {
        await using var on = await StartAsync();
        var made = await on.NewAsync("team.app-1", UserSecret.Certificate);
        Assert.Equal(("Certificate", KafkaUserState.Ready), (made.Authentication, made.State));
        Assert.Empty(on.Kafka.Scram);
        Assert.Equal(["ca.pem", "keystore.pem"], on.Secret("team.app-1")!["data"]!.AsObject().Select(e => e.Key).Order());
        string store = on.Text("team.app-1", "keystore.pem");
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", store, StringComparison.Ordinal);
        using var certificate = X509Certificate2.CreateFromPem(store, store);
        Assert.Equal("CN=team.app-1", certificate.Subject);
        Assert.Equal(certificate.NotAfter.ToUniversalTime(), made.Until!.Value.UtcDateTime);
        Assert.True(IsSignedBy(certificate, on.Text("demo-kafka-clients-ca", "ca.crt", isUser: false)));
        Assert.False(IsSignedBy(certificate, on.Text("demo-kafka-ca", "ca.crt", isUser: false)));
        Assert.Equal(on.Text("demo-kafka-admin", "ca.pem", isUser: false), on.Text("team.app-1", "ca.pem"));
    }

    [Theory]
    [InlineData("app1", UserSecret.Certificate, "UserExists")] // it has a password
    [InlineData("cert", UserSecret.Password, "UserExists")]
    [InlineData("lost", UserSecret.Password, "UserExists")] // only the brokers know its password
    [InlineData("kafka", UserSecret.Password, "ReservedUserName")]
    [InlineData("A", UserSecret.Password, "InvalidUserName")]
    [InlineData("taken", UserSecret.Password, "NameTaken")]
    [InlineData("empty", UserSecret.Password, "UserSecretUnusable")]
    public async Task What_cannot_be_made_is_refused_before_anything_is_made(string name, string authentication, string id)
    {
        await using var on = await StartAsync();
        await on.NewAsync("app1");
        await on.NewAsync("cert", UserSecret.Certificate);
        await ScramUsers.SetAsync(on.Admin, "lost", "secret", default);
        on.Cluster.Server.Store.Put("v1", "secrets", "shop", FakeObjects.Plain("v1", "Secret", "demo-kafka-user-taken"));
        on.Put(UserSecret.WithPassword(on.Admin.Brokers.Names, "empty", "", "trust"));
        int secrets = on.Cluster.Server.Store.All("v1", "secrets").Count;
        Assert.Equal(id, (await Assert.ThrowsAsync<ClusterException>(
            () => ChangeUser.PlanNewAsync(on.Admin, name, authentication, default))).Id);
        Assert.Equal((secrets, 2), (on.Cluster.Server.Store.All("v1", "secrets").Count, on.Kafka.Scram.Count));
    }

    [Fact]
    public async Task Without_its_authority_no_certificate_is_made()
    {
        await using var on = await StartAsync();
        on.Cluster.Server.Store.Remove("v1", "secrets", "shop", "demo-kafka-clients-ca");
        Assert.Equal("AuthorityMissing", (await Assert.ThrowsAsync<ClusterException>(
            () => ChangeUser.PlanNewAsync(on.Admin, "app1", UserSecret.Certificate, default))).Id);
    }

    [Fact]
    public async Task A_cluster_without_TLS_has_no_users()
    {
        var cluster = await FakeCluster.StartAsync();
        await using var server = cluster.Server;
        using var connection = cluster.Connect();
        await using var admin = await KafkaAdmin.OpenAsync(connection, "shop", "demo", default);
        foreach (var work in new Func<Task>[]
        {
            () => ChangeUser.PlanNewAsync(admin, "app1", UserSecret.Password, default),
            () => ChangeUser.PlanResetAsync(admin, "app1", default), () => ChangeUser.PlanRemoveAsync(admin, "app1", default),
            () => ListUsers.RunAsync(admin, _ => true, default), () => ListUsers.AccessAsync(admin, _ => true, default),
            () => ChangeAccess.PlanGrantAsync(admin, "app1", [], default), () => ChangeAccess.PlanRevokeAsync(admin, [], default),
            () => UserConfig.RunAsync(connection, admin.Brokers, "app1", "Java", default),
        })
            Assert.Equal("NoUsers", (await Assert.ThrowsAsync<ClusterException>(work)).Id);
    }

    [Fact]
    public async Task A_grant_makes_what_is_missing_and_is_shown_with_the_user()
    {
        await using var on = await StartAsync();
        await on.NewAsync("app1");
        var made = await on.GrantAsync("app1", new AccessRequest
        {
            Topics = ["orders*", "all"],
            Groups = ["app1"],
            TransactionalIds = ["*"],
            Operations = ["Read", "Write"],
        });
        Assert.Equal(["Topic orders Prefixed Read", "Topic orders Prefixed Write", "Topic all Literal Read", "Topic all Literal Write",
            "Group app1 Literal Read", "TransactionalId * Literal Write", "TransactionalId * Literal Describe"],
            made.Select(a => $"{a.Resource} {a.Name} {a.Pattern} {a.Operation}"));
        Assert.Contains(new FakeAcl(2, "orders", 4, "User:app1", "*", 3, 3), on.Kafka.Acls);
        Assert.Contains(new FakeAcl(5, "*", 3, "User:app1", "*", 8, 3), on.Kafka.Acls);
        Assert.Equal(7, on.Kafka.Acls.Count);
        Assert.Equal(made.OrderBy(a => $"{a}"), (await ListUsers.AccessAsync(on.Admin, u => u == "app1", default)).OrderBy(a => $"{a}"));
        Assert.Equal(7, Assert.Single(await ListUsers.RunAsync(on.Admin, _ => true, default)).Grants);

        var rules = ChangeAccess.Rules("app1", new AccessRequest { Topics = ["orders*"], Operations = ["Read", "Describe"] });
        var plan = await ChangeAccess.PlanGrantAsync(on.Admin, "app1", rules, default);
        Assert.Equal(["Create Access/app1: Allow Describe: topic orders*", "None Access/app1: Allow Read: topic orders*"],
            Rows(plan.Steps));
    }

    [Theory]
    [InlineData("nobody", "orders", "UserNotFound")]
    [InlineData("No Body", "orders", "UserNotFound")]
    [InlineData("app1", "or*ders", "InvalidPattern")]
    [InlineData("app1", "**", "InvalidPattern")]
    [InlineData("app1", "", "InvalidPattern")]
    [InlineData("app1", "a b", "InvalidTopicName")]
    [InlineData("app1", null, "NoResource")]
    public async Task What_cannot_be_granted_is_refused(string user, string? topic, string id)
    {
        await using var on = await StartAsync();
        await on.NewAsync("app1");
        Assert.Equal(id, (await Assert.ThrowsAsync<ClusterException>(
            () => on.GrantAsync(user, new AccessRequest { Topics = topic is null ? [] : [topic] }))).Id);
        Assert.Empty(on.Kafka.Acls);
    }

    [Fact]
    public async Task What_is_taken_back_is_that_and_no_more()
    {
        await using var on = await StartAsync();
        await on.NewAsync("app1");
        await on.NewAsync("app2");
        var request = new AccessRequest { Topics = ["orders*", "orders"], Groups = ["g"], Operations = ["Read", "Write"] };
        await on.GrantAsync("app1", request);
        await on.GrantAsync("app2", request);
        await on.RevokeAsync("app1", new AccessRequest { Topics = ["orders*"], Operations = ["Write"] });
        Assert.Equal(9, on.Kafka.Acls.Count);
        Assert.DoesNotContain(new FakeAcl(2, "orders", 4, "User:app1", "*", 4, 3), on.Kafka.Acls);
        await on.RevokeAsync("app1", new AccessRequest { Topics = ["orders"], Groups = ["g"] }); // whatever it allows
        Assert.Equal([new FakeAcl(2, "orders", 4, "User:app1", "*", 3, 3)], on.Kafka.Acls.Where(a => a.Principal == "User:app1"));
        Assert.Equal(5, on.Kafka.Acls.Count(a => a.Principal == "User:app2"));
        var e = await Assert.ThrowsAsync<ClusterException>(() => on.RevokeAsync("app1", new AccessRequest { Topics = ["ordres"] }));
        Assert.Equal("AccessNotFound", e.Id);
        Assert.Contains("topic orders*", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_password_takes_the_place_of_the_former_one()
    {
        await using var on = await StartAsync();
        await on.NewAsync("app1");
        string former = on.Text("app1", "password");
        var plan = await ChangeUser.PlanResetAsync(on.Admin, "app1", default);
        Assert.Equal(["Update Secret/demo-kafka-user-app1: password: (secret) -> (secret)",
            "Update Password/app1: password: (secret) -> (secret)"], Rows(plan.Steps));
        Assert.Contains("within 60 s", Assert.Single(plan.Warnings), StringComparison.Ordinal);
        Assert.Equal(KafkaUserState.Ready, (await ResultAsync<KafkaUser>(ChangeUser.ResetAsync(on.Admin, plan, default))).State);
        string now = on.Text("app1", "password");
        Assert.NotEqual(former, now);
        Assert.True(on.Kafka.LetsIn("app1", now));
        Assert.False(on.Kafka.LetsIn("app1", former));
    }

    [Fact]
    public async Task A_password_that_is_in_no_Secret_is_made_anew()
    {
        await using var on = await StartAsync();
        await ScramUsers.SetAsync(on.Admin, "lost", "secret", default);
        var listed = Assert.Single(await ListUsers.RunAsync(on.Admin, _ => true, default));
        Assert.Equal((KafkaUserState.NoSecret, "Password", ""), (listed.State, listed.Authentication, listed.Secret));
        var plan = await ChangeUser.PlanResetAsync(on.Admin, "lost", default);
        Assert.Equal(KafkaUserState.Ready, (await ResultAsync<KafkaUser>(ChangeUser.ResetAsync(on.Admin, plan, default))).State);
        Assert.True(on.Kafka.LetsIn("lost", on.Text("lost", "password")));
    }

    [Fact]
    public async Task A_new_certificate_says_that_the_former_one_stays_good()
    {
        await using var on = await StartAsync();
        var before = await on.NewAsync("cert", UserSecret.Certificate);
        string former = on.Text("cert", "keystore.pem");
        var plan = await ChangeUser.PlanResetAsync(on.Admin, "cert", default);
        Assert.Contains($"cannot be taken back, and is good until {before.Until:yyyy-MM-dd}", Assert.Single(plan.Warnings),
            StringComparison.Ordinal);
        var after = await ResultAsync<KafkaUser>(ChangeUser.ResetAsync(on.Admin, plan, default));
        Assert.NotEqual(former, on.Text("cert", "keystore.pem"));
        Assert.True(after.Until >= before.Until);
        Assert.Empty(on.Kafka.Scram);
    }

    [Fact]
    public async Task A_user_with_a_password_goes_with_all_that_it_had()
    {
        await using var on = await StartAsync();
        await on.NewAsync("app1");
        await on.NewAsync("app2");
        await on.GrantAsync("app1", new AccessRequest { Topics = ["a"], Groups = ["g"] });
        await on.GrantAsync("app2", new AccessRequest { Topics = ["a"] });
        var plan = await ChangeUser.PlanRemoveAsync(on.Admin, "app1", default);
        Assert.Equal(["Delete Password/app1: ", "Delete Access/app1: 2 grants", "Delete Secret/demo-kafka-user-app1: "],
            Rows(plan.Steps));
        Assert.Contains("within 60 s", Assert.Single(plan.Warnings), StringComparison.Ordinal);
        Assert.Equal(3, on.Kafka.Acls.Count);
        await ResultAsync<IReadOnlyList<PlanStep>>(ChangeUser.RemoveAsync(on.Admin, plan, default));
        Assert.Equal(["app2"], on.Kafka.Scram.Keys);
        Assert.Equal(["User:app2"], on.Kafka.Acls.Select(a => a.Principal));
        Assert.Null(on.Secret("app1"));
        Assert.Equal("UserNotFound", (await Assert.ThrowsAsync<ClusterException>(
            () => ChangeUser.PlanRemoveAsync(on.Admin, "app1", default))).Id);
        await on.NewAsync("app1"); // its name is free again
    }

    [Fact]
    public async Task A_certificate_that_is_still_good_is_denied_everything_and_its_name_is_spent_until_it_ends()
    {
        await using var on = await StartAsync();
        var before = await on.NewAsync("cert", UserSecret.Certificate);
        await on.GrantAsync("cert", new AccessRequest { Topics = ["a"] });
        var plan = await ChangeUser.PlanRemoveAsync(on.Admin, "cert", default);
        Assert.Equal([$"Create Access/cert: everything is denied until {before.Until:yyyy-MM-dd}", "Delete Access/cert: 1 grant",
            "Update Secret/demo-kafka-user-cert: keystore.pem: (secret) -> (none)"], Rows(plan.Steps));
        await ResultAsync<IReadOnlyList<PlanStep>>(ChangeUser.RemoveAsync(on.Admin, plan, default));
        Assert.Equal([(2, "*", 2), (3, "*", 2), (5, "*", 2)],
            on.Kafka.Acls.Select(a => ((int)a.Resource, a.Name, (int)a.Permission)).Order());
        Assert.All(on.Kafka.Acls, a => Assert.Equal(("User:cert", (byte)2), (a.Principal, a.Operation)));
        Assert.Empty(on.Secret("cert")!["data"]!.AsObject());
        var listed = Assert.Single(await ListUsers.RunAsync(on.Admin, _ => true, default));
        Assert.Equal((KafkaUserState.Removed, "Certificate", 0), (listed.State, listed.Authentication, listed.Grants));

        foreach (var refused in new Func<Task>[]
        {
            () => ChangeUser.PlanNewAsync(on.Admin, "cert", UserSecret.Certificate, default),
            () => ChangeUser.PlanNewAsync(on.Admin, "cert", UserSecret.Password, default),
            () => ChangeUser.PlanResetAsync(on.Admin, "cert", default),
            () => ChangeAccess.PlanRevokeAsync(on.Admin, ChangeUser.Denial("cert"), default),
        })
            Assert.Equal("UserNameSpent", (await Assert.ThrowsAsync<ClusterException>(refused)).Id);
        Assert.Equal("UserNotFound", (await Assert.ThrowsAsync<ClusterException>(
            () => on.GrantAsync("cert", new AccessRequest { Topics = ["a"] }))).Id);
        Assert.Equal("UserNotFound", (await Assert.ThrowsAsync<ClusterException>(
            () => ChangeUser.PlanRemoveAsync(on.Admin, "cert", default))).Id);

        on.Cluster.Server.Store.Change("v1", "secrets", "shop", "demo-kafka-user-cert",
            s => s["metadata"]!["annotations"]!["kafkak8s.io/certificate-until"] = "2020-01-01T00:00:00Z");
        Assert.Equal(KafkaUserState.Ready, (await on.NewAsync("cert")).State); // its day is over
        Assert.Empty(on.Kafka.Acls);
        Assert.True(on.Kafka.LetsIn("cert", on.Text("cert", "password")));
    }

    [Fact]
    public async Task Who_is_named_by_rules_alone_is_listed_and_can_be_cleaned_up()
    {
        await using var on = await StartAsync();
        on.Kafka.Acls.AddRange([new FakeAcl(2, "a", 3, "User:ghost", "*", 3, 3), new FakeAcl(2, "a", 3, "User:*", "*", 3, 3),
            new FakeAcl(4, "kafka-cluster", 3, "User:CN=x,O=y", "10.0.0.1", 9, 2)]);
        var listed = Assert.Single(await ListUsers.RunAsync(on.Admin, _ => true, default));
        Assert.Equal(("ghost", KafkaUserState.NoSecret, ""), (listed.Name, listed.State, listed.Authentication));
        Assert.Contains("User=CN=x,O=y", string.Join(';', (await ListUsers.AccessAsync(on.Admin, _ => true, default))
            .Select(a => $"User={a.User} {a.Resource} {a.Permission} {a.Host}")), StringComparison.Ordinal);
        var plan = await ChangeUser.PlanRemoveAsync(on.Admin, "ghost", default);
        await ResultAsync<IReadOnlyList<PlanStep>>(ChangeUser.RemoveAsync(on.Admin, plan, default));
        Assert.Equal(2, on.Kafka.Acls.Count);
    }

    [Fact]
    public async Task Any_broker_that_answers_tells_the_users_and_none_is_an_error()
    {
        await using var on = await StartAsync();
        await on.NewAsync("app1");
        on.Kafka.Down.Add(0);
        Assert.Equal(["app1"], await ScramUsers.KnownAsync(on.Admin.Brokers, null, default));
        Assert.Empty(await ScramUsers.KnownAsync(on.Admin.Brokers, ["other"], default));
        on.Kafka.ScramError = 31;
        Assert.Equal("KafkaForbidden", (await Assert.ThrowsAsync<ClusterException>(
            () => ScramUsers.KnownAsync(on.Admin.Brokers, null, default))).Id);
        on.Kafka.Down.UnionWith([1, 2]);
        Assert.Equal("KafkaSilent", (await Assert.ThrowsAsync<ClusterException>(
            () => ScramUsers.KnownAsync(on.Admin.Brokers, null, default))).Id);
    }

    [Theory]
    [InlineData("Java", UserSecret.Password, "bootstrap.servers=demo-kafka-0.demo-kafka-headless.shop.svc:9094,|security.protocol=SASL_SSL|"
        + "ssl.truststore.type=PEM|ssl.truststore.location=/tls/ca.pem|sasl.mechanism=SCRAM-SHA-512|ScramLoginModule required "
        + "username=\"app1\" password=\"SECRET\";")]
    [InlineData("Java", UserSecret.Certificate, ":9093,|security.protocol=SSL|ssl.keystore.location=/tls/keystore.pem|"
        + "ssl.truststore.location=/tls/ca.pem")]
    [InlineData("Librdkafka", UserSecret.Password, "security.protocol=sasl_ssl|ssl.ca.location=/tls/ca.pem|sasl.mechanism=SCRAM-SHA-512|"
        + "sasl.username=app1|sasl.password=SECRET")]
    [InlineData("Librdkafka", UserSecret.Certificate, "security.protocol=ssl|ssl.key.location=/tls/keystore.pem|"
        + "ssl.certificate.location=/tls/keystore.pem|ssl.ca.location=/tls/ca.pem")]
    [InlineData("DotNet", UserSecret.Password, "\"SecurityProtocol\": \"SaslSsl\"|\"SaslMechanism\": \"ScramSha512\"|"
        + "\"SaslPassword\": \"SECRET\"|\"SslCaLocation\": \"/tls/ca.pem\"")]
    [InlineData("Spring", UserSecret.Password, "      protocol: SASL_SSL|      sasl.jaas.config: 'org.apache.kafka.common.security.scram."
        + "ScramLoginModule required username=\"app1\" password=\"SECRET\";'|      ssl.truststore.location: /tls/ca.pem")]
    public async Task A_client_is_told_how_the_user_comes_in(string format, string authentication, string parts)
    {
        await using var on = await StartAsync();
        await on.NewAsync("app1", authentication);
        string text = string.Join('\n', await UserConfig.RunAsync(on.Connection, on.Admin.Brokers, "app1", format, default));
        string secret = authentication == UserSecret.Password ? on.Text("app1", "password") : "SECRET";
        Assert.All(parts.Split('|'), p => Assert.Contains(p.Replace("SECRET", secret, StringComparison.Ordinal), text,
            StringComparison.Ordinal));
        Assert.DoesNotContain(format is "Java" or "Spring" ? "ssl.ca" : "truststore", text, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UserSecret.Password, "password")]
    [InlineData(UserSecret.Certificate, "keystore.pem")]
    public async Task A_manifest_has_all_that_the_client_needs(string authentication, string entry)
    {
        await using var on = await StartAsync();
        await on.NewAsync("app1", authentication);
        var lines = await UserConfig.RunAsync(on.Connection, on.Admin.Brokers, "app1", "Secret", default);
        var tree = YamlReader.ReadAll(string.Join('\n', lines), "the manifest").Single().AsObject();
        Assert.Equal(("Secret", "demo-app1-client", "Opaque"), ((string?)tree["kind"], tree.Name(), (string?)tree["type"]));
        Assert.Equal(["ca.pem", "client.properties", entry], tree["stringData"]!.AsObject().Select(e => e.Key).Order());
        Assert.Equal(on.Text("app1", entry), (string?)tree["stringData"]![entry]);
        Assert.Equal(on.Text("app1", "ca.pem"), (string?)tree["stringData"]!["ca.pem"]);
        Assert.Equal(string.Join('\n', await UserConfig.RunAsync(on.Connection, on.Admin.Brokers, "app1", "Java", default)) + "\n",
            (string?)tree["stringData"]!["client.properties"]);
        Assert.Null(tree["metadata"]!["labels"]); // it is no part of the cluster
        Assert.Equal("UserNotFound", (await Assert.ThrowsAsync<ClusterException>(
            () => UserConfig.RunAsync(on.Connection, on.Admin.Brokers, "other", "Java", default))).Id);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"password\":\"?\"}")]
    public async Task A_Secret_without_a_credential_is_told(string data)
    {
        await using var on = await StartAsync();
        await on.NewAsync("app1");
        on.Cluster.Server.Store.Change("v1", "secrets", "shop", "demo-kafka-user-app1", s => s["data"] = JsonNode.Parse(data));
        Assert.Equal("UserSecretUnusable", (await Assert.ThrowsAsync<ClusterException>(
            () => UserConfig.RunAsync(on.Connection, on.Admin.Brokers, "app1", "Java", default))).Id);
    }

    [Fact]
    public async Task Users_stay_with_the_volumes_and_go_with_them()
    {
        await using var on = await StartAsync();
        await on.NewAsync("app1");
        foreach (string pod in new[] { "demo-kafka-0", "demo-zk-0" })
        {
            var claim = FakeObjects.Plain("v1", "PersistentVolumeClaim", $"data-{pod}", FakeObjects.Labels("demo", "kafka"));
            on.Cluster.Server.Store.Put("v1", "persistentvolumeclaims", "shop", claim);
        }

        Assert.Equal("Keep", await ActionAsync(deleteData: false));
        Assert.Equal("Delete", await ActionAsync(deleteData: true));

        async Task<string> ActionAsync(bool deleteData)
        {
            var request = new RemoveRequest("demo", "shop", deleteData, false, TimeSpan.FromMinutes(1));
            return (await RemoveCluster.PlanAsync(on.Connection, request, default)).Changes.Single(c => c.Name == "demo-kafka-user-app1")
                .Action;
        }
    }

    private static bool IsSignedBy(X509Certificate2 certificate, string authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(authority);
        return chain.Build(certificate);
    }

    private static IEnumerable<string> Rows(IEnumerable<PlanStep> steps) => steps.Select(s => $"{s.Action} {s.Kind}/{s.Name}: {s.Change}");

    private static async Task<T> ResultAsync<T>(IAsyncEnumerable<OperationEvent> events)
    {
        T? result = default;
        await foreach (var e in events)
            result = e is Completed<T> done ? done.Result : result;
        return Assert.IsAssignableFrom<T>(result);
    }

    private static async Task<Started> StartAsync()
    {
        var cluster = await FakeCluster.StartAsync();
        var store = cluster.Server.Store;
        foreach (var secret in ClusterCertificates.Missing(new ClusterNames("demo"), "shop", new Dictionary<string, JsonObject>(),
            DateTimeOffset.UtcNow))
            store.Put("v1", "secrets", "shop", secret);
        store.Change("apps/v1", "statefulsets", "shop", "demo-kafka", set =>
            set["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]!.AsArray().Add(
                new JsonObject { ["name"] = "SECURITY", ["value"] = "tls" }));
        var connection = cluster.Connect();
        return new Started(cluster, connection, await KafkaAdmin.OpenAsync(connection, "shop", "demo", default));
    }

    private sealed record Started(FakeCluster Cluster, KubeConnection Connection, KafkaAdmin Admin) : IAsyncDisposable
    {
        public FakeKafka Kafka => Cluster.Kafka;

        public JsonObject? Secret(string user) => Cluster.Server.Store.Find("v1", "secrets", "shop", $"demo-kafka-user-{user}");

        public void Put(JsonObject secret) => Cluster.Server.Store.Put("v1", "secrets", "shop", secret);

        public string Text(string name, string key, bool isUser = true) => Encoding.UTF8.GetString(Convert.FromBase64String(
            (string)(isUser ? Secret(name) : Cluster.Server.Store.Find("v1", "secrets", "shop", name))!["data"]![key]!));

        public async Task<KafkaUser> NewAsync(string user, string authentication = UserSecret.Password)
        {
            var plan = await ChangeUser.PlanNewAsync(Admin, user, authentication, default);
            return await ResultAsync<KafkaUser>(ChangeUser.NewAsync(Admin, plan, authentication, default));
        }

        public async Task<IReadOnlyList<KafkaAccess>> GrantAsync(string user, AccessRequest request)
        {
            var rules = ChangeAccess.Rules(user, request);
            var plan = await ChangeAccess.PlanGrantAsync(Admin, user, rules, default);
            return await ResultAsync<IReadOnlyList<KafkaAccess>>(ChangeAccess.GrantAsync(Admin, plan, rules, default));
        }

        public async Task RevokeAsync(string user, AccessRequest request)
        {
            var plan = await ChangeAccess.PlanRevokeAsync(Admin, await ChangeAccess.MeantAsync(Admin, user, request, default), default);
            await ResultAsync<AccessPlan>(ChangeAccess.RevokeAsync(Admin, plan, default));
        }

        public async ValueTask DisposeAsync()
        {
            await Admin.DisposeAsync();
            Connection.Dispose();
            await Cluster.Server.DisposeAsync();
        }
    }
}
