using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Eks;

namespace KafkaK8s.Cmdlets;

/// <summary>Gives a connection to an EKS cluster, for every command of this module.</summary>
[Cmdlet(VerbsCommunications.Connect, "EksCluster", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(EksConnection))]
public sealed class ConnectEksClusterCommand : EksCmdlet
{
    /// <summary>Name of the EKS cluster.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(EksClusterCompleter))]
    [Alias("ClusterName")]
    [ValidateNotNullOrEmpty]
    [ClusterName(Eks = true)]
    public string Name { get; set; } = "";

    /// <summary>Write the cluster into the kubeconfig too.</summary>
    [Parameter]
    public SwitchParameter WriteKubeConfig { get; set; }

    /// <summary>Path of the kubeconfig for -WriteKubeConfig.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KubeConfig { get; set; }

    private protected override string EksClusterName => Name;

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        var aws = Aws();
        var connection = Await(Name, cancel => ConnectCluster.RunAsync(aws, Name, cancel));
        string? file = WriteKubeConfig
            ? EksKubeConfig.FileFor(connection, KubeConfig is null ? null : GetUnresolvedProviderPathFromPSPath(KubeConfig)) : null;
        // With -WhatIf no connection either: the next command in the pipeline would act on it.
        if (!ShouldProcess(file ?? $"{Name} in {aws.Region}",
            file is null ? "Give a connection" : $"Write the context {EksKubeConfig.Name(connection)}, and give a connection"))
            return;
        if (file is not null)
            EksKubeConfig.Write(connection, file);
        WriteObject(connection);
    }
}
