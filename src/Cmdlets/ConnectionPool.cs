using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Cmdlets;

/// <summary>Connections by kubeconfig and context, kept in each runspace: the next command saves the TLS handshake and the token.</summary>
internal static class ConnectionPool
{
    private static readonly ConditionalWeakTable<Runspace, Dictionary<string, KubeConnection>> Pools = [];

    /// <summary>The connection of this runspace for a kubeconfig and a context. A file that has changed since is read anew.</summary>
    public static KubeConnection Get(string? kubeConfig, string? context)
    {
        var pool = Pools.GetOrCreateValue(Runspace.DefaultRunspace);
        string key = string.Join('\n', KubeConfigFile.Find(kubeConfig).Select(f => $"{f} {File.GetLastWriteTimeUtc(f).Ticks}").Append(context));
        if (!pool.TryGetValue(key, out var connection))
            pool[key] = connection = KubeConnection.Open(kubeConfig, context);
        return connection;
    }

    /// <summary>Drops the connections of this runspace; commands that still run keep theirs.</summary>
    public static void Forget() => Pools.Remove(Runspace.DefaultRunspace);
}
