using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Grows the ZooKeeper ensemble of a cluster, one server at a time, without restarting any.</summary>
[Cmdlet(VerbsCommon.Add, "ZooKeeperNode", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(ZooKeeperNode), typeof(PlanStep), typeof(Job))]
public sealed class AddZooKeeperNodeCommand : KafkaCmdlet, IRunAsJob
{
    /// <summary>Five minutes for each step: a pod with its image and its volume fit in.</summary>
    public AddZooKeeperNodeCommand() => TimeoutSeconds = 300;

    /// <summary>Name of the cluster.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Cluster")]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [ClusterName(Standing = true, RefuseNodes = "A ZooKeeperNode is a server that is there already: give the cluster's name and -Count.")]
    public string Name { get; set; } = "";

    /// <summary>Servers to add.</summary>
    [Parameter(Position = 1)]
    [FreeText]
    [ValidateRange(1, 254)]
    public int Count { get; set; } = 1;

    /// <summary>Allow an even number of servers.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Run in the background and give a job at once, for Get-Job, Receive-Job, Wait-Job and Stop-Job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        var connection = Connect(Name);
        var request = new ResizeRequest(Name, NamespaceOf(connection), Count, Force, DeleteData: false, Timeout);
        var plan = Await(Name, cancel => ResizeEnsemble.PlanAsync(connection, request, cancel));
        string target = $"{request.Namespace}/{Name} on context {connection.Context}";
        string action =
            $"Add ZooKeeper servers ({plan.View.MemberCount} to {plan.Target}{(plan.Resumes ? ", going on with an earlier command" : "")})";
        if (!Agreed(action, target, plan.Steps))
            return;

        Run<IReadOnlyList<ZooKeeperNode>>(cancel => ResizeEnsemble.RunAsync(connection, plan, ManifestCatalog.OfModule, cancel),
            $"Growing the ZooKeeper ensemble of {Name}", nodes => WriteObject(nodes, enumerateCollection: true));
    }
}
