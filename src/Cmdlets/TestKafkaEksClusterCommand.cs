using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Eks;

namespace KafkaK8s.Cmdlets;

/// <summary>Looks at an EKS cluster and says what is missing for Kafka, and which command mends it.</summary>
[Cmdlet(VerbsDiagnostic.Test, "KafkaEksCluster")]
[OutputType(typeof(EksCheck), typeof(bool))]
public sealed class TestKafkaEksClusterCommand : EksKubeCmdlet
{
    /// <summary>Name of the EKS cluster.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Cluster", "ClusterName")]
    [ArgumentCompleter(typeof(EksClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [ClusterName(Eks = true)]
    public string Name { get; set; } = "";

    /// <summary>Instance types that nodes for Kafka are to have.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(InstanceTypeCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] InstanceType { get; set; } = [];

    /// <summary>ARN of the nodes' role to look at.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NodeRoleCompleter))]
    [ValidateNotNullOrEmpty]
    public string? NodeRole { get; set; }

    /// <summary>Memory of the broker that a node must have room for.</summary>
    [Parameter]
    [FreeText]
    [ValidateNotNullOrEmpty]
    public string? BrokerMemory { get; set; }

    /// <summary>CPU of that broker.</summary>
    [Parameter]
    [FreeText]
    [ValidateNotNullOrEmpty]
    public string? BrokerCpu { get; set; }

    /// <summary>Give only true or false: false where a check failed or could not be made.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    private protected override string? EksClusterName => Name;

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        var request = new CheckEksRequest(Name, InstanceType, NodeRole, NodeLoad.Of(ManifestCatalog.OfModule, BrokerMemory, BrokerCpu),
            Timeout);
        if (NodeRole is string role)
            GroupPlan.CheckRole("-NodeRole", role);
        var aws = Aws();
        var kubernetes = TryKubernetes(Name);
        bool good = true;
        Run<EksCheck>(cancel => CheckEksCluster.RunAsync(aws, kubernetes, request, cancel), $"Checking {Name}", check =>
        {
            bool notAsked = InstanceType.Length == 0 && check is { Status: EksCheckStatus.NotChecked, Check: "InstanceTypes" or "Quota" };
            good &= notAsked || check.Status is EksCheckStatus.Passed or EksCheckStatus.Advice;
            if (!Quiet)
                WriteObject(check);
        });
        if (Quiet)
            WriteObject(good);
    }
}
