using System.Management.Automation;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>
/// <para type="synopsis">Makes a Kafka cluster on Kubernetes, or changes one, and waits until it serves.</para>
/// <para type="description">Deploys a ZooKeeper ensemble and brokers from the module's manifests, with volumes, and waits until every broker answers and all copies are in sync. Run again, it changes nothing; run with other parameters, it changes exactly those fields and restarts, one at a time and behind a gate, only the pods that need it. Parameters that were given earlier stay in force.</para>
/// <para type="description">Interrupted or out of time, it leaves what was made; the same command goes on from there. Volumes that an earlier cluster of the same name left are taken over where they fit together, and refused with the reason where they do not.</para>
/// <para type="link">Test-KafkaTopic</para>
/// <para type="link">Get-KafkaCluster</para>
/// <para type="link">Remove-KafkaCluster</para>
/// <para type="link">Export-KafkaManifest</para>
/// </summary>
/// <example>
///   <summary>A cluster of three ZooKeeper servers and three brokers, tested at once.</summary>
///   <code>New-KafkaCluster demo -Namespace kafka -StorageSize 10Gi | Test-KafkaTopic</code>
/// </example>
/// <example>
///   <summary>The plan: what would be made, changed field by field, restarted, or left alone.</summary>
///   <code>New-KafkaCluster demo -BrokerMemory 4Gi -WhatIf | Format-List</code>
/// </example>
/// <example>
///   <summary>A small cluster for development, with a broker property of one's own.</summary>
///   <code>New-KafkaCluster dev -ZooKeeperCount 1 -BrokerCount 1 -Ephemeral -Config @{ 'log.retention.hours' = 1 }</code>
/// </example>
[Cmdlet(VerbsCommon.New, "KafkaCluster", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(KafkaCluster), typeof(ClusterChange))]
public sealed class NewKafkaClusterCommand : ClusterSpecCmdlet
{
    /// <summary>
    /// <para type="description">Return as soon as everything is applied, without waiting until the cluster serves.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>
    /// <para type="description">Take over fields that somebody else has set, and allow an even number of ZooKeeper servers.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>
    /// <para type="description">Make the namespace where it is missing.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter CreateNamespace { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        var connection = Connect();
        var request = new DeployRequest(ReadSpec(), NamespaceOf(connection), Force, NoWait, CreateNamespace, Timeout);
        var plan = Await(Name, cancel => DeployPlanner.PlanAsync(connection, ManifestCatalog.LoadOfModule(), request, cancel));

        string target = $"{request.Namespace}/{Name} on context {connection.Context}";
        string action = plan.ZooKeeperIsNew
            ? $"Create Kafka cluster ({plan.ZooKeeperCount} ZooKeeper, {plan.BrokerCount} brokers, {plan.Objects.Count} objects)"
            : $"Change Kafka cluster ({plan.Changes.Count(c => c.Action is ChangeAction.Create or ChangeAction.Update)} objects, {plan.Changes.Count(c => c.Action == ChangeAction.Restart)} restarts)";
        if (!ShouldProcess($"{action}: {target}", $"{action}: {target}?", "New-KafkaCluster", out var reason))
        {
            if (reason == ShouldProcessReason.WhatIf)
                WriteObject(plan.Changes, enumerateCollection: true);
            return;
        }

        Run<KafkaCluster>(cancel => DeployCluster.RunAsync(connection, plan, cancel), $"Kafka cluster {Name}", WriteObject);
    }
}
