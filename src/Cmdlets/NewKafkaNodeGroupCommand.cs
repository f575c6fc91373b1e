using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Eks;

namespace KafkaK8s.Cmdlets;

/// <summary>Makes managed node groups for Kafka in an EKS cluster, one a zone, and waits until they are ACTIVE.</summary>
[Cmdlet(VerbsCommon.New, "KafkaNodeGroup", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(KafkaNodeGroup), typeof(PlanStep), typeof(Job))]
public sealed class NewKafkaNodeGroupCommand : EksCmdlet, IRunAsJob
{
    /// <summary>Half an hour: instances that do not join are given up by EKS after about 20 minutes.</summary>
    public NewKafkaNodeGroupCommand() => TimeoutSeconds = 1800;

    /// <summary>Name of the EKS cluster.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Cluster", "ClusterName")]
    [ArgumentCompleter(typeof(EksClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [ClusterName(Eks = true)]
    public string Name { get; set; } = "";

    /// <summary>Instance types, of one size and architecture, such as r7g.xlarge or r6i.2xlarge.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(InstanceTypeCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] InstanceType { get; set; } = [];

    /// <summary>ARN of the nodes' IAM role.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NodeRoleCompleter))]
    [ValidateNotNullOrEmpty]
    public string? NodeRole { get; set; }

    /// <summary>Ids of subnets, one for each zone.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(SubnetCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Subnet { get; set; } = [];

    /// <summary>Availability zones, such as eu-central-1a.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ZoneCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Zone { get; set; } = [];

    /// <summary>Nodes of each group, fewest and most alike.</summary>
    [Parameter]
    [FreeText]
    public int NodesPerZone { get; set; }

    /// <summary>Root disk of each node in GiB, for images and logs: brokers have volumes of their own.</summary>
    [Parameter]
    [FreeText]
    [ValidateRange(20, 16384)]
    public int DiskSize { get; set; }

    /// <summary>Launch template of your own.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(LaunchTemplateCompleter))]
    [ValidateNotNullOrEmpty]
    public string? LaunchTemplate { get; set; }

    /// <summary>Bottlerocket in place of Amazon Linux 2023.</summary>
    [Parameter]
    public SwitchParameter Bottlerocket { get; set; }

    /// <summary>What the groups' names begin with.</summary>
    [Parameter]
    [FreeText]
    [ValidateNotNullOrEmpty]
    public string Prefix { get; set; } = GroupNames.DefaultPrefix;

    /// <summary>Memory of the broker that each node must have room for.</summary>
    [Parameter]
    [FreeText]
    [ValidateNotNullOrEmpty]
    public string? BrokerMemory { get; set; }

    /// <summary>CPU of that broker, as for New-KafkaCluster.</summary>
    [Parameter]
    [FreeText]
    [ValidateNotNullOrEmpty]
    public string? BrokerCpu { get; set; }

    /// <summary>Return as soon as everything is asked for, without waiting until the groups are ACTIVE.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>Run in the background and give a job at once, for Get-Job, Receive-Job, Wait-Job and Stop-Job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <inheritdoc/>
    private protected override string? EksClusterName => Name;

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        var request = new GroupRequest(
            Name, Prefix, InstanceType, Given(nameof(NodesPerZone)) ? NodesPerZone : null, Subnet, Zone, NodeRole,
            Given(nameof(DiskSize)) ? DiskSize : null, null,
            Given(nameof(Bottlerocket)) ? Bottlerocket.ToBool() : null, NodeLoad.Of(ManifestCatalog.OfModule, BrokerMemory, BrokerCpu));
        GroupPlan.CheckGiven(request, LaunchTemplate);
        var aws = Aws();
        var plan = Await(Name, cancel => CreateNodeGroups.PlanAsync(aws, request, LaunchTemplate, NoWait, Timeout, cancel));
        string target = $"{Name} in {aws.Region}";
        string action =
            $"Make {plan.Steps.Count(s => s.Action == ChangeAction.Create)}, change "
                + $"{plan.Steps.Count(s => s.Action == ChangeAction.Update)} node groups of {string.Join("/", InstanceType)} in "
                + $"{string.Join(", ", plan.Steps.Select(s => s.Zone))}";
        if (!Agreed(action, target, plan.Changes))
            return;

        Run<IReadOnlyList<KafkaNodeGroup>>(cancel => CreateNodeGroups.RunAsync(aws, plan, cancel), $"Node groups for Kafka in {Name}",
            groups => WriteObject(groups, enumerateCollection: true));
    }
}
