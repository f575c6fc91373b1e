using System.Text.Json.Nodes;
using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes.Config;
using KafkaK8s.Core.Yaml;

namespace KafkaK8s.Eks;

/// <summary>An EKS cluster as an entry of a kubeconfig, for kubectl: what <c>aws eks update-kubeconfig</c> writes.</summary>
internal static class EksKubeConfig
{
    /// <summary>The file that an entry goes to: the one named, else of the files of KUBECONFIG the one that has the entry, else the first,
    /// else the one in the home folder.</summary>
    public static string FileFor(EksConnection eks, string? path)
    {
        var files = KubeConfigFile.Find(path);
        return files.FirstOrDefault(f => File.Exists(f) && Items(Read(f), "contexts").Any(c => (string?)c["name"] == Name(eks)))
            ?? files[0];
    }

    /// <summary>Name of the entry's cluster, user and context: the ARN, as AWS's tools have it.</summary>
    public static string Name(EksConnection eks) => eks.Arn.Length > 0 ? eks.Arn : eks.ClusterName;

    /// <summary>Puts the entry into a file, or brings it up to date, makes it the current context, and leaves everything else as it
    /// is.</summary>
    /// <exception cref="ClusterException">KubeConfigInvalid, KubeConfigNotWritable.</exception>
    public static void Write(EksConnection eks, string path)
    {
        // A link stays a link: what it points to is replaced.
        string file = File.Exists(path) ? new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path : path;
        var root = File.Exists(file) ? Read(file) : [];
        Merge(root, eks);
        string text = YamlWriter.Write([root]);
        string temporary = $"{file}.{Environment.ProcessId}.new";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // kubeconfigs hold credentials of other clusters
            using (var stream = new FileStream(temporary, options))
            {
                using (var writer = new StreamWriter(stream, leaveOpen: true))
                    writer.Write(text);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
            throw new ClusterException("KubeConfigNotWritable", FailureKind.Permission, file,
                $"The kubeconfig {file} cannot be written: {e.Message} It is as it was. Name another with -KubeConfig.", e);
        }
    }

    /// <summary>Puts the entry into a tree. Pure.</summary>
    public static void Merge(JsonObject root, EksConnection eks)
    {
        string name = Name(eks);
        root["apiVersion"] ??= "v1";
        root["kind"] ??= "Config";
        Put(root, "clusters", name, "cluster",
            new JsonObject { ["server"] = eks.Endpoint, ["certificate-authority-data"] = eks.CertificateAuthorityData });
        var exec = new JsonObject
        {
            ["apiVersion"] = "client.authentication.k8s.io/v1beta1",
            ["command"] = "aws",
            ["args"] = new JsonArray("--region", eks.Region, "eks", "get-token", "--cluster-name", eks.ClusterName, "--output", "json"),
        };
        if (eks.ProfileName is not null)
            exec["env"] = new JsonArray(new JsonObject { ["name"] = "AWS_PROFILE", ["value"] = eks.ProfileName });
        Put(root, "users", name, "user", new JsonObject { ["exec"] = exec });
        // A namespace that somebody chose for the context stays.
        var context = Items(root, "contexts").FirstOrDefault(c => (string?)c["name"] == name)?["context"]?.DeepClone().AsObject() ?? [];
        context["cluster"] = name;
        context["user"] = name;
        Put(root, "contexts", name, "context", context);
        root["current-context"] = name;
    }

    private static void Put(JsonObject root, string list, string name, string key, JsonObject body)
    {
        if (root[list] is not JsonArray items)
            root[list] = items = [];
        var entry = items.OfType<JsonObject>().FirstOrDefault(i => (string?)i["name"] == name);
        if (entry is null)
            items.Add(entry = new JsonObject { ["name"] = name });
        entry[key] = body;
    }

    private static JsonObject Read(string file)
    {
        try
        {
            return YamlReader.ReadAll(File.ReadAllText(file), file) switch
            {
                [] => [],
                [JsonObject root] => root,
                _ => throw new FormatException("it is not one YAML mapping"),
            };
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new ClusterException("KubeConfigInvalid", FailureKind.InvalidInput, file,
                $"The kubeconfig {file} cannot be read: {e.Message} Correct the file, or name another one with -KubeConfig.", e);
        }
    }

    private static IEnumerable<JsonObject> Items(JsonObject root, string list) => (root[list] as JsonArray ?? []).OfType<JsonObject>();
}
