using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Shrinks the ZooKeeper ensemble of a cluster: out of the quorum first, then the pod, then (asked) its volume.</summary>
[Cmdlet(VerbsCommon.Remove, "ZooKeeperNode", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(ZooKeeperNode), typeof(PlanStep), typeof(Job))]
public sealed class RemoveZooKeeperNodeCommand : ZooKeeperNodesCmdlet, IRunAsJob
{
    /// <summary>Five minutes for each step: a pod with its image and its volume fit in.</summary>
    public RemoveZooKeeperNodeCommand() => TimeoutSeconds = 300;

    /// <summary>Servers to remove.</summary>
    [Parameter(Position = 1)]
    [FreeText]
    [ValidateRange(1, 254)]
    public int Count { get; set; } = 1;

    /// <summary>Names of the servers' pods, such as demo-zk-4, in place of -Count; servers from Get-ZooKeeperNode bind to it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ZooKeeperNodeCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Node { get; set; }

    /// <summary>Delete the volumes of the removed servers too.</summary>
    [Parameter]
    public SwitchParameter DeleteData { get; set; }

    /// <summary>Allow an even number of servers.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Run in the background and give a job at once, for Get-Job, Receive-Job, Wait-Job and Stop-Job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    private protected override string[]? Nodes => Node;

    private protected override void ProcessCluster(IReadOnlyList<string>? nodes)
    {
        if (nodes is not null && GivenForAll(nameof(Count)))
            throw ResizeEnsemble.CountAndNodes(nodes.Count);
        var connection = Connect(Name);
        var request = new ResizeRequest(Name, NamespaceOf(connection), -Count, Force, DeleteData, Timeout) { Nodes = nodes };
        var plan = Await(Name, cancel => ResizeEnsemble.PlanAsync(connection, request, cancel));
        string target = $"{request.Namespace}/{Name} on context {connection.Context}";
        string data = plan.Claims.Count > 0 ? $", with the volumes {string.Join(", ", plan.Claims)}" : "";
        string action =
            $"Remove ZooKeeper servers ({plan.View.MemberCount} to "
                + $"{plan.Target}{(plan.Resumes ? ", going on with an earlier command" : "")}{data})";
        if (!Agreed(action, target, plan.Steps))
            return;

        // -Confirm:$false answers both questions; a yes to the first is none to the second.
        bool asked = !MyInvocation.BoundParameters.TryGetValue("Confirm", out object? confirm) || ((SwitchParameter)confirm).ToBool();
        if (plan.Claims.Count > 0 && asked
            && !ShouldContinue($"Delete the data of {string.Join(", ", plan.Claims)} for good?", "Remove-ZooKeeperNode -DeleteData"))
            return;
        Run<IReadOnlyList<ZooKeeperNode>>(cancel => ResizeEnsemble.RunAsync(connection, plan, ManifestCatalog.OfModule, cancel),
            $"Shrinking the ZooKeeper ensemble of {Name}", nodes => WriteObject(nodes, enumerateCollection: true));
    }
}
