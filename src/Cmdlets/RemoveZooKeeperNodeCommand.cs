using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>
/// <para type="synopsis">Shrinks the ZooKeeper ensemble of a cluster: out of the quorum first, then the pod, then (asked) its volume.</para>
/// <para type="description">The server of the highest number goes first, as a StatefulSet only loses its highest pod. It is refused when there is no quorum, when too few healthy members would stay, and for the last member. A member that is dead may leave: that is the way out when its node is lost. If the leader goes, another one takes over before its pod ends.</para>
/// <para type="description">Interrupted anywhere, the same command goes on. Volumes are kept unless -DeleteData is given; a server that joins later under the same number uses its volume again, with fresh data. Pods that are in no configuration, as 'kubectl scale' leaves them, go too.</para>
/// <para type="link">Get-ZooKeeperNode</para>
/// <para type="link">Add-ZooKeeperNode</para>
/// <para type="link">Restart-ZooKeeperNode</para>
/// </summary>
/// <example>
///   <summary>The steps, with what each one waits for and what it risks.</summary>
///   <code>Remove-ZooKeeperNode demo -Count 2 -WhatIf | Format-List</code>
/// </example>
/// <example>
///   <summary>From five servers to three; the two volumes go too, without questions.</summary>
///   <code>Remove-ZooKeeperNode demo -Count 2 -DeleteData -Confirm:$false</code>
/// </example>
[Cmdlet(VerbsCommon.Remove, "ZooKeeperNode", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(ZooKeeperNode), typeof(EnsembleStep))]
public sealed class RemoveZooKeeperNodeCommand : KafkaCmdlet
{
    /// <summary>Five minutes for each step: a pod with its image and its volume fit in.</summary>
    public RemoveZooKeeperNodeCommand() => TimeoutSeconds = 300;

    /// <summary>
    /// <para type="description">Name of the cluster.</para>
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Cluster")]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [NotAConnection]
    public string Name { get; set; } = "";

    /// <summary>
    /// <para type="description">Servers to remove. To go on with an interrupted command, give the same number again.</para>
    /// </summary>
    [Parameter(Position = 1)]
    [ValidateRange(1, 254)]
    public int Count { get; set; } = 1;

    /// <summary>
    /// <para type="description">Delete the volumes of the removed servers too. This is asked for separately.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter DeleteData { get; set; }

    /// <summary>
    /// <para type="description">Allow an even number of servers.</para>
    /// </summary>
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
