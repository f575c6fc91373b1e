using System.Management.Automation;
using KafkaK8s.Core.Eks;

namespace KafkaK8s.Cmdlets;

/// <summary>
/// <para type="synopsis">Gives a connection to an EKS cluster, for every command of this module.</para>
/// <para type="description">Reads the cluster's address and certificate authority from EKS. The connection goes down the pipeline or into -Connection of every command that talks to Kubernetes, and what these give carries it on. Tokens are made from the AWS credentials of the moment and renewed in time; no kubeconfig and no program of AWS's is needed. The connection itself holds no secret.</para>
/// <para type="description">It says nothing yet of whether the cluster lets these credentials in: the first command that uses it does.</para>
/// <para type="link">New-KafkaCluster</para>
/// <para type="link">Test-KafkaTopic</para>
/// </summary>
/// <example>
///   <summary>A Kafka cluster on EKS, tested at once.</summary>
///   <code>Connect-EksCluster prod -Region eu-central-1 | New-KafkaCluster demo -StorageClass kafka-gp3 | Test-KafkaTopic</code>
/// </example>
/// <example>
///   <summary>One connection for several commands.</summary>
///   <code>$prod = Connect-EksCluster prod -ProfileName work; Get-KafkaCluster -Connection $prod -AllNamespaces</code>
/// </example>
/// <example>
///   <summary>An entry in the kubeconfig too, for kubectl; it uses 'aws eks get-token'.</summary>
///   <code>Connect-EksCluster prod -WriteKubeConfig</code>
/// </example>
[Cmdlet(VerbsCommunications.Connect, "EksCluster", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(EksConnection))]
public sealed class ConnectEksClusterCommand : EksCmdlet
{
    /// <summary>
    /// <para type="description">Name of the EKS cluster.</para>
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ClusterName")]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>
    /// <para type="description">Write the cluster into the kubeconfig too, as 'aws eks update-kubeconfig' does, and make it the current context there. Other entries stay as they are; comments are lost.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter WriteKubeConfig { get; set; }

    /// <summary>
    /// <para type="description">Path of the kubeconfig for -WriteKubeConfig. Without it: of the files that the variable KUBECONFIG names the one that has this cluster or the first, else .kube/config in the home folder.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KubeConfig { get; set; }

    private protected override string EksClusterName => Name;

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        var aws = Aws();
        var connection = Await(Name, cancel => ConnectCluster.RunAsync(aws, Name, cancel));
        if (WriteKubeConfig)
        {
            string file = EksKubeConfig.FileFor(connection, KubeConfig is null ? null : GetUnresolvedProviderPathFromPSPath(KubeConfig));
            if (ShouldProcess(file, $"Write the context {EksKubeConfig.Name(connection)}"))
                EksKubeConfig.Write(connection, file);
        }

        WriteObject(connection);
    }
}
