using System.Net;
using System.Net.Sockets;

namespace KafkaK8s.Core.Kubernetes.Config;

/// <summary>The service account of a pod, for a session that runs in one and has no kubeconfig.</summary>
internal static class InCluster
{
    /// <summary>Name that messages use where there is no context.</summary>
    public const string Name = "in-cluster";

    /// <summary>Where Kubernetes puts a service account.</summary>
    public const string Folder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>The same as a kubeconfig would say it; null outside of a pod.</summary>
    /// <param name="folder">Folder of the service account.</param>
    /// <param name="variable">Reads a variable.</param>
    public static (KubeContext Context, KubeCluster Cluster, KubeUser User)? Find(string folder, Func<string, string?> variable)
    {
        string token = Path.Combine(folder, "token");
        if (variable("KUBERNETES_SERVICE_HOST") is not { Length: > 0 } host
            || variable("KUBERNETES_SERVICE_PORT") is not { Length: > 0 } port || !File.Exists(token))
            return null;
        string authority = Path.Combine(folder, "ca.crt");
        string named = Path.Combine(folder, "namespace");
        string ns = variable("POD_NAMESPACE") is { Length: > 0 } given ? given : File.Exists(named) ? File.ReadAllText(named).Trim() : "";
        bool v6 = IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;
        return (
            new KubeContext(Name, Name, Name, ns),
            new KubeCluster(Name)
            {
                Server = $"https://{(v6 ? $"[{host}]" : host)}:{port}",
                CertificateAuthority = File.Exists(authority) ? authority : ""
            },
            new KubeUser(Name) { TokenFile = token });
    }
}
