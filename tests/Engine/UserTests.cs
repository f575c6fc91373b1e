using System.Management.Automation;
using System.Text;
using System.Text.Json.Nodes;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

/// <summary>A cluster with TLS that the module itself has made.</summary>
public sealed class SecureCluster : IDisposable
{
    public SecureCluster()
    {
        Cluster = new FakeCluster(new FakeApiServer());
        Cluster.Server.Store.Put("v1", "namespaces", null, FakeObjects.Namespace(Cluster.Namespace));
        Cluster.Ensemble.Bootstrap(3);
        Cluster.Server.Pods.Start();
        Engine = BuiltModule.Open();
        Run("New-KafkaCluster demo -Plaintext:$false @at").EnsureSuccess();
        Cluster.Kafka.Topic("orders", [0, 1, 2]);
    }

    public FakeCluster Cluster { get; }

    public EngineSession Engine { get; }

    public EngineResult Run(string command) =>
        Engine.Run($"param($k) $at = @{{ KubeConfig = $k; Namespace = 'shop' }}; {command}", new { k = Cluster.Server.KubeConfig });

    public JsonObject? Secret(string user) => Cluster.Server.Store.Find("v1", "secrets", "shop", $"demo-kafka-user-{user}");

    public string Text(string user, string key) => Encoding.UTF8.GetString(Convert.FromBase64String((string)Secret(user)!["data"]![key]!));

    public void Dispose()
    {
        Engine.Dispose();
        Cluster.Server.Dispose();
    }
}

/// <summary>The cmdlets of users and rights: what binds, what is asked, what a plan shows. Each test has users of its own.</summary>
public sealed class UserTests(SecureCluster on) : IClassFixture<SecureCluster>
{
    private FakeKafka Kafka => on.Cluster.Kafka;

    [Fact]
    public void A_user_and_its_rights_are_one_line()
    {
        var made = Run("New-KafkaUser demo line @at | Grant-KafkaAccess -Topic 'orders*' -Operation Read,Write -Group line").EnsureSuccess();
        Assert.Equal(["Topic orders Read", "Topic orders Write", "Group line Read"],
            made.Output.Select(a => $"{Of(a, "Resource")} {Of(a, "Name")} {Of(a, "Operation")}"));
        Assert.Equal(3, Kafka.Acls.Count(a => a.Principal == "User:line"));
        Assert.True(Kafka.LetsIn("line", on.Text("line", "password")));
    }

    [Theory]
    [InlineData("Get-KafkaUser demo find-1 @at", "find-1")]
    [InlineData("Get-KafkaUser demo 'find-*' @at", "find-1 find-2")]
    [InlineData("'find-1', 'find-2' | Get-KafkaUser demo @at", "find-1 find-2")]
    [InlineData("Get-KafkaUser demo find-2 @at | Get-KafkaUser", "find-2")]
    [InlineData("Get-KafkaCluster demo @at | Get-KafkaUser -Name find-1", "find-1")]
    [InlineData("[pscustomobject]@{ Cluster = 'demo'; Name = 'find-1' } | Get-KafkaUser @at", "find-1")]
    public void Users_are_found(string command, string names)
    {
        Run("New-KafkaUser demo find-1, find-2 @at").EnsureSuccess();
        Assert.Equal(names, string.Join(' ', Run(command).EnsureSuccess().Output.Select(u => Of(u, "Name"))));
    }

    // The property Name of a right is that of a topic.
    [Theory]
    [InlineData("Get-KafkaAccess demo take @at | Where-Object Operation -eq Write | Revoke-KafkaAccess", "Read orders, Read g")]
    [InlineData("Revoke-KafkaAccess demo take -Topic orders @at", "Read g")]
    [InlineData("Get-KafkaUser demo take @at | Revoke-KafkaAccess -Topic orders -Operation Read -Group g", "Write orders")]
    [InlineData("Get-KafkaTopic demo orders @at | Revoke-KafkaAccess -User take", "Read g")]
    [InlineData("Get-KafkaAccess demo take @at | Revoke-KafkaAccess", "")]
    public void Rights_are_taken_back_as_they_are_named_or_piped(string command, string left)
    {
        Run("New-KafkaUser demo take @at | Grant-KafkaAccess -Topic orders -Operation Read, Write -Group g").EnsureSuccess();
        Run(command).EnsureSuccess();
        Assert.Equal(left, string.Join(", ", Kafka.Acls.Where(a => a.Principal == "User:take").OrderBy(a => a.Resource)
            .Select(a => $"{(a.Operation == 3 ? "Read" : "Write")} {a.Name}")));
        Kafka.Acls.RemoveAll(a => a.Principal == "User:take");
    }

