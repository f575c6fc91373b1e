using System.Management.Automation;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

/// <summary>-AsJob: a job of PowerShell with all that a job has; and what replaces waiting, Wait-KafkaCluster.</summary>
public sealed class JobTests : IDisposable
{
    private readonly EngineSession engine = BuiltModule.Open();
    private readonly FakeApiServer server = new();

    public void Dispose()
    {
        engine.Run("Get-Job | Remove-Job -Force");
        engine.Dispose();
        server.Dispose();
    }

    [Theory]
    [InlineData("New-KafkaCluster")]
    [InlineData("Remove-KafkaCluster")]
    [InlineData("Test-KafkaTopic")]
    [InlineData("Add-ZooKeeperNode")]
    [InlineData("Remove-ZooKeeperNode")]
    [InlineData("Restart-ZooKeeperNode")]
    [InlineData("Restart-KafkaBroker")]
    [InlineData("New-KafkaNodeGroup")]
    [InlineData("Remove-KafkaNodeGroup")]
    [InlineData("Enable-KafkaEksStorage")]
    public void What_takes_minutes_runs_as_a_job(string name) =>
        Assert.True((bool)engine.Run("param($n) (Get-Command $n).Parameters.ContainsKey('AsJob')", new { n = name })
            .EnsureSuccess().Output[0].BaseObject);

    [Fact]
    public void Objects_warnings_and_verbose_text_are_the_job_s()
    {
        var job = Started("New-KafkaCluster demo -ZooKeeperCount 1 -BrokerCount 1 -Ephemeral -NoWait -Verbose -KubeConfig $k -AsJob");
        Assert.Equal((JobState.Completed, "KafkaK8sJob"), (((Job)job.BaseObject).JobStateInfo.State, ((Job)job.BaseObject).PSJobTypeName));
        Assert.Contains("New-KafkaCluster demo", ((Job)job.BaseObject).Command, StringComparison.Ordinal);
        var result = engine.Run("Get-Job | Receive-Job -Verbose").EnsureSuccess();
        Assert.Equal("KafkaK8s.KafkaCluster", Assert.Single(result.Output).BaseObject.GetType().FullName); // alive, not a copy
        Assert.Equal(2, result.Warnings.Count);
        Assert.Contains("created StatefulSet/demo-kafka", result.Verbose);
        Assert.Contains("statefulsets/demo-kafka", server.Store.Names);
    }

