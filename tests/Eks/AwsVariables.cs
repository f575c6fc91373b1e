using System.Collections;
using System.Runtime.CompilerServices;
using Xunit;

[assembly: CollectionBehavior(DisableTestParallelization = true)] // variables belong to the whole process

namespace KafkaK8s.Tests.Eks;

/// <summary>The variables that AWS's SDK reads, as one test wants them; nothing of this machine's user is ever seen.</summary>
internal sealed class AwsVariables : IDisposable
{
    public AwsVariables(params (string Name, string? Value)[] variables)
    {
        Forget();
        foreach (var (name, value) in variables)
            Environment.SetEnvironmentVariable(name, value);
    }

    /// <summary>The home folder of this machine's user: the set-up keeps its cache there.</summary>
    public static string? MachineHome { get; private set; }

    /// <summary>A home folder of the tests' own: ~/.aws and ~/.kube.</summary>
    public static string Home { get; } = Directory.CreateTempSubdirectory("kafkak8s-home-").FullName;

    /// <summary>Keys that are good on the stub.</summary>
    public static AwsVariables WithKeys(params (string Name, string? Value)[] more) =>
        new([("AWS_ACCESS_KEY_ID", Doubles.Key), ("AWS_SECRET_ACCESS_KEY", Doubles.Secret), ("AWS_REGION", "eu-central-1"), .. more]);

    /// <summary>Writes the config file that AWS_CONFIG_FILE names; the SDK looks where it is only once in a process.</summary>
    public static void WriteConfig(string text) => Write("aws-config", text);

    /// <summary>Writes the credentials file.</summary>
    public static void WriteCredentials(string text) => Write("aws-credentials", text);

    public static string Write(string name, string text)
    {
        string path = Path.Combine(Home, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    [ModuleInitializer]
    internal static void Begin()
    {
        MachineHome = Environment.GetEnvironmentVariable("HOME");
        Forget();
        WriteConfig(""); // the SDK looks elsewhere for good where they are not there at first
        WriteCredentials("");
    }

    private static void Forget()
    {
        foreach (string name in Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(v => (string)v.Key)
            .Where(n => n.StartsWith("AWS_", StringComparison.OrdinalIgnoreCase)))
            Environment.SetEnvironmentVariable(name, null);
        Environment.SetEnvironmentVariable("HOME", Home);
        Environment.SetEnvironmentVariable("KUBECONFIG", Path.Combine(Home, "kubeconfig"));
        Environment.SetEnvironmentVariable("AWS_CONFIG_FILE", Path.Combine(Home, "aws-config"));
        Environment.SetEnvironmentVariable("AWS_SHARED_CREDENTIALS_FILE", Path.Combine(Home, "aws-credentials"));
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
    }

    public void Dispose()
    {
        Forget();
        WriteConfig("");
        WriteCredentials("");
    }
}
