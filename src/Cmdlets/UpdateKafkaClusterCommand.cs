using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Brings a Kafka cluster that stands to what this module has newer.</summary>
[Cmdlet(VerbsData.Update, "KafkaCluster", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(KafkaCluster), typeof(PlanStep), typeof(Job))]
public sealed class UpdateKafkaClusterCommand : KafkaCmdlet, IRunAsJob
{
    /// <summary>Names of the clusters.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [ClusterName]
    public string Name { get; set; } = "";

    /// <summary>Take the manifests of this module in place of those that the cluster was made of.</summary>
    [Parameter(Mandatory = true)]
    public SwitchParameter Manifest { get; set; }

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
        var connection = Connect(Name);
        var request = new DeployRequest(new ClusterSpec { Name = Name }, NamespaceOf(connection), Force, NoWait, CreateNamespace: false,
            Timeout);
        Deploy(connection, request with { Command = "Update-KafkaCluster", MustStand = true, NewestManifests = Manifest });
    }
}
