using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Removes a Kafka cluster.</summary>
[Cmdlet(VerbsCommon.Remove, "KafkaCluster", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(KafkaCluster), typeof(PlanStep), typeof(Job))]
public sealed class RemoveKafkaClusterCommand : KafkaCmdlet, IRunAsJob
{
    /// <summary>Name of the cluster.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [ClusterName(Standing = true)]
    public string Name { get; set; } = "";

    /// <summary>Delete the volumes too, with all topics and messages.</summary>
    [Parameter]
    public SwitchParameter DeleteData { get; set; }

    /// <summary>Return as soon as the deletions are under way.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>Give the cluster as it was, once it is removed; its property Changes lists what was deleted and what was kept.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Run in the background and give a job at once, for Get-Job, Receive-Job, Wait-Job and Stop-Job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        var connection = Connect(Name);
        var request = new RemoveRequest(Name, NamespaceOf(connection), DeleteData, NoWait, Timeout);
        var plan = Await(Name, cancel => RemoveCluster.PlanAsync(connection, request, cancel));
        string target = $"{request.Namespace}/{Name} on context {connection.Context}";
        string topics = plan.Topics.Count == 0 ? ""
            : $", {Words.Count(plan.Topics.Count, "topic")} "
                + $"({string.Join(", ", plan.Topics.Take(10).Select(t => t.Name))}{(plan.Topics.Count > 10 ? ", …" : "")})";
        string data = plan.Claims.Count == 0 ? "; it has no volumes, its messages are lost"
            : DeleteData ? $" and the data of {Words.Count(plan.Claims.Count, "volume")}{topics}"
                : $"; its {Words.Count(plan.Claims.Count, "volume")}{topics} are kept";
        string action = $"Remove Kafka cluster ({Words.Count(plan.Objects.Count, "object")}{data})";
        if (!Agreed(action, target, plan.Changes))
            return;

        // -Confirm:$false answers both questions; a yes to the first is none to the second.
        bool asked = !MyInvocation.BoundParameters.TryGetValue("Confirm", out object? confirm) || ((SwitchParameter)confirm).ToBool();
        if (DeleteData && plan.Claims.Count > 0 && asked && !ShouldContinue(
            $"Delete the data of {Words.Count(plan.Claims.Count, "volume")}{topics} for good?", "Remove-KafkaCluster -DeleteData"))
            return;
        var before = PassThru ? Await(Name, cancel => ListClusters.FindAsync(connection, request.Namespace, Name, request.Known, cancel))
            : null;
        Run<KafkaCluster>(cancel => RemoveCluster.RunAsync(connection, plan, cancel), $"Removing Kafka cluster {Name}", static _ => { });
        if (PassThru) // of one that was removed before only volumes are left
            WriteObject((before ?? new KafkaCluster { Name = Name, Namespace = request.Namespace }) with
            {
                Status = ClusterStatus.Removing,
                Changes = plan.Changes
            });
    }
}
