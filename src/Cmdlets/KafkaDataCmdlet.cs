using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;

namespace KafkaK8s.Cmdlets;

/// <summary>What the cmdlets share whose pipeline carries data: the properties of what comes down it are no parameters.</summary>
public abstract class KafkaDataCmdlet : KafkaTopicCmdlet
{
    /// <summary>Context of the kubeconfig to use.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public override string? Context { get; set; }

    /// <summary>Path of the kubeconfig, or several as the variable KUBECONFIG has them.</summary>
    [Parameter]
    public override string? KubeConfig { get; set; }

    /// <summary>Connection to an EKS cluster, from Connect-EksCluster, instead of a context of a kubeconfig.</summary>
    [Parameter]
    [FreeText]
    public override EksConnection? Connection { get; set; }

    /// <summary>Namespace of the cluster.</summary>
    [Parameter]
    [Alias("Ns")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public override string? Namespace { get; set; }

    /// <summary>Name of the cluster.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [ClusterName(Standing = true)]
    public override string Cluster { get; set; } = ClusterSpec.DefaultName;
}
