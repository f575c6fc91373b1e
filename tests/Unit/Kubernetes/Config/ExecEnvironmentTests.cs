using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes.Config;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kubernetes.Config;

/// <summary>Exec plugins and the variables of this process: which program is run, and as whom.</summary>
[Collection("environment")]
[SupportedOSPlatform("linux")]
public sealed class ExecEnvironmentTests : IDisposable
{
    private const string Variable = "KAFKAK8S_TEST_PROFILE";
    private const string Program = "kafkak8s-test-plugin";
    private const string Before = """{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":""";
    private const string After = "}}";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kafkak8s-exec");
    private readonly string? path = Environment.GetEnvironmentVariable("PATH");

    public ExecEnvironmentTests()
    {
        string file = Path.Combine(folder.FullName, Program);
        File.WriteAllText(file, $"""
            #!/bin/sh
            printf '%s"%s"%s' '{Before}' "${Variable}" '{After}'
            """);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("PATH", path);
        Environment.SetEnvironmentVariable(Variable, null);
        folder.Delete(recursive: true);
    }

    // Whoever may write into the current folder would be given the login.
    [Fact]
    public async Task A_program_is_looked_for_in_absolute_folders_of_the_path_alone()
    {
        Environment.SetEnvironmentVariable("PATH", $"{Path.GetRelativePath(Environment.CurrentDirectory, folder.FullName)}:{path}");
        var e = await Assert.ThrowsAsync<ClusterException>(TokenAsync);
        Assert.Equal("CredentialPluginFailed", e.Id);
        Assert.Contains("is not on the PATH", e.Message, StringComparison.Ordinal);
        Environment.SetEnvironmentVariable("PATH", $"{folder.FullName}:{path}");
        Environment.SetEnvironmentVariable(Variable, "found");
        Assert.Equal("found", await TokenAsync());
    }

    // AWS_PROFILE and its like say as whom a plugin logs in.
    [Fact]
    public async Task Another_value_of_a_variable_is_another_login()
    {
        Environment.SetEnvironmentVariable("PATH", $"{folder.FullName}:{path}");
        foreach (string profile in (string[])["admin", "reader", "admin"])
        {
            Environment.SetEnvironmentVariable(Variable, profile);
            Assert.Equal(profile, await TokenAsync());
        }
    }

    private async Task<string?> TokenAsync()
    {
        var plugin = new ExecPlugin(ExecCredentials.V1, Program, [], [], "Never", "", false);
        var credentials = ExecCredentials.For(plugin, new JsonObject(), "u", folder.FullName, TimeProvider.System);
        return (await credentials.GetAsync(default)).Authorization!.Parameter;
    }
}
