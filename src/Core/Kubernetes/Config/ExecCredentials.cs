using System.Collections;
using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KafkaK8s.Core.Kubernetes.Config;

/// <summary>
/// Credentials that an exec plugin gives (client-go, plugin/pkg/client/auth/exec). All connections with the same plugin share one
/// object: it runs the plugin once at a time, however many wait, keeps the result until it expires or the server refuses it, and
/// ends the plugin when nobody has waited for it for some seconds.
/// </summary>
internal sealed class ExecCredentials : ICredentialSource
{
    /// <summary>The version of today; in it <c>interactiveMode</c> must be given.</summary>
    public const string V1 = "client.authentication.k8s.io/v1";

    private const string V1Beta1 = "client.authentication.k8s.io/v1beta1";
    private const int MostShared = 64;
    private const int MostWords = 1000;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly ConcurrentDictionary<string, ExecCredentials> Known = new();
    private static readonly ConcurrentDictionary<Process, string> Running = new();

    private readonly object gate = new();
    private readonly ExecPlugin plugin;
    private readonly string user;
    private readonly string info;
    private readonly string folder;
    private readonly TimeProvider clock;
    private (Credential Credential, DateTimeOffset Until)? current;
    private SharedRun? run;

    static ExecCredentials() => AppDomain.CurrentDomain.ProcessExit += static (_, _) =>
    {
        foreach (var process in Running.Keys)
            End(process);
    };

    private ExecCredentials(ExecPlugin plugin, string info, string user, string folder, TimeProvider clock)
    {
        this.plugin = plugin;
        this.info = info;
        this.user = user;
        this.folder = folder;
        this.clock = clock;
    }

    /// <summary>The credentials of a plugin, shared where plugin, cluster, folder and environment are the same: another variable may mean
    /// another identity.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="cluster">What it is told of the cluster, where it wants to know.</param>
    /// <param name="user">Name of the user, for messages.</param>
    /// <param name="folder">Folder to run it in.</param>
    /// <param name="clock">The clock.</param>
    /// <exception cref="FormatException">It cannot be used.</exception>
    public static ExecCredentials For(ExecPlugin plugin, JsonObject cluster, string user, string folder, TimeProvider clock)
    {
        Check(plugin);
        var spec = new JsonObject { ["interactive"] = false };
        if (plugin.ProvideClusterInfo)
            spec["cluster"] = cluster;
        string info = new JsonObject { ["kind"] = "ExecCredential", ["apiVersion"] = plugin.ApiVersion, ["spec"] = spec }.ToJsonString();
        if (Known.Count >= MostShared)
            Known.Clear();
        return Known.GetOrAdd(KeyOf(plugin, info, folder), _ => new ExecCredentials(plugin, info, user, folder, clock));
    }

