using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Shrinks the ZooKeeper ensemble of a cluster: out of the quorum first, then the pod, then (asked) its volume.</summary>
[Cmdlet(VerbsCommon.Remove, "ZooKeeperNode", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(ZooKeeperNode), typeof(EnsembleStep))]
public sealed class RemoveZooKeeperNodeCommand : KafkaCmdlet
{
    /// <summary>Five minutes for each step: a pod with its image and its volume fit in.</summary>
    public RemoveZooKeeperNodeCommand() => TimeoutSeconds = 300;

    /// <summary>Name of the cluster.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Cluster")]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [NotAConnection]
    public string Name { get; set; } = "";

    /// <summary>Servers to remove.</summary>
    [Parameter(Position = 1)]
    [FreeText]
    [ValidateRange(1, 254)]
    public int Count { get; set; } = 1;

    /// <summary>Delete the volumes of the removed servers too.</summary>
    [Parameter]
    public SwitchParameter DeleteData { get; set; }

    /// <summary>Allow an even number of servers.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        var connection = Connect();
        var request = new ResizeRequest(Name, NamespaceOf(connection), -Count, Force, DeleteData, Timeout);
        var plan = Await(Name, cancel => ResizeEnsemble.PlanAsync(connection, request, cancel));
        string target = $"{request.Namespace}/{Name} on context {connection.Context}";
        string data = plan.Claims.Count > 0 ? $", with the volumes {string.Join(", ", plan.Claims)}" : "";
        string action = $"Remove ZooKeeper servers ({plan.View.MemberCount} to {plan.Target}{(plan.Resumes ? ", going on with an earlier command" : "")}{data})";
        if (!ShouldProcess($"{action}: {target}", $"{action}: {target}?", "Remove-ZooKeeperNode", out var reason))
        {
            if (reason == ShouldProcessReason.WhatIf)
                WriteObject(plan.Steps, enumerateCollection: true);
            return;
        }

        // -Confirm:$false answers both questions; a yes to the first is none to the second.
        bool asked = !MyInvocation.BoundParameters.TryGetValue("Confirm", out object? confirm) || ((SwitchParameter)confirm).ToBool();
        if (plan.Claims.Count > 0 && asked && !ShouldContinue($"Delete the data of {string.Join(", ", plan.Claims)} for good?", "Remove-ZooKeeperNode -DeleteData"))
            return;
        int usual = ManifestCatalog.LoadOfModule().Defaults.ZooKeeperCount;
        Run<IReadOnlyList<ZooKeeperNode>>(cancel => ResizeEnsemble.RunAsync(connection, plan, usual, cancel), $"Shrinking the ZooKeeper ensemble of {Name}", nodes => WriteObject(nodes, enumerateCollection: true));
    }
}
