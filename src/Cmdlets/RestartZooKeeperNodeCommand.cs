using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Restarts ZooKeeper servers one at a time, each one back in sync before the next.</summary>
[Cmdlet(VerbsLifecycle.Restart, "ZooKeeperNode", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(ZooKeeperNode), typeof(PlanStep), typeof(Job))]
public sealed class RestartZooKeeperNodeCommand : ZooKeeperNodesCmdlet, IRunAsJob
{
    /// <summary>Five minutes for each step: a pod with its image and its volume fit in.</summary>
    public RestartZooKeeperNodeCommand() => TimeoutSeconds = 300;

    /// <summary>Names of the servers' pods, such as demo-zk-0.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ZooKeeperNodeCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Node { get; set; }

    /// <summary>Make a fresh credential for changes of the ensemble.</summary>
    [Parameter]
    public SwitchParameter RotateCredential { get; set; }

    /// <summary>Restart even where the others are no quorum meanwhile, as with a single server.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Run in the background and give a job at once, for Get-Job, Receive-Job, Wait-Job and Stop-Job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    private protected override string[]? Nodes => Node;

    private protected override void ProcessCluster(IReadOnlyList<string>? nodes)
    {
        var connection = Connect(Name);
        var request = new RestartRequest(Name, NamespaceOf(connection), nodes, RotateCredential, Force, Timeout);
        var plan = Await(Name, cancel => RestartEnsemble.PlanAsync(connection, request, cancel));
        string target = $"{request.Namespace}/{Name} on context {connection.Context}";
        string action =
            $"Restart {plan.Goal.Servers.Count} ZooKeeper servers in turn{(RotateCredential ? ", with a fresh credential" : "")}";
        if (!Agreed(action, target, plan.Steps))
            return;

        Run<IReadOnlyList<ZooKeeperNode>>(cancel => RestartEnsemble.RunAsync(connection, plan, cancel),
            $"Restarting ZooKeeper servers of {Name}", done => WriteObject(done, enumerateCollection: true));
    }
}