    [Fact]
    public void The_rights_of_one_are_given_to_another()
    {
        Run("New-KafkaUser demo from @at | Grant-KafkaAccess -Topic 'a*', orders -TransactionalId t").EnsureSuccess();
        Run("$null = New-KafkaUser demo to @at; Get-KafkaAccess demo from @at | Grant-KafkaAccess -User to").EnsureSuccess();
        Assert.Equal(Kafka.Acls.Where(a => a.Principal == "User:from").Select(a => $"{a with { Principal = "User:to" }}").Order(),
            Kafka.Acls.Where(a => a.Principal == "User:to").Select(a => $"{a}").Order());
    }

    [Theory]
    [InlineData("New-KafkaUser demo plan @at -WhatIf", "Create Secret demo-kafka-user-plan: a password|"
        + "Create Password plan: told to the brokers")]
    [InlineData("New-KafkaUser demo plan @at -Authentication Certificate -WhatIf", "Create Secret demo-kafka-user-plan: a certificate")]
    [InlineData("Remove-KafkaUser demo stays @at -WhatIf", "Delete Password stays: |Delete Access stays: 1 grant|"
        + "Delete Secret demo-kafka-user-stays: ")]
    [InlineData("Reset-KafkaUserCredential demo stays @at -WhatIf", "Update Secret demo-kafka-user-stays: password: (secret) -> (secret)|"
        + "Update Password stays: password: (secret) -> (secret)")]
    [InlineData("Grant-KafkaAccess demo stays -Topic orders, 'o*' @at -WhatIf", "Create Access stays: Allow Read: topic o*|"
        + "None Access stays: Allow Read: topic orders")]
    [InlineData("Revoke-KafkaAccess demo stays -Topic orders @at -WhatIf", "Delete Access stays: Allow Read: topic orders")]
    public void A_plan_changes_nothing(string command, string rows)
    {
        Run("New-KafkaUser demo stays @at | Grant-KafkaAccess -Topic orders").EnsureSuccess();
        string before = State("stays");
        Assert.Equal(rows.Split('|'), Run($"{command} | ForEach-Object {{ \"$($_.Action) $($_.Kind) $($_.Name): $($_.Change)\" }}").Output
            .Select(o => o.ToString()));
        Assert.Equal(before, State("stays"));
        Assert.Null(on.Secret("plan"));
    }

