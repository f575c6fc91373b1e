using System.Collections;
using System.Management.Automation.Language;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KafkaK8s.Tests.Host;

[assembly: CollectionBehavior(DisableTestParallelization = true)] // many tests look at the clock

namespace KafkaK8s.Tests.Engine;

/// <summary>The module's folder as the build leaves it.</summary>
public static class BuiltModule
{
    public static string Root { get; } = FindRoot();

    public static string Folder { get; } = Path.Combine(Root, "out", "KafkaK8s");

    public static string ManifestFile { get; } = Path.Combine(Folder, "KafkaK8s.psd1");

    public static Hashtable Manifest { get; } = (Hashtable)Parser.ParseFile(ManifestFile, out _, out _).Find(ast => ast is HashtableAst,
        searchNestedScriptBlocks: false).SafeGetValue();

    public static IReadOnlyList<string> Cmdlets { get; } =
        [.. ((object[])Manifest["CmdletsToExport"]!).Cast<string>().Order(StringComparer.Ordinal)];

    public static EngineSession Open(int width = 120)
    {
        var session = EngineSession.Open(width);
        session.ImportModule(Folder);
        return session;
    }

    /// <summary>Where AWS's config file would be; empty unless a test writes it. AWS's SDK takes the path once in a process, and only of a
    /// file that is there.</summary>
    public static string AwsConfig { get; } = Path.Combine(Path.GetTempPath(), $"kafkak8s-aws-{Environment.ProcessId}");

    /// <summary>A certificate authority, as EKS gives it.</summary>
    public static string Authority { get; } = MakeAuthority();

    /// <summary>No test may ever reach a cluster or an account that the machine's user has.</summary>
    [ModuleInitializer]
    internal static void ForgetUser()
    {
        Environment.SetEnvironmentVariable("KUBECONFIG", "/nonexistent/kubeconfig");
        foreach (string file in new[] { AwsConfig, AwsConfig + ".keys" })
        {
            File.WriteAllText(file, "");
            AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(file);
        }

        SetAws();
    }

    /// <summary>The variables that AWS's SDK reads: these, and nothing of the machine's.</summary>
    public static void SetAws(params (string Name, string Value)[] variables)
    {
        foreach (string name in Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(n => n.StartsWith("AWS_", StringComparison.OrdinalIgnoreCase)))
            Environment.SetEnvironmentVariable(name, null);
        (string, string)[] none = [("AWS_CONFIG_FILE", AwsConfig), ("AWS_SHARED_CREDENTIALS_FILE", AwsConfig + ".keys"),
            ("AWS_EC2_METADATA_DISABLED", "true")];
        foreach (var (name, value) in none.Concat(variables))
            Environment.SetEnvironmentVariable(name, value);
    }

    private static string MakeAuthority()
    {
        using var key = RSA.Create(2048);
        using var made = new CertificateRequest("CN=kubernetes", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(
            DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        return Convert.ToBase64String(Encoding.ASCII.GetBytes(made.ExportCertificatePem()));
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "KafkaK8s.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException("KafkaK8s.sln is in no folder above the tests.");
    }
}

/// <summary>One session with the module for all tests of a class.</summary>
public sealed class ModuleSession : IDisposable
{
    public EngineSession Engine { get; } = BuiltModule.Open();

    public void Dispose() => Engine.Dispose();
}
