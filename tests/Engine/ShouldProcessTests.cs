using System.Management.Automation;
using System.Text.Json.Nodes;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

public sealed class ShouldProcessTests : IDisposable
{
    private const string New = "New-KafkaCluster demo -NoWait -KubeConfig $k";
    private const string Remove = "Remove-KafkaCluster demo -KubeConfig $k";

    private readonly EngineSession engine = BuiltModule.Open();
    private readonly FakeApiServer server = new();

    public void Dispose()
    {
        engine.Dispose();
        server.Dispose();
    }

    [Theory]
    [InlineData("New-KafkaCluster", ConfirmImpact.Medium)]
    [InlineData("Remove-KafkaCluster", ConfirmImpact.High)]
    [InlineData("Restart-KafkaBroker", ConfirmImpact.High)]
    [InlineData("Test-KafkaTopic", ConfirmImpact.Medium)]
    [InlineData("Test-KafkaListener", ConfirmImpact.Medium)]
    public void Those_that_change_support_it(string name, ConfirmImpact impact)
    {
        var type =
            ((CmdletInfo)engine.Run("param($n) Get-Command $n", new { n = name }).EnsureSuccess().Output[0].BaseObject).ImplementingType;
        var attribute = type.GetCustomAttributes(typeof(CmdletAttribute), inherit: false).Cast<CmdletAttribute>().Single();
        Assert.True(attribute.SupportsShouldProcess);
        Assert.Equal(impact, attribute.ConfirmImpact);
    }

    [Theory]
    [InlineData("Get-KafkaCluster")]
    [InlineData("Get-ZooKeeperNode")]
    [InlineData("Get-KafkaBroker")]
    [InlineData("Test-KafkaCluster")]
    [InlineData("Export-KafkaManifest")]
    public void Those_that_do_not_change_have_no_WhatIf(string name) =>
        Assert.Equal("NamedParameterNotFound", Assert.Single(engine.Run($"{name} -WhatIf").Errors).FullyQualifiedErrorId.Split(',')[0]);

    [Fact]
    public void New_WhatIf_gives_the_plan_and_changes_nothing()
    {
        var result = Run(New + " -WhatIf").EnsureSuccess();
        Assert.All(result.Output, o => Assert.Equal("KafkaK8s.PlanStep", o.BaseObject.GetType().FullName));
        Assert.All(result.Output, o => Assert.Equal("Create", o.Properties["Action"].Value.ToString()));
        Assert.Contains(result.Output,
            o => (string)o.Properties["Kind"].Value == "StatefulSet" && (string)o.Properties["Name"].Value == "demo-zk");
        Assert.Matches(@"^What if: Create Kafka cluster \(3 ZooKeeper, 3 brokers, \d+ objects\): kafka/demo on context fake$",
            engine.Host.Recording.Text());
        Assert.Contains(server.Requests, r => r.Query.Contains("dryRun=All", StringComparison.Ordinal)); // the server has been asked
        Untouched();
    }

    [Fact]
    public void Remove_WhatIf_names_what_goes_and_what_stays()
    {
        server.PutCluster("kafka", "demo");
        var result = Run(Remove + " -WhatIf").EnsureSuccess();
        var actions = result.Output.ToLookup(o => o.Properties["Action"].Value.ToString(), o => (string)o.Properties["Name"].Value);
        Assert.Contains("demo-kafka", actions["Delete"]);
        Assert.Equal(["data-demo-kafka-0", "data-demo-zk-0"], actions["Keep"].Order(StringComparer.Ordinal));
        Assert.StartsWith("What if: Remove Kafka cluster (8 objects; its 2 volumes are kept)", engine.Host.Recording.Text(),
            StringComparison.Ordinal);
        Assert.Empty(engine.Host.Recording.Questions);
        Untouched();
        Assert.DoesNotContain(Run(Remove + " -DeleteData -WhatIf").Output, o => o.Properties["Action"].Value.ToString() == "Keep");
        Untouched();
    }

    // Kind and name, in order: the plan is what is done, the Secret and the namespace included.
    [Theory]
    [InlineData("")]
    [InlineData(" -Namespace fresh -CreateNamespace")]
    public void New_WhatIf_shows_what_is_then_done(string more)
    {
        static string[] Made(IEnumerable<PSObject> changes) =>
            [.. changes.Where(c => c.Properties["Action"].Value.ToString() != "None")
                .Select(c => $"{c.Properties["Action"].Value} {c.Properties["Kind"].Value}/{c.Properties["Name"].Value}")];

        string[] planned = Made(Run($"{New}{more} -WhatIf").EnsureSuccess().Output);
        Untouched();
        var done = (System.Collections.IEnumerable)Run(New + more).EnsureSuccess().Output[0].Properties["Changes"].Value;
        Assert.Equal(planned, Made(done.Cast<object>().Select(PSObject.AsPSObject)));
        Assert.Contains("Create Secret/demo-zk-reconfig", planned);
        Assert.Equal(more.Length > 0, planned.Contains("Create Namespace/fresh"));
    }

