using System.Diagnostics;
using System.Management.Automation;
using System.Reflection;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

public sealed class FolderTests
{
    private static readonly string[] Files =
    [
        "KafkaK8s.Format.ps1xml", "KafkaK8s.Types.ps1xml", "KafkaK8s.psd1", "KafkaK8s.psm1", "LICENSE",
        "bin/AWSSDK.Core.dll", "bin/AWSSDK.EC2.dll", "bin/AWSSDK.SSO.dll", "bin/AWSSDK.SSOOIDC.dll", "bin/AWSSDK.SecurityToken.dll",
        "bin/Confluent.Kafka.dll", "bin/KafkaK8s.Cmdlets.deps.json", "bin/KafkaK8s.Cmdlets.dll", "bin/KafkaK8s.Core.dll", "bin/KafkaK8s.dll", "bin/YamlDotNet.dll",
        "bin/runtimes/linux-arm64/native/alpine-librdkafka.so", "bin/runtimes/linux-arm64/native/librdkafka.so",
        "bin/runtimes/linux-x64/native/alpine-librdkafka.so", "bin/runtimes/linux-x64/native/centos8-librdkafka.so", "bin/runtimes/linux-x64/native/librdkafka.so",
        "bin/runtimes/osx-arm64/native/librdkafka.dylib",
        "bin/runtimes/win-x64/native/libcrypto-3-x64.dll", "bin/runtimes/win-x64/native/libcurl.dll", "bin/runtimes/win-x64/native/librdkafka.dll", "bin/runtimes/win-x64/native/libssl-3-x64.dll",
        "bin/runtimes/win-x64/native/msvcp140.dll", "bin/runtimes/win-x64/native/vcruntime140.dll", "bin/runtimes/win-x64/native/z.dll", "bin/runtimes/win-x64/native/zstd.dll",
        "en-US/KafkaK8s.Cmdlets.dll-Help.xml", "en-US/about_KafkaK8s.help.txt",
        "manifests/kafka_deploy.yaml", "manifests/kafka_service.yaml", "manifests/zk_set.yaml",
    ];

    [Fact]
    public void Holds_exactly_these_files() => Assert.Equal(
        Files.Order(StringComparer.Ordinal),
        Directory.EnumerateFiles(BuiltModule.Folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(BuiltModule.Folder, f).Replace('\\', '/')).Order(StringComparer.Ordinal));

    [Fact]
    public void Manifest_passes_the_engine_s_test()
    {
        using var session = EngineSession.Open();
        var module = (PSModuleInfo)session.Run("param($p) Test-ModuleManifest $p", new { p = BuiltModule.ManifestFile }).EnsureSuccess().Output[0].BaseObject;
        Assert.Equal(BuiltModule.Cmdlets, module.ExportedCmdlets.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(new Version(7, 4), module.PowerShellVersion);
        Assert.Equal(["Core"], module.CompatiblePSEditions);
    }

    [Theory]
    [InlineData("KafkaK8s.dll")]
    [InlineData("KafkaK8s.Cmdlets.dll")]
    [InlineData("KafkaK8s.Core.dll")]
    public void Version_of_the_manifest_is_that_of_the_assemblies(string file)
    {
        string version = (string)BuiltModule.Manifest["ModuleVersion"]!;
        string path = Path.Combine(BuiltModule.Folder, "bin", file);
        Assert.Equal($"{version}.0", AssemblyName.GetAssemblyName(path).Version!.ToString());
        Assert.Equal(version, FileVersionInfo.GetVersionInfo(path).ProductVersion!.Split('+')[0]);
    }

    [Fact]
    public void Manifest_names_everything_and_runs_nothing_beforehand()
    {
        foreach (string key in new[] { "CmdletsToExport", "FunctionsToExport", "AliasesToExport", "VariablesToExport" })
            Assert.DoesNotContain(((object[])BuiltModule.Manifest[key]!).Cast<string>(), n => n.Contains('*'));
        Assert.False(BuiltModule.Manifest.ContainsKey("ScriptsToProcess"));
        foreach (string key in new[] { "FormatsToProcess", "TypesToProcess" })
            Assert.All(((object[])BuiltModule.Manifest[key]!).Cast<string>(), f => Assert.True(File.Exists(Path.Combine(BuiltModule.Folder, f))));
    }

    [Fact]
    public void Manifests_are_those_of_the_repository() => Assert.All(Directory.EnumerateFiles(Path.Combine(BuiltModule.Root, "manifests")), f =>
        Assert.Equal(File.ReadAllText(f), File.ReadAllText(Path.Combine(BuiltModule.Folder, "manifests", Path.GetFileName(f)))));
}
