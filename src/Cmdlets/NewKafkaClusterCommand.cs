using System.Management.Automation;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Makes a Kafka cluster on Kubernetes, or changes one, and waits until it serves.</summary>
[Cmdlet(VerbsCommon.New, "KafkaCluster", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(KafkaCluster), typeof(ClusterChange), typeof(Job))]
public sealed class NewKafkaClusterCommand : ClusterSpecCmdlet, IRunAsJob
{
    /// <summary>Return as soon as everything is applied, without waiting until the cluster serves.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>Take over fields that somebody else has set, and allow an even number of ZooKeeper servers.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Make the namespace where it is missing.</summary>
    [Parameter]
    public SwitchParameter CreateNamespace { get; set; }

    /// <summary>Run in the background and give a job at once, for Get-Job, Receive-Job, Wait-Job and Stop-Job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        CheckRow();
        var connection = Connect();
        var request = new DeployRequest(ReadSpec(), NamespaceOf(connection), Force, NoWait, CreateNamespace, Timeout);
        var plan = Await(Name, cancel => DeployPlanner.PlanAsync(connection, ManifestCatalog.LoadOfModule(), request, cancel));

        foreach (string warning in plan.Warnings)
            WriteWarning(warning); // before the question, and with -WhatIf too

        string target = $"{request.Namespace}/{Name} on context {connection.Context}";
        var restarts = plan.Changes.Where(c => c.Action == ChangeAction.Restart).ToList();
        string action = plan.ZooKeeperIsNew
            ? $"Create Kafka cluster ({plan.ZooKeeperCount} ZooKeeper, {plan.BrokerCount} brokers, {Words.Count(plan.Changes.Count(c => c.Action == ChangeAction.Create), "object")})"
            : $"Change Kafka cluster ({Words.Count(plan.Changes.Count(c => c.Action is ChangeAction.Create or ChangeAction.Update), "object")}, {Words.Restarts(restarts)})";
        // Without waiting nothing is restarted: the pods keep what they run until the next command that waits.
        if (!Agreed(action, target, plan.Changes, disturbs: restarts.Count > 0 && !NoWait))
            return;

        Run<KafkaCluster>(cancel => DeployCluster.RunAsync(connection, plan, cancel), $"Kafka cluster {Name}", WriteObject);
    }
}