    [Fact]
    public void New_WhatIf_warns_and_names_kept_volumes()
    {
        server.Store.Put("v1", "persistentvolumeclaims", "kafka",
            FakeObjects.Plain("v1", "PersistentVolumeClaim", "data-demo-zk-0", FakeObjects.Labels("demo", "zookeeper")));
        var plan = Run(New + " -BrokerCount 1 -WhatIf").EnsureSuccess();
        Assert.StartsWith("Replication factor 1: ", Assert.Single(plan.Warnings), StringComparison.Ordinal);
        Assert.Contains(plan.Output, o => o.Properties["Action"].Value.ToString() == "Keep" && (string)o.Properties["Name"].Value
            == "data-demo-zk-0" && ((string)o.Properties["Note"].Value).Contains("taken over", StringComparison.Ordinal));
        Untouched();
    }

    [Fact]
    public void Restarts_are_planned_in_their_order_with_what_blocks_them()
    {
        int before = Standing();
        var restarts = Run("New-KafkaCluster demo -BrokerMemory 2Gi -ZooKeeperMemory 1Gi -KubeConfig $k -WhatIf").EnsureSuccess().Output
            .Where(o => o.Properties["Action"].Value.ToString() == "Restart").ToList();
        string[] pods = [.. restarts.Select(r => (string)r.Properties["Name"].Value)];
        Assert.Equal(["demo-zk-0", "demo-zk-1", "demo-zk-2"], pods.Take(3).Order(StringComparer.Ordinal));
        Assert.Equal(["demo-kafka-0", "demo-kafka-1", "demo-kafka-2"], pods.Skip(3).Order(StringComparer.Ordinal));
        Assert.All(restarts.Take(3), r => Assert.Equal("no ZooKeeper server leads: there is no quorum", r.Properties["BlockedBy"].Value));
        Assert.All(restarts.Skip(3), r => Assert.Equal("no answer from broker 0, 1, 2", r.Properties["BlockedBy"].Value));
        Assert.Equal(before, server.Writes.Count);
    }