    /// <summary>A mark of all variables: what a plugin gives may hang on any of them, save on those that programs of the prompt set anew
    /// each time.</summary>
    public static string EnvironmentMark()
    {
        var lines = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(e => $"{e.Key}={e.Value}")
            .Where(l => !l.StartsWith("POSH_", StringComparison.Ordinal) && !l.StartsWith("STARSHIP_", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', lines))));
    }

    /// <inheritdoc/>
    public Task<Credential> GetAsync(CancellationToken cancel)
    {
        lock (gate)
        {
            if (current is { } kept && clock.GetUtcNow() < kept.Until)
                return Task.FromResult(kept.Credential);
        }

        return ShareAsync(cancel);
    }

    /// <inheritdoc/>
    public async Task<bool> RenewAsync(Credential refused, CancellationToken cancel)
    {
        lock (gate)
        {
            if (current is { } kept && !ReferenceEquals(kept.Credential, refused))
                return true; // somebody else was here first
            current = null;
        }

        return !ReferenceEquals(await ShareAsync(cancel).ConfigureAwait(false), refused);
    }

    private static void Check(ExecPlugin plugin)
    {
        if (plugin.Command.Length == 0)
            throw new FormatException("exec has no command.");
        if (plugin.ApiVersion is not (V1 or V1Beta1))
            throw new FormatException($"exec.apiVersion '{plugin.ApiVersion}' is not spoken here: {V1} and {V1Beta1} are.");
        if (plugin.Env.Any(e => e.Key.Length == 0))
            throw new FormatException("exec.env has an entry without a name.");
        if (plugin.InteractiveMode == "Always")
            throw new FormatException(
                $"exec.interactiveMode is Always, but there is no standard input to give to {plugin.Command}: log in by other means, and "
                    + $"set it to IfAvailable.");
        if (plugin.InteractiveMode is not ("Never" or "IfAvailable"))
            throw new FormatException($"exec.interactiveMode must be Never, IfAvailable or Always, not '{plugin.InteractiveMode}'.");
    }

    private static string KeyOf(ExecPlugin plugin, string info, string folder) => JsonSerializer.Serialize(
        new object[] { plugin.Command, plugin.Args, plugin.Env, info, folder, plugin.InstallHint, EnvironmentMark() });

    private async Task<Credential> ShareAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var mine = Join();
        try
        {
            return await mine.Work.WaitAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            if (Leave(mine))
                _ = EndUnlessJoinedAsync(mine);
        }
    }

    private SharedRun Join()
    {
        lock (gate)
        {
            if (run is null || run.Work.IsCompleted || run.Stop.IsCancellationRequested)
            {
                var before = run?.Work;
                var stop = new CancellationTokenSource();
                run = new SharedRun(Task.Run(() => RunAfterAsync(before, stop.Token), CancellationToken.None), stop);
            }

            run.Waiting++;
            return run;
        }
    }

    // Whether that was the last one who waited.
    private bool Leave(SharedRun mine)
    {
        lock (gate)
            return --mine.Waiting == 0;
    }

    // A question with a short limit, such as that of completion, is followed by the next: that one finds the plugin still at work.
    private async Task EndUnlessJoinedAsync(SharedRun mine)
    {
        await Task.WhenAny(mine.Work, Task.Delay(Grace, clock)).ConfigureAwait(false);
        bool alone;
        lock (gate)
            alone = mine.Waiting == 0;
        if (alone)
            await mine.Stop.CancelAsync().ConfigureAwait(false);
    }

    private async Task<Credential> RunAfterAsync(Task? before, CancellationToken cancel)
    {
        if (before is not null)
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // its process is gone before another is started
        return await RunAsync(cancel).ConfigureAwait(false);
    }

    private async Task<Credential> RunAsync(CancellationToken cancel)
    {
        using var process = new Process { StartInfo = StartInfo() };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            throw Failed($"cannot be started: {e.Message}. {plugin.InstallHint}", e);
        }

        Running[process] = plugin.Command;
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancel);
            var error = process.StandardError.ReadToEndAsync(cancel);
            await Task.WhenAll(process.WaitForExitAsync(cancel), output, error).ConfigureAwait(false);
            string words = Clean(await error.ConfigureAwait(false));
            if (process.ExitCode != 0)
                throw Failed(
                    $"ended with {process.ExitCode.ToString(CultureInfo.InvariantCulture)}{(words.Length > 0 ? ": " + words : "")}.");
            var (credential, until) = Read(await output.ConfigureAwait(false), words);
            lock (gate)
                current = (credential, until);
            return credential;
        }
        catch (OperationCanceledException)
        {
            End(process);
            throw;
        }
        finally
        {
            Running.TryRemove(process, out _);
        }
    }

    private ProcessStartInfo StartInfo()
    {
        var start = new ProcessStartInfo(Locate(plugin.Command))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
            WorkingDirectory = Directory.Exists(folder) ? folder : "",
        };
        foreach (string argument in plugin.Args)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in plugin.Env)
            start.Environment[name] = value;
        start.Environment["KUBERNETES_EXEC_INFO"] = info;
        return start;
    }

    // PATH alone, as Go does: .NET would look in the current folder first, and run what somebody has put there.
    private string Locate(string command)
    {
        if (Path.IsPathFullyQualified(command))
            return command;
        string[] endings = OperatingSystem.IsWindows() ? [.. (Environment.GetEnvironmentVariable("PATHEXT") ?? ".EXE;.CMD;.BAT").Split(';')]
            : [""];
        var candidates = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Where(Path.IsPathFullyQualified)
            .SelectMany(p => endings.Select(e => Path.Combine(p, command + e)).Append(Path.Combine(p, command)));
        return candidates.FirstOrDefault(IsProgram) ?? throw Failed($"is not on the PATH. {plugin.InstallHint}");
    }

    private static bool IsProgram(string file) => File.Exists(file)
        && (OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);

    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself.
        }
    }

    // Nothing of the output goes into a message: it is the secret.
    private (Credential Credential, DateTimeOffset Until) Read(string output, string words)
    {
        string said = words.Length > 0 ? $" It said: {words}" : "";
        KubeConfigFields status;
        try
        {
            var root = new KubeConfigFields(JsonNode.Parse(output) as JsonObject ?? throw new FormatException("it is no mapping."),
                "its answer");
            if (root.Text("kind") != "ExecCredential" || root.Text("apiVersion") != plugin.ApiVersion)
                throw Failed($"did not answer with an ExecCredential of {plugin.ApiVersion}, which the kubeconfig asks for.{said}");
            status = root.Object("status", "the status of its answer") ?? throw Failed($"gave no status.{said}");
            string token = status.Text("token");
            string certificate = status.Text("clientCertificateData");
            string key = status.Text("clientKeyData");
            if (token.Length == 0 && certificate.Length == 0 && key.Length == 0)
                throw Failed($"gave neither a token nor a certificate.{said}");
            if (certificate.Length == 0 != (key.Length == 0))
                throw Failed($"gave only one of certificate and key.{said}");
            if (token.Any(char.IsControl))
                throw Failed("gave a token with characters that no header may have.");
            string until = status.Text("expirationTimestamp");
            return (
                new Credential(
                    token.Length > 0 ? Authorization.Bearer(token) : null,
                    certificate.Length > 0
                    ? ClientCertificate.Read(Encoding.UTF8.GetBytes(certificate), Encoding.UTF8.GetBytes(key), "answer") : null),
                until.Length == 0 ? DateTimeOffset.MaxValue
                : DateTimeOffset.Parse(until, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
        }
        catch (JsonException)
        {
            throw Failed($"did not answer with JSON.{said}");
        }
        catch (FormatException e)
        {
            throw Failed($"gave an answer that cannot be used: {e.Message}{said}");
        }
    }

    private ClusterException Failed(string why, Exception? inner = null) =>
        new("CredentialPluginFailed", FailureKind.Authentication, plugin.Command,
        $"The credential plugin {plugin.Command} of the user '{user}' {why.Trim()} Log in with that tool, then run the command again.",
        inner);

    // The last words, without what would move a terminal's cursor.
    private static string Clean(string text)
    {
        string clean = string.Concat(text.Trim().Select(c => char.IsControl(c) ? ' ' : c));
        return clean.Length > MostWords ? "…" + clean[^MostWords..] : clean;
    }

    private sealed class SharedRun(Task<Credential> work, CancellationTokenSource stop)
    {
        public Task<Credential> Work => work;

        public CancellationTokenSource Stop => stop;

        public int Waiting { get; set; }
    }
}