    [Fact]
    public void Errors_keep_their_ids()
    {
        Started("Remove-KafkaCluster nobody -Confirm:$false -KubeConfig $k -AsJob");
        var error = Assert.Single(engine.Run("Get-Job | Receive-Job").Errors);
        Assert.StartsWith("KafkaK8s.ClusterNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("nobody", error.TargetObject);
    }

    [Fact]
    public void A_job_cannot_ask_and_changes_nothing_then()
    {
        server.PutCluster("kafka", "demo");
        var job = Started("Remove-KafkaCluster demo -KubeConfig $k -AsJob");
        Assert.Equal(JobState.Failed, ((Job)job.BaseObject).JobStateInfo.State);
        Assert.NotEmpty(engine.Run("Get-Job | Receive-Job").Errors);
        Assert.Empty(engine.Host.Recording.Questions);
        Assert.Empty(server.Writes);
    }

    [Fact]
    public void WhatIf_in_a_job_gives_the_plan()
    {
        Started("New-KafkaCluster demo -KubeConfig $k -WhatIf -AsJob");
        Assert.All(engine.Run("Get-Job | Receive-Job").EnsureSuccess().Output,
            o => Assert.Equal("KafkaK8s.PlanStep", o.BaseObject.GetType().FullName));
        Assert.Empty(server.Writes);
    }

    [Theory]
    [InlineData("'a', 'b' | New-KafkaCluster -NoWait -KubeConfig $k -AsJob")]
    [InlineData("[pscustomobject]@{ Name = 'a'; BrokerCount = '4' }, [pscustomobject]@{ Name = 'b' } | New-KafkaCluster -NoWait "
        + "-KubeConfig $k -AsJob")]
    public void One_job_takes_the_whole_pipeline(string script)
    {
        Started(script);
        var made = engine.Run("Get-Job | Receive-Job").EnsureSuccess().Output;
        Assert.Equal(new object[] { "a", "b" }, made.Select(c => c.Properties["Name"].Value));
        Assert.Equal(script.Contains("BrokerCount", StringComparison.Ordinal) ? 4 : 3, made[0].Properties["BrokerCount"].Value);
        Assert.Equal(3, made[1].Properties["BrokerCount"].Value);
    }

    [Fact]
    public void Objects_that_identify_a_cluster_go_on_to_the_job()
    {
        server.PutCluster("kafka", "a");
        server.PutCluster("kafka", "b");
        Started("Get-KafkaCluster -KubeConfig $k | Remove-KafkaCluster -NoWait -PassThru -Confirm:$false -AsJob");
        Assert.Equal(new object[] { "a", "b" },
            engine.Run("Get-Job | Receive-Job").EnsureSuccess().Output.Select(o => o.Properties["Name"].Value));
    }

    [Fact]
    public void Stop_Job_is_Ctrl_C()
    {
        engine.Run("param($k) New-KafkaCluster demo -TimeoutSeconds 60 -KubeConfig $k -AsJob", new { k = server.KubeConfig })
            .EnsureSuccess();
        Eventually.Holds(() => server.OpenWatches >= 4, "it does not wait", 30);
        Assert.Equal("Running", engine.Run("(Get-Job).State").EnsureSuccess().Output[0].ToString());
        Eventually.Holds(() => (int)engine.Run("(Get-Job).Progress.Count").EnsureSuccess().Output[0].BaseObject > 0, "no progress", 10);
        Assert.Equal("Stopped", engine.Run("Get-Job | Stop-Job; (Get-Job).State").EnsureSuccess().Output[^1].ToString());
        Eventually.Holds(() => server.OpenWatches == 0, "watches are still open", 3);
        Assert.Contains("statefulsets/demo-kafka", server.Store.Names); // what was made stands
    }

    [Fact]
    public void A_value_that_is_refused_makes_no_job()
    {
        Assert.Single(
            engine.Run("param($k) New-KafkaCluster demo -Context $typo -KubeConfig $k -AsJob", new { k = server.KubeConfig }).Errors);
        Assert.Empty(engine.Run("Get-Job").EnsureSuccess().Output);
    }

    [Fact]
    public void Wait_takes_several_at_once_and_says_of_each_what_holds_it_up()
    {
        server.PutCluster("kafka", "a", brokersReady: true);
        server.PutCluster("kafka", "b", brokersReady: false);
        var result = engine.Run("param($k) Get-KafkaCluster -KubeConfig $k | Wait-KafkaCluster -TimeoutSeconds 3",
            new { k = server.KubeConfig });
        Assert.InRange(result.Duration.TotalSeconds, 2.5, 5.9); // not one after the other
        var errors = result.Errors.ToDictionary(e => (string)e.TargetObject, e => e.Exception.Message);
        Assert.Contains("not ready after 3 s: no answer from broker 0, 1, 2.", errors["a"], StringComparison.Ordinal);
        Assert.Contains("not ready after 3 s: ZooKeeper 3/3, brokers 0/3.", errors["b"], StringComparison.Ordinal);
        Assert.All(result.Errors, e => Assert.StartsWith("KafkaK8s.Timeout,", e.FullyQualifiedErrorId, StringComparison.Ordinal));
        Assert.Empty(result.Output);
        Assert.Empty(server.Writes);
    }

    [Fact]
    public void Wait_for_nobody_ends_at_once()
    {
        var result = engine.Run("param($k) 'nobody' | Wait-KafkaCluster -KubeConfig $k", new { k = server.KubeConfig });
        Assert.StartsWith("KafkaK8s.ClusterNotFound,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.InRange(result.Duration.TotalSeconds, 0, 10);
    }

    [Fact]
    public void Wait_names_pods_that_run_an_older_template()
    {
        server.PutCluster("kafka", "demo", brokersReady: true);
        var set = server.Store.Get(FakePath.Parse("/apis/apps/v1/namespaces/kafka/statefulsets/demo-kafka")!).Body;
        set["status"]!["updateRevision"] = "demo-kafka-new";
        server.Store.Put("apps/v1", "statefulsets", "kafka", set);
        for (int n = 0; n < 3; n++)
        {
            var pod = server.Store.Get(FakePath.Parse($"/api/v1/namespaces/kafka/pods/demo-kafka-{n}")!).Body;
            pod["metadata"]!["labels"]!["controller-revision-hash"] = n == 0 ? "demo-kafka-old" : "demo-kafka-new";
            server.Store.Put("v1", "pods", "kafka", pod);
        }

        var error = Assert.Single(
            engine.Run("param($k) Wait-KafkaCluster demo -TimeoutSeconds 2 -KubeConfig $k", new { k = server.KubeConfig }).Errors);
        Assert.Contains("demo-kafka-0 runs an older template, and New-KafkaCluster demo restarts it", error.Exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void PassThru_gives_the_cluster_that_was_removed()
    {
        server.PutCluster("kafka", "demo");
        Assert.Empty(
            engine.Run(
                "param($k) New-KafkaCluster other -NoWait -KubeConfig $k; Remove-KafkaCluster demo -NoWait -Confirm:$false -KubeConfig $k",
                new { k = server.KubeConfig }).EnsureSuccess().Output.Skip(1));
        server.PutCluster("kafka", "demo");
        var removed = Assert.Single(engine.Run("param($k) Remove-KafkaCluster demo -PassThru -NoWait -Confirm:$false -KubeConfig $k",
            new { k = server.KubeConfig }).EnsureSuccess().Output);
        Assert.Equal("demo kafka Removing",
            $"{removed.Properties["Name"].Value} {removed.Properties["Namespace"].Value} {removed.Properties["Status"].Value}");
        var changes = engine.Run("param($c) $c.Changes.ForEach({ \"$($_.Action) $($_.Kind)/$($_.Name)\" })", new { c = removed })
            .EnsureSuccess().As<string>();
        Assert.Contains("Delete StatefulSet/demo-kafka", changes);
        Assert.Contains("Keep PersistentVolumeClaim/data-demo-kafka-0", changes);
    }

    // Starts it and waits for its end.
    private PSObject Started(string script) =>
        Assert.Single(engine.Run($"param($k) $null = {script}; Get-Job | Wait-Job -Timeout 40", new { k = server.KubeConfig })
            .EnsureSuccess().Output);
}
