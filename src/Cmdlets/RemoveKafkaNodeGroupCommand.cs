using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>
/// <para type="synopsis">Removes node groups of an EKS cluster, once no broker and no volume needs them.</para>
/// <para type="description">Looks at Kubernetes first, and refuses while brokers, ZooKeeper servers or their volumes live there and have no other node for Kafka in their zone, and while partitions would fall below the copies in sync that producers need. Where all can move, it goes one group at a time: nodes take no more pods, pods are evicted one by one as disruption budgets allow, each broker is back in sync before the next one goes, and the empty group is deleted.</para>
/// <para type="description">Interrupted, it leaves nodes that take no new pods; the same command goes on from there. 'kubectl uncordon NODE' takes that back.</para>
/// <para type="link">New-KafkaNodeGroup</para>
/// <para type="link">Get-KafkaNodeGroup</para>
/// <para type="link">Remove-KafkaCluster</para>
/// </summary>
/// <example>
///   <summary>What would go: pods, nodes, groups, in order.</summary>
///   <code>Remove-KafkaNodeGroup prod -WhatIf</code>
/// </example>
/// <example>
///   <summary>The groups that others beside them have taken the place of.</summary>
///   <code>Get-KafkaNodeGroup prod kafka-eu-* | Remove-KafkaNodeGroup</code>
/// </example>
[Cmdlet(VerbsCommon.Remove, "KafkaNodeGroup", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(EksChange))]
public sealed class RemoveKafkaNodeGroupCommand : EksKubeCmdlet
{
    private readonly Dictionary<(string? Region, string? Profile, string Cluster), List<string>?> wanted = [];

    /// <summary>An hour: a drain waits for copies to be in sync, and EKS takes minutes for each group.</summary>
    public RemoveKafkaNodeGroupCommand() => TimeoutSeconds = 3600;

    /// <summary>
    /// <para type="description">Name of the EKS cluster.</para>
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Cluster", "ClusterName")]
    [ArgumentCompleter(typeof(EksClusterCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>
    /// <para type="description">Names of the node groups. Without it: all that New-KafkaNodeGroup made in the cluster.</para>
    /// </summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NodeGroupCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? NodeGroup { get; set; }

    /// <summary>
    /// <para type="description">Bear that partitions take no messages while their broker moves, and do not wait for copies to be in sync. Remove groups too of which Kubernetes knows no nodes. Brokers that have no other place are refused all the same.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    private protected override string? EksClusterName => Name;

    /// <summary>Collects only: whether brokers find another place depends on all groups that go.</summary>
    protected override void ProcessItem()
    {
        var key = (Region, ProfileName, Name);
        if (NodeGroup is null)
            wanted[key] = null;
        else if (!wanted.TryGetValue(key, out var groups))
            wanted[key] = [.. NodeGroup];
        else
            groups?.AddRange(NodeGroup);
    }

    /// <inheritdoc/>
    protected override void ProcessEnd()
    {
        foreach (var (key, groups) in wanted)
        {
            (Region, ProfileName, Name) = key;
            Guarded(() => RemoveOf(groups));
        }
    }

    private void RemoveOf(List<string>? groups)
    {
        var (aws, connection) = (Aws(), Kubernetes(Name));
        var request = new RemoveGroupsRequest(Name, groups ?? [], Force, Timeout);
        var plan = Await(Name, cancel => RemoveNodeGroups.PlanAsync(aws, connection, request, cancel));
        string target = $"{Name} in {aws.Region}, API server {connection.Server}";
        int pods = plan.Changes.Count(c => c.Kind == "Pod");
        string action = $"Remove {plan.Groups.Count} node groups ({string.Join(", ", plan.Groups.Select(g => g.Group.Name))}; {plan.Changes.Count(c => c.Kind == "Node")} nodes, {pods} pods move)";
        if (!ShouldProcess($"{action}: {target}", $"{action}: {target}?", "Remove-KafkaNodeGroup", out var reason))
        {
            if (reason == ShouldProcessReason.WhatIf)
                WriteObject(plan.Changes, enumerateCollection: true);
            return;
        }

        Run<KafkaNodeGroup>(cancel => RemoveNodeGroups.RunAsync(aws, connection, plan, cancel), $"Removing node groups of {Name}", static _ => { });
    }
}
