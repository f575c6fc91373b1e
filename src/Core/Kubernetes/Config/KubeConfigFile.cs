using System.Text.Json;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Yaml;

namespace KafkaK8s.Core.Kubernetes.Config;

/// <summary>Finds, reads and merges kubeconfig files by kubectl's rules (client-go, tools/clientcmd/loader.go).</summary>
internal static class KubeConfigFile
{
    private const string ExecExtension = "client.authentication.k8s.io/exec";

    /// <summary>The files that apply, as absolute paths: those that are named, else those of the variable KUBECONFIG, else the one in the
    /// home folder.</summary>
    /// <param name="path">A path, or several as KUBECONFIG has them.</param>
    /// <param name="folder">Folder for relative paths; null for the process's own.</param>
    public static IReadOnlyList<string> Find(string? path, string? folder = null)
    {
        string list = string.IsNullOrEmpty(path) ? Environment.GetEnvironmentVariable("KUBECONFIG") ?? "" : path;
        if (list.Length == 0)
            return [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config")];
        string from = folder ?? Environment.CurrentDirectory;
        return [.. list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(f => Path.GetFullPath(f, from)).Distinct()];
    }

    /// <summary>Names of all contexts, for completion: silent where there is nothing to read.</summary>
    public static IReadOnlyList<string> ContextNames(string? path, string? folder = null)
    {
        try
        {
            return [.. Load(path, folder).Contexts.Select(c => c.Name)];
        }
        catch (ClusterException)
        {
            return [];
        }
    }

    /// <summary>Reads the files that apply. One that is named alone must exist; of several, and of the default ones, those count that
    /// exist.</summary>
    /// <exception cref="ClusterException">KubeConfigNotFound, KubeConfigInvalid.</exception>
    public static KubeConfig Load(string? path, string? folder = null)
    {
        var files = Find(path, folder);
        var found = files.Where(f => File.Exists(f) || Directory.Exists(f)).ToList();
        if (found.Count == 0 && !string.IsNullOrEmpty(path))
            throw NotFound(files);
        var parts = found.Select(Read).ToList();
        return new KubeConfig(
            files,
            parts.Select(p => p.CurrentContext).FirstOrDefault(c => c.Length > 0) ?? "",
            [.. parts.SelectMany(p => p.Contexts).DistinctBy(c => c.Name)],
            [.. parts.SelectMany(p => p.Clusters).DistinctBy(c => c.Name)],
            [.. parts.SelectMany(p => p.Users).DistinctBy(u => u.Name)]);
    }

    /// <summary>The failure where there is none.</summary>
    public static ClusterException NotFound(IReadOnlyList<string> files) =>
        new("KubeConfigNotFound", FailureKind.NotFound, string.Join(Path.PathSeparator, files),
        $"There is no kubeconfig at {string.Join(", ", files)}. Name one with -KubeConfig or the variable KUBECONFIG; for EKS 'aws eks "
            + $"update-kubeconfig' writes it.");

    private static KubeConfig Read(string file)
    {
        try
        {
            string folder = Path.GetDirectoryName(file)!;
            var root = new KubeConfigFields(ReadTree(File.ReadAllText(file), file), "the file");
            if (root.Text("apiVersion") is not ("" or "v1") || root.Text("kind") is not ("" or "Config"))
                throw new FormatException($"it is a {root.Text("kind")} of {root.Text("apiVersion")}, not a Config of v1.");
            return new KubeConfig(
                [file], root.Text("current-context"), Entries(root, "contexts", "context", ReadContext),
                Entries(root, "clusters", "cluster", (name, c) => ReadCluster(name, c, folder)),
                Entries(root, "users", "user", (name, u) => ReadUser(name, u, folder)));
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new ClusterException("KubeConfigInvalid", FailureKind.InvalidInput, file,
                $"The kubeconfig {file} cannot be read: {e.Message} Correct the file, or name another one with -KubeConfig.", e);
        }
    }

    private static JsonObject ReadTree(string text, string file)
    {
        if (text.TrimStart().StartsWith('{') && TryReadJson(text) is { } json)
            return json; // JSON may be indented by tabs, which YAML does not take
        return YamlReader.ReadAll(text, file, aliases: true) switch
        {
            [] => [],
            [JsonObject root] => root,
            _ => throw new FormatException("it is not one YAML mapping."),
        };
    }

    private static JsonObject? TryReadJson(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null; // a YAML flow mapping
        }
    }

