using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>
/// <para type="synopsis">Grows the ZooKeeper ensemble of a cluster, one server at a time, without restarting any.</para>
/// <para type="description">For each server: all members must serve and be caught up; the next pod starts without a vote and copies the leader's state; a vote makes it a member, on condition that nobody else changed the ensemble; every member confirms. A step that fails or exceeds -TimeoutSeconds is taken back. Interrupted anywhere, the same command goes on: what is there is read from the cluster, and the goal stands in an annotation. A second operator is refused meanwhile. After a command of your own that was killed, the next one waits until its claim has run out, 20 seconds after its last sign.</para>
/// <para type="description">The cluster's spec has the new size afterwards, and New-KafkaCluster leaves it alone. The pods' templates keep the size of the first start, so nothing is restarted, then or later: brokers reach the new servers by the name of the headless Service in their list.</para>
/// <para type="description">A volume that an earlier server of the same number left is used again; its data is replaced by the leader's. A cluster made by kubectl has no credential for such votes: Restart-ZooKeeperNode -RotateCredential makes one.</para>
/// <para type="link">Get-ZooKeeperNode</para>
/// <para type="link">Remove-ZooKeeperNode</para>
/// <para type="link">Restart-ZooKeeperNode</para>
/// </summary>
/// <example>
///   <summary>The steps, with what each one waits for and what it risks.</summary>
///   <code>Add-ZooKeeperNode demo -Count 2 -WhatIf | Format-List</code>
/// </example>
/// <example>
///   <summary>From three servers to five.</summary>
///   <code>Add-ZooKeeperNode demo -Count 2</code>
/// </example>
[Cmdlet(VerbsCommon.Add, "ZooKeeperNode", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(ZooKeeperNode), typeof(EnsembleStep))]
public sealed class AddZooKeeperNodeCommand : KafkaCmdlet
{
    /// <summary>Five minutes for each step: a pod with its image and its volume fit in.</summary>
    public AddZooKeeperNodeCommand() => TimeoutSeconds = 300;

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
    /// <para type="description">Servers to add. From an odd ensemble an even number keeps it odd: an even one bears no more losses than one server fewer. To go on with an interrupted command, give the same number again.</para>
    /// </summary>
    [Parameter(Position = 1)]
    [ValidateRange(1, 254)]
    public int Count { get; set; } = 1;

    /// <summary>
    /// <para type="description">Allow an even number of servers.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        var connection = Connect();
        var request = new ResizeRequest(Name, NamespaceOf(connection), Count, Force, DeleteData: false, Timeout);
        var plan = Await(Name, cancel => ResizeEnsemble.PlanAsync(connection, request, cancel));
        string target = $"{request.Namespace}/{Name} on context {connection.Context}";
        string action = $"Add ZooKeeper servers ({plan.View.MemberCount} to {plan.Target}{(plan.Resumes ? ", going on with an earlier command" : "")})";
        if (!ShouldProcess($"{action}: {target}", $"{action}: {target}?", "Add-ZooKeeperNode", out var reason))
        {
            if (reason == ShouldProcessReason.WhatIf)
                WriteObject(plan.Steps, enumerateCollection: true);
            return;
        }

        int usual = ManifestCatalog.LoadOfModule().Defaults.ZooKeeperCount;
        Run<IReadOnlyList<ZooKeeperNode>>(cancel => ResizeEnsemble.RunAsync(connection, plan, usual, cancel), $"Growing the ZooKeeper ensemble of {Name}", nodes => WriteObject(nodes, enumerateCollection: true));
    }
}
