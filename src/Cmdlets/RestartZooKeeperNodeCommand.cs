using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>
/// <para type="synopsis">Restarts ZooKeeper servers one at a time, each one back in sync before the next.</para>
/// <para type="description">Whatever the order in the pipeline: servers that are down first, then followers, the leader last. It refuses while any other member is down, and where the others would be no quorum. Interrupted, it leaves at most one server starting; run it again for the rest.</para>
/// <para type="description">-RotateCredential makes a fresh password for changes of the ensemble and restarts the servers, as they take it up at their start. The cluster serves all the time; both passwords are valid until the last server is back.</para>
/// <para type="link">Get-ZooKeeperNode</para>
/// <para type="link">Add-ZooKeeperNode</para>
/// <para type="link">Remove-ZooKeeperNode</para>
/// </summary>
/// <example>
///   <summary>The followers only.</summary>
///   <code>Get-ZooKeeperNode demo | Where-Object Mode -eq follower | Restart-ZooKeeperNode</code>
/// </example>
/// <example>
///   <summary>A fresh credential for changes of the ensemble.</summary>
///   <code>Restart-ZooKeeperNode demo -RotateCredential</code>
/// </example>
[Cmdlet(VerbsLifecycle.Restart, "ZooKeeperNode", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(ZooKeeperNode), typeof(EnsembleStep))]
public sealed class RestartZooKeeperNodeCommand : KafkaCmdlet
{
    private readonly Dictionary<(EksConnection? Connection, string? KubeConfig, string? Context, string? Namespace, string Cluster), List<string>?> wanted = [];

    /// <summary>Five minutes for each step: a pod with its image and its volume fit in.</summary>
    public RestartZooKeeperNodeCommand() => TimeoutSeconds = 300;

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
    /// <para type="description">Names of the servers' pods, such as demo-zk-0. Without it: all servers of the cluster.</para>
    /// </summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[]? Node { get; set; }

    /// <summary>
    /// <para type="description">Make a fresh credential for changes of the ensemble; all servers are restarted in turn. Also the way to the first credential of a cluster that kubectl made.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter RotateCredential { get; set; }

    /// <summary>
    /// <para type="description">Restart even where the others are no quorum meanwhile, as with a single server.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Collects only: the order of the pipeline is not the order of the restarts.</summary>
    protected override void ProcessItem()
    {
        var key = (Connection, KubeConfig, Context, Namespace, Name);
        if (Node is null)
            wanted[key] = null;
        else if (!wanted.TryGetValue(key, out var nodes))
            wanted[key] = [.. Node];
        else
            nodes?.AddRange(Node);
    }

    /// <inheritdoc/>
    protected override void ProcessEnd()
    {
        foreach (var (key, nodes) in wanted)
        {
            (Connection, KubeConfig, Context, Namespace, Name) = key;
            Guarded(() => RestartOne(nodes));
        }
    }

    private void RestartOne(List<string>? nodes)
    {
        var connection = Connect();
        var request = new RestartRequest(Name, NamespaceOf(connection), nodes, RotateCredential, Force, Timeout);
        var plan = Await(Name, cancel => RestartEnsemble.PlanAsync(connection, request, cancel));
        string target = $"{request.Namespace}/{Name} on context {connection.Context}";
        string action = $"Restart {plan.Ids.Count} ZooKeeper servers in turn{(RotateCredential ? ", with a fresh credential" : "")}";
        if (!ShouldProcess($"{action}: {target}", $"{action}: {target}?", "Restart-ZooKeeperNode", out var reason))
        {
            if (reason == ShouldProcessReason.WhatIf)
                WriteObject(plan.Steps, enumerateCollection: true);
            return;
        }

        Run<IReadOnlyList<ZooKeeperNode>>(cancel => RestartEnsemble.RunAsync(connection, plan, cancel), $"Restarting ZooKeeper servers of {Name}", done => WriteObject(done, enumerateCollection: true));
    }
}
