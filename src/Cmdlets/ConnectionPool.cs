using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Kubernetes.Config;
using KafkaK8s.Eks;

namespace KafkaK8s.Cmdlets;

/// <summary>Connections by kubeconfig and context, or by EKS cluster, kept in each runspace: the next command saves the TLS handshake and
/// the token.</summary>
internal static class ConnectionPool
{
    private static readonly ConditionalWeakTable<Runspace, Dictionary<string, (string Stamp, KubeConnection Connection)>> Pools = [];

    /// <summary>The connection of this runspace for a kubeconfig and a context. A file that has changed is read again.</summary>
    /// <param name="kubeConfig">The kubeconfig; null for the default ones.</param>
    /// <param name="context">The context; null for the current one.</param>
    /// <param name="folder">PowerShell's current folder.</param>
    public static KubeConnection Get(string? kubeConfig, string? context, string folder)
    {
        var files = KubeConfigFile.Find(kubeConfig, folder);
        string stamp = string.Join('\n', files.Select(Stamp));
        return Get(string.Join('\n', files.Append(context)), stamp, () => KubeConnection.Open(kubeConfig, context, folder));
    }

    // By its content: a copy keeps the time of its source, which may be the one of the file that it replaces.
    private static string Stamp(string file)
    {
        try
        {
            return Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // whoever opens it says why
        }
    }

    /// <summary>The connection of this runspace to an EKS cluster.</summary>
    public static KubeConnection Get(EksConnection eks) =>
        Get(string.Join('\n', eks.ProfileName, eks.Region, eks.ClusterName, eks.Endpoint, eks.CertificateAuthorityData), "",
            () => EksAccess.Open(eks));

    /// <summary>Drops the connections of this runspace; commands that still run keep theirs.</summary>
    public static void Forget()
    {
        if (!Pools.TryGetValue(Runspace.DefaultRunspace, out var pool))
            return;
        Pools.Remove(Runspace.DefaultRunspace);
        foreach (var (_, connection) in pool.Values)
            connection.Dispose();
    }

    // Variables name proxies, and may name another identity to a plugin or to AWS: with others the connection is another.
    private static KubeConnection Get(string key, string stamp, Func<KubeConnection> open)
    {
        var pool = Pools.GetOrCreateValue(Runspace.DefaultRunspace);
        stamp += ExecCredentials.EnvironmentMark();
        if (pool.TryGetValue(key, out var kept) && kept.Stamp == stamp)
            return kept.Connection;
        var connection = open();
        kept.Connection?.Dispose();
        pool[key] = (stamp, connection);
        return connection;
    }
}
