using System.Collections;
using System.Diagnostics;
using System.IO.Compression;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using System.Runtime.InteropServices;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

public sealed class FolderTests
{
    private static readonly string[] Files =
    [
        "KafkaK8s.Format.ps1xml", "KafkaK8s.psd1", "KafkaK8s.psm1", "LICENSE", "Pester/KafkaK8s.Should.ps1",
        "bin/AWSSDK.Core.dll", "bin/AWSSDK.EC2.dll", "bin/AWSSDK.SSO.dll", "bin/AWSSDK.SSOOIDC.dll", "bin/AWSSDK.SecurityToken.dll",
        "bin/Confluent.Kafka.dll", "bin/Fractions.dll", "bin/KafkaK8s.Cmdlets.deps.json", "bin/KafkaK8s.Cmdlets.dll",
        "bin/KafkaK8s.Core.dll", "bin/KafkaK8s.Eks.dll", "bin/KafkaK8s.dll",
        "bin/KubernetesClient.dll", "bin/YamlDotNet.dll",
        "en-US/KafkaK8s.Cmdlets.dll-Help.xml", "en-US/about_KafkaK8s.help.txt", "en-US/about_KafkaK8s_Checks.help.txt",
        "en-US/about_KafkaK8s_Errors.help.txt", "en-US/about_KafkaK8s_Health.help.txt", "en-US/about_KafkaK8s_Troubleshooting.help.txt",
        "manifests/history/1/kafka_deploy.yaml", "manifests/history/1/kafka_service.yaml", "manifests/history/1/zk_set.yaml",
        "manifests/history/2/kafka_deploy.yaml", "manifests/history/2/kafka_service.yaml", "manifests/history/2/zk_set.yaml",
        "manifests/kafka_deploy.yaml", "manifests/kafka_service.yaml", "manifests/zk_set.yaml",
    ];

    private static readonly Dictionary<string, string[]> Natives = new()
    {
        ["linux-arm64"] = ["alpine-librdkafka.so", "librdkafka.so"],
        ["linux-x64"] = ["alpine-librdkafka.so", "centos8-librdkafka.so", "librdkafka.so"],
        ["osx-arm64"] = ["librdkafka.dylib"],
        ["win-x64"] = ["libcrypto-3-x64.dll", "libcurl.dll", "librdkafka.dll", "libssl-3-x64.dll", "msvcp140.dll", "vcruntime140.dll",
            "z.dll", "zstd.dll"],
    };

    // The libraries of other platforms are in their packages.
    private static string Rid => RuntimeInformation.RuntimeIdentifier;

    public static TheoryData<string> Rids => [.. Natives.Keys];

    [Fact]
    public void Holds_exactly_these_files() => Assert.Equal(
        Expected(Rid),
        Directory.EnumerateFiles(BuiltModule.Folder, "*", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(BuiltModule.Folder, f).Replace('\\', '/')).Order(StringComparer.Ordinal));

    [Fact]
    public void Manifest_lists_exactly_its_files() => Assert.Equal(
        Expected(Rid), ((object[])BuiltModule.Manifest["FileList"]!).Cast<string>().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Rids))]
    public void A_package_holds_the_module_for_one_platform_and_is_the_same_each_time(string rid)
    {
        using var folder = new TempFolder();
        string package = Pack(folder.Path, rid);
        Assert.True(new FileInfo(package).Length < 25_000_000, $"{new FileInfo(package).Length} bytes");
        using (var zip = ZipFile.OpenRead(package))
        {
            Assert.Equal(Expected(rid).Select(f => $"KafkaK8s/{f}"), zip.Entries.Select(e => e.FullName).Order(StringComparer.Ordinal));
            Assert.True(zip.Entries.Sum(e => e.Length) < 60_000_000, $"{zip.Entries.Sum(e => e.Length)} bytes unpacked");
            using var reader = new StreamReader(zip.GetEntry("KafkaK8s/KafkaK8s.psd1")!.Open());
            var manifest = (Hashtable)Parser.ParseInput(reader.ReadToEnd(), out _, out _).Find(ast => ast is HashtableAst,
                searchNestedScriptBlocks: false).SafeGetValue();
            Assert.Equal(Expected(rid), ((object[])manifest["FileList"]!).Cast<string>().Order(StringComparer.Ordinal));
        }

        byte[] first = File.ReadAllBytes(package);
        Assert.Equal(first, File.ReadAllBytes(Pack(folder.Path, rid)));
    }

    [Fact]
    public void The_package_of_this_platform_is_imported_by_pwsh()
    {
        using var folder = new TempFolder();
        ZipFile.ExtractToDirectory(Pack(folder.Path, Rid), folder.Path);
        string script =
            $"$m = Import-Module '{folder.Path}/KafkaK8s' -PassThru; $m.ExportedCmdlets.Count; (Get-Help New-KafkaCluster).Synopsis";
        string[] lines = Run("dotnet", "pwsh", "-NoProfile", "-NonInteractive", "-Command", script).Split('\n',
            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([$"{BuiltModule.Cmdlets.Count}", "Makes a Kafka cluster on Kubernetes, or changes one, and waits until it is ready."],
            lines);
    }

    private static string Pack(string folder, string rid)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        string Output(string project) => Path.Combine(BuiltModule.Root, "src", project, "bin", configuration);
        return Run("dotnet", Path.Combine(Output("Package"), "KafkaK8s.Package.dll"), BuiltModule.Folder, Output("Cmdlets"), folder, rid)
            .Trim();
    }

    private static string Run(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = BuiltModule.Root
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{file} {string.Join(' ', arguments)}: {output}{error.Result}");
        return output;
    }

    private static IEnumerable<string> Expected(string rid) =>
        Files.Concat(Natives[rid].Select(n => $"bin/runtimes/{rid}/native/{n}")).Order(StringComparer.Ordinal);

    [Fact]
    public void Manifest_passes_the_engine_s_test()
    {
        using var session = EngineSession.Open();
        var module = (PSModuleInfo)session.Run("param($p) Test-ModuleManifest $p", new { p = BuiltModule.ManifestFile })
            .EnsureSuccess().Output[0].BaseObject;
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
        Assert.All(((object[])BuiltModule.Manifest["FormatsToProcess"]!).Cast<string>(),
            f => Assert.True(File.Exists(Path.Combine(BuiltModule.Folder, f))));
    }

    [Fact]
    public void Manifests_are_those_of_the_repository() =>
        Assert.All(Directory.EnumerateFiles(Path.Combine(BuiltModule.Root, "manifests")), f =>
        Assert.Equal(File.ReadAllText(f), File.ReadAllText(Path.Combine(BuiltModule.Folder, "manifests", Path.GetFileName(f)))));
}
