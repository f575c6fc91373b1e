using System.Diagnostics;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;
using Xunit.Abstractions;

namespace KafkaK8s.Tests.Unit.Kubernetes.Config;

/// <summary>Tests that set variables of the process run one after another.</summary>
[CollectionDefinition("environment", DisableParallelization = true)]
public sealed class EnvironmentCollectionDefinition;

/// <summary>
/// A kubeconfig means to us what it means to kubectl. Each case goes through our connection and, where there is a kubectl, through that
/// too, to servers that write down what arrives. The table of all cases is written to out/kubeconfig-parity.txt.
/// </summary>
[Collection("environment")]
[SupportedOSPlatform("linux")]
public sealed class ParityTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan SideLimit = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kafkak8s-parity");
    private readonly TestPki pki = new();
    private readonly Dictionary<string, string> places = [];
    private readonly List<RecordingServer> servers = [];
    private readonly List<RecordingProxy> proxies = [];

    public Task InitializeAsync()
    {
        Write("ca.pem", pki.Root.Pem);
        Write("inter.pem", pki.Intermediate.Pem);
        Write("alice.pem", pki.Alice.Pem);
        Write("alice.key", pki.Alice.Pkcs8);
        Write("alice.sec1", pki.Alice.Sec1);
        WriteCarol();
        Write("token", "from-file\n");
        Directory.CreateDirectory(Path.Combine(folder.FullName, "bin"));
        WriteProgram("bin/plugin", """
            says=$PLUGIN_SAYS
            case "$KUBERNETES_EXEC_INFO" in *'"cluster":{'*) says=server;
              case "$KUBERNETES_EXEC_INFO" in *'"server":"https://127.0.0.1:'*) ;; *) says=none ;; esac
              case "$KUBERNETES_EXEC_INFO" in *'"certificate-authority-data":"'*) says=$says,ca ;; esac
              case "$KUBERNETES_EXEC_INFO" in *'"config":{"audience":"prod"}'*) says=$says,config ;; esac ;;
            esac
            case "$KUBERNETES_EXEC_INFO" in *authentication.k8s.io/v1beta1*) version=v1beta1 ;; *) version=v1 ;; esac
            echo "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/$version\",\"status\":{\"token\":\"$#|$1|$2|$3|$says\"}}"
            """);
        string json = System.Text.Json.JsonSerializer.Serialize(new
        {
            kind = "ExecCredential",
            apiVersion = "client.authentication.k8s.io/v1",
            status = new { clientCertificateData = pki.Alice.Pem, clientKeyData = pki.Alice.Pkcs8 }
        });
        Write("answer.json", json);
        WriteProgram("bin/cert-plugin", $"cat '{folder.FullName}/answer.json'");
        Serve("good", pki.Good, "https://127.0.0.1");
        Serve("wrong", pki.Wrong, "https://127.0.0.1");
        Serve("inter", pki.ViaIntermediate, "https://127.0.0.1");
        Serve("plain", null, "http://127.0.0.1");
        places["name"] = $"https://localhost:{servers[0].Port}";
        places["behind"] = $"https://kube.behind.proxy:{servers[0].Port}";
        places["named"] = $"https://ada:secret@127.0.0.1:{servers[0].Port}";
        places["bare"] = $"127.0.0.1:{servers[3].Port}";
        foreach (string kind in new[] { "http", "https", "socks5" })
        {
            proxies.Add(new RecordingProxy(kind, kind == "https" ? pki.Good : null));
            places[kind + "-proxy"] = $"{kind}://{(kind == "https" ? "localhost" : "127.0.0.1")}:{proxies[^1].Port}";
        }

        places["cadata"] = Base64(pki.Root.Pem);
        places["bobdata"] = Base64(pki.Bob.Chain);
        places["bobkey"] = Base64(pki.Bob.Pkcs8);
        string Part(string text) => Base64(text).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        places["idtoken"] =
            $"{Part("{\"alg\":\"none\"}")}.{Part($"{{\"iss\":\"https://issuer.example\",\"exp\":{DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds()}}}")}.{Part("x")}";
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        foreach (var server in servers)
            await server.DisposeAsync();
        foreach (var proxy in proxies)
            await proxy.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Every_field_of_the_format_has_a_case()
    {
        var covered = ParityCases.All.SelectMany(c => c.Fields.Split(' ')).ToHashSet();
        Assert.Empty(ParityCases.AllFields.Except(covered));
        Assert.Empty(covered.Except(ParityCases.AllFields));
    }

    [Fact]
    public async Task A_kubeconfig_means_what_it_means_to_kubectl()
    {
        string? kubectl = FindKubectl();
        var table = new StringBuilder();
        table.AppendLine(kubectl is null ? "kubectl: NOT FOUND (PATH, KAFKAK8S_KUBECTL): compared with recorded expectations alone"
            : $"kubectl: {kubectl}");
        var wrong = new List<string>();
        foreach (var one in ParityCases.All)
        {
            string file = WriteConfig(one);
            string right = Fill(one.Arrives);
            string ours = await InTimeAsync(SideLimit, $"{one.Title}: our side", limit => OursAsync(one, file, limit));
            bool refused = right.StartsWith("refused ", StringComparison.Ordinal);
            bool good = refused ? ours.StartsWith("refused ", StringComparison.Ordinal)
                && ours.Contains(right["refused ".Length..], StringComparison.Ordinal) : ours == right;
            string theirs = kubectl is null ? "-"
                : await InTimeAsync(SideLimit, $"{one.Title}: kubectl", limit => KubectlAsync(kubectl, one, file, limit));
            string expected = one.Kubectl is { } differs ? Fill(differs.Arrives) : refused ? "refused" : right;
            if (kubectl is not null && theirs != expected)
                good = false;
            if (!good)
                wrong.Add(
                    $"{one.Fields}, {one.Title}: right {right}{(one.Kubectl is null ? "" : $" (kubectl {expected})")}; ours {ours}; "
                        + $"kubectl {theirs}");
            string verdict = !good ? "WRONG" : one.Kubectl is { } why ? $"differs: {why.Why}" : "same";
            table.AppendLine($"{verdict,-8} {one.Title,-40} {Short(ours)}  ({one.Fields})");
        }

        table.AppendLine($"{ParityCases.All.Length} cases, {wrong.Count} wrong; {ParityCases.AllFields.Length} fields");
        output.WriteLine(table.ToString());
        File.WriteAllText(Path.Combine(Repository(), "out", "kubeconfig-parity.txt"), table.ToString());
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    // A plugin asks at the terminal where there is one; and a program that has ended may leave one behind that holds its output.
    [Theory]
    [InlineData("sleep 30")]
    [InlineData("sleep 30 & exit 0")]
    public async Task A_side_that_waits_for_ever_fails_its_case(string program)
    {
        WriteProgram("bin/waits", program);
        var one = new ParityCase("", "waits", "server: '{good}', certificate-authority: ca.pem",
            "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: bin/waits}", "");
        string file = WriteConfig(one);
        var clock = Stopwatch.StartNew();
        foreach (var side in new Func<CancellationToken, Task<string>>[]
        {
            limit => OursAsync(one, file, limit),
            limit => KubectlAsync(Path.Combine(folder.FullName, "bin", "waits"), one, file, limit),
            async _ =>
            {
                await Task.Delay(TimeSpan.FromSeconds(20), CancellationToken.None); // one that does not even look at its limit
                return "";
            },
        })
        {
            var e = await Assert.ThrowsAsync<TimeoutException>(() => InTimeAsync(TimeSpan.FromSeconds(1), "waits: this side", side));
            Assert.Equal("waits: this side has not ended after 1 s", e.Message);
        }

        Assert.InRange(clock.Elapsed.TotalSeconds, 3, 20);
    }

    private static async Task<string> InTimeAsync(TimeSpan time, string side, Func<CancellationToken, Task<string>> work)
    {
        using var limit = new CancellationTokenSource(time);
        try
        {
            return await Task.Run(() => work(limit.Token)).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{side} has not ended after {time.TotalSeconds:0} s");
        }
    }

    private string WriteConfig(ParityCase one) => Write($"config-{Guid.NewGuid():N}", Fill(one.Whole ?? $$"""
        {{one.More}}clusters: [{name: c, cluster: { {{one.Cluster}} } }]
        users: [{name: u, user: { {{one.User}} } }]
        contexts: [{name: x, context: {cluster: c, user: u{{one.Context}} } }]
        current-context: x
        """));

    private static string Short(string text) => text.Length > 150 ? text[..150] + "…" : text;

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Repository()
    {
        string at = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(at, "KafkaK8s.sln")))
            at = Path.GetDirectoryName(at) ?? throw new InvalidOperationException("The tests run outside of the repository.");
        Directory.CreateDirectory(Path.Combine(at, "out"));
        return at;
    }

    private static string? FindKubectl()
    {
        string? named = Environment.GetEnvironmentVariable("KAFKAK8S_KUBECTL");
        string caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        string cache = Path.Combine(Environment.GetEnvironmentVariable("KAFKAK8S_LAB_CACHE") ?? Path.Combine(caches, "kafkak8s-lab"),
            "kubernetes");
        var labs = Directory.Exists(cache) ? Directory.EnumerateDirectories(cache).Select(d => Path.Combine(d, "kubectl")) : [];
        return (named is null ? [] : (string[])[named]).Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Select(p => Path.Combine(p, "kubectl"))).Concat(labs).FirstOrDefault(File.Exists);
    }

    private async Task<string> OursAsync(ParityCase one, string file, CancellationToken limit)
    {
        var before = one.Variables.Keys.ToDictionary(v => v, Environment.GetEnvironmentVariable);
        foreach (var (name, value) in one.Variables)
            Environment.SetEnvironmentVariable(name, Fill(value));
        try
        {
            using var connection = KubeConnection.Open(file, null, folder.FullName);
            if (one.Upgrade)
                await PodExec.CaptureAsync(connection, "default", "x", "c", ["ls"], TimeSpan.FromSeconds(30), limit);
            else
                await connection.GetAsync("/version", limit);
            return Taken(one);
        }
        catch (ClusterException e)
        {
            string arrived = Taken(one);
            return arrived.Contains(" /", StringComparison.Ordinal) ? arrived : $"refused {e.Id} {e.Message}";
        }
        finally
        {
            foreach (var (name, value) in before)
                Environment.SetEnvironmentVariable(name, value);
        }
    }

    private async Task<string> KubectlAsync(string kubectl, ParityCase one, string file, CancellationToken limit)
    {
        var start = new ProcessStartInfo(kubectl)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder.FullName
        };
        foreach (string argument in (string[])["--kubeconfig", file, "--request-timeout=20s", "--cache-dir", Path.Combine(folder.FullName,
            "cache-" + Path.GetFileName(file)), .. one.Upgrade ? (string[])["exec", "x", "--", "ls"] : ["get", "--raw", "/version"]])
            start.ArgumentList.Add(argument);
        start.Environment.Remove("KUBECONFIG");
        start.Environment["HOME"] = folder.FullName;
        foreach (var (name, value) in one.Variables)
            start.Environment[name] = Fill(value);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var reads = Task.WhenAll(process.StandardOutput.ReadToEndAsync(limit), process.StandardError.ReadToEndAsync(limit));
        string[] said;
        try
        {
            await process.WaitForExitAsync(limit);
            said = await reads.WaitAsync(limit);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        string arrived = Taken(one);
        return arrived.Contains(" /", StringComparison.Ordinal) ? arrived
            : process.ExitCode != 0 ? "refused" : $"nothing arrived: {said[0]}";
    }

    // What arrived since the last time, the first of it: a client may try again.
    private string Taken(ParityCase one)
    {
        var asked = proxies.SelectMany(p => p.Asked).Take(1).ToList();
        var arrived = servers.SelectMany(s => s.Arrivals).Where(a => a.IsUpgrade == one.Upgrade).Take(1).Select(a => a.ToString()).ToList();
        foreach (var proxy in proxies)
            proxy.Asked.Clear();
        foreach (var server in servers)
            server.Arrivals.Clear();
        return string.Join("; ", asked.Concat(arrived));
    }

    private string Fill(string text) => places.Aggregate(text, (t, p) => t.Replace($"{{{p.Key}}}", p.Value, StringComparison.Ordinal));

    private void Serve(string name, TestCertificate? certificate, string address)
    {
        servers.Add(new RecordingServer(name, certificate, withIntermediates: false));
        places[name] = $"{address}:{servers[^1].Port}";
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private void WriteProgram(string name, string script)
    {
        string path = Write(name, "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void WriteCarol()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=carol", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.Create(pki.Root.Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(pki.Root.Key),
            DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2), [1, 2, 3]);
        Write("carol.pem", made.ExportCertificatePem());
        Write("carol.pkcs1", key.ExportRSAPrivateKeyPem());
    }
}
