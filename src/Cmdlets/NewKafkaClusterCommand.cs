using System.Management.Automation;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Makes a Kafka cluster on Kubernetes, or changes one, and waits until it serves.</summary>
[Cmdlet(VerbsCommon.New, "KafkaCluster", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(KafkaCluster), typeof(PlanStep), typeof(Job))]
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
        Deploy(connection, new DeployRequest(ReadSpec(), NamespaceOf(connection), Force, NoWait, CreateNamespace, Timeout));
    }
}
