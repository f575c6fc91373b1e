using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Kubernetes.Config;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kubernetes.Config;

[Collection("environment")]
public sealed class KubeConfigFileTests : IDisposable
{
    private const string Plain = """
        apiVersion: v1
        kind: Config
        current-context: two
        clusters:
        - name: c
          cluster: {server: "https://c.example", certificate-authority: ca.pem, insecure-skip-tls-verify: true, tls-server-name: api}
        users:
        - name: u
          user: {client-certificate: /abs/cert.pem, client-key: sub/key.pem, as: somebody}
        contexts:
        - name: one
          context: {cluster: c, user: u}
        - name: two
          context: {cluster: c, user: u, namespace: shop}
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kafkak8s-kubeconfig");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Reads_clusters_users_and_contexts()
    {
        var file = KubeConfigFile.Load(Write("config", Plain));
        Assert.Equal("two", file.CurrentContext);
        Assert.Equal([("one", ""), ("two", "shop")], file.Contexts.Select(c => (c.Name, c.Namespace)));
        var cluster = Assert.Single(file.Clusters);
        Assert.Equal(("https://c.example", Path.Combine(folder.FullName, "ca.pem"), true, "api"),
            (cluster.Server, cluster.CertificateAuthority, cluster.InsecureSkipTlsVerify, cluster.TlsServerName));
        var user = Assert.Single(file.Users);
        Assert.Equal(("/abs/cert.pem", Path.Combine(folder.FullName, "sub/key.pem"), "somebody"),
            (user.ClientCertificate, user.ClientKey, user.As));
        Assert.Equal(["one", "two"], KubeConfigFile.ContextNames(Path.Combine(folder.FullName, "config")));
    }

    [Fact]
    public void An_exec_plugin_has_its_arguments_and_variables()
    {
        var exec = KubeConfigFile.Load(Write("config", """
            users:
            - name: eks
              user:
                exec:
                  apiVersion: client.authentication.k8s.io/v1beta1
                  command: aws
                  args: [eks, get-token, --cluster-name, prod]
                  env:
                  - {name: AWS_PROFILE, value: prod}
            """)).Users.Single().Exec!;
        Assert.Equal(("client.authentication.k8s.io/v1beta1", "aws", "IfAvailable"), (exec.ApiVersion, exec.Command, exec.InteractiveMode));
        Assert.Equal(["eks", "get-token", "--cluster-name", "prod"], exec.Args);
        Assert.Equal([KeyValuePair.Create("AWS_PROFILE", "prod")], exec.Env);
    }

    [Fact]
    public void Of_two_files_the_first_that_names_a_thing_wins()
    {
        string first = Write("first",
            "clusters: [{name: c, cluster: {server: 'https://first'}}]\ncontexts: [{name: a, context: {cluster: c}}]\ncurrent-context: ''");
        string second = Write("second",
            "clusters: [{name: c, cluster: {server: 'https://second'}}, {name: d, cluster: {server: 'https://d'}}]\nusers: "
                + "null\ncontexts: [{name: b, context: {cluster: d}}]\ncurrent-context: b");
        string? before = Environment.GetEnvironmentVariable("KUBECONFIG");
        try
        {
            Environment.SetEnvironmentVariable("KUBECONFIG",
                string.Join(Path.PathSeparator, first, "", Path.Combine(folder.FullName, "missing"), second));
            var file = KubeConfigFile.Load(null);
            Assert.Equal(["https://first", "https://d"], file.Clusters.Select(c => c.Server));
            Assert.Equal(["a", "b"], file.Contexts.Select(c => c.Name));
            Assert.Equal("b", file.CurrentContext); // an empty one names nothing, as with kubectl
            Assert.Equal([first], KubeConfigFile.Find(first)); // a path goes before the variable
            Assert.Equal(file.Path, KubeConfigFile.Load(file.Path).Path); // objects carry the list on
            Environment.SetEnvironmentVariable("KUBECONFIG", "first");
            Assert.Equal([first], KubeConfigFile.Find(null, folder.FullName)); // a relative one is in PowerShell's current folder
        }
        finally
        {
            Environment.SetEnvironmentVariable("KUBECONFIG", before);
        }
    }

    [Fact]
    public void A_missing_file_is_told_and_completion_stays_silent()
    {
        string path = Path.Combine(folder.FullName, "missing");
        var e = Assert.Throws<ClusterException>(() => KubeConfigFile.Load(path));
        Assert.Equal(("KubeConfigNotFound", FailureKind.NotFound), (e.Id, e.Kind));
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
        Assert.Empty(KubeConfigFile.ContextNames(path));
    }

    [Theory]
    [InlineData("- a", "one YAML mapping")]
    [InlineData("a: 1\n---\nb: 2", "one YAML mapping")]
    [InlineData("a: [", "line")]
    [InlineData("clusters: [{cluster: {server: x}}]", "no name")]
    [InlineData("users: [{name: u, user: {token: 12}}]", "field token of user 'u'")]
    [InlineData("users: [{name: u, user: {as-groups: [1]}}]", "field as-groups of user 'u'")]
    [InlineData("clusters: [{name: c, cluster: {insecure-skip-tls-verify: 'true'}}]", "field insecure-skip-tls-verify of cluster 'c'")]
    [InlineData("clusters: [{name: c, cluster: {certificate-authority-data: '%%'}}]", "field certificate-authority-data of cluster 'c'")]
    [InlineData("users: {u: {token: t}}", "field users")]
    [InlineData("a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, "
        + "*b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]", "too much")]
    [InlineData("a: *b", "no anchor")]
    public void A_malformed_file_is_told(string yaml, string words)
    {
        string path = Write("config", yaml);
        var e = Assert.Throws<ClusterException>(() => KubeConfigFile.Load(path));
        Assert.Equal(("KubeConfigInvalid", FailureKind.InvalidInput, path), (e.Id, e.Kind, e.Target));
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.Empty(KubeConfigFile.ContextNames(path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing yet\n")]
    [InlineData("{}")]
    public void An_empty_file_says_nothing(string yaml)
    {
        string path = Write("config", yaml);
        Assert.True(KubeConfigFile.Load(path).IsEmpty);
        Assert.Equal("ContextNotFound", Assert.Throws<ClusterException>(() => KubeConnection.Open(path, null)).Id);
    }

    [Fact]
    public void A_connection_takes_the_current_context_or_the_one_named()
    {
        string path = Write("config", Plain.Replace(", certificate-authority: ca.pem", "", StringComparison.Ordinal)
            .Replace("client-certificate: /abs/cert.pem, client-key: sub/key.pem", "token: t", StringComparison.Ordinal));
        using var current = KubeConnection.Open(path, null);
        Assert.Equal(("two", "shop", path, "https://c.example/"),
            (current.Context, current.DefaultNamespace, current.Origin.KubeConfig, current.Server.ToString()));
        using var named = KubeConnection.Open(path, "one");
        Assert.Equal(("one", "default"), (named.Context, named.DefaultNamespace));
    }

    [Theory]
    [InlineData(Plain, "three", "ContextNotFound", "one, two")]
    [InlineData("contexts: [{name: one, context: {cluster: c}}]", null, "ContextNotFound", "no current context")]
    [InlineData("current-context: gone\ncontexts: [{name: one, context: {cluster: c}}]", null, "ContextNotFound", "'gone'")]
    [InlineData("current-context: one\ncontexts: [{name: one, context: {cluster: c}}]", null, "KubeConfigInvalid", "one")]
    [InlineData("current-context: one\nclusters: [{name: c}]\ncontexts: [{name: one, context: {cluster: c}}]", null, "KubeConfigInvalid",
        "no server")]
    [InlineData("current-context: one\nclusters: [{name: c, cluster: {server: 'https://x', certificate-authority-data: "
        + "'bm8='}}]\ncontexts: [{name: one, context: {cluster: c}}]", null, "KubeConfigInvalid", "certificate-authority-data")]
    [InlineData("current-context: one\nclusters: [{name: c, cluster: {server: 'https://x', certificate-authority: "
        + "missing.pem}}]\ncontexts: [{name: one, context: {cluster: c}}]", null, "KubeConfigInvalid", "missing.pem")]
    [InlineData("current-context: one\nclusters: [{name: c, cluster: {server: 'not a url'}}]\ncontexts: [{name: one, context: {cluster: "
        + "c}}]", null, "KubeConfigInvalid", "one")]
    public void A_context_that_cannot_be_used_is_told(string yaml, string? context, string id, string words)
    {
        var e = Assert.Throws<ClusterException>(() => KubeConnection.Open(Write("config", yaml), context));
        Assert.Equal(id, e.Id);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
