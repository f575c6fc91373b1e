using System.Management.Automation;
using System.Xml.Linq;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

/// <summary>Export-KafkaReport: what it takes from the pipeline, and what it does to files.</summary>
public sealed class ReportTests : IAsyncLifetime, IDisposable
{
    private const string Check = "[KafkaK8s.KafkaClusterCheck]@{ Cluster = 'demo'; Namespace = 'shop'; Check = 'A'; Severity = "
        + "'Critical'; Evidence = 'seen'; Remedy = 'Get-KafkaTopic'; Target = [string[]]('x', 'y') }";
    private const string Step = "[KafkaK8s.PlanStep]@{ Cluster = 'demo'; Kind = 'Pod'; Name = 'demo-zk-3'; Action = 'Join' } | "
        + "ForEach-Object { $_.psobject.TypeNames.Insert(0, 'KafkaK8s.PlanStep#Ensemble'); $_ }";
    private const string Log = "[KafkaK8s.KafkaLogRecord]@{ Cluster = 'demo'; Text = 'hello'; Time = '2026-03-01T12:00:00.25Z' }";
    private const string Verification = "[KafkaK8s.TopicVerification]@{ Cluster = 'demo'; Namespace = 'shop'; Topic = 'v'; Passed = $true; "
        + "Sent = 12345; P50Ms = 1.5; MaxMs = 20; "
        + "Checks = [KafkaK8s.CheckResult[]]@([KafkaK8s.CheckResult]::new('NoLoss', $true, '0 lost')); "
        + "Brokers = [KafkaK8s.BrokerVerification[]]@([KafkaK8s.BrokerVerification]@{ BrokerId = 7; Sent = 12345; P50Ms = 1.5 }) }";

    private readonly EngineSession engine = BuiltModule.Open();
    private readonly TempFolder folder = new();
    private FakeCluster cluster = null!;

    public async Task InitializeAsync()
    {
        cluster = await FakeCluster.StartAsync();
        cluster.Kafka.Topic("orders", [0, 1, 2], [1, 2, 0]);
    }

    public async Task DisposeAsync() => await cluster.Server.DisposeAsync();

    public void Dispose()
    {
        engine.Dispose();
        folder.Dispose();
    }

    private string File => Path.Combine(folder.Path, "r.html");

    [Fact]
    public void Objects_of_all_kinds_come_down_one_pipeline()
    {
        Assert.Empty(Run("& { Get-KafkaCluster demo @at; Get-KafkaBroker demo @at; Get-KafkaTopic demo @at; Test-KafkaCluster demo @at; "
            + $"{Check}; {Step}; {Log}; {Verification}; [KafkaK8s.KafkaNodeGroup]@{{ Cluster = 'prod'; NodeGroup = 'kafka-a' }} }} | "
            + "Export-KafkaReport $f").EnsureSuccess().Output);
        var page = Page();
        Assert.Equal(["Summary", "Topology", "Checks", "Verification", "Topics", "Steps", "Log records", "Other objects"],
            page.Descendants("h2").Select(h => h.Value));
        Assert.Contains("orders", Cells(page));
        Assert.Contains("kafka-a", Cells(page));
        Assert.Equal("Kafka report: demo", page.Descendants("h1").Single().Value);
        string version = (string)Run("(Get-Module KafkaK8s).Version.ToString()").EnsureSuccess().Output[0].BaseObject;
        Assert.Matches($@"^Written 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC by KafkaK8s {version}$",
            page.Descendants("header").Single().Element("p")!.Value);
        Assert.DoesNotContain(cluster.Server.KubeConfig, System.IO.File.ReadAllText(File), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Check)]
    [InlineData(Step)]
    [InlineData(Log)]
    [InlineData(Verification)]
    [InlineData("Get-KafkaCluster demo @at")]
    [InlineData("Get-KafkaBroker demo @at")]
    [InlineData("Get-KafkaTopic demo @at")]
    [InlineData("Get-ZooKeeperNode demo @at")]
    [InlineData("[KafkaK8s.KafkaNodeGroup]@{ Cluster = 'prod'; NodeGroup = 'kafka-a'; DesiredSize = 3; Zones = [string[]]('a', 'b') }")]
    public void A_copy_gives_the_same_report(string source)
    {
        Run($"$o = {source}; $o | Export-Clixml $d/o.xml -Depth 4; $o | Export-KafkaReport $f; Import-Clixml $d/o.xml | "
            + "Export-KafkaReport $d/copy.html; $o | Select-Object * | Export-KafkaReport $d/selected.html").EnsureSuccess();
        string[] texts = [.. new[] { "r", "copy", "selected" }.Select(n =>
            string.Join('\n', System.IO.File.ReadAllLines(Path.Combine(folder.Path, n + ".html")).Where(l => !l.Contains("Written 20"))))];
        Assert.Equal(texts[0], texts[1]);
        Assert.Equal(texts[0], texts[2]);
    }