    [Theory]
    [InlineData("Remove-KafkaUser demo asks @at", "Remove user asks with 1 grant: asks of shop/demo")]
    [InlineData("Reset-KafkaUserCredential demo asks @at", "Make a new credential of user: asks of shop/demo")]
    public void What_shuts_an_application_out_is_asked_for(string command, string question)
    {
        Run("New-KafkaUser demo asks @at | Grant-KafkaAccess -Topic orders").EnsureSuccess();
        string before = State("asks");
        on.Engine.Host.Answers.Enqueue("N");
        var result = Run(command);
        Assert.Contains("within 60 s", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.StartsWith(question, on.Engine.Host.Recording.Questions[^1].Message, StringComparison.Ordinal);
        Assert.Equal(before, State("asks"));
        Run($"{command} -Confirm:$false").EnsureSuccess();
        Assert.NotEqual(before, State("asks"));
    }

    [Theory]
    [InlineData("Get-KafkaUser demo nobody @at", "UserNotFound")]
    [InlineData("Remove-KafkaUser demo nobody @at -Confirm:$false", "UserNotFound")]
    [InlineData("Grant-KafkaAccess demo nobody -Topic orders @at", "UserNotFound")]
    [InlineData("Grant-KafkaAccess demo nobody @at", "NoResource")]
    [InlineData("Revoke-KafkaAccess demo nobody @at", "NoResource")]
    [InlineData("Revoke-KafkaAccess demo nobody -Topic orders @at", "AccessNotFound")]
    [InlineData("New-KafkaUser demo 'No One' @at", "InvalidUserName")]
    [InlineData("Get-KafkaClientConfig demo -Format Secret @at", "UserNeeded")]
    [InlineData("Get-KafkaClientConfig demo -User nobody @at", "UserNotFound")]
    [InlineData("Get-KafkaTopic demo orders @at | Get-KafkaAccess", "NoUserNamed")]
    [InlineData("Connect-KafkaCluster demo @at | Get-KafkaClientConfig -User nobody; Disconnect-KafkaCluster demo", "UserUnfit")]
    public void What_cannot_be_is_refused(string command, string id) => Assert.StartsWith($"KafkaK8s.{id},",
        Assert.Single(Run(command).Errors).FullyQualifiedErrorId, StringComparison.Ordinal);

    [Theory]
    [InlineData("Get-KafkaClientConfig demo -User client @at")]
    [InlineData("Get-KafkaUser demo client @at | Get-KafkaClientConfig")]
    public void A_client_is_told_how_the_user_comes_in(string command)
    {
        Run("New-KafkaUser demo client @at").EnsureSuccess();
        var lines = Run(command).EnsureSuccess().As<string>();
        Assert.StartsWith("bootstrap.servers=demo-kafka-0.demo-kafka-headless.shop.svc:9094,", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, l => l.Contains($"password=\"{on.Text("client", "password")}\"", StringComparison.Ordinal));
    }

    // Every stream of every command, the questions and the requests to all objects but the Secret itself.
    [Fact]
    public void No_command_shows_a_credential_that_was_not_asked_for()
    {
        var seen = new StringBuilder();
        var secrets = new List<string>();
        foreach (string command in new[]
        {
            "New-KafkaUser demo quiet @at -WhatIf", "New-KafkaUser demo quiet @at", "New-KafkaUser demo quiet @at",
            "New-KafkaUser demo quiet-2 -Authentication Certificate @at", "Get-KafkaUser demo 'quiet*' @at | Format-List *",
            "Get-KafkaUser demo 'quiet*' @at | ConvertTo-Json", "Grant-KafkaAccess demo quiet -Topic orders @at",
            "Reset-KafkaUserCredential demo quiet @at -WhatIf", "Reset-KafkaUserCredential demo quiet, quiet-2 @at -Confirm:$false",
            "Remove-KafkaUser demo quiet, quiet-2 @at -WhatIf", "New-KafkaUser demo quiet -Authentication Certificate @at",
        })
        {
            var result = Run($"$VerbosePreference = 'Continue'; $DebugPreference = 'Continue'; {command} | Out-String -Width 4000");
            seen.AppendJoin('\n', result.Output.Select(o => o.ToString()).Concat(result.Verbose).Concat(result.Debug)
                .Concat(result.Warnings).Concat(result.Errors.Select(e => $"{e} {e.TargetObject} {e.Exception}"))
                .Concat(result.Progress.Select(p => $"{p.StatusDescription} {p.CurrentOperation}")));
            if (on.Secret("quiet") is not null)
                secrets.Add(on.Text("quiet", "password"));
            if (on.Secret("quiet-2") is not null)
                secrets.Add(on.Text("quiet-2", "keystore.pem").Split('\n')[1]);
        }

        seen.Append(on.Engine.Host.Recording.Text());
        Assert.Contains("quiet-2", seen.ToString(), StringComparison.Ordinal);
        Assert.Equal(4, secrets.Distinct().Count());
        Assert.All(secrets, s => Assert.DoesNotContain(s, seen.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Get-KafkaUser demo -Name tab", "tab-1")]
    [InlineData("Grant-KafkaAccess demo -User tab", "tab-1")]
    [InlineData("Get-KafkaClientConfig demo -User tab", "tab-1")]
    [InlineData("Revoke-KafkaAccess demo x -Topic ord", "orders")]
    [InlineData("Grant-KafkaAccess demo x -Operation DescribeC", "DescribeConfigs")]
    public void Names_complete(string typed, string expected)
    {
        Run("New-KafkaUser demo tab-1 @at").EnsureSuccess();
        string line = typed.Insert(typed.IndexOf(' ', StringComparison.Ordinal),
            $" -Namespace shop -KubeConfig '{on.Cluster.Server.KubeConfig}'");
        Assert.Equal([expected], on.Engine.Run("param($l) (TabExpansion2 $l $l.Length).CompletionMatches.CompletionText", new { l = line })
            .EnsureSuccess().As<string>());
    }

    private static object Of(PSObject row, string property) => row.Properties[property].Value;

    private string State(string user) => $"{on.Secret(user)?.ToJsonString()} {Kafka.Scram.ContainsKey(user)} "
        + string.Join(';', Kafka.Acls.Where(a => a.Principal == $"User:{user}"));

    private EngineResult Run(string command) => on.Run(command);
}
