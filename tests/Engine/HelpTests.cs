using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace KafkaK8s.Tests.Engine;

public sealed partial class HelpTests(ModuleSession module) : IClassFixture<ModuleSession>
{
    private static readonly string[] ShouldProcess = ["WhatIf", "Confirm"];

    public static TheoryData<string> Cmdlets => [.. BuiltModule.Cmdlets];

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Has_synopsis_description_inputs_outputs_and_links(string name)
    {
        var help = Help(name);
        Assert.DoesNotContain('[', Words(help, "Synopsis")); // the engine gives the syntax where it finds no help
        Assert.True(Words(help, "Synopsis").Length > 20);
        Assert.True(Words(help, "description").Length > 60);
        // A text is no evidence: Export-KafkaReport takes objects alone.
        Assert.Contains(name == "Export-KafkaReport" ? "System.Management.Automation.PSObject" : "System.String", Words(help, "inputTypes"),
            StringComparison.Ordinal);
        Assert.NotEmpty(Words(help, "returnValues"));
        Assert.Contains("about_KafkaK8s", Words(help, "relatedLinks"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Every_parameter_is_described_as_the_engine_knows_it(string name)
    {
        var described = Items(Property(Help(name), "parameters"), "parameter").ToDictionary(p => Words(p, "name"));
        var command = (CmdletInfo)module.Engine.Run("param($n) Get-Command $n", new { n = name }).EnsureSuccess().Output[0].BaseObject;
        var own = command.Parameters.Values.Where(p => !Cmdlet.CommonParameters.Contains(p.Name)).ToList();
        Assert.Equal(own.Select(p => p.Name).Order(StringComparer.Ordinal), described.Keys.Order(StringComparer.Ordinal));
        foreach (var parameter in own)
        {
            var help = described[parameter.Name];
            var set = parameter.ParameterSets.Values.First();
            Assert.True(Words(help, "description").Length > 10, $"-{parameter.Name} has no text");
            Assert.Equal(parameter.ParameterType.Name, Words(help, "type").Split(' ')[0]);
            Assert.Equal(set.IsMandatory ? "true" : "false", Words(help, "required"));
            Assert.Equal(set.Position < 0 ? "named" : $"{set.Position}", Words(help, "position"));
            Assert.Equal(set.ValueFromPipelineByPropertyName,
                Words(help, "pipelineInput").Contains("ByPropertyName", StringComparison.Ordinal));
            Assert.Equal(set.ValueFromPipeline, Words(help, "pipelineInput").Contains("ByValue", StringComparison.Ordinal));
            Assert.Equal(parameter.Attributes.OfType<SupportsWildcardsAttribute>().Any() ? "true" : "false", Words(help, "globbing"));
            Assert.Equal(parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases), Words(help, "aliases"));
        }
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Examples_are_two_or_more_and_name_only_what_exists(string name)
    {
        var examples = Items(Property(Help(name), "examples"), "example");
        Assert.True(examples.Count >= 2, $"{examples.Count} examples");
        foreach (var example in examples)
        {
            string code = Words(example, "code");
            var tree = Parser.ParseInput(code, out _, out var errors);
            Assert.Empty(errors);
            Assert.Contains(name, code, StringComparison.Ordinal);
            foreach (var command in tree.FindAll(a => a is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>()
                .Where(c => BuiltModule.Cmdlets.Contains(c.GetCommandName())))
            {
                var info = (CmdletInfo)module.Engine.Run("param($n) Get-Command $n", new { n = command.GetCommandName() })
                    .EnsureSuccess().Output[0].BaseObject;
                Assert.All(command.CommandElements.OfType<CommandParameterAst>(),
                    p => Assert.Contains(p.ParameterName, info.Parameters.Keys));
            }
        }
    }

    [Fact]
    public void Is_shown_by_Get_Help_in_full()
    {
        string text = module.Engine.Format(module.Engine.Run("Get-Help New-KafkaCluster -Full").EnsureSuccess().Output);
        foreach (string part in new[] { "SYNOPSIS\n    Makes a Kafka cluster on Kubernetes", "-StorageClass <String>", "---- Example 1:",
            "Accept pipeline input?       True (ByPropertyName, ByValue)", "KafkaK8s.KafkaCluster" })
            Assert.Contains(part, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_there_after_an_import_by_force()
    {
        using var session = BuiltModule.Open();
        session.Run("param($p) Import-Module $p -Force", new { p = BuiltModule.Folder }).EnsureSuccess();
        Assert.Equal("Shows Kafka clusters and their state.",
            Words(session.Run("Get-Help Get-KafkaCluster -Full").EnsureSuccess().Output[0], "Synopsis"));
    }

    // Setting each parameter to the default that its help names changes nothing.
    [Fact]
    public void Defaults_in_the_help_are_those_of_the_manifests()
    {
        var described = Items(Property(Help("New-KafkaCluster"), "parameters"), "parameter").ToDictionary(p => Words(p, "name"),
            p => Words(p, "defaultValue"));
        string[] spec = ["ZooKeeperCount", "BrokerCount", "StorageSize", "ZooKeeperStorageSize", "KafkaImage", "ZooKeeperImage",
            "BrokerMemory", "ZooKeeperMemory", "BrokerCpu", "ZooKeeperCpu", "ReplicationFactor", "MinInSyncReplicas"];
        string plain = Export([]);
        foreach (string name in spec)
            Assert.Equal(plain, Export(new() { [name] = described[name].Split(',')[0] }));
        Assert.NotEqual(plain, Export(new() { ["BrokerMemory"] = "3Gi" }));
    }

    [Theory]
    [InlineData("about_KafkaK8s", "FIRST STEPS\n    New-KafkaCluster demo")]
    [InlineData("about_KafkaK8s_Troubleshooting", "Get-KafkaCluster demo -Namespace kafka | Format-List")]
    [InlineData("about_KafkaK8s_Checks", "- NothingLost: every acknowledged message")]
    [InlineData("about_KafkaK8s_Errors", "- ClusterNotFound: there is no such")]
    public void About_topics_are_found_and_fit_80_columns(string topic, string part)
    {
        string about = module.Engine.Run("param($t) Get-Help $t", new { t = topic }).EnsureSuccess().Output[0].ToString();
        Assert.Contains(part, about, StringComparison.Ordinal);
        Assert.DoesNotContain('`', about);
        Assert.DoesNotContain(about.Split('\n'), l => l.Length > 80);
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Opens_its_page_on_the_web(string name)
    {
        string address = module.Engine.Run("param($n) (Get-Command $n).HelpUri", new { n = name }).EnsureSuccess().As<string>()[0];
        string project = (string)((Hashtable)((Hashtable)BuiltModule.Manifest["PrivateData"]!)["PSData"]!)["ProjectUri"]!;
        Assert.Equal($"{project}/blob/main/docs/en-US/{name}.md", address);
        Assert.True(File.Exists(Path.Combine(BuiltModule.Root, "docs", "en-US", $"{name}.md")));
    }

    private string Export(Dictionary<string, object> parameters)
    {
        parameters["KubernetesVersion"] = "1.30";
        string yaml = module.Engine.Run("param($p) Export-KafkaManifest @p", new { p = parameters }).EnsureSuccess().As<string>()[0];
        return Annotation().Replace(yaml, "");
    }

    private PSObject Help(string name) => module.Engine.Run("param($n) Get-Help $n -Full", new { n = name }).EnsureSuccess().Output[0];

    private static PSObject? Property(PSObject from, string name) =>
        from.Properties[name]?.Value is object value ? PSObject.AsPSObject(value) : null;

    private static List<PSObject> Items(PSObject? from, string name) => from?.Properties[name]?.Value switch
    {
        null => [],
        PSObject[] many => [.. many],
        object[] many => [.. many.Select(PSObject.AsPSObject)],
        var one => [PSObject.AsPSObject(one)],
    };

    // The text of a node of the help with all that is below it.
    private static string Words(PSObject? from, string name) => Flat(from?.Properties[name]?.Value).Trim();

    private static string Flat(object? value) => value switch
    {
        null => "",
        string text => text,
        PSObject { BaseObject: string text } => text,
        PSObject[] many => string.Join(' ', many.Select(Flat)),
        object[] many => string.Join(' ', many.Select(Flat)),
        PSObject { BaseObject: object[] many } => string.Join(' ', many.Select(Flat)),
        PSObject one => string.Join(' ', one.Properties.Select(p => Flat(p.Value)).Where(t => t.Length > 0)),
        _ => value.ToString() ?? "",
    };

    [GeneratedRegex(@"^ *(annotations:|kafkak8s\.io/spec:.*)\n", RegexOptions.Multiline)]
    private static partial Regex Annotation();
}
