using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>
/// <para type="synopsis">Removes a Kafka cluster; keeps its volumes unless told otherwise.</para>
/// <para type="description">Asks first, and lists what goes. Brokers end before ZooKeeper, so that they can hand over in good order. Only objects that carry the labels of the cluster are removed. New-KafkaCluster under the same name takes kept volumes over.</para>
/// <para type="link">New-KafkaCluster</para>
/// <para type="link">Get-KafkaCluster</para>
/// </summary>
/// <example>
///   <summary>What would go: objects, volumes and topics with their sizes.</summary>
///   <code>Remove-KafkaCluster demo -DeleteData -WhatIf</code>
/// </example>
/// <example>
///   <summary>All clusters of a namespace, each asked for.</summary>
///   <code>Get-KafkaCluster -Namespace kafka | Remove-KafkaCluster</code>
/// </example>
[Cmdlet(VerbsCommon.Remove, "KafkaCluster", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(ClusterChange))]
public sealed class RemoveKafkaClusterCommand : KafkaCmdlet
{
    /// <summary>
    /// <para type="description">Name of the cluster.</para>
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [NotAConnection]
    public string Name { get; set; } = "";

    /// <summary>
    /// <para type="description">Delete the volumes too, with all topics and messages. This is asked for separately.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter DeleteData { get; set; }

    /// <summary>
    /// <para type="description">Return as soon as the deletions are under way.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        var connection = Connect();
        var request = new RemoveRequest(Name, NamespaceOf(connection), DeleteData, NoWait, Timeout);
        var plan = Await(Name, cancel => RemoveCluster.PlanAsync(connection, request, cancel));
        string target = $"{request.Namespace}/{Name} on context {connection.Context}";
        string topics = plan.Topics.Count == 0 ? "" : $", {plan.Topics.Count} topics ({string.Join(", ", plan.Topics.Take(10).Select(t => t.Name))}{(plan.Topics.Count > 10 ? ", …" : "")})";
        string data = plan.Claims.Count == 0 ? "; it has no volumes, its messages are lost" : DeleteData ? $" and the data of {plan.Claims.Count} volumes{topics}" : $"; its {plan.Claims.Count} volumes{topics} are kept";
        string action = $"Remove Kafka cluster ({plan.Objects.Count} objects{data})";
        if (!ShouldProcess($"{action}: {target}", $"{action}: {target}?", "Remove-KafkaCluster", out var reason))
        {
            if (reason == ShouldProcessReason.WhatIf)
                WriteObject(plan.Changes, enumerateCollection: true);
            return;
        }

        // -Confirm:$false answers both questions; a yes to the first is none to the second.
        bool asked = !MyInvocation.BoundParameters.TryGetValue("Confirm", out object? confirm) || ((SwitchParameter)confirm).ToBool();
        if (DeleteData && plan.Claims.Count > 0 && asked && !ShouldContinue($"Delete the data of {plan.Claims.Count} volumes{topics} for good?", "Remove-KafkaCluster -DeleteData"))
            return;
        Run<KafkaCluster>(cancel => RemoveCluster.RunAsync(connection, plan, cancel), $"Removing Kafka cluster {Name}", static _ => { });
    }
}
