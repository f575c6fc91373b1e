using System.Management.Automation;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

public sealed class ImportTests
{
    private const string Exported = "Get-Command -Module KafkaK8s | ForEach-Object Name";

    [Fact]
    public void Exports_exactly_the_cmdlets_of_the_manifest()
    {
        using var session = EngineSession.Open();
        var module = session.ImportModule(BuiltModule.Folder);
        Assert.Equal(BuiltModule.Cmdlets, session.Run(Exported).EnsureSuccess().As<string>().Order(StringComparer.Ordinal));
        Assert.Equal(BuiltModule.Cmdlets, module.ExportedCommands.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(module.ExportedFunctions);
        Assert.Empty(module.ExportedAliases);
        Assert.Empty(module.ExportedVariables);
        Assert.All(module.ExportedCommands.Values, c => Assert.Equal(CommandTypes.Cmdlet, c.CommandType));
    }

    [Fact]
    public void Import_says_nothing_but_what_was_asked()
    {
        using var session = EngineSession.Open();
        var result = session.Run("param($p) Import-Module $p", new { p = BuiltModule.Folder }).EnsureSuccess();
        Assert.Empty(result.Output);
        Assert.Empty(result.Warnings);
        Assert.Empty(session.Host.Recording.Lines);
    }

    [Theory]
    [InlineData("Import-Module $p -Force")]
    [InlineData("Import-Module $p -Force; Import-Module $p -Force")]
    [InlineData("Remove-Module KafkaK8s; Import-Module $p")]
    [InlineData("Import-Module $p")]
    public void Imports_again(string again)
    {
        using var session = BuiltModule.Open();
        session.Run($"param($p) {again}", new { p = BuiltModule.Folder }).EnsureSuccess();
        Assert.Equal(BuiltModule.Cmdlets, session.Run(Exported).As<string>().Order(StringComparer.Ordinal));
        Assert.StartsWith("apiVersion:", string.Join('\n', session.Run("Export-KafkaManifest -KubernetesVersion 1.30").EnsureSuccess()
            .As<string>()[0].Split('\n').Where(l => !l.StartsWith('#'))).TrimStart('-', '\n'), StringComparison.Ordinal);
    }

    [Fact]
    public void Remove_takes_the_commands_away()
    {
        using var session = BuiltModule.Open();
        session.Run("Remove-Module KafkaK8s").EnsureSuccess();
        Assert.Equal("CommandNotFoundException", Assert.Single(session.Run("Get-KafkaCluster").Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void Two_runspaces_at_once()
    {
        using var one = BuiltModule.Open();
        using var two = BuiltModule.Open();
        Assert.Equal(one.Run(Exported).As<string>(), two.Run(Exported).As<string>());
        Assert.Same(one.Run("[KafkaK8s.KafkaCluster]").Output[0].BaseObject, two.Run("[KafkaK8s.KafkaCluster]").Output[0].BaseObject);
    }

    [Fact]
    public void Loads_by_itself_from_the_module_path()
    {
        string? before = Environment.GetEnvironmentVariable("PSModulePath");
        try
        {
            using var session = EngineSession.Open();
            Environment.SetEnvironmentVariable("PSModulePath", Path.GetDirectoryName(BuiltModule.Folder));
            session.Run("Export-KafkaManifest -KubernetesVersion 1.30").EnsureSuccess();
        }
        finally
        {
            Environment.SetEnvironmentVariable("PSModulePath", before);
        }
    }

    [Fact]
    public void Verbs_are_approved_and_nouns_are_singular()
    {
        var approved = typeof(VerbsCommon).Assembly.GetExportedTypes().Where(t => t.Name.StartsWith("Verbs", StringComparison.Ordinal))
            .SelectMany(t => t.GetFields()).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!).ToHashSet();
        Assert.All(BuiltModule.Cmdlets, name =>
        {
            string[] parts = name.Split('-');
            Assert.Equal(2, parts.Length);
            Assert.Contains(parts[0], approved);
            Assert.Matches("^(Kafka|ZooKeeper|EksCluster$)", parts[1]);
            Assert.False(parts[1].EndsWith('s') && !parts[1].EndsWith("ss", StringComparison.Ordinal), $"{name} is plural");
        });
    }
}
