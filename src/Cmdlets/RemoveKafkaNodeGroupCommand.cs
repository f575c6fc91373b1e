using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Eks;

namespace KafkaK8s.Cmdlets;

/// <summary>Removes node groups of an EKS cluster, once no broker and no volume needs them.</summary>
[Cmdlet(VerbsCommon.Remove, "KafkaNodeGroup", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(KafkaNodeGroup), typeof(PlanStep), typeof(Job))]
public sealed class RemoveKafkaNodeGroupCommand : EksKubeCmdlet, IRunAsJob
{
    private readonly Dictionary<(string? Region, string? Profile, string Cluster), List<string>?> wanted = [];

    /// <summary>An hour: a drain waits for copies to be in sync, and EKS takes minutes for each group.</summary>
    public RemoveKafkaNodeGroupCommand() => TimeoutSeconds = 3600;

    /// <summary>Name of the EKS cluster.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Cluster", "ClusterName")]
    [ArgumentCompleter(typeof(EksClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [ClusterName(Eks = true)]
    public string Name { get; set; } = "";

    /// <summary>Names of the node groups.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NodeGroupCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? NodeGroup { get; set; }

    /// <summary>Bear that partitions take no messages while their broker moves, and do not wait for copies to be in sync.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Return as soon as the last group is being deleted.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>Give the groups as they were, once they are removed.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Run in the background and give a job at once, for Get-Job, Receive-Job, Wait-Job and Stop-Job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

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
        var request = new RemoveGroupsRequest(Name, groups ?? [], Force, Timeout) { NoWait = NoWait };
        var plan = Await(Name, cancel => RemoveNodeGroups.PlanAsync(aws, connection, request, cancel));
        string target = $"{Name} in {aws.Region}, API server {connection.Server}";
        int pods = plan.Changes.Count(c => c.Kind == "Pod");
        string action =
            $"Remove {plan.Groups.Count} node groups ({string.Join(", ", plan.Groups.Select(g => g.Group.Name))}; "
                + $"{plan.Changes.Count(c => c.Kind == "Node")} nodes, {pods} pods move)";
        if (!Agreed(action, target, plan.Changes))
            return;

        var before = PassThru ? Await(Name, cancel => ListNodeGroups.RunAsync(aws, Name, all: true, cancel)) : [];
        Run<KafkaNodeGroup>(cancel => RemoveNodeGroups.RunAsync(aws, connection, plan, cancel), $"Removing node groups of {Name}",
            static _ => { });
        var gone = plan.Groups.Select(g => g.Group.Name).ToHashSet();
        WriteObject(before.Where(g => gone.Contains(g.NodeGroup)), enumerateCollection: true);
    }
}