    // The default preference: creation is not asked for, a restart of what runs is.
    [Theory]
    [InlineData("", true)]
    [InlineData(" -Confirm", true)]
    [InlineData(" -Confirm:$false", false)]
    [InlineData(" -NoWait", false)] // restarts nothing
    public void A_restart_by_New_is_asked_for_once(string more, bool asked)
    {
        int before = Standing();
        var result = asked
            ? Run($"New-KafkaCluster demo -BrokerMemory 2Gi -ZooKeeperMemory 1Gi -KubeConfig $k{more}", "n").EnsureSuccess()
            : Run($"New-KafkaCluster demo -BrokerMemory 2Gi -ZooKeeperMemory 1Gi -TimeoutSeconds 2 -KubeConfig $k{more}");
        Assert.Equal(asked ? 1 : 0, engine.Host.Recording.Questions.Count);
        if (!asked)
        {
            Assert.True(server.Writes.Count > before);
            return;
        }

        Assert.Contains("6 restarts, one at a time: demo-zk-", engine.Host.Recording.Questions[0].Message, StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Assert.Equal(before, server.Writes.Count);
    }

    [Fact]
    public void The_preference_None_asks_nothing()
    {
        int before = Standing();
        Run("$ConfirmPreference = 'None'; New-KafkaCluster demo -BrokerMemory 2Gi -ZooKeeperMemory 1Gi -TimeoutSeconds 2 -KubeConfig $k");
        Assert.Empty(engine.Host.Recording.Questions);
        Assert.True(server.Writes.Count > before);
    }

    [Fact]
    public void A_test_in_a_topic_of_others_is_asked_for_and_says_that_messages_stay()
    {
        server.PutCluster("kafka", "demo", brokersReady: true);
        Assert.Empty(Run("Test-KafkaTopic demo -Topic orders -KubeConfig $k", "n").EnsureSuccess().Output);
        Assert.Equal(
            "Write 1000 messages of 100 bytes into the topic orders, where they stay and its consumers read them: kafka/demo on context "
                + "fake?", Assert.Single(engine.Host.Recording.Questions).Message.Trim());
        Assert.DoesNotContain(server.Requests, r => r.Path.Contains("portforward", StringComparison.Ordinal));
        Assert.Empty(Run("Test-KafkaTopic demo -Topic orders -KubeConfig $k -WhatIf").EnsureSuccess().Output);
        Assert.StartsWith("What if: Write 1000 messages", engine.Host.Recording.Text(), StringComparison.Ordinal);
        var tested = Run("Test-KafkaTopic demo -Topic orders -KubeConfig $k -Confirm:$false -TimeoutSeconds 3");
        Assert.Equal(1, tested.Output.Count + tested.Errors.Count);
        Assert.Empty(engine.Host.Recording.Questions);
    }

    [Fact]
    public void A_test_in_a_topic_of_its_own_is_not_asked_for()
    {
        Assert.NotEmpty(Run("Test-KafkaTopic demo -KubeConfig $k").Errors); // there is no such cluster
        Assert.Empty(engine.Host.Recording.Questions);
    }

    [Fact]
    public void New_asks_only_when_told_to()
    {
        var cluster = Assert.Single(Run(New).EnsureSuccess().Output);
        Assert.Equal("KafkaK8s.KafkaCluster", cluster.BaseObject.GetType().FullName);
        Assert.Empty(engine.Host.Recording.Questions);
        Assert.Contains("statefulsets/demo-kafka", server.Store.Names);
        Assert.Contains("secrets/demo-zk-reconfig", server.Store.Names);
    }

    [Theory]
    [InlineData(New + " -Confirm", "Create Kafka cluster (3 ZooKeeper, 3 brokers, ")]
    [InlineData(Remove, "Remove Kafka cluster (8 objects; its 2 volumes are kept): kafka/demo on context fake?")]
    [InlineData(Remove + " -DeleteData", "Remove Kafka cluster (8 objects and the data of 2 volumes): kafka/demo on context fake?")]
    public void A_no_leaves_all_untouched(string script, string question)
    {
        if (script.StartsWith("Remove", StringComparison.Ordinal))
            server.PutCluster("kafka", "demo");
        var result = Run(script, "n").EnsureSuccess();
        Assert.StartsWith(question, Assert.Single(engine.Host.Recording.Questions).Message.Trim(), StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Untouched();
    }

    [Fact]
    public void A_yes_removes_brokers_before_ZooKeeper_and_keeps_the_volumes()
    {
        server.PutCluster("kafka", "demo");
        Run(Remove, "y").EnsureSuccess();
        Assert.Single(engine.Host.Recording.Questions);
        Assert.Equal(["namespaces/default", "namespaces/kafka", "persistentvolumeclaims/data-demo-kafka-0",
            "persistentvolumeclaims/data-demo-zk-0", "storageclasses/standard"], server.Store.Names);
        var writes = server.Writes.Where(w => !w.Body.Contains("ensemble-change", StringComparison.Ordinal)).ToList(); // the lease
        var deleted = writes.Select(w => w.Path.Split('/')[^1]).ToList();
        Assert.True(deleted.IndexOf("demo-kafka") < deleted.IndexOf("demo-zk"));
        Assert.All(writes, w => Assert.Equal("DELETE", w.Method));
    }

    [Fact]
    public void Other_clusters_are_left_alone()
    {
        server.PutCluster("kafka", "demo");
        server.PutCluster("kafka", "demo2");
        server.PutCluster("default", "demo");
        Run(Remove + " -DeleteData -Confirm:$false").EnsureSuccess();
        Assert.All(server.Writes, w => Assert.Contains("/namespaces/kafka/", w.Path, StringComparison.Ordinal));
        Assert.DoesNotContain(server.Writes, w => w.Path.Contains("demo2", StringComparison.Ordinal));
        Assert.Equal(2, server.Store.Names.Count(n => n.StartsWith("persistentvolumeclaims/data-demo2-", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_old_server_is_asked_for_budgets_in_its_own_version()
    {
        using var old = new FakeApiServer(new Version(1, 20));
        old.PutCluster("kafka", "demo");
        old.Store.Put("policy/v1beta1", "poddisruptionbudgets", "kafka",
            FakeObjects.Plain("policy/v1beta1", "PodDisruptionBudget", "demo-old", FakeObjects.Labels("demo", "kafka")));
        engine.Run($"param($k) {Remove} -Confirm:$false", new { k = old.KubeConfig }).EnsureSuccess();
        Assert.DoesNotContain("poddisruptionbudgets/demo-old", old.Store.Names);
    }

    // Of another application that happens to have the same name of an instance.
    [Fact]
    public void What_is_not_ours_is_left_alone()
    {
        server.PutCluster("kafka", "demo");
        var labels = FakeObjects.Labels("demo", "kafka");
        labels.Remove("app.kubernetes.io/part-of");
        server.Store.Put("v1", "services", "kafka", FakeObjects.Plain("v1", "Service", "demo-kafka-ui", (JsonObject)labels.DeepClone()));
        server.Store.Put("apps/v1", "statefulsets", "kafka",
            FakeObjects.Plain("apps/v1", "StatefulSet", "demo-postgresql", (JsonObject)labels.DeepClone()));
        server.Store.Put("v1", "persistentvolumeclaims", "kafka",
            FakeObjects.Plain("v1", "PersistentVolumeClaim", "data-demo-postgresql-0", (JsonObject)labels.DeepClone()));
        Run(Remove + " -DeleteData -Confirm:$false").EnsureSuccess();
        Assert.Equal(
            ["persistentvolumeclaims/data-demo-postgresql-0", "services/demo-kafka-ui", "statefulsets/demo-postgresql"],
            server.Store.Names.Where(n => n.Contains("demo", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(" -Confirm:$false")]
    [InlineData(" -DeleteData -Confirm:$false")]
    public void Confirm_false_asks_nothing(string switches)
    {
        server.PutCluster("kafka", "demo");
        Run(Remove + switches).EnsureSuccess();
        Assert.Empty(engine.Host.Recording.Questions);
        Assert.DoesNotContain("statefulsets/demo-kafka", server.Store.Names);
        Assert.Equal(!switches.Contains("DeleteData", StringComparison.Ordinal),
            server.Store.Names.Contains("persistentvolumeclaims/data-demo-kafka-0"));
    }

    [Fact]
    public void Data_is_asked_for_on_its_own()
    {
        server.PutCluster("kafka", "demo");
        Run(Remove + " -DeleteData", "y", "n").EnsureSuccess();
        Assert.Equal(2, engine.Host.Recording.Questions.Count);
        Assert.Contains("Delete the data of 2 volumes for good?", engine.Host.Recording.Questions[1].Message, StringComparison.Ordinal);
        Untouched();

        Run(Remove + " -DeleteData", "y", "y").EnsureSuccess();
        Assert.DoesNotContain("persistentvolumeclaims/data-demo-kafka-0", server.Store.Names);
    }

    [Fact]
    public void Each_cluster_in_the_pipeline_is_asked_for()
    {
        server.PutCluster("kafka", "a");
        server.PutCluster("kafka", "b");
        Run("Get-KafkaCluster -KubeConfig $k | Remove-KafkaCluster", "n", "y").EnsureSuccess();
        Assert.Equal(2, engine.Host.Recording.Questions.Count);
        Assert.Contains("statefulsets/a-kafka", server.Store.Names);
        Assert.DoesNotContain("statefulsets/b-kafka", server.Store.Names);
    }

    [Fact]
    public void Made_changed_and_unchanged_objects_are_told_with_Verbose()
    {
        var first = Run(New + " -Verbose").EnsureSuccess();
        Assert.Contains("created StatefulSet/demo-kafka", first.Verbose);
        var second = Run(New + " -BrokerCount 5 -Verbose").EnsureSuccess();
        Assert.Contains(second.Verbose, v => v.StartsWith("changed StatefulSet/demo-kafka: ", StringComparison.Ordinal)
            && v.Contains("spec.replicas: 3 -> 5", StringComparison.Ordinal));
        Assert.Contains("unchanged StatefulSet/demo-zk", second.Verbose);
    }

    private EngineResult Run(string script, params string[] answers)
    {
        engine.Host.Recording.Clear();
        foreach (string answer in answers)
            engine.Host.Answers.Enqueue(answer);
        var result = engine.Run("param($k) " + script, new { k = server.KubeConfig });
        Assert.Empty(engine.Host.Answers);
        return result;
    }

    // A cluster as New-KafkaCluster makes it, with all pods ready; gives the number of writes so far.
    private int Standing()
    {
        Run(New).EnsureSuccess();
        foreach (var (set, app) in new[] { ("demo-zk", "zookeeper"), ("demo-kafka", "kafka") })
        {
            var tree = server.Store.Get(FakePath.Parse($"/apis/apps/v1/namespaces/kafka/statefulsets/{set}")!).Body;
            tree["status"] = new JsonObject { ["replicas"] = 3, ["readyReplicas"] = 3 };
            server.Store.Put("apps/v1", "statefulsets", "kafka", tree);
            for (int n = 0; n < 3; n++)
                server.Store.Put("v1", "pods", "kafka",
                    FakeObjects.Pod(set, n, "demo", app, ready: true, (string)tree["metadata"]!["uid"]!));
        }

        return server.Writes.Count;
    }

    private void Untouched() => Assert.Empty(server.Writes);
}