    private static List<T> Entries<T>(KubeConfigFields root, string list, string body, Func<string, KubeConfigFields, T> read)
    {
        var names = new HashSet<string>();
        var entries = new List<T>();
        foreach (var item in root.Objects(list))
        {
            string name = item.Text("name");
            if (name.Length == 0)
                throw new FormatException($"an entry of {list} has no name.");
            if (!names.Add(name))
                throw new FormatException($"{list} has '{name}' twice.");
            entries.Add(read(name, item.Object(body, $"{body} '{name}'") ?? new KubeConfigFields([], $"{body} '{name}'")));
        }

        return entries;
    }

    private static KubeContext ReadContext(string name, KubeConfigFields c) =>
        new(name, c.Text("cluster"), c.Text("user"), c.Text("namespace"));

    private static KubeCluster ReadCluster(string name, KubeConfigFields c, string folder) => new(name)
    {
        Server = c.Text("server"),
        TlsServerName = c.Text("tls-server-name"),
        InsecureSkipTlsVerify = c.Flag("insecure-skip-tls-verify"),
        CertificateAuthority = Absolute(c.Text("certificate-authority"), folder),
        CertificateAuthorityData = c.Data("certificate-authority-data"),
        ProxyUrl = c.Text("proxy-url"),
        DisableCompression = c.Flag("disable-compression"),
        ExecExtension = c.Objects("extensions").Where(x => x.Text("name") == ExecExtension).Select(x => x.Node("extension"))
            .FirstOrDefault(),
    };

    private static KubeUser ReadUser(string name, KubeConfigFields u, string folder) => new(name)
    {
        ClientCertificate = Absolute(u.Text("client-certificate"), folder),
        ClientCertificateData = u.Data("client-certificate-data"),
        ClientKey = Absolute(u.Text("client-key"), folder),
        ClientKeyData = u.Data("client-key-data"),
        Token = u.Text("token"),
        TokenFile = Absolute(u.Text("tokenFile"), folder),
        As = u.Text("as"),
        AsUid = u.Text("as-uid"),
        AsGroups = u.Texts("as-groups"),
        AsUserExtra = u.Object("as-user-extra", u.Owner) is { } extra
            ? [.. extra.Names.SelectMany(key => extra.Texts(key).Select(value => KeyValuePair.Create(key, value)))] : [],
        Username = u.Text("username"),
        Password = u.Text("password"),
        AuthProvider = u.Object("auth-provider", u.Owner) is { } provider
            ? new AuthProvider(provider.Text("name"), provider.Object("config", u.Owner)?.Text("id-token") ?? "") : null,
        Exec = u.Object("exec", $"the exec plugin of the {u.Owner}") is { } exec ? ReadExec(exec, folder) : null,
    };

    private static ExecPlugin ReadExec(KubeConfigFields exec, string folder)
    {
        string version = exec.Text("apiVersion");
        string mode = exec.Text("interactiveMode");
        string command = exec.Text("command");
        return new ExecPlugin(
            version,
            command.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) ? Absolute(command, folder) : command,
            exec.Texts("args"),
            [.. exec.Objects("env").Select(e => KeyValuePair.Create(e.Text("name"), e.Text("value")))],
            mode.Length == 0 && version != ExecCredentials.V1 ? "IfAvailable" : mode,
            exec.Text("installHint"),
            exec.Flag("provideClusterInfo"));
    }

    private static string Absolute(string path, string folder) => path.Length == 0 ? "" : Path.GetFullPath(path, folder);
}
