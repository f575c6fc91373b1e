using System.Management.Automation;
using System.Text.Json.Nodes;
using KafkaK8s.Tests.Engine.Fake;
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
    public void Those_that_change_support_it(string name, ConfirmImpact impact)
    {
        var type = ((CmdletInfo)engine.Run("param($n) Get-Command $n", new { n = name }).EnsureSuccess().Output[0].BaseObject).ImplementingType;
        var attribute = type.GetCustomAttributes(typeof(CmdletAttribute), inherit: false).Cast<CmdletAttribute>().Single();
        Assert.True(attribute.SupportsShouldProcess);
        Assert.Equal(impact, attribute.ConfirmImpact);
    }

    [Theory]
    [InlineData("Get-KafkaCluster")]
    [InlineData("Test-KafkaTopic")]
    [InlineData("Export-KafkaManifest")]
    public void Those_that_do_not_change_have_no_WhatIf(string name) =>
        Assert.Equal("NamedParameterNotFound", Assert.Single(engine.Run($"{name} -WhatIf").Errors).FullyQualifiedErrorId.Split(',')[0]);

    [Fact]
    public void New_WhatIf_gives_the_plan_and_changes_nothing()
    {
        var result = Run(New + " -WhatIf").EnsureSuccess();
        Assert.All(result.Output, o => Assert.Equal("KafkaK8s.ClusterChange", o.BaseObject.GetType().FullName));
        Assert.All(result.Output, o => Assert.Equal("Create", o.Properties["Action"].Value.ToString()));
        Assert.Contains(result.Output, o => (string)o.Properties["Kind"].Value == "StatefulSet" && (string)o.Properties["Name"].Value == "demo-zk");
        Assert.Matches(@"^What if: Create Kafka cluster \(3 ZooKeeper, 3 brokers, \d+ objects\): kafka/demo on context fake$", engine.Host.Recording.Text());
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
        Assert.StartsWith("What if: Remove Kafka cluster (8 objects; its 2 volumes are kept)", engine.Host.Recording.Text(), StringComparison.Ordinal);
        Assert.Empty(engine.Host.Recording.Questions);
        Untouched();
        Assert.DoesNotContain(Run(Remove + " -DeleteData -WhatIf").Output, o => o.Properties["Action"].Value.ToString() == "Keep");
        Untouched();
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
        Assert.Equal(["namespaces/default", "namespaces/kafka", "persistentvolumeclaims/data-demo-kafka-0", "persistentvolumeclaims/data-demo-zk-0", "storageclasses/standard"], server.Store.Names);
        var deleted = server.Writes.Select(w => w.Path.Split('/')[^1]).ToList();
        Assert.True(deleted.IndexOf("demo-kafka") < deleted.IndexOf("demo-zk"));
        Assert.All(server.Writes, w => Assert.Equal("DELETE", w.Method));
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
        old.Store.Put("policy/v1beta1", "poddisruptionbudgets", "kafka", FakeObjects.Plain("policy/v1beta1", "PodDisruptionBudget", "demo-old", FakeObjects.Labels("demo", "kafka")));
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
        server.Store.Put("apps/v1", "statefulsets", "kafka", FakeObjects.Plain("apps/v1", "StatefulSet", "demo-postgresql", (JsonObject)labels.DeepClone()));
        server.Store.Put("v1", "persistentvolumeclaims", "kafka", FakeObjects.Plain("v1", "PersistentVolumeClaim", "data-demo-postgresql-0", (JsonObject)labels.DeepClone()));
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
        Assert.Equal(!switches.Contains("DeleteData", StringComparison.Ordinal), server.Store.Names.Contains("persistentvolumeclaims/data-demo-kafka-0"));
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
        Assert.Contains(second.Verbose, v => v.StartsWith("changed StatefulSet/demo-kafka: ", StringComparison.Ordinal) && v.Contains("spec.replicas: 3 -> 5", StringComparison.Ordinal));
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

    private void Untouched() => Assert.Empty(server.Writes);
}
