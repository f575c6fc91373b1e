using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Eks;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>
/// <para type="synopsis">Looks at an EKS cluster and says what is missing for Kafka, and which command mends it.</para>
/// <para type="description">Named checks, each with what was seen and what to do: the cluster and its version, authentication mode, subnets by tag and zone, instance types and the quota for them, the nodes' role and its policies, node groups for Kafka, the driver of EBS volumes and its role, a storage class fit for brokers. Nothing is changed.</para>
/// <para type="description">A check that could not be made, for want of a right or of a way to the cluster, is NotChecked with the reason: neither passed nor failed. Rights to read suffice: eks:Describe*, eks:List*, ec2:DescribeSubnets, ec2:DescribeInstanceType*, iam:GetRole, iam:ListAttachedRolePolicies, servicequotas:GetServiceQuota, and to list storage classes in Kubernetes.</para>
/// <para type="link">New-KafkaNodeGroup</para>
/// <para type="link">Enable-KafkaEksStorage</para>
/// </summary>
/// <example>
///   <summary>What is there and what is not, for nodes of a type.</summary>
///   <code>Test-KafkaEksCluster prod -InstanceType r7g.xlarge -Region eu-central-1 | Format-List</code>
/// </example>
/// <example>
///   <summary>A gate in a runbook: anything that Kafka would not run with.</summary>
///   <code>if (Test-KafkaEksCluster prod | Where-Object Status -eq Failed) { throw 'prod is not ready for Kafka' }</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "KafkaEksCluster")]
[OutputType(typeof(EksCheck))]
public sealed class TestKafkaEksClusterCommand : EksKubeCmdlet
{
    /// <summary>
    /// <para type="description">Name of the EKS cluster.</para>
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Cluster", "ClusterName")]
    [ArgumentCompleter(typeof(EksClusterCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>
    /// <para type="description">Instance types that nodes for Kafka are to have: whether they are fit, offered in every zone, and within the account's quota. Without it these checks are not made.</para>
    /// </summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string[] InstanceType { get; set; } = [];

    /// <summary>
    /// <para type="description">ARN of the nodes' role to look at. Without it: the one of the cluster's node groups.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? NodeRole { get; set; }

    /// <summary>
    /// <para type="description">Memory of the broker that a node must have room for. Default: the manifests'.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BrokerMemory { get; set; }

    /// <summary>
    /// <para type="description">CPU of that broker. Default: the manifests'.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BrokerCpu { get; set; }

    /// <inheritdoc/>
    private protected override string? EksClusterName => Name;

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        var request = new CheckEksRequest(Name, InstanceType, NodeRole, NodeLoad.Of(ManifestCatalog.LoadOfModule(), BrokerMemory, BrokerCpu), Timeout);
        if (NodeRole is string role)
            GroupPlan.CheckRole("-NodeRole", role);
        var aws = Aws();
        var kubernetes = TryKubernetes(Name);
        Run<EksCheck>(cancel => CheckEksCluster.RunAsync(aws, kubernetes, request, cancel), $"Checking {Name}", WriteObject);
    }
}
