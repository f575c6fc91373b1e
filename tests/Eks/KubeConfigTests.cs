using System.Text.Json.Nodes;
using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes.Config;
using KafkaK8s.Core.Yaml;
using KafkaK8s.Eks;
using Xunit;

namespace KafkaK8s.Tests.Eks;

/// <summary>The entry in a kubeconfig.</summary>
public sealed class KubeConfigTests : IDisposable
{
    private const string Arn = "arn:aws:eks:eu-central-1:123456789012:cluster/prod";

    private static readonly EksConnection Prod = new()
    {
        ClusterName = "prod",
        Arn = Arn,
        Region = "eu-central-1",
        ProfileName = "work",
        Endpoint = "https://prod.example",
        CertificateAuthorityData = "Q0E="
    };

    private readonly AwsVariables variables = new();
    private readonly string folder = Directory.CreateTempSubdirectory("kafkak8s-kubeconfig-").FullName;

    private string File => Path.Combine(folder, "sub", "config");

    public void Dispose()
    {
        variables.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Is_what_AWS_s_tool_writes()
    {
        EksKubeConfig.Write(Prod, File);
        Assert.Equal("""
            apiVersion: v1
            kind: Config
            clusters:
            - name: "arn:aws:eks:eu-central-1:123456789012:cluster/prod"
              cluster:
                server: "https://prod.example"
                certificate-authority-data: "Q0E="
            users:
            - name: "arn:aws:eks:eu-central-1:123456789012:cluster/prod"
              user:
                exec:
                  apiVersion: client.authentication.k8s.io/v1beta1
                  command: aws
                  args:
                  - "--region"
                  - eu-central-1
                  - eks
                  - get-token
                  - "--cluster-name"
                  - prod
                  - "--output"
                  - json
                  env:
                  - name: AWS_PROFILE
                    value: work
            contexts:
            - name: "arn:aws:eks:eu-central-1:123456789012:cluster/prod"
              context:
                cluster: "arn:aws:eks:eu-central-1:123456789012:cluster/prod"
                user: "arn:aws:eks:eu-central-1:123456789012:cluster/prod"
            current-context: "arn:aws:eks:eu-central-1:123456789012:cluster/prod"

            """.ReplaceLineEndings("\n"), System.IO.File.ReadAllText(File));
        Assert.Equal(Arn, KubeConfigFile.Load(File).CurrentContext);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.Equal(["config"], Directory.EnumerateFiles(Path.GetDirectoryName(File)!).Select(Path.GetFileName));
    }

    [Fact]
    public void Leaves_everything_else_and_comes_up_to_date()
    {
        const string Before = """
            apiVersion: v1
            kind: Config
            preferences: {colors: true}
            current-context: home
            clusters:
            - name: home
              cluster: {server: "https://home", insecure-skip-tls-verify: true, proxy-url: "http://p"}
            - name: arn:aws:eks:eu-central-1:123456789012:cluster/prod
              cluster: {server: "https://old", certificate-authority-data: b2xk}
            users:
            - name: home
              user: {token: "0123"}
            contexts:
            - name: home
              context: {cluster: home, user: home}
            - name: arn:aws:eks:eu-central-1:123456789012:cluster/prod
              context: {cluster: old, user: old, namespace: kafka}
            extensions: [{name: x, extension: {a: 1}}]
            """;
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File, Before);
        EksKubeConfig.Write(Prod, File);
        EksKubeConfig.Write(Prod, File); // again: nothing twice
        var before = Tree(Before);
        var after = Tree(System.IO.File.ReadAllText(File));
        foreach (string list in new[] { "clusters", "users", "contexts" })
        {
            Assert.Equal(Entry(before, list, "home")!.ToJsonString(), Entry(after, list, "home")!.ToJsonString());
            Assert.Equal(2, after[list]!.AsArray().Count);
        }

        Assert.Equal(before["preferences"]!.ToJsonString() + before["extensions"]!.ToJsonString(),
            after["preferences"]!.ToJsonString() + after["extensions"]!.ToJsonString());
        Assert.Equal("https://prod.example", (string?)Entry(after, "clusters", Arn)!["cluster"]!["server"]);
        Assert.Equal($$"""{"cluster":"{{Arn}}","user":"{{Arn}}","namespace":"kafka"}""",
            Entry(after, "contexts", Arn)!["context"]!.ToJsonString());
    }

    [Fact]
    public void A_file_that_cannot_be_read_stays_as_it_is()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File, "clusters: [");
        Assert.Equal("KubeConfigInvalid", Assert.Throws<ClusterException>(() => EksKubeConfig.Write(Prod, File)).Id);
        Assert.Equal("clusters: [", System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void A_link_stays_a_link()
    {
        string target = Path.Combine(folder, "target"), link = Path.Combine(folder, "link");
        System.IO.File.WriteAllText(target, "");
        System.IO.File.CreateSymbolicLink(link, target);
        EksKubeConfig.Write(Prod, link);
        Assert.Equal(target, new FileInfo(link).LinkTarget);
        Assert.Contains(Arn, System.IO.File.ReadAllText(target), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_told()
    {
        System.IO.File.WriteAllText(Path.Combine(folder, "sub"), "a file where the folder should be");
        var e = Assert.Throws<ClusterException>(() => EksKubeConfig.Write(Prod, File));
        Assert.Equal(("KubeConfigNotWritable", FailureKind.Permission), (e.Id, e.Kind));
    }

    [Fact]
    public void Of_several_files_the_one_that_has_it_is_written()
    {
        string first = Path.Combine(folder, "one"), second = Path.Combine(folder, "two");
        Environment.SetEnvironmentVariable("KUBECONFIG", string.Join(Path.PathSeparator, first, second));
        Assert.Equal(first, EksKubeConfig.FileFor(Prod, null));
        EksKubeConfig.Write(Prod, second);
        Assert.Equal(second, EksKubeConfig.FileFor(Prod, null));
        Assert.Equal(File, EksKubeConfig.FileFor(Prod, File));
    }

    private static JsonObject Tree(string yaml) => (JsonObject)YamlReader.ReadAll(yaml, "test").Single();

    private static JsonObject? Entry(JsonObject root, string list, string name) =>
        root[list]!.AsArray().Select(e => e!.AsObject()).FirstOrDefault(e => (string?)e["name"] == name);
}
