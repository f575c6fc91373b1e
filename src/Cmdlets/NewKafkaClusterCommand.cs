using System.Management.Automation;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Makes a Kafka cluster on Kubernetes, or changes one, and waits until it serves.</summary>
[Cmdlet(VerbsCommon.New, "KafkaCluster", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(KafkaCluster), typeof(ClusterChange))]
public sealed class NewKafkaClusterCommand : ClusterSpecCmdlet
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
