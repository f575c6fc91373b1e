using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Cmdlets;

/// <summary>What the cmdlets of Kubernetes share: how to reach it.</summary>
public abstract class KafkaCmdlet : OperationCmdlet
{
    /// <summary>Context of the kubeconfig to use.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string? Context { get; set; }

    /// <summary>Path of the kubeconfig, or several as the variable KUBECONFIG has them.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? KubeConfig { get; set; }

    /// <summary>Connection to an EKS cluster, from Connect-EksCluster, instead of a context of a kubeconfig.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [FreeText]
    public EksConnection? Connection { get; set; }

    /// <summary>Namespace of the cluster.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Ns")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string? Namespace { get; set; }

    /// <summary>The connection that the parameters name; kept for the next command of this runspace.</summary>
    private protected KubeConnection Connect()
    {
        string? path = KubeConfigPath();
        ClusterOrigin.Check(Context, path, Connection);
        return Hold(Connection is null ? ConnectionPool.Get(path, Context, CurrentFolder()) : ConnectionPool.Get(Connection));
    }

    /// <summary>The namespace that the parameters or the context name.</summary>
    private protected string NamespaceOf(KubeConnection connection) => string.IsNullOrEmpty(Namespace) ? connection.DefaultNamespace : Namespace!;

    /// <summary>The kubeconfig's path, taken from PowerShell's current folder.</summary>
    private protected string? KubeConfigPath() => string.IsNullOrEmpty(KubeConfig) ? null : ResolveKubeConfig(KubeConfig);
}
