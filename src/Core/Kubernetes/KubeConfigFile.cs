using System.Text.Json.Nodes;
using k8s.KubeConfigModels;
using KafkaK8s.Core.Manifests;

namespace KafkaK8s.Core.Kubernetes;

/// <summary>
/// Finds and reads a kubeconfig. The client library's own file reader is not used: it reflects over every model type it has
/// (a quarter of a second and 44 MiB at the first call).
/// </summary>
internal static class KubeConfigFile
{
    /// <summary>The files that apply: the one named, else those of the variable KUBECONFIG, else the one in the home folder.</summary>
    public static IReadOnlyList<string> Find(string? path)
    {
        if (!string.IsNullOrEmpty(path))
            return [path];
        string? variable = Environment.GetEnvironmentVariable("KUBECONFIG");
        if (!string.IsNullOrEmpty(variable))
            return variable.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config")];
    }

    /// <summary>Names of all contexts, for completion: silent where there is nothing to read.</summary>
    public static IReadOnlyList<string> ContextNames(string? path)
    {
        try
        {
            return [.. Load(path).Contexts.Select(c => c.Name)];
        }
        catch (ClusterException)
        {
            return [];
        }
    }

    /// <summary>Reads the kubeconfig that applies; of several files the first that names a thing wins, as with kubectl.</summary>
    /// <exception cref="ClusterException">There is none, or it cannot be read.</exception>
    public static K8SConfiguration Load(string? path)
    {
        var files = Find(path);
        var found = files.Where(File.Exists).ToList();
        if (found.Count == 0)
        {
            throw new ClusterException("KubeConfigNotFound", FailureKind.NotFound, string.Join(Path.PathSeparator, files),
                $"There is no kubeconfig at {string.Join(", ", files)}. Name one with -KubeConfig or the variable KUBECONFIG; for EKS 'aws eks update-kubeconfig' writes it.");
        }

        var merged = new K8SConfiguration { ApiVersion = "v1", Kind = "Config", Clusters = [], Users = [], Contexts = [] };
        foreach (string file in found)
            Merge(merged, file);
        return merged;
    }

    private static void Merge(K8SConfiguration into, string file)
    {
        try
        {
            if (YamlReader.ReadAll(File.ReadAllText(file), file) is not [JsonObject root])
                throw new FormatException("it is not one YAML mapping");
            string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
            if (string.IsNullOrEmpty(into.CurrentContext))
                into.CurrentContext = (string?)root["current-context"]; // kubectl writes an empty one where none is chosen
            into.Clusters = Union(into.Clusters, Items(root, "clusters").Select(c => ReadCluster(c, folder)), c => c.Name);
            into.Users = Union(into.Users, Items(root, "users").Select(u => ReadUser(u, folder)), u => u.Name);
            into.Contexts = Union(into.Contexts, Items(root, "contexts").Select(ReadContext), c => c.Name);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw new ClusterException("KubeConfigInvalid", FailureKind.InvalidInput, file,
                $"The kubeconfig {file} cannot be read: {e.Message} Mend the file, or name another with -KubeConfig.", e);
        }
    }

    private static Cluster ReadCluster(JsonObject item, string folder)
    {
        var c = Body(item, "cluster");
        return new Cluster
        {
            Name = Name(item),
            ClusterEndpoint = new ClusterEndpoint
            {
                Server = (string?)c["server"] ?? throw new FormatException($"cluster '{Name(item)}' has no server."),
                CertificateAuthority = Absolute((string?)c["certificate-authority"], folder),
                CertificateAuthorityData = (string?)c["certificate-authority-data"],
                SkipTlsVerify = (bool?)c["insecure-skip-tls-verify"] ?? false,
                TlsServerName = (string?)c["tls-server-name"],
            },
        };
    }

    private static User ReadUser(JsonObject item, string folder)
    {
        var u = Body(item, "user");
        return new User
        {
            Name = Name(item),
            UserCredentials = new UserCredentials
            {
                Token = (string?)u["token"] ?? ReadTokenFile(Absolute((string?)u["tokenFile"], folder)),
                UserName = (string?)u["username"],
                Password = (string?)u["password"],
                ClientCertificate = Absolute((string?)u["client-certificate"], folder),
                ClientCertificateData = (string?)u["client-certificate-data"],
                ClientKey = Absolute((string?)u["client-key"], folder),
                ClientKeyData = (string?)u["client-key-data"],
                Impersonate = (string?)u["as"],
                ExternalExecution = u["exec"] is JsonObject exec ? ReadExec(exec) : null,
            },
        };
    }

    private static ExternalExecution ReadExec(JsonObject exec) => new()
    {
        ApiVersion = (string?)exec["apiVersion"],
        Command = (string?)exec["command"] ?? throw new FormatException("an exec plugin has no command."),
        Arguments = [.. (exec["args"] as JsonArray ?? []).Select(a => (string)a!)],
        EnvironmentVariables = [.. (exec["env"] as JsonArray ?? []).OfType<JsonObject>()
            .Select(e => new Dictionary<string, string> { ["name"] = (string)e["name"]!, ["value"] = (string)e["value"]! })],
    };

    private static Context ReadContext(JsonObject item)
    {
        var c = Body(item, "context");
        return new Context
        {
            Name = Name(item),
            ContextDetails = new ContextDetails { Cluster = (string?)c["cluster"], User = (string?)c["user"], Namespace = (string?)c["namespace"] },
        };
    }

    private static IEnumerable<JsonObject> Items(JsonObject root, string key) => (root[key] as JsonArray ?? []).OfType<JsonObject>();

    private static string Name(JsonObject item) => (string?)item["name"] ?? throw new FormatException("an entry has no name.");

    private static JsonObject Body(JsonObject item, string key) => item[key] as JsonObject ?? [];

    private static List<T> Union<T>(IEnumerable<T> first, IEnumerable<T> second, Func<T, string> name) => [.. first.Concat(second).DistinctBy(name)];

    private static string? Absolute(string? path, string folder) => string.IsNullOrEmpty(path) ? null : Path.Combine(folder, path);

    private static string? ReadTokenFile(string? path) => path is null ? null : File.ReadAllText(path).Trim();
}
