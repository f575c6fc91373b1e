using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Restarts brokers one at a time, the controller last, each one back in sync before the next.</summary>
[Cmdlet(VerbsLifecycle.Restart, "KafkaBroker", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(KafkaBroker), typeof(PlanStep), typeof(Job))]
public sealed class RestartKafkaBrokerCommand : NodesCmdlet<int>, IRunAsJob
{
    /// <summary>Ids of the brokers.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(BrokerCompleter))]
    [ValidateRange(0, int.MaxValue)]
    public int[]? Id { get; set; }

    /// <summary>Restart even where messages with acks=all are refused meanwhile, once that does not get better by waiting.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Run in the background and give a job at once, for Get-Job, Receive-Job, Wait-Job and Stop-Job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    private protected override int[]? Nodes => Id;

    private protected override string NodeType => nameof(KafkaBroker);

    private protected override void ProcessCluster(IReadOnlyList<int>? nodes)
    {
        var connection = Connect(Name);
        var request = new BrokerRestartRequest(Name, NamespaceOf(connection), nodes, Force, Timeout);
        var plan = Await(Name, cancel => RestartBrokers.PlanAsync(connection, request, cancel));
        string target = $"{request.Namespace}/{Name} on context {connection.Context}";
        string action = $"Restart brokers ({Words.Restarts([.. plan.Steps.Where(s => s.Action == ChangeAction.Restart)])})";
        if (!Agreed(action, target, plan.Steps))
            return;

        Run<IReadOnlyList<KafkaBroker>>(cancel => RestartBrokers.RunAsync(connection, plan, cancel), $"Restarting brokers of {Name}",
            done => WriteObject(done, enumerateCollection: true));
    }
}
