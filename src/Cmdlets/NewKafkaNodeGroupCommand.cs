using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Eks;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>
/// <para type="synopsis">Makes managed node groups for Kafka in an EKS cluster, one a zone, and waits until they are ACTIVE.</para>
/// <para type="description">An EBS volume stays in its zone, so every zone gets a group of its own, all of one size. Nodes are On-Demand, carry the label dedicated=kafka and the taint dedicated=kafka:NoSchedule, and an update takes away one node at a time. New-KafkaCluster -NodeSelector @{ dedicated = 'kafka' } -Toleration dedicated=kafka:NoSchedule puts brokers there, and nobody else comes. Tags tell Cluster Autoscaler the same of a group without nodes; EKS does not hand them on to the Auto Scaling group, so let it read the node group (eks:DescribeNodegroup).</para>
/// <para type="description">Run again, it changes nothing where groups are as asked; missing groups are made, groups whose making had failed are made anew, and -NodesPerZone can be raised. Every other difference is refused and named: EKS cannot change it under running brokers; make other groups beside them with -Prefix. Ctrl+C and time-outs leave EKS working on; the same command waits on.</para>
/// <para type="description">The nodes' role is not made here, as many accounts forbid that: name it with -NodeRole, or it is taken from the groups of the cluster where they all have the same one.</para>
/// <para type="link">Test-KafkaEksCluster</para>
/// <para type="link">Get-KafkaNodeGroup</para>
/// <para type="link">Remove-KafkaNodeGroup</para>
/// <para type="link">Enable-KafkaEksStorage</para>
/// <para type="link">New-KafkaCluster</para>
/// </summary>
/// <example>
///   <summary>One node in each zone, room for a broker of 16 GiB checked before anything is made.</summary>
///   <code>New-KafkaNodeGroup prod -InstanceType r7g.xlarge -BrokerMemory 16Gi -NodeRole arn:aws:iam::111122223333:role/eks-nodes -Region eu-central-1</code>
/// </example>
/// <example>
///   <summary>The plan, with the requests that would be sent.</summary>
///   <code>New-KafkaNodeGroup prod -InstanceType r7g.xlarge -WhatIf | Format-List Name, Zone, Action, Fields, Request</code>
/// </example>
/// <example>
///   <summary>Larger machines: other groups beside the old ones, then the old ones away.</summary>
///   <code>New-KafkaNodeGroup prod -InstanceType r7g.2xlarge -Prefix kafka2; Get-KafkaNodeGroup prod kafka-eu-* | Remove-KafkaNodeGroup</code>
/// </example>
[Cmdlet(VerbsCommon.New, "KafkaNodeGroup", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(KafkaNodeGroup), typeof(EksChange))]
public sealed class NewKafkaNodeGroupCommand : EksCmdlet
{
    /// <summary>Half an hour: instances that do not join are given up by EKS after about 20 minutes.</summary>
    public NewKafkaNodeGroupCommand() => TimeoutSeconds = 1800;

    /// <summary>
    /// <para type="description">Name of the EKS cluster.</para>
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Cluster", "ClusterName")]
    [ArgumentCompleter(typeof(EksClusterCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>
    /// <para type="description">Instance types, of one size and architecture, such as r7g.xlarge or r6i.2xlarge. There is no default: EKS's own, t3.medium, is too small for brokers and is refused, as are all types with CPU credits.</para>
    /// </summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string[] InstanceType { get; set; } = [];

    /// <summary>
    /// <para type="description">ARN of the nodes' IAM role. Without it: the one of the cluster's node groups, where they all have the same.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? NodeRole { get; set; }

    /// <summary>
    /// <para type="description">Ids of subnets, one for each zone. Without it: the subnets of the cluster's network with the tag kubernetes.io/role/internal-elb; where none has it, the cluster's own private ones.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Subnet { get; set; } = [];

    /// <summary>
    /// <para type="description">Availability zones, such as eu-central-1a. Without it: all that have such a subnet.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Zone { get; set; } = [];

    /// <summary>
    /// <para type="description">Nodes of each group, fewest and most alike. Default 1. It can be raised later, never lowered: brokers may run on each.</para>
    /// </summary>
    [Parameter]
    public int NodesPerZone { get; set; }

    /// <summary>
    /// <para type="description">Root disk of each node in GiB, for images and logs: brokers have volumes of their own. Default 50. Not together with -LaunchTemplate.</para>
    /// </summary>
    [Parameter]
    [ValidateRange(20, 16384)]
    public int DiskSize { get; set; }

    /// <summary>
    /// <para type="description">Launch template of your own, by name or id, with :version behind it or its default one: for an encrypted root disk, for one. EKS allows no instance type, image, instance profile or subnet in it.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LaunchTemplate { get; set; }

    /// <summary>
    /// <para type="description">Bottlerocket in place of Amazon Linux 2023.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter Bottlerocket { get; set; }

    /// <summary>
    /// <para type="description">What the groups' names begin with; the zone follows. Default kafka.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Prefix { get; set; } = GroupNames.DefaultPrefix;

    /// <summary>
    /// <para type="description">Memory of the broker that each node must have room for, as for New-KafkaCluster: types that are too small are refused. Default: the manifests'.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BrokerMemory { get; set; }

    /// <summary>
    /// <para type="description">CPU of that broker, as for New-KafkaCluster. Default: the manifests'.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BrokerCpu { get; set; }

    /// <summary>
    /// <para type="description">Return as soon as everything is asked for, without waiting until the groups are ACTIVE.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <inheritdoc/>
    private protected override string? EksClusterName => Name;

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        var request = new GroupRequest(
            Name, Prefix, InstanceType, Given(nameof(NodesPerZone)) ? NodesPerZone : null, Subnet, Zone, NodeRole, Given(nameof(DiskSize)) ? DiskSize : null, null,
            Given(nameof(Bottlerocket)) ? Bottlerocket.ToBool() : null, NodeLoad.Of(ManifestCatalog.LoadOfModule(), BrokerMemory, BrokerCpu));
        GroupPlan.CheckGiven(request, LaunchTemplate);
        var aws = Aws();
        var plan = Await(Name, cancel => CreateNodeGroups.PlanAsync(aws, request, LaunchTemplate, NoWait, Timeout, cancel));
        string target = $"{Name} in {aws.Region}";
        string action = $"Make {plan.Steps.Count(s => s.Action == ChangeAction.Create)}, change {plan.Steps.Count(s => s.Action == ChangeAction.Update)} node groups of {string.Join("/", InstanceType)} in {string.Join(", ", plan.Steps.Select(s => s.Zone))}";
        if (!ShouldProcess($"{action}: {target}", $"{action}: {target}?", "New-KafkaNodeGroup", out var reason))
        {
            if (reason == ShouldProcessReason.WhatIf)
                WriteObject(plan.Changes, enumerateCollection: true);
            return;
        }

        Run<IReadOnlyList<KafkaNodeGroup>>(cancel => CreateNodeGroups.RunAsync(aws, plan, cancel), $"Node groups for Kafka in {Name}", groups => WriteObject(groups, enumerateCollection: true));
    }

    private bool Given(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);
}
