using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Cmdlets;

/// <summary>Connections by kubeconfig and context, or by EKS cluster, kept in each runspace: the next command saves the TLS handshake and the token.</summary>
internal static class ConnectionPool
{
    private static readonly string[] Identity = ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"];

    private static readonly ConditionalWeakTable<Runspace, Dictionary<string, KubeConnection>> Pools = [];

    /// <summary>The connection of this runspace for a kubeconfig and a context. A file that has changed since is read anew.</summary>
    public static KubeConnection Get(string? kubeConfig, string? context)
    {
        string key = string.Join('\n', KubeConfigFile.Find(kubeConfig).Select(f => $"{f} {File.GetLastWriteTimeUtc(f).Ticks}").Append(context));
        return Get(key, () => KubeConnection.Open(kubeConfig, context));
    }

    /// <summary>The connection of this runspace to an EKS cluster. Without a profile the credentials may come from variables: others are another identity.</summary>
    public static KubeConnection Get(EksConnection eks)
    {
        string key = string.Join('\n', Identity.Select(Environment.GetEnvironmentVariable).Concat([eks.ProfileName, eks.Region, eks.ClusterName, eks.Endpoint, eks.CertificateAuthorityData]));
        return Get(key, () => KubeConnection.Open(eks));
    }

    /// <summary>Drops the connections of this runspace; commands that still run keep theirs.</summary>
    public static void Forget() => Pools.Remove(Runspace.DefaultRunspace);

    private static KubeConnection Get(string key, Func<KubeConnection> open)
    {
        var pool = Pools.GetOrCreateValue(Runspace.DefaultRunspace);
        if (!pool.TryGetValue(key, out var connection))
            pool[key] = connection = open();
        return connection;
    }
}