    [Theory]
    [InlineData("Get-Item $d", "NotReportable", "A DirectoryInfo is no object of this module.")]
    [InlineData("'demo'", "NotReportable", "A String is no object of this module.")]
    [InlineData("@{ Cluster = 'demo' }", "NotReportable", "A Hashtable is no object of this module.")]
    [InlineData("[KafkaK8s.KafkaMessage]@{ Topic = 't'; Value = 'their words' }", "NotReportable", "A KafkaMessage holds what its sender")]
    [InlineData(Check + " | Select-Object Cluster, Check, Evidence", "IncompleteCopy", "A copy of a KafkaClusterCheck without Severity")]
    [InlineData("Get-KafkaTopic demo @at | Select-Object Name, Cluster, Size", "IncompleteCopy", "A copy of a KafkaTopic without Status")]
    public void What_is_no_evidence_is_refused_and_the_rest_is_written(string other, string id, string message)
    {
        var result = Run($"& {{ {other}; {Check} }} | Export-KafkaReport $f");
        var error = Assert.Single(result.Errors);
        Assert.Equal($"KafkaK8s.{id},KafkaK8s.Cmdlets.ExportKafkaReportCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
        Assert.StartsWith(message, error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("seen", Cells(Page()));
        Assert.DoesNotContain("their words", System.IO.File.ReadAllText(File), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_from_a_cluster_cannot_become_markup()
    {
        Run("[KafkaK8s.KafkaClusterCheck]@{ Cluster = 'demo'; Namespace = 'shop'; Check = 'A'; "
            + "Evidence = '<script>alert(1)</script>\"&' } | Export-KafkaReport $f -Title '<b>\"'").EnsureSuccess();
        Assert.DoesNotContain("<script", System.IO.File.ReadAllText(File), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("<b>\"", Page().Descendants("h1").Single().Value);
        Assert.Contains("<script>alert(1)</script>\"&", Cells(Page()));
    }

    [Fact]
    public void WhatIf_and_nothing_to_show_write_nothing()
    {
        Run($"{Check} | Export-KafkaReport $f -WhatIf").EnsureSuccess();
        Assert.Contains($"Write a report of 1 object", engine.Host.Recording.Text(), StringComparison.Ordinal);
        Assert.Equal("KafkaK8s.NothingToReport",
            Assert.Single(Run("@() | Export-KafkaReport $f").Errors).FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal(2, Run("'demo' | Export-KafkaReport $f").Errors.Count);
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public void A_file_that_is_there_is_treated_as_by_Export_Csv()
    {
        System.IO.File.WriteAllText(File, "old");
        var kept = Assert.Single(Run($"{Check} | Export-KafkaReport $f -NoClobber").Errors);
        Assert.Equal(("KafkaK8s.FileExists", ErrorCategory.ResourceExists),
            (kept.FullyQualifiedErrorId.Split(',')[0], kept.CategoryInfo.Category));
        Assert.Equal("old", System.IO.File.ReadAllText(File));
        var written = Assert.Single(Run($"Set-Location $d; {Check} | Export-KafkaReport r.html -PassThru").EnsureSuccess().Output);
        Assert.Equal(File, Assert.IsType<FileInfo>(written.BaseObject).FullName);
        Page();
        Assert.Equal("KafkaK8s.FileNotWritten", Assert.Single(
            Run($"{Check} | Export-KafkaReport $d/none/r.html").Errors).FullyQualifiedErrorId.Split(',')[0]);
    }

    [Fact]
    public void A_file_that_is_read_only_is_written_with_Force_and_stays_so()
    {
        System.IO.File.WriteAllText(File, "old");
        System.IO.File.SetAttributes(File, FileAttributes.ReadOnly);
        try
        {
            Run($"{Check} | Export-KafkaReport $f -Force").EnsureSuccess();
            Page();
            Assert.True(System.IO.File.GetAttributes(File).HasFlag(FileAttributes.ReadOnly));
        }
        finally
        {
            System.IO.File.SetAttributes(File, FileAttributes.Normal);
        }
    }

    [Fact]
    public void An_array_as_argument_is_its_items()
    {
        Run($"$all = {Check}, ({Log}); Export-KafkaReport $f -InputObject $all").EnsureSuccess();
        Assert.Equal(["Summary", "Checks", "Log records"], Page().Descendants("h2").Select(h => h.Value));
    }

    private static IEnumerable<string> Cells(XElement page) =>
        page.Descendants().Where(e => e.Name.LocalName is "td" or "th").Select(e => e.Value);

    private XElement Page() => XDocument.Parse(System.IO.File.ReadAllText(File)).Root!;

    private EngineResult Run(string command) => engine.Run(
        $"param($k, $f, $d) $at = @{{ KubeConfig = $k; Namespace = 'shop' }}; {command}",
        new { k = cluster.Server.KubeConfig, f = File, d = folder.Path });
}
