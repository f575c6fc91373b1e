using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Cmdlets;

/// <summary>What the cmdlets of EKS share that look at its Kubernetes too.</summary>
public abstract class EksKubeCmdlet : EksCmdlet
{
    /// <summary>
    /// <para type="description">Context of the kubeconfig that leads to the same cluster. Without it: the current context.</para>
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string? Context { get; set; }

    /// <summary>
    /// <para type="description">Path of the kubeconfig. Without it: the files that the variable KUBECONFIG names, else .kube/config in the home folder.</para>
    /// </summary>
    [Parameter]
    public string? KubeConfig { get; set; }

    /// <summary>The connection to the cluster's Kubernetes.</summary>
    private protected KubeConnection Kubernetes() => ConnectionPool.Get(string.IsNullOrEmpty(KubeConfig) ? null : GetUnresolvedProviderPathFromPSPath(KubeConfig), Context);
}
