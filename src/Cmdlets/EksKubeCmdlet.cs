using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Eks;

namespace KafkaK8s.Cmdlets;

/// <summary>What the cmdlets of EKS share that look at its Kubernetes too.</summary>
public abstract class EksKubeCmdlet : EksCmdlet
{
    /// <summary>Context of a kubeconfig that leads to the same cluster.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string? Context { get; set; }

    /// <summary>Path of that kubeconfig.</summary>
    [Parameter]
    public string? KubeConfig { get; set; }

    /// <summary>The connection to the cluster's Kubernetes.</summary>
    private protected KubeConnection Kubernetes(string cluster)
    {
        if (!string.IsNullOrEmpty(Context) || !string.IsNullOrEmpty(KubeConfig))
            return Hold(
                ConnectionPool.Get(string.IsNullOrEmpty(KubeConfig) ? null : ResolveKubeConfig(KubeConfig), Context, CurrentFolder()));
        var aws = Aws();
        return Hold(ConnectionPool.Get(Await(cluster, cancel => ConnectCluster.RunAsync(aws, cluster, cancel))));
    }

    /// <summary>The same, where there may be none.</summary>
    /// <returns>The connection, or why there is none.</returns>
    private protected (KubeConnection? Connection, string Why) TryKubernetes(string cluster)
    {
        try
        {
            return (Kubernetes(cluster), "");
        }
        catch (Exception e) when (Expected(e) is { } failure)
        {
            return (null, failure.Message);
        }
    }
}
