using System.Management.Automation;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Changes a Kafka cluster that stands, and waits until it serves.</summary>
[Cmdlet(VerbsCommon.Set, "KafkaCluster", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(KafkaCluster), typeof(PlanStep), typeof(Job))]
public sealed class SetKafkaClusterCommand : ClusterSpecCmdlet, IRunAsJob
{
    /// <summary>Take what stands for what was given before, where the record of that is lost or damaged.</summary>
    [Parameter]
    public SwitchParameter RebuildSpec { get; set; }

    /// <summary>Return as soon as everything is applied, without waiting until the cluster serves.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>Take over fields that somebody else has set.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Run in the background and give a job at once, for Get-Job, Receive-Job, Wait-Job and Stop-Job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        CheckRow();
        var connection = Connect();
        var request = new DeployRequest(ReadSpec(), NamespaceOf(connection), Force, NoWait, CreateNamespace: false, Timeout);
        Deploy(connection, request with { Command = "Set-KafkaCluster", MustStand = true, RebuildSpec = RebuildSpec });
    }
}
